"""A whole file, all or nothing: what is new is played in, what is known goes on where the last import left it.

All is done in the caller's transaction: killed at any moment, nothing of the file is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

import sqlalchemy as sa

from hotline.domain.actors import STAFF_ROLES, Actor, ActorKind, Role
from hotline.domain.errors import HotlineError, Refused
from hotline.models import Category, Unit
from hotline.services.hand import lock_all
from hotline.services.holding import Held, hold
from hotline.services.importing import playing
from hotline.services.importing.former import ACTOR_NAME, Former, find_former, find_taken
from hotline.services.importing.playing import Step
from hotline.services.importing.rows import Fault, Known, Row
from hotline.services.work import Root, Work

_BATCH = 200  # rows that are looked up, held and written down at once
_LOCK = 123191  # one import at a time
#: What this transaction has written so much of that PostgreSQL has reason to look again: by its own rule, 50 rows and a
#: tenth of what it knows of.
_GROWN = sa.text(
    "SELECT pg_class.oid::regclass::text FROM pg_stat_xact_user_tables AS written JOIN pg_class ON pg_class.oid = relid"
    " WHERE n_tup_ins + n_tup_upd > 50 + greatest(reltuples, 0) / 10 ORDER BY 1"
)


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
    """Play in all rows. `told` hears after each batch how many are done.

    Raises Contradicted, and Refused while another import runs.
    """
    if not work.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
        raise Refused("另一次导入正在进行，请等它结束后再试。", code="importing")
    run = _Run(work.act_as(importer(work.rules.root)))
    with work.session.no_autoflush:  # what a batch has changed is written at once
        for start in range(0, len(rows), _BATCH):
            run.play(rows[start : start + _BATCH])
            told(min(start + _BATCH, len(rows)))
    if run.faults:
        raise Contradicted(run.faults)
    _look_again(work)
    return run.result


def _look_again(work: Work) -> None:
    """Let PostgreSQL look at the tables that have grown by the import, as it would by itself within some minutes.

    Until then it takes them for as small as they were, and plans the first month's report after a large file, which is
    what is opened next, for a handful of promises. In the import's own transaction, which sees its own rows: what is
    known of them stands as soon as they do.
    """
    work.session.flush()
    for table in work.session.scalars(_GROWN).all():
        work.session.execute(sa.text(f"ANALYZE {table}"))


class _Run:
    """One import under way, batch by batch."""

    def __init__(self, work: Work) -> None:
        self.result = Imported()
        self.faults: list[Fault] = []
        self._work = work
        self._units = work.session.scalars(sa.select(Unit)).all()  # kept at hand, or each row would ask for its own

    def play(self, batch: Sequence[Row]) -> None:
        """Take in what is new, and hold it, with what is known and goes on, from its first step to its last."""
        new, known = self._sorted(batch)
        held = hold(self._work, lock_all(self._work, [*new, *known]).values())
        for number, row in new.items():
            self._begin(held[number], row)
        if self.faults:
            return  # nothing will stay, and what is half done may not be fit to be written
        self._work.session.flush()
        for number, (row, steps) in known.items():
            self._go_on(held[number], row, steps)

    def _sorted(self, batch: Sequence[Row]) -> tuple[dict[str, Row], dict[str, tuple[Row, list[Step]]]]:
        """The new rows, received by now, and the known ones that have more to tell; both by their numbers."""
        former, taken = find_former(self._work.session, batch), find_taken(self._work.session, batch)
        new: dict[str, Row] = {}
        known: dict[str, tuple[Row, list[Step]]] = {}
        for row in batch:
            if row.number in taken:
                fault = f"“{row.number}”已是本系统另一件工单的编号，请改用其他编号"
                self.faults.append(Fault(row.line, "编号", fault))
            elif row.key not in former:
                self._receive(row, new)
            elif steps := self._missing(row, former[row.key]):
                known[former[row.key].number] = row, steps
        return new, known

    def _receive(self, row: Row, new: dict[str, Row]) -> None:
        try:
            new[playing.receive(self._work, row)] = row
        except HotlineError as fault:
            self._refuse(row, fault)

    def _begin(self, held: Held, row: Row) -> None:
        try:
            playing.play(self._work, held, playing.plan(row))
        except HotlineError as fault:
            self._refuse(row, fault)
        self.result.new += 1
        self.result.waiting += _waits(row)

    def _refuse(self, row: Row, fault: HotlineError) -> None:
        """All is rolled back in the end; the other rows may have something to tell, too."""
        self.faults.append(Fault(row.line, "", fault.message.removesuffix("。")))

    def _missing(self, row: Row, former: Former) -> list[Step]:
        try:
            steps = former.missing(row, playing.plan(row))
        except HotlineError as reason:
            self._skip(row, former.number, reason)
            return []
        self.result.unchanged += not steps
        return steps

    def _go_on(self, held: Held, row: Row, steps: Sequence[Step]) -> None:
        try:
            with self._work.session.begin_nested():
                playing.play(self._work, held, steps)
        except HotlineError as reason:
            self._skip(row, held.ticket.number, reason)
        else:
            self.result.continued += 1
            self.result.waiting += _waits(row)

    def _skip(self, row: Row, number: str, reason: HotlineError) -> None:
        self.result.skipped.append(Fault(row.line, "编号", f"{number} {reason.message.removesuffix('。')}"))


def _waits(row: Row) -> bool:
    return row.unit_id is not None and not any(step.name == "assign" for step in playing.plan(row))
