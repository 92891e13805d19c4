"""登录: one answer for all failures, ten wrong ones shut the door for a while, a password of one's own before anything
else, and every session ends when it should."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hotline.models import Staff
from hotline.services import entering, requiring
from tests.city import PASSWORD, QUICK, City
from tests.desk import Page, Person, make_app
from tests.races.hands import together

NEW_PASSWORD = "三叶草 clover 42 river"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def row(city: City, login: str = "hans") -> Staff:
    return city.rows(sa.select(Staff).where(Staff.login == login))[0]


def put(city: City, **values: Any) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "hans").values(**values))


def log_in(app: Flask, login: str, password: str, **more: str) -> Page:
    client = app.test_client()
    form = Page(client.get("/login")).forms[-1]
    return Page(client.post("/login", data=form.values | {"username": login, "password": password} | more))


def test_all_failures_read_the_same(city: City, app: Flask) -> None:
    answers = {log_in(app, "nobody", PASSWORD).text.replace("nobody", "hans")}
    answers.add(log_in(app, "hans", "wrong").text)
    for values in (
        {"active": False},
        {"active": True, "locked_until": city.now.replace(year=2027)},
        {"locked_until": None, "password_hash": "!"},
    ):
        put(city, **values)
        page = log_in(app, "hans", PASSWORD)
        assert page.status == 422
        answers.add(page.text)
    assert len(answers) == 1 and "账号或密码不对" in answers.pop()


def test_ten_wrong_ones_shut_the_door_for_a_quarter_of_an_hour(city: City, app: Flask) -> None:
    for _ in range(9):
        log_in(app, "hans", "wrong")
    assert log_in(app, "hans", PASSWORD).status == 302, "nine are forgiven"
    assert row(city).failures == 0 and row(city).last_login_at == city.now
    for _ in range(10):
        log_in(app, "hans", "wrong")
    assert log_in(app, "hans", PASSWORD).status == 422
    assert "暂时锁定" in Person(app, "adam").open("/desk/people?text=hans").text
    city.turn(minutes=15)
    assert log_in(app, "hans", PASSWORD).status == 302


def tried(browser: FlaskClient, login: str, password: str) -> Page:
    """In a browser that may have a cookie of ours."""
    form = Page(browser.get("/login")).forms[-1]
    return Page(browser.post("/login", data=form.values | {"username": login, "password": password}))


def test_who_tries_elsewhere_does_not_keep_the_owner_out(city: City, app: Flask) -> None:
    """A browser in which this person has been logged in is counted apart (OWASP device cookies)."""
    own = Person(app, "hans").client
    own.post("/logout", data=Page(own.get("/desk/tickets")).form("/logout").values)
    for _ in range(10):
        log_in(app, "hans", "wrong")
    assert log_in(app, "hans", PASSWORD).status == 422
    assert tried(Person(app, "hugo").client, "hans", PASSWORD).status == 422, "somebody else's browser"
    assert tried(own, "hans", PASSWORD).status == 302
    assert log_in(app, "hans", PASSWORD).status == 422, "elsewhere it stays shut"
    for _ in range(10):
        tried(own, "hans", "wrong")
    assert tried(own, "hans", PASSWORD).status == 422, "nor may one guess without end here"
    city.turn(minutes=15)
    assert tried(own, "hans", PASSWORD).status == 302


@pytest.mark.parametrize("ended", ["sessions", "cookie"])
def test_a_browser_is_known_until_the_sessions_are_ended(city: City, app: Flask, ended: str) -> None:
    own = Person(app, "hans").client
    for _ in range(10):
        log_in(app, "hans", "wrong")
    if ended == "sessions":
        put(city, session_epoch=1)
    else:
        own.set_cookie("known", "W1sxLDBdXQ.made-up.signature")
    assert tried(own, "hans", PASSWORD).status == 422


def test_while_it_is_shut_ones_own_form_says_so(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    form = hans.open("/desk/me/password").forms[-1]
    form.action = "/desk/me/password"
    answers = [hans.send(form, current="wrong", password=NEW_PASSWORD, again=NEW_PASSWORD).text for _ in range(10)]
    assert all("密码不对" in text for text in answers[:9]) and "暂时锁定，请15分钟后再试" in answers[9]
    assert "暂时锁定" in hans.send(form, current=PASSWORD, password=NEW_PASSWORD, again=NEW_PASSWORD).text
    assert log_in(app, "hans", PASSWORD).status == 302


@pytest.mark.parametrize("change", [{"must_change_password": True}, None])
def test_what_is_newly_required_reaches_who_is_logged_in(city: City, app: Flask, change: dict[str, Any] | None) -> None:
    hans = Person(app, "hans")
    if change:
        put(city, **change)
    else:
        with city.work("adam") as work:
            requiring.require(work, ["handler"])
    sent = hans.open("/desk/tickets")
    assert sent.status == 302 and sent.response.headers["Location"].startswith("/login?")
    way = log_in(app, "hans", PASSWORD).response.headers["Location"]
    assert way == ("/login/password" if change else "/login/second-factor")


def test_many_at_once_have_no_more_tries(city: City) -> None:
    staff_id = row(city).id

    def fail() -> None:
        with city.office.session() as session:
            entering.fail(session, staff_id, now=city.now, own=False)

    together(*[fail] * 8)
    assert row(city).failures == 8
    together(*[fail] * 4)
    assert (row(city).failures, row(city).locked_until) == (0, city.now + entering.SHUT_FOR)


def test_a_password_that_others_know_is_changed_before_anything_else(city: City, app: Flask) -> None:
    put(city, must_change_password=True)
    client = app.test_client()
    form = Page(client.get("/login")).forms[-1]
    entered = client.post("/login", data=form.values | {"username": "hans", "password": PASSWORD, "next": "/desk/away"})
    assert entered.headers["Location"] == "/login/password"
    for path in ("/desk/tickets", "/login/second-factor", "/attachments/1"):
        assert client.get(path).status_code in (302, 303, 404), path
    page = Page(client.get("/login/password"))
    assert "请先换一个自己的密码" in page.text
    same = client.post("/login/password", data=page.forms[-1].values | {"password": PASSWORD, "again": PASSWORD})
    assert same.status_code == 422 and "与原密码相同" in same.text
    chosen = page.forms[-1].values | {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert client.post("/login/password", data=chosen).headers["Location"] == "/desk/away"
    assert client.get("/desk/tickets").status_code == 200
    assert not row(city).must_change_password
    assert log_in(app, "hans", PASSWORD).status == 422


def test_what_is_between_password_and_desk_ends_after_ten_minutes(city: City, app: Flask) -> None:
    put(city, must_change_password=True)
    client = app.test_client()
    form = Page(client.get("/login")).forms[-1]
    client.post("/login", data=form.values | {"username": "hans", "password": PASSWORD})
    city.turn(minutes=11)
    late = client.get("/login/password", follow_redirects=True)
    assert "登录已过时" in late.text
    for path in ("/login/password", "/login/code", "/login/second-factor", "/login/onward"):
        assert app.test_client().get(path).headers["Location"] == "/login", "nobody comes here from the street"


def test_one_changes_ones_own_password_and_other_sessions_end(city: City, app: Flask) -> None:
    here, elsewhere = Person(app, "hans"), Person(app, "hans")
    form = here.open("/desk/me/password").forms[-1]
    form.action = "/desk/me/password"
    wrong = here.send(form, current="wrong", password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert wrong.status == 422 and "密码不对" in wrong.text and row(city).own_failures == 1
    weak = here.send(form, current=PASSWORD, password="1234567890", again="1234567890")
    assert "太常见" in weak.text
    assert here.send(form, current=PASSWORD, password=NEW_PASSWORD, again=NEW_PASSWORD).status == 303
    assert here.open("/desk/tickets").status == 200
    assert elsewhere.open("/desk/tickets").status == 302
    assert log_in(app, "hans", NEW_PASSWORD).status == 302


def test_a_session_is_no_longer_than_a_shift_and_its_cookie_is_guarded(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    cookie = hans.client.get_cookie("session")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    assert app.config["PERMANENT_SESSION_LIFETIME"].total_seconds() == 12 * 3600
    old = hans.client.get_cookie("session")
    assert old is not None
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "hans").values(session_epoch=1))
    assert hans.open("/desk/tickets").status == 302, "an older epoch is nobody's"


@pytest.mark.parametrize(
    "path",
    ["/login", "/login/code", "/login/password", "/login/second-factor", "/desk/me/password", "/desk/me/second-factor",
     "/desk/me/second-factor/end", "/desk/people", "/desk/people/1/lock", "/desk/units", "/desk/units/1/closing",
     "/desk/people/security", "/desk/people/import", "/desk/changes/1/reversal", "/invitations/x", "/logout"],
)  # fmt: skip
def test_nothing_is_done_without_the_token_of_the_form(app: Flask, path: str) -> None:
    status = app.test_client().post(path, data={"username": "adam"}).status_code
    assert status == (401 if path.startswith("/desk/") else 400), "the desk asks for the log-in"


def test_the_cheap_hash_of_the_tests_is_for_the_tests_only() -> None:
    assert QUICK.time_cost == 1
