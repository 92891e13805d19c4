"""学习: from which of its own decisions the city's models are learned, whether one is adopted, and what they say.

Learned from is what a person has decided and what stands: accepted, filed by hand or looked at, not declined, merged
or struck out. Never from a confidential ticket or a report, never from an erased one; and what is learned from has
gone through the covers first, so that no name, number or door is in it (design §7). `training` does the counting, in a
process of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer

from hotline.domain import judging, redaction
from hotline.domain.learned import REST, Learned
from hotline.domain.lessons import HELD_BACK, Lesson, Sample, Trained, apart, copies_among, voices_of
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    Citizen,
    Complaint,
    Ending,
    LearnedModel,
    ModelKind,
    Part,
    RequestType,
    Ticket,
)
from hotline.services import persons
from hotline.services.work import Work

AT_NIGHT = time(3)  # city time, from which on a new day's lesson is due
FEWEST_TICKETS = 200  # with fewer the words of the standard know better
MOST_TICKETS = 20_000  # the newest; more makes the night longer and the model no better
BATCH = 500
UNITS = 3
LEAST_SHARE = 0.05  # a unit that is less likely is not named

#: What a person has decided and what stands, and may be learned from.
_STANDS = (
    Ticket.accepted_at.is_not(None),
    Ticket.state.not_in((State.RECEIVED, State.DECLINED, State.MERGED, State.VOIDED)),
    Ticket.request_type != RequestType.REPORT,
    ~Ticket.confidential,
    ~Complaint.confidential,
    Ticket.erased_at.is_(None),
    Complaint.erased_at.is_(None),
)


def due(work: Work) -> list[ModelKind]:
    """The models whose lesson of this night is still to be held, and for which there are tickets enough."""
    return [kind for kind in ModelKind if _is_night(work, kind) and _are_enough(work, kind)]


def lesson(work: Work, kind: ModelKind) -> Lesson:
    """What there is to learn from, covered, oldest first, the newest fifth held back."""
    rows = work.session.execute(_decided(kind).limit(MOST_TICKETS)).all()[::-1]
    texts = [text for batch in _batches(rows) for text in _covered(work, batch)]
    copies = copies_among(texts)
    samples = [
        Sample(text, str(row.label), voice, _tokens(kind, row.area, row.category_id))
        for row, text, voice in zip(rows, texts, voices_of(copies, [row.caller for row in rows]), strict=True)
    ]
    taught, held_back = apart(samples, copies, HELD_BACK)
    subjects = work.rules.subjects if kind is ModelKind.CATEGORY else ()
    return Lesson(taught, copies[: len(taught)], held_back, subjects, work.rules.models.get(kind))


def store(work: Work, kind: ModelKind, held: Lesson, trained: Trained | None) -> LearnedModel | None:
    """Write down what came of it, and put it to use if it is better. None if another worker was first.

    The bodies of those that are not in use are not kept: their figures are.
    """
    work.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("learned_model"))))
    if not _is_night(work, kind):
        return None
    if trained is None:
        verdict = judging.Verdict(False, "未采用：各类工单都太少，还学不出规律。", 0.0, 0.0, 0.0, 0.0)
    else:
        verdict = judging.judge(trained.places, trained.before)
    body = trained.body if trained is not None else b""
    row = LearnedModel(
        kind=kind,
        trained_at=work.now,
        tickets=len(held.samples),
        held_back=len(held.held_back),
        top1=verdict.top1,
        top3=verdict.top3,
        before_top1=verdict.before_top1,
        before_top3=verdict.before_top3,
        adopted_at=work.now if verdict.adopted else None,
        verdict=verdict.words,
        body=body if verdict.adopted else b"",
        checksum=hashlib.sha256(body).hexdigest(),
    )
    if verdict.adopted:
        former = sa.update(LearnedModel).where(LearnedModel.kind == kind, LearnedModel.body != b"")
        work.session.execute(former.values(body=b""))
    work.session.add(row)
    work.session.flush()
    return row


def records(work: Work, most: int = 60) -> list[tuple[LearnedModel, bool]]:
    """学习记录, newest first, each with whether it is in use; without the bodies."""
    in_use = LearnedModel.body != b""
    newest = sa.select(LearnedModel.id).order_by(LearnedModel.id.desc()).limit(most).scalar_subquery()
    found = sa.select(LearnedModel, in_use).where(sa.or_(LearnedModel.id.in_(newest), in_use))
    rows = work.session.execute(found.order_by(LearnedModel.id.desc()).options(defer(LearnedModel.body)))
    return [(row, bool(is_in_use)) for row, is_in_use in rows]


def units_for(
    work: Work, text: str, area: str, category_id: int | None, among: Container[int]
) -> list[tuple[int, float, tuple[str, ...]]]:
    """Which units have mostly handled the like: id, share (0 to 1), the words that told so; the likeliest first.

    Nothing before enough has been learned. `among`: those that still work.
    """
    learned: Learned | None = work.rules.learned_units
    if learned is None:
        return []
    heard = learned.hear(text, _tokens(ModelKind.UNIT, area, category_id))
    shares = {label: share for label, share in heard.shares().items() if label != REST and share >= LEAST_SHARE}
    active = [label for label in shares if int(label) in among]
    best = sorted(active, key=lambda label: (-shares[label], int(label)))
    return [(int(label), shares[label], heard.words(label)) for label in best[:UNITS]]


def _is_night(work: Work, kind: ModelKind) -> bool:
    newest = work.session.scalar(sa.select(sa.func.max(LearnedModel.trained_at)).where(LearnedModel.kind == kind))
    return newest is None or newest < last_night(work.now, work.rules.zone)


def last_night(now: datetime, zone: tzinfo) -> datetime:
    """When the latest lesson was due: today at three in city time, or yesterday if that is still to come."""
    local = now.astimezone(zone)
    at = datetime.combine(local.date(), AT_NIGHT, tzinfo=zone)
    return at if at <= local else datetime.combine(local.date() - timedelta(days=1), AT_NIGHT, tzinfo=zone)


def _are_enough(work: Work, kind: ModelKind) -> bool:
    decided = _decided(kind) if kind is ModelKind.CATEGORY else _handled()
    some = decided.limit(FEWEST_TICKETS).subquery()
    return work.session.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() >= FEWEST_TICKETS


def _handled() -> sa.Select[Any]:
    """The tickets of `_decided` for units, each once, without their order: looked for from the turns, of which there
    may be few among a hundred thousand tickets."""
    later = aliased(Assignment)
    is_last = ~sa.exists().where(
        later.ticket_id == Assignment.ticket_id, *_led_to_the_end(later), later.id > Assignment.id
    )
    return (
        sa.select(Assignment.ticket_id)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .join(Complaint, Complaint.number == Ticket.number)
        .where(*_led_to_the_end(Assignment), is_last, *_STANDS)
    )


def _led_to_the_end(turn: type[Assignment]) -> Sequence[sa.ColumnElement[bool]]:
    return turn.part == Part.LEAD, turn.ending == Ending.SUBMITTED


def _decided(kind: ModelKind) -> sa.Select[Any]:
    """The tickets to learn from, newest first: what was said, by whom, and what was decided."""
    if kind is ModelKind.CATEGORY:
        label: sa.ColumnElement[Any] = Ticket.category_id.expression
        conditions = [Ticket.category_id.is_not(None), ~Ticket.category_guessed]
    else:
        label = (
            sa.select(Assignment.unit_id)
            .where(Assignment.ticket_id == Ticket.id, *_led_to_the_end(Assignment))
            .order_by(Assignment.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        conditions = [label.is_not(None)]
    caller = sa.case((Citizen.phone_print.is_not(None), Citizen.id)).label("caller")  # a name alone is nobody's
    return (
        sa.select(Ticket.id, label.label("label"), Ticket.area, Ticket.category_id, Complaint.text, caller)
        .join(Complaint, Complaint.number == Ticket.number)
        .outerjoin(Citizen, Citizen.id == Complaint.citizen_id)
        .where(*_STANDS, *conditions)
        .order_by(Ticket.id.desc())
    )


def _batches(rows: Sequence[sa.Row[Any]]) -> Iterable[Sequence[sa.Row[Any]]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _covered(work: Work, rows: Sequence[sa.Row[Any]]) -> Iterable[str]:
    """The texts as anybody may read them."""
    known = persons.of_texts(work, {row.id: row.text for row in rows})
    return [redaction.for_everybody(row.text, known[row.id]) for row in rows]


def _tokens(kind: ModelKind, area: str, category_id: int | None) -> tuple[str, ...]:
    """What else tells who handles it, beside the words."""
    return () if kind is ModelKind.CATEGORY else (f"category:{category_id or ''}", f"area:{area}")
