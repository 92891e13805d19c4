"""延期、挂账、退回: how much of these the actor's units have used in a month, each with its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.rates import Window
from hotline.models import Extension, Part, Pause, Return, Ticket, Unit
from hotline.services import paging
from hotline.services.covering import passing, read_ahead
from hotline.services.crews import Turn
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.scoping import not_named, visible
from hotline.services.work import Work

PAGE = 50
REQUESTS: Final[Mapping[str, type[Extension] | type[Pause] | type[Return]]] = {
    "extension": Extension,
    "pause": Pause,
    "return": Return,
}
TURNS = "turn"  # what was assigned to the units: what returns are held against


@dataclass(frozen=True)
class Use:
    """One request, or one turn. `open`: whether the actor may open the ticket; its matter is empty if not."""

    id: int
    ticket: str
    matter: str
    open: bool
    unit: str
    at: datetime
    granted: bool | None
    reason: str


@dataclass(frozen=True)
class Used:
    """How many were asked for in the month, granted, and still wait."""

    asked: int
    granted: int
    waiting: int


def used(work: Work, window: Window, path: str) -> tuple[dict[str, Used], int]:
    """The requests by kind, and how many turns began, in the month so far; one statement."""
    columns: list[sa.ScalarSelect[int]] = []
    for model in REQUESTS.values():
        for condition in (sa.true(), model.granted.is_(True), model.granted.is_(None)):
            columns.append(_counted(_requests(work, model, window, path).where(condition)))
    columns.append(_counted(_turns(work, window, path)))
    row = work.session.execute(sa.select(*columns)).one()
    found = {name: Used(*row[place * 3 : place * 3 + 3]) for place, name in enumerate(REQUESTS)}
    return found, row[-1]


def uses(
    work: Work, window: Window, path: str, kind: str, granted: bool | None, place: Place[int] = FIRST
) -> Stretch[Use, int]:
    """Exactly those that `used` counts, the newest first. `kind`: of `REQUESTS`, or `TURNS`; KeyError for others.

    `granted`: only those; None for all.
    """
    if kind == TURNS:
        column, query = Turn.id, _turns(work, window, path)
        shown: tuple[Any, ...] = (Turn.assigned_at.label("at"), sa.null().label("granted"),
                                  Turn.instruction.label("reason"))  # fmt: skip
    else:
        model = REQUESTS[kind]
        column, query = model.id, _requests(work, model, window, path)
        shown = (model.asked_at.label("at"), model.granted, model.reason)
        if granted is not None:
            query = query.where(model.granted.is_(granted))
    query = query.with_only_columns(
        column.label("id"), Ticket, Unit.name.label("unit"), visible(work.actor).label("open"), *shown
    )
    rows = work.session.execute(paging.newest_first(query, column, place, PAGE)).all()
    found = paging.cut(rows, place, PAGE, lambda row: int(row.id))
    read_ahead(work, (row.Ticket for row in found if row.open))
    lines = [_use(work, row) for row in found]
    return Stretch(lines, before=found.before, after=found.after, astray=found.astray)


def _requests(work: Work, model: Any, window: Window, path: str) -> sa.Select[Any]:
    return (
        sa.select(model.id)
        .select_from(model)
        .join(Turn, Turn.id == model.assignment_id)
        .join(Unit, Unit.id == Turn.unit_id)
        .join(Ticket, Ticket.id == model.ticket_id)
        .where(
            model.asked_at > window.begins,
            model.asked_at <= window.cut_off,
            Turn.unit_path.startswith(path),
            not_named(work.actor),
        )
    )


def _turns(work: Work, window: Window, path: str) -> sa.Select[Any]:
    return (
        sa.select(Turn.id)
        .select_from(Turn)
        .join(Unit, Unit.id == Turn.unit_id)
        .join(Ticket, Ticket.id == Turn.ticket_id)
        .where(
            Turn.part == Part.LEAD,
            Turn.assigned_at > window.begins,
            Turn.assigned_at <= window.cut_off,
            Turn.unit_path.startswith(path),
            not_named(work.actor),
        )
    )


def _counted(query: sa.Select[Any]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(query.subquery()).scalar_subquery()


def _use(work: Work, row: Any) -> Use:
    cover = passing(work, row.Ticket)
    return Use(
        id=row.id,
        ticket=row.Ticket.number,
        matter=cover(row.Ticket.matter) if row.open else "",
        open=row.open,
        unit=row.unit,
        at=row.at,
        granted=row.granted,
        reason=cover(row.reason) if row.open else "",
    )
