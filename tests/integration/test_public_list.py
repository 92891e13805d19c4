"""公开页's list: back and forth through it, how many were found, what each line tells, and where the map is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

import pytest
from werkzeug.test import Client

from hotline.services import showing
from hotline.services.showing import PAGE
from hotline.web.mapping import MapSettings
from tests.citizen import make_app, words
from tests.city import City
from tests.integration.test_public_pages import client, lamp, many, noise


def test_back_the_way_one_came_with_what_it_is_narrowed_to(city: City) -> None:
    """To the end and back to the beginning: each page is what it was, the last of them the first again."""
    expected = many(city, 2 * PAGE + 3)
    noise(city, area="城中区")
    browser = client(city)
    for query in ("?group=道路设施&area=城中区&state=open", "?q=路灯"):
        pages, address = [], f"/public{query}"
        while address:
            pages.append(read(browser, address))
            address = pages[-1].following
        assert [page.numbers for page in pages] == [expected[:PAGE], expected[PAGE : 2 * PAGE], expected[2 * PAGE :]]
        assert not pages[0].previous
        middle = read(browser, pages[2].previous)
        first = read(browser, middle.previous)
        assert (middle.numbers, first.numbers) == (pages[1].numbers, pages[0].numbers)
        assert (middle.following, first.following) == (pages[1].following, pages[0].following)
        assert not first.previous


def test_what_arrives_meanwhile_moves_nothing(city: City) -> None:
    """Going back shows what stood above; what has come since is less than a page, and is seen from the beginning."""
    expected = many(city, PAGE + 2)
    browser = client(city)
    second = read(browser, read(browser, "/public?area=城中区").following)
    new = [lamp(city, area="城中区") for _ in range(3)][::-1]
    first = read(browser, second.previous)
    assert (second.numbers, first.numbers) == (expected[PAGE:], expected[:PAGE])
    answer = browser.get(first.previous)
    assert (answer.status_code, unquote(answer.location)) == (302, "/public?area=城中区")
    assert read(browser, answer.location).numbers == new + expected[: PAGE - 3]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "after=1"),
        ("", "before=999999999"),
        ("area=城中区&", "after=1"),
        ("area=城中区&q=路灯&", "before=999999999"),
    ],
)
def test_a_way_to_nothing_leads_to_the_beginning(city: City, query: str, place: str) -> None:
    """What stood there was hidden since. An empty list would say that nothing is public, or nothing was found."""
    lamp(city, area="城中区")
    answer = client(city).get(f"/public?{query}{place}")
    assert answer.status_code == 302
    assert unquote(answer.location) == f"/public?{query}".rstrip("?&")


@dataclass(frozen=True)
class ListPage:
    """A page of the list as a reader has it: its matters, and where it leads."""

    numbers: list[str]
    previous: str
    following: str


def read(browser: Client, address: str) -> ListPage:
    answer = browser.get(address)
    assert answer.status_code == 200
    shown = re.findall(r'class="matter" href="/public/(\d+)"', answer.text)
    ways = {way: "".join(re.findall(rf'rel="{way}" href="([^"]*)"', answer.text)) for way in ("prev", "next")}
    return ListPage(shown, unescape(ways["prev"]), unescape(ways["next"]))


def test_how_many_were_found_is_told_where_something_was_looked_for(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "MOST", 25)
    expected = many(city, PAGE + 4)
    noise(city, area="云锦区")
    browser = client(city)
    cases = [
        ("", ""),
        ("?area=云锦区", "找到 1 件"),
        ("?area=城中区", f"找到 {PAGE + 5} 件"),
        ("?state=open", "找到 25 件以上"),
        ("?q=路灯", f"找到 {PAGE + 5} 件"),
        ("?q=没有这样的事", "找到 0 件"),
        ("?area=没有这个区", "找到 0 件"),
        (f"?q={expected[3]}", "找到 1 件"),
    ]
    for query, told in cases:
        text = words(browser.get(f"/public{query}").text)
        assert "".join(re.findall(r"找到 \d+ 件(?:以上)?", text)) == told, query
        assert ("清除筛选" in text) is bool(query)
    second = browser.get(read(browser, "/public?area=城中区").following).text
    assert "找到" not in second
    assert "清除筛选" in second


def test_more_than_is_looked_through_at_once_is_not_counted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "_AT_ONCE", 30)
    many(city, 40)
    assert "找到 30 件以上" in words(client(city).get("/public?q=路灯").text)


COVERED = "平湖街88号3栋2011室"  # has 2011 in it, and nobody is to find it by that


def test_a_search_goes_on_where_the_last_look_ended(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is looked at and not shown, the reader is told how far the search has come, and a link goes on."""
    monkeypatch.setattr(showing, "_AT_ONCE", 2)  # ten for a page
    oldest = lamp(city, area="城中区", place="香溪路2011号")
    many(city, 25, place=COVERED)
    newest = lamp(city, area="城中区", place="大桥路2011号")
    browser, asked = client(city), "/public?area=城中区&state=open&q=2011"
    pages, address = [], asked
    while address:
        assert unquote(address).startswith(asked), "with all filters"
        text = words(browser.get(address).text)
        pages.append(read(browser, address))
        address = pages[-1].following
        assert ("已查到2026年10月12日收到的诉求，更早登记的还没有查" in text) is bool(address)
        assert ("继续查找更早的" in text) is bool(address)
        assert ("还没有找到符合条件的诉求" in text) is (not pages[-1].numbers)
        assert ("找到 1 件以上" in text) is (len(pages) == 1)
    assert [page.numbers for page in pages] == [[newest], [], [oldest]]
    middle = read(browser, pages[2].previous)
    assert (middle.numbers, read(browser, middle.following).numbers) == ([], [oldest])
    text = words(browser.get(pages[2].previous).text)
    assert "已查到2026年10月12日收到的诉求，以后登记的还没有查" in text and "继续查找较新的" in text
    above = read(browser, middle.previous)
    assert above.numbers == []
    assert unquote(browser.get(above.previous).location) == asked, "less than a page above it: that is the first one"


@pytest.mark.parametrize("hits", [(), (0,), (3, 4), (11,), (0, 6, 11)])
def test_a_search_comes_to_its_end_and_back(city: City, monkeypatch: pytest.MonkeyPatch, hits: tuple[int, ...]) -> None:
    """Whatever is found where, the way on ends, and the pages make the whole list; the last one says that it is."""
    monkeypatch.setattr(showing, "_AT_ONCE", 1)
    monkeypatch.setattr(showing, "PAGE", 2)
    numbers = [lamp(city, place="大桥路2011号" if turn in hits else COVERED) for turn in range(12)]
    browser, address, found = client(city), "/public?q=2011", []
    for _ in range(20):
        page = read(browser, address)
        found += page.numbers
        if not page.following:
            break
        address = page.following
    assert found == [numbers[turn] for turn in sorted(hits, reverse=True)]
    assert page.numbers or "更早的诉求里没有符合条件的" in words(browser.get(address).text)
    assert page.previous


def test_a_search_goes_on_in_english(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "_AT_ONCE", 1)
    many(city, 12, place=COVERED)
    browser = client(city)
    page = browser.get("/public?q=2011&lang=en").text
    told = words(page)
    assert "No reports match so far." in told
    assert "12 October 2026" in told and "Search earlier reports" in told
    back = words(browser.get("/public?q=2011&before=1").text)
    assert "Search newer reports" in back
    assert "No earlier report matches." in words(browser.get("/public?q=2011&after=1&lang=en").text)


def test_what_was_looked_for_is_told_beside_what_was_found(city: City) -> None:
    lamp(city, area="城中区")
    text = words(client(city).get("/public?area=城中区&state=open&since=2026-10-01&q=路灯").text)
    assert "城中区 找到 1 件 · 办理中 · 收到日期不早于2026年10月1日 清除筛选" in text
    assert "此日之后" not in text
    assert "路灯 找到" not in text, "nobody puts words of his own over a page of the city"


def test_each_matter_tells_the_same_on_the_same_line(city: City) -> None:
    """How far and until when; where; what, since when, of how many."""
    full = lamp(city, place="香溪路口", area="城中区")
    bare = city.accepted(text="香溪路口路灯不亮三天了")
    page = client(city).get("/public").text
    lines = {
        number: [words(f"<main>{line}</main>").strip() for line in re.findall(r'<p class="meta.*?</p>', row, re.DOTALL)]
        for number, row in re.findall(r'href="/public/(\d+)">(.*?)</li>', page, re.DOTALL)
    }
    assert lines[full] == ["已受理 10月27日 18:00 前办结", "香溪路口 · 城中区", "路灯不亮 · 2026年10月12日 收到"]
    assert lines[bare] == ["已受理 10月27日 18:00 前办结", "2026年10月12日 收到"]


def test_a_map_is_shown_where_it_tells_something(city: City) -> None:
    """Without tiles it is a drawing of how the places lie, folded on a telephone; of one place it tells nothing."""
    app = make_app(city)
    lamp(city, latitude=31.49, longitude=120.31)
    lamp(city, latitude=31.49, longitude=120.31)

    def shown() -> tuple[bool, bool]:
        page = app.test_client().get("/public").text
        return "data-map-canvas" in page, "data-open-where-wide" in page

    assert shown() == (False, False)
    tiles, app.config["MAP"] = app.config["MAP"], MapSettings("/tiles/{z}/{x}/{y}.png")
    assert shown() == (True, False)
    app.config["MAP"] = tiles
    lamp(city, latitude=31.5, longitude=120.3)
    assert shown() == (True, True)
    page = app.test_client().get("/public").text
    assert page.index('class="public-list"') < page.index("data-map-canvas"), "the list is read first"


def test_the_map_begins_where_most_places_are(city: City) -> None:
    for latitude, longitude in ((31.49, 120.31), (31.5, 120.3), (31.48, 120.32), (34.2, 117.2)):
        lamp(city, latitude=latitude, longitude=longitude)
    page = client(city).get("/public").text
    assert "data-extent='[[31.48, 120.3], [31.5, 120.32]]'" in page
    assert "另有 1 处较远" in page


def test_statements_do_not_grow_with_the_rows(city: City) -> None:
    browser = client(city)
    many(city, 1)
    browser.get("/public")
    few = statements(city, browser, "/public")
    many(city, PAGE)
    assert statements(city, browser, "/public") == few <= 6, "the page, and whose names are not to be read on it"
    assert statements(city, browser, "/public?group=道路设施&area=城中区&state=open") <= 7
    second = read(browser, "/public").following
    assert statements(city, browser, second) == few
    assert statements(city, browser, read(browser, second).previous) == few


def statements(city: City, browser: Client, path: str) -> int:
    with city.statements() as asked:
        assert browser.get(path).status_code == 200
    return len(asked)
