"""时限政策 on its way: one draft for the city, begun as a copy, changed field by field, and put in force on a day.

The versions themselves never change: a ticket keeps the one that it was accepted under. The draft stands in a
`Setting`; its `turn` counts the times that it was saved, so that of two who save at once the second is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain import days
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.limits import Limit
from hotline.domain.policy import Policy
from hotline.domain.policy_fields import differences, read_policy
from hotline.models import CaseStandard, Category, PolicyVersion, Ticket
from hotline.services import changing, rulebook, ruling
from hotline.services.work import Work

SETTING: Final = "policy_draft"
LAST: Final = "policy_draft_last"  # with the `version` it was published as; None where it was thrown away
SUBJECT: Final = "policy"
LONGEST: Final = 60
SHOWN: Final = 200  # differences of standards that the record keeps
Key = tuple[int, int]  # category and number


@dataclass(frozen=True)
class Standard:
    """立案条件 as a person has written it."""

    category_id: int
    number: int
    condition: str
    closing: str
    limit: str  # "4 office_hours"


@dataclass(frozen=True)
class Draft:
    """The policy as it is to be. `standards`: what differs from those of the version that it was begun from; None is
    one that is taken out."""

    turn: int
    based_on: int
    policy: Policy
    standards: Mapping[Key, Standard | None] = field(default_factory=dict)
    by: str = ""


def draft(work: Work) -> Draft | None:
    """The city's draft, if there is one."""
    body = ruling.setting(work, SETTING)
    return _read(body) if body else None


def begin(work: Work, version_id: int) -> Draft:
    """A copy of a version. One that is there already stays. Raises NotFound."""
    ruling.hold(work)
    found = draft(work)
    if found is not None:
        return found
    row = work.session.get(PolicyVersion, version_id)
    if row is None:
        raise NotFound("没有找到这个政策版本。")
    return _store(work, Draft(1, row.id, Policy.from_mapping(row.body), {}, work.actor.name))


def save(work: Work, values: Mapping[str, str], turn: int) -> Draft:
    """The fields as they were filled in. Raises Invalid with a sentence for each that cannot be used, Refused where
    somebody else was faster."""
    ruling.hold(work)
    now = _current(work, turn)
    policy = read_policy(values, now.policy.version, now.policy.effective_from)
    return _store(work, Draft(turn + 1, now.based_on, policy, now.standards, work.actor.name))


def save_standards(work: Work, changed: Sequence[Standard], removed: Sequence[Key], turn: int) -> Draft:
    """Put these conditions in, or take them out. Raises Refused."""
    ruling.hold(work)
    now = _current(work, turn)
    had = base_standards(work, now)
    standards = dict(now.standards)
    for each in changed:
        key = each.category_id, each.number
        standards[key] = each
        if had.get(key) == each:
            del standards[key]
    for key in removed:
        standards.pop(key, None)
        if key in had:
            standards[key] = None
    return _store(work, Draft(turn + 1, now.based_on, now.policy, standards, work.actor.name))


def discard(work: Work) -> None:
    """Throw the draft away; it can be taken up again."""
    ruling.hold(work)
    _lay_aside(work)


def laid_aside(work: Work) -> Draft | None:
    """The last draft, if it was thrown away or its version withdrawn; None while there is another one."""
    body = ruling.setting(work, LAST)
    if not body or draft(work) is not None:
        return None
    there = work.session.get(PolicyVersion, body["based_on"]) is not None
    published = body["version"] is not None and work.session.get(PolicyVersion, body["version"]) is not None
    return _read(body) if there and not published else None


def take_up(work: Work) -> Draft:
    """Go on with the last draft. Raises Refused where there is none, or another one by now."""
    ruling.hold(work)
    found = laid_aside(work)
    if found is None:
        raise Refused("没有可以恢复的草稿，或已有一份新的草稿。", code="stale")
    return _store(work, replace(found, turn=found.turn + 1))


def publish(work: Work, name: str, effective_from: date | None, turn: int) -> PolicyVersion:
    """A new version, in force from the beginning of that day on. Raises Invalid, also without a day, Refused."""
    ruling.hold(work)
    now = _current(work, turn)
    name = name.strip()
    faults = {}
    if not name or len(name) > LONGEST:
        faults["name"] = f"请写版本名称，{LONGEST}字以内，例如：2027年时限政策。"
    elif work.session.scalar(sa.select(PolicyVersion.id).where(PolicyVersion.name == name)) is not None:
        faults["name"] = f"已有名为“{name}”的版本，请换一个名称。"
    if effective_from is None:
        faults["effective_from"] = "请选择生效日期。"
    elif effective_from < work.now.astimezone(work.rules.zone).date():
        faults["effective_from"] = "生效日期不能早于今天；已受理的工单仍按受理时的版本。"
    elif not days.is_countable(effective_from):
        faults["effective_from"] = days.TOO_FAR
    if faults or effective_from is None:
        raise Invalid(faults)
    before = Policy.from_mapping(work.session.get_one(PolicyVersion, now.based_on).body)
    told = [f"{each.label}：{each.before or '（空）'} → {each.after or '（空）'}" for each in
            differences(before, now.policy)]  # fmt: skip
    told += standards_told(work, now)[:SHOWN]
    body = {**now.policy.to_mapping(), "version": name, "effective_from": effective_from.isoformat()}
    version = rulebook.store_policy(work.session, Policy.from_mapping(body), work.now)
    _copy_standards(work, now, version.id)
    _lay_aside(work, version.id)
    values = {"effective_from": effective_from, "differences": told}
    changing.record(work, SUBJECT, version.id, name, None, values)
    return version


def withdraw(work: Work, version_id: int) -> None:
    """Take away a version that is not yet in force. Raises Refused for one that is, NotFound."""
    ruling.hold(work)
    row = work.session.get(PolicyVersion, version_id)
    if row is None:
        raise NotFound("没有找到这个政策版本。")
    values = {"effective_from": row.effective_from}
    name = row.name
    _remove(work, row)
    changing.record(work, SUBJECT, version_id, name, values, None)


def standards_of(work: Work, version_id: int) -> dict[Key, Standard]:
    """The conditions of a version, by category and number."""
    rows = work.session.scalars(
        sa.select(CaseStandard)
        .where(CaseStandard.policy_version_id == version_id)
        .order_by(CaseStandard.category_id, CaseStandard.number)
    )
    return {
        (row.category_id, row.number): Standard(row.category_id, row.number, row.condition, row.closing, row.limit_text)
        for row in rows
    }


def base_standards(work: Work, of: Draft) -> dict[Key, Standard]:
    """Those that the draft was begun from."""
    return standards_of(work, of.based_on)


def drafted_standards(work: Work, of: Draft) -> dict[Key, Standard]:
    """Those that would be in force."""
    merged: dict[Key, Standard | None] = {**base_standards(work, of), **of.standards}
    return {key: each for key, each in sorted(merged.items()) if each is not None}


def standards_told(work: Work, of: Draft) -> list[str]:
    """What differs, a sentence for each."""
    had = base_standards(work, of)
    ids = {key[0] for key in of.standards}
    names = dict(work.session.execute(sa.select(Category.id, Category.name).where(Category.id.in_(ids))).all())
    told = []
    for key, each in sorted(of.standards.items()):
        place = f"立案条件 {names.get(key[0], '')}第{key[1]}条"
        before = had.get(key)
        if each is None:
            told.append(f"{place}：删除")
        elif before is None:
            told.append(f"{place}：新增“{each.condition}”，{Limit.parse(each.limit).label}")
        else:
            told.append(f"{place}：{_standard_told(before)} → {_standard_told(each)}")
    return told


def _standard_told(each: Standard) -> str:
    return f"“{each.condition}”“{each.closing}”{Limit.parse(each.limit).label}"


def _current(work: Work, turn: int) -> Draft:
    now = draft(work)
    if now is None:
        raise Refused("这份草稿已经发布或放弃。您填写的内容还在下面，可以复制后重新开始。", code="stale")
    if now.turn != turn:
        raise Refused(f"{now.by}刚刚改过这份草稿。您填写的内容还在下面，请对照现在的草稿核对后再保存。", code="stale")
    return now


def _lay_aside(work: Work, version_id: int | None = None) -> None:
    """The draft is one no more: thrown away, or published as that version."""
    body = ruling.setting(work, SETTING)
    if body:
        ruling.put(work, LAST, body | {"version": version_id})
        ruling.put(work, SETTING, None)


def _store(work: Work, made: Draft) -> Draft:
    standards: list[dict[str, Any]] = []
    for (category_id, number), each in made.standards.items():
        row: dict[str, Any] = {"category_id": category_id, "number": number}
        if each is not None:
            row |= {"condition": each.condition, "closing": each.closing, "limit": each.limit}
        standards.append(row)
    body = {"turn": made.turn, "based_on": made.based_on, "policy": made.policy.to_mapping(), "by": made.by}
    ruling.put(work, SETTING, body | {"standards": standards})
    return made


def _read(body: Mapping[str, Any]) -> Draft:
    standards: dict[Key, Standard | None] = {}
    for row in body["standards"]:
        key = row["category_id"], row["number"]
        standards[key] = Standard(*key, row["condition"], row["closing"], row["limit"]) if "condition" in row else None
    return Draft(body["turn"], body["based_on"], Policy.from_mapping(body["policy"]), standards, body["by"])


def _copy_standards(work: Work, of: Draft, version_id: int) -> None:
    work.session.add_all(
        CaseStandard(
            policy_version_id=version_id,
            category_id=each.category_id,
            number=each.number,
            condition=each.condition,
            closing=each.closing,
            limit_text=each.limit,
        )
        for each in drafted_standards(work, of).values()
    )
    work.session.flush()


def _remove(work: Work, row: PolicyVersion) -> None:
    today = work.now.astimezone(work.rules.zone).date()
    used = sa.select(sa.exists().where(Ticket.policy_version_id == row.id))
    if row.effective_from <= today or work.session.scalar(used):
        raise Refused(f"“{row.name}”已经生效，不能删除；请另立一个版本。", code="in_force")
    work.session.execute(sa.delete(CaseStandard).where(CaseStandard.policy_version_id == row.id))
    held = draft(work)
    if held is not None and held.based_on == row.id:
        raise Refused(f"现有的草稿以“{row.name}”为底稿，请先发布或放弃草稿。", code="in_use")
    work.session.delete(row)
    work.session.flush()


def _undo(work: Work, subject_id: str, values: Mapping[str, Any] | None) -> None:
    ruling.hold(work)
    row = work.session.get(PolicyVersion, int(subject_id))
    if row is None or values is not None:
        raise Refused("这个版本已经删除，请重新起草。", code="not_undoable")
    _remove(work, row)


changing.know(
    changing.Subject(
        SUBJECT,
        "时限政策",
        {"effective_from": "生效日期", "differences": "改动"},
        None,
        _undo,
        frozenset({changing.Kind.ADDED}),
    )
)
