"""变更记录: what administrators change is written down with before and after, and can be taken back once.

Who changes something calls `record` in the same transaction. How a thing is put back says its `Subject`, which the
module of the thing makes known once: `changing.know(Subject(…))`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from hotline.domain.errors import NotFound, Refused
from hotline.models import Change
from hotline.services import scoping
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.work import Work

Values = Mapping[str, Any]

PAGE = 50
_SECRET_NAMES = frozenset({"password", "secret", "token", "key"})
_SECRET_ENDS = ("_hash", "_hashes", "_sealed", "_secret", "_token")


class Kind(StrEnum):
    """What was done with the thing."""

    ADDED = "added"  # 新增
    CHANGED = "changed"  # 修改
    REMOVED = "removed"  # 删除


@dataclass(frozen=True)
class Subject:
    """A kind of thing that is changed. `fields`: what its values are called, in the order in which they are read.

    `read` gives the values as they stand, held until the transaction ends; None where the thing is not there.
    `put` sets the given fields: of a thing that is gone, all of them; None removes what was added. It raises Refused
    where that cannot be. `undoes`: which kinds of change can be taken back; none without `put`.
    """

    key: str
    label: str
    fields: Mapping[str, str]
    read: Callable[[Work, str], Values | None] | None = None
    put: Callable[[Work, str, Values | None], None] | None = None
    undoes: frozenset[Kind] = frozenset({Kind.CHANGED})


SUBJECTS: dict[str, Subject] = {}


def know(subject: Subject) -> Subject:
    """Make a kind of thing known, once, where its module is loaded."""
    SUBJECTS[subject.key] = subject
    return subject


@dataclass(frozen=True)
class Filter:
    """What is looked for. `since` and `until` are moments, half-open; `name` is a part of the thing's name."""

    subject: str = ""
    subject_id: str = ""
    person: str = ""
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """One field: `before` and `after` as stored, None where there was nothing."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Line:
    """A change as it is shown. `undone_by` and `undone_at` say who has taken it back."""

    id: int
    happened_at: datetime
    actor_name: str
    subject: str
    label: str
    subject_id: str
    name: str
    kind: Kind
    differences: list[Difference] = field(default_factory=list)
    undoes_id: int | None = None
    undone_by: str | None = None
    undone_at: datetime | None = None
    undoable: bool = False


def record(
    work: Work,
    subject: str,
    subject_id: object,
    name: str,
    before: Values | None,
    after: Values | None,
    unit_path: str = "",
) -> int | None:
    """Write a change down; its id, or None where nothing differs. Only what differs of a changed thing is kept.

    `unit_path`: the subtree that it concerns, whose administrators see it; empty for the whole city. Raises
    ValueError for a field that is a secret: none is ever written down.
    """
    if before is None and after is None:
        return None
    old, new = _plain(before), _plain(after)
    if old is not None and new is not None:
        old, new = _differing(old, new)
        if not old and not new:
            return None
    return _insert(work, subject, str(subject_id), name, old, new, unit_path)


def browse(work: Work, sought: Filter | None = None, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Line, int]:
    """What was changed in the actor's subtree, newest first."""
    sought = sought or Filter()
    undo = aliased(Change)
    query = (
        sa.select(Change, undo.actor_name, undo.happened_at)
        .outerjoin(undo, undo.undoes_id == Change.id)
        .where(_theirs(work), *_conditions(sought))
    )
    rows = work.session.execute(newest_first(query, Change.id, place, size)).all()
    lines = [_line(change, by, at) for change, by, at in rows]
    return cut(lines, place, size, lambda line: line.id)


def undo(work: Work, change_id: int) -> Line:
    """Put back what was there before; the change itself stays in the record, with the one that undoes it.

    Raises NotFound for what is not the actor's to see, Refused where it was undone before, where the thing has been
    changed since (it says by whom), or where it cannot be put back.
    """
    change = work.session.scalar(sa.select(Change).where(Change.id == change_id, _theirs(work)))
    if change is None:
        raise NotFound("没有找到这条变更记录。")
    subject = SUBJECTS.get(change.subject)
    if subject is None or subject.put is None or _kind(change) not in subject.undoes:
        raise Refused("这项变更不能撤销，请直接修改。", code="not_undoable")
    made = _insert(
        work, change.subject, change.subject_id, change.name, change.after, change.before, change.unit_path, change.id
    )
    if made is None:
        raise Refused(_told_undone(work, change.id), code="undone")
    _check_untouched(work, change, subject, made)
    subject.put(work, change.subject_id, change.before)
    work.session.flush()
    return _line(change, work.actor.name, work.now)


def _insert(
    work: Work,
    subject: str,
    subject_id: str,
    name: str,
    before: Values | None,
    after: Values | None,
    unit_path: str,
    undoes_id: int | None = None,
) -> int | None:
    """The new row's id; None if somebody else has undone it. Of two at once, one waits here for the other."""
    actor = work.actor
    values = {
        "happened_at": work.now,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "unit_path": unit_path,
        "subject": subject,
        "subject_id": subject_id,
        "name": name,
        "before": before if before is not None else sa.null(),
        "after": after if after is not None else sa.null(),
        "undoes_id": undoes_id,
    }
    statement = insert(Change).values(values).on_conflict_do_nothing(index_elements=[Change.undoes_id])
    return work.session.scalar(statement.returning(Change.id))


def _check_untouched(work: Work, change: Change, subject: Subject, made: int) -> None:
    """Raises Refused if a field of the change is not any more what the change has made of it."""
    now = subject.read(work, change.subject_id) if subject.read is not None else change.after
    later = _later(work, change, made)
    if later is not None:
        raise Refused(
            f"“{change.name}”后来又由{later.actor_name}改过，不能直接撤销。请先撤销后来的那一项，或直接修改。",
            code="changed_since",
        )
    standing = None if now is None else _plain(now)
    wanted = change.after
    if (standing is None) != (wanted is None) or any(
        (standing or {}).get(name) != value for name, value in (wanted or {}).items()
    ):
        raise Refused(f"“{change.name}”现在的内容与当时改成的不同，不能撤销，请直接修改。", code="changed_since")


def _later(work: Work, change: Change, made: int) -> Change | None:
    """The newest later change of the same fields that still stands."""
    undoing = aliased(Change)
    later = work.session.scalars(
        sa.select(Change)
        .where(
            Change.subject == change.subject,
            Change.subject_id == change.subject_id,
            Change.id > change.id,
            Change.id != made,
            ~sa.exists().where(undoing.undoes_id == Change.id),
            # What took back a later change has left the thing as this one made it.
            sa.or_(Change.undoes_id.is_(None), Change.undoes_id <= change.id),
        )
        .order_by(Change.id.desc())
    )
    fields = _fields(change)
    return next((each for each in later if not fields.isdisjoint(_fields(each))), None)


def _told_undone(work: Work, change_id: int) -> str:
    by = work.session.scalar(sa.select(Change.actor_name).where(Change.undoes_id == change_id))
    return f"这项变更已由{by}撤销。" if by else "这项变更已经撤销。"


def _theirs(work: Work) -> sa.ColumnElement[bool]:
    """What concerns the actor's subtree; what concerns the whole city is for the city centre."""
    if scoping.is_root(work.actor):
        return sa.true()
    return Change.unit_path.startswith(work.actor.unit_path) if work.actor.unit_path else sa.false()


def _conditions(sought: Filter) -> Iterable[sa.ColumnElement[bool]]:
    if sought.subject:
        yield Change.subject == sought.subject
    if sought.subject_id:
        yield Change.subject_id == sought.subject_id
    if sought.person:
        yield Change.actor_name == sought.person
    if sought.name:
        yield Change.name.contains(sought.name, autoescape=True)
    if sought.since is not None:
        yield Change.happened_at >= sought.since
    if sought.until is not None:
        yield Change.happened_at < sought.until


def _line(change: Change, undone_by: str | None, undone_at: datetime | None) -> Line:
    subject, kind = SUBJECTS.get(change.subject), _kind(change)
    return Line(
        id=change.id,
        happened_at=change.happened_at,
        actor_name=change.actor_name,
        subject=change.subject,
        label=subject.label if subject else change.subject,
        subject_id=change.subject_id,
        name=change.name,
        kind=kind,
        differences=_differences(change, subject.fields if subject else {}),
        undoes_id=change.undoes_id,
        undone_by=undone_by,
        undone_at=undone_at,
        undoable=bool(subject and subject.put and kind in subject.undoes and undone_at is None),
    )


def _differences(change: Change, labels: Mapping[str, str]) -> list[Difference]:
    """In the order of the labels; what has none comes last, under its own name."""
    before, after = change.before or {}, change.after or {}
    names = [name for name in labels if name in before or name in after]
    names += sorted((before.keys() | after.keys()) - labels.keys())
    return [Difference(name, labels.get(name, name), before.get(name), after.get(name)) for name in names]


def _kind(change: Change) -> Kind:
    if change.before is None:
        return Kind.ADDED
    return Kind.REMOVED if change.after is None else Kind.CHANGED


def _fields(change: Change) -> frozenset[str]:
    return frozenset((change.before or {}).keys() | (change.after or {}).keys())


def _differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in old | new if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}


def _plain(values: Values | None) -> dict[str, Any] | None:
    """As JSON keeps it. Raises ValueError for a secret."""
    if values is None:
        return None
    for name in values:
        if name in _SECRET_NAMES or name.endswith(_SECRET_ENDS):
            raise ValueError(f"a secret is never written down: {name}")
    return {name: _simple(value) for name, value in values.items()}


def _simple(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _simple(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_simple(each) for each in value)
    if isinstance(value, list | tuple):
        return [_simple(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
