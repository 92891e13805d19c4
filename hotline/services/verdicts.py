"""回访评价: what citizens have answered, month by month, and how many of them are not satisfied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from hotline.domain.rates import Month
from hotline.domain.workflow import State
from hotline.models import Complaint, Survey, Ticket, Unit
from hotline.services import covering
from hotline.services.month.live_cases import worked
from hotline.services.paging import Place, Stretch, cut
from hotline.services.scoping import sees_all, visible
from hotline.services.surveying import DISSATISFIED
from hotline.services.work import Work

PAGE = 50
SCORES = range(1, 6)
REWORKABLE = (State.REPLIED, State.CLOSED)
_WORKED = worked(Survey.ticket_id, Survey.round)


@dataclass(frozen=True)
class Verdict:
    """One answer as it is read. `reworked`: the matter has been taken up again since; `reworkable`: it can be."""

    survey: Survey
    complaint: str
    ticket: Ticket
    unit: str
    matter: str
    comment: str

    @property
    def reworked(self) -> bool:
        return self.ticket.round > self.survey.round

    @property
    def reworkable(self) -> bool:
        return not self.reworked and self.ticket.state in REWORKABLE


class Which(StrEnum):
    """Which answers; a number from 5 to 1 asks for those with that score."""

    DISSATISFIED = "dissatisfied"  # said it was not solved, or that he is not satisfied
    ALL = "all"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    SAID = "said"  # whether it was solved, either way
    CONTENT = "content"
    SCORED = "scored"


@dataclass(frozen=True)
class OfUnit:
    """The answers about a unit's work: 解决率 is `solved` of those who said whether it was (`said`), 满意率 `content`
    of those who gave a score (`scored`)."""

    unit_id: int
    unit: str
    solved: int
    said: int
    content: int
    scored: int


@dataclass(frozen=True)
class Counted:
    """Of a month: how many answered, said it was solved or was not, gave each score from 1 to 5, are not satisfied."""

    answered: int
    solved: int
    unsolved: int
    scores: tuple[int, ...]
    dissatisfied: int


def listed(
    work: Work, month: Month, place: Place[int], *, which: Which | int, unit_id: int | None = None, size: int = PAGE
) -> Stretch[Verdict, int]:
    """A page of the month's answers, the newest first: those that are asked for; about the work of that unit alone, as
    `by_unit` counts them."""
    query = (
        sa.select(Survey, Complaint.number, Ticket, Unit.name)
        .join(Complaint, Complaint.id == Survey.complaint_id)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .outerjoin(_WORKED, sa.true())
        .join(Unit, Unit.id == sa.func.coalesce(_WORKED.c.unit_id, Ticket.centre_id))
        .where(*_of(month), visible(work.actor), _WHICH[which])
        .limit(size + 1)
    )
    if unit_id is not None:
        query = query.where(Unit.id == unit_id)
    here = sa.tuple_(Survey.answered_at, Survey.id)
    if place.before is not None:
        query = query.where(here > _row(place.before)).order_by(Survey.answered_at, Survey.id)
    else:
        query = query if place.after is None else query.where(here < _row(place.after))
        query = query.order_by(Survey.answered_at.desc(), Survey.id.desc())
    rows = work.session.execute(query).all()
    covering.read_ahead(work, (row[2] for row in rows))
    return cut([_verdict(work, *row) for row in rows], place, size, lambda each: each.survey.id)


def counted(work: Work, month: Month) -> Counted:
    """The month's answers that the actor may see, in one statement."""
    wanted = (Which.ALL, Which.SOLVED, Which.UNSOLVED, *SCORES, Which.DISSATISFIED)
    query = sa.select(*(sa.func.count().filter(_WHICH[each]) for each in wanted)).select_from(Survey)
    query = query.where(*_of(month))
    if not sees_all(work.actor):
        query = query.join(Ticket, Ticket.id == Survey.ticket_id).where(visible(work.actor))
    answered, solved, unsolved, *scores, dissatisfied = work.session.execute(query).one()
    return Counted(answered, solved, unsolved, tuple(scores), dissatisfied)


def by_unit(work: Work, month: Month) -> list[OfUnit]:
    """By the unit whose work it was, whose citizens are least content first; in one statement."""
    wanted = (Which.SOLVED, Which.SAID, Which.CONTENT, Which.SCORED)
    solved, said, content, scored = (sa.func.count().filter(_WHICH[each]) for each in wanted)
    share = sa.func.coalesce(solved * 1.0 / sa.func.nullif(said, 0), 2)
    query = (
        sa.select(Unit.id, Unit.name, solved, said, content, scored)
        .select_from(Survey)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .outerjoin(_WORKED, sa.true())
        .join(Unit, Unit.id == sa.func.coalesce(_WORKED.c.unit_id, Ticket.centre_id))
        .where(*_of(month), visible(work.actor))
        .group_by(Unit.id)
        .order_by(share, Unit.path)
    )
    return [OfUnit(*row) for row in work.session.execute(query)]


def _verdict(work: Work, survey: Survey, complaint: str, ticket: Ticket, unit: str) -> Verdict:
    cover = covering.passing(work, ticket)
    comment = survey.comment if covering.is_of_centre(work.actor, ticket) else cover(survey.comment)
    return Verdict(survey, complaint, ticket, unit, cover(ticket.matter), comment)


def _of(month: Month) -> Sequence[sa.ColumnElement[bool]]:
    return (Survey.answered_at > month.begins, Survey.answered_at <= month.ends)


def _row(survey_id: int) -> sa.Tuple:
    answered_at = sa.select(Survey.answered_at).where(Survey.id == survey_id).correlate(None)
    return sa.tuple_(answered_at.scalar_subquery(), sa.literal(survey_id, sa.BigInteger))


#: What a figure counts, and what the list behind it holds.
_WHICH: Final[Mapping[Which | int, sa.ColumnElement[bool]]] = {
    Which.DISSATISFIED: sa.or_(Survey.solved.is_(False), Survey.score <= DISSATISFIED),
    Which.ALL: sa.true(),
    Which.SOLVED: Survey.solved.is_(True),
    Which.UNSOLVED: Survey.solved.is_(False),
    Which.SAID: Survey.solved.is_not(None),
    Which.CONTENT: Survey.score > DISSATISFIED,
    Which.SCORED: Survey.score.is_not(None),
    **{score: Survey.score == score for score in SCORES},
}
