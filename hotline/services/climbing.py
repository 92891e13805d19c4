"""How far a promise has slipped: the levels it has reached since it was last looked at, dated when they were reached.

预警 → 超期 → 催办 → 督办 → 黄牌 → 红牌 → 通报, by the policy under which the ticket was accepted. Writes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from hotline.domain.ladder import Rung
from hotline.domain.policy import Policy
from hotline.services.promising import BREACH, WARN, moment_after
from hotline.services.work import Rules

WARNED, BREACHED = "warn", "breach"


class Reached(NamedTuple):
    """One level and the moment at which it was reached. `rung` is None for 预警 and 超期."""

    level: str
    rank: int
    at: datetime
    rung: Rung | None


class Climb(NamedTuple):
    """The row of a promise, the levels that it has reached, and when to look at it again (None: never)."""

    due: Any
    reached: tuple[Reached, ...]
    rank: int
    next_at: datetime | None


def climb(rules: Rules, due: Any, until: datetime) -> Climb:
    """All levels up to `until`, or up to the moment before it was kept or submitted: met when due is on time.

    `due` is a row of the sweep. Raises LookupError or ValueError where its data cannot be used.
    """
    policy = rules.policy(due.policy_version_id)
    ended = due.met_at or due.offered_at
    rank, at = due.rank, _first_moment(rules, policy, due)
    reached = []
    while at is not None and at <= until and (ended is None or at < ended):
        level = _level_after(policy, due.kind.value, rank, at)
        reached.append(level)
        rank = level.rank
        at = moment_after(rules.calendar, policy, due.kind, due.due_at, rank)
    return Climb(due, tuple(reached), rank, at if ended is None or (at is not None and at < ended) else None)


def _first_moment(rules: Rules, policy: Policy, due: Any) -> datetime | None:
    if due.rank < WARN:
        return min(due.next_at, due.due_at)  # as counted with the pauses when the promise was written
    return moment_after(rules.calendar, policy, due.kind, due.due_at, due.rank)


def _level_after(policy: Policy, kind: str, rank: int, at: datetime) -> Reached:
    if rank < WARN:
        return Reached(WARNED, WARN, at, None)
    if rank < BREACH:
        return Reached(BREACHED, BREACH, at, None)
    rung = next(each for each in policy.rungs(kind) if each.rank > rank)
    return Reached(rung.level, rung.rank, at, rung)
