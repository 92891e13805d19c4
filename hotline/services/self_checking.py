"""提交前自查: what the unit is asked before it submits, and how it answered; told to the person who checks.

Stored in the event of the submission in the words that were asked: a later change of the questions changes no history.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from hotline.domain.checklist import Point, answer
from hotline.models import Attachment, CaseStandard, Category, Event, Phase, Ticket
from hotline.services.work import Work

CODE, LABEL = "unchecked", "承办单位自查"


def points(work: Work, ticket: Ticket) -> list[Point]:
    """The questions for this ticket, by its 大类 and its 结案条件."""
    group, closing = work.session.execute(
        sa.select(Category.parent_name, CaseStandard.closing)
        .select_from(Ticket)
        .outerjoin(Category, Category.id == Ticket.category_id)
        .outerjoin(CaseStandard, CaseStandard.id == Ticket.case_standard_id)
        .where(Ticket.id == ticket.id)
    ).one()
    return work.checklist.about(group, closing)


def questions(work: Work, ticket: Ticket) -> list[Point]:
    """Those that are ticked; the others are answered by the pictures."""
    return [point for point in points(work, ticket) if point.photo is None]


def answers(work: Work, ticket: Ticket, ticked: Collection[str] | None, photos: Collection[Phase]) -> dict[str, Any]:
    """What goes into the event of the submission; nothing where nobody was asked (`ticked` is None: a machine).

    `photos`: what the pictures show that come with it; those sent before in the same round count, too.
    """
    if ticked is None:
        return {}
    shown = {*photos, *_phases_of_round(work, ticket)}
    answered = answer(points(work, ticket), ticked, shown)
    return {"checked": list(answered.checked), "unchecked": list(answered.unchecked)}


def _phases_of_round(work: Work, ticket: Ticket) -> list[Phase]:
    return list(
        work.session.scalars(
            sa.select(Attachment.phase).where(
                Attachment.ticket_id == ticket.id, Attachment.round == ticket.round, Attachment.phase.is_not(None)
            )
        )
    )


def remarks(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """What the unit left unticked in its newest submission of this round, as one 核查提示; none if it ticked all."""
    data = work.session.scalar(
        sa.select(Event.data)
        .where(Event.ticket_id == ticket.id, Event.round == ticket.round, Event.step == "submit")
        .order_by(Event.id.desc())
        .limit(1)
    )
    left = list((data or {}).get("unchecked", ()))
    if not left:
        return []
    text = f"提交时没有勾选：{'；'.join(left)}。"
    return [{"code": CODE, "label": LABEL, "serious": False, "text": text, "words": left, "copied_from": None}]
