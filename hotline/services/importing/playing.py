"""One row through the services, with the clock turned to each of its moments.

What the file does not tell is settled by one rule, so that no promise to the citizen gains by a missing time
(docs/import.md): a step that *begins* something (受理, 交办, 签收) is taken to have followed at once on the step before
it; a step that *ends* something (提交, 核查, 答复) is taken to have come only with the next one known. An answered
ticket without a time of closing was closed when it was answered. Nothing is made up beyond the last step known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.services import accepting, assigning, checking, closing, handling, receiving, replying
from hotline.services.holding import Held
from hotline.services.importing.rows import Row
from hotline.services.receiving import Intake
from hotline.services.work import Work

NO_OUTCOME = "旧系统未记录办理结果。"
NO_ANSWER = "旧系统未记录答复内容。"
_FEWEST = 5  # characters that the services ask of a result or an answer

_BY_UNIT = (
    ("accept", "accepted_at"),
    ("assign", "assigned_at"),
    ("sign", "signed_at"),
    ("submit", "submitted_at"),
    ("approve", "approved_at"),
    ("reply", "replied_at"),
    ("close", "closed_at"),
)
_BY_CENTRE = (("accept", "accepted_at"), ("answer", "replied_at"), ("close", "closed_at"))
_BEGINNINGS = frozenset({"accept", "assign", "sign"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ticket's history. `detail` is what it said: the unit's id, the result, the answer."""

    name: str
    at: datetime
    detail: int | str | None = None


def plan(row: Row) -> list[Step]:
    """The steps after the arrival, in their order, each with its moment. Empty where only the arrival is known."""
    if row.unit_id is not None:
        told = [(name, getattr(row, column)) for name, column in _BY_UNIT]
    else:
        told = [(name, getattr(row, column)) for name, column in _BY_CENTRE]
    reached = max((place for place, (_, at) in enumerate(told) if at is not None), default=-1)
    steps = told[: reached + 1]
    if steps and steps[-1][0] in ("reply", "answer"):
        steps.append(("close", steps[-1][1]))
    return [Step(name, at, _detail(name, row)) for name, at in _settled(steps, row.received_at)]


def _settled(steps: Sequence[tuple[str, datetime | None]], received_at: datetime) -> list[tuple[str, datetime]]:
    """Fill in the missing times: beginnings from before, endings from after. The last one is always known."""
    before: list[datetime | None] = []
    latest = received_at
    for name, at in steps:
        before.append(at or (latest if name in _BEGINNINGS else None))
        latest = before[-1] or latest
    settled: list[tuple[str, datetime]] = []
    following = latest
    for (name, _), at in zip(reversed(steps), reversed(before), strict=True):
        following = at or following
        settled.append((name, following))
    return settled[::-1]


def _detail(name: str, row: Row) -> int | str | None:
    if name == "assign":
        return row.unit_id
    if name == "submit":
        return _sentence(row.outcome, NO_OUTCOME, "旧系统办理结果：")
    return _sentence(row.answer, NO_ANSWER, "旧系统答复：") if name in ("reply", "answer") else None


def _sentence(told: str, absent: str, prefix: str) -> str:
    """The older system's words as they are; only a word like 已办 gets told where it comes from."""
    if not told:
        return absent
    return told if len(told) >= _FEWEST else f"{prefix}{told}"


def receive(work: Work, row: Row) -> str:
    """Receive the row as it was received then. Returns the ticket's number."""
    receipt = receiving.receive(
        work.at(row.received_at),
        Intake(
            text=row.text,
            channel=row.channel,
            received_at=row.received_at,
            source=row.source,
            place=row.place,
            name=row.name,
            phone=row.phone,
            matter=row.matter,
            urgency=row.urgency,
            category_id=row.category_id,
            own_limit=row.limit,
            idempotency_key=row.key,
            number=row.number or None,
        ),
    )
    return receipt.number


def play(work: Work, held: Held, steps: Sequence[Step]) -> None:
    """Take each step at its moment, by the same verb that a person would use. Raises what the verbs raise."""
    for step in steps:
        _take(work.at(step.at, held), held.ticket.number, step)


def _take(work: Work, number: str, step: Step) -> None:
    match step.name, step.detail:
        case "accept", _:
            accepting.accept(work, number)
        case "assign", int(unit_id):
            assigning.assign(work, number, unit_id)
        case "sign", _:
            handling.sign(work, number)
        case "submit", str(outcome):
            handling.submit(work, number, outcome)
        case "approve", _:
            checking.approve(work, number)
        case "reply", str(answer):
            replying.reply(work, number, answer)
        case "answer", str(answer):
            replying.answer(work, number, answer)
        case "close", _:
            closing.close(work, number)
        case _:
            raise ValueError(f"{step.name} is not a step of an import")
