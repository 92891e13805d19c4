"""A whole file, all or nothing: what is new is played in, what is known goes on where the last import left it.

All is done in the caller's transaction: killed at any moment, nothing of the file is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

import sqlalchemy as sa

from hotline.domain.actors import STAFF_ROLES, Actor, ActorKind, Role
from hotline.domain.errors import HotlineError, Refused
from hotline.models import Category, Unit
from hotline.services.importing import playing
from hotline.services.importing.former import ACTOR_NAME, Former, find_former, find_taken
from hotline.services.importing.rows import Fault, Known, Row
from hotline.services.work import Root, Work

_BATCH = 500  # rows whose former imports are looked up at once
_LOCK = 123191  # one import at a time


@dataclass
class Imported:
    """What became of the rows. `skipped` are known tickets that the file could not take further, with the reason."""

    new: int = 0
    unchanged: int = 0
    continued: int = 0
    skipped: list[Fault] = field(default_factory=list)
    waiting: int = 0  # new or continued rows that name a unit, but no time of its work: not assigned


class Contradicted(HotlineError):
    """Rows that the services refuse. `faults` has them all; the caller rolls back."""

    code = "import"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def importer(root: Root) -> Actor:
    """In whose name history is played in: the older system's people are not ours, so it may take every step."""
    roles = frozenset({*STAFF_ROLES, Role.SYSTEM})
    return Actor(ActorKind.SYSTEM, ACTOR_NAME, roles=roles, unit_id=root.id, unit_path=root.path)


def known_to(work: Work, zone: tzinfo | None = None) -> Known:
    """The units and categories that a file may name, and the present. `zone`: of times without one; else city time."""
    units: dict[str, list[int]] = defaultdict(list)
    for unit in work.session.scalars(sa.select(Unit).where(Unit.active)):
        _add(units, unit.id, unit.key, unit.name)
    categories: dict[str, list[int]] = defaultdict(list)
    for category in work.session.scalars(sa.select(Category).where(Category.active)):
        _add(categories, category.id, category.code, category.name)
    return Known(units, categories, work.rules.root.id, zone or work.rules.zone, work.now)


def _add(ids: dict[str, list[int]], row_id: int, *names: str) -> None:
    for name in {name.casefold() for name in names}:
        ids[name].append(row_id)


def import_all(work: Work, rows: Sequence[Row], told: Callable[[int], None]) -> Imported:
    """Play in all rows. `told` hears how many are done. Raises Contradicted, and Refused while another import runs."""
    if not work.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
        raise Refused("另一次导入正在进行，请等它结束后再试。", code="importing")
    work = work.act_as(importer(work.rules.root))
    result, faults = Imported(), list[Fault]()
    for done, batch in _batches(rows):
        former, taken = find_former(work.session, batch), find_taken(work.session, batch)
        for place, row in enumerate(batch, done + 1):
            if row.number in taken:
                faults.append(Fault(row.line, "编号", f"“{row.number}”已是本系统另一件工单的编号，请改用其他编号"))
            elif row.key in former:
                _continue(work, row, former[row.key], result)
            else:
                _enter(work, row, result, faults)
            told(place)
    if faults:
        raise Contradicted(faults)
    return result


def _batches(rows: Sequence[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    for start in range(0, len(rows), _BATCH):
        yield start, rows[start : start + _BATCH]


def _enter(work: Work, row: Row, result: Imported, faults: list[Fault]) -> None:
    try:
        playing.enter(work, row)
    except HotlineError as fault:  # all is rolled back in the end; the other rows may have something to tell, too
        faults.append(Fault(row.line, "", fault.message.removesuffix("。")))
    result.new += 1
    result.waiting += _waits(row)


def _continue(work: Work, row: Row, former: Former, result: Imported) -> None:
    try:
        rest = former.missing(row, playing.plan(row))
        if rest:
            with work.session.begin_nested():
                playing.play(work, former.number, rest)
    except HotlineError as reason:
        result.skipped.append(Fault(row.line, "编号", f"{former.number} {reason.message.removesuffix('。')}"))
    else:
        result.continued += bool(rest)
        result.unchanged += not rest
        result.waiting += bool(rest) and _waits(row)


def _waits(row: Row) -> bool:
    return row.unit_id is not None and not any(step.name == "assign" for step in playing.plan(row))
