"""时间线: one line of time of steps, notes, texts and pictures; a fixed number of statements; nothing covered shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Complaint, Event, Ground, Message, MessageState, Ticket
from hotline.services import (
    assigning,
    attaching,
    chronicling,
    enforcing,
    evidencing,
    extending,
    handling,
    instructing,
    messaging,
    picturing,
    replying,
    supervising,
    viewing,
)
from hotline.services.chronicling import Filter, Kind, Page
from hotline.services.hand import find
from tests.citizen import photo
from tests.city import City
from tests.desk import Person, make_app

PHONE = "+8613812345678"
NAME = "张建国"
MOST, EVER = 12, 16  # statements of the page of an ordinary matter, and of one with something of each kind
WORDS = "我叫张建国，香溪路12号3单元501门口路灯不亮，电话13812345678"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def line(city: City, number: str, who: str = "olga", chosen: Filter = Filter.ALL, before: str = "") -> Page:
    with city.work(who) as work:
        return chronicling.page(work, find(work, number), chosen, before)


def steps(page: Page) -> list[str]:
    return [each.step or each.purpose or each.kind.value for each in page.lines]


def notes(city: City, number: str, count: int) -> None:
    with city.work("olga") as work:
        for place in range(count):
            replying.note(work, number, f"第{place}条备注")


def test_all_that_happened_stands_in_one_line_newest_first(city: City) -> None:
    number = city.accepted(phone=PHONE)
    city.turn(minutes=5)
    notes(city, number, 1)
    city.turn(minutes=5)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    found = line(city, number)
    assert steps(found)[-4:] == ["accepted", "received", "accept", "receive"], "a text behind the step that it tells of"
    assert "assigned" in steps(found) and steps(found).index("assign") < steps(found).index("note")
    moments = [each.at for each in found.lines]
    assert moments == sorted(moments, reverse=True) and found.older is None


def test_each_filter_shows_its_own_and_together_they_show_all(city: City) -> None:
    number = city.handling(phone=PHONE)
    notes(city, number, 2)
    city.turn(days=12)
    with city.work() as work:
        enforcing.run_pass(work)
    everything = {(each.kind, each.id) for each in line(city, number).lines}
    parts = {
        chosen: {(each.kind, each.id) for each in line(city, number, chosen=chosen).lines}
        for chosen in Filter
        if chosen is not Filter.ALL
    }
    assert set.union(*parts.values()) == everything
    assert sum(len(part) for part in parts.values()) == len(everything), "nothing stands in two"
    assert len(parts[Filter.NOTES]) == 2 and parts[Filter.ORDERS] and parts[Filter.TEXTS]
    assert all(each.kind is Kind.TEXT for each in line(city, number, chosen=Filter.TEXTS).lines)


def test_a_long_line_has_pages_and_costs_the_same(city: City) -> None:
    number = city.handling(phone=PHONE)
    with city.statements() as few:
        line(city, number)
    notes(city, number, 230)
    with city.statements() as many:
        first = line(city, number)
    assert len(few) == len(many) <= 4, "who reads, the ticket, the line, its texts"
    second = line(city, number, before=first.older or "")
    third = line(city, number, before=second.older or "")
    seen = [(each.kind, each.id) for page in (first, second, third) for each in page.lines]
    assert len(first.lines) == len(second.lines) == chronicling.PAGE and third.older is None
    assert len(seen) == len(set(seen)) and seen == [
        (each.kind, each.id) for each in sorted(
            (each for page in (first, second, third) for each in page.lines),
            key=lambda each: (each.at, chronicling.RANKS[each.kind], each.id), reverse=True,
        )
    ]  # fmt: skip


def test_pictures_are_numbered_from_the_first_also_where_the_page_shows_the_last_ones_only(city: City) -> None:
    number = city.receive(phone=PHONE).number
    for _ in range(2):
        with city.work("olga") as work:
            complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
            kept = attaching.keep(work.files, "张建国家门口.jpg", photo())
            attaching.attach(work, kept, complaint_id=complaint.id, by_citizen=True)
        city.turn(minutes=1)
        notes(city, number, chronicling.PAGE - 1)
        city.turn(minutes=1)
    shown = [each.name for each in line(city, number).lines if each.kind is Kind.PHOTO]
    assert shown == ["照片2.jpg"]


def test_the_files_of_a_ticket_are_found_without_reading_all_there_are(city: City) -> None:
    number = city.receive().number
    with city.work("olga") as work:
        ticket = find(work, number)
        work.session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # few rows are read whole, whatever is asked
        with city.statements() as asked:
            picturing.pictures_of(work, ticket)
        statement, given = asked[-1]
        plan = "\n".join(work.session.connection().exec_driver_sql(f"EXPLAIN {statement}", given).scalars())
    assert "ix_attachment_ticket_id" in plan and "attachment_complaint_id" in plan and "Seq Scan" not in plan, plan


def test_what_was_noticed_later_stands_where_it_happened(city: City) -> None:
    """The clock writes down afterwards what fell due meanwhile; so does who takes over an older history."""
    number = city.handling()
    with city.work("olga") as work:
        ticket = find(work, number)
        for step, earlier in (("breach", 1), ("assign", 30)):
            happened = work.now - timedelta(minutes=earlier)
            work.session.add(
                Event(ticket_id=ticket.id, version=9, round=1, step=step, to_state="handling", actor_kind="system",
                      actor_name="系统", data={}, happened_at=happened, noticed_at=work.now)
            )  # fmt: skip
    with city.work("olga") as work:
        ticket = find(work, number)
        told = [each["happened_at"] for each in viewing.history(work, ticket)]
        assert told == sorted(told)
        page = chronicling.page(work, ticket)
        course = {each["step"]: each for each in chronicling.course(work, ticket)}
        assert course["assign"]["actor_name"] == "系统", "what came first, not what was written down first"
        assert {each["step"]: each for each in chronicling.course(work, ticket, page)} == course


@pytest.mark.parametrize(
    "before",
    ["x", "~~", "2026-10-12~0~1", "2026-10-12T09:00:00+08:00~9~x", "9" * 400, "0001-01-01T00:00:00+14:00~0~1"],
)
def test_an_address_that_somebody_has_changed_begins_at_the_newest(city: City, before: str) -> None:
    number = city.receive().number
    assert steps(line(city, number, before=before)) == ["receive"]


def test_texts_are_told_with_their_state_and_without_keys(city: City) -> None:
    number = city.handling(phone=PHONE)
    with city.work() as work:
        work.session.execute(
            sa.update(Message)
            .where(Message.purpose == "accepted")
            .values(state=MessageState.FAILED, failed_at=city.now, next_at=None, error=f"30003 unreachable {PHONE}")
        )
    texts = {each.purpose: each for each in line(city, number, chosen=Filter.TEXTS).lines}
    assert texts["accepted"].state is MessageState.FAILED and texts["accepted"].phone == "138****5678"
    assert number in texts["accepted"].text and texts["accepted"].to == "诉求人"
    assert texts["accepted"].error == "30003", "the carrier's words may have the number"
    assert texts["received"].text == chronicling.NOT_SHOWN, "whoever has the key opens the citizen's page"
    assert texts["unit_assigned"].to == "市政处" and texts["unit_assigned"].phone == ""


@pytest.mark.parametrize(
    ("error", "told"), [("30003 unreachable", "错误码 30003"), ("no_carrier 没有", "没有接通短信运营商"), (None, "")]
)
def test_why_a_text_did_not_arrive_is_said(city: City, app: Flask, error: str | None, told: str) -> None:
    number = city.handling(phone=PHONE)
    failed = {"state": MessageState.FAILED, "failed_at": city.now, "next_at": None, "error": error}
    with city.work() as work:
        work.session.execute(sa.update(Message).where(Message.purpose == "accepted").values(failed))
    assert (f"未送达（{told}）" if told else "未送达") in Person(app, "olga").ticket(number).text
    assert told or "未送达（" not in Person(app, "olga").ticket(number).text


def test_what_a_citizen_texted_stands_there_too(city: City) -> None:
    number = city.handling(phone=PHONE)
    with city.work() as work:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        work.session.add(
            Message(token="t", direction="in", state="received", purpose="heard", ticket_id=complaint.ticket_id,
                    complaint_id=complaint.id, phone_masked="138****5678", body_sealed=work.vault.seal("还没修好"),
                    segments=1, created_at=city.now + timedelta(hours=1))
        )  # fmt: skip
    newest = line(city, number).lines[0]
    assert newest.incoming and newest.text == "还没修好" and newest.phone == "138****5678"


def covered(page: Page) -> str:
    return "\n".join(f"{each.text} {each.phone} {each.to} {each.data}" for each in page.lines)


@pytest.mark.parametrize(
    ("confidential", "who", "words", "phone"),
    [
        (False, "olga", True, True),  # the centre
        (False, "hans", True, True),  # the lead unit: as written, the number masked
        (False, "paul", False, True),  # who assists: no names, numbers, doors
        (True, "hans", False, False),  # the lead unit of a confidential matter: nothing that tells who
        (True, "sven", True, True),
    ],
)
def test_a_unit_reads_no_covered_words(city: City, confidential: bool, who: str, words: bool, phone: bool) -> None:
    number = city.accepted(text="路灯不亮", phone=PHONE, name=NAME, confidential=confidential)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
        ticket = find(work, number)
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        messaging.tell_citizen(work, ticket, complaint, "answered", answer=WORDS)
    with city.work("olga") as work:
        replying.note(work, number, WORDS)
    told = covered(line(city, number, who))
    assert (NAME in told) is words
    assert ("13812345678" in told) is words
    assert ("138****5678" in told) is phone


def test_a_unit_reads_the_notices_of_its_own_subtree_only(city: City) -> None:
    number = city.accepted()
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    to = {who: {each.to for each in line(city, number, who, Filter.TEXTS).lines} for who in ("olga", "hans", "paul")}
    assert to == {"olga": {"市政处", "园林局"}, "hans": {"市政处"}, "paul": {"园林局"}}


def test_the_page_shows_it_with_its_choices(city: City, app: Flask) -> None:
    number = city.handling(phone=PHONE, text="路灯不亮")
    with city.work("hans") as work:
        replying.note(work, number, "<b>已到现场</b>")
        ticket = find(work, number)
        kept = attaching.keep(work.files, "现场.jpg", photo())
        evidencing.enclose(work, ticket, [kept])
    hans = Person(app, "hans")
    page = hans.ticket(number)
    for told in ("全部 办理 短信电话 备注 督办", "内部备注", "<b>已到现场</b>", "发出短信", "待发", "办理照片"):
        assert told in page.text, told
    only = hans.open(next(link for link in page.links("line=notes")))
    assert "已到现场" in only.text and "发出短信" not in only.text
    assert hans.open(f"/desk/tickets/{number}?line=rubbish&before=x").status == 200


def test_the_ticket_page_costs_the_same_however_much_is_on_it(city: City, app: Flask) -> None:
    """Events, notes, complaints and texts: more of them are more rows, not more statements. For each who reads it."""
    number = city.accepted(phone=PHONE)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    people = [Person(app, login) for login in ("sven", "hans", "paul")]
    before = [_cost(city, person, number) for person in people]
    with city.work() as work:
        ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        for place in range(12):
            receipts = sa.select(Complaint).where(Complaint.ticket_id == ticket.id).order_by(Complaint.id)
            receipt = work.session.scalars(receipts).first()
            assert receipt is not None
            work.session.add(
                Complaint(ticket_id=ticket.id, number=f"{number}-{place}", key_hash="x", citizen_id=receipt.citizen_id,
                          channel="web", source="citizen", text="同样的问题", received_at=city.now)
            )  # fmt: skip
            work.session.add(
                Event(ticket_id=ticket.id, version=9, round=1, step="urge", to_state="assigned", actor_kind="citizen",
                      actor_name="诉求人", data={}, happened_at=city.now, noticed_at=city.now)
            )  # fmt: skip
    assert [_cost(city, person, number) for person in people] == before
    assert max(before) <= MOST
    with city.work("hans") as work:
        handling.sign(work, number)
        extending.request(work, number, "等待灯杆到货")
        evidencing.enclose(work, find(work, number), [attaching.keep(work.files, "现场.jpg", photo())])
    with city.work("sven") as work:
        instructing.enter(work, number, "副市长张某某", "请尽快办理并反馈", city.now.date())
        supervising.supervise(work, number, "order", Ground.REPEATED, "限期办结")
    assert max(_cost(city, person, number) for person in people) <= EVER


def _cost(city: City, person: Person, number: str) -> int:
    person.ticket(number)
    with city.statements() as asked:
        person.ticket(number)
    return len(asked)
