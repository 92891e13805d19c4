"""The data that decides: read from the database for every use case, put there from the project's files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.domain.calendar import Calendar
from hotline.domain.calendar_facts import read_zone
from hotline.domain.guessing import Subject, Vocabulary, Words
from hotline.domain.policy import Policy
from hotline.domain.wordings import Wordings
from hotline.models import (
    CalendarVersion,
    CaseStandard,
    Category,
    Change,
    LearnedModel,
    ModelKind,
    PolicyVersion,
    Setting,
    Unit,
    Wording,
)
from hotline.services.work import Root, Rules

NOT_SEEDED = "数据库中还没有单位、时限政策或工作日历，请先运行 ./run up 完成初始化。"
REQUEST = "诉求"  # the kind of the categories that were made for citizens
#: What changes without a version of its own, by its name in the record of changes.
CATEGORY, RETENTION, WORDING = "category", "retention", "wording"
CALENDAR, OFFICE_HOURS = "calendar", "office_hours"  # the two sides of a calendar, by their names there


def versions(session: Session) -> tuple[int, ...]:
    """The newest policy, calendar and learned models, and how often texts, categories and periods were changed:
    enough to know whether what was read before still stands."""
    return tuple(newest or 0 for newest in session.execute(_VERSIONS).one())


def _adopted(kind: ModelKind) -> sa.ScalarSelect[int | None]:
    adopted = LearnedModel.kind == kind, LearnedModel.adopted_at.is_not(None)
    return sa.select(sa.func.max(LearnedModel.id)).where(*adopted).scalar_subquery()


_VERSIONS = sa.select(
    sa.select(sa.func.max(PolicyVersion.id)).scalar_subquery(),
    sa.select(sa.func.max(CalendarVersion.id)).scalar_subquery(),
    # Counted: the greatest id would not tell of a change that was begun before another one and ended after it.
    sa.select(sa.func.count()).where(Change.subject.in_((CATEGORY, RETENTION, WORDING))).scalar_subquery(),
    *(_adopted(kind) for kind in ModelKind),
)


def read(session: Session, wordings: Wordings, vocabulary: Vocabulary) -> Rules:
    """All policies, the newest calendar, the top of the tree. Raises LookupError before the first seeding."""
    policies = [
        (row.id, Policy.from_mapping(row.body))
        for row in session.scalars(sa.select(PolicyVersion).order_by(PolicyVersion.effective_from, PolicyVersion.id))
    ]
    calendar = _newest_calendar(session)
    root = session.scalar(sa.select(Unit).where(Unit.parent_id.is_(None)))
    if not policies or calendar is None or root is None:
        raise LookupError(NOT_SEEDED)
    categories = session.scalars(sa.select(Category).where(Category.active).order_by(Category.id)).all()
    return Rules(
        calendar=Calendar.from_mapping(calendar.body),
        calendar_id=calendar.id,
        policies=policies,
        wordings=wordings.reworded(_own_words(session)),
        root=Root(root.id, root.path, root.name),
        category_ids={category.code: category.id for category in categories},
        subjects=_subjects(session, categories, vocabulary),
        models=_models(session),
        keeps=_keeps(session),
    )


def _keeps(session: Session) -> Mapping[str, str]:
    """How long people's data is kept where the city has said so on the desk."""
    return session.scalar(sa.select(Setting.body).where(Setting.name == RETENTION)) or {}


def _own_words(session: Session) -> dict[str, list[str]]:
    """The texts that the city has put in words of its own, a form to a line."""
    return {row.name: row.text.split("\n") for row in session.scalars(sa.select(Wording))}


def _models(session: Session) -> dict[ModelKind, bytes]:
    """The bodies in use, of each kind the newest that was adopted."""
    newest = sa.select(LearnedModel.kind, LearnedModel.body).where(
        LearnedModel.id.in_([_adopted(kind) for kind in ModelKind])
    )
    return {row.kind: row.body for row in session.execute(newest)}


def zone(session: Session) -> tzinfo:
    """City time, as the newest calendar says. Raises LookupError before the first seeding."""
    calendar = _newest_calendar(session)
    if calendar is None:
        raise LookupError(NOT_SEEDED)
    return read_zone(calendar.body)


def _newest_calendar(session: Session) -> CalendarVersion | None:
    return session.scalar(sa.select(CalendarVersion).order_by(CalendarVersion.id.desc()).limit(1))


def _subjects(session: Session, categories: Sequence[Category], vocabulary: Vocabulary) -> list[Subject]:
    """What a citizen chooses from: the tree of requests; the street's where a city has no other."""
    conditions: dict[str, list[str]] = {}
    for code, condition in session.execute(
        sa.select(Category.code, CaseStandard.condition)
        .join(CaseStandard, CaseStandard.category_id == Category.id)
        .where(CaseStandard.policy_version_id == sa.select(sa.func.max(PolicyVersion.id)).scalar_subquery())
    ):
        conditions.setdefault(code, []).append(condition)
    names = {category.code: category.name for category in categories}
    offered = [category for category in categories if category.kind == REQUEST] or categories
    return [_subject(category, vocabulary.get(category.code, Words()), names, conditions) for category in offered]


def _subject(
    category: Category, words: Words, names: Mapping[str, str], conditions: Mapping[str, Sequence[str]]
) -> Subject:
    like = (category.code, *words.street)
    return Subject(
        id=category.id,
        code=category.code,
        name=category.name,
        parent=category.parent_name,
        said=words.said,
        street=tuple(names[code] for code in words.street if code in names),
        conditions=tuple(condition for code in like for condition in conditions.get(code, ())),
        like=like,
    )


def store_policy(session: Session, policy: Policy, now: datetime) -> PolicyVersion:
    """A new version if its content is new; the same content is the same version."""
    body = policy.to_mapping()
    checksum = _checksum(body)
    known = session.scalar(sa.select(PolicyVersion).where(PolicyVersion.checksum == checksum))
    if known is not None:
        return known
    version = PolicyVersion(
        name=policy.version, effective_from=policy.effective_from, body=body, checksum=checksum, created_at=now
    )
    session.add(version)
    session.flush()
    return version


def store_calendar(session: Session, body: Mapping[str, Any], now: datetime) -> tuple[CalendarVersion, bool]:
    """The version and whether it is new. Raises CalendarError for nonsense, before anything is written."""
    Calendar.from_mapping(body)
    checksum = _checksum(body)
    known = session.scalar(sa.select(CalendarVersion).where(CalendarVersion.checksum == checksum))
    if known is not None:
        return known, False
    return _new_calendar(session, body, checksum, now), True


def enter_calendar(session: Session, body: Mapping[str, Any], now: datetime) -> CalendarVersion:
    """What a person has entered is in force from now on, also where it was so once before. Raises CalendarError."""
    Calendar.from_mapping(body)
    newest = _newest_calendar(session)
    checksum = _checksum({"body": body, "after": newest.id if newest else 0})
    return _new_calendar(session, body, checksum, now)


def is_entered(session: Session) -> bool:
    """Whether the calendar is kept on the desk."""
    return bool(session.scalar(sa.select(sa.exists().where(Change.subject.in_((CALENDAR, OFFICE_HOURS))))))


def _new_calendar(session: Session, body: Mapping[str, Any], checksum: str, now: datetime) -> CalendarVersion:
    version = CalendarVersion(body=dict(body), checksum=checksum, created_at=now)
    session.add(version)
    session.flush()
    return version


def store_categories(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add what is new, correct what has changed, keep what tickets refer to and what was put otherwise on the desk."""
    known = {(row.scheme, row.scheme_version, row.code): row for row in session.scalars(sa.select(Category))}
    for values in rows:
        row = known.get((values["scheme"], values["scheme_version"], values["code"]))
        if row is None:
            session.add(Category(**values))
        elif not row.own:
            for name, value in values.items():
                setattr(row, name, value)
    session.flush()


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
