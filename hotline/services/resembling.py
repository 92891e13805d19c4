"""相似诉求: open matters nearby that look like the one that somebody is about to send (design §6: "me too").

Only what a stranger may see, in the words that are for everybody. Two indexes find the candidates, `domain/likeness`
weighs them: neither the same road nor the same words make the same matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import cos, radians

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.domain.errors import Said, say
from hotline.domain.likeness import ENOUGH, TOO_FAR, Likeness, Matter, compare
from hotline.domain.places import place_keys
from hotline.domain.publicity import Publicity
from hotline.domain.workflow import State
from hotline.models import Publication, Ticket
from hotline.services.publishing import public_matter, public_place, public_position, strangers_may_see
from hotline.services.standing import WORDS
from hotline.services.work import Work

MOST = 3
CANDIDATES = 60  # of each kind that are weighed, newest first: the hint must not keep anybody waiting
OTHERS = "其他"  # how the parent of what fits nowhere is called
METRES_OF_A_DEGREE = 111_320  # of latitude

OPEN = (Ticket.ended_at.is_(None), Ticket.state != State.REPLIED)

Row = tuple[Ticket, Publication | None]


@dataclass(frozen=True)
class Resemblance:
    """One open matter, as a stranger may read it. `metres`: how far, where both are on the map."""

    number: str
    matter: str
    place: str
    state: str
    received_at: datetime
    heat: int
    metres: int | None
    because: Said


def matters_nearby(
    work: Work,
    text: str,
    place: str,
    latitude: float | None,
    longitude: float | None,
    category_id: int | None = None,
    most: int = MOST,
) -> list[Resemblance]:
    """The open matters that are most like this one, best first; none where the city shows strangers nothing.

    `latitude`, `longitude`: degrees, WGS 84. What has been answered is not offered: who complains of it again says
    that the answer is not true.
    """
    if work.publicity is Publicity.OFF:
        return []
    position = None if latitude is None or longitude is None else (latitude, longitude)
    keys = place_keys(place, text)
    mine = Matter(text, place, keys, position, _kinds(work, text, category_id), work.now)
    weighed = [(compare(mine, _matter(work, ticket, seen)), ticket, seen) for ticket, seen in _candidates(work, mine)]
    alike = [each for each in weighed if each[0].score >= ENOUGH]
    alike.sort(key=lambda each: (-each[0].score, -each[1].heat, each[1].id))
    return [_show(likeness, ticket, seen) for likeness, ticket, seen in alike[:most]]


def named(work: Work, number: str) -> Resemblance | None:
    """The open matter of that number, for who comes from its public page; None for what a stranger may not join."""
    row = work.session.execute(
        sa.select(Ticket, Publication)
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .where(Ticket.number == number, open_to_all(work))
    ).one_or_none()
    return _show(None, *row) if row is not None else None


def open_to_all(work: Work) -> sa.ColumnElement[bool]:
    """The condition on `Ticket`, outer-joined to `Publication`: a stranger may say "me too" to it."""
    return sa.and_(strangers_may_see(work), *OPEN)


def _candidates(work: Work, mine: Matter) -> list[Row]:
    """The newest on the spot and the newest of the same names; of those, what a stranger may see."""
    newest = [
        sa.select(Ticket.id).where(condition, *OPEN).order_by(Ticket.id.desc()).limit(CANDIDATES)
        for condition in _conditions(mine)
    ]
    if not newest:
        return []
    rows = work.session.execute(
        sa.select(Ticket, Publication)
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .where(Ticket.id.in_(sa.union(*newest)), open_to_all(work))
    )
    return [(ticket, seen) for ticket, seen in rows]


def _conditions(mine: Matter) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if mine.position is not None:
        conditions.append(_in_box(*mine.position))
    if mine.place_keys:
        conditions.append(Ticket.place_keys.overlap(sa.cast(list(mine.place_keys), ARRAY(sa.Text))))
    return conditions


def _in_box(latitude: float, longitude: float) -> sa.ColumnElement[bool]:
    """A box of `TOO_FAR` metres to each side, by the index on the point. Degrees of longitude shrink to the poles."""
    high = TOO_FAR / METRES_OF_A_DEGREE
    wide = high / max(cos(radians(latitude)), 0.01)
    box = sa.func.box(
        sa.func.point(longitude - wide, latitude - high), sa.func.point(longitude + wide, latitude + high)
    )
    point = sa.func.point(Ticket.longitude, Ticket.latitude)
    return sa.and_(Ticket.latitude.is_not(None), point.op("<@", is_comparison=True)(box))


def _matter(work: Work, ticket: Ticket, seen: Publication | None) -> Matter:
    """As everybody may read it: by trying words and places one after the other nobody learns more than that."""
    matter = public_matter(ticket, seen)
    return Matter(
        matter,
        public_place(ticket, seen),
        ticket.place_keys,
        public_position(ticket),
        _kinds(work, matter, ticket.category_id),
        ticket.received_at,
    )


def _kinds(work: Work, text: str, category_id: int | None) -> frozenset[int]:
    """What it was filed as, and what its words say: two trees are in use, and not every complaint is filed yet.

    其他诉求 is no kind: two questions from one street have nothing else in common.
    """
    kinds = {guess.subject.id for guess in work.rules.guesser.guess(text, 1)}
    if category_id is not None:
        kinds.add(category_id)
    return frozenset(kinds - {subject.id for subject in work.rules.subjects if subject.parent.startswith(OTHERS)})


def _show(likeness: Likeness | None, ticket: Ticket, seen: Publication | None) -> Resemblance:
    return Resemblance(
        number=ticket.number,
        matter=public_matter(ticket, seen),
        place=public_place(ticket, seen),
        state=WORDS[ticket.state],
        received_at=ticket.received_at,
        heat=ticket.heat,
        metres=likeness.metres if likeness is not None else None,
        because=likeness.because if likeness is not None else say(""),
    )
