"""简报: every working morning (日报) and at the beginning of a week (周报), to each with the own subtree only.

For supervisors, leaders, and who is named as the head of the own unit; anybody else who reads tickets may ask for it,
and everybody may do without. Read on the desk; texted too, to who has given a number for it.

One for each person, rhythm and day, whoever makes it and however often: the row is the claim. It is made from the set
time to the end of that day, never in quiet hours; a morning that nobody worked on is not made up for later, as what it
would tell is on the board.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import TICKET_ROLES, Actor, ActorKind, Role
from hotline.domain.calendar import Calendar
from hotline.domain.quiet import Quiet, quiet_until
from hotline.domain.rates import RateKind
from hotline.domain.texts import mask_phone
from hotline.domain.wordings import Written
from hotline.models import Base, Brief, Direction, Message, MessageState, Rhythm, Staff, Ticket, Unit
from hotline.services import bulk
from hotline.services.desk import Search, View
from hotline.services.desk.narrowing import conditions
from hotline.services.messaging import DELIVER, new_token, sealed
from hotline.services.month import board, remaining
from hotline.services.month.remaining import CLOSED, Asked
from hotline.services.vault import Unopened
from hotline.services.work import Work

WORDINGS = {Rhythm.DAY: "unit_brief_day", Rhythm.WEEK: "unit_brief_week"}
LONGEST_GAP = 30  # days that are looked back for the working day before
WHO = (Role.SUPERVISOR, Role.LEADER)
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Occasion:
    """A brief that is due: of the city days from `since` to `until`, known by `of_day`."""

    rhythm: Rhythm
    of_day: date
    since: date
    until: date


@dataclass(frozen=True)
class Recipient:
    """Somebody who is to have one, and the number that it is texted to, sealed."""

    staff_id: int
    unit: Unit
    phone_sealed: bytes | None


def make(work: Work, at: time, quiet: Quiet | None) -> int:
    """The briefs that are due at this moment, for the people of one unit; how many there were. 0: none is left.

    `at`: the set time of the city's clock.
    """
    if quiet_until(work.now, quiet, work.rules.zone) is not None:
        return 0
    for occasion in occasions(work, at):
        if people := lacking(work, occasion):
            return make_for(work, occasion, people)
    return 0


def occasions(work: Work, at: time) -> list[Occasion]:
    """What is due on this city day from the set time on: nothing on a day off; the week's on its first working day."""
    calendar, local = work.rules.calendar, work.now.astimezone(work.rules.zone)
    today = local.date()
    if local.time() < at or not calendar.is_working_day(today):
        return []
    before = _working_day_before(calendar, today)
    found = [Occasion(Rhythm.DAY, today - _DAY, before, today - _DAY)]
    monday = today - timedelta(days=today.weekday())
    if before < monday:
        found.append(Occasion(Rhythm.WEEK, monday - _WEEK, monday - _WEEK, monday - _DAY))
    return found


def _working_day_before(calendar: Calendar, day: date) -> date:
    """The last one before; the day before where there was none for a long time."""
    back = (day - timedelta(days=count) for count in range(1, LONGEST_GAP))
    return next((each for each in back if calendar.is_working_day(each)), day - _DAY)


def lacking(work: Work, occasion: Occasion) -> list[Recipient]:
    """Who is to have it and has not: the people of one unit, so that it is counted once for all of them."""
    has_it = sa.exists().where(
        Brief.staff_id == Staff.id, Brief.rhythm == occasion.rhythm, Brief.of_day == occasion.of_day
    )
    lacking = sa.select(Staff.id, Staff.unit_id).join(Unit, Unit.id == Staff.unit_id).where(_WANTED, sa.not_(has_it))
    first = lacking.with_only_columns(sa.func.min(Staff.unit_id)).scalar_subquery()
    query = (
        lacking.where(Staff.unit_id == first)
        .with_only_columns(Staff.id, Unit, Staff.brief_phone_sealed)
        .order_by(Staff.id)
    )
    return [Recipient(*row) for row in work.session.execute(query)]


def _is_any(roles: Sequence[Role] | frozenset[Role]) -> sa.ColumnElement[bool]:
    return Staff.roles.overlap(sa.cast(sorted(role.value for role in roles), sa.ARRAY(sa.Text)))


IS_HEAD = sa.and_(Unit.head_name.is_not(None), Unit.head_name == Staff.name)
_BY_ROLE = sa.or_(_is_any(WHO), IS_HEAD)
_WANTED = sa.and_(Staff.active, _is_any(TICKET_ROLES), sa.func.coalesce(Staff.briefs, _BY_ROLE))


def make_for(work: Work, occasion: Occasion, people: Sequence[Recipient]) -> int:
    """Count for the people of one unit, and write down and text to each what nobody else has written meanwhile; how
    many people they are."""
    unit = people[0].unit
    figures = _figures(work.act_as(_watcher(unit)), unit, occasion)
    written = work.rules.wordings.write(WORDINGS[occasion.rhythm], **_fields(figures, occasion))
    phones = {each.staff_id: phone for each in people if (phone := _phone_of(work, each)) is not None}
    rows = [
        {
            "staff_id": each.staff_id,
            "rhythm": occasion.rhythm.value,
            "of_day": occasion.of_day.isoformat(),
            "unit_path": unit.path,
            "figures": figures,
            "text": written.text if each.staff_id in phones else "",
        }
        for each in people
    ]
    table = Base.metadata.tables[Brief.__tablename__]
    made = bulk.insert_new(work.session, table, rows, "staff_id", "rhythm", "of_day", made_at=work.now)
    ours = {staff_id for staff_id, *_ in made}
    _text(work, occasion, written, {id: phone for id, phone in phones.items() if id in ours})
    return len(people)


def _watcher(unit: Unit) -> Actor:
    """One who sees what everybody of that unit may be told as a number, and nothing besides."""
    return Actor(ActorKind.STAFF, unit.name, roles=frozenset({Role.SUPERVISOR}), unit_id=unit.id, unit_path=unit.path)


def _figures(work: Work, unit: Unit, occasion: Occasion) -> dict[str, Any]:
    """What the brief tells, as JSON keeps it. What falls due and what is missing is of the moment."""
    found = board.look(work)
    since, until = occasion.since, occasion.until
    today = work.now.astimezone(work.rules.zone).date()
    sunday = today + timedelta(days=6 - today.weekday())
    lists = {
        "closed": Asked(CLOSED, RateKind.CLOSE, since=since, until=until),
        "late": Asked("gone", since=since, until=until),
        "today": Asked("ahead", since=today, until=today),
        "tomorrow": Asked("ahead", since=today + _DAY, until=today + _DAY),
        "week": Asked("ahead", since=today, until=sunday),
    }
    return {
        "unit": unit.name,
        "unit_id": unit.id,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "day": today.isoformat(),
        "sunday": sunday.isoformat(),
        "month": str(found.month),
        "received": _tickets(work, Search(View.ALL, since=since, until=until)),
        **{name: remaining.count(work, asked, found.month)[0] for name, asked in lists.items()},
        "orders": _tickets(work, Search(View.SUPERVISED)),
        "missing": found.missing,
        "tickets": found.tickets,
        "rates": {
            kind.value: {
                "owed": each.owed,
                "kept": each.kept,
                "on_time": each.on_time,
                "over": each.over,
                "offered": each.offered,
                "gone": each.gone,
            }
            for kind, each in found.rates.items()
        },
    }


def _tickets(work: Work, search: Search) -> int:
    """How many the list of tickets holds, however many there are."""
    query = sa.select(sa.func.count()).select_from(Ticket).where(*conditions(work, search, by_row=False))
    return work.session.execute(query).scalar_one()


def _fields(figures: dict[str, Any], occasion: Occasion) -> dict[str, object]:
    return {**figures, "day": days_said(occasion.since, occasion.until)}


def days_said(since: date, until: date) -> str:
    """ "11月20日", "11月20日至22日", "10月31日至11月2日"."""
    first = f"{since.month}月{since.day}日"
    if since == until:
        return first
    return f"{first}至{until.day}日" if since.month == until.month else f"{first}至{until.month}月{until.day}日"


def _phone_of(work: Work, to: Recipient) -> str | None:
    """Nothing while history is played in, or where the number was sealed with a key that is gone."""
    if not work.texts or to.phone_sealed is None:
        return None
    try:
        return work.vault.open(to.phone_sealed)
    except Unopened:
        return None


def _text(work: Work, occasion: Occasion, written: Written, phones: dict[int, str]) -> None:
    """Into the outbox. They wait for the morning like everything that is not urgent, and are erased like it."""
    if not phones:
        return
    rows = [
        {
            "token": new_token(),
            "dedupe_key": f"brief:{staff_id}:{occasion.rhythm.value}:{occasion.of_day}",
            "phone_sealed": work.vault.seal(phone),
            "phone_masked": mask_phone(phone),
            **sealed(work, written),
        }
        for staff_id, phone in sorted(phones.items())
    ]
    bulk.insert_new(
        work.session,
        Base.metadata.tables[Message.__tablename__],
        rows,
        "dedupe_key",
        direction=Direction.OUT.value,
        state=MessageState.QUEUED.value,
        purpose=WORDINGS[occasion.rhythm],
        created_at=work.now,
        next_at=work.now,
    )
    work.ring(DELIVER)
