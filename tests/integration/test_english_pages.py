"""Somebody whose browser asks for English reads no Chinese but names, and what people wrote; the desks stay Chinese.

A page that has no scene (english_scenes.py) fails the first test, and so does a sentence that is not in the catalogue.
"""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from hotline.models import Category, Message, Ticket, Unit
from tests.citizen import Browser, make_app
from tests.city import City
from tests.databases import Founded
from tests.desk import Person
from tests.integration.english_scenes import NO_PAGES, SCENES
from tests.integration.english_visit import CHINESE, Visit
from tests.unit.test_languages import HAN


@pytest.fixture(scope="module")
def names(founded: Founded) -> list[str]:
    """The names of the city's units, longest first: data in every language. Its categories have English names."""
    engine = sa.create_engine(founded.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return sorted(connection.scalars(sa.select(Unit.name)), key=len, reverse=True)


def test_every_page_has_a_scene(city: City) -> None:
    app = make_app(city)
    pages = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ("citizen", "public")
    }
    read = {endpoint for _, endpoints in SCENES.values() for endpoint in endpoints}
    assert read - pages == set(), "there is no such page any more"
    assert pages - read - NO_PAGES.keys() == set(), "nobody reads them in English"


@pytest.mark.parametrize("name", SCENES)
def test_no_chinese_is_left(city: City, names: list[str], name: str) -> None:
    visit = Visit(city)
    SCENES[name][0](visit)
    assert visit.pages
    left = {path: found for path, page in visit.pages if (found := chinese_in(page, names))}
    assert not left
    for path, page in visit.pages:
        assert "<html" not in page or re.search(r'<html[^>]* lang="en"', page), path


def chinese_in(page: str, names: list[str]) -> list[str]:
    """The Chinese of a page with what it sits in, besides the city's names and the switch to Chinese."""
    page = re.sub("|".join(map(re.escape, [*names, *CHINESE])), "", page)
    page = re.sub(r'<a [^>]*lang="zh-CN"[^>]*>中文</a>', "", page)
    page = re.sub("【12319】[^<]*", "", page)  # a text message, as it was sent
    page = re.sub('(?<=<category term=")[^"]*(?=" label=)', "", page)  # a feed's, the same in every language
    page = re.sub('(?<=<option value=")[^"]*', "", page)  # a filter's, likewise
    return re.findall(rf"[^\n]{{0,40}}{HAN.pattern}[^\n]{{0,40}}", page)


def test_the_check_can_fail() -> None:
    assert chinese_in("<p>With 市政处</p>", ["市政处"]) == []
    assert chinese_in('<a class="tongue" href="?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>', []) == []
    assert chinese_in('<img alt="照片">', []) == ['<img alt="照片">']


def test_the_same_pages_are_chinese_for_everybody_else(city: City) -> None:
    browser = Browser(make_app(city))
    for path in ("/", "/complaints/new", "/q"):
        assert 'lang="zh-CN"' in browser.get(path).text
        assert "城市管理服务热线" in browser.get(path).text


def test_categories_are_named_in_english(city: City) -> None:
    visit = Visit(city)
    form = visit.see("/complaints/new")
    assert '<optgroup label="Roads and street lighting">' in form and ">Street lamp not working</option>" in form
    assert 'data-name="Roads and street lighting · Street lamp not working"' in visit.send(
        "/complaints/hints", 200, **visit.form(text=CHINESE[0])
    )
    number = city.accepted(text=CHINESE[0], category_id=category(city, "路灯不亮"))
    listed = visit.see("/public?group=道路设施")
    assert '<option value="道路设施" selected>Roads and street lighting</option>' in listed
    assert ">Street lamp not working</option>" in listed and "<span>Street lamp not working</span>" in listed
    assert "<span>Street lamp not working</span>" in visit.see(f"/public/{number}")
    feed = visit.browser.get("/public/feed.atom?group=道路设施").text
    assert "Public reports · Roads and street lighting</title>" in feed
    assert 'term="路灯不亮" label="Street lamp not working"' in feed
    assert city.scalar(sa.select(Category.name).join(Ticket).where(Ticket.number == number)) == "路灯不亮"


def test_a_category_of_the_citys_own_stays_chinese_and_says_so(city: City) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Category).where(Category.name == "路灯不亮").values(name="骑楼"))
        session.execute(sa.update(Category).where(Category.name == "井盖缺损").values(parent_name="老城"))
    city.office.forget_rules()
    number = city.accepted(text="Dark", category_id=category(city, "骑楼"))
    visit = Visit(city)
    form = visit.see("/complaints/new")
    assert 'lang="zh-CN">骑楼</option>' in form and '<optgroup label="老城" lang="zh-CN">' in form
    assert '<span lang="zh-CN">骑楼</span>' in visit.see(f"/public/{number}")


def category(city: City, name: str) -> int:
    return int(city.scalar(sa.select(Category.id).where(Category.name == name)))


def test_the_switch_stays(city: City) -> None:
    browser = Browser(make_app(city))
    assert 'lang="en"' in browser.get("/?lang=en").text
    page = browser.get("/q").text
    assert re.search(r'<html[^>]* lang="en"', page) and re.search(r'href="[^"]*lang=zh"', page)
    assert '<html lang="zh-CN"' in browser.get("/q?lang=zh").text


def test_desks_and_machines_stay_chinese(city: City) -> None:
    browser = Browser(make_app(city))
    browser.headers["Accept-Language"] = "en"
    browser.get("/?lang=en")
    page = browser.get("/login").text
    assert '<html lang="zh-CN"' in page and "登录" in page
    answer = browser.get("/api/v1/no-such-thing")
    assert answer.status_code == 404 and HAN.search(answer.get_json()["title"])


def test_operators_see_who_reads_english(city: City) -> None:
    visit = Visit(city)
    olga = Person(visit.app, "olga")
    assert "英文界面" in olga.ticket(visit.complain()).text
    assert "英文界面" not in olga.ticket(city.accepted()).text


def test_texts_stay_chinese(city: City) -> None:
    visit = Visit(city)
    visit.complain()
    with city.office.session() as session:
        body = session.scalar(sa.select(Message.body_sealed).order_by(Message.id.desc()).limit(1))
    assert HAN.search(city.office.vault.open(body))
