"""同一件事: the open or lately ended matters that a complaint may be about, for the staff who can join it to one.

Unlike the hint for strangers (`resembling`) it weighs all that was said, and knows who said it. Candidates are the
newest tickets of each clue, and those of the same telephone: it takes the same time among a thousand tickets as among
millions. What the actor may not see is not weighed, and of what is confidential the units learn nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import CENTRE_ROLES, Actor, ActorKind
from hotline.domain.errors import HotlineError
from hotline.domain.likeness import LIKELY, LOOKED_THROUGH, TOO_FAR, Likeness, Matter, Reading, likest
from hotline.domain.marks import PLATE, SHOP, TOPIC, marks_of
from hotline.domain.places import place_keys
from hotline.domain.workflow import ENDED, STATE_LABELS, State, check, choose
from hotline.models import Citizen, Clue, Complaint, Draft, RequestType, Ticket
from hotline.services import clueing, covering, persons, transcribing
from hotline.services.facts import gather
from hotline.services.resembling import is_of_kind, kinds_of
from hotline.services.scoping import visible
from hotline.services.transcribing import Confirmed
from hotline.services.work import Work

MOST = 5
CANDIDATES = 60  # that are weighed, of those that share most clues the newest
OF_THE_CALLER = 20  # tickets of one telephone, newest first

#: What is read of a candidate: a ticket has many more columns, and to make tickets of sixty takes longer than to weigh
#: them.
READ_OF_THEM = (
    Ticket.id, Ticket.state, Ticket.matter, Ticket.place, Ticket.place_keys, Ticket.latitude, Ticket.longitude,
    Ticket.category_id, Ticket.heat, Ticket.received_at,
)  # fmt: skip

GONE = (State.MERGED, State.VOIDED)  # what was one of these is another ticket now, or was nothing


@dataclass(frozen=True)
class Query:
    """A matter as it is known before there is a ticket. `phone` is E.164 or empty; degrees are WGS 84."""

    text: str
    matter: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    category_id: int | None = None
    phone: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True)
class Match:
    """One matter that it may be. `reasons`: why, in the order in which they count.

    `likely`: it very probably is; else it may be. `can_join`: whether the actor can join the complaint to it (并案).
    """

    number: str
    ticket_id: int
    state: State
    state_label: str
    matter: str
    place: str
    heat: int
    received_at: datetime
    score: float
    likely: bool
    reasons: list[str]
    can_join: bool


@dataclass(frozen=True)
class _Asked:
    """What is looked for. `callers`: which complaints are theirs, `ticket`: the one that it is already, `joins`: may be
    joined."""

    matter: Matter
    callers: sa.ColumnElement[bool] | None = None
    ticket: Ticket | None = None
    joins: bool = True


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`ticket`: a row with `READ_OF_THEM`; `is_ours`: the actor is of the centre that holds it."""

    ticket: Any
    text: str
    marks: Sequence[str]
    same_caller: bool
    is_ours: bool


def same(work: Work, what: Query | Confirmed | Draft | Ticket, most: int = MOST) -> list[Match]:
    """The likeliest, best first, `most` at most: of a draft as it was drawn out or corrected, of a ticket."""
    if isinstance(what, Ticket):
        return for_ticket(work, what, most)
    if isinstance(what, Draft):
        return for_draft(work, what, transcribing.proposed(work, what), most)
    asked = of_fields(what) if isinstance(what, Confirmed) else what
    return _find(work, _Asked(_matter_of(work, asked), _callers(work, asked.phone)), most)


def for_draft(work: Work, draft: Draft, fields: Confirmed, most: int = MOST) -> list[Match]:
    """The same for a draft with what the operator has typed by now; a ticket that was made of it is not told."""
    asked = of_fields(fields, draft.called_at)
    made = work.session.get(Complaint, draft.complaint_id) if draft.complaint_id is not None else None
    ticket = work.session.get(Ticket, made.ticket_id) if made is not None else None
    return _find(work, _Asked(_matter_of(work, asked), _callers(work, asked.phone), ticket), most)


def for_ticket(work: Work, ticket: Ticket, most: int = MOST) -> list[Match]:
    """The same for a ticket, on its page. Who is not of its centre is told nothing about what is confidential or a
    report, and nothing of who complained; what they read covered there is not weighed."""
    is_ours = covering.is_of_centre(work.actor, ticket)
    if not is_ours and (ticket.confidential or ticket.request_type is RequestType.REPORT):
        return []
    complaint = work.session.scalar(_first_complaint(ticket.id))
    text = covering.cover_complaint(work, ticket, complaint)(complaint.text) if complaint is not None else ""
    own = Query(
        text, covering.cover_for(work, ticket)(ticket.matter), ticket.place, ticket.latitude, ticket.longitude,
        ticket.category_id, received_at=ticket.received_at,
    )  # fmt: skip
    callers = _callers_of(work, ticket) if is_ours else None
    return _find(work, _Asked(_matter_of(work, own), callers, ticket, _may_be_joined(work, ticket)), most)


def of_fields(fields: Confirmed, called_at: datetime | None = None) -> Query:
    """The fields of a draft as a question."""
    return Query(
        text=fields.text,
        matter=fields.matter,
        place=fields.place,
        category_id=fields.category_id,
        phone=fields.phone,
        received_at=called_at,
    )


def _matter_of(work: Work, asked: Query) -> Matter:
    position = None if asked.latitude is None or asked.longitude is None else (asked.latitude, asked.longitude)
    told = f"{asked.matter}。{asked.text}" if asked.matter else asked.text
    return Matter(
        text=told,
        place=asked.place,
        place_keys=place_keys(asked.place, told),
        position=position,
        categories=kinds_of(work, told, asked.category_id),
        received_at=asked.received_at or work.now,
        marks=marks_of(f"{asked.place}\n{told}"),
    )


def _callers(work: Work, phone: str) -> sa.ColumnElement[bool] | None:
    if not phone:
        return None
    known = sa.select(Citizen.id).where(Citizen.phone_print == work.vault.fingerprint(phone))
    return Complaint.citizen_id == known.scalar_subquery()


def _callers_of(work: Work, ticket: Ticket) -> sa.ColumnElement[bool] | None:
    callers = sa.select(Complaint.citizen_id).where(Complaint.ticket_id == ticket.id, Complaint.citizen_id.is_not(None))
    ids = work.session.scalars(callers).all()
    return Complaint.citizen_id.in_(ids) if ids else None


def _first_complaint(ticket_id: int) -> sa.Select[Complaint]:
    return sa.select(Complaint).where(Complaint.ticket_id == ticket_id).order_by(Complaint.id).limit(1)


def _may_be_joined(work: Work, ticket: Ticket) -> bool:
    """Whether the actor could take the step 并案 with this ticket now."""
    facts, _, _ = gather(work, ticket)
    try:
        check(choose(("merge",), facts), work.actor, facts)
    except HotlineError:
        return False
    return True


def _find(work: Work, asked: _Asked, most: int) -> list[Match]:
    candidates = _candidates(work, asked)
    persons.read_ahead(work, [each.ticket.id for each in candidates if not each.is_ours])
    mine = Reading(asked.matter)
    read = [(Reading(_read(work, each)), each.same_caller) for each in candidates]
    alike = [
        (each, candidates[index]) for index, each in likest(mine, read, partial(_of_kind, work, asked, candidates))
    ]
    alike.sort(key=lambda each: (-each[0].score, each[1].ticket.state in ENDED, -each[1].ticket.heat))
    return _show_all(work, asked, alike[:most])


def _of_kind(work: Work, asked: _Asked, candidates: Sequence[_Candidate], index: int) -> bool:
    return _is_of_kind(work, asked, candidates[index])


def _is_of_kind(work: Work, asked: _Asked, candidate: _Candidate) -> bool:
    ticket = candidate.ticket
    return is_of_kind(work, asked.matter.categories, ticket.matter, ticket.category_id)


def _candidates(work: Work, asked: _Asked) -> list[_Candidate]:
    """The newest of the same clues, and of the same caller, that the actor may see: open, or ended lately."""
    own = _of_callers(work, asked)
    ids = own | set(_of_clues(work, asked.matter))
    if not ids:
        return []
    text = sa.select(sa.func.left(Complaint.text, LOOKED_THROUGH)).where(Complaint.ticket_id == Ticket.id)
    marks = sa.select(Clue.key).where(Clue.ticket_id == Ticket.id, Clue.key.like("_:%"))
    rows = work.session.execute(
        sa.select(
            *READ_OF_THEM,
            text.order_by(Complaint.id).limit(1).scalar_subquery().label("said"),
            sa.func.array(marks.scalar_subquery()).label("marks"),
            _ours(work.actor).label("is_ours"),
        ).where(Ticket.id.in_(ids), *_to_be_told(work), *([Ticket.id != asked.ticket.id] if asked.ticket else []))
    )
    return [_Candidate(row, row.said or "", row.marks, row.id in own, row.is_ours) for row in rows]


def _of_clues(work: Work, matter: Matter) -> Iterable[int]:
    keys = clueing.sought(matter.place_keys, matter.position, TOO_FAR, matter.marks)
    if not keys:
        return ()
    found = clueing.found_by(keys)
    return work.session.scalars(
        sa.select(Ticket.id)
        .join(found, found.c.ticket_id == Ticket.id)
        .where(*_to_be_told(work))
        .order_by(found.c.worth.desc(), Ticket.id.desc())
        .limit(CANDIDATES)
    )


def _of_callers(work: Work, asked: _Asked) -> Set[int]:
    """Who complained is for the centre to know that holds the ticket, and for those above it."""
    if asked.callers is None:
        return frozenset()
    newest = (
        sa.select(Complaint.ticket_id)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(asked.callers, Complaint.withdrawn_at.is_(None), _ours(work.actor))
    )
    return set(work.session.scalars(newest.order_by(Complaint.id.desc()).limit(OF_THE_CALLER)))


def _to_be_told(work: Work) -> Sequence[sa.ColumnElement[bool]]:
    """What the actor sees, and may learn of by a hint: 信访条例 第三十条, design §7."""
    lately = sa.or_(Ticket.ended_at.is_(None), Ticket.ended_at > work.now - work.recent)
    told = [lately, Ticket.state.not_in(GONE), Ticket.erased_at.is_(None), visible(work.actor)]
    if work.actor.kind is not ActorKind.SYSTEM:
        told.append(covering.searchable(work.actor))
        told.append(sa.or_(Ticket.request_type != RequestType.REPORT, _ours(work.actor)))
    return told


def _ours(actor: Actor) -> sa.ColumnElement[bool]:
    """`covering.is_of_centre` for a query."""
    if actor.kind is ActorKind.SYSTEM:
        return sa.true()
    return Ticket.centre_path.startswith(actor.unit_path) if actor.is_any(CENTRE_ROLES) else sa.false()


def _read(work: Work, candidate: _Candidate) -> Matter:
    """As the actor may read it: a word in common tells as much as the text."""
    ticket = candidate.ticket
    cover = str if candidate.is_ours else _secret(work, ticket.id)
    position = None if ticket.latitude is None or ticket.longitude is None else (ticket.latitude, ticket.longitude)
    return Matter(
        text=cover(f"{ticket.matter}。{candidate.text}"),
        place=ticket.place,
        place_keys=ticket.place_keys,
        position=position,
        received_at=ticket.received_at,
        marks=candidate.marks,
    )


def _secret(work: Work, ticket_id: int) -> covering.Cover:
    """Without whom the hotline knows: words in common are said to people who have not opened the ticket."""
    return partial(covering.in_passing, known=persons.complainants(work, ticket_id))


def _show_all(work: Work, asked: _Asked, alike: Sequence[tuple[Likeness, _Candidate]]) -> list[Match]:
    ids = [candidate.ticket.id for _, candidate in alike]
    if not ids:
        return []
    tickets = {ticket.id: ticket for ticket in work.session.scalars(sa.select(Ticket).where(Ticket.id.in_(ids)))}
    persons.read_ahead(work, ids)
    return [_show(work, asked, likeness, each, tickets[each.ticket.id]) for likeness, each in alike]


def _show(work: Work, asked: _Asked, likeness: Likeness, candidate: _Candidate, ticket: Ticket) -> Match:
    cover = covering.passing(work, ticket)
    return Match(
        number=ticket.number,
        ticket_id=ticket.id,
        state=ticket.state,
        state_label=str(STATE_LABELS[ticket.state]),
        matter=cover(ticket.matter),
        place=cover(ticket.place),
        heat=ticket.heat,
        received_at=ticket.received_at,
        score=likeness.score,
        likely=likeness.score >= LIKELY,
        reasons=_reasons(work, asked, likeness, candidate),
        can_join=_can_join(asked, ticket),
    )


def _can_join(asked: _Asked, target: Ticket) -> bool:
    """As `merging.merge` would say: what has ended takes nobody in, nor what another unit should not read."""
    named = set(asked.ticket.named_unit_ids) if asked.ticket is not None else set()
    return asked.joins and target.state not in ENDED and named <= set(target.named_unit_ids)


def _reasons(work: Work, asked: _Asked, likeness: Likeness, candidate: _Candidate) -> list[str]:
    cover = _secret(work, candidate.ticket.id)
    of_one_kind = likeness.kind or (not likeness.is_open and _is_of_kind(work, asked, candidate))
    words = [word for word in likeness.words if cover(word) == word]
    return [
        *(["同一来电人"] if candidate.same_caller else []),
        *_marked(likeness.marks, plainly=candidate.is_ours),
        *_where(likeness),
        *([f"都说到“{'、'.join(words)}”"] if words else []),
        *(["同一类问题"] if of_one_kind else []),
        _when(likeness, candidate.ticket.state),
    ]


def _marked(marks: Iterable[str], *, plainly: bool) -> list[str]:
    """The plate itself is not for everybody who may see that it is the same one."""
    names: dict[str, list[str]] = {PLATE: [], SHOP: [], TOPIC: []}
    for mark in marks:
        names[mark[: len(PLATE)]].append(mark[len(PLATE) :])
    told = {PLATE: "同一车牌", SHOP: "同一店名", TOPIC: "同一事项"}
    return [
        f"{told[kind]}“{'、'.join(found)}”" if kind != PLATE or plainly else told[kind]
        for kind, found in names.items()
        if found and (kind != TOPIC or len(found) > 1)
    ]


def _where(likeness: Likeness) -> list[str]:
    if likeness.metres is not None and likeness.metres <= TOO_FAR:
        return [f"相距约{likeness.metres}米"]
    return [f"都在{likeness.place}"] if likeness.place else []


def _when(likeness: Likeness, state: State) -> str:
    days = round(likeness.days or 0)
    apart = f"相隔{days}天" if days else "时间相近"
    return f"{apart}，现已结束" if state in ENDED else apart
