"""`./run import`: history goes through the services with the clock turned, all of it or nothing, and only once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hotline.cli.importing import DONE, NOTHING, SKIPPED, import_file
from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Refused
from hotline.domain.workflow import State
from hotline.models import (
    Alert,
    Channel,
    Citizen,
    Complaint,
    Deadline,
    DeadlineKind,
    Event,
    Message,
    Source,
    Survey,
    Ticket,
    Urgency,
)
from hotline.services import accepting, closing, enforcing, receiving
from hotline.services.importing import playing
from hotline.services.importing.importer import import_all, known_to
from hotline.services.importing.reading import read
from hotline.services.receiving import Intake
from hotline.services.work import Work
from tests.city import KEY, City, at
from tests.clockwork import wait_until

PROJECT = Path(__file__).resolve().parents[2]
HEAD = (
    "编号,渠道,来源,类别,单位,紧急程度,诉求内容,地点,诉求人,电话,到达时间,受理时间,交办时间,签收时间,提交时间,核查时间,"
    "答复时间,办结时间,时限,办理结果,答复内容"
)
WHOLE = (
    "A-1,电话,领导批示,上水井盖,市政处,紧急,井盖丢失,香溪路12号,张三,13812345678,2026-03-02 08:10,2026-03-02 08:20,"
    "2026-03-02 08:40,2026-03-02 09:00,2026-03-06 10:00,2026-03-06 11:00,2026-03-06 12:00,2026-03-09 09:00,5天,"
    "已更换井盖。,井盖已更换，谢谢监督。"
)
SHORT = "编号,诉求内容,到达时间,答复时间"


def run(city: City, *lines: str, now: datetime | None = None) -> int:
    return import_file(city.office, "\n".join(lines), now or city.now)


def count(city: City, *models: type) -> list[int]:
    return [city.scalar(sa.select(sa.func.count()).select_from(model)) for model in models]


def events(city: City, number: str) -> list[Event]:
    query = sa.select(Event).join(Ticket, Ticket.id == Event.ticket_id).where(Ticket.number == number)
    return city.rows(query.order_by(Event.id))


# ---- what comes out ---------------------------------------------------------------------------------------------


def test_a_whole_history_is_played_step_by_step(city: City) -> None:
    assert run(city, HEAD, WHOLE) == DONE
    ticket = city.ticket("A-1")
    assert (ticket.state, ticket.channel, ticket.source, ticket.urgency) == (
        State.CLOSED,
        Channel.PHONE,
        Source.LEADER,
        Urgency.URGENT,
    )
    assert (ticket.place, ticket.outcome, ticket.answer) == ("香溪路12号", "已更换井盖。", "井盖已更换，谢谢监督。")
    assert [(event.step, event.happened_at) for event in events(city, "A-1")] == [
        ("receive", at("2026-03-02 08:10")),
        ("accept", at("2026-03-02 08:20")),
        ("assign", at("2026-03-02 08:40")),
        ("sign", at("2026-03-02 09:00")),
        ("submit", at("2026-03-06 10:00")),
        ("approve", at("2026-03-06 11:00")),
        ("reply", at("2026-03-06 12:00")),
        ("close", at("2026-03-09 09:00")),
    ]
    assert {event.actor_name for event in events(city, "A-1")} == {"导入"}
    (caller,) = city.rows(sa.select(Citizen))
    assert caller.phone_masked == "138****5678"


def test_its_own_limit_holds_whatever_source_and_urgency_say(city: City) -> None:
    run(city, HEAD, WHOLE)
    (handle,) = city.deadlines("A-1", DeadlineKind.HANDLE)
    assert (handle.limit_text, handle.started_at) == ("5 working_days", at("2026-03-02 08:40"))
    assert (handle.due_at, handle.met_at) == (at("2026-03-09 18:00"), at("2026-03-06 10:00"))
    (reply,) = city.deadlines("A-1", DeadlineKind.REPLY)
    assert (reply.started_at, reply.due_at) == (at("2026-03-02 08:20"), at("2026-03-11 18:00"))
    (close,) = city.deadlines("A-1", DeadlineKind.CLOSE)
    assert (close.due_at, close.met_at) == (at("2026-03-17 18:00"), at("2026-03-09 09:00"))


def test_nobody_is_texted_asked_or_alarmed_about_the_past(city: City) -> None:
    late = WHOLE.replace("A-1", "A-2").replace("2026-03-0", "2026-01-0").replace("2026-01-09 09:00", "2026-03-09 09:00")
    assert run(city, HEAD, WHOLE, late) == DONE
    assert count(city, Message, Survey, Alert) == [0, 0, 0]
    assert city.rows(sa.select(Deadline).where(Deadline.next_at.is_not(None))) == [], "nothing is left to the sweep"


def test_an_answer_without_a_unit_is_the_centres_own(city: City) -> None:
    assert run(city, SHORT, "7,路灯几点开,2026-03-02 09:00,2026-03-02 09:30") == DONE
    ticket = city.ticket("7")
    assert (ticket.state, ticket.direct, ticket.closed_at) == (State.CLOSED, True, at("2026-03-02 09:30"))
    assert city.steps("7") == ["receive", "accept", "answer", "close"]
    assert ticket.accepted_at == at("2026-03-02 09:00"), "without a record of acceptance no time is gained"


def test_what_is_still_open_goes_on_here(city: City) -> None:
    head = "编号,诉求内容,到达时间,受理时间,单位,交办时间"
    assert (
        run(
            city,
            head,
            "1,路灯不亮,2026-10-12 08:05,,,",
            "2,井盖丢失,2026-10-12 08:05,2026-10-12 08:10,lamps,",
            "3,树枝遮挡,2026-10-12 08:05,2026-10-12 08:10,园林局,2026-10-12 08:20",
        )
        == DONE
    )
    assert [city.ticket(number).state for number in "123"] == [State.RECEIVED, State.ACCEPTED, State.ASSIGNED]
    with city.work("olga") as work:
        accepting.accept(work, "1")
    (handle,) = city.deadlines("3", DeadlineKind.HANDLE)
    assert handle.next_at is not None, "the sweep looks after it"
    assert handle.unit_id == city.unit_id("parks")


# ---- twice ------------------------------------------------------------------------------------------------------


def test_the_second_run_adds_nothing_and_says_so(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (HEAD, WHOLE, WHOLE.replace("A-1", "").replace("张三", "李四"))
    assert run(city, *lines) == DONE
    before = count(city, Ticket, Complaint, Deadline, Event, Citizen)
    capsys.readouterr()
    assert run(city, *lines, lines[-1]) == DONE
    assert count(city, Ticket, Complaint, Deadline, Event, Citizen) == before
    said = capsys.readouterr().out
    assert "2 件此前已导入，没有变化" in said
    assert "1 件在文件内重复，只导入一次" in said


def test_a_reply_that_was_filled_in_later_is_played_on(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    run(city, SHORT, "7,路灯不亮,2026-10-12 08:05,")
    city.turn(days=1)
    assert run(city, SHORT, "7,路灯不亮,2026-10-12 08:05,2026-10-12 17:00") == DONE
    assert "1 件补录了后续环节" in capsys.readouterr().out
    assert city.steps("7") == ["receive", "accept", "answer", "close"]
    assert city.ticket("7").closed_at == at("2026-10-12 17:00")
    assert run(city, SHORT, "7,路灯不亮,2026-10-12 08:05,") == DONE, "an older file tells nothing new"


def test_what_the_clock_did_meanwhile_does_not_stand_in_the_way(city: City) -> None:
    head = "编号,诉求内容,单位,到达时间,交办时间,提交时间,答复时间"
    run(city, head, "7,路灯不亮,lamps,2026-09-01 09:00,2026-09-01 10:00,,")
    with city.work(SYSTEM) as work:
        while enforcing.run_pass(work):
            pass
    assert city.ticket("7").state is State.SUPERVISED
    done = "2026-09-03 10:00,2026-09-04 10:00"
    assert run(city, head, f"7,路灯不亮,lamps,2026-09-01 09:00,2026-09-01 10:00,{done}") == DONE
    assert city.ticket("7").state is State.CLOSED
    (handle,) = city.deadlines("7", DeadlineKind.HANDLE)
    assert handle.met_at == at("2026-09-03 10:00"), "as the older system says it was"


def test_what_others_went_on_with_is_left_to_them(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    run(city, SHORT, "7,路灯不亮,2026-10-12 08:05,")
    with city.work("olga") as work:
        accepting.accept(work, "7")
    city.turn(days=1)
    assert run(city, SHORT, "7,路灯不亮,2026-10-12 08:05,2026-10-12 17:00", "8,井盖丢失,2026-10-12 08:05,") == SKIPPED
    assert "第 2 行 编号：7 已在本系统继续办理" in capsys.readouterr().err
    assert city.ticket("7").state is State.ACCEPTED
    assert city.ticket("8").state is State.RECEIVED


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("7,井盖丢失,2026-03-02 09:00,2026-03-03 09:00", "诉求内容与已导入的不同"),
        ("7,路灯不亮,2026-03-02 09:01,2026-03-03 09:00", "到达时间与已导入的不同"),
        ("7,路灯不亮,2026-03-02 09:00,2026-03-03 10:00", "“直接答复”与已导入的不同"),
    ],
)
def test_history_is_not_rewritten(city: City, capsys: pytest.CaptureFixture[str], row: str, said: str) -> None:
    run(city, SHORT, "7,路灯不亮,2026-03-02 09:00,2026-03-03 09:00")
    before = count(city, Event, Deadline)
    assert run(city, SHORT, row) == SKIPPED
    assert said in capsys.readouterr().err
    assert count(city, Event, Deadline) == before


def test_what_cannot_go_on_stays_as_it_was_and_the_others_go_on(
    city: City, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ("7,路灯不亮,2026-10-12 08:05,", "8,井盖丢失,2026-10-12 08:05,", "9,树枝遮挡,2026-10-12 08:05,")
    run(city, SHORT, *rows)
    before = events(city, "8")

    def close(work: Work, number: str) -> Ticket:
        if number == "8":
            raise Refused("不能办结。")
        return closing.close(work, number)

    monkeypatch.setattr(playing, "closing", SimpleNamespace(close=close))
    city.turn(days=1)
    assert run(city, SHORT, *(f"{row}2026-10-12 17:00" for row in rows)) == SKIPPED
    told = capsys.readouterr()
    assert "第 3 行 编号：8 不能办结。" in told.err
    assert "2 件补录了后续环节" in told.out
    assert [city.ticket(number).state for number in "789"] == [State.CLOSED, State.RECEIVED, State.CLOSED]
    assert [event.id for event in events(city, "8")] == [event.id for event in before]
    assert {row.met_at for row in city.deadlines("8", DeadlineKind.ACCEPT)} == {None}


# ---- many -------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_batch_are_read_and_written_together(city: City) -> None:
    few, more = (statements_of_import(city, count) for count in (10, 30))
    assert more - few <= 20 * 5, "beyond taking each in and moving its promises, no row asks for itself"


def statements_of_import(city: City, count: int) -> int:
    rows = (f"{count}-{n},路灯不亮{n},2026-03-02 09:00,2026-03-03 09:00" for n in range(count))
    with city.statements() as sent:
        assert run(city, SHORT, *rows) == DONE
    return len(sent)


# ---- all or nothing ---------------------------------------------------------------------------------------------


def test_postgresql_knows_what_a_large_file_has_filled(city: City) -> None:
    """Else the first report would be planned for empty tables."""
    known = sa.text(
        "SELECT pg_class.relname, reltuples FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid"
        " WHERE schemaname = 'public' AND last_analyze > :since"
    )
    with city.office.session() as session:  # what it knows of them is from other tests
        session.execute(sa.text("ANALYZE ticket, complaint, deadline, event"))
        session.commit()
    began = city.scalar(sa.select(sa.func.clock_timestamp()))
    rows = [f"{number},路灯第{number}次不亮,2026-03-02 09:00,2026-03-02 09:30" for number in range(1, 61)]
    assert run(city, SHORT, *rows) == DONE
    with city.office.session() as session:
        told = {row.relname: row.reltuples for row in session.execute(known, {"since": began})}
    assert {"ticket", "complaint", "deadline", "event"} <= told.keys()
    assert (told["ticket"], told["deadline"]) == (60, count(city, Deadline)[0])


def test_one_fault_and_nothing_is_imported(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(city, HEAD, WHOLE, WHOLE.replace("A-1", "A-2").replace("市政处", "公园处")) == NOTHING
    said = capsys.readouterr().err
    assert "第 3 行 单位：没有名为“公园处”的单位" in said
    assert "什么也没有导入" in said
    assert count(city, Ticket, Citizen) == [0, 0]


def test_a_number_of_a_ticket_made_here_is_not_taken_over(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    number = city.receive().number
    assert run(city, SHORT, "1,路灯不亮,2026-03-02 09:00,", f"{number},井盖丢失,2026-03-02 09:00,") == NOTHING
    assert f"第 3 行 编号：“{number}”已是本系统另一件工单的编号" in capsys.readouterr().err
    assert count(city, Ticket) == [1]


def test_a_database_that_goes_away_leaves_nothing(city: City) -> None:
    lines = [SHORT, *(f"{n},路灯不亮{n},2026-03-02 09:00,2026-03-03 09:00" for n in range(5))]

    with pytest.raises(sa.exc.OperationalError), city.office.work(SYSTEM, city.now, texts=False) as work:
        backend = work.session.scalar(sa.select(sa.func.pg_backend_pid()))

        def told(done: int) -> None:
            with city.office.session() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(backend)))

        import_all(work, read("\n".join(lines), known_to(work)).rows, told)
    city.office.engine.dispose()
    assert count(city, Ticket) == [0]


def test_two_imports_do_not_run_at_once(city: City) -> None:
    with city.office.work(SYSTEM, city.now) as first, city.office.work(SYSTEM, city.now) as second:
        import_all(first, [], lambda done: None)
        with pytest.raises(Refused, match="另一次导入正在进行"):
            import_all(second, [], lambda done: None)


def command(city: City, folder: Path, *words: str) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TWILIO_"))}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "hotline.cli.importing", *words],
        env=environ
        | {
            "DATABASE_URL": city.database_url,
            "HOTLINE_DATA": str(folder),
            "HOTLINE_CITIZEN_KEYS": KEY,
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def is_kept_waiting(city: City) -> bool:
    """Whether somebody waits for what another transaction holds."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with city.office.session() as session:
        return session.scalar(sa.text(waiting)) is not None


def test_killed_in_the_middle_it_leaves_nothing_and_can_be_run_again(city: City, tmp_path: Path) -> None:
    file = tmp_path / "旧系统.csv"
    lines = [SHORT, *(f"{n},路灯不亮{n},2026-03-02 09:00,2026-03-03 09:00" for n in range(300))]
    file.write_bytes("\r\n".join(lines).encode("gb18030"))
    with pytest.raises(Refused), city.work() as work:
        receiving.receive(work, Intake("路灯不亮", Channel.API, number="250"))  # the import waits whether this stays
        victim = command(city, tmp_path, str(file))
        wait_until(lambda: is_kept_waiting(city) or victim.poll() is not None)
        victim.send_signal(signal.SIGKILL)
        _, progress = victim.communicate()
        raise Refused("It does not.")
    assert victim.returncode == -signal.SIGKILL, progress
    assert "已处理 200/300" in progress
    assert count(city, Ticket, Event) == [0, 0]

    again = command(city, tmp_path, str(file), "--zone", "Asia/Tokyo")
    said, progress = again.communicate(timeout=300)
    assert again.returncode == DONE, progress
    assert "300 件新导入" in said
    assert "/desk/reports/2026-03" in said
    assert "已处理 300/300" in progress
    assert count(city, Ticket) == [300]
    assert city.ticket("1").received_at == at("2026-03-02 08:00"), "an hour ahead of the city"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "usage"),
        (("无此文件.csv",), 1, "读不到文件 无此文件.csv"),
        (("无此文件.csv", "--zone", "Mars"), 2, "没有“Mars”这个时区"),
    ],
)
def test_wrong_usage_is_told(city: City, tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    process = command(city, tmp_path, *words)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == code
    assert said in errors
