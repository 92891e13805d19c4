"""待联系: whom no text reaches, and whose words somebody must read. Derived from the rows, so that nobody is forgotten.

Three reasons, of which the first that holds is shown: an answer has not arrived; another text that tells something has
not; the citizen has said more since the answer, which was no verdict (docs/decisions/0011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain.errors import NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Addition, Citizen, Complaint, Direction, Event, Message, MessageState, Ticket
from hotline.services import persons, replying, surveying
from hotline.services.covering import Cover, in_passing, passing
from hotline.services.hand import find, take_found
from hotline.services.hand import log as log_line
from hotline.services.messaging import ANSWERS, NEWS, page_of
from hotline.services.paging import FIRST, Place, Stretch, cut, newest_first
from hotline.services.scoping import visible
from hotline.services.vault import Unopened
from hotline.services.work import Work

Condition = sa.ColumnExpressionArgument[bool]

PAGE = 25
UNHEARD = timedelta(hours=24)  # a text of which the carrier has said nothing for so long has not arrived
CALLABLE = (State.REPLIED, State.DECLINED)  # where a call about the answer can be logged
MISSED = "call_missed"  # the line of a call that reached nobody; the `last` one, where nobody is called any more
TOLD = "told"  # the line of the history: what texts could not bring was told on the telephone
NO_KEY = "（凭手机号在网上重取）"  # nobody of the hotline reads a citizen's key


class Why(StrEnum):
    ANSWER = "answer"
    TEXT = "text"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Call:
    """One person to be called. The number itself is opened on the ticket's page, with a reason.

    `said`: for a text what it should have told, for words what the citizen has said, covered as in any list, as is the
    `matter`.
    """

    complaint_id: int
    complaint_number: str
    ticket_number: str
    matter: str
    phone_masked: str | None
    answered_at: datetime | None
    opted_out: bool
    why: Why = Why.ANSWER
    said: str = ""


def call_list(work: Work, place: Place[int] = FIRST, size: int = PAGE) -> Stretch[Call, int]:
    """Complaints about which somebody must be called or his words be read, each once; newest first, `size` of them.

    What the actor may see. `place`: the complaint id that a page before this one ended or began with.
    """
    found: dict[int, tuple[Any, Why]] = {}
    for why, conditions in _CONDITIONS.items():
        for row in work.session.execute(newest_first(_query(work, conditions(work)), Complaint.id, place, size)):
            found.setdefault(row.id, (row, why))
    rows = [found[id] for id in sorted(found, reverse=not place.back)[: size + 1]]
    return cut(_told(work, rows), place, size, lambda call: call.complaint_id)


def oldest(work: Work, size: int, condition: Condition) -> list[Call]:
    """Those of that condition that wait longest, at most `size` for each reason, without what is to be said."""
    found: dict[int, tuple[Any, Why]] = {}
    for why, conditions in _CONDITIONS.items():
        query = _query(work, [*conditions(work), condition])
        for row in work.session.execute(query.order_by(Complaint.id).limit(size)):
            found.setdefault(row.id, (row, why))
    covers = _covers(work, [row for row, _ in found.values()])
    return [_call(row, why, covers[row.id]) for row, why in found.values()]


def call_of(work: Work, complaint_id: int) -> Call | None:
    """The call about this complaint, if one is still to be made or his words are to be read."""
    for why, conditions in _CONDITIONS.items():
        row = work.session.execute(_query(work, conditions(work)).where(Complaint.id == complaint_id)).one_or_none()
        if row is not None:
            return _told(work, [(row, why)])[0]
    return None


def count(work: Work, most: int) -> int:
    """How many wait, counted up to `most`."""
    few = (_query(work, make(work)).with_only_columns(Complaint.id).limit(most) for make in _CONDITIONS.values())
    ids = sa.union(*(sa.select(each.subquery()) for each in few)).subquery()
    return min(work.session.execute(sa.select(sa.func.count()).select_from(ids)).scalar_one(), most)


def waiting(work: Work) -> sa.CompoundSelect[int]:
    """The ids of all that stand on that list, each once; to be counted in a statement with others."""
    found = (_query(work, conditions(work)) for conditions in _CONDITIONS.values())
    return sa.union(*(query.with_only_columns(Complaint.id) for query in found))


def log(work: Work, number: str, complaint_number: str, note: str, *, version: int | None = None) -> Ticket:
    """登记电话告知, of the answer or of other texts that did not arrive. Raises NotFound or Refused."""
    ticket = find(work, number, lock=True)
    complaint = work.session.scalar(
        sa.select(Complaint).where(Complaint.ticket_id == ticket.id, Complaint.number == complaint_number)
    )
    if complaint is None:
        raise NotFound("没有找到这件诉求，请核对编号。")
    if complaint.answered_at is not None:
        return replying.log_call(work, number, complaint_number, note, version=version)
    take_found(work, ticket, "note", version=version)
    untold = sa.select(Complaint.id).join(Ticket, Ticket.id == Complaint.ticket_id).where(*_untold(work))
    if work.session.scalar(untold.where(Complaint.id == complaint.id)) is None:
        raise Refused("这件诉求的短信已经告知，无须再登记。", code="told")
    log_line(work, ticket, TOLD, complaint=complaint_number, note=note.strip())
    return ticket


def _query(
    work: Work, conditions: Iterable[Condition]
) -> sa.Select[int, str, bool, datetime | None, Ticket, str | None, bool]:
    return (
        sa.select(
            Complaint.id,
            Complaint.number,
            Complaint.confidential,
            Complaint.answered_at,
            Ticket,
            Citizen.phone_masked,
            Citizen.opted_out_at.is_not(None).label("opted_out"),
        )
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .join(Citizen, Citizen.id == Complaint.citizen_id)
        .where(Complaint.withdrawn_at.is_(None), Citizen.phone_sealed.is_not(None), visible(work.actor))
        .where(*conditions)
    )


def _unreached(work: Work) -> list[Condition]:
    """Answered, and the answer has not reached the citizen and is not on its way."""
    about_it = (Message.purpose.in_(ANSWERS), Message.created_at >= Complaint.answered_at)
    return [
        Complaint.answered_at.is_not(None),
        Complaint.reached_at.is_(None),
        Complaint.wants_reply,
        Ticket.state.in_(CALLABLE),
        sa.not_(sa.exists().where(Message.complaint_id == Complaint.id, *about_it, _is_on_its_way(work, Message))),
    ]


def _untold(work: Work) -> list[Condition]:
    """Nobody has been answered yet, and a text that tells something has failed for good."""
    return [
        Complaint.answered_at.is_(None),
        Complaint.wants_reply,
        Ticket.ended_at.is_(None),
        sa.exists().where(*_lost(work)),
    ]


def _lost(work: Work) -> list[Condition]:
    """The condition on `Message`: it did not arrive, no later one did or is on its way, and nobody has called since."""
    later = aliased(Message)
    arrived = sa.or_(later.state == MessageState.DELIVERED, _is_on_its_way(work, later))
    overtaken = sa.exists().where(later.complaint_id == Complaint.id, later.id > Message.id, arrived)
    called = sa.exists().where(
        Event.ticket_id == Complaint.ticket_id,
        sa.or_(Event.step.in_((TOLD, "log_call")), sa.and_(Event.step == MISSED, Event.data["last"].as_boolean())),
        Event.data["complaint"].astext == Complaint.number,
        Event.happened_at >= Message.failed_at,
    )
    return [  # correlated by name: two levels down, SQLAlchemy would read all complaints instead of this one
        Message.complaint_id == Complaint.id,
        Message.direction == Direction.OUT,
        Message.state == MessageState.FAILED,
        Message.purpose.in_(NEWS),
        sa.not_(overtaken.correlate(Complaint, Message)),
        sa.not_(called.correlate(Complaint, Message)),
    ]


def _unlooked(_: Work) -> list[Condition]:
    return [Ticket.state == State.REPLIED, surveying.waiting_to_be_looked_at()]


_CONDITIONS = {Why.ANSWER: _unreached, Why.TEXT: _untold, Why.WORDS: _unlooked}


def _is_on_its_way(work: Work, message: type[Message]) -> sa.ColumnElement[bool]:
    waiting = message.state.in_((MessageState.QUEUED, MessageState.SENDING))
    sent = sa.and_(message.state == MessageState.SENT, message.sent_at > work.now - UNHEARD)
    return sa.and_(message.direction == Direction.OUT, sa.or_(waiting, sent))


def _told(work: Work, rows: Sequence[tuple[Any, Why]]) -> list[Call]:
    """The lines with what is to be said, in as many statements for many as for one."""
    covers = _covers(work, [row for row, _ in rows])
    calls = [_call(row, why, covers[row.id]) for row, why in rows]
    said = _lost_texts(work, calls) | _unread_words(work, calls, covers)
    return [replace(call, said=said.get(call.complaint_id, "")) for call in calls]


def _covers(work: Work, rows: Sequence[Any]) -> dict[int, Cover]:
    """By complaint what its line goes through, read in one statement."""
    persons.read_ahead(work, (row.Ticket.id for row in rows if row.Ticket.confidential or row.confidential))
    return {row.id: _cover(work, row.Ticket, row.confidential) for row in rows}


def _cover(work: Work, ticket: Ticket, confidential: bool) -> Cover:
    """As in any list. A complaint that is `confidential` by itself is covered like a confidential ticket."""
    if confidential:
        return partial(in_passing, known=persons.complainants(work, ticket.id))
    return passing(work, ticket)


def _call(row: Any, why: Why, cover: Cover) -> Call:
    return Call(
        complaint_id=row.id,
        complaint_number=row.number,
        ticket_number=row.Ticket.number,
        matter=cover(row.Ticket.matter),
        phone_masked=row.phone_masked,
        answered_at=row.answered_at,
        opted_out=row.opted_out,
        why=why,
    )


def _lost_texts(work: Work, calls: Sequence[Call]) -> dict[int, str]:
    """By complaint what is to be told, each text once; one statement for the page."""
    numbers = {call.complaint_id: call.complaint_number for call in calls if call.why is Why.TEXT}
    lost = (
        sa.select(Complaint.id, Message.purpose, Message.body_sealed)
        .select_from(Message)
        .join(Complaint, Complaint.id == Message.complaint_id)
        .where(Complaint.id.in_(numbers), *_lost(work))
        .order_by(Message.id)
    )
    told: dict[int, list[str]] = defaultdict(list)
    for row in work.session.execute(lost):
        told[row.id].append(_text(work, numbers[row.id], row.purpose, row.body_sealed))
    return {id: "\n".join(dict.fromkeys(texts)) for id, texts in told.items()}


def _text(work: Work, number: str, purpose: str, body_sealed: bytes) -> str:
    """A text as it is told: without the signature, and without a key."""
    wordings = work.rules.wordings
    if purpose == "received":
        text = wordings.write(purpose, number=number, key=NO_KEY, url=page_of(work, number)).text
    else:
        try:
            text = work.vault.open(body_sealed)
        except Unopened:
            return "（密钥已更换，短信内容无法查看。）"
    return text.removeprefix(wordings.signature)


def _unread_words(work: Work, calls: Sequence[Call], covers: Mapping[int, Cover]) -> dict[int, str]:
    """By complaint what its citizen has said since the answer, covered; one statement for the page."""
    said = (
        sa.select(Addition.complaint_id, Addition.text)
        .join(Complaint, Complaint.id == Addition.complaint_id)
        .where(Complaint.id.in_([call.complaint_id for call in calls if call.why is Why.WORDS]))
        .where(Addition.added_at >= Complaint.answered_at)
        .order_by(Addition.id)
    )
    words: dict[int, list[str]] = defaultdict(list)
    for id, text in work.session.execute(said):
        words[id].append(covers[id](text))
    return {id: "\n".join(texts) for id, texts in words.items()}
