"""What makes a ticket urgent after it was taken in: nobody lowers it unseen, its promises are those of the danger, and
what is counted only grows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Stale
from hotline.domain.risks import Level, Rule
from hotline.models import Channel, Complaint, Deadline, DeadlineKind, Event, Ticket, Urgency
from hotline.services import accepting, citizens, merging, receiving, risking
from hotline.services.accepting import Classification
from hotline.services.receiving import Intake
from tests.citizen import PHONE
from tests.city import City, at
from tests.desk import Form, Person, make_app

LAMP_DARK = "香溪路与大桥路口路灯不亮三天了"
LIVE = "路灯杆漏电，有人被电到了"
NORMAL, URGENT = Urgency.NORMAL, Urgency.URGENT


def say(city: City, number: str, words: str) -> None:
    """The citizen adds something."""
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.add(work, complaint, citizens.ticket_of(work, complaint), words, Channel.WEB)


def owed(city: City, number: str, *kinds: DeadlineKind) -> dict[DeadlineKind, tuple[str, datetime]]:
    found = [row for kind in kinds or DeadlineKind for row in city.deadlines(number, kind) if row.void_at is None]
    return {row.kind: (row.limit_text, row.due_at) for row in found}


def acceptance(olga: Person, number: str) -> Form:
    return olga.ticket(number).form(f"/{number}/acceptance")


def test_a_form_from_before_is_refused_with_the_reason_and_comes_back_urgent(city: City) -> None:
    number, olga = city.receive(LAMP_DARK).number, Person(make_app(city), "olga")
    old = acceptance(olga, number)
    assert old.values["urgency"] == ["normal"]
    say(city, number, LIVE)
    answer = olga.send(old, matter="路灯不亮，已核实", place="香溪路口")
    assert answer.status == 409
    assert "新增内容涉及危险，工单已提升为紧急，现为“待受理”" in answer.text
    assert "涉及危险，提升为紧急" in answer.text
    assert city.ticket(number).urgency is URGENT
    again = answer.form(f"/{number}/acceptance")
    assert [again.values[name] for name in ("matter", "place", "urgency")] == [
        ["路灯不亮，已核实"],
        ["香溪路口"],
        ["urgent"],
    ]
    assert olga.send(again).status == 303
    assert (city.ticket(number).urgency, city.ticket(number).matter) == (URGENT, "路灯不亮，已核实")


def test_who_sees_that_it_is_urgent_may_decide_otherwise(city: City) -> None:
    number, olga = city.receive(LAMP_DARK).number, Person(make_app(city), "olga")
    say(city, number, LIVE)
    assert olga.send(acceptance(olga, number), urgency="normal").status == 303
    assert city.ticket(number).urgency is NORMAL


def test_looking_at_the_conditions_with_an_old_form_lowers_nothing(city: City) -> None:
    number, olga = city.receive(LAMP_DARK).number, Person(make_app(city), "olga")
    old = acceptance(olga, number)
    say(city, number, LIVE)
    old.names.add("look")
    shown = olga.send(old, look="1", matter="路灯不亮，已核实").form(f"/{number}/acceptance")
    assert (shown.values["urgency"], shown.values["matter"]) == (["urgent"], ["路灯不亮，已核实"])
    shown.names.add("look")
    chosen = olga.send(shown, look="1", urgency="normal").form(f"/{number}/acceptance")
    assert chosen.values["urgency"] == ["normal"], "that was chosen by who has seen it"


def test_who_names_no_version_takes_back_nothing_that_was_raised(city: City) -> None:
    raised, from_the_first = city.receive(LAMP_DARK).number, city.receive(f"{LAMP_DARK}，{LIVE}").number
    seen = city.ticket(raised).version
    say(city, raised, LIVE)
    settled = Classification(urgency=NORMAL)
    with city.work("olga") as work, pytest.raises(Stale) as stale:
        accepting.accept(work, raised, settled, version=seen)
    assert stale.value.changes[-1]["raised"]
    for number in (raised, from_the_first):
        with city.work("olga") as work:
            accepting.accept(work, number, settled)
    assert [city.ticket(number).urgency for number in (raised, from_the_first)] == [URGENT, NORMAL]


def test_what_was_said_before_acceptance_has_the_promises_that_it_would_have_had_at_once(city: City) -> None:
    """On a Friday evening an ordinary matter waits until Monday; a danger does not."""
    city.now = at("2026-10-16 18:30")
    later, at_once = city.receive(LAMP_DARK).number, city.receive(f"{LAMP_DARK}，{LIVE}", phone=PHONE).number
    before = owed(city, later)[DeadlineKind.ACCEPT]
    say(city, later, LIVE)
    assert owed(city, later) == owed(city, at_once)
    assert owed(city, later)[DeadlineKind.ACCEPT] == ("30 urgent_minutes", at("2026-10-16 19:00"))
    data = city.rows(sa.select(Event.data).join(Ticket).where(Ticket.number == later, Event.step == "risk"))[-1]
    assert (data["urgency"], data["due_before"], data["due_at"]) == (
        "urgent",
        before[1].isoformat(),
        owed(city, later)[DeadlineKind.ACCEPT][1].isoformat(),
    )
    olga = Person(make_app(city), "olga")
    page = olga.ticket(later).text
    assert "紧急程度：紧急" in page and "原到期：10月19日 10:00" in page


def test_nobody_is_late_for_what_was_not_known_and_nothing_is_put_off(city: City) -> None:
    """The danger counts from when it was told; each promise keeps the earlier of its two moments."""
    number = city.receive(LAMP_DARK).number
    city.turn(minutes=45)
    say(city, number, LIVE)
    assert owed(city, number)[DeadlineKind.ACCEPT][1] == city.now + timedelta(minutes=30)
    nearly = city.receive("平湖街路灯不亮", phone=PHONE).number
    due = owed(city, nearly)[DeadlineKind.ACCEPT][1]
    city.now = due - timedelta(minutes=10)
    say(city, nearly, LIVE)
    assert owed(city, nearly)[DeadlineKind.ACCEPT] == ("2 office_hours", due)
    assert owed(city, nearly)[DeadlineKind.DISPATCH] == ("30 urgent_minutes", due + timedelta(minutes=30))
    overdue = city.receive("东关街路灯不亮", phone="+8613800001111").number
    due = owed(city, overdue)[DeadlineKind.ACCEPT][1]
    city.now = due + timedelta(hours=1)
    say(city, overdue, LIVE)
    assert owed(city, overdue)[DeadlineKind.ACCEPT][1] == due
    assert owed(city, overdue)[DeadlineKind.REPLY] == ("48 urgent_hours", city.now + timedelta(hours=48))


def test_what_is_joined_brings_its_danger_from_when_it_was_told(city: City) -> None:
    city.now = at("2026-10-16 18:30")
    target, source = city.receive("平湖街路灯不亮").number, city.receive("平湖街有人要跳楼", phone=PHONE).number
    told = owed(city, source)[DeadlineKind.ACCEPT]
    seen = city.ticket(target).version
    city.turn(minutes=10)
    with city.work("olga") as work:
        merging.merge(work, source, target)
    ticket = city.ticket(target)
    assert (ticket.urgency, ticket.urgency_reason) == (URGENT, "生命危险：“跳楼”")
    assert owed(city, target)[DeadlineKind.ACCEPT] == told
    replies = city.deadlines(target, DeadlineKind.REPLY)
    assert {row.limit_text for row in replies} == {"48 urgent_hours"} and len(replies) == 2
    with city.work("olga") as work, pytest.raises(Stale):
        accepting.accept(work, target, version=seen)


def test_a_mark_after_acceptance_moves_no_promise_and_no_version(city: City) -> None:
    number = city.accepted(text=LAMP_DARK)
    before = owed(city, number), city.ticket(number).version
    say(city, number, LIVE)
    assert (owed(city, number), city.ticket(number).version) == before


def test_history_that_is_played_in_is_marked_and_not_raised(city: City) -> None:
    number = city.receive(LAMP_DARK).number
    with city.work("citizen") as work:
        past = work.at(city.now)
        ticket = past.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        risking.heed(past, ticket, LIVE)
    ticket = city.ticket(number)
    assert (ticket.urgency, ticket.version) == (NORMAL, 1)
    assert {each["level"] for each in ticket.risks} == {"urgent"}


def test_repeats_are_counted_on_top_of_the_complaints_before(city: City) -> None:
    """Five complaints about a place, then twice the same words: that is the seventh time."""
    for each in "一二三四五":
        number = city.receive(f"{LAMP_DARK}，第{each}盏", phone=PHONE).number
    words = [city.ticket(number).risks[0]["words"]]
    for repeats in (1, 2):
        with city.work() as work:
            complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
            complaint.repeats = repeats
            risking.recount(work, work.session.get_one(Ticket, complaint.ticket_id))
        words.append(city.ticket(number).risks[0]["words"])
    assert words == ["第5次反映", "第6次反映", "第7次反映"]


def test_what_is_joined_leaves_the_words_and_the_larger_count(city: City) -> None:
    target = city.receive("平湖街工头扬言要报复", phone=PHONE).number
    source = city.receive("平湖街摊主威胁说要砍我们", phone="+8613800002222").number
    with city.work() as work:
        row = work.session.scalars(sa.select(Ticket).where(Ticket.number == target)).one()
        row.risks = [*row.risks, {"name": "多次反映", "level": "attention", "words": "第5次反映", "count": 5}]
        other = work.session.scalars(sa.select(Ticket).where(Ticket.number == source)).one()
        other.risks = [*other.risks, {"name": "多次反映", "level": "attention", "words": "第3次反映", "count": 3}]
    with city.work("olga") as work:
        merging.merge(work, source, target)
    assert {each["name"]: each["words"] for each in city.ticket(target).risks} == {
        "威胁": "扬言…报复",
        "多次反映": "第5次反映",
    }


def test_two_rules_of_one_name_are_one_mark_which_changes_no_promise(city: City) -> None:
    counted = [Rule("反复", Level.ATTENTION, times=times) for times in (2, 3)]
    city.office.risks = (Rule("反复", Level.ATTENTION, things=("打了几次电话",)), *counted)
    texts = (LAMP_DARK, "香溪路路灯又坏了", "香溪路路灯还没修，打了几次电话")
    numbers = [city.receive(text, phone=PHONE).number for text in texts]
    assert [[each["words"] for each in city.ticket(number).risks] for number in numbers] == [
        [],
        ["第2次反映"],
        ["打了几次电话"],
    ]
    limits = {owed(city, number)[DeadlineKind.ACCEPT][0] for number in numbers}
    assert limits == {"2 office_hours"} and {city.ticket(number).urgency for number in numbers} == {NORMAL}


def test_only_the_newest_of_a_telephone_are_looked_through(city: City) -> None:
    """An office that complains for others has thousands: after two hundred elsewhere what was before is not counted."""
    for each in "一二三":
        number = city.receive(f"{LAMP_DARK}，第{each}盏", phone=PHONE).number
    elsewhere = city.receive("平湖街垃圾没人清", phone=PHONE)
    with city.office.session() as session:
        session.execute(_MANY, {"id": elsewhere.complaint_id})
        session.commit()
    marks = [city.ticket(each).risks for each in (number, city.receive(f"{LAMP_DARK}，第四盏", phone=PHONE).number)]
    assert [len(each) for each in marks] == [1, 0]


_MANY = sa.text("""
    INSERT INTO complaint (ticket_id, number, key_hash, citizen_id, channel, source, text, received_at)
    SELECT ticket_id, number || '-' || each, key_hash, citizen_id, channel, source, text, received_at
    FROM complaint, generate_series(1, 199) AS each WHERE id = :id
""")


def test_a_danger_at_intake_has_its_promises_as_before(city: City) -> None:
    with city.work("citizen") as work:
        number = receiving.receive(work, Intake(text=LIVE, channel=Channel.PHONE)).number
    rows = city.rows(sa.select(Deadline.limit_text).join(Ticket).where(Ticket.number == number))
    assert "30 urgent_minutes" in rows and not any("office" in each or "working" in each for each in rows)
