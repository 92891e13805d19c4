"""A ticket as it is read: one dict for the JSON API and the staff page alike (design §7).

Values are plain: words for enums, aware moments, names instead of ids. What tells who complained is masked, and in a
confidential ticket it is not there at all for anybody outside the centre. A fixed number of queries for any ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.workflow import BY_NAME, STATE_LABELS, State, Step, allowed
from hotline.models import (
    Addition,
    Attachment,
    CaseStandard,
    Category,
    Citizen,
    Complaint,
    Event,
    Ticket,
    Unit,
)
from hotline.services.covering import (
    Cover,
    cover_complaint,
    cover_for,
    is_of_centre,
    is_secret,
    mask_name,
    needs_the_words,
)
from hotline.services.facts import gather
from hotline.services.picturing import names_of
from hotline.services.risking import reason_shown
from hotline.services.risking import shown as risks_shown
from hotline.services.tracing import assignments_of, deadlines_of, orders_of, requests_of, unit_dict, why
from hotline.services.work import Work

__all__ = [
    "assignments_of",
    "attachments_of",
    "complaints_of",
    "deadlines_of",
    "history",
    "orders_of",
    "requests_of",
    "steps_allowed",
    "ticket_dict",
    "why",
]

#: Lines of the history that are nobody's step in the table of the chain.
EVENT_LABELS = {
    "receive": "收到诉求",
    "joined": "并入诉求",
    "separated": "撤出诉求",
    "recount": "时限重新计算",
    "publish": "公开审核：公开",
    "unpublish": "公开审核：不公开",
    "unscreen": "公开审核：撤销",
    "key_renewed": "重发查询码",
    "told": "电话告知未送达的短信",
    "call_missed": "拨打电话未接通",
    "call_later": "电话约定再打",
    "data_given": "提供个人信息副本",
    "contact_corrected": "更正联系方式",
    "person_erased": "删除个人信息",
    "risk": "风险提示",
    "warn": "到期预警",
    "breach": "超期",
    "instruct": "领导批示",
    "report_back": "批示办理情况反馈",
    "sample_drawn": "抽取为抽查件",
    "sample_checked": "抽查结果",
}


def steps_allowed(work: Work, ticket: Ticket) -> list[Step]:
    """The lines of the chain's table that the actor may take now."""
    facts, _, _ = gather(work, ticket)
    return allowed(work.actor, facts)


def ticket_dict(work: Work, ticket: Ticket) -> dict[str, Any]:
    """Everything that the actor may read of the ticket. That the actor may see it at all has been checked (`find`)."""
    return {**page_dict(work, ticket), "history": history(work, ticket)}


def page_dict(work: Work, ticket: Ticket) -> dict[str, Any]:
    """The same without the history, which the page reads a piece at a time (`chronicling`)."""
    work.session.flush()
    return {
        **head_dict(work, ticket),
        "complaints": complaints_of(work, ticket),
        "attachments": attachments_of(work, ticket),
        "deadlines": deadlines_of(work, ticket),
        "assignments": assignments_of(work, ticket),
        "orders": orders_of(work, ticket),
        "requests": requests_of(work, ticket),
    }


def head_dict(work: Work, ticket: Ticket) -> dict[str, Any]:
    """The ticket itself, without what hangs on it."""
    unit, centre, into = aliased(Unit), aliased(Unit), aliased(Ticket)
    names = work.session.execute(
        sa.select(unit, centre, Category, CaseStandard, into.number)
        .select_from(Ticket)
        .join(unit, unit.id == Ticket.unit_id)
        .join(centre, centre.id == Ticket.centre_id)
        .outerjoin(Category, Category.id == Ticket.category_id)
        .outerjoin(CaseStandard, CaseStandard.id == Ticket.case_standard_id)
        .outerjoin(into, into.id == Ticket.merged_into_id)
        .where(Ticket.id == ticket.id)
    ).one()
    holder, keeper, category, standard, merged_into = names
    cover = cover_for(work, ticket)
    return {
        "number": ticket.number,
        "version": ticket.version,
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "round": ticket.round,
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "area": ticket.area,
        "against": cover(ticket.against),
        "latitude": ticket.latitude,
        "longitude": ticket.longitude,
        "channel": ticket.channel.value,
        "source": ticket.source.value,
        "urgency": ticket.urgency.value,
        "urgency_reason": cover(reason_shown(work, ticket)),
        "risks": risks_shown(work, ticket),
        "request_type": ticket.request_type.value,
        "category": category and category_dict(category),
        "category_guessed": ticket.category_guessed,
        "case_standard": standard and standard_dict(standard),
        "confidential": ticket.confidential,
        "named_units": _named_units(work, ticket),
        "centre": unit_dict(keeper),
        "unit": unit_dict(holder),
        "level": ticket.level,
        "heat": ticket.heat,
        "urgings": ticket.urgings,
        "hops": ticket.hops,
        "direct": ticket.direct,
        "outcome": cover(ticket.outcome),
        "answer": cover(ticket.answer),
        "decline_reason": cover(ticket.decline_reason),
        "decline_channel": ticket.decline_channel,
        "merged_into": merged_into,
        **{name: getattr(ticket, name) for name in _TIMES},
    }


_TIMES = (
    "received_at", "accepted_at", "submitted_at", "resolved_at", "replied_at", "closed_at", "ended_at", "paused_until",
)  # fmt: skip


def category_dict(category: Category) -> dict[str, Any]:
    """A category with the scheme without which its code means nothing."""
    return {
        "id": category.id,
        "code": category.code,
        "name": category.name,
        "kind": category.kind,
        "parent_name": category.parent_name,
        "scheme": category.scheme,
        "scheme_version": category.scheme_version,
    }


def standard_dict(standard: CaseStandard) -> dict[str, Any]:
    """立案条件 with the limit that hangs on it."""
    return {
        "id": standard.id,
        "condition": standard.condition,
        "closing": standard.closing,
        "limit": standard.limit_text,
    }


def _named_units(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """被反映单位 are told to the centre only: who is complained of tells who complains."""
    if not ticket.named_unit_ids or not is_of_centre(work.actor, ticket):
        return []
    named = work.session.scalars(sa.select(Unit).where(Unit.id.in_(ticket.named_unit_ids)).order_by(Unit.path))
    return [unit_dict(unit) for unit in named]


def complaints_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """What each person said, first comer first, with what was added; contact data masked or absent."""
    rows = work.session.execute(
        sa.select(Complaint, Citizen)
        .outerjoin(Citizen, Citizen.id == Complaint.citizen_id)
        .where(Complaint.ticket_id == ticket.id)
        .order_by(Complaint.id)
    ).all()
    additions: dict[int, list[Addition]] = {}
    for addition in work.session.scalars(
        sa.select(Addition).join(Complaint).where(Complaint.ticket_id == ticket.id).order_by(Addition.id)
    ):
        additions.setdefault(addition.complaint_id, []).append(addition)
    cover, needed = cover_for(work, ticket), needs_the_words(work, ticket)
    return [_complaint(work, ticket, row, citizen, additions.get(row.id, []), cover, needed) for row, citizen in rows]


def _complaint(
    work: Work,
    ticket: Ticket,
    complaint: Complaint,
    citizen: Citizen | None,
    additions: Iterable[Addition],
    cover: Cover,
    needed: bool,
) -> dict[str, Any]:
    """`cover`: the ticket's; `needed`: whether the actor needs the words. Both are the same for all its complaints."""
    secret = is_secret(work.actor, ticket, complaint)
    cover = cover_complaint(work, ticket, complaint, cover)
    return {
        "number": complaint.number,
        "channel": complaint.channel.value,
        "source": complaint.source.value,
        "text": cover(complaint.text),
        "place": cover(complaint.place),
        "name": None if secret else mask_name(work.vault.open(complaint.name_sealed)),
        "phone": citizen.phone_masked if citizen is not None and not secret else None,
        "has_contact": citizen is not None and not secret and needed,
        "wants_reply": complaint.wants_reply,
        "language": None if secret else complaint.language,  # tells much of a person where few speak it
        "withdrawn_at": complaint.withdrawn_at,
        "repeats": complaint.repeats,
        "confidential": complaint.confidential,
        "received_at": complaint.received_at,
        "answered_at": complaint.answered_at,
        "reached_at": complaint.reached_at,
        "reached_by": complaint.reached_by,
        "additions": [
            {"text": cover(each.text), "channel": each.channel.value, "added_at": each.added_at} for each in additions
        ],
    }


def attachments_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Files of its complaints and of the unit's result. `token` stands in their address."""
    rows = work.session.execute(
        sa.select(Attachment, Complaint.number)
        .outerjoin(Complaint, Complaint.id == Attachment.complaint_id)
        .where(sa.or_(Attachment.ticket_id == ticket.id, Complaint.ticket_id == ticket.id))
        .order_by(Attachment.id)
    )
    fields = ("id", "token", "media_type", "size", "by_citizen", "round", "phase", "withheld", "added_at", "failure")
    found = rows.all()
    names = names_of(row for row, _ in found)
    return [
        {"complaint": number, "name": names[row.id], **{name: getattr(row, name) for name in fields}}
        for row, number in found
    ]


def history(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """台账, oldest first."""
    cover = cover_for(work, ticket)
    rows = work.session.execute(
        sa.select(Event, Unit.name)
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .where(Event.ticket_id == ticket.id)
        .order_by(Event.id)
    )
    return [
        {
            "id": event.id,
            "step": event.step,
            "label": event_label(event.step),
            "from_state": event.from_state,
            "to_state": event.to_state,
            "state_label": STATE_LABELS[State(event.to_state)],
            "round": event.round,
            "version": event.version,
            "actor": event.actor_name,
            "actor_kind": event.actor_kind.value,
            "unit": unit,
            "data": _covered(event.data, cover),
            "happened_at": event.happened_at,
            "noticed_at": event.noticed_at,
        }
        for event, unit in rows
    ]


def event_label(step: str) -> str:
    """What a line of the history is called."""
    return BY_NAME[step].label if step in BY_NAME else EVENT_LABELS.get(step, step)


def _covered(data: Mapping[str, Any], cover: Cover) -> dict[str, Any]:
    return {name: cover(value) if isinstance(value, str) else value for name, value in data.items()}
