"""来电的隐私 (design §7): nothing of a call comes to who need not know, nor to any log."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from hotline.domain.actors import Role
from hotline.models import Base, Category, Clue, Draft, Event, HotMatter, ModelKind, RequestType
from hotline.services import (
    accepting,
    assigning,
    browsing,
    checking,
    closing,
    confirming,
    desk,
    erasing,
    handling,
    heating,
    learning,
    matching,
    replying,
    reviewing,
    surveying,
    transcribing,
)
from hotline.services.accepting import Classification
from hotline.services.hand import find
from hotline.services.transcribing import Call
from tests.api import machine, person
from tests.city import City
from tests.desk import Person
from tests.integration.test_collecting import collect, drop
from tests.integration.test_erasing import everything

#: The number is told in pieces, read back, put right; the name alone and with the number.
CALL = """坐席：您好，请讲
市民：喂，丽景花园南门路灯不亮三天了，门口皖H12345一直堵着，是老地方烧烤店的车。
坐席：请问您贵姓？
市民：我姓訾，訾建国。
坐席：訾先生，您的电话是？
市民：幺三八
坐席：嗯
市民：零零幺二，嗯，不对，零零幺三
坐席：好的
市民：两个八，零九
坐席：13800138809，对吗
市民：对对，訾建国幺三八零零幺三八八零九。
坐席：需要回复吗
市民：要，别跟他们说是我说的。
"""
NAME, CALLED = "訾建国", "13800138809"
RECORDING, FILE = "REC-770077", f"20261012-083015_{CALLED}_REC-770077.txt"
NUMBERS = ("幺三八", "零零幺", "两个八", CALLED, CALLED[-8:], "138 0013")
SECRETS = (NAME, "訾先生", "姓訾", *NUMBERS, RECORDING)
MATTER = "路灯不亮三天了"


def drafted(city: City, text: str = CALL, who: str = "olga", **known: Any) -> int:
    call = Call(caller=CALLED, recording=RECORDING, filename=FILE, **known)
    with city.work(who) as work:
        return transcribing.send(work, text.encode(), call)[0].id


def confirmed(city: City, *, all_words: bool = False, **corrected: Any) -> str:
    """A ticket of the call. `all_words`: the operator has put every word of it into the text, the worst that can be."""
    draft_id = drafted(city)
    with city.work("olga") as work:
        proposed = transcribing.proposed(work, transcribing.find(work, draft_id))
        if all_words:
            corrected |= {"text": "\n".join(line.partition("：")[2] for line in CALL.splitlines())}
        fields = transcribing.Confirmed(**{**vars(proposed), **corrected})
        return confirming.confirm(work, draft_id, fields).number


def on_hand(city: City, *, helped: bool = False, **corrected: Any) -> str:
    """… that 市政处 has, and 园林局 helps with (`helped`). It is not confidential unless that is said."""
    number = confirmed(city, **({"confidential": False} | corrected))
    category = city.scalar(sa.select(Category.id).where(Category.code == "R0603"))
    with city.work("olga") as work:
        accepting.accept(work, number, Classification(category_id=category))
    with city.work("dora") as work:
        helpers = [city.unit_id("parks")] if helped else []
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=helpers)
    with city.work("hans") as work:
        handling.sign(work, number)
    return number


def leaked(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    return [secret for secret in secrets if secret in text]


def test_the_complaint_reads_as_the_matter_and_the_draft_keeps_all(city: City) -> None:
    draft_id = drafted(city)
    with city.work("olga") as work:
        draft = transcribing.find(work, draft_id)
        told = transcribing.draft_dict(work, draft)
        assert told["proposed"]["phone"] == "+86" + CALLED and told["proposed"]["name"].startswith("訾")
        assert leaked(told["proposed"]["text"], (NAME, "姓訾", CALLED, "零零幺", "两个八")) == []
        assert told["proposed"]["text"].splitlines()[0] == CALL.splitlines()[1].partition("：")[2]
        assert "别跟他们说是我说的" in told["proposed"]["text"]
        assert "两个八，零九" in str(told["turns"]), "the operator checks the form by it"
        assert transcribing.source_of(work, draft).decode() == CALL
        (line,) = transcribing.summaries(work, [draft])
        assert leaked(str(line)) == []
        assert "皖H12345" not in str(line), "lists show no plates"


@pytest.mark.parametrize("who", ["olga", "dora", "sven", "lena", "adam", "hans", "cora"])
def test_a_draft_is_for_who_takes_calls(city: City, app: Flask, who: str) -> None:
    draft_id = drafted(city)
    page, read = Person(app, who).open(f"/desk/drafts/{draft_id}"), person(app, who)
    answers = [page.html, *(read.get(path).text for path in ("/drafts", f"/drafts/{draft_id}"))]
    assert (page.status == 200) is (who == "olga")
    assert (read.get(f"/drafts/{draft_id}").status_code == 200) is (who == "olga")
    if who != "olga":
        assert [each for each in answers if leaked(each) or MATTER in each] == []


def test_once_it_is_settled_who_called_is_opened_on_the_tickets_page(city: City, app: Flask) -> None:
    confirmed(city)
    (draft_id,) = city.rows(sa.select(Draft.id))
    secrets = (NAME, "訾先生", *NUMBERS)
    page = Person(app, "otto").open(f"/desk/drafts/{draft_id}")
    by_api = person(app, "otto").get(f"/drafts/{draft_id}").json
    assert page.status == 200 and MATTER in page.text and MATTER in str(by_api)
    assert leaked(page.html, secrets) == leaked(str(by_api), secrets) == []
    assert by_api["proposed"]["phone"] == "" and len(by_api["turns"]) == len(CALL.splitlines())
    assert by_api["recording"] == RECORDING, "the recording is asked for by who takes calls"


@pytest.mark.parametrize("who", ["hans", "paul"])
def test_units_read_of_a_confidential_call_what_they_read_of_a_letter(city: City, app: Flask, who: str) -> None:
    number = on_hand(city, helped=True, all_words=True, confidential=True)
    read = person(app, who)
    pages = [
        Person(app, who).ticket(number).html,
        Person(app, who).open("/desk/tickets?view=all").html,
        *(read.get(path).text for path in (f"/tickets/{number}", "/tickets")),
    ]
    with city.work(who) as work:
        pages.append(str(browsing.browse(work, browsing.Search())))
        assert desk.page(work, desk.Search(view=desk.View.ALL, text="訾")).lines == []
        assert matching.same(work, find(work, number)) == []
    assert MATTER in pages[0] and number in pages[1]
    assert [leaked(page) for page in pages if leaked(page)] == []


def test_whoever_only_helps_or_passes_by_reads_no_number(city: City, app: Flask, browser: Any) -> None:
    number = on_hand(city, helped=True, all_words=True)
    read = person(app, "paul")
    pages = [Person(app, "paul").ticket(number).html, read.get(f"/tickets/{number}").text]
    lists = [Person(app, who).open("/desk/tickets?view=all").html for who in ("dora", "hans", "lena")]
    strangers = [app.test_client().get(path) for path in ("/public", "/public/feed.atom", f"/public/{number}")]
    shown = [*pages, *lists, *(answer.text for answer in strangers)]
    assert [leaked(page) for page in shown if leaked(page)] == []


def test_the_recording_is_the_centres(city: City, app: Flask) -> None:
    """It stands with the draft; no page of a ticket, no list, no event has it."""
    number = on_hand(city)
    for who in ("olga", "sven", "hans"):
        told = [Person(app, who).ticket(number).html, person(app, who).get(f"/tickets/{number}").text]
        assert [each for each in told if RECORDING in each] == []
    events = str([event.data for event in city.rows(sa.select(Event))])
    assert leaked(events) == [] and MATTER not in events


def test_what_lies_in_the_database_unsealed_tells_nobody(city: City) -> None:
    """Nor the name of the file or the key of the call, in which recording systems write the number."""
    drafted(city, idempotency_key=FILE)
    with city.office.session() as session:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(sa.select(table))]
    (draft,) = city.rows(sa.select(Draft))
    assert draft.filename == "20261012-083015_138****8809_REC-770077.txt"
    assert [leaked(row, (NAME, *NUMBERS, MATTER)) for row in rows if leaked(row, (NAME, *NUMBERS, MATTER))] == []


def test_no_log_no_figure_and_no_error_page_repeats_a_call(
    city: City, app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = machine(city, app, "录音系统", "center", Role.OPERATOR)
    drop(city, city.office.transcripts / FILE, "\x00\x01" * 50)
    drop(city, city.office.transcripts / FILE.replace("0830", "0831"), CALL)

    def fails(*args: object) -> None:
        raise RuntimeError("draw_out")

    with capture_logs() as logs:
        assert collect(city) == 2
        exchange.post(f"/transcripts?caller={CALLED}&recording={RECORDING}", data=CALL, content_type="text/plain")
        monkeypatch.setattr(transcribing, "draw_out", fails)
        drop(city, city.office.transcripts / FILE.replace("0830", "0832"), CALL + "市民：喂")
        assert collect(city) == 1
        failed = [
            exchange.post("/transcripts/batch", [{"text": CALL, "caller": CALLED, "filename": FILE}]),
            exchange.post(f"/transcripts?caller={CALLED}", data=CALL, content_type="text/plain"),
        ]
    assert {entry["event"] for entry in logs} >= {"transcript_failed", "unexpected_error"}
    client = app.test_client()
    told = [str(logs), caplog.text, client.get("/metrics").text, *(each.text for each in failed)]
    told.append(client.get("/desk/drafts/1").text)
    secrets = (*SECRETS, MATTER, FILE)
    assert [leaked(each, secrets) for each in told if leaked(each, secrets)] == []


def test_the_folder_is_nobody_elses(city: City, tmp_path: Path) -> None:
    box = city.office.transcripts = tmp_path / "calls"
    assert collect(city) == 0
    drop(city, box / FILE, "\x00\x01" * 50)
    assert collect(city) == 1
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (box, box / "taking", box / "broken")}
    assert modes == {"calls": 0o700, "taking": 0o700, "broken": 0o700}


def test_a_model_is_taught_nothing_that_tells_who(city: City) -> None:
    for secret in ({}, {"confidential": True}, {"request_type": RequestType.REPORT}):
        on_hand(city, all_words=True, **secret)
    with city.work() as work:
        held = learning.lesson(work, ModelKind.CATEGORY)
    taught = [sample.text for sample in (*held.samples, *held.held_back)]
    assert len(taught) == 1 and MATTER in taught[0], "neither what is confidential nor a report"
    assert leaked(taught[0], (*SECRETS, "皖H12345")) == []


def test_reasons_repeat_no_plate_to_units_and_a_hot_place_is_no_plate(city: City) -> None:
    first, other, _ = (on_hand(city, all_words=True, place="") for _ in range(3))
    with city.work("hans") as work:
        (match, *_) = matching.same(work, find(work, first))
        assert match.number and leaked(str(match), (*SECRETS, "皖H12345")) == []
        assert "同一车牌" in match.reasons and "同一来电人" not in match.reasons
    with city.work("sven") as work:
        assert any("皖H12345" in reason for reason in matching.same(work, find(work, other))[0].reasons)
        assert heating.count(work) > 0
        work.session.execute(sa.update(HotMatter).values(place="皖H12345"))
        assert {hot.place for hot in heating.newest(work)} == {"[车牌已隐去]"}
        assert leaked(str([hot.matter.words for hot in heating.newest(work)])) == []


def test_the_note_on_a_reply_does_not_say_again_who_it_was(city: City) -> None:
    number = on_hand(city)
    with city.work("sven") as work:
        (note,) = [
            each
            for each in reviewing.of_ticket(work, find(work, number), (), f"已联系{NAME}，幺三八零零幺三八八零九。")
            if each["code"] == "private"
        ]
    assert leaked(str(note)) == [] and note["words"] == []


def test_after_its_time_nothing_of_the_call_is_left(city: City) -> None:
    number = on_hand(city, all_words=True, name=NAME, against="皖H12345")
    with city.work() as work:
        heating.count(work)
    with city.work("hans") as work:
        handling.submit(work, number, f"已联系{NAME}幺三八零零幺三八八零九，更换灯头两只，皖H12345已驶离。")
    with city.work("sven") as work:
        checking.approve(work, number, "结果属实；其中的姓名和号码不答复给诉求人。")
    with city.work("olga") as work:
        replying.reply(work, number, "訾先生您好：路灯已修复。联系电话0320-0002101。")
        replying.log_call(work, number, number, "已告知訾先生幺三八零零幺三八八零九")
        surveying.log(work, number, number, solved=True, score=5, comment="訾先生说好，打幺三八零零幺三八八零九")
    with city.work("sven") as work:
        if city.ticket(number).ended_at is None:
            closing.close(work, number)
    city.turn(days=3 * 366)
    with city.work() as work:
        while erasing.erase_due(work):
            pass
        heating.count(work)
    left = everything(city)
    assert [leaked(line) for line in left.splitlines() if leaked(line)] == []
    assert leaked(left, ("訾", "皖H12345", "20261012-083015")) == []
    assert (city.rows(sa.select(Clue)), city.ticket(number).against) == ([], "")
    assert "更换灯头两只" in city.ticket(number).outcome
