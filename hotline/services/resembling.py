"""相似诉求: open matters nearby that look like the one that somebody is about to send (design §6: "me too").

In the words that are for everybody, where a stranger may read them. Of all else that is not withheld for good (nobody
has accepted it yet, the city publishes nothing, or only what was reviewed) no word of anybody's: what kind of matter it
is, its streets, the day, and how many. Their clues find the candidates, `domain/likeness` weighs them by what may be
told and nothing else: neither the same road nor the same words make the same matter.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from hotline.domain.errors import Said, say
from hotline.domain.known import Known
from hotline.domain.likeness import TOO_FAR, Likeness, Matter, Reading, likest
from hotline.domain.places import place_keys
from hotline.domain.redaction import for_everybody
from hotline.domain.workflow import State
from hotline.models import Category, Publication, Ticket
from hotline.services import clueing, persons
from hotline.services.publishing import (
    never_withheld,
    not_hidden,
    public_matter,
    public_place,
    public_position,
    released,
)
from hotline.services.standing import WORDS
from hotline.services.work import Work

MOST = 3
CANDIDATES = 60  # that are weighed: the hint must not keep anybody waiting
OTHERS = "其他"  # how the parent of what fits nowhere is called
NAMES = 3  # roads and communities that are told of a place

OPEN = (Ticket.ended_at.is_(None), Ticket.state != State.REPLIED)
TAKEN_ON = (Ticket.accepted_at.is_not(None), Ticket.state != State.RECEIVED)


@dataclass(frozen=True)
class Resemblance:
    """One open matter, as a stranger may read it. `metres`: how far, where both are on the map.

    `in_words`: whether `matter` is what was said, as it is published; else it is the category's name, `place` names
    streets, communities and landmarks only, and `state` is empty.
    """

    number: str
    in_words: bool
    matter: str
    place: str
    state: str
    received_at: datetime
    heat: int
    metres: int | None
    because: Said


@dataclass(frozen=True)
class _Told:
    """A ticket with all that may be told of it, and compared."""

    ticket: Ticket
    in_words: bool
    matter: str
    place: str
    category_id: int | None


def matters_nearby(
    work: Work,
    text: str,
    place: str,
    latitude: float | None,
    longitude: float | None,
    category_id: int | None = None,
    most: int = MOST,
) -> list[Resemblance]:
    """The open matters that are most like this one, best first.

    `latitude`, `longitude`: degrees, WGS 84. What has been answered is not offered: who complains of it again says
    that the answer is not true.
    """
    position = None if latitude is None or longitude is None else (latitude, longitude)
    keys = place_keys(place, text)
    mine = Matter(text, place, keys, position, kinds_of(work, text, category_id), work.now)
    candidates = _candidates(work, mine)
    read = [(Reading(_matter(told)), False) for told in candidates]
    found = likest(Reading(mine), read, partial(_of_kind, work, mine, candidates))
    alike = [(likeness, candidates[index]) for index, likeness in found]
    alike.sort(key=lambda each: (-each[0].score, -each[1].ticket.heat, each[1].ticket.id))
    return [_show(likeness, told) for likeness, told in alike[:most]]


def named(work: Work, number: str) -> Resemblance | None:
    """The open matter of that number, for who comes from its public page; None for what no stranger may read."""
    told = _one(work, number)
    return _show(None, told) if told is not None and told.in_words else None


def offered(work: Work, number: str) -> Resemblance | None:
    """The same for a number that was offered by `matters_nearby` before; None for what cannot be joined any more."""
    told = _one(work, number)
    return _show(None, told) if told is not None else None


def open_to_all(work: Work) -> sa.ColumnElement[bool]:
    """The condition on `Ticket`, outer-joined to `Publication`: a stranger may say "me too" to it."""
    return sa.and_(never_withheld(work), not_hidden(), *OPEN)


def _one(work: Work, number: str) -> _Told | None:
    return next(iter(_told(work, Ticket.number == number)), None)


def _candidates(work: Work, mine: Matter) -> list[_Told]:
    """Those of the same names and around the spot, newest first; of those, what a stranger may join."""
    keys = clueing.sought(mine.place_keys, mine.position, TOO_FAR)
    if not keys:
        return []
    found = clueing.found_by(keys)
    newest = (
        sa.select(Ticket.id)
        .join(found, found.c.ticket_id == Ticket.id)
        .where(*OPEN)
        .order_by(found.c.worth.desc(), Ticket.id.desc())
        .limit(CANDIDATES)
    )
    return _told(work, Ticket.id.in_(newest))


def _told(work: Work, which: sa.ColumnElement[bool]) -> list[_Told]:
    rows = work.session.execute(
        sa.select(Ticket, Publication, Category, sa.and_(released(work), *TAKEN_ON))
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .outerjoin(Category, Category.id == Ticket.category_id)
        .where(which, open_to_all(work))
    )
    found = rows.all()
    known = persons.on_public(work, [(ticket, reviewed) for ticket, reviewed, _, _ in found])
    told = [
        _in_words(ticket, reviewed, known[ticket.id])
        if is_readable
        else _without_words(work, ticket, category, known[ticket.id])
        for ticket, reviewed, category, is_readable in found
    ]
    return [each for each in told if each is not None]


def _in_words(ticket: Ticket, reviewed: Publication | None, known: Known) -> _Told:
    matter, place = public_matter(ticket, reviewed, known), public_place(ticket, reviewed, known)
    return _Told(ticket, True, matter, place, ticket.category_id)


def _without_words(work: Work, ticket: Ticket, category: Category | None, known: Known) -> _Told | None:
    """What kind of matter, by who filed it or by its words; None where that says nothing, or is nobody's business."""
    if category is not None:
        kind, name = category.id, category.name
    else:
        guess = next(iter(work.rules.guesser.guess(ticket.matter, 1)), None)
        if guess is None or guess.subject.code in work.withheld.categories:
            return None
        kind, name = guess.subject.id, guess.subject.name
    return None if kind in _of_no_kind(work) else _Told(ticket, False, name, _names(ticket, known), kind)


def _names(ticket: Ticket, known: Known) -> str:
    """The streets, communities and landmarks that were named: nothing else of what was written about the place."""
    keys = [key for key in ticket.place_keys if for_everybody(key, known) == key]
    whole = [key for key in keys if not any(key in longer for longer in keys if longer != key)]
    return "、".join(sorted(whole, key=ticket.place.find)[:NAMES])


def _of_kind(work: Work, mine: Matter, candidates: Sequence[_Told], index: int) -> bool:
    told = candidates[index]
    return is_of_kind(work, mine.categories, told.matter, told.category_id)


def _matter(told: _Told) -> Matter:
    """As everybody may read it: by trying words and places one after the other nobody learns more than that."""
    return Matter(
        told.matter,
        told.place,
        told.ticket.place_keys,
        public_position(told.ticket),
        received_at=told.ticket.received_at,
    )


def kinds_of(work: Work, text: str, category_id: int | None) -> frozenset[int]:
    """What it was filed as, and what its words say: two trees are in use, and not every complaint is filed yet."""
    kinds = {guess.subject.id for guess in work.rules.guesser.guess(text, 1)}
    return frozenset((kinds | _filed(work, category_id)) - _of_no_kind(work))


def is_of_kind(work: Work, kinds: Collection[int], text: str, category_id: int | None) -> bool:
    """Whether it is of one of these kinds: by what it was filed as, and only where that says nothing of the kinds that
    are guessed by its words."""
    filed = _filed(work, category_id)
    if filed.isdisjoint(subject.id for subject in work.rules.subjects):
        filed = filed | {guess.subject.id for guess in work.rules.guesser.guess(text, 1)}
    return not (filed - _of_no_kind(work)).isdisjoint(kinds)


def _filed(work: Work, category_id: int | None) -> Set[int]:
    return set() if category_id is None else {category_id, work.rules.kind_of(category_id)}


def _of_no_kind(work: Work) -> Set[int]:
    """其他诉求 is no kind: two questions from one street have nothing else in common."""
    return {subject.id for subject in work.rules.subjects if subject.parent.startswith(OTHERS)}


def _show(likeness: Likeness | None, told: _Told) -> Resemblance:
    ticket = told.ticket
    return Resemblance(
        number=ticket.number,
        in_words=told.in_words,
        matter=told.matter,
        place=told.place,
        state=WORDS[ticket.state] if told.in_words else "",
        received_at=ticket.received_at,
        heat=ticket.heat,
        metres=likeness.metres if likeness is not None else None,
        because=likeness.because if likeness is not None else say(""),
    )
