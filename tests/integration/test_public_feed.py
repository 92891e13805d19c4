"""订阅: the feed is Atom as RFC 4287 wants it, and says the same as the public list."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from werkzeug.test import Client

from hotline.models import Category
from hotline.services.showing import PAGE
from tests.citizen import make_app
from tests.city import City
from tests.integration.test_public_pages import lamp, many, noise

ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[A-Za-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")  # RFC 4151
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")  # RFC 3339
ONCE_IN_A_FEED = ("id", "title", "updated")
ONCE_IN_AN_ENTRY = ("id", "title", "updated", "published", "content")


def read(browser: Client, address: str = "/public/feed.atom") -> ET.Element:
    response = browser.get(address)
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    feed = ET.fromstring(response.data)
    check(feed)
    return feed


def check(feed: ET.Element) -> None:
    """What RFC 4287 requires: 4.1.1 of a feed, 4.1.2 of an entry, 4.2.7 of links."""
    assert feed.tag == f"{ATOM}feed"
    assert (feed.findtext(f"{ATOM}author/{ATOM}name") or "").strip()
    entries = feed.findall(f"{ATOM}entry")
    for parent, once in ((feed, ONCE_IN_A_FEED), *((entry, ONCE_IN_AN_ENTRY) for entry in entries)):
        for name in once:
            assert len(parent.findall(f"{ATOM}{name}")) == 1, name
            assert (parent.findtext(f"{ATOM}{name}") or "").strip(), name
        assert TAG.fullmatch(parent.findtext(f"{ATOM}id") or "")
        for name in ("updated", "published"):
            for moment in parent.findall(f"{ATOM}{name}"):
                assert MOMENT.fullmatch(moment.text or "")
        assert len(parent.findall(f"{ATOM}link[@rel='alternate']")) == 1
        for link in parent.findall(f"{ATOM}link"):
            parts = urlsplit(link.attrib["href"])
            assert parts.scheme
            assert parts.netloc, "no address depends on where the feed was found"
    assert len(feed.findall(f"{ATOM}link[@rel='self']")) == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    newest = max((entry.findtext(f"{ATOM}updated") or "" for entry in entries), default="")
    assert not entries or feed.findtext(f"{ATOM}updated") == newest


def titles(feed: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.findall(f"{ATOM}entry")]


def test_a_feed_without_entries_is_a_feed(city: City) -> None:
    browser = make_app(city).test_client()
    assert titles(read(browser)) == []
    first = browser.get("/public/feed.atom").headers["ETag"]
    city.turn(hours=1)
    assert browser.get("/public/feed.atom").headers["ETag"] == first


def test_newest_first_and_the_same_id_for_ever(city: City) -> None:
    lamp(city, place="香溪路口", area="城中区", latitude=30.51234, longitude=117.05678)
    city.turn(hours=1)
    number = noise(city)
    browser = make_app(city).test_client()
    feed = read(browser)
    assert titles(feed) == ["平湖街夜间施工噪声太吵", "香溪路口路灯不亮三天了"]
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == f"tag:hotline.test,2026:ticket/{number}"
    link = entry.find(f"{ATOM}link[@rel='alternate']")
    assert link is not None
    assert link.attrib["href"] == f"http://hotline.test/public/{number}"
    point = feed.find(".//{http://www.georss.org/georss}point")
    assert point is not None
    assert point.text == "30.512 117.057"


def test_the_answer_is_news(city: City) -> None:
    number = city.replied(text="大桥路井盖松动")
    feed = read(make_app(city).test_client())
    assert "答复：您反映的路灯已修复" in (feed.findtext(f"{ATOM}entry/{ATOM}content") or "")
    replied_at = city.ticket(number).replied_at
    assert replied_at is not None
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}entry/{ATOM}updated") or "") >= replied_at


def test_by_category_and_area(city: City) -> None:
    lamp(city, area="城中区")
    lamp(city, area="云锦区")
    noise(city, area="云锦区")
    browser = make_app(city).test_client()
    code = city.scalar(sa.select(Category.code).where(Category.name == "路灯不亮"))
    cases = [
        ("", 3),
        ("?group=道路设施", 2),
        (f"?category={code}", 2),
        ("?area=云锦区", 2),
        (f"?category={code}&area=云锦区", 1),
        ("?area=没有这个区", 0),
        ("?category=R0201", 0),
    ]
    found = {}
    for query, count in cases:
        feed = read(browser, f"/public/feed.atom{query}")
        assert len(titles(feed)) == count, query
        found[query] = feed.findtext(f"{ATOM}id")
    assert len(set(found.values())) == len(cases), "each feed has an id of its own"
    title = read(browser, "/public/feed.atom?group=道路设施&area=云锦区").findtext(f"{ATOM}title")
    assert title == "城市管理诉求公开 · 道路设施 · 云锦区"


def test_page_by_page(city: City) -> None:
    expected = many(city, PAGE + 2)
    browser = make_app(city).test_client()
    address, seen = "/public/feed.atom?area=城中区", []
    while address:
        feed = read(browser, address)
        seen += [(entry.findtext(f"{ATOM}id") or "").rpartition("/")[2] for entry in feed.findall(f"{ATOM}entry")]
        following = feed.find(f"{ATOM}link[@rel='next']")
        address = following.attrib["href"].removeprefix("http://hotline.test") if following is not None else ""
    assert seen == expected


def test_asked_again_only_when_something_is_new(city: City) -> None:
    lamp(city)
    browser = make_app(city).test_client()
    first = browser.get("/public/feed.atom").headers
    conditions = (("If-None-Match", first["ETag"]), ("If-Modified-Since", first["Last-Modified"]))
    for name, value in conditions:
        assert browser.get("/public/feed.atom", headers={name: value}).status_code == 304, name
    city.turn(hours=1)
    noise(city)
    for name, value in conditions:
        assert browser.get("/public/feed.atom", headers={name: value}).status_code == 200, name


def test_readers_find_it_from_the_pages(city: City) -> None:
    number = lamp(city, area="城中区")
    browser = make_app(city).test_client()
    for path, query in (
        ("/public", ""),
        ("/public?group=道路设施&area=城中区", "?group=道路设施&area=城中区"),
        (f"/public/{number}", "?group=道路设施&area=城中区"),
    ):
        page = browser.get(path).text
        found = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]*)"', page)
        assert found, path
        address = found[1].replace("&amp;", "&")
        assert titles(read(browser, address)) == titles(read(browser, f"/public/feed.atom{query}"))


def test_what_no_xml_may_hold_and_what_is_markup(city: City) -> None:
    city.accepted(text="路灯\ufffe不亮\x0b<b>&amp;]]></b>，晚上很黑", matter="路灯\ufffe不亮\x0b<b>&amp;]]></b>")
    assert titles(read(make_app(city).test_client()))[0].endswith("<b>&amp;]]></b>")
