"""Around every page: small on the wire and asked for once, the switch of language, and the doors at its foot."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from hotline.domain.publicity import Publicity
from hotline.web.packing import KINDS
from hotline.web.static_files import BUNDLES
from tests.citizen import Browser, make_app
from tests.city import PASSWORD, PEOPLE, City
from tests.desk import Person

BOTH = {"Accept-Encoding": "gzip, deflate, br"}
ONE_OF_EACH = ("olga", "dora", "hans", "sven", "lena", "adam")
YEAR = timedelta(days=365).total_seconds()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def assets(page: str) -> list[str]:
    return sorted(set(re.findall(r'/static/[^"#]+', page)))


# static files


@pytest.mark.parametrize("path", ["/", "/complaints/new", "/login"])
def test_what_belongs_to_a_page_is_asked_for_once_a_year(client: FlaskClient, path: str) -> None:
    for address in assets(client.get(path).text):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == f"public, max-age={YEAR:.0f}, immutable", address


def test_citizens_load_no_styles_of_the_desks(client: FlaskClient) -> None:
    assert not any("bootstrap" in address or "htmx" in address for address in assets(client.get("/").text))
    assert any("bootstrap" in address for address in assets(client.get("/login").text))


def test_the_styles_are_announced_by_the_address_that_the_page_uses(client: FlaskClient) -> None:
    page = client.get("/complaints/new")
    announced = re.fullmatch(r"<(.+)>; rel=preload; as=style", page.headers["Link"])
    assert announced
    assert f'<link rel="stylesheet" href="{announced[1]}">' in page.text


def test_a_bundle_is_its_scripts_one_after_the_other(client: FlaskClient) -> None:
    for name, parts in BUNDLES.items():
        alone = [client.get(f"/static/{part}").data for part in parts]
        assert client.get(f"/static/{name}").data == b"\n".join(alone)
        assert all(script.rstrip().endswith(b"})();") for script in alone), "each stands by itself"


def test_a_browser_keeps_them_whoever_it_is_used_by(client: FlaskClient) -> None:
    """A cookie or `Vary: Cookie` would make it ask again after every form."""
    client.get("/complaints/new")
    assert client.get_cookie("session")
    answer = client.get("/static/hotline.css", headers=BOTH)
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_without_the_fingerprint_of_today_they_are_asked_for_each_time(client: FlaskClient) -> None:
    for address in ("/static/hotline.css", "/static/hotline.css?v=000000000000"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "no-cache"
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_they_come_in_the_encoding_that_the_browser_takes(client: FlaskClient) -> None:
    plain = client.get("/static/hotline.css")
    small = client.get("/static/hotline.css", headers=BOTH)
    old = client.get("/static/hotline.css", headers={"Accept-Encoding": "gzip"})
    refused = client.get("/static/hotline.css", headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert brotli.decompress(small.data) == gzip.decompress(old.data) == plain.data == refused.data
    assert len(small.data) < len(old.data) < len(plain.data) / 3
    assert len({answer.headers["ETag"] for answer in (plain, small, old)}) == 3
    assert "Content-Encoding" not in plain.headers
    assert plain.content_type.startswith("text/css")
    assert plain.headers["X-Content-Type-Options"] == "nosniff"


def test_only_the_files_themselves_are_there(client: FlaskClient) -> None:
    assert client.head("/static/hotline.css").status_code == 200
    assert client.head("/static/hotline.css").data == b""
    assert client.post("/static/hotline.css").status_code == 405
    for nothing in ("/static/", "/static/nothing.css", "/static/../app.py", "/static/%2e%2e/app.py"):
        assert client.get(nothing).status_code == 404, nothing


# pages


def packing(client: FlaskClient, path: str) -> str | None:
    return client.get(path, headers=BOTH).headers.get("Content-Encoding")


def test_pages_and_data_come_packed(client: FlaskClient) -> None:
    whole = client.get("/q")
    small = client.get("/q", headers=BOTH)
    assert len(small.data) < len(whole.data) / 2
    assert "Accept-Encoding" in small.headers["Vary"]
    assert brotli.decompress(small.data).startswith(b"<!doctype html>" if whole.text[0] == "<" else b"\n")
    assert packing(client, "/?lang=en") == "br", "the language is not repeated on the page"
    assert packing(client, "/api/v1/openapi.json") == "br"
    assert client.get("/q", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert "text/html" in KINDS


def test_a_page_that_repeats_its_address_is_not_packed(city: City, client: FlaskClient) -> None:
    """Else its length would tell whether a guess in the address is right (BREACH)."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token
    client.post("/login", data={"username": "olga", "password": PASSWORD, "csrf_token": token[1]})
    city.receive()
    assert packing(client, "/desk/tickets") == "br"
    assert packing(client, "/desk/tickets?q=" + "香溪路" * 20) is None
    assert packing(client, "/q?guess=" + "x" * 600) is None
    assert packing(client, "/public?q=" + "x" * 60) == "br", "there is no secret on a public page"


def test_a_form_that_repeats_what_was_typed_is_not_packed(app: Flask) -> None:
    browser = Browser(app)
    browser.headers |= BOTH
    del browser.headers["Accept-Encoding"]
    filled = browser.form(text="", place="我写的" * 20)
    browser.headers |= BOTH
    answer = browser.send(filled)
    assert answer.status_code == 422
    assert "Content-Encoding" not in answer.headers


def test_the_version_of_a_ticket_is_not_changed_on_the_way(city: City, client: FlaskClient) -> None:
    """Its ETag is sent back as If-Match, by clients that take any encoding."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token
    client.post("/login", data={"username": "olga", "password": PASSWORD, "csrf_token": token[1]})
    answer = client.get(f"/api/v1/tickets/{city.accepted()}", headers=BOTH)
    assert re.fullmatch(r'"\d+"', answer.headers["ETag"])


# the switch of language and the foot


def test_the_switch_stays_on_the_page_and_keeps_what_it_was_asked_for(client: FlaskClient) -> None:
    page = client.get("/public?q=路灯&lang=zh&page=2").text
    assert 'href="/public?q=%E8%B7%AF%E7%81%AF&amp;page=2&amp;lang=en" lang="en" hreflang="en"' in page
    english = client.get("/public?lang=en").text
    assert '<html lang="en">' in english
    assert 'href="/public?lang=zh" lang="zh-CN" hreflang="zh-CN"' in english


def test_the_switch_never_leads_to_another_host(client: FlaskClient) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": "//elsewhere.example/nowhere"})
    assert answer.status_code == 404
    assert 'href="/elsewhere.example/nowhere?lang=en"' in answer.text


def test_desks_have_no_switch(client: FlaskClient) -> None:
    assert "hreflang" not in client.get("/login").text


def test_the_foot_leads_to_what_there_is(city: City, client: FlaskClient) -> None:
    foot = client.get("/").text.partition("<footer")[2]
    assert 'href="/privacy"' in foot
    assert 'href="/public"' in foot
    city.office.publicity = Publicity.OFF
    assert 'href="/public"' not in client.get("/").text.partition("<footer")[2]


# whose hotline it is


@pytest.mark.parametrize(
    ("names", "language", "shown"),
    [
        ({}, "zh", "<b>12319</b> 城市管理服务热线"),
        ({"zh": "合肥市", "en": "Hefei"}, "zh", "合肥市 <b>12319</b> 城市管理服务热线"),
        ({"zh": "合肥市", "en": "Hefei"}, "en", "Hefei <b>12319</b> City services hotline"),
        ({"zh": "合肥市"}, "en", "合肥市 <b>12319</b> City services hotline"),
    ],
)
def test_every_page_says_whose_hotline_it_is(city: City, names: dict[str, str], language: str, shown: str) -> None:
    client = make_app(city, city_names=names).test_client()
    for path in ("/", "/privacy", "/complain"):
        page = client.get(f"{path}?lang={language}").text
        assert f"<span>{shown}</span>" in page
        assert re.search(r"<title>.* - (.*)</title>", page)[1] == shown.partition("<b>")[0] + "12319"  # type: ignore[index]


def test_the_desk_says_it_in_chinese(city: City) -> None:
    desk = make_app(city, city_names={"zh": "合肥市", "en": "Hefei"}).test_client()
    assert "合肥市 12319 城市管理服务热线 · 工作台" in desk.get("/login?lang=en").text


def test_a_feed_among_others_says_whose_it_is(city: City) -> None:
    feed = make_app(city, city_names={"zh": "合肥市"}).test_client().get("/public/feed.atom").text
    assert "<title>合肥市 · 城市管理诉求公开</title>" in feed


# the frame of the desk


def entries(html: str) -> list[str]:
    """What the menu offers, in its order."""
    menu = html.partition('id="menu"')[2].partition("</nav>")[0]
    return re.findall(r"<a [^>]*>([^<]+)", menu)


@pytest.mark.parametrize("login", ONE_OF_EACH)
def test_the_menu_offers_nothing_that_is_not_there(app: Flask, login: str) -> None:
    person = Person(app, login)
    home = person.open("/desk/")
    menu = home.html.partition('id="menu"')[2].partition("<main")[0]
    for address in re.findall(r'<a href="([^"]+)"', menu):
        page = person.open(address)
        page = person.open(page.response.location) if page.status in (302, 303) else page
        assert page.status == 200, address
        assert page.html.count("<h1") == 1, address
        here = re.findall(
            r'href="([^"]+)" aria-current="page"', page.html.partition('id="menu"')[2].partition("<main")[0]
        )
        assert here in ([address], []) and (here or address in ("/desk/me", "/desk/help", "/console")), address


def test_letters_lead_to_one_place_each(app: Flask) -> None:
    for login in ONE_OF_EACH:
        letters = re.findall(r'data-go="(\w)"', Person(app, login).open("/desk/").html)
        assert len(letters) == len(set(letters)), login


def test_what_is_another_role_s_is_not_in_the_menu(app: Flask) -> None:
    assert {"今日", "工单", "来电草稿", "待联系"} <= set(entries(Person(app, "olga").open("/desk/").html))
    assert not {"来电草稿", "派单目录", "单位"} & set(entries(Person(app, "hans").open("/desk/").html))
    assert "工单" not in entries(Person(app, "adam").open("/desk/").html), "handles none"


def test_who_is_not_logged_in_sees_no_menu(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert 'id="menu"' not in page and "desk.js" not in page


def test_light_or_dark_and_keys_are_kept_on_this_device(app: Flask) -> None:
    olga = Person(app, "olga")
    page = olga.open("/desk/me")
    assert '<html lang="zh-CN">' in page.html, "as the system says, and with keys"
    saved = olga.send(page.form("/desk/me"), theme="dark", keys="off")
    assert (saved.status, saved.response.location) == (303, "/desk/me#main")
    assert all(
        "HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in saved.response.headers.getlist("Set-Cookie")
    )
    assert '<html lang="zh-CN" data-theme="dark" data-keys="off">' in olga.open("/desk/").html
    assert "单键快捷键在这台设备上已关闭" in olga.open("/desk/help").text
    olga.client.post("/logout", data={"csrf_token": page.form("/logout").values["csrf_token"]})
    assert '<html lang="zh-CN" data-theme="dark" data-keys="off">' in olga.open("/login").html, "no flash of light"


def test_settings_that_are_none_are_refused_in_words(app: Flask) -> None:
    olga = Person(app, "olga")
    form = olga.open("/desk/me").form("/desk/me")
    answer = olga.send(form, theme="pink", keys="")
    assert answer.status == 422
    assert "请选择一种外观" in answer.text and "请选择启用或关闭" in answer.text
    olga.client.set_cookie("desk_theme", '"><script>')
    assert '<html lang="zh-CN">' in olga.open("/desk/").html


@pytest.mark.parametrize("login", ONE_OF_EACH)
def test_help_begins_with_the_reader_s_own_role(app: Flask, login: str) -> None:
    page = Person(app, login).open("/desk/help")
    role = PEOPLE[login][2].value
    assert re.findall(r'id="role-(\w+)" open', page.html) == [role]
    assert page.html.index(f'id="role-{role}"') < min(
        page.html.index(f'id="role-{other[2].value}"') for other in PEOPLE.values() if other[2].value != role
    )
    for word in ("将到期", "待核查", "书面说明", "命令面板"):
        assert word in page.text


def test_what_is_not_there_is_said_in_the_frame_of_the_desk(city: City, app: Flask) -> None:
    number = city.assigned("parks")
    hans = Person(app, "hans")
    for address in (f"/desk/tickets/{number}", "/desk/nowhere", "/desk/drafts"):
        page = hans.open(address)
        assert page.status == 404
        assert 'id="menu"' in page.html and "没有找到这一页" in page.text and "拨打" not in page.text, address
    assert 'id="menu"' not in app.test_client().get("/desk/nowhere").text
