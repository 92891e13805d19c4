"""Files that are written behind a page while their reader goes on: lists (导出), a month on paper (月报、通报).

The row is the work (design §8): whoever writes it gives signs of life, and one that was killed is taken over by the
next sweep. Its latest sign is also its claim: a writer whose claim was taken over writes no more and leaves no file.
Whose file it is decides what stands in it, by the rights that the person has when it is written (design §7).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from hotline.domain.actors import TICKET_ROLES, Actor, ActorKind, Role
from hotline.domain.errors import NotFound, Refused
from hotline.models import Change, ExportState, ListExport, ReportPaper, Staff, Unit
from hotline.services import staffing
from hotline.services.work import Work

Row = TypeVar("Row", ListExport, ReportPaper)

BATCH: Final = 500  # rows that are cleared away together
LEFT: Final = timedelta(minutes=2)  # without a sign of life its writer is dead
KEPT: Final = timedelta(days=7)  # a file lies ready; then it is removed
SHOWN: Final = 20  # on a person's page
TRIES: Final = 3  # writers that may die of it
WAITING: Final = 3  # of one person at a time
UNDER_WAY: Final = (ExportState.QUEUED, ExportState.RUNNING)
HALF: Final = "half-"
NO_RIGHT: Final = "您的账号已停用或不再办理工单，没有导出。"
BROKEN: Final = "写文件时出错，没有完成，请重新导出；仍不成功请联系管理员。"


class Lost(Exception):
    """Another writer has taken the file over."""


@dataclass(frozen=True)
class Claim(Generic[Row]):
    """A file that is this writer's alone for as long as `seen_at` stays what it has written there.

    `row`: as it was when it was claimed. `actor`: whose file it is, as he stands now; None where he may read no
    tickets any more.
    """

    row: Row
    seen_at: datetime
    actor: Actor | None

    @property
    def id(self) -> int:
        return self.row.id


@dataclass(frozen=True)
class Shelf(Generic[Row]):
    """Files of one sort: the table of their rows, and the folder that they lie in.

    `told`: how long it is remembered that there was one. `gone` and `given_up`: what their reader is told.
    """

    model: type[Row]
    folder: str
    told: timedelta
    gone: str
    given_up: str

    def same(self, work: Work, is_it: Callable[[Row], bool]) -> Row | None:
        """The file of the actor's that waits already, if it is the same; the next one may be asked for if it is None.

        The actor is held until the transaction ends, so that a double click is one. Raises Refused while too many of
        this person's are waiting.
        """
        assert work.actor.staff_id is not None
        staff = sa.select(Staff.id).where(Staff.id == work.actor.staff_id)
        work.session.execute(staff.with_for_update(key_share=True))
        waiting = work.session.scalars(
            sa.select(self.model).where(self.model.staff_id == work.actor.staff_id, self.model.state.in_(UNDER_WAY))
        ).all()
        if (found := next(filter(is_it, waiting), None)) is not None:
            return found
        if len(waiting) >= WAITING:
            raise Refused(f"您已有{WAITING}个导出在进行，请等其中一个完成后再导出。", code="exports_waiting")
        return None

    def own(self, work: Work, *conditions: sa.ColumnElement[bool]) -> list[Row]:
        """The actor's latest files, the newest first; none written with rights that he has no longer."""
        mine = sa.select(self.model).where(
            self.model.staff_id == work.actor.staff_id,
            sa.or_(self.model.unit_path.is_(None), self._is_still_his(work.actor)),
            *conditions,
        )
        return list(work.session.scalars(mine.order_by(self.model.id.desc()).limit(SHOWN)))

    def _is_still_his(self, actor: Actor) -> sa.ColumnElement[bool]:
        """Of a file: the rights that it was written with are the actor's. Other roles are other rights: what is
        covered for a unit is not for its centre."""
        changed = sa.exists().where(
            Change.subject == staffing.SUBJECT,
            Change.subject_id == sa.cast(self.model.staff_id, sa.Text),
            Change.happened_at >= self.model.finished_at,
            Change.before["roles"] != Change.after["roles"],
        )
        return sa.and_(self.model.unit_path.startswith(actor.unit_path), ~changed)

    def find(self, work: Work, token: str) -> Row:
        """A finished file of the actor's own. Raises NotFound also where it is only not his."""
        row = work.session.scalar(
            sa.select(self.model).where(
                self.model.token == token,
                self.model.staff_id == work.actor.staff_id,
                self.model.state == ExportState.DONE,
                self.model.kept_until > work.now,
                self._is_still_his(work.actor),
            )
        )
        if row is None or not self.path_of(work.files, row).is_file():
            raise NotFound(self.gone)
        return row

    def path_of(self, files: Path, row: Row) -> Path:
        """Where the finished file lies."""
        return files / self.folder / f"{row.token}.{row.form.value}"

    def waits(self, work: Work) -> bool:
        """Whether there is anything to be written."""
        return bool(work.session.scalar(sa.select(self._free(work).exists())))

    def claim(self, work: Work) -> Claim[Row] | None:
        """Make the oldest that waits, or whose writer has died, this writer's own.

        What others have died of comes after what nobody has tried; after `TRIES` it is given up, and its reader told.
        """
        by_turn = (self.model.tries, self.model.asked_at, self.model.id)
        row = work.session.scalar(self._free(work).order_by(*by_turn).limit(1).with_for_update(skip_locked=True))
        if row is None:
            return None
        if row.tries >= TRIES:
            row.state, row.finished_at, row.failure = ExportState.FAILED, work.now, self.given_up
            return self.claim(work)
        row.state, row.seen_at, row.written = ExportState.RUNNING, work.now, 0
        row.tries += 1
        return Claim(row, work.now, actor_of(work, row.staff_id))

    def _free(self, work: Work) -> sa.Select[Any]:
        left = sa.and_(self.model.state == ExportState.RUNNING, self.model.seen_at < work.now - LEFT)
        return sa.select(self.model).where(sa.or_(self.model.state == ExportState.QUEUED, left))

    def tell(self, work: Work, held: Claim[Row], written: int, **more: Any) -> Claim[Row]:
        """A sign of life, with how much is written. Raises Lost where somebody else has taken over."""
        seen_at = max(work.now, held.seen_at + timedelta(microseconds=1))  # no two claims have the same
        changed = work.session.execute(
            sa.update(self.model)
            .where(
                self.model.id == held.id,
                self.model.state == ExportState.RUNNING,
                self.model.seen_at == held.seen_at,
            )
            .values(seen_at=seen_at, written=written, **more)
            .returning(self.model.id)
        ).all()
        if not changed:
            raise Lost
        return replace(held, seen_at=seen_at)

    def finish(self, work: Work, held: Claim[Row], written: int, made: Path) -> None:
        """The file is whole: it takes its place while the row is held, so that there is exactly one.

        Whoever has been moved or locked meanwhile has other rights than the file: it is written anew. Raises Lost.
        """
        self.tell(work, held, written)
        row = work.session.get_one(self.model, held.id, populate_existing=True)
        if held.actor is None or actor_of(work, row.staff_id) != held.actor:
            row.state, row.seen_at, row.tries = ExportState.QUEUED, None, 0
            return
        row.state, row.finished_at, row.kept_until = ExportState.DONE, work.now, work.now + KEPT
        row.total, row.size, row.unit_path = written, made.stat().st_size, held.actor.unit_path
        work.session.flush()
        made.replace(self.path_of(work.files, row))

    def fail(self, work: Work, held: Claim[Row], why: str) -> None:
        """It cannot be written; the person is told why. Raises Lost."""
        self.tell(work, held, 0)
        row = work.session.get_one(self.model, held.id, populate_existing=True)
        row.state, row.finished_at, row.failure = ExportState.FAILED, work.now, why

    def forget(self, work: Work) -> int:
        """Remove the files whose time is over, and what killed writers left half written; how many files there were."""
        over = list(
            work.session.scalars(
                sa.select(self.model)
                .where(self.model.kept_until <= work.now)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
        )
        for row in over:
            self.path_of(work.files, row).unlink(missing_ok=True)
            row.kept_until = None
        work.session.execute(  # what was looked for may be somebody's name
            sa.delete(self.model).where(
                self.model.asked_at < work.now - self.told,
                self.model.kept_until.is_(None),
                self.model.state.in_((ExportState.DONE, ExportState.FAILED)),
            )
        )
        self._sweep_out(work)
        return len(over)

    def _sweep_out(self, work: Work) -> None:
        """Half written files that nobody has touched for a day."""
        before = (work.now - timedelta(days=1)).timestamp()
        for path in (work.files / self.folder).glob(f"{HALF}*"):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def half(self, files: Path) -> Path:
        """A new file to be written into; nobody else has its name."""
        folder = files / self.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{HALF}{secrets.token_hex(12)}"


def new_token() -> str:
    """For the address of a file: not guessable."""
    return secrets.token_urlsafe(24)


def actor_of(work: Work, staff_id: int) -> Actor | None:
    """The person as he stands now; None for who may read no tickets any more."""
    row = work.session.execute(
        sa.select(Staff, Unit).join(Unit, Unit.id == Staff.unit_id).where(Staff.id == staff_id, Staff.active)
    ).one_or_none()
    if row is None:
        return None
    staff, unit = row
    actor = Actor(ActorKind.STAFF, staff.name, staff.id, frozenset(map(Role, staff.roles)), unit.id, unit.path)
    return actor if actor.is_any(TICKET_ROLES) else None
