"""领导驾驶舱: every number opens just that list, who is not at 100 % comes first with the reason, past months are told
as they were frozen, and nobody sees more than his own."""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.rates import RateKind
from hotline.models import Deadline, DeadlineKind, MonthlyReport
from hotline.services.month import cockpit, reporting
from hotline.services.month.cockpit import Cockpit, Light
from tests.city import City, at
from tests.desk import Page, Person, make_app
from tests.freezing import freeze, restate
from tests.integration.test_supervision_page import a_supervisor_of, live
from tests.played import Played

MOST = 25  # on the shortest page of a list
PAGES = "tickets|supervision/items|supervision/cards|reports/[0-9-]+/items|board/items|cockpit/closed"


@pytest.fixture
def lived(city: City, played: Played) -> City:
    city = played.on(city, live)
    with city.office.session() as session:
        session.execute(sa.text("UPDATE ticket SET area = (ARRAY['城中区', '云锦区', ''])[1 + id % 3]"))
        session.commit()
    return city


def looked(city: City, who: str = "lena") -> Cockpit:
    with city.work(who) as work:
        return cockpit.look(work)


def numbers(page: Page) -> set[tuple[str, int]]:
    """Each address of a list on the page with the number that leads there."""
    main = page.html.partition("<main")[2]
    found = re.findall(rf'<a href="(/desk/(?:{PAGES})[?"][^"]*)"?[^>]*>([^<]*)</a>', main.replace('">', '"">'))
    told = ((unescape(address).rstrip('"'), re.search(r"\d+", words)) for address, words in found)
    return {(address, int(number[0])) for address, number in told if number}


def rows(page: Page) -> int:
    bodies = re.findall(r"<tbody>.*?</tbody>", page.html, re.DOTALL)
    return sum(len(re.findall(r"<tr[^>]*>\s*<td", body)) for body in bodies)  # a row of a head alone tells of a group


def some(told: set[tuple[str, int]]) -> list[tuple[str, int]]:
    """Of the numbers that one page of a list holds: three of each sort, the largest."""
    by_sort = defaultdict(list)
    for address, number in sorted(told, key=lambda each: (-each[1], each)):
        path, _, query = address.partition("?")
        if number <= MOST:
            by_sort[path, tuple(name for name, _ in parse_qsl(query))].append((address, number))
    return [each for found in by_sort.values() for each in found[:3]]


def test_every_number_opens_just_that_list(lived: City) -> None:
    a_supervisor_of(lived, "county", "clara", Role.LEADER)
    app = make_app(lived)
    for login in ("lena", "clara"):
        person = Person(app, login)
        told = numbers(person.open("/desk/cockpit"))
        assert len({address.partition("?")[0] for address, _ in told}) >= 4, "of every kind"
        wrong = [(address, number, rows(person.open(address))) for address, number in some(told)]
        assert not [each for each in wrong if each[1] != each[2]], login


def test_the_rates_and_the_units_are_those_of_the_month(lived: City) -> None:
    found = looked(lived)
    with lived.work("lena") as work:
        month = reporting.monthly(work, "2026-10")
    for kind in RateKind:
        counts = month.scope.tallies[kind].all
        assert found.figures.scope.tallies[kind].all == counts
        assert sum(unit.group.tallies[kind].all["owed"] for unit in found.units) == counts["owed"]
        assert sum(unit.group.tallies[kind].all["missing"] for unit in found.units) == counts["missing"]
    assert found.received_today == found.arrivals.whole[-1]
    assert sum(found.arrivals.whole) > sum(sum(counts) for _, counts in found.arrivals.areas) > 0


def test_the_worst_comes_first_and_says_why(city: City) -> None:
    city.handling(text="香溪路口路灯不亮三天了")
    city.assigned("parks", text="人民公园行道树倒伏压住车道")
    city.now = at("2026-10-14 09:00")  # 签收 is late, nothing of the three rates is
    by_name = {unit.group.about["key"]: unit for unit in looked(city).units}
    assert by_name["parks"].light is Light.AMBER and by_name["parks"].late
    city.now = at("2026-11-03 09:00")
    first, *others = looked(city).units
    assert first.light is Light.RED and first.missing and first.carried_over and not first.waits_for_check
    assert [unit.light for unit in others] == sorted(unit.light for unit in others)
    page = Person(make_app(city), "lena").open("/desk/cockpit")
    assert (
        "离百分之百还差" in page.text
        and "件未处理" in page.text
        and "有上月结转的" in page.text
        and "未达标" in page.text
    )


def test_what_waits_for_its_check_is_told(city: City) -> None:
    city.submitted()
    with city.office.session() as session:
        session.execute(
            sa.update(Deadline)
            .where(Deadline.kind == DeadlineKind.HANDLE)
            .values(started_at=at("2026-10-08 09:00"), due_at=at("2026-10-09 09:00"))
        )
        session.commit()
    assert any(unit.waits_for_check for unit in looked(city).units)


def test_past_months_are_told_as_they_were_frozen(city: City) -> None:
    city.now = at("2026-08-03 09:00")
    city.handling()
    city.now = at("2026-09-03 09:00")
    report = freeze(city, "2026-08")
    with city.office.session() as session:  # what is done later changes nothing of it
        session.execute(
            sa.update(Deadline).where(Deadline.met_at.is_(None)).values(void_at=city.now, void_reason="voided")
        )
        session.commit()
    points = {str(point.month): point.rates for point in looked(city).trend}
    assert list(points) == ["2026-07", "2026-08"], "from the month before the first frozen one on"
    kept = {line["kind"]: line for line in report.figures["rates"]["rates"]}
    rates = points["2026-08"]
    assert rates and all(rates[kind]["owed"] == kept[kind.value]["owed"] for kind in RateKind)
    assert rates[RateKind.HANDLE]["owed"] == 1 and rates[RateKind.HANDLE]["kept"] == 0
    assert points["2026-07"] is None
    restate(city, "2026-08")
    again = looked(city).trend[-1].rates
    assert again and again[RateKind.HANDLE]["owed"] == 0, "the newest version counts"
    page = Person(make_app(city), "lena").open("/desk/cockpit")
    assert "未冻结" in page.text and 'data-chart="line"' in page.html


def test_a_county_sees_its_own_and_its_own_past(lived: City) -> None:
    a_supervisor_of(lived, "county", "clara", Role.LEADER)
    lived.now = at("2026-11-03 09:00")
    freeze(lived, "2026-10")
    found = looked(lived, "clara")
    path = lived.actor("clara").unit_path
    assert found.figures.scope.about["path"] == path
    assert all(unit.group.about["path"].startswith(path) for unit in found.units)
    october = found.trend[-1].rates
    with lived.work("clara") as work:
        month = reporting.monthly(work, "2026-10")
    assert october and all(october[kind]["owed"] == month.scope.tallies[kind].all["owed"] for kind in RateKind)
    assert "市政处" not in Person(make_app(lived), "clara").open("/desk/cockpit").text


def test_what_was_closed_today(city: City) -> None:
    number = city.replied(wants_reply=False)  # and with it closed
    assert looked(city).closed_today == 1
    lena = Person(make_app(city), "lena")
    assert number in lena.open("/desk/cockpit/closed").text
    assert number not in lena.open("/desk/cockpit/closed?day=2026-10-01").text
    for nonsense in ("x", "2026-13-01", "9999-12-31", "0001-01-01"):
        assert lena.open(f"/desk/cockpit/closed?day={nonsense}").status == 200


def test_on_the_wall_there_is_no_menu(city: City) -> None:
    page = Person(make_app(city), "lena").open("/desk/cockpit?wall=1")
    assert page.status == 200 and 'data-renews="60"' in page.html and "big_screen.js" in page.html
    assert 'class="rail"' not in page.html and '<meta http-equiv="refresh" content="60">' in page.html


def test_as_many_statements_for_many_as_for_few(lived: City) -> None:
    app = make_app(lived)
    lena = Person(app, "lena")
    lena.open("/desk/cockpit")
    with lived.statements() as few:
        lena.open("/desk/cockpit")
    for place in range(6):
        lived.handling(text=f"大桥路{place}号井盖松动，行人经过很危险", area=f"第{place}区")
    lived.turn(days=12)
    lena = Person(app, "lena")
    lena.open("/desk/cockpit")
    with lived.statements() as many:
        lena.open("/desk/cockpit")
    assert len(many) == len(few) < 35


def test_nothing_frozen_is_read_whole(city: City) -> None:
    """Of a report only the city's rates are read, not the figures of everything."""
    city.now = at("2026-11-03 09:00")
    freeze(city, "2026-10")
    with city.statements() as asked:
        looked(city)
    reports = [statement for statement, _ in asked if MonthlyReport.__tablename__ in statement]
    assert reports and all("figures[" in each or "figures ->" in each or "path_query" in each for each in reports)
