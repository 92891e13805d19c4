"""What scores are made of is what the month's report says, by unit, over a history of everything that can happen."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.rates import Month, RateKind
from hotline.domain.score_facts import COUNTS, FIGURES, RATED, WHOLES, Facts, together
from hotline.domain.scoring import Scheme
from hotline.models import DeadlineKind, MonthlyReport, Ticket, Urgency
from hotline.services import carding, enforcing
from hotline.services.month import frozen, indicating, owing, reporting
from hotline.services.month.figures import MonthFigures
from hotline.services.month.indicator_figures import Indicators
from hotline.services.month.measuring import Measuring
from hotline.services.work import Work
from tests import histories
from tests.city import City, at
from tests.freezing import freeze
from tests.played import Played

MONTH = "2026-10"
PROMISED = [f"{kind.value}.{figure}" for kind in RateKind for figure in FIGURES]
ALL = [*PROMISED, "urgent.handle.kept", *RATED, *COUNTS]


def months_of_work(city: City) -> None:
    """Some of it urgent, some of it late enough for cards; the clock stands in November."""
    city.now = at("2026-08-31 09:00")
    histories.play(city, 41, tickets=24, days=62)
    city.now = at("2026-11-03 02:00")


@pytest.fixture
def month(city: City, played: Played) -> City:
    return played.on(city, months_of_work)


def everything() -> Scheme:
    """A scheme that looks at all that there is; what it gives does not matter."""
    terms: list[dict[str, Any]] = [
        {"name": name, "kind": "line", "fact": name, "points": 1, "base": 0, "slope": 0} for name in ALL
    ]
    weighed = {"name": "按来源", "kind": "deduction", "fact": PROMISED[1], "each": 1, "times": {"leader": 2}}
    mapping = {"name": "全部", "version": "1", "full": len(ALL), "minimum": 0, "term": [*terms, weighed]}
    return Scheme.from_mapping("all", mapping)


def facts_of(work: Work, unit_id: int, report: MonthlyReport | None) -> Facts:
    measured = Measuring(work, Month.parse(MONTH, work.rules.zone), everything(), report).facts()
    return together(facts for path, facts in measured.items() if unit_id in owing.lineage(path))


def differences(facts: Facts, unit_id: int, figures: MonthFigures, told: Indicators) -> list[str]:
    """Where a unit's facts are not what the report says of it."""
    group = next(each for each in figures.units if each.about["id"] == unit_id)
    shares = next(shares for about, shares in told.units if about["id"] == unit_id)
    wanted = {
        f"{kind.value}.{figure}": (group.tallies[kind].all[figure], group.tallies[kind].all[WHOLES.get(figure, "owed")])
        for kind in RateKind
        for figure in FIGURES
    } | {key: (shares[key].part, shares[key].whole) for key in RATED}
    found: dict[str, Any] = {name: (facts[name].part, facts[name].whole) for name in wanted}
    events = {name: sum(n * a for cases in facts[name].events.values() for a, n in cases.items()) for name in wanted}
    wrong = [f"{unit_id} {name}: {found[name]}, not {each}" for name, each in wanted.items() if found[name] != each]
    return wrong + [f"{unit_id} {name} by source: {events[name]}" for name in wanted if events[name] != wanted[name][0]]


@pytest.mark.parametrize("kept", [False, True], ids=["live", "frozen"])
def test_facts_are_what_the_report_says(month: City, kept: bool) -> None:
    if kept:
        freeze(month, MONTH)
    with month.work() as work:
        report = frozen.find(work, MONTH)
        figures, told = reporting.monthly(work, MONTH), indicating.of_month(work, MONTH)
        units = [group.about["id"] for group in figures.units]
        of = {unit_id: facts_of(work, unit_id, report) for unit_id in units}
    wrong = [each for unit_id in units for each in differences(of[unit_id], unit_id, figures, told)]
    assert not wrong, "\n".join(wrong)
    root = of[units[0]]
    assert root["handle.kept"].part and root["reworks"].part and root["received"].part, "something has happened"
    assert root["received"].part == told.received and root["reworks"].part == root["rework_rate"].part
    assert root["repeats"].part == root["repeat_rate"].part
    assert told.times[DeadlineKind.HANDLE].count == 0 or root["mean_days"].value


def test_urgent_matters_and_deductions_are_counted_by_themselves(month: City) -> None:
    with month.work() as work:
        root = facts_of(work, work.rules.root.id, None)
        work.session.execute(sa.update(Ticket).values(urgency=Urgency.URGENT))
        all_urgent = facts_of(work, work.rules.root.id, None)
        work.session.rollback()
    assert root["urgent.handle.kept"].part < root["handle.kept"].part
    assert all_urgent["urgent.handle.kept"].part == root["handle.kept"].part
    month.now = at("2026-10-31 12:00")
    with month.work() as work:
        enforcing.run_pass(work)
        tallies = carding.together(carding.tallies(work, work.rules.root.path).values())
        of_now = facts_of(work, work.rules.root.id, None)
    assert of_now["card.yellow"].part == tallies.yellow
    assert of_now["card.deduction"].part > 0
    assert of_now["card.deduction"].part == Fraction(tallies.deduction)
