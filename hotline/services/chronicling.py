"""时间线: all that happened to a ticket in one line of time: steps, notes, texts out and in, pictures; newest first.

A page of it is three statements however long the line is: one finds which rows stand on it and reads the events, one
the pictures, one the texts. What the reader must not see is covered here (`covering`): a unit reads no other unit's
notices, and in a confidential matter nothing of a text that tells who wrote it. A key or a code that was texted is
shown to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

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
from hotline.services.picturing import Picture, names_of, pictures_of
from hotline.services.vault import Unopened
from hotline.services.viewing import Sight
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

    `to`: whom a text went to or came from, in words; `state` a text's, `at` when it was written, `error` the carrier's
    code for why it did not arrive.
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
    error: str = ""
    settled_at: datetime | None = None
    purpose: str = ""
    token: str = ""
    name: str = ""
    complaint: str = ""
    by_citizen: bool = False


@dataclass(frozen=True)
class Page:
    """`older` leads on to what happened before; None at the beginning of the matter. `whole`: nothing is left out."""

    lines: Sequence[Line]
    older: str | None
    whole: bool


def page(work: Work, ticket: Ticket, chosen: Filter = Filter.ALL, before: str = "", sight: Sight | None = None) -> Page:
    """The line of time of a ticket that the actor may see (`hand.find`), newest first.

    `before` is the `older` of the page above; what cannot be read as one begins at the newest. `sight`: the ticket,
    where it has been read already.
    """
    place = _read(before)
    rows = _found(work, ticket, chosen, place)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    cover = sight.cover if sight else cover_for(work, ticket)
    read = {row.id: _event(row.Event, row.unit, cover) for row in rows if row.rank == RANKS[Kind.EVENT]}
    pictures, texts = {}, {}
    if any(row.rank == RANKS[Kind.PHOTO] for row in rows):
        pictures = _photos(sight.pictures if sight else pictures_of(work, ticket))
    if ids := [row.id for row in rows if row.rank == RANKS[Kind.TEXT]]:
        texts = _texts(work, ticket, ids, cover)
    of_kind = {RANKS[Kind.EVENT]: read, RANKS[Kind.PHOTO]: pictures, RANKS[Kind.TEXT]: texts}
    whole = chosen is Filter.ALL and place is None and not more
    return Page([of_kind[row.rank][row.id] for row in rows], _written(rows[-1]) if more else None, whole)


def _found(work: Work, ticket: Ticket, chosen: Filter, place: tuple[datetime, int, int] | None) -> Sequence[Any]:
    """`rank`, `id` and `at` of the lines, with the event and its unit where it is one."""
    named = dict(zip(("at", "rank", "id"), place or (), strict=False))
    own = None if is_of_centre(work.actor, ticket) else work.actor.unit_path
    query = _statement(chosen, of_centre=own is None, turned=place is not None)
    return work.session.execute(query, {"ticket_id": ticket.id, "own": own, **named}).all()


_TICKET = sa.bindparam("ticket_id", type_=sa.BigInteger)


@cache
def _statement(chosen: Filter, *, of_centre: bool, turned: bool) -> sa.Select[*tuple[Any, ...]]:
    """Each is put together once: that takes longer than to run it."""
    parts = [_event_rows(chosen)]
    if chosen in (Filter.ALL, Filter.STEPS):
        parts += _photo_rows()
    if chosen in (Filter.ALL, Filter.TEXTS):
        parts += _text_rows(of_centre=of_centre)
    line = sa.union(*parts).subquery()
    query = sa.select(line.c.rank, line.c.id, line.c.at)
    newest_first = (line.c.at.desc(), line.c.rank.desc(), line.c.id.desc())
    if turned:
        place = (sa.bindparam(column.key, type_=column.type) for column in (line.c.at, line.c.rank, line.c.id))
        query = query.where(sa.tuple_(line.c.at, line.c.rank, line.c.id) < sa.tuple_(*place))
    found = query.order_by(*newest_first).limit(PAGE + 1).subquery()
    return (
        sa.select(found.c.rank, found.c.id, found.c.at, Event, Unit.name.label("unit"))
        .outerjoin(Event, sa.and_(found.c.rank == RANKS[Kind.EVENT], Event.id == found.c.id))
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .order_by(found.c.at.desc(), found.c.rank.desc(), found.c.id.desc())
    )


def _row(kind: Kind, id: Any, at: Any) -> sa.Select[Any]:
    return sa.select(sa.literal(RANKS[kind], sa.Integer).label("rank"), id.label("id"), at.label("at"))


def _event_rows(chosen: Filter) -> sa.Select[Any]:
    rows = _row(Kind.EVENT, Event.id, Event.happened_at).where(Event.ticket_id == _TICKET)
    if chosen is Filter.STEPS:
        return rows.where(Event.step.not_in((NOTE, *CALLED, *WATCHED)))
    wanted = {Filter.TEXTS: CALLED, Filter.NOTES: (NOTE,), Filter.ORDERS: WATCHED}.get(chosen)
    return rows if wanted is None else rows.where(Event.step.in_(wanted))


def _photo_rows() -> list[sa.Select[Any]]:
    """Of the results, and of the complaints that are on the ticket now; each by its own index."""
    rows = _row(Kind.PHOTO, Attachment.id, Attachment.added_at).where(Attachment.size.is_not(None))
    of_complaints = rows.join(Complaint, Complaint.id == Attachment.complaint_id)
    return [rows.where(Attachment.ticket_id == _TICKET), of_complaints.where(Complaint.ticket_id == _TICKET)]


def _text_rows(*, of_centre: bool) -> list[sa.Select[Any]]:
    """Of the ticket, and of the complaints that have joined it. A unit reads the notices of its own subtree only."""
    rows = _row(Kind.TEXT, Message.id, Message.created_at)
    of_ticket = rows.where(Message.ticket_id == _TICKET)
    if not of_centre:
        own = Unit.path.startswith(sa.bindparam("own", type_=sa.String))
        of_ticket = of_ticket.outerjoin(Unit, Unit.id == Message.unit_id).where(sa.or_(Message.unit_id.is_(None), own))
    of_complaints = rows.join(Complaint, Complaint.id == Message.complaint_id).where(Complaint.ticket_id == _TICKET)
    return [of_ticket, of_complaints]


def _event(event: Event, unit: str | None, cover: Cover) -> Line:
    return Line(
        kind=Kind.EVENT,
        id=event.id,
        at=event.happened_at,
        step=event.step,
        actor=event.actor_name,
        unit=unit or "",
        round=event.round,
        data={name: cover(value) if isinstance(value, str) else value for name, value in event.data.items()},
    )


def _photos(pictures: Sequence[Picture]) -> dict[int, Line]:
    """Of all pictures, not of those on the page alone: they are numbered from the first."""
    names = names_of(row for row, _ in pictures)
    return {
        row.id: Line(
            kind=Kind.PHOTO,
            id=row.id,
            at=row.added_at,
            round=row.round,
            token=row.token,
            name=names[row.id],
            complaint=number or "",
            by_citizen=row.by_citizen,
        )
        for row, number in pictures
    }


_TEXTS = (
    sa.select(Message, Complaint, Unit.name)
    .outerjoin(Complaint, Complaint.id == Message.complaint_id)
    .outerjoin(Unit, Unit.id == Message.unit_id)
    .where(Message.id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.BigInteger))))
)


def _texts(work: Work, ticket: Ticket, ids: Sequence[int], cover: Cover) -> dict[int, Line]:
    rows = work.session.execute(_TEXTS, {"ids": ids})
    return {message.id: _text(work, ticket, message, complaint, unit, cover) for message, complaint, unit in rows}


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
        error=(message.error or "").partition(" ")[0],  # the code; the words behind it may name the number
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


#: The steps that the course of a round is told by.
COURSE = ("receive", "accept", "assign", "sign", "sign_supervised", "supervise", "submit", "approve", "reply", "answer",
          "close", "decline", "merge", "join", "void", "withdraw", "rework", "return", "recall")  # fmt: skip


_FIRST = (
    sa.select(Event.round, Event.step, Event.happened_at, Event.actor_name, Unit.name.label("unit"))
    .ext(distinct_on(Event.round, Event.step))
    .outerjoin(Unit, Unit.id == Event.unit_id)
    .where(Event.ticket_id == _TICKET, Event.step.in_(COURSE))
    .order_by(Event.round, Event.step, Event.happened_at, Event.id)
)


def course(work: Work, ticket: Ticket, page: Page | None = None) -> list[Mapping[str, Any]]:
    """When each link of the chain was first reached in each round, and by whom. `page`: what has been read of the line
    of time; nothing more is, where that is the whole."""
    if page is None or not page.whole:
        return [dict(row._mapping) for row in work.session.execute(_FIRST, {"ticket_id": ticket.id})]
    first = {(line.round, line.step): line for line in page.lines if line.step in COURSE}  # the newest comes first
    return [
        {
            "round": line.round,
            "step": line.step,
            "happened_at": line.at,
            "actor_name": line.actor,
            "unit": line.unit or None,
        }
        for line in first.values()
    ]
