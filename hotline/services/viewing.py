"""A ticket as it is read: one dict for the JSON API and the staff page alike (design §7).

Values are plain: words for enums, aware moments, names instead of ids. What tells who complained is masked, and in a
confidential ticket it is not there at all for anybody outside the centre. A fixed number of queries for any ticket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Bundle, aliased

from hotline.domain.workflow import BY_NAME, STATE_LABELS, State, Step, allowed
from hotline.models import (
    Addition,
    Attachment,
    Base,
    CaseStandard,
    Category,
    Citizen,
    Complaint,
    Event,
    Instruction,
    Supervision,
    Survey,
    Ticket,
    Unit,
)
from hotline.services import tracing
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
from hotline.services.holding import REQUESTS, Held
from hotline.services.picturing import Picture, names_of, pictures_of
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


@dataclass(frozen=True)
class Sight:
    """A ticket read whole, once, for all that a page makes of it.

    `told`: what this reader may read; `held`: the rows, for the guards; `pictures` in the order they came; `cover`:
    what a text of it goes through for him; `needed`: whether he needs its words; `newest`: the id of its newest event;
    `instructed`: whether there is a 批示 on it.
    """

    told: dict[str, Any]
    held: Held
    pictures: Sequence[Picture]
    cover: Cover
    needed: bool
    newest: int
    instructed: bool


def ticket_dict(work: Work, ticket: Ticket) -> dict[str, Any]:
    """Everything that the actor may read of the ticket. That the actor may see it at all has been checked (`find`)."""
    return {**page_dict(work, ticket), "history": history(work, ticket)}


def page_dict(work: Work, ticket: Ticket) -> dict[str, Any]:
    """The same without the history, which the page reads a piece at a time (`chronicling`)."""
    return sight(work, ticket).told


def sight(work: Work, ticket: Ticket) -> Sight:
    """The same with the rows that it was made of. What the ticket has none of is not asked for."""
    work.session.flush()
    needed = needs_the_words(work, ticket)
    cover = cover_for(work, ticket, needed=needed)
    head = work.session.execute(_HEAD, {"ticket_id": ticket.id}).one()
    complaints = _complaint_rows(work, ticket)
    deadlines, turns = tracing.deadline_rows(work, ticket), tracing.turn_rows(work, ticket)
    pictures = pictures_of(work, ticket) if head.has_pictures else ()
    orders = tracing.order_rows(work, ticket) if head.has_orders else ()
    asked = tracing.request_rows(work, ticket) if head.has_requests else ()
    told = {
        **_head(work, ticket, head, cover),
        "complaints": _complaints(work, ticket, complaints, cover, needed),
        "attachments": _attachments(pictures),
        "deadlines": tracing.deadline_dicts(work, deadlines),
        "assignments": tracing.turn_dicts(turns, cover),
        "orders": tracing.order_dicts(work, ticket, orders, cover),
        "requests": tracing.request_dicts(work, asked, cover),
    }
    held = Held(
        ticket,
        turns=[row[0] for row in turns],
        deadlines=[row[0] for row in deadlines],
        orders=[row[0] for row in orders],
        complaints=list(dict.fromkeys(row[0] for row in complaints)),
        asked=list(asked),
    )
    return Sight(told, held, pictures, cover, needed, head.newest or 0, head.has_instructions)


# These stand ready: to put a statement together takes longer than to run it.
_TICKET = sa.bindparam("ticket_id", type_=sa.BigInteger)
_HOLDER, _CENTRE, _INTO = aliased(Unit), aliased(Unit), aliased(Ticket)


def _has(*models: type[Base]) -> sa.ColumnElement[bool]:
    """Whether the ticket has a row in one of these tables."""
    return sa.or_(*(sa.exists().where(model.__table__.c.ticket_id == Ticket.id) for model in models))


_HEAD = (
    sa.select(
        Bundle("holder", _HOLDER.id, _HOLDER.key, _HOLDER.name),
        Bundle("centre", _CENTRE.id, _CENTRE.key, _CENTRE.name),
        Category,
        CaseStandard,
        _INTO.number.label("merged_into"),
        sa.select(sa.func.max(Event.id)).where(Event.ticket_id == Ticket.id).scalar_subquery().label("newest"),
        sa.or_(
            _has(Attachment),
            sa.exists().where(Attachment.complaint_id == Complaint.id, Complaint.ticket_id == Ticket.id),
        ).label("has_pictures"),
        _has(Supervision).label("has_orders"),
        _has(*REQUESTS.values(), Survey).label("has_requests"),
        _has(Instruction).label("has_instructions"),
    )
    .select_from(Ticket)
    .join(_HOLDER, _HOLDER.id == Ticket.unit_id)
    .join(_CENTRE, _CENTRE.id == Ticket.centre_id)
    .outerjoin(Category, Category.id == Ticket.category_id)
    .outerjoin(CaseStandard, CaseStandard.id == Ticket.case_standard_id)
    .outerjoin(_INTO, _INTO.id == Ticket.merged_into_id)
    .where(Ticket.id == _TICKET)
)
_COMPLAINTS = (
    sa.select(Complaint, Citizen.phone_masked, Addition)
    .outerjoin(Citizen, Citizen.id == Complaint.citizen_id)
    .outerjoin(Addition, Addition.complaint_id == Complaint.id)
    .where(Complaint.ticket_id == _TICKET)
    .order_by(Complaint.id, Addition.id)
)


def _head(work: Work, ticket: Ticket, row: Any, cover: Cover) -> dict[str, Any]:
    """The ticket itself, without what hangs on it."""
    category, standard = row.Category, row.CaseStandard
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
        "centre": unit_dict(row.centre),
        "unit": unit_dict(row.holder),
        "level": ticket.level,
        "heat": ticket.heat,
        "urgings": ticket.urgings,
        "hops": ticket.hops,
        "direct": ticket.direct,
        "outcome": cover(ticket.outcome),
        "answer": cover(ticket.answer),
        "decline_reason": cover(ticket.decline_reason),
        "decline_channel": ticket.decline_channel,
        "merged_into": row.merged_into,
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
    needed = needs_the_words(work, ticket)
    cover = cover_for(work, ticket, needed=needed)
    return _complaints(work, ticket, _complaint_rows(work, ticket), cover, needed)


def _complaint_rows(work: Work, ticket: Ticket) -> Sequence[Any]:
    """A line for each complaint with its masked number, and one for each addition."""
    return work.session.execute(_COMPLAINTS, {"ticket_id": ticket.id}).all()


def _complaints(work: Work, ticket: Ticket, rows: Sequence[Any], cover: Cover, needed: bool) -> list[dict[str, Any]]:
    return [
        _complaint(work, ticket, complaint, list(lines), cover, needed)
        for complaint, lines in groupby(rows, key=lambda row: row[0])
    ]


def _complaint(
    work: Work, ticket: Ticket, complaint: Complaint, lines: Sequence[Any], cover: Cover, needed: bool
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
        "phone": None if secret else lines[0].phone_masked,
        "has_contact": complaint.citizen_id is not None and not secret and needed,
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
            {"text": cover(said.text), "channel": said.channel.value, "added_at": said.added_at}
            for _, _, said in lines
            if said is not None
        ],
    }


def attachments_of(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Files of its complaints and of the unit's result. `token` stands in their address."""
    return _attachments(pictures_of(work, ticket))


def _attachments(pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    fields = ("id", "token", "media_type", "size", "by_citizen", "round", "phase", "withheld", "added_at", "failure")
    names = names_of(row for row, _ in pictures)
    return [
        {"complaint": number, "name": names[row.id], **{name: getattr(row, name) for name in fields}}
        for row, number in pictures
    ]


def history(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """台账, oldest first: as it happened, for what the clock did may be noticed later."""
    cover = cover_for(work, ticket)
    rows = work.session.execute(
        sa.select(Event, Unit.name)
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .where(Event.ticket_id == ticket.id)
        .order_by(Event.happened_at, Event.id)
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
