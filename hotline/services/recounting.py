"""A new calendar is in force: open deadlines are counted again, and each change is logged (design §4).

Pauses and extensions that were granted stay granted; what was met or is void stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

import sqlalchemy as sa

from hotline.domain.calendar import Calendar
from hotline.models import Deadline, Setting, Ticket
from hotline.services import promising, ruling
from hotline.services.hand import log
from hotline.services.work import Work

BATCH = 500
SETTING: Final = "recount"  # how far the counting is that a new calendar has begun
AGAIN_AFTER: Final = timedelta(minutes=1)  # a process may have gone by the old calendar for as long as rules stand
MOST: Final = 20_000  # promises that are looked at to tell what would move
_AHEAD, _BACK = 1100, 400  # days in which two calendars are compared
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Foreseen:
    """How many open promises a calendar would move; `whole`: no more than these were left to look at."""

    moved: int
    whole: bool


def foresee(work: Work, calendar: Calendar) -> Foreseen:
    """What `begin` with this calendar would move. Nothing is written.

    Only a promise that is due after the first day on which the two calendars differ can move.
    """
    first = _first_difference(work, calendar)
    if first is None:
        return Foreseen(0, True)
    running = (
        sa.select(Deadline)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .where(Ticket.ended_at.is_(None), Deadline.met_at.is_(None), Deadline.void_at.is_(None))
        .where(Deadline.due_at >= work.rules.calendar.start_of_day(first))
        .order_by(Deadline.due_at)
        .limit(MOST + 1)
    )
    rows = work.session.scalars(running).all()
    paused = promising.with_pauses(work, [row.ticket_id for row in rows])
    moved = sum(
        promising.due_of(work, row, calendar, promising.pauses_of(work, row) if row.ticket_id in paused else ())
        != row.due_at
        for row in rows[:MOST]
    )
    return Foreseen(moved, len(rows) <= MOST)


def _first_difference(work: Work, calendar: Calendar) -> date | None:
    """The first day with other hours, of those that promises can lie in."""
    today, old = work.rules.calendar.date_of(work.now), work.rules.calendar
    if old.zone != calendar.zone:
        return today - _BACK * _DAY
    days = (today + number * _DAY for number in range(-_BACK, _AHEAD))
    return next((day for day in days if old.open_intervals(day) != calendar.open_intervals(day)), None)


def begin(work: Work, calendar_id: int) -> None:
    """A new calendar was put in force in this transaction: all that is open is to be counted again, soon."""
    ruling.put(work, SETTING, {"calendar": calendar_id, "after": 0, "moved": 0, "again_at": None, "done": False})
    work.ring("recount")


def go_on(work: Work) -> bool:
    """One batch of what `begin` has asked for, then all once more a minute later: whether there is more to do now.

    It waits while this process still goes by another calendar: the caller has made it forget the rules before.
    """
    if work.session.scalar(sa.select(Setting).where(Setting.name == SETTING).with_for_update(skip_locked=True)) is None:
        return False
    body = ruling.setting(work, SETTING) or {}
    if body["done"] or body["calendar"] != work.rules.calendar_id:
        return False
    again_at = datetime.fromisoformat(body["again_at"]) if body["again_at"] else None
    if again_at is not None and body["after"] == 0 and work.now < again_at:
        return False
    moved, last = recount_open(work, body["after"])
    body |= {"moved": body["moved"] + moved, "after": last}
    if last == 0:
        body |= {"done": True} if again_at is not None else {"again_at": _iso(work.now + AGAIN_AFTER)}
    ruling.put(work, SETTING, body)
    return last != 0


def recount_open(work: Work, after: int = 0) -> tuple[int, int]:
    """One batch of tickets beyond the given id: how many due times moved, and the last ticket's id (0 at the end)."""
    tickets = list(
        work.session.scalars(
            sa.select(Ticket)
            .where(Ticket.id > after, Ticket.ended_at.is_(None))
            .order_by(Ticket.id)
            .limit(BATCH)
            .with_for_update(key_share=True, of=Ticket)
        )
    )
    if not tickets:
        return 0, 0
    by_id = {ticket.id: ticket for ticket in tickets}
    open_rows = work.session.scalars(
        sa.select(Deadline)
        .where(Deadline.ticket_id.in_(by_id), Deadline.met_at.is_(None), Deadline.void_at.is_(None))
        .order_by(Deadline.ticket_id, Deadline.id)
    )
    moved = 0
    for ticket_id, rows in groupby(open_rows, key=lambda row: row.ticket_id):
        changes = [change for row in rows if (change := _recount(work, row)) is not None]
        if changes:
            moved += len(changes)
            log(work, by_id[ticket_id], "recount", calendar=work.rules.calendar_id, changes=changes)
    return moved, tickets[-1].id


def _recount(work: Work, deadline: Deadline) -> dict[str, str] | None:
    before = deadline.due_at
    promising.recount(work, deadline)
    if deadline.due_at == before:
        return None
    return {"kind": deadline.kind.value, "due_before": _iso(before), "due_at": _iso(deadline.due_at)}


def _iso(moment: datetime) -> str:
    return moment.isoformat()
