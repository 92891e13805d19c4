"""建议的理由: for staff, why a category may fit. Whoever can answer why can also be told that it is wrong.

The words, what was learned from the city's decisions, tickets that were filed so, and the 立案条件 that fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.domain.advising import MOST, Advice
from hotline.domain.guessing import nearest
from hotline.domain.limits import Limit
from hotline.domain.workflow import State
from hotline.models import CaseStandard, Category, RequestType, Ticket
from hotline.services.scoping import visible
from hotline.services.work import Work

PRECEDENTS = 3
LOOKED_THROUGH = 200  # newest tickets of a category among which the ones alike are looked for


@dataclass(frozen=True)
class Reasoned:
    """A category that may fit, for staff. `score`: 0 to 1, about how often such a suggestion is right.

    `reasons`: in Chinese, each by itself. `precedents`: numbers of tickets alike that were filed so, newest first, only
    such as the actor may see. `case_standard_id`: of the condition that fits best, and the street category it is of.
    """

    category_id: int
    code: str
    name: str
    parent: str
    score: float
    reasons: list[str]
    precedents: list[str]
    case_standard_id: int | None = None
    case_category_id: int | None = None


def for_staff(work: Work, text: str, place: str = "", exclude_ticket_id: int | None = None) -> list[Reasoned]:
    """The likeliest three of those that can be chosen, best first. `exclude_ticket_id`: the ticket itself, which is no
    precedent."""
    likely = work.rules.advisor.advise(text, len(work.rules.subjects), place)
    ids = [each.category_id for each in likely]
    offered = sa.select(Category).where(Category.id.in_(ids), Category.active)  # what was learned may be out of use
    named = {row.id: row for row in work.session.scalars(offered)}
    advised = [each for each in likely if each.category_id in named][:MOST]
    standards = _standards(work, [_like(work, named[each.category_id]) for each in advised])
    return [_reason(work, named[each.category_id], each, text, standards, exclude_ticket_id) for each in advised]


def _like(work: Work, category: Category) -> tuple[str, ...]:
    subject = next((each for each in work.rules.subjects if each.id == category.id), None)
    return subject.like if subject is not None else (category.code,)


_Standards = Mapping[str, Sequence[tuple[CaseStandard, str]]]  # by the category's code, each with its name


def _standards(work: Work, likes: Sequence[Sequence[str]]) -> _Standards:
    """立案条件 in force of all these street categories, by their codes."""
    codes = {code for like in likes for code in like}
    in_force, _ = work.rules.policy_at(work.now)
    found: dict[str, list[tuple[CaseStandard, str]]] = {}
    for standard, code, name in work.session.execute(
        sa.select(CaseStandard, Category.code, Category.name)
        .join(Category, Category.id == CaseStandard.category_id)
        .where(Category.code.in_(codes), Category.active, CaseStandard.policy_version_id == in_force)
        .order_by(CaseStandard.id)
    ):
        found.setdefault(code, []).append((standard, name))
    return found


def _reason(
    work: Work, category: Category, advice: Advice, text: str, standards: _Standards, exclude: int | None
) -> Reasoned:
    reasons = []
    if advice.words:
        reasons.append(f"写到了{_quoted(advice.words)}")
    if advice.learned:
        reasons.append(f"本市以往{advice.tickets}件此类工单多有{_quoted(advice.learned)}的说法")
    precedents = _precedents(work, category.id, {*advice.words, *advice.learned}, exclude)
    if precedents:
        reasons.append(f"先例：{'、'.join(precedents)} 与此相似，归入此类")
    standard = _standard_for(text, [each for code in _like(work, category) for each in standards.get(code, ())])
    if standard is not None:
        condition, name = standard
        reasons.append(f"立案条件：{name}“{condition.condition}”（{Limit.parse(condition.limit_text).label}）")
    return Reasoned(
        category_id=category.id,
        code=category.code,
        name=category.name,
        parent=category.parent_name,
        score=round(advice.share, 2),
        reasons=reasons,
        precedents=precedents,
        case_standard_id=standard[0].id if standard is not None else None,
        case_category_id=standard[0].category_id if standard is not None else None,
    )


def _standard_for(text: str, offered: Sequence[tuple[CaseStandard, str]]) -> tuple[CaseStandard, str] | None:
    place = nearest(text, [f"{name}{standard.condition}" for standard, name in offered])
    return offered[place] if place is not None else None


def _quoted(words: Sequence[str]) -> str:
    return "、".join(f"“{word}”" for word in words)


def _precedents(work: Work, category_id: int, words: set[str], exclude: int | None) -> list[str]:
    """Of the newest of the category those with most of the words; nobody learns of a ticket that is not theirs."""
    newest = (
        sa.select(Ticket.id)
        .where(Ticket.category_id == category_id, Ticket.accepted_at.is_not(None), ~Ticket.confidential)
        .order_by(Ticket.id.desc())
        .limit(LOOKED_THROUGH)
    )
    rows = work.session.execute(
        sa.select(Ticket.number, Ticket.matter)
        .where(
            Ticket.id.in_(newest.scalar_subquery()),
            Ticket.id != (exclude or 0),
            ~Ticket.category_guessed,
            Ticket.request_type != RequestType.REPORT,
            Ticket.state.not_in((State.RECEIVED, State.DECLINED, State.MERGED, State.VOIDED)),
            visible(work.actor),
        )
        .order_by(Ticket.id.desc())
    )
    shared = [(sum(len(word) for word in words if word in row.matter.casefold()), row.number) for row in rows]
    alike = sorted((each for each in shared if each[0] >= 2), key=lambda each: -each[0])
    return [number for _, number in alike[:PRECEDENTS]]
