"""公开页: what everybody may read of the city's matters, newest first and page by page; and one of them with its steps.

Only what somebody has taken on (受理) is here. A page is one statement however many rows it has; how many there
are is counted in it, no further than `MOST`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from psycopg.errors import QueryCanceled

from hotline.domain.errors import Invalid, NotFound, Said, say
from hotline.domain.known import Known
from hotline.domain.redaction import for_everybody
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    Attachment,
    Category,
    Deadline,
    DeadlineKind,
    Ending,
    Event,
    Part,
    Publication,
    Ticket,
    Unit,
)
from hotline.services import evidencing, paging, persons, publishing, standing
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.work import Work

PAGE = 20
MOST = 100  # how many are found is told up to here
_PATIENCE = "3s"  # for one statement: nobody may keep the database busy from outside
_AT_ONCE = 100  # rows looked through for words at a time …
_ROUNDS = 5  # … and how often

TAKEN_ON, ASSIGNED, SUPERVISED, REPLIED = say("受理"), say("交办"), say("督办"), say("答复")

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to. `group` is a 大类 by name, `category` a code; `place` is where in the list."""

    group: str = ""
    category: str = ""
    area: str = ""
    done: bool | None = None
    text: str = ""
    since: date | None = None
    place: Place[int] = FIRST

    @property
    def narrowed(self) -> bool:
        """Whether something is filtered by."""
        return replace(self, place=FIRST) != Asked()


@dataclass(frozen=True)
class Found:
    """How many there are; `or_more` where they were not all counted."""

    number: int
    or_more: bool


@dataclass(frozen=True)
class Shown:
    """One matter without persons. `state` is a word for citizens; `due_at` the promise to finish, while it is open,
    or the unit's extended limit, if that is later."""

    id: int
    number: str
    matter: str
    place: str
    group: str
    category: str
    area: str
    state: Said
    done: bool
    received_at: datetime
    due_at: datetime | None
    heat: int
    answer: str
    position: tuple[float, float] | None
    updated_at: datetime


@dataclass(frozen=True)
class Page:
    """`before` and `after` lead to its neighbours, None where there is none; `astray` as in `paging.Stretch`.

    `found` is told on the first page of what is narrowed, else None. `looked_to` is told where words were not looked
    for any further: when the last matter looked at was received; the way on goes on behind it.
    """

    lines: Sequence[Shown]
    before: int | None = None
    after: int | None = None
    astray: bool = False
    found: Found | None = None
    looked_to: datetime | None = None


@dataclass(frozen=True)
class Choices:
    """What there is to narrow the list to: 大类 with their categories (code, name), and areas."""

    groups: dict[str, list[tuple[str, str]]]
    areas: list[str]


@dataclass(frozen=True)
class Step:
    """One link of the chain as everybody reads it. `unit` is told where a unit was given the matter."""

    name: Said
    at: datetime | None
    unit: str = ""


@dataclass(frozen=True)
class Story:
    """One matter with what has happened in its present round, and the photos that came with the result."""

    shown: Shown
    round: int
    steps: Sequence[Step]
    unit: str
    photos: Sequence[Attachment]


def browse(work: Work, asked: Asked) -> Page:
    """A page of the list. Raises Invalid when the words are looked for in more than can be looked through."""
    lines, found, last = _with_words(work, asked) if asked.text else _all(work, asked)
    page = paging.cut(lines, asked.place, PAGE, lambda line: line.id)
    told = found if asked.narrowed and asked.place.first else None
    if last is not None:
        return _so_far(page, asked.place, last, told)
    if asked.text and asked.place.after is not None and not page:  # looked to the end: an answer, and not astray
        return Page(page, before=asked.place.after - 1)
    return Page(page, page.before, page.after, page.astray, told)


def _so_far(page: Stretch[Shown, int], place: Place[int], last: Shown, told: Found | None) -> Page:
    """Less than a page, because the look has ended at `last`: it goes on from there. That is not astray, also where
    nothing was found yet; the way back from there leads to where the look began."""
    before, after = page.before, page.after
    if place.before is not None:
        before, after = last.id, after or place.before + 1
    else:
        before, after = before or (place.after and place.after - 1), last.id
    return Page(page, before, after, found=told if page else None, looked_to=last.received_at)


def find(work: Work, number: str) -> Story:
    """One matter. Raises NotFound for what is not shown, whatever the reason."""
    row = work.session.execute(_query(work).where(*_on_the_page(work), Ticket.number == number)).one_or_none()
    if row is None:
        raise NotFound(say("没有找到这件公开的诉求，可能尚未公开，或编号有误。"))
    ticket: Ticket = row[0]
    steps, unit = _steps(work, ticket)
    [shown] = _lines(work, [row])
    photos = result_photos(work, ticket) if shown.answer else []
    return Story(shown, ticket.round, steps, unit, photos)


def find_photo(work: Work, number: str, token: str) -> Attachment:
    """A photo of a matter that is shown, if it is among those shown. Raises NotFound."""
    photo = next((photo for photo in find(work, number).photos if photo.token == token), None)
    if photo is None:
        raise NotFound(say("没有找到这张照片。"))
    return photo


def result_photos(work: Work, ticket: Ticket) -> list[Attachment]:
    """Of this round's result, those that are not for officials only; never one that a citizen has sent."""
    return [photo for photo in evidencing.of_round(work, ticket) if not photo.withheld]


def choices(work: Work) -> Choices:
    """Categories and areas that lead somewhere: each is looked up in its index, the tickets are not read through."""
    ids = [row for row in work.session.scalars(_distinct(Ticket.category_id)) if row is not None]
    rows = work.session.execute(
        sa.select(Category.parent_name, Category.code, Category.name)
        .where(Category.id.in_(ids), Category.code.not_in(sorted(work.withheld.categories)))
        .order_by(Category.code)
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for group, code, name in rows:
        groups.setdefault(group, []).append((code, name))
    areas = sorted(area for area in work.session.scalars(_distinct(Ticket.area)) if area)
    return Choices(groups, [area for area in areas if for_everybody(area) == area])


def _on_the_page(work: Work, text: str = "") -> tuple[Condition, ...]:
    """The first two in the words of the indexes. All that was said is read last, and only of what has the words."""
    shown = publishing.strangers_may_see(work)
    if text:
        shown = sa.case((_has_words(text), shown), else_=sa.false())
    return Ticket.accepted_at.is_not(None), ~Ticket.confidential, Ticket.state != State.RECEIVED, shown


def _has_words(text: str) -> Condition:
    columns = (Ticket.matter, Ticket.place, Publication.matter, Publication.place)
    return sa.or_(Ticket.number == text, *(column.icontains(text, autoescape=True) for column in columns))


def _query(work: Work) -> sa.Select[*tuple[Any, ...]]:
    extended = sa.and_(Deadline.kind == DeadlineKind.HANDLE, Deadline.extensions > 0)
    finishing = (
        sa.select(sa.func.max(Deadline.due_at))
        .where(
            Deadline.ticket_id == Ticket.id,
            sa.or_(Deadline.kind == DeadlineKind.CLOSE, extended),  # nothing is finished before the unit's time is up
            Deadline.void_at.is_(None),
            Deadline.met_at.is_(None),
        )
        .scalar_subquery()
    )
    return (
        sa.select(Ticket, Publication, Category, finishing.label("due_at"))
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .outerjoin(Category, Category.id == Ticket.category_id)
    )


def _all(work: Work, asked: Asked) -> tuple[list[Shown], Found | None, None]:
    rows = _rows(work, asked, PAGE)
    number = rows[0].found if rows else 0
    found = None if number is None else Found(min(number, MOST), number > MOST)
    return _lines(work, rows), found, None


def _rows(work: Work, asked: Asked, size: int) -> list[Any]:
    """One row more than `size`, in the order of `paging.newest_first`; `found` is a number where it is asked for."""
    conditions = [*_on_the_page(work, asked.text), *_narrowing(work, asked)]
    counted = asked.narrowed and asked.place.first and not asked.text
    found = _counting(conditions) if counted else sa.null()
    query = _query(work).add_columns(found.label("found")).where(*conditions)
    query = paging.newest_first(query, Ticket.id, asked.place, size)
    work.session.execute(sa.text(f"SET LOCAL statement_timeout = '{_PATIENCE}'"))
    try:
        return list(work.session.execute(query))
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise Invalid({"q": say("要找的范围太大。请选择类别、区域或较近的日期后再找。")}) from error
        raise


def _counting(conditions: Sequence[Condition]) -> sa.ScalarSelect[int]:
    some = (
        sa.select(Ticket.id)
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .where(*conditions)
        .order_by(Ticket.id.desc())
        .limit(MOST + 1)
        .correlate(None)
        .subquery()
    )
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def _narrowing(work: Work, asked: Asked) -> Iterator[Condition]:
    if asked.category or asked.group:
        narrowed = Category.code == asked.category if asked.category else Category.parent_name == asked.group
        ids = list(work.session.scalars(sa.select(Category.id).where(narrowed)))
        yield Ticket.category_id.in_(ids)
    if asked.area:
        yield Ticket.area == asked.area
    if asked.done is not None:
        yield Ticket.state.in_(publishing.ANSWERED) if asked.done else Ticket.state.not_in(publishing.ANSWERED)
    if asked.since is not None:
        yield Ticket.received_at >= datetime.combine(asked.since, time(), work.rules.zone)


def _with_words(work: Work, asked: Asked) -> tuple[list[Shown], Found, Shown | None]:
    """What has the words in what is shown: a hit on what is covered would tell what is under the cover.

    And the last that was looked at, if that was enough for once and no page is full yet.
    """
    found: list[Shown] = []
    for _ in range(_ROUNDS):
        rows = _rows(work, asked, _AT_ONCE)
        more = len(rows) > _AT_ONCE
        lines = _lines(work, rows[:_AT_ONCE])
        found += [line for line in lines if _tells_of(line, asked.text)]
        if not more or len(found) > PAGE:
            return found, Found(len(found), more), None
        last = lines[-1]
        asked = replace(asked, place=Place(before=last.id) if asked.place.back else Place(last.id))
    return found, Found(len(found), True), last


def _tells_of(line: Shown, text: str) -> bool:
    wanted = text.casefold()
    return line.number == text or wanted in line.matter.casefold() or wanted in line.place.casefold()


def _lines(work: Work, rows: Sequence[Any]) -> list[Shown]:
    known = persons.on_public(work, [(row[0], row[1]) for row in rows])
    return [_shown(work, row, known[row[0].id]) for row in rows]


def _shown(work: Work, row: Any, known: Known) -> Shown:
    ticket, reviewed, category, due_at = row[:4]
    done = ticket.state in publishing.ANSWERED
    return Shown(
        id=ticket.id,
        number=ticket.number,
        matter=publishing.public_matter(ticket, reviewed, known),
        place=publishing.public_place(ticket, reviewed, known),
        group=category.parent_name if category else "",
        category=category.name if category else "",
        area=for_everybody(ticket.area),
        state=standing.WORDS[ticket.state],
        done=done,
        received_at=ticket.received_at,
        due_at=None if done else due_at,
        heat=ticket.heat,
        answer=publishing.public_answer(work, ticket, reviewed, known),
        position=publishing.public_position(ticket),
        updated_at=_updated(ticket, reviewed),
    )


def _updated(ticket: Ticket, reviewed: Publication | None) -> datetime:
    """When there was last something new to read."""
    moments = (
        ticket.received_at, ticket.accepted_at, ticket.submitted_at, ticket.resolved_at, ticket.replied_at,
        ticket.closed_at, reviewed.reviewed_at if reviewed is not None else None,
    )  # fmt: skip
    return max(moment for moment in moments if moment is not None)


def _steps(work: Work, ticket: Ticket) -> tuple[list[Step], str]:
    """受理, 交办, 督办 if there was one, 答复, with when; and the unit that has or had the matter."""
    happened = work.session.execute(
        sa.select(Event.step, sa.func.min(Event.happened_at).label("at"))
        .where(Event.ticket_id == ticket.id, Event.round == ticket.round, Event.step.in_(("assign", "supervise")))
        .group_by(Event.step)
    )
    moments = {row.step: row.at for row in happened}
    unit = work.session.scalar(
        sa.select(Unit.name)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(
            Assignment.ticket_id == ticket.id,
            Assignment.round == ticket.round,
            Assignment.part == Part.LEAD,
            sa.or_(Assignment.ending.is_(None), Assignment.ending == Ending.SUBMITTED),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    steps = [Step(TAKEN_ON, ticket.accepted_at)]
    if not ticket.direct:  # answered by the centre itself: nobody else was asked
        steps.append(Step(ASSIGNED, moments.get("assign") if unit else None, unit or ""))
    if "supervise" in moments:
        steps.append(Step(SUPERVISED, moments["supervise"]))
    answered_at = ticket.replied_at if ticket.state in publishing.ANSWERED else None
    return [*steps, Step(REPLIED, answered_at)], unit or ""


def _distinct(column: Any) -> sa.Select[Any]:
    """The values of an indexed column, one look into the index for each: from one value to the next above it."""
    looked_at = (Ticket.accepted_at.is_not(None), ~Ticket.confidential)
    first = sa.select(sa.func.min(column).label("value")).where(*looked_at).cte("found", recursive=True)
    following = sa.select(sa.func.min(column)).where(*looked_at, column > first.c.value).scalar_subquery()
    found = first.union_all(sa.select(following).where(first.c.value.is_not(None)))
    return sa.select(found.c.value).where(found.c.value.is_not(None))
