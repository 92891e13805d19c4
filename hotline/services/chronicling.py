"""时间线: all that happened to a ticket in one line of time: steps, notes, texts out and in, pictures; newest first.

A page of it is a fixed number of statements however long the line is: one finds which rows stand on it, one for each
kind reads them. What the reader must not see is covered here (`covering`): a unit reads no other unit's notices, and in
a confidential matter nothing of a text that tells who wrote it. A key or a code that was texted is shown to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from hotline.domain.wordings import WordingError
from hotline.models import (
    Attachment,
    Complaint,
    Direction,
    Event,
    Message,
    MessageState,
    Ticket,
    Unit,
)
from hotline.services.covering import Cover, cover_complaint, cover_for, is_of_centre, is_secret
from hotline.services.picturing import names_of
from hotline.services.vault import Unopened
from hotline.services.work import Work

PAGE = 100
NOTE = "note"
CALLED = ("log_call", "told")
WATCHED = (
    "supervise", "explain", "accept_explanation", "refuse_explanation", "lift", "warn", "breach", "urge",
)  # fmt: skip
#: What a text carries that opens somebody's page: it is read by the one it was sent to.
SECRET = frozenset({"key", "code"})
NOT_SHOWN = "含查询码或验证码，不在此显示。"
NOT_READABLE = "密钥已更换，内容无法查看。"
ERASED = "内容已按规定删除。"


class Filter(StrEnum):
    """What of the line is shown."""

    ALL = "all"  # 全部
    STEPS = "steps"  # 办理
    TEXTS = "texts"  # 短信、电话
    NOTES = "notes"  # 备注
    ORDERS = "orders"  # 督办


class Kind(StrEnum):
    """What a line is; their order is that of what happened at the same moment."""

    EVENT = "event"
    PHOTO = "photo"
    TEXT = "text"


RANKS = {Kind.EVENT: 0, Kind.PHOTO: 1, Kind.TEXT: 2}


@dataclass(frozen=True)
class Line:
    """One thing that happened. `data` is that of an event, covered; `text` what was written; times aware UTC.

    `to`: whom a text went to or came from, in words; `state` a text's, `at` when it was written.
    """

    kind: Kind
    id: int
    at: datetime
    step: str = ""
    actor: str = ""
    unit: str = ""
    round: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    to: str = ""
    phone: str = ""
    incoming: bool = False
    state: MessageState | None = None
    settled_at: datetime | None = None
    purpose: str = ""
    token: str = ""
    name: str = ""
    complaint: str = ""
    by_citizen: bool = False


@dataclass(frozen=True)
class Page:
    """`older` leads on to what happened before; None at the beginning of the matter."""

    lines: Sequence[Line]
    older: str | None


def page(work: Work, ticket: Ticket, chosen: Filter = Filter.ALL, before: str = "") -> Page:
    """The line of time of a ticket that the actor may see (`hand.find`), newest first.

    `before` is the `older` of the page above; what cannot be read as one begins at the newest.
    """
    place = _read(before)
    rows = work.session.execute(_found(work, ticket, chosen, place)).all()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    ids = {kind: [row.id for row in rows if row.rank == rank] for kind, rank in RANKS.items()}
    cover = cover_for(work, ticket)
    read = {
        **_events(work, ids[Kind.EVENT], cover),
        **_photos(work, ids[Kind.PHOTO]),
        **_texts(work, ticket, ids[Kind.TEXT], cover),
    }
    kinds = {rank: kind for kind, rank in RANKS.items()}
    lines = [read[kinds[row.rank], row.id] for row in rows]
    return Page(lines, _written(rows[-1]) if more else None)


def _found(
    work: Work, ticket: Ticket, chosen: Filter, place: tuple[datetime, int, int] | None
) -> sa.Select[tuple[int, int, datetime]]:
    parts = [_event_rows(ticket, chosen)]
    if chosen in (Filter.ALL, Filter.STEPS):
        parts += _photo_rows(ticket)
    if chosen in (Filter.ALL, Filter.TEXTS):
        parts += _text_rows(work, ticket)
    line = sa.union(*parts).subquery()
    query = sa.select(line.c.rank, line.c.id, line.c.at)
    if place is not None:
        query = query.where(sa.tuple_(line.c.at, line.c.rank, line.c.id) < sa.tuple_(*place))
    return query.order_by(line.c.at.desc(), line.c.rank.desc(), line.c.id.desc()).limit(PAGE + 1)


def _row(kind: Kind, id: Any, at: Any) -> sa.Select[Any]:
    return sa.select(sa.literal(RANKS[kind], sa.Integer).label("rank"), id.label("id"), at.label("at"))


def _event_rows(ticket: Ticket, chosen: Filter) -> sa.Select[Any]:
    rows = _row(Kind.EVENT, Event.id, Event.happened_at).where(Event.ticket_id == ticket.id)
    if chosen is Filter.STEPS:
        return rows.where(Event.step.not_in((NOTE, *CALLED, *WATCHED)))
    wanted = {Filter.TEXTS: CALLED, Filter.NOTES: (NOTE,), Filter.ORDERS: WATCHED}.get(chosen)
    return rows if wanted is None else rows.where(Event.step.in_(wanted))


def _photo_rows(ticket: Ticket) -> list[sa.Select[Any]]:
    """Of the results, and of the complaints that are on the ticket now; each by its own index."""
    rows = _row(Kind.PHOTO, Attachment.id, Attachment.added_at).where(Attachment.size.is_not(None))
    of_complaints = rows.join(Complaint, Complaint.id == Attachment.complaint_id)
    return [rows.where(Attachment.ticket_id == ticket.id), of_complaints.where(Complaint.ticket_id == ticket.id)]


def _text_rows(work: Work, ticket: Ticket) -> list[sa.Select[Any]]:
    """Of the ticket, and of the complaints that have joined it. A unit reads the notices of its own subtree only."""
    rows = _row(Kind.TEXT, Message.id, Message.created_at)
    of_ticket = rows.where(Message.ticket_id == ticket.id)
    if not is_of_centre(work.actor, ticket):
        own = Unit.path.startswith(work.actor.unit_path)
        of_ticket = of_ticket.outerjoin(Unit, Unit.id == Message.unit_id).where(sa.or_(Message.unit_id.is_(None), own))
    of_complaints = rows.join(Complaint, Complaint.id == Message.complaint_id).where(Complaint.ticket_id == ticket.id)
    return [of_ticket, of_complaints]


def _events(work: Work, ids: Sequence[int], cover: Cover) -> dict[tuple[Kind, int], Line]:
    rows = work.session.execute(
        sa.select(Event, Unit.name).outerjoin(Unit, Unit.id == Event.unit_id).where(Event.id.in_(ids))
    )
    return {
        (Kind.EVENT, event.id): Line(
            kind=Kind.EVENT,
            id=event.id,
            at=event.happened_at,
            step=event.step,
            actor=event.actor_name,
            unit=unit or "",
            round=event.round,
            data={name: cover(value) if isinstance(value, str) else value for name, value in event.data.items()},
        )
        for event, unit in rows
    }


def _photos(work: Work, ids: Sequence[int]) -> dict[tuple[Kind, int], Line]:
    rows = work.session.execute(
        sa.select(Attachment, Complaint.number)
        .outerjoin(Complaint, Complaint.id == Attachment.complaint_id)
        .where(Attachment.id.in_(ids))
        .order_by(Attachment.id)
    ).all()
    names = names_of(row for row, _ in rows)
    return {
        (Kind.PHOTO, row.id): Line(
            kind=Kind.PHOTO,
            id=row.id,
            at=row.added_at,
            round=row.round,
            token=row.token,
            name=names[row.id],
            complaint=number or "",
            by_citizen=row.by_citizen,
        )
        for row, number in rows
    }


def _texts(work: Work, ticket: Ticket, ids: Sequence[int], cover: Cover) -> dict[tuple[Kind, int], Line]:
    rows = work.session.execute(
        sa.select(Message, Complaint, Unit.name)
        .outerjoin(Complaint, Complaint.id == Message.complaint_id)
        .outerjoin(Unit, Unit.id == Message.unit_id)
        .where(Message.id.in_(ids))
    )
    return {
        (Kind.TEXT, message.id): _text(work, ticket, message, complaint, unit, cover)
        for message, complaint, unit in rows
    }


def _text(
    work: Work, ticket: Ticket, message: Message, complaint: Complaint | None, unit: str | None, cover: Cover
) -> Line:
    phone = ""
    if complaint is not None:
        cover = cover_complaint(work, ticket, complaint, cover)
        phone = "" if is_secret(work.actor, ticket, complaint) else message.phone_masked or ""
    return Line(
        kind=Kind.TEXT,
        id=message.id,
        at=message.created_at,
        text=_words(work, message, cover),
        to=unit or ("诉求人" if complaint is not None else "有关领导"),
        phone=phone,
        incoming=message.direction is Direction.IN,
        state=message.state,
        settled_at=message.delivered_at or message.failed_at or message.sent_at,
        purpose=message.purpose,
        complaint=complaint.number if complaint is not None else "",
    )


def _words(work: Work, message: Message, cover: Cover) -> str:
    if message.direction is Direction.OUT and _opens_a_page(work, message.purpose):
        return NOT_SHOWN
    if not message.body_sealed:
        return ERASED
    try:
        return cover(work.vault.open(message.body_sealed).removeprefix(work.rules.wordings.signature))
    except Unopened:
        return NOT_READABLE


def _opens_a_page(work: Work, purpose: str) -> bool:
    """Also for a text that the city knows no more: what was in it cannot be told."""
    try:
        return bool(SECRET & work.rules.wordings.fields(purpose))
    except WordingError:
        return True


def _read(before: str) -> tuple[datetime, int, int] | None:
    try:
        moment, rank, id = before.split("~")
        at = datetime.fromisoformat(moment)
        if not (rank.isascii() and id.isascii() and len(rank) == 1 and len(id) < 19):
            return None
        return (at.astimezone(UTC), int(rank), int(id)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _written(row: Any) -> str:
    return f"{row.at.astimezone(UTC).isoformat()}~{row.rank}~{row.id}"


def newest(work: Work, ticket: Ticket) -> int:
    """The id of the ticket's newest event: what has happened since has a greater one."""
    found = work.session.scalar(sa.select(sa.func.max(Event.id)).where(Event.ticket_id == ticket.id))
    return int(found or 0)


#: The steps that the course of a round is told by.
COURSE = ("receive", "accept", "assign", "sign", "sign_supervised", "supervise", "submit", "approve", "reply", "answer",
          "close", "decline", "merge", "join", "void", "withdraw", "rework", "return", "recall")  # fmt: skip


def course(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """When each link of the chain was first reached in each round, and by whom; oldest first."""
    first = (
        sa.select(sa.func.min(Event.id))
        .where(Event.ticket_id == ticket.id, Event.step.in_(COURSE))
        .group_by(Event.round, Event.step)
    )
    rows = work.session.execute(
        sa.select(Event.round, Event.step, Event.happened_at, Event.actor_name, Unit.name.label("unit"))
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .where(Event.id.in_(first))
        .order_by(Event.id)
    )
    return [dict(row._mapping) for row in rows]
