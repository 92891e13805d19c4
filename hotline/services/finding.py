"""What tickets are found by in a search of words is written here, and nowhere else (`hotline.models.found_words`).

A ticket that is new, or one of whose texts has changed, has an empty row: whoever searches fills the newest of them
first, so that what was just filed is found at once; the workers fill the rest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain import redaction
from hotline.domain.fragments import BREAK, fold_all
from hotline.domain.known import Known
from hotline.models import Addition, Base, Complaint, FoundWords, Ticket
from hotline.services import persons
from hotline.services.work import Work

BATCH: Final = 200
AT_ONCE: Final = 40  # tickets that a search waits for; a tenth of a second at the most
LONGEST: Final = 50_000  # characters of one ticket that are searched, the newest complaints first
TAILS: Final = (4, 5, 6)  # how many last digits of a number find it
_COVERED = re.compile(r"\[[^\[\]\n]{1,8}已隐去\]")


def catch_up(work: Work, most: int = BATCH) -> int:
    """Fill the newest empty rows; how many there were. Rows that somebody is changing are left for the next time."""
    rows = work.session.scalars(
        sa.select(FoundWords.ticket_id)
        .where(FoundWords.words.is_(None))
        .order_by(FoundWords.ticket_id.desc())
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        work.session.flush()
        _fill(work, rows)
    return len(rows)


def mark(name: str, value: object) -> str:
    """A fact by which tickets are found, as it is entered: `area=城中区`."""
    return f"{name}={value}"


def tail(digits: str) -> str:
    """The end of a number, as it is entered."""
    return mark("tail", digits)


def _fill(work: Work, ids: Sequence[int]) -> None:
    tickets = work.session.execute(sa.select(*_TICKET).where(Ticket.id.in_(ids))).all()
    complaints = _by_ticket(work.session.execute(_complaints(ids)).all())
    additions = _by_ticket(work.session.execute(_additions(ids)).all())
    persons.read_ahead(work, ids)
    found = [_row(work, ticket, complaints[ticket.id], additions[ticket.id]) for ticket in tickets]
    work.session.connection().execute(_FILL, found)


_ROWS = Base.metadata.tables[FoundWords.__tablename__]
_FILL = (
    sa.update(_ROWS)
    .where(_ROWS.c.ticket_id == sa.bindparam("of_ticket"))
    .values(words=sa.bindparam("new_words"), covered=sa.bindparam("new_covered"), marks=sa.bindparam("new_marks"))
)


_TICKET = (
    Ticket.id,
    Ticket.number,
    Ticket.matter,
    Ticket.place,
    Ticket.against,
    Ticket.outcome,
    Ticket.answer,
    Ticket.area,
    Ticket.category_id,
    Ticket.source,
    Ticket.channel,
    Ticket.urgency,
)


def _complaints(ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    said = sa.select(Complaint.ticket_id, Complaint.number, Complaint.place, Complaint.text)
    return said.where(Complaint.ticket_id.in_(ids)).order_by(Complaint.id.desc())


def _additions(ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    said = sa.select(Complaint.ticket_id, Addition.text).join(Complaint, Complaint.id == Addition.complaint_id)
    return said.where(Complaint.ticket_id.in_(ids)).order_by(Addition.id.desc())


def _by_ticket(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.ticket_id].append(row)
    return found


def _row(work: Work, ticket: Any, complaints: list[Any], additions: list[Any]) -> dict[str, Any]:
    texts = [ticket.matter, ticket.place, ticket.against, ticket.outcome, ticket.answer]
    texts += [text for row in complaints for text in (row.text, row.place)]
    texts += [row.text for row in additions]
    texts = [text.replace("\n", " ") for text in texts if text]
    known = persons.complainants(work, ticket.id)
    words = fold_all(texts, LONGEST)
    covered = fold_all([_without_persons(text, known) for text in texts], LONGEST)
    return {
        "of_ticket": ticket.id,
        "new_words": words,
        "new_covered": covered if covered != words else None,
        "new_marks": _marks(ticket, complaints),
    }


def _without_persons(text: str, known: Known) -> str:
    """As a list shows it: where something is covered, nothing is found across it."""
    return _COVERED.sub(BREAK, redaction.at_a_glance(text, known))


def _marks(ticket: Any, complaints: list[Any]) -> list[str]:
    numbers = [ticket.number, *(row.number for row in complaints)]
    ends = {tail(number[-length:]) for number in numbers for length in TAILS if number[-length:].isdigit()}
    return [*sorted(ends), *(mark(name, value) for name, value in _facts(ticket) if value)]


def _facts(ticket: Any) -> Iterable[tuple[str, object]]:
    """What rarely changes of a ticket."""
    yield "area", ticket.area
    yield "category", ticket.category_id
    yield "source", ticket.source.value
    yield "channel", ticket.channel.value
    yield "urgency", ticket.urgency.value
