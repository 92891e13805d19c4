"""类别 as administrators keep them: add, rename, lock; and a whole scheme from a file, looked at before it is taken.

A locked category stays with the tickets that were filed under it, and is offered no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.texts import clean
from hotline.models import Category
from hotline.services import changing, rulebook, ruling
from hotline.services.sheet_reading import Line
from hotline.services.work import Work

SUBJECT: Final = rulebook.CATEGORY
KINDS: Final = ("部件", "事件", "诉求")
NEEDED: Final = ("code", "kind", "大类", "小类")
HEADS: Final = (*NEEDED, "confidence")
LONGEST: Final = 40
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,15}")
_CONFIDENCES = ("published", "unverified", "local")


@dataclass(frozen=True)
class Wanted:
    """A category as somebody has written it."""

    scheme: str
    scheme_version: str
    code: str
    kind: str
    parent_name: str
    name: str
    confidence: str = "local"


@dataclass
class Plan:
    """What a file would do. `faults`: by the line's number; with faults nothing is done. `missing`: those of the
    scheme that are in use and not in the file."""

    added: list[Wanted] = field(default_factory=list)
    changed: list[tuple[Category, Wanted]] = field(default_factory=list)
    same: int = 0
    missing: list[Category] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


def browse(work: Work, text: str = "") -> list[Category]:
    """All of them, in the order of their schemes and codes; those whose code, name or 大类 has the text in it."""
    query = sa.select(Category).order_by(Category.scheme, Category.scheme_version.desc(), Category.code)
    if text:
        columns = Category.code, Category.name, Category.parent_name
        query = query.where(sa.or_(*(each.icontains(text, autoescape=True) for each in columns)))
    return list(work.session.scalars(query))


def find(work: Work, category_id: int) -> Category:
    """Raises NotFound."""
    row = work.session.get(Category, category_id, populate_existing=True)
    if row is None:
        raise NotFound("没有找到这个类别。")
    return row


def add(work: Work, wanted: Wanted) -> Category:
    """A new one. Raises Invalid."""
    ruling.hold(work)
    faults = _faults(wanted)
    same = sa.select(Category.id).where(Category.code == wanted.code, Category.active)
    if "code" not in faults and work.session.scalar(same) is not None:
        faults["code"] = f"代码“{wanted.code}”已经在用，请换一个。"
    if faults:
        raise Invalid(faults)
    row = _add(work, wanted)
    changing.record(work, SUBJECT, row.id, row.name, None, values_of(row))
    return row


def change(work: Work, category_id: int, name: str, parent_name: str, seen: str) -> Category:
    """Rename it. `seen`: what the person had before him. Raises Invalid, NotFound, Refused."""
    ruling.hold(work)
    row = find(work, category_id)
    _check_seen(row, seen)
    wanted = Wanted(row.scheme, row.scheme_version, row.code, row.kind, parent_name.strip(), name.strip())
    if faults := _faults(wanted):
        raise Invalid(faults)
    before = values_of(row)
    row.name, row.parent_name, row.own = wanted.name, wanted.parent_name, True
    _record(work, row, before)
    return row


def lock(work: Work, category_id: int, *, active: bool) -> Category:
    """停用 or 恢复. Raises NotFound, Refused where another one has its code by now."""
    ruling.hold(work)
    row = find(work, category_id)
    before = values_of(row)
    _set_active(work, row, active)
    _record(work, row, before)
    return row


def plan(work: Work, lines: Sequence[Line], scheme: str, version: str) -> Plan:
    """What these lines would do to that scheme. Nothing is written."""
    of_scheme = sa.select(Category).where(Category.scheme == scheme, Category.scheme_version == version)
    known = {row.code: row for row in work.session.scalars(of_scheme)}
    elsewhere = sa.select(Category.code, Category.scheme).where(
        Category.active, sa.not_(sa.and_(Category.scheme == scheme, Category.scheme_version == version))
    )
    taken = dict(work.session.execute(elsewhere).all())
    found, seen = Plan(), dict[str, int]()
    for line in lines:
        wanted = _wanted(line, scheme, version)
        faults = _faults(wanted)
        if wanted.code in seen:
            faults["code"] = f"与第{seen[wanted.code]}行代码重复。"
        elif wanted.code in taken:
            faults["code"] = f"代码“{wanted.code}”在方案“{taken[wanted.code]}”中已经在用，请先停用或改代码。"
        seen.setdefault(wanted.code, line.place)
        if faults:
            found.faults[line.place] = "".join(faults.values())
            continue
        row = known.get(wanted.code)
        if row is None:
            found.added.append(wanted)
        elif _told(row) != (wanted.kind, wanted.parent_name, wanted.name, True):
            found.changed.append((row, wanted))
        else:
            found.same += 1
    found.missing = [row for code, row in sorted(known.items()) if code not in seen and row.active]
    return found


def take(work: Work, lines: Sequence[Line], scheme: str, version: str, *, lock_missing: bool) -> Plan:
    """Do it, all or nothing. Raises Invalid where there are faults."""
    ruling.hold(work)
    found = plan(work, lines, scheme, version)
    if found.faults:
        raise Invalid({"file": f"有{len(found.faults)}行需要改好。"})
    for wanted in found.added:
        row = _add(work, wanted)
        changing.record(work, SUBJECT, row.id, row.name, None, values_of(row))
    for row, wanted in found.changed:
        before = values_of(row)
        row.kind, row.parent_name, row.name = wanted.kind, wanted.parent_name, wanted.name
        row.active, row.own = True, True
        _record(work, row, before)
    for row in found.missing if lock_missing else ():
        before = values_of(row)
        row.active, row.own = False, True
        _record(work, row, before)
    return found


def values_of(row: Category) -> dict[str, Any]:
    """What the record of changes keeps."""
    return {name: getattr(row, name) for name in FIELDS}


def seen_as(row: Category) -> str:
    """What a person had before him, to be sent back with his form."""
    return "\n".join((row.name, row.parent_name, str(row.active)))


def _wanted(line: Line, scheme: str, version: str) -> Wanted:
    values = line.values
    return Wanted(
        scheme, version, values["code"], values["kind"], values["大类"], values["小类"],
        values.get("confidence") or "local",
    )  # fmt: skip


def _told(row: Category) -> tuple[str, str, str, bool]:
    return row.kind, row.parent_name, row.name, row.active


def _faults(wanted: Wanted) -> dict[str, str]:
    faults = {}
    if not wanted.scheme or not wanted.scheme_version or len(wanted.scheme + wanted.scheme_version) > 2 * LONGEST:
        faults["scheme"] = "请写方案的名称和版本，例如：GB/T 30428.2 和 2013。"
    if not _CODE.fullmatch(wanted.code):
        faults["code"] = "代码用字母和数字，2到16个字符，例如：B0137。"
    if wanted.kind not in KINDS:
        faults["kind"] = f"请选择性质，应为{'、'.join(KINDS)}之一。"
    for name, label in (("parent_name", "大类"), ("name", "小类")):
        said = getattr(wanted, name)
        if not said or len(said) > LONGEST or clean(said) != said:
            faults[name] = f"请填写{label}名称，{LONGEST}字以内。"
    if wanted.confidence not in _CONFIDENCES:
        faults["confidence"] = f"confidence 应为{'、'.join(_CONFIDENCES)}之一，可以不填。"
    return faults


def _add(work: Work, wanted: Wanted) -> Category:
    same = sa.select(Category).where(
        Category.scheme == wanted.scheme,
        Category.scheme_version == wanted.scheme_version,
        Category.code == wanted.code,
    )
    if work.session.scalar(same) is not None:  # locked: a code means one thing in a scheme, for good
        raise Invalid({"code": f"代码“{wanted.code}”曾经用过，请恢复原来的类别，或换一个代码。"})
    row = Category(active=True, own=True, **vars(wanted))
    work.session.add(row)
    work.session.flush()
    return row


def _set_active(work: Work, row: Category, active: bool) -> None:
    same = sa.select(Category.scheme).where(Category.code == row.code, Category.active, Category.id != row.id)
    other = work.session.scalar(same) if active else None
    if other is not None:
        raise Refused(f"代码“{row.code}”在方案“{other}”中已经在用，请先停用那一个。", code="code_taken")
    row.active, row.own = active, True


def _record(work: Work, row: Category, before: Mapping[str, Any]) -> None:
    work.session.flush()
    changing.record(work, SUBJECT, row.id, row.name, before, values_of(row))


def _check_seen(row: Category, seen: str) -> None:
    if seen != seen_as(row):
        raise Refused(
            f"别人刚刚改过这个类别，现在是“{row.parent_name} · {row.name}”。您填写的内容还在下面，请核对后再保存。",
            code="stale",
        )


def _read(work: Work, subject_id: str) -> Mapping[str, Any] | None:
    ruling.hold(work)
    row = work.session.get(Category, int(subject_id), populate_existing=True)
    return values_of(row) if row is not None else None


def _put(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    """Take a change back; one that was added is locked: tickets may be filed under it."""
    row = find(work, int(subject_id))
    if values is None:
        row.active, row.own = False, True
        return
    row.name, row.parent_name = values.get("name", row.name), values.get("parent_name", row.parent_name)
    row.kind, row.own = values.get("kind", row.kind), True
    if values.get("active", row.active) != row.active:
        _set_active(work, row, values["active"])


FIELDS: Final = {
    "name": "小类",
    "parent_name": "大类",
    "code": "代码",
    "kind": "性质",
    "scheme": "方案",
    "scheme_version": "方案版本",
    "active": "在用",
}
changing.know(
    changing.Subject(SUBJECT, "类别", FIELDS, _read, _put, frozenset({changing.Kind.ADDED, changing.Kind.CHANGED}))
)
