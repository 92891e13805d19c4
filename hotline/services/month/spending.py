"""用时: how long each stage took, from the start of its promise until it was kept: median and 90th percentile.

Hours of the clock, nights, days off and 挂账 included. Of the promises that were owed in the month and kept by its
cut-off, those that count in `kept`. Linear interpolation between neighbours, as `percentile_cont` has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hotline.models import DeadlineKind
from hotline.services.month.counting import Counting, counted_by

STAGES = (
    DeadlineKind.ACCEPT,
    DeadlineKind.DISPATCH,
    DeadlineKind.SIGN,
    DeadlineKind.HANDLE,
    DeadlineKind.CHECK,
    DeadlineKind.REPLY,
    DeadlineKind.CLOSE,
)
OF_UNITS = (DeadlineKind.SIGN, DeadlineKind.HANDLE)  # the stages that are a unit's own

_HOUR = sa.literal(3600.0, sa.Double)


@dataclass(frozen=True)
class Spent:
    """Of `count` promises. Hours, to the hundredth; None where nothing was kept."""

    median_hours: float | None = None
    p90_hours: float | None = None
    mean_hours: float | None = None
    count: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "median_hours": self.median_hours,
            "p90_hours": self.p90_hours,
            "mean_hours": self.mean_hours,
            "count": self.count,
        }


def times(counting: Counting) -> dict[DeadlineKind, Spent]:
    """By stage, of the whole subtree; one statement."""
    spent = _kept(counting, STAGES)
    query = sa.select(spent.c.kind, *_measured(spent.c.hours)).group_by(spent.c.kind)
    told = dict.fromkeys(STAGES, Spent())
    for kind, *measured in counting.work.session.execute(query):
        told[DeadlineKind(kind)] = _spent(*measured)
    return told


def times_of_units(counting: Counting, unit_ids: Sequence[int]) -> dict[int, Mapping[DeadlineKind, Spent]]:
    """签收 and 处理 by each of these units with all below it; one statement."""
    spent = _kept(counting, OF_UNITS)
    lineage = sa.cast(sa.func.string_to_array(sa.func.rtrim(spent.c.unit_path, "/"), "/"), ARRAY(sa.BigInteger))
    each = sa.select(spent.c.kind, spent.c.hours, sa.func.unnest(lineage).label("unit_id")).subquery()
    query = (
        sa.select(each.c.unit_id, each.c.kind, *_measured(each.c.hours))
        .where(each.c.unit_id == sa.any_(sa.literal(list(unit_ids), ARRAY(sa.BigInteger))))
        .group_by(each.c.unit_id, each.c.kind)
    )
    told: dict[int, dict[DeadlineKind, Spent]] = {id: dict.fromkeys(OF_UNITS, Spent()) for id in unit_ids}
    for unit_id, kind, *measured in counting.work.session.execute(query):
        told[unit_id][DeadlineKind(kind)] = _spent(*measured)
    return {**told}


def _kept(counting: Counting, kinds: Sequence[DeadlineKind]) -> sa.Subquery:
    """A promise may be kept before it would have begun at the latest: that took no time."""
    of = replace(counting, kinds=kinds).every("unit_path", "started_at", "met_at")
    seconds = sa.func.extract("epoch", of.c.met_at - of.c.started_at)
    hours = sa.func.greatest(sa.cast(seconds, sa.Double) / _HOUR, 0.0)
    return sa.select(of.c.kind, of.c.unit_path, hours.label("hours")).where(counted_by("kept", of.c.sort)).subquery()


def _measured(hours: Any) -> list[sa.ColumnElement[Any]]:
    return [
        sa.func.percentile_cont(0.5).within_group(hours),
        sa.func.percentile_cont(0.9).within_group(hours),
        sa.func.avg(hours),
        sa.func.count(),
    ]


def _spent(median: float, p90: float, mean: float, count: int) -> Spent:
    return Spent(round(median, 2), round(p90, 2), round(mean, 2), count)
