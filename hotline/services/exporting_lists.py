"""导出列表: a list as its reader sees it, into a file. A short one at once; a long one by a worker, with its progress.

The row is the work (design §8): whoever writes it gives signs of life, and one that was killed is taken over by the
next sweep. Its latest sign is also its claim: a writer whose claim was taken over writes no more and leaves no file.
Whose list it is decides what stands in it, by the rights that the person has when it is written (design §7).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from hotline.domain.actors import TICKET_ROLES, Actor, ActorKind, Role
from hotline.domain.errors import NotFound, Refused
from hotline.models import Change, ExportForm, ExportState, ListExport, Staff, Unit
from hotline.services import asked, desk, sheets, staffing, tabulating
from hotline.services.work import Work

AT_ONCE: Final = desk.MOST  # lines that are written while the reader waits
BATCH: Final = 500  # lines that are covered, written and told of together
LEFT: Final = timedelta(minutes=2)  # without a sign of life its writer is dead
KEPT: Final = timedelta(days=7)  # a file lies ready; then it is removed
TOLD: Final = timedelta(days=30)  # … and that there was one is forgotten
SHOWN: Final = 20  # exports on a person's page
TRIES: Final = 3  # writers that may die of it
WAITING: Final = 3  # of one person at a time
TITLE: Final = "工单"
GONE: Final = "没有找到这个导出文件。文件保留七天，请重新导出。"
GIVEN_UP: Final = f"写文件{TRIES}次都中断了，没有完成。请缩小范围后重新导出；仍不成功请联系管理员。"
NO_RIGHT: Final = "您的账号已停用或不再办理工单，没有导出。"
TOO_LONG: Final = f"超过{sheets.MOST_ROWS}件，一个文件放不下，请缩小范围后重新导出。"
BROKEN: Final = "写文件时出错，没有完成，请重新导出；仍不成功请联系管理员。"


@dataclass(frozen=True)
class Claim:
    """An export that is this writer's alone for as long as `seen_at` stays what it has written there."""

    id: int
    token: str
    query: str
    columns: tuple[str, ...]
    form: ExportForm
    seen_at: datetime
    actor: Actor | None  # whose list it is, as he stands now; None where he may read no list any more


class Lost(Exception):
    """Another writer has taken the export over."""


def rows(work: Work, search: desk.Search, columns: Sequence[str]) -> Iterator[list[tabulating.Cell]]:
    """The lines of a sheet, read from the database as they are asked for."""
    lines = iter(desk.stream(work, search))
    while batch := list(islice(lines, BATCH)):
        for read in tabulating.read(work, batch, columns):
            yield tabulating.cells(read, columns)


def write_now(work: Work, search: desk.Search, columns: Sequence[str], form: ExportForm, path: Path) -> None:
    """A short list into the file, while its reader waits; what comes beyond `AT_ONCE` meanwhile stays away."""
    with sheets.writing(path, form, TITLE, tabulating.headings(columns), work.rules.zone) as add:
        for row in islice(rows(work, search, columns), AT_ONCE):
            add(row)


def ask(work: Work, search: desk.Search, columns: Sequence[str], form: ExportForm) -> ListExport:
    """Have a long list written. The same that waits already is not asked for twice: a double click is one.

    Raises Refused while too many of this person's are waiting.
    """
    assert work.actor.staff_id is not None
    staff = sa.select(Staff.id).where(Staff.id == work.actor.staff_id)
    work.session.execute(staff.with_for_update(key_share=True))  # one at a time counts what waits
    waiting = list(
        work.session.scalars(
            sa.select(ListExport).where(
                ListExport.staff_id == work.actor.staff_id,
                ListExport.state.in_((ExportState.QUEUED, ExportState.RUNNING)),
            )
        )
    )
    query = asked.write(search)
    same = (each for each in waiting if (each.query, each.columns, each.form) == (query, list(columns), form))
    if (found := next(same, None)) is not None:
        return found
    if len(waiting) >= WAITING:
        raise Refused(f"您已有{WAITING}个导出在进行，请等其中一个完成后再导出。", code="exports_waiting")
    export = ListExport(
        token=secrets.token_urlsafe(24),
        staff_id=work.actor.staff_id,
        query=query,
        columns=list(columns),
        form=form,
        state=ExportState.QUEUED,
        asked_at=work.now,
    )
    work.session.add(export)
    work.session.flush()
    work.ring("export")
    return export


def own(work: Work) -> list[ListExport]:
    """The actor's latest exports, the newest first; none written with rights that he has no longer."""
    mine = sa.select(ListExport).where(
        ListExport.staff_id == work.actor.staff_id, sa.or_(ListExport.unit_path.is_(None), _is_still_his(work.actor))
    )
    return list(work.session.scalars(mine.order_by(ListExport.id.desc()).limit(SHOWN)))


def _is_still_his(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a file: the rights that it was written with are the actor's. Other roles are other rights: what is covered
    for a unit is not for its centre."""
    changed = sa.exists().where(
        Change.subject == staffing.SUBJECT,
        Change.subject_id == sa.cast(ListExport.staff_id, sa.Text),
        Change.happened_at >= ListExport.finished_at,
        Change.before["roles"] != Change.after["roles"],
    )
    return sa.and_(ListExport.unit_path.startswith(actor.unit_path), ~changed)


def find(work: Work, token: str) -> ListExport:
    """A finished export of the actor's own. Raises NotFound also where it is only not his."""
    export = work.session.scalar(
        sa.select(ListExport).where(
            ListExport.token == token,
            ListExport.staff_id == work.actor.staff_id,
            ListExport.state == ExportState.DONE,
            ListExport.kept_until > work.now,
            _is_still_his(work.actor),
        )
    )
    if export is None or not path_of(work.files, export.token, export.form).is_file():
        raise NotFound(GONE)
    return export


def path_of(files: Path, token: str, form: ExportForm) -> Path:
    """Where the finished file lies."""
    return files / "exports" / f"{token}.{form.value}"


def waits(work: Work) -> bool:
    """Whether there is anything to be written."""
    return bool(work.session.scalar(sa.select(_free(work).exists())))


def claim(work: Work) -> Claim | None:
    """Make the oldest that waits, or whose writer has died, this writer's own.

    What others have died of comes after what nobody has tried; after `TRIES` it is given up, and its reader is told.
    """
    by_turn = (ListExport.tries, ListExport.asked_at, ListExport.id)
    export = work.session.scalar(_free(work).order_by(*by_turn).limit(1).with_for_update(skip_locked=True))
    if export is None:
        return None
    if export.tries >= TRIES:
        export.state, export.finished_at, export.failure = ExportState.FAILED, work.now, GIVEN_UP
        return claim(work)
    export.state, export.seen_at, export.written = ExportState.RUNNING, work.now, 0
    export.tries += 1
    actor = _actor(work, export.staff_id)
    columns = tabulating.chosen(export.columns)
    return Claim(export.id, export.token, export.query, columns, export.form, work.now, actor)


def _free(work: Work) -> sa.Select[ListExport]:
    left = sa.and_(ListExport.state == ExportState.RUNNING, ListExport.seen_at < work.now - LEFT)
    return sa.select(ListExport).where(sa.or_(ListExport.state == ExportState.QUEUED, left))


def _actor(work: Work, staff_id: int) -> Actor | None:
    row = work.session.execute(
        sa.select(Staff, Unit).join(Unit, Unit.id == Staff.unit_id).where(Staff.id == staff_id, Staff.active)
    ).one_or_none()
    if row is None:
        return None
    staff, unit = row
    actor = Actor(ActorKind.STAFF, staff.name, staff.id, frozenset(map(Role, staff.roles)), unit.id, unit.path)
    return actor if actor.is_any(TICKET_ROLES) else None


def tell(work: Work, held: Claim, written: int) -> Claim:
    """A sign of life, with how many lines stand in the file. Raises Lost where somebody else has taken over."""
    seen_at = max(work.now, held.seen_at + timedelta(microseconds=1))  # no two claims have the same
    changed = work.session.execute(
        sa.update(ListExport)
        .where(ListExport.id == held.id, ListExport.state == ExportState.RUNNING, ListExport.seen_at == held.seen_at)
        .values(seen_at=seen_at, written=written)
        .returning(ListExport.id)
    ).all()
    if not changed:
        raise Lost
    return Claim(held.id, held.token, held.query, held.columns, held.form, seen_at, held.actor)


def finish(work: Work, held: Claim, written: int, made: Path) -> None:
    """The file is whole: it takes its place while the row is held, so that there is exactly one.

    Whoever has been moved or locked meanwhile has other rights than the file: it is written anew. Raises Lost.
    """
    tell(work, held, written)
    export = work.session.get_one(ListExport, held.id, populate_existing=True)
    if held.actor is None or _actor(work, export.staff_id) != held.actor:
        export.state, export.seen_at, export.tries = ExportState.QUEUED, None, 0
        return
    export.state, export.finished_at, export.kept_until = ExportState.DONE, work.now, work.now + KEPT
    export.total, export.size, export.unit_path = written, made.stat().st_size, held.actor.unit_path
    work.session.flush()
    made.replace(path_of(work.files, held.token, held.form))


def fail(work: Work, held: Claim, why: str) -> None:
    """It cannot be written; the person is told why. Raises Lost."""
    tell(work, held, 0)
    export = work.session.get_one(ListExport, held.id, populate_existing=True)
    export.state, export.finished_at, export.failure = ExportState.FAILED, work.now, why


def forget(work: Work) -> int:
    """Remove the files whose time is over, and what killed writers left half written; how many exports there were."""
    over = list(
        work.session.scalars(
            sa.select(ListExport)
            .where(ListExport.kept_until <= work.now)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for export in over:
        path_of(work.files, export.token, export.form).unlink(missing_ok=True)
        export.kept_until = None
    work.session.execute(  # what was looked for may be somebody's name
        sa.delete(ListExport).where(
            ListExport.asked_at < work.now - TOLD,
            ListExport.kept_until.is_(None),
            ListExport.state.in_((ExportState.DONE, ExportState.FAILED)),
        )
    )
    _sweep_out(work)
    return len(over)


def _sweep_out(work: Work) -> None:
    """Half written files that nobody has touched for a day."""
    before = (work.now - timedelta(days=1)).timestamp()
    for path in (work.files / "exports").glob(f"{HALF}*"):
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


HALF: Final = "half-"


def half(files: Path) -> Path:
    """A new file to be written into; nobody else has its name."""
    folder = files / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{HALF}{secrets.token_hex(12)}"
