"""线索: the keys that a ticket is found by again are written with it (`receiving.INTAKE`), and anew whenever place or
words change. What is erased leaves none: a number plate is somebody's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from hotline.domain.clues import clues_of, square_of, squares_around
from hotline.domain.marks import marks_of
from hotline.domain.places import place_keys
from hotline.models import Addition, Clue, Complaint, Ticket
from hotline.services.work import Work

NEWEST = 20  # complaints on one ticket, and additions to them, whose words are looked through again
READ = 200  # tickets of one key, newest first, that are looked at: an open one of the longest road is found in no more
TELLING, BESIDE = 2, 1  # what a key counts for the order of weighing; that of a square beside one's own


def sought(
    place_keys: Collection[str], position: tuple[float, float] | None, metres: float, marks: Collection[str] = ()
) -> dict[str, int]:
    """The keys under which the same matter is looked for, with what each counts; squares within so many metres."""
    keys = dict.fromkeys(clues_of(place_keys, None, None, marks), TELLING)
    if position is not None:
        keys |= dict.fromkeys(squares_around(*position, metres), BESIDE) | {square_of(*position): TELLING}
    return keys


def found_by(keys: Mapping[str, int]) -> sa.FromClause:
    """The newest tickets of each key, as rows of `ticket_id` and `worth`: the sum of what its keys count.

    Each key's stretch of the primary key is read from its end, so it takes the same time however many there are.
    """
    asked = {
        "keys": sa.bindparam("keys", list(keys), ARRAY(sa.Text), unique=True),
        "worths": sa.bindparam("worths", list(keys.values()), ARRAY(sa.Integer), unique=True),
    }
    each = sa.func.unnest(asked["keys"], asked["worths"]).table_valued("key", "worth", name="sought").render_derived()
    newest = (
        sa.select(Clue.ticket_id).where(Clue.key == each.c.key).order_by(Clue.ticket_id.desc()).limit(READ).lateral()
    )
    worth = sa.func.sum(each.c.worth).label("worth")
    return (
        sa.select(newest.c.ticket_id, worth)
        .select_from(each.join(newest, sa.true()))
        .group_by(newest.c.ticket_id)
        .subquery("found")
    )


def place_anew(work: Work, ticket: Ticket, words: str | None = None) -> None:
    """The place was corrected or completed: the ticket is found by its names from now on. `words`: what was said of it;
    the first complaint's, if not told."""
    if words is None:
        first = sa.select(Complaint.text).where(Complaint.ticket_id == ticket.id).order_by(Complaint.id).limit(1)
        words = work.session.scalar(first) or ""
    ticket.place_keys = place_keys(ticket.place, words)
    rewrite(work, ticket)


def add(work: Work, ticket: Ticket, text: str) -> None:
    """More was said to it: a number plate, the name of a shop."""
    _write(work, ticket.id, marks_of(text))


def bring(work: Work, source: Ticket, target: Ticket) -> None:
    """并案: what one ticket is known by besides its place, the other is known by from now on."""
    marks = sa.select(Clue.key, sa.literal(target.id)).where(Clue.ticket_id == source.id, Clue.key.like("_:%"))
    work.session.execute(insert(Clue).from_select(["key", "ticket_id"], marks).on_conflict_do_nothing())


def rewrite(work: Work, ticket: Ticket) -> None:
    """All keys of the ticket by its place, its spot and its words as they stand now."""
    marks = {mark for words in _words(work, ticket) for mark in marks_of(words)}
    keys = clues_of(ticket.place_keys, ticket.latitude, ticket.longitude, marks)
    forget(work, ticket, besides=keys)
    _write(work, ticket.id, keys)


def forget(work: Work, ticket: Ticket, *, besides: Collection[str] = ()) -> None:
    """Nothing leads to the ticket any more, `besides` these keys."""
    work.session.execute(sa.delete(Clue).where(Clue.ticket_id == ticket.id, Clue.key.not_in(list(besides))))


def _words(work: Work, ticket: Ticket) -> list[str]:
    """The place, and what the newest of its complainants have said."""
    said = work.session.execute(
        sa.select(Complaint.id, Complaint.place, Complaint.text)
        .where(Complaint.ticket_id == ticket.id)
        .order_by(Complaint.id.desc())
        .limit(NEWEST)
    ).all()
    ids = [row.id for row in said]
    added = sa.select(Addition.text).where(Addition.complaint_id.in_(ids)).order_by(Addition.id.desc()).limit(NEWEST)
    return [ticket.place, *(f"{row.place}\n{row.text}" for row in said), *work.session.scalars(added)]


def _write(work: Work, ticket_id: int, keys: Collection[str]) -> None:
    if keys:
        rows = [{"key": key, "ticket_id": ticket_id} for key in keys]
        work.session.execute(insert(Clue).values(rows).on_conflict_do_nothing())
