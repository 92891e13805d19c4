"""得分: every number that a score is made of is the length of the list that it opens, live and frozen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pytest
from flask import Flask

from hotline.domain.rates import Month
from hotline.domain.score_facts import NAMES, SUMS, Facts, together
from hotline.domain.scoring import POINTS, Line
from hotline.services.month import asked_cases, asked_items, frozen, listing, listing_cases, locating, owing
from hotline.services.month.measuring import Measuring
from hotline.services.work import Work
from hotline.web.staff import ranking
from tests.city import City
from tests.desk import Person, make_app
from tests.integration.test_month_drilldown import length, lively, numbers
from tests.played import Played

MONTHS = ("2026-10", "2026-11")
#: What the history has at least in either month, of what used to have no list.
WATCHED = {"urgent.handle.missing", "failed_samples", "refusals", "card.order", "card.yellow", "card.deduction"}


@pytest.fixture
def app(city: City, played: Played) -> Flask:
    return make_app(played.on(city, lively))


@pytest.mark.parametrize("month", MONTHS)
def test_every_number_of_a_line_is_the_length_of_its_list(city: City, app: Flask, month: str) -> None:
    """Of every fact that a scheme may look at, and of every line of the schemes that ship."""
    seen, rows = set[str](), Rows()
    with city.work("lena") as work, app.test_request_context():
        asked = Month.parse(month, work.rules.zone)
        for asked_by, facts in measured(work, asked, city.unit_id("lamps")):
            for line in lines(work, facts, of_points="point_id" in asked_by):
                told = ranking.line(asked, asked_by, line)
                for (fact, part, whole), shown in zip(line.parts, told["parts"], strict=True):
                    where = (asked_by, line.name, fact)
                    assert rows.of(work, month, shown["whole_url"]) == (whole or 0), where
                    if fact in SUMS:
                        assert taken_off(work, month, shown["whole_url"]) == part, where
                    elif fact != "mean_days":
                        assert rows.of(work, month, shown["part_url"]) == part, where
                    seen |= {fact} if part else set()
    assert seen >= WATCHED


@pytest.mark.parametrize("month", MONTHS)
def test_the_pages_of_a_score_open_them(city: City, app: Flask, month: str) -> None:
    lena = Person(app, "lena")
    board, market = lena.open(f"/desk/ranking/{month}"), lena.open(f"/desk/points/{month}")
    found: dict[str, int] = {}
    of_lamps = f"/desk/ranking/{month}/{city.unit_id('lamps')}"
    for page in (board, lena.open(of_lamps), lena.open(market.links(f"/desk/points/{month}/")[0])):
        assert ("已冻结 第1版" in page.text) == (month == "2026-10")
        told = numbers(page.html)
        found |= told
        with city.work("lena") as work:
            assert {each: length(work, lena, each, opened=True) for each in told} == told
    assert len(found) > 6
    assert {"unit", "point"} <= {word for each in found for word in dict(parse_qsl(urlsplit(each).query))}


def measured(work: Work, month: Month, lamps: int) -> Iterator[tuple[dict[str, int], Facts]]:
    """Whose facts they are, by the words of the lists: of the city, of 市政处, of the market."""
    report = frozen.find(work, str(month))
    scheme, also = work.schemes["default"], frozenset(NAMES)
    facts = Measuring(work, month, scheme, report, also=also).facts()
    for unit_id in (work.rules.root.id, lamps):
        yield {"unit_id": unit_id}, together(facts[path] for path in facts if unit_id in owing.lineage(path))
    at = locating.located(work, month.seen_at(work.now), owing.rows_of(report)).subquery()
    for point_id, found in Measuring(work, month, scheme, report, at, also).facts().items():
        yield {"point_id": point_id}, found


def lines(work: Work, facts: Facts, *, of_points: bool) -> Iterator[Line]:
    """Those of the schemes that ship, and one for each fact."""
    for scheme in work.schemes.values():
        if (scheme.key == POINTS) is of_points:
            yield from scheme.score(facts).lines
    for name in NAMES:
        told = facts[name]
        whole = Fraction(told.things) if name in SUMS else told.whole
        yield Line(name, None, Fraction(0), "", ((name, told.part, whole),))


class Rows:
    """How many there are in the lists that pages show; each is counted once."""

    def __init__(self) -> None:
        self._known: dict[str | None, int] = {None: 0}

    def of(self, work: Work, month: str, address: str | None) -> int:
        """In the list at that address."""
        if address not in self._known:
            self._known[address] = self._count(work, month, urlsplit(address or ""))
        return self._known[address]

    def _count(self, work: Work, month: str, parts: SplitResult) -> int:
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        assert parts.path.split("/")[3] == month
        if parts.path.endswith("/cases"):
            return listing_cases.count(work, month, asked_cases.read(given).asked)
        return listing.count(work, month, asked_items.read(given))


def taken_off(work: Work, month: str, address: str | None) -> Decimal:
    """The points of the list, added up."""
    if address is None:
        return Decimal(0)
    asked = asked_cases.read(dict(parse_qsl(urlsplit(address).query))).asked
    return sum((case.points or Decimal(0) for case in listing_cases.stream(work, month, asked)), Decimal(0))
