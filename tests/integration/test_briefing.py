"""简报: for whom, of what, when; once for each person and day; read on the desk, and texted in few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound
from hotline.domain.rates import RateKind
from hotline.domain.texts import segments
from hotline.models import Brief, Message, MessageState, Rhythm, Staff, Unit
from hotline.services import carding, erasing, retaining
from hotline.services.month import board, brief_reading, briefing, remaining
from hotline.services.month.remaining import Asked
from tests.city import City, at
from tests.work import shift_of
from workers import batches, briefs

PHONE = "+8613812345678"
QUIET = (time(22), time(7))


def morning(city: City, quiet: Any = None) -> int:
    """The workers look until nothing is left; how many briefs there are then."""
    shift = replace(shift_of(city), quiet=quiet)
    while briefs.make(shift):
        pass
    return len(city.rows(sa.select(Brief)))


def made(city: City, rhythm: Rhythm = Rhythm.DAY) -> dict[str, Brief]:
    """The newest briefs by the log-in of whose they are."""
    names = {staff.id: staff.login for staff in city.rows(sa.select(Staff))}
    return {names[each.staff_id]: each for each in city.rows(sa.select(Brief)) if each.rhythm is rhythm}


def choose(city: City, who: str, wanted: bool = True, phone: str = "") -> None:
    with city.work(who) as work:
        brief_reading.choose(work, wanted, phone)


def name_head(city: City, unit: str, name: str) -> None:
    with city.work() as work:
        work.session.execute(sa.update(Unit).where(Unit.key == unit).values(head_name=name))


def texts(city: City) -> list[Message]:
    return [each for each in city.rows(sa.select(Message)) if each.purpose.startswith("unit_brief")]


# ---- for whom


def test_supervisors_leaders_and_heads_have_one_and_nobody_else(city: City) -> None:
    name_head(city, "lamps", "冯市政")
    name_head(city, "parks", "某某某")  # without a log-in
    city.now = at("2026-10-13 08:00")
    morning(city)
    assert set(made(city)) == {"sven", "sara", "lena", "hans"}


def test_who_wants_none_has_none_and_who_asks_for_it_has_it(city: City) -> None:
    choose(city, "sara", wanted=False)
    choose(city, "paul")
    city.now = at("2026-10-13 08:00")
    morning(city)
    assert set(made(city)) == {"sven", "lena", "paul"}


def test_who_is_locked_or_keeps_only_the_house_has_none(city: City) -> None:
    with city.work() as work:
        work.session.execute(sa.update(Staff).where(Staff.login == "sara").values(active=False))
        work.session.execute(sa.update(Staff).where(Staff.login == "adam").values(briefs=True))
    city.now = at("2026-10-13 08:00")
    morning(city)
    assert set(made(city)) == {"sven", "lena"}


# ---- of what


def test_it_tells_of_the_own_subtree_only_and_each_number_is_its_list(city: City) -> None:
    choose(city, "hans")
    choose(city, "paul")
    city.replied(wants_reply=False)
    city.handling()
    city.assigned("lamps-east", text="东站路3号路灯不亮")
    city.assigned("parks", text="人民公园北门行道树倒伏")
    city.now = at("2026-10-13 08:00")
    morning(city)
    found = {who: each.figures for who, each in made(city).items()}
    assert {who: each["received"] for who, each in found.items()} == {
        "sven": 4,
        "sara": 4,
        "lena": 4,
        "hans": 3,
        "paul": 1,
    }
    assert (found["lena"]["closed"], found["hans"]["closed"], found["paul"]["closed"]) == (1, 1, 0)
    assert found["paul"]["unit"] == "园林局"
    assert "市政" not in str(found["paul"])
    for who, figures in found.items():
        with city.work(who) as work:
            month, seen = carding.this_month(work), board.look(work)
            since, until = (date.fromisoformat(figures[name]) for name in ("since", "until"))
            assert figures["missing"] == seen.missing == remaining.count(work, Asked(), month)[0]
            assert figures["late"] == remaining.count(work, Asked("gone", since=since, until=until), month)[0]
            assert figures["rates"]["handle"]["owed"] == seen.rates[RateKind.HANDLE].owed


def test_what_fell_due_yesterday_and_was_not_done_is_late(city: City) -> None:
    city.handling()
    with city.work() as work:
        due = work.session.scalar(sa.text("SELECT max(due_at) FROM deadline WHERE kind = 'handle'"))
    city.now = at(f"{due.astimezone(at('2026-10-12 00:00').tzinfo):%Y-%m-%d} 08:00")
    morning(city)
    assert made(city)["sven"].figures["today"] >= 1
    city.turn(days=1)
    morning(city)
    assert max(city.rows(sa.select(Brief)), key=lambda each: each.of_day).figures["late"] >= 1


# ---- when


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-10-13 07:59", []),
        ("2026-10-13 08:00", [("day", "2026-10-12", "2026-10-12")]),
        ("2026-10-13 21:00", [("day", "2026-10-12", "2026-10-12")]),  # the workers were down until now
        ("2026-10-13 23:00", []),  # quiet
        ("2026-10-17 09:00", []),  # Saturday
        ("2026-10-19 08:00", [("day", "2026-10-16", "2026-10-18"), ("week", "2026-10-12", "2026-10-18")]),
        ("2026-10-20 08:00", [("day", "2026-10-19", "2026-10-19")]),  # Monday's week is not made up for
    ],
)
def test_on_working_mornings_and_of_all_days_since_the_last(
    city: City, moment: str, days: list[tuple[str, str, str]]
) -> None:
    city.now = at(moment)
    morning(city, QUIET)
    found = {(each.rhythm.value, each.figures["since"], each.figures["until"]) for each in city.rows(sa.select(Brief))}
    assert found == set(days)


def test_the_week_begins_with_its_first_working_day(city: City) -> None:
    """After the national holiday: the week before had no working day, and is told of all the same."""
    city.now = at("2026-10-08 08:00")
    with city.work() as work:
        told = {each.rhythm: each for each in briefing.occasions(work, time(8))}
    assert told[Rhythm.WEEK].of_day == date(2026, 9, 28)
    assert told[Rhythm.DAY].until == date(2026, 10, 7)


def test_none_are_made_where_the_city_wants_none(city: City) -> None:
    city.now = at("2026-10-13 08:00")
    assert briefs.make(replace(shift_of(city), briefs_at=None)) == 0


# ---- once


def test_each_morning_gives_each_person_one(city: City) -> None:
    choose(city, "sven", phone=PHONE)
    city.now = at("2026-10-13 08:00")
    first = morning(city)
    city.turn(minutes=5)
    assert morning(city) == first == 3
    assert len(texts(city)) == 1
    city.turn(days=1)
    assert morning(city) == 2 * first


# ---- texts


def test_who_has_given_a_number_is_texted_in_two_segments_at_most(city: City) -> None:
    choose(city, "sven", phone="138 1234 5678")
    city.handling()
    city.now = at("2026-10-19 08:00")
    morning(city)
    day, week = texts(city)
    assert {each.phone_masked for each in (day, week)} == {"138****5678"}
    assert (day.state, day.unit_id, day.phone_print) == (MessageState.QUEUED, None, None)
    with city.work() as work:
        said = [work.vault.open(each.body_sealed) for each in (day, week)]
    assert said[0] == made(city)["sven"].text
    assert said[0].startswith("【12319】日报（10月16日至18日）：收0件、结0件")
    assert said[1].startswith("【12319】周报（10月12日至18日）：收1件")
    assert all(segments(text) <= 2 for text in said)
    assert made(city)["sara"].text == "", "read on the desk only"
    batches.deliver(shift_of(city))
    assert {each.state for each in texts(city)} == {MessageState.DELIVERED}


def test_its_texts_are_erased_like_all_that_belong_to_nothing(city: City) -> None:
    choose(city, "sven", phone=PHONE)
    city.now = at("2026-10-13 08:00")
    morning(city)
    city.turn(days=4000)
    with city.work() as work:
        assert erasing.erase_messages(work)
    assert texts(city)[0].phone_sealed is None or not texts(city)[0].body_sealed


def test_it_is_kept_for_as_long_as_the_city_says(city: City) -> None:
    city.now = at("2026-10-13 08:00")
    before = morning(city)
    city.turn(days=400)
    assert morning(city) > before > 0
    with city.work() as work:
        assert (erasing.count_briefs(work), erasing.erase_briefs(work)) == (0, 0), "the 400th day is not over"
    city.turn(days=1)
    with city.work("adam") as work:
        keeps = retaining.told(retaining.retention(work))
        assert retaining.foresee(work, retaining.wanted(work, keeps)).briefs == before
        with pytest.raises(Invalid, match="不能短于1个月"):
            retaining.wanted(work, keeps | {"briefs": "29 days"})
        assert retaining.save(work, keeps | {"briefs": "500 days"}, keeps)
    city.office.forget_rules()
    with city.work() as work:
        assert erasing.erase_briefs(work) == 0
    city.turn(days=100)
    batches.erase(shift_of(city))
    left = city.rows(sa.select(Brief))
    assert left and {brief.of_day.year for brief in left} == {2027}


def test_a_number_that_cannot_be_called_is_refused(city: City) -> None:
    with city.work("sven") as work, pytest.raises(Invalid) as refusal:
        brief_reading.choose(work, True, "12")
    assert "phone" in refusal.value.fields
    with city.work("sven") as work:
        assert brief_reading.choice(work) == brief_reading.Choice(True, "")
    choose(city, "sven", phone=PHONE)
    with city.work("sven") as work:
        assert brief_reading.choice(work) == brief_reading.Choice(True, PHONE)


# ---- read


def test_one_reads_only_the_own(city: City) -> None:
    city.now = at("2026-10-13 08:00")
    morning(city)
    city.turn(days=1)
    morning(city)
    with city.work("sven") as work:
        newest, older = brief_reading.browse(work)
        brief, neighbours = brief_reading.read(work, newest.id)
        assert (neighbours.earlier, neighbours.later) == (older.id, None)
        assert brief.read_at == city.now
    with city.work("lena") as work, pytest.raises(NotFound):
        brief_reading.read(work, newest.id)


def test_who_has_moved_leaves_the_briefs_of_the_former_unit_behind(city: City) -> None:
    city.now = at("2026-10-13 08:00")
    morning(city)
    with city.work() as work:
        work.session.execute(sa.update(Staff).where(Staff.login == "sven").values(unit_id=city.unit_id("county")))
    with city.work("sven") as work:
        assert not brief_reading.browse(work)
