"""公布的月份: page, JSON and CSV tell just what the report has frozen; a restatement says why; no person, no ticket."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from hotline.models import Deadline, MonthlyReport, Staff, Ticket
from tests.citizen import make_app, words
from tests.city import City, at
from tests.freezing import freeze, restate
from tests.played import Played

MONTH = "/public/rates/2026-10"
ADDRESSES = ("/public/rates", MONTH, f"{MONTH}.json", f"{MONTH}.csv")
REASON = "漏登了两件核查，来电人电话13812345678已另行记录"


def live(city: City) -> None:
    """October: some of it done, some not, in two units; and November, when it is frozen."""
    city.now = at("2026-10-05 09:00")
    city.replied(text="香溪路口路灯不亮，我叫张小明，电话13912345678", phone="+8613912345678")
    city.handling(text="大桥路井盖松动，行人经过很危险")
    city.assigned("parks", text="人民公园行道树倒伏压住车道")
    city.now = at("2026-11-03 09:00")


@pytest.fixture
def lived(city: City, played: Played) -> City:
    return played.on(city, live)


def client(city: City) -> Client:
    return make_app(city).test_client()


def told(browser: Client, address: str = "/public/rates/2026-10.json") -> dict[str, Any]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_data_are_the_frozen_figures(lived: City) -> None:
    report = freeze(lived)
    with lived.office.session() as session:  # what happens later is in none of it
        session.execute(sa.update(Deadline).values(due_at=Deadline.due_at + sa.text("interval '90 days'")))
        session.commit()
    browser = client(lived)
    found, kept = told(browser), report.figures["rates"]
    assert (found["month"], found["version"], found["newest"]) == ("2026-10", 1, True)
    assert found["checksum"] == report.checksum and found["reason"] is None
    names = ("kind", "name", "owed", "kept", "missing", "on_time", "rate", "on_time_rate")
    assert [[rate[name] for name in names] for rate in found["rates"]] == [
        [rate[name] for name in names] for rate in kept["rates"]
    ]
    below = {unit["name"]: unit["rates"] for unit in kept["units"] if unit["depth"] == 1}
    assert {unit["name"] for unit in found["units"]} == {"市政处", "园林局"}
    for unit in found["units"]:
        assert [rate["owed"] for rate in unit["rates"]] == [rate["owed"] for rate in below[unit["name"]]]
    assert set(found["definitions"]) == {"handle", "reply", "close"}
    rows = list(csv.DictReader(io.StringIO(browser.get("/public/rates/2026-10.csv").text.removeprefix("\ufeff"))))
    flat = [("", rate) for rate in found["rates"]]
    flat += [(unit["name"], rate) for unit in found["units"] for rate in unit["rates"]]
    assert [(row["unit"], row["kind"], row["owed"], row["kept"], row["rate"], row["checksum"]) for row in rows] == [
        (unit, rate["kind"], str(rate["owed"]), str(rate["kept"]), rate["rate"] or "", report.checksum)
        for unit, rate in flat
    ]
    page = words(browser.get("/public/rates/2026-10").text)
    for rate in found["rates"]:
        assert f"{rate['kept']}/{rate['owed']}" in page
    assert report.checksum in page
    listed = browser.get("/public/rates.json").get_json()["frozen"]
    assert listed == [{"month": "2026-10", "version": 1, "url": "/public/rates/2026-10.json"}]


def test_a_restatement_says_why_and_the_version_before_stays(lived: City) -> None:
    first = freeze(lived)
    with lived.office.session() as session:
        session.execute(sa.update(Deadline).where(Deadline.met_at.is_(None)).values(met_at=at("2026-10-31 09:00")))
        session.commit()
    second = restate(lived, reason=REASON)
    browser = client(lived)
    found, old = told(browser), told(browser, "/public/rates/2026-10.json?version=1")
    assert (found["version"], found["checksum"], found["newest"]) == (2, second.checksum, True)
    assert (old["version"], old["checksum"], old["newest"]) == (1, first.checksum, False)
    assert found["previous_checksum"] == first.checksum
    assert [each["version"] for each in found["versions"]] == [1, 2]
    assert "漏登了两件核查" in found["reason"]
    assert sum(rate["missing"] for rate in old["rates"]) > sum(rate["missing"] for rate in found["rates"])
    page = words(browser.get("/public/rates/2026-10").text)
    assert "更正过" in page and "漏登了两件核查" in page
    assert "更正以前的第1版" in words(browser.get("/public/rates/2026-10?version=1").text)
    assert "更正，第2版" in words(browser.get("/public/rates").text)
    for address in ("/public/rates/2026-10", "/public/rates/2026-10.json"):
        assert "13812345678" not in browser.get(address).text, "a reason is somebody's words"


def test_nobody_is_in_it(lived: City) -> None:
    freeze(lived)
    restate(lived)
    browser = client(lived)
    people = lived.rows(sa.select(Staff.name))
    numbers = lived.rows(sa.select(Ticket.number))
    for address in ADDRESSES:
        text = browser.get(address).text
        for word in (*people, *numbers, "张小明", "13912345678", "香溪路", "井盖"):
            assert word not in text, (address, word)


def test_what_is_not_frozen_is_not_there(lived: City) -> None:
    browser = client(lived)
    assert "还没有冻结的月份" in words(browser.get("/public/rates").text)
    freeze(lived)
    for month in ("2026-09", "2026-11", "2026-13", "x", "0001-01", "2026-10-1", "%00"):
        for form in ("", ".json", ".csv"):
            assert browser.get(f"/public/rates/{month}{form}").status_code == 404, month
    for version in ("2", "0", "x", "99999999999999999999", "-1"):
        assert browser.get(f"/public/rates/2026-10?version={version}").status_code == 404, version
    assert "/public/rates/2026-10" in browser.get("/public/rates").text
    assert 'href="/public/rates"' in browser.get("/public").text


def test_a_month_that_is_being_counted_is_not_told(lived: City) -> None:
    freeze(lived)
    with lived.work() as work:
        work.session.execute(sa.update(MonthlyReport).values(state="counting"))
    assert client(lived).get("/public/rates/2026-10.json").status_code == 404


def test_it_may_be_kept_on_the_way_and_is_read_in_english(lived: City) -> None:
    freeze(lived)
    browser = client(lived)
    for address in ADDRESSES:
        first = browser.get(address)
        assert "public, max-age=60" in first.headers["Cache-Control"]
        assert browser.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    page = words(browser.get("/public/rates/2026-10", headers={"Accept-Language": "en"}).text)
    assert "How the city performed in 2026-10" in page and "Dealt with" in page


def test_the_list_is_read_in_one_statement(lived: City) -> None:
    freeze(lived)
    browser = client(lived)
    browser.get("/public/rates")
    with lived.statements() as asked:
        browser.get("/public/rates")
    assert len([statement for statement, _ in asked if "monthly_report" in statement]) == 1
