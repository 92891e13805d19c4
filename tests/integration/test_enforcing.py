"""督办 by the clock: each level once and only once, dated when it happened, told to whom it concerns (design §4)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Alert, Deadline, DeadlineKind, Event, Message, Supervision, Ticket, Unit
from hotline.services import checking, climbing, enforcing, extending, handling, pausing, supervising
from tests.city import City, at

HANDLE, REPLY, SIGN = DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.SIGN


def sweep(city: City, now: datetime | None = None, limit: int = enforcing.BATCH) -> int:
    """Passes until nothing is due; how many promises were dealt with."""
    total = 0
    while True:
        with city.work(now=now) as work:
            done = enforcing.run_pass(work, limit)
        total += done
        if not done:
            return total


def levels(city: City, deadline: Deadline) -> list[tuple[str, datetime]]:
    rows = city.rows(sa.select(Alert).where(Alert.deadline_id == deadline.id).order_by(Alert.happened_at, Alert.id))
    return [(row.level, row.happened_at) for row in rows]


def orders(city: City, deadline: Deadline) -> list[Supervision]:
    query = sa.select(Supervision).where(Supervision.deadline_id == deadline.id)
    return city.rows(query.order_by(Supervision.rank))


def texts(city: City, unit: str, deadline: Deadline) -> list[str]:
    """What the unit was told about that promise, oldest first."""
    query = sa.select(Message).where(
        Message.unit_id == city.unit_id(unit), Message.dedupe_key.startswith(f"{deadline.id}:")
    )
    return [city.office.vault.open(row.body_sealed) for row in city.rows(query.order_by(Message.id))]


def reload(city: City, deadline: Deadline) -> Deadline:
    return city.rows(sa.select(Deadline).where(Deadline.id == deadline.id))[0]


def the(city: City, number: str, kind: DeadlineKind) -> Deadline:
    return [row for row in city.deadlines(number, kind) if row.void_at is None][-1]


def test_nothing_is_due_on_a_fresh_ticket(city: City) -> None:
    city.handling()
    assert sweep(city) == 0


def test_a_promise_climbs_level_by_level_as_the_days_pass(city: City) -> None:
    number = city.handling()  # Monday 12 October, 5 working days: due Monday 19 October at close of office
    handle = the(city, number, HANDLE)
    assert handle.due_at == at("2026-10-19 18:00")
    expected = [
        ("warn", "2026-10-16 18:00"),
        ("breach", "2026-10-19 18:00"),
        ("remind", "2026-10-19 18:00"),
        ("order", "2026-10-20 18:00"),
        ("yellow", "2026-10-22 18:00"),
        ("red", "2026-10-26 18:00"),
        ("exposure", "2026-11-02 18:00"),
    ]
    seen: list[tuple[str, datetime]] = []
    for day in range(13, 31):
        sweep(city, at(f"2026-10-{day} 19:00"))
        seen = levels(city, handle)
        due_by_now = [level for level in expected if at(level[1]) <= at(f"2026-10-{day} 19:00")]
        assert [level for level, _ in seen] == [level for level, _ in due_by_now]
    sweep(city, at("2026-11-03 19:00"))
    seen = levels(city, handle)
    assert [(level, moment) for level, moment in seen] == [(level, at(moment)) for level, moment in expected]
    assert reload(city, handle).next_at is None, "above 通报 there is nothing"


def test_a_month_of_downtime_loses_no_level(city: City) -> None:
    number = city.handling()
    sweep(city, at("2026-11-20 09:00"))
    first, last = levels(city, the(city, number, HANDLE)), levels(city, the(city, number, REPLY))
    assert [level for level, _ in first] == ["warn", "breach", "remind", "order", "yellow", "red", "exposure"]
    assert [level for level, _ in last] == ["warn", "breach", "remind", "order", "yellow", "red"]
    noticed = {row.noticed_at for row in city.rows(sa.select(Event).where(Event.step == "breach"))}
    assert at("2026-11-20 09:00") in noticed


@pytest.mark.parametrize("limit", [1000, 7])
def test_history_reads_in_the_order_in_which_things_happened(city: City, limit: int) -> None:
    numbers = [city.handling() for _ in range(4)]
    sweep(city, at("2026-11-20 09:00"), limit)
    for number in numbers:
        ticket = city.ticket(number)
        events = city.rows(sa.select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))
        # A written explanation is owed only once the pass has demanded it; what follows from it comes one pass later.
        moments = [event.happened_at for event in events if event.data.get("kind") != "explain"]
        assert moments == sorted(moments)
        versions = [event.version for event in events]
        assert versions == sorted(versions)
        assert versions[-1] == ticket.version


def test_a_second_pass_adds_nothing(city: City) -> None:
    city.handling()
    late = at("2026-10-22 19:00")
    sweep(city, late)
    tables = (Alert, Event, Supervision, Message, Deadline)
    before = [city.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    assert sweep(city, late) == 0
    assert [city.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables] == before


def test_a_level_that_stands_written_is_not_written_again_even_if_the_promise_forgot_it(city: City) -> None:
    handle = the(city, city.handling(), HANDLE)
    late = at("2026-10-22 19:00")
    sweep(city, late)
    with city.office.session() as session:
        values = {"rank": -2, "next_at": handle.next_at}
        session.execute(sa.update(Deadline).where(Deadline.id == handle.id).values(values))
    before = [city.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Alert, Event, Supervision)]
    assert sweep(city, late) > 0
    assert [
        city.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Alert, Event, Supervision)
    ] == before
    assert reload(city, handle).rank == 3


class TestTheOrder:
    def test_puts_the_ticket_under_supervision_once(self, city: City) -> None:
        number = city.handling()
        version = city.ticket(number).version
        sweep(city, at("2026-10-23 09:00"))
        ticket = city.ticket(number)
        assert ticket.state is State.SUPERVISED
        assert ticket.version == version + 1, "a person's open page goes stale when the state changes, not before"
        assert ticket.level == 3
        event = city.rows(sa.select(Event).where(Event.ticket_id == ticket.id, Event.step == "supervise"))[0]
        assert (event.from_state, event.to_state) == ("handling", "supervised")
        assert event.happened_at == at("2026-10-19 18:00")
        assert event.actor_name == "系统"

    def test_says_what_is_demanded_of_whom_and_who_is_copied(self, city: City) -> None:
        handle = the(city, city.handling(), HANDLE)
        sweep(city, at("2026-10-23 09:00"))
        remind, order, yellow = orders(city, handle)
        assert [each.unit_id for each in (remind, order, yellow)] == [city.unit_id("lamps")] * 3
        assert (remind.deduction, order.deduction, yellow.deduction) == (Decimal(0), Decimal(1), Decimal(5))
        assert yellow.copies == ["unit_head", "vice_mayor"]
        assert remind.explain_deadline_id is None
        owed = city.rows(sa.select(Deadline).where(Deadline.id == yellow.explain_deadline_id))[0]
        assert owed.kind is DeadlineKind.EXPLAIN
        assert (owed.started_at, owed.due_at) == (at("2026-10-22 18:00"), at("2026-10-26 18:00"))

    def test_is_answered_by_the_unit_and_lifted_by_the_supervisor(self, city: City) -> None:
        number = city.handling()
        sweep(city, at("2026-10-21 09:00"))
        city.now = at("2026-10-21 10:00")
        with city.work("hans") as work:
            supervising.explain(work, number, "灯具缺货，已于今日到货，明日完成。")
        with city.work("sven") as work:
            supervising.decide_explanation(work, number, True, "同意")
        with city.work("sven") as work:
            supervising.lift(work, number, "已说明")
        assert city.ticket(number).state is State.HANDLING

    def test_an_explanation_not_written_is_reminded_of(self, city: City) -> None:
        handle = the(city, city.handling(), HANDLE)
        sweep(city, at("2026-11-20 09:00"))
        owed = city.rows(sa.select(Deadline).where(Deadline.id == orders(city, handle)[1].explain_deadline_id))[0]
        assert [level for level, _ in levels(city, owed)] == ["warn", "breach", "remind"]

    def test_to_the_centre_leaves_the_unit_free(self, city: City) -> None:
        number = city.receive().number
        city.now = at("2026-10-14 09:00")
        sweep(city)
        ticket = city.ticket(number)
        assert ticket.state is State.RECEIVED
        assert ticket.level == 2, "late with 受理 and 交办 for more than a working day"
        owed = city.rows(sa.select(Supervision).where(Supervision.ticket_id == ticket.id))
        assert {row.unit_id for row in owed} == {city.unit_id("center")}
        assert all(row.explain_deadline_id is None for row in owed)


class TestLateButDone:
    def test_submitted_before_the_sweep_noticed(self, city: City) -> None:
        number = city.handling()
        handle = the(city, number, HANDLE)
        city.now = at("2026-10-19 18:30")
        with city.work("hans") as work:
            handling.submit(work, number, "已更换灯头两只，恢复照明。")
        sweep(city, at("2026-10-22 19:00"))
        assert [level for level, _ in levels(city, handle)] == ["warn", "breach", "remind"], "and nothing after that"
        assert city.ticket(number).state is State.SUBMITTED
        assert texts(city, "lamps", handle) == [], "nothing is asked of the unit any more"
        (remind,) = orders(city, handle)
        assert remind.lifted_at == city.now

    def test_sent_back_the_clock_was_running_all_the_time(self, city: City) -> None:
        number = city.handling()
        handle = the(city, number, HANDLE)
        city.now = at("2026-10-19 18:30")
        with city.work("hans") as work:
            handling.submit(work, number, "已更换灯头两只，恢复照明。")
        sweep(city)
        city.now = at("2026-10-21 09:00")
        with city.work("sven") as work:
            checking.send_back(work, number, "仍有一盏不亮")
        sweep(city)
        assert levels(city, handle)[-1] == ("order", at("2026-10-20 18:00"))
        assert city.ticket(number).state is State.SUPERVISED

    def test_met_exactly_when_due_is_on_time(self, city: City) -> None:
        number = city.handling()
        handle = the(city, number, HANDLE)
        city.now = handle.due_at
        with city.work("hans") as work:
            handling.submit(work, number, "已更换灯头两只，恢复照明。")
        sweep(city, at("2026-10-22 19:00"))
        assert [level for level, _ in levels(city, handle)] == ["warn"]


class TestTheClockMoved:
    def test_an_extension_is_not_warned_of_twice(self, city: City) -> None:
        number = city.handling()
        handle = the(city, number, HANDLE)
        city.now = at("2026-10-19 09:00")
        sweep(city)
        with city.work("hans") as work:
            extending.request(work, number, "需要采购灯具")
        with city.work("sven") as work:
            extending.decide(work, number, True, "同意")
        sweep(city, at("2026-10-22 19:00"))
        assert [level for level, _ in levels(city, handle)] == ["warn"]

    def test_a_paused_ticket_is_left_alone_until_it_resumes(self, city: City) -> None:
        number = city.handling()
        handle = the(city, number, HANDLE)
        with city.work("hans") as work:
            pausing.request(work, number, "等待冬季施工", at("2026-11-30 12:00").date())
        with city.work("sven") as work:
            pausing.decide(work, number, True, "同意")
        sweep(city, at("2026-11-20 09:00"))
        assert levels(city, handle) == []


class TestTheNotices:
    def test_one_text_a_level_to_the_duty_phone(self, city: City) -> None:
        number = city.handling()
        handle = the(city, number, HANDLE)
        sweep(city, at("2026-10-17 09:00"))
        sweep(city, at("2026-10-20 09:00"))
        sweep(city, at("2026-10-20 19:00"))
        warning, breach, remind, order = texts(city, "lamps", handle)
        assert warning.startswith(f"【12319】预警：工单{number}的处理将于10月19日18时到期")
        assert breach.startswith(f"【12319】超期：工单{number}的处理已于10月19日18时到期")
        assert remind.startswith("【12319】催办")
        assert order.startswith("【12319】督办单")

    def test_no_warning_of_what_has_happened_already(self, city: City) -> None:
        handle = the(city, city.handling(), HANDLE)
        sweep(city, at("2026-10-20 09:00"))
        assert [level for level, _ in levels(city, handle)] == ["warn", "breach", "remind"]
        assert ["预警" in text for text in texts(city, "lamps", handle)] == [False, False]

    def test_copies_go_to_the_head_of_the_unit_and_to_the_centre(self, city: City) -> None:
        with city.office.session() as session:
            session.execute(sa.update(Unit).where(Unit.key == "lamps").values(head_phone="+8613800002222"))
        handle = the(city, city.handling(), HANDLE)
        sweep(city, at("2026-10-23 09:00"))
        copies = city.rows(sa.select(Message).where(Message.purpose == "unit_copy").order_by(Message.dedupe_key))
        mine = {row.dedupe_key: row for row in copies if row.dedupe_key.startswith(f"{handle.id}:")}
        assert set(mine) == {f"{handle.id}:order:head", f"{handle.id}:yellow:head", f"{handle.id}:yellow:centre"}
        assert "2222" in (mine[f"{handle.id}:order:head"].phone_masked or "")
        body = city.office.vault.open(mine[f"{handle.id}:yellow:centre"].body_sealed)
        assert "抄送：市政处的工单" in body
        assert "黄牌" in body

    def test_nobody_is_texted_while_history_is_played_in(self, city: City) -> None:
        city.handling()
        before = city.scalar(sa.select(sa.func.count()).select_from(Message))
        city.now = at("2026-10-22 19:00")
        with city.office.work(city.actor("adam"), city.now, texts=False) as work:
            assert enforcing.run_pass(work) > 0
        assert city.scalar(sa.select(sa.func.count()).select_from(Message)) == before

    def test_the_bell_of_the_outbox_rings(self, city: City) -> None:
        city.handling()
        city.now = at("2026-10-22 19:00")
        with city.work() as work:
            enforcing.run_pass(work)
            assert list(work.bells) == ["deliver"]


class TestAPoisonedPromise:
    @pytest.fixture
    def poisoned(self, city: City) -> tuple[Deadline, list[Deadline]]:
        numbers = [city.handling() for _ in range(5)]
        good = [the(city, number, HANDLE) for number in numbers]
        return good.pop(2), good

    def break_it(self, city: City, **values: Any) -> None:
        with city.office.session() as session:
            session.execute(sa.update(Deadline).values(**values))

    def test_in_the_database_stops_nobody_else(self, city: City, poisoned: tuple[Deadline, list[Deadline]]) -> None:
        bad, good = poisoned
        with city.office.session() as session:
            session.execute(
                sa.text(
                    "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN IF NEW.deadline_id = {bad.id} THEN RAISE 'poisoned'; END IF; RETURN NEW; END $$"
                )
            )
            session.execute(
                sa.text("CREATE TRIGGER poison BEFORE INSERT ON alert FOR EACH ROW EXECUTE FUNCTION poison()")
            )
        now = at("2026-10-20 09:00")
        sweep(city, now)
        assert levels(city, bad) == []
        assert reload(city, bad).next_at == now + enforcing.ASIDE
        for deadline in good:
            assert [level for level, _ in levels(city, deadline)] == ["warn", "breach", "remind"]
        with city.office.session() as session:
            session.execute(sa.text("DROP TRIGGER poison ON alert"))
        sweep(city, now + enforcing.ASIDE)
        assert levels(city, bad)[1:] == levels(city, good[0])[1:], "once mended it is dealt with like the others"

    def test_in_the_data_stops_nobody_else(
        self, city: City, poisoned: tuple[Deadline, list[Deadline]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad, good = poisoned
        climb = climbing.climb
        monkeypatch.setattr(
            enforcing, "climb", lambda rules, row, until: climb(rules, row, until) if row.id != bad.id else 1 / 0
        )
        sweep(city, at("2026-10-20 09:00"))
        assert levels(city, bad) == []
        assert all(levels(city, deadline) for deadline in good)


def test_the_pass_asks_an_index_and_not_the_table(city: City) -> None:
    city.handling()
    more = (
        "INSERT INTO deadline ({columns}) SELECT {columns} FROM deadline, generate_series(1, 3000) WHERE kind = 'sign'"
    )
    columns = "ticket_id, kind, round, unit_id, unit_path, limit_text, started_at, due_at, original_due_at, next_at"
    engine = city.office.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(more.format(columns=columns)))
        connection.execute(sa.text("ANALYZE deadline, ticket"))
        statement = enforcing._DUE.compile(engine)
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", {"now": city.now, "limit": 1000}).scalars().all()
    assert any("ix_deadline_next_at" in line for line in plan), plan
    assert not any("Sort" in line for line in plan), plan


def test_the_ticket_is_not_touched_by_a_breach_alone(city: City) -> None:
    number = city.receive().number
    before = city.ticket(number).version
    sweep(city, at("2026-10-12 11:30"))
    assert city.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.step == "breach")) >= 1
    assert city.scalar(sa.select(Ticket.version).where(Ticket.number == number)) == before
