"""抽查: closed tickets drawn at random, so that nobody can say they were picked, and what was found when one looked.

The draw is made by a seed that is written down: the tickets are put in the order of a hash of the seed with their
number, and the first are taken. A part of the seed is the server's, so that nobody can try seeds until the right ones
come out; what is drawn from is written down with it. Whoever has both can draw the same ones again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.domain import days
from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Assignment, Category, Ending, Event, Part, SampleCheck, Staff, Ticket, Unit
from hotline.services import covering, reworking
from hotline.services.hand import find, log
from hotline.services.paging import Place, Stretch, cut, newest_first
from hotline.services.scoping import visible
from hotline.services.work import Work

DRAWN = "sample_drawn"  # lines of the history
CHECKED = "sample_checked"
MOST = 200  # of one draw
PAGE = 50
LONGEST_SEED = 40  # characters of what a person adds to it
OWN_SEED = 8  # bytes that the server adds


class Standing(StrEnum):
    OPEN = "open"  # 待抽查
    FAILED = "failed"  # 不合格
    PASSED = "passed"  # 合格
    ALL = "all"


@dataclass(frozen=True)
class Pool:
    """What is drawn from: tickets closed on these city days (both included) and not drawn in this round before, none
    of them the work of the drawer's own unit."""

    since: date
    until: date
    unit_id: int | None = None
    category_id: int | None = None


@dataclass(frozen=True)
class Sample:
    """A ticket that was drawn, as it is read."""

    check: SampleCheck
    ticket: Ticket
    unit: str
    drawn_by: str
    checked_by: str | None
    matter: str


@dataclass(frozen=True)
class Figures:
    """Of one unit: how many were drawn, looked at, and found wanting."""

    unit_id: int
    unit: str
    drawn: int
    checked: int
    failed: int


def draw(work: Work, number: int, pool: Pool, said: str = "", *, last: int | None = None) -> list[SampleCheck]:
    """Draw so many, or as many as there are. Two who draw at once draw one after the other, and no ticket twice.

    `said`: what a person adds to the seed, for instance a number that was announced on the spot. `last`: the actor's
    newest draw when the form was made (`last_drawn`); one form draws once. Raises Invalid for a number, days or words
    that cannot be, Refused for a form that has drawn.
    """
    _check(number, pool, said)
    seed = f"{said}-{secrets.token_hex(OWN_SEED)}" if said else secrets.token_hex(OWN_SEED)
    work.session.execute(sa.text("SELECT pg_advisory_xact_lock(12321)"))
    if last is not None and last != last_drawn(work):
        raise Refused("这张表单已经抽取过，没有重复抽取；抽中的列在下面。", code="drawn")
    size = size_of(work, pool)
    told = _told(work, number, pool, size)
    rows = work.session.execute(
        sa.select(Ticket, _unit(Assignment.unit_id).label("unit_id"), _unit(Assignment.unit_path).label("unit_path"))
        .where(*_conditions(work, pool))
        .order_by(sa.func.md5(sa.literal(seed) + Ticket.number), Ticket.number)
        .limit(number)
        .with_for_update(key_share=True, of=Ticket)
    ).all()
    drawn = []
    for place, (ticket, unit_id, unit_path) in enumerate(rows, 1):
        check = SampleCheck(
            ticket_id=ticket.id,
            round=ticket.round,
            seed=seed,
            unit_id=unit_id or ticket.centre_id,
            unit_path=unit_path or ticket.centre_path,
            drawn_at=work.now,
            drawn_by_id=work.actor.id,
        )
        work.session.add(check)
        log(work, ticket, DRAWN, seed=seed, drawn=f"{place}/{len(rows)}", **told)
        drawn.append(check)
    work.session.flush()
    return drawn


def last_drawn(work: Work) -> int:
    """The actor's newest draw; 0 where there is none."""
    query = sa.select(sa.func.max(SampleCheck.id)).where(SampleCheck.drawn_by_id == work.actor.id)
    return work.session.scalar(query) or 0


def size_of(work: Work, pool: Pool) -> int:
    """How many tickets there are to draw from."""
    _check_pool(pool)
    return int(work.session.scalar(sa.select(sa.func.count()).select_from(Ticket).where(*_conditions(work, pool))) or 0)


def record(work: Work, check_id: int, passed: bool, finding: str, *, rework: bool = False) -> SampleCheck:
    """登记抽查结果, once. What is wanting says what; with `rework` the ticket goes back to work by the same hand.

    Raises Invalid, NotFound, NotAllowed for the work of the actor's own unit, Refused if another has written it down
    already, and what `reworking` raises.
    """
    if not passed and len(finding.strip()) < 2:
        raise Invalid({"finding": "请写明哪里不合格。"})
    if passed and rework:
        raise Invalid({"rework": "抽查合格的，不需要重办。"})
    number = work.session.scalar(
        sa.select(Ticket.number)
        .join(SampleCheck, SampleCheck.ticket_id == Ticket.id)
        .where(SampleCheck.id == check_id, *_seen(work))
    )
    if number is None:
        raise _unknown()
    ticket = find(work, number, lock=True)
    check = work.session.get_one(SampleCheck, check_id, populate_existing=True)
    if is_own(work, check, ticket):
        raise NotAllowed("抽中的是本单位办理的工单，请由上级单位的督办员登记抽查结果。", code="own_work")
    if check.checked_at is not None:
        raise Refused("这件抽查已经登记过结果。", code="checked")
    check.passed, check.finding = passed, finding.strip()
    check.checked_at, check.checked_by_id = work.now, work.actor.id
    log(work, ticket, CHECKED, passed=passed, finding=check.finding)
    if rework:
        if ticket.round != check.round:
            raise Refused("工单已经重办，不需要再次重办；请只登记抽查结果。", code="reworked")
        reworking.rework(work, number, f"抽查不合格：{check.finding}")
    return check


def is_own(work: Work, check: SampleCheck, ticket: Ticket) -> bool:
    """Whether it is the work of the actor's own unit, on which somebody else decides, as on its results (核查). Who is
    of the centre looks at what the centre has answered itself: nobody stands above it."""
    return check.unit_id == work.actor.unit_id and check.unit_id != ticket.centre_id


def scope_of(work: Work, check: SampleCheck) -> str:
    """What it was drawn from, in words, as it was written down with the draw."""
    found = work.session.scalar(
        sa.select(Event.data["scope"].astext)
        .where(Event.ticket_id == check.ticket_id, Event.step == DRAWN, Event.happened_at == check.drawn_at)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return found or ""


def one(work: Work, check_id: int) -> Sample:
    """One by its id. Raises NotFound."""
    row = work.session.execute(_read(work).where(SampleCheck.id == check_id)).one_or_none()
    if row is None:
        raise _unknown()
    return _sample(work, row)


def listed(
    work: Work, standing: Standing, place: Place[int], *, unit_id: int | None = None, size: int = PAGE
) -> Stretch[Sample, int]:
    """A page of the draws, the newest first; `unit_id` is whose work was drawn."""
    query = _read(work).where(*_stands(standing))
    if unit_id is not None:
        query = query.where(SampleCheck.unit_id == unit_id)
    rows = work.session.execute(newest_first(query, SampleCheck.id, place, size)).all()
    covering.read_ahead(work, (row[1] for row in rows))
    return cut([_sample(work, row) for row in rows], place, size, lambda sample: sample.check.id)


def next_open(work: Work) -> int | None:
    """The newest draw that waits for the actor to look at it."""
    not_own = sa.or_(SampleCheck.unit_id.is_distinct_from(work.actor.unit_id), SampleCheck.unit_id == Ticket.centre_id)
    query = _read(work).with_only_columns(SampleCheck.id).where(*_stands(Standing.OPEN), not_own)
    return work.session.scalar(query.order_by(SampleCheck.id.desc()).limit(1))


def figures(work: Work) -> list[Figures]:
    """By unit, of all draws that the actor sees, those with the most found wanting first."""
    checked = sa.func.count(SampleCheck.checked_at)
    failed = sa.func.count().filter(SampleCheck.passed.is_(False))
    rows = work.session.execute(
        sa.select(Unit.id, Unit.name, sa.func.count(), checked, failed)
        .select_from(SampleCheck)
        .join(Ticket, Ticket.id == SampleCheck.ticket_id)
        .join(Unit, Unit.id == SampleCheck.unit_id)
        .where(*_seen(work))
        .group_by(Unit.id, Unit.name, Unit.path)
        .order_by(failed.desc(), Unit.path)
    )
    return [Figures(*row) for row in rows]


def _seen(work: Work) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The draws that are the actor's: of work in his subtree, on tickets that he may see."""
    return SampleCheck.unit_path.startswith(work.actor.unit_path), visible(work.actor)


def _told(work: Work, number: int, pool: Pool, size: int) -> dict[str, Any]:
    """With what the draw can be made again: to be read (`scope`), and as it was asked for (`pool`)."""
    of = [f"{pool.since:%Y-%m-%d}至{pool.until:%Y-%m-%d}办结"]
    for column, id in ((Unit.name, pool.unit_id), (Category.name, pool.category_id)):
        if id is not None:
            of.append(work.session.scalars(sa.select(column).where(column.class_.id == id)).one_or_none() or str(id))
    asked = {"since": f"{pool.since}", "until": f"{pool.until}", "unit_id": pool.unit_id,
             "category_id": pool.category_id, "number": number, "size": size}  # fmt: skip
    return {"scope": f"{'，'.join(of)}，可抽{size}件，抽取{number}件", "pool": asked}


def _check(number: int, pool: Pool, said: str) -> None:
    if not 1 <= number <= MOST:
        raise Invalid({"number": f"每次抽取1至{MOST}件。"})
    if len(said) > LONGEST_SEED or not said.isprintable():
        raise Invalid({"seed": f"现场公布的数字或文字请控制在{LONGEST_SEED}个字符以内。"})
    _check_pool(pool)


def _check_pool(pool: Pool) -> None:
    far = {name: days.TOO_FAR for name in ("since", "until") if not days.is_countable(getattr(pool, name))}
    if far:
        raise Invalid(far)
    if pool.until < pool.since:
        raise Invalid({"until": "结束日期不能早于开始日期。"})


def _conditions(work: Work, pool: Pool) -> Sequence[sa.ColumnElement[bool]]:
    start = work.rules.calendar.start_of_day
    conditions = [
        Ticket.state == State.CLOSED,
        Ticket.erased_at.is_(None),
        Ticket.ended_at > start(pool.since),
        Ticket.ended_at <= start(pool.until + timedelta(days=1)),
        sa.func.coalesce(_unit(Assignment.unit_path), Ticket.centre_path).startswith(work.actor.unit_path),
        _unit(Assignment.unit_id).is_distinct_from(work.actor.unit_id),
        visible(work.actor),
        ~sa.exists().where(SampleCheck.ticket_id == Ticket.id, SampleCheck.round == Ticket.round),
    ]
    if pool.unit_id is not None:
        path = sa.select(Unit.path).where(Unit.id == pool.unit_id).scalar_subquery()
        conditions.append(sa.func.coalesce(_unit(Assignment.unit_path), Ticket.centre_path).startswith(path))
    if pool.category_id is not None:
        conditions.append(Ticket.category_id == pool.category_id)
    return conditions


def _unit(column: Any) -> sa.ScalarSelect[Any]:
    """Whose work it was: of the last turn that ended with an approved result. None where the centre answered itself."""
    return (
        sa.select(column)
        .where(
            Assignment.ticket_id == Ticket.id,
            Assignment.part == Part.LEAD,
            Assignment.ending == Ending.SUBMITTED,
            Assignment.round == Ticket.round,
        )
        .order_by(Assignment.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _stands(standing: Standing) -> Sequence[sa.ColumnElement[bool]]:
    return {
        Standing.OPEN: (SampleCheck.checked_at.is_(None),),
        Standing.FAILED: (SampleCheck.passed.is_(False),),
        Standing.PASSED: (SampleCheck.passed.is_(True),),
        Standing.ALL: (),
    }[standing]


def _read(work: Work) -> sa.Select[*tuple[Any, ...]]:
    drawer, checker = aliased(Staff), aliased(Staff)
    return (
        sa.select(SampleCheck, Ticket, Unit.name, drawer.name, checker.name)
        .join(Ticket, Ticket.id == SampleCheck.ticket_id)
        .join(Unit, Unit.id == SampleCheck.unit_id)
        .join(drawer, drawer.id == SampleCheck.drawn_by_id)
        .outerjoin(checker, checker.id == SampleCheck.checked_by_id)
        .where(*_seen(work))
    )


def _sample(work: Work, row: Any) -> Sample:
    check, ticket, unit, drawn_by, checked_by = row
    return Sample(check, ticket, unit, drawn_by, checked_by, covering.passing(work, ticket)(ticket.matter))


def _unknown() -> NotFound:
    return NotFound("没有找到这件抽查。")
