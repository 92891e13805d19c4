"""另一件事: whether further words speak of what is open, or of another place and another matter (docs/decisions/0011).

In doubt they belong to what is open: the citizen is told so, and 新投诉 begins another complaint at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from typing import NamedTuple

import sqlalchemy as sa

from hotline.domain.dangers import danger_in
from hotline.domain.places import place_keys
from hotline.domain.workflow import State
from hotline.models import Addition, Complaint, Ticket, Urgency
from hotline.services.work import Work

CLEAR = 2.3  # the score from which on words speak of a kind of matter: one telling word of two characters and a little


class _Known(NamedTuple):
    """What is known of an open complaint: all its words, the names of its places, and what it may be filed as."""

    words: str
    places: Set[str]
    kinds: Set[int]


def is_another(work: Work, words: str, complaint: Complaint, ticket: Ticket) -> bool:
    """Whether `words` name another place and another matter than this complaint; once it is answered, a matter at
    another place is enough. A danger elsewhere is always another."""
    places = place_keys("", words)
    if not places:
        return False
    known = _known(work, complaint, ticket)
    if _is_there(places, known):
        return False
    if danger_in(words) is not None and known.places:
        return True
    kinds = _kinds(work, words)
    if not kinds or not (known.places or known.kinds):
        return False
    return ticket.state is State.REPLIED or not kinds & known.kinds


def is_other_danger(words: str, ticket: Ticket) -> bool:
    """Whether `words` tell of a danger that the ticket is not already urgent for."""
    found = danger_in(words)
    if found is None:
        return False
    return ticket.urgency is not Urgency.URGENT or not ticket.urgency_reason.startswith(str(found[0].reason))


def _known(work: Work, complaint: Complaint, ticket: Ticket) -> _Known:
    added = work.session.scalars(sa.select(Addition.text).where(Addition.complaint_id == complaint.id))
    words = "\n".join([complaint.text, *added])
    places = {*ticket.place_keys, *place_keys(complaint.place, complaint.text)}
    kinds = _kinds(work, words, least=0.0) | ({ticket.category_id} if ticket.category_id is not None else set())
    return _Known("\n".join([ticket.place, complaint.place, words]), places, kinds)


def _is_there(places: Collection[str], known: _Known) -> bool:
    """One of the places was named before, also as a part of a longer name or with one (中山路, 中山路小学)."""
    return any(place in known.words or any(each in place for each in known.places) for place in places)


def _kinds(work: Work, words: str, least: float = CLEAR) -> set[int]:
    return {guess.subject.id for guess in work.rules.guesser.guess(words) if guess.score >= least}
