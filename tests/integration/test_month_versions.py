"""月报的版本: frozen by hand, restated with a reason, two versions compared, and what has changed since is seen."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hotline.domain.rates import RateKind
from hotline.services import checking
from hotline.services.month import comparing, reporting
from tests.api import person
from tests.city import City, at
from tests.desk import Page, Person, make_app
from tests.freezing import count, freeze, restate

MONTH = "/desk/reports/2026-10"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def offered(city: City) -> str:
    """Handed in within October, and not checked when it is frozen."""
    city.handling(text="井盖缺失")
    number = city.submitted(text="路灯不亮")
    city.now = at("2026-11-03 09:00")
    return number


def approve(city: City, number: str) -> None:
    with city.work("sven") as work:
        checking.approve(work, number)


def freezes(person: Person) -> Page:
    return person.send(person.open(f"{MONTH}/versions").form("/freezing"))


def test_a_supervisor_of_the_centre_freezes_a_month_that_is_over(city: City, app: Flask) -> None:
    offered(city)
    sven, lena = Person(app, "sven"), Person(app, "lena")
    assert "定于11月3日冻结" in sven.open(MONTH).text
    assert not lena.open(f"{MONTH}/versions").offers("/freezing")
    assert not sven.open("/desk/reports/2026-11/versions").offers("/freezing"), "it is not over"
    assert freezes(sven).status == 303
    page = sven.open(f"{MONTH}/versions")
    assert "正在冻结" in page.text and not page.offers("/freezing")
    report = count(city)
    page = lena.open(f"{MONTH}/versions")
    assert report.checksum in page.text and "没有影响本月数字的变化" in page.text
    assert report.frozen_by == "周督办"
    month = lena.open(MONTH)
    assert "已冻结 第1版" in month.text and report.checksum[:12] in month.text
    assert lena.client.post(f"{MONTH}/freezing").status_code in (400, 404)


def test_what_has_changed_since_is_seen_and_a_restatement_takes_it_in(city: City, app: Flask) -> None:
    number = offered(city)
    freeze(city)
    sven = Person(app, "sven")
    figures = re.compile(r"\d+\.\d\d %|\d+ ?/ ?\d+")
    before = figures.findall(sven.open(MONTH).text)
    approve(city, number)
    assert before and figures.findall(sven.open(MONTH).text) == before, "it stays frozen"
    versions = sven.open(f"{MONTH}/versions")
    assert "冻结后有变化的 1 件" in versions.text and "冻结后有变化的 1 件" in sven.open(MONTH).text
    changes = sven.open(f"{MONTH}/changes")
    assert re.search(rf"{number}.*未完成.*按时完成", changes.text)
    form = sven.open(f"{MONTH}/restatement")
    assert "0.00 %（0/" in form.text and "50.00 %（1/2）" in form.text, "what would change"
    refused = sven.send(form.form("/restatement"), reason="改")
    assert refused.status == 422 and "请写明更正的原因" in refused.text
    assert sven.send(form.form("/restatement"), reason="10月一件核查漏登，现已补登。").status == 303
    again = sven.send(form.form("/restatement"), reason="10月另一件也漏登，一并补登。")
    assert again.status == 409 and "正在冻结" in again.text and "一并补登" in again.text, "what was typed stays"
    count(city)
    versions = sven.open(f"{MONTH}/versions")
    assert "第2版" in versions.text and "10月一件核查漏登" in versions.text and "周督办" in versions.text
    compared = sven.open(versions.links("/versions/2")[0])
    assert "冻结后确认已兑现" in compared.text and number in compared.text
    assert "已有第2版" in sven.open(f"{MONTH}?version=1").text
    lists = sven.open(f"{MONTH}?version=1").links("/items?")
    assert lists and all("version=1" in link for link in lists), "the lists are of the version that is read"


def test_a_county_changes_no_frozen_month(city: City, app: Flask) -> None:
    offered(city)
    freeze(city)
    cora = Person(app, "cora")
    for path in ("restatement", "versions/1"):
        assert cora.open(f"{MONTH}/{path}").status == 404
    assert cora.open(f"{MONTH}/versions").status == 200


def test_a_month_is_compared_with_the_one_before_as_it_was_frozen(city: City) -> None:
    number = offered(city)
    freeze(city)
    approve(city, number)
    city.now = at("2026-11-28 09:00")
    city.replied(text="垃圾桶满溢")
    for who in ("lena", "hans"):
        with city.work(who) as work:
            now = reporting.monthly(work, "2026-11")
            before, year = comparing.others(work, now.month)
            kept = reporting.monthly(work, "2026-10").scope.tallies[RateKind.HANDLE].all
        assert (before.version, before.rates["handle", "main"]) == (1, (kept["kept"], kept["owed"])), who
        assert year.is_empty and year.version is None
        change = comparing.of_rate(year, RateKind.HANDLE, "main", (1, 2))
        assert (change.text, change.points, change.better) == ("—", "", None)
        change = comparing.of_rate(before, RateKind.HANDLE, "main", (1, 1))
        assert (change.points, change.better) == ("+100.00", True)
        change = comparing.of_indicator(before, "return_rate", (1, 2))
        assert (change.points, change.better) == (("+50.00", False) if change.whole else ("", None))


def test_the_api_tells_the_versions_and_what_is_behind_the_indicators(city: City, app: Flask) -> None:
    number = offered(city)
    first = freeze(city)
    approve(city, number)
    second = restate(city)
    lena = person(app, "lena")
    month = "/reports/monthly/2026-10"
    told = lena.get(f"{month}/versions").json["versions"]
    assert [(each["version"], each["checksum"]) for each in told] == [(1, first.checksum), (2, second.checksum)]
    assert told[1]["previous_checksum"] == first.checksum and told[1]["reason"]
    assert [lena.get(f"{month}?version={each}").json["checksum"] for each in (1, 2)] == [
        first.checksum,
        second.checksum,
    ]
    compared = lena.get(f"{month}/versions/2/comparison").json
    assert (compared["total"], compared["items"][0]["ticket"]) == (2, number)
    missing = [lena.get(f"{month}/items?kind=handle&figure=missing&version={each}").json["total"] for each in (1, 2)]
    assert missing == [2, 1]
    turns = lena.get(f"{month}/indicators").json["scope"]["indicators"]["dispatch_accuracy"]
    assert turns["whole"] == lena.get(f"{month}/cases?sort=turn").json["total"] == 2
    for wrong in ("?version=0", "/items?kind=handle&since=x", "/cases", "/cases?sort=x", "/indicators?unit_id=x"):
        assert lena.get(month + wrong).status_code == 422, wrong
    for absent in ("?version=9", "/indicators?version=9", "/cases?sort=turn&version=9", "/versions/9/comparison"):
        assert lena.get(month + absent).status_code == 404, absent
