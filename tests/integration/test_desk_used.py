"""What those found who use the desk all day: files under their Chinese names, log-ins of a whole centre, a session that
is over, conditions that mean nothing, numbers that open just what they count."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import pairwise
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.carriers.console import ConsoleCarrier
from hotline.models import Staff, Unit
from hotline.web.limits import limiter
from tests.city import PASSWORD, City
from tests.desk import Page, Person, make_app


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.mark.parametrize(
    "address",
    [
        "/desk/people/import/template.xlsx",
        "/desk/rules/categories/template.xlsx",
        "/desk/rules/standards.xlsx",
    ],
)
def test_a_file_goes_through_every_server_whatever_its_name(city: City, app: Flask, address: str) -> None:
    """WSGI takes headers in Latin-1 alone; the browser reads the Chinese name out of filename*."""
    answer = Person(app, "adam").client.get(address)
    assert answer.status_code == 200
    for name, value in answer.headers:
        assert f"{name}: {value}".encode("latin-1")
    assert "filename*=UTF-8''%" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def attempt(app: Flask, login: str, password: str) -> int:
    client = app.test_client()
    form = Page(client.get("/login")).forms[-1]
    return client.post("/login", data=form.values | {"username": login, "password": password}).status_code


@pytest.fixture
def counting(city: City, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Limits count, all in one minute however long this machine takes for it."""
    monkeypatch.setattr("limits.storage.memory.time", Mock(time=Mock(return_value=time.time())))
    limiter.enabled = True  # before the application is made: else it would not count at all
    app = make_app(city)
    limiter.enabled = True
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = False


def test_a_whole_centre_logs_in_behind_one_address(counting: Flask) -> None:
    assert {attempt(counting, "olga", PASSWORD) for _ in range(15)} == {302}, "who gets in counts for nothing"
    assert [attempt(counting, "nobody", "wrong") for _ in range(11)] == [422] * 10 + [429]
    assert attempt(counting, "olga", PASSWORD) == 302, "others at the same address go on"


def test_a_whole_centre_changes_its_passwords_behind_one_address(counting: Flask) -> None:
    hans, olga = Person(counting, "hans"), Person(counting, "olga")
    forms = [each.open("/desk/me/password").forms[-1] for each in (hans, olga)]
    forms[0].action = forms[1].action = "/desk/me/password"
    passwords = [PASSWORD, *(f"三叶草 clover {place} river" for place in range(11))]
    for old, new in pairwise(passwords):
        assert hans.send(forms[0], current=old, password=new, again=new).status == 303, (
            "what is right counts for nothing"
        )
    assert [olga.send(forms[1], current="wrong").status for _ in range(11)] == [422] * 10 + [429]
    assert hans.send(forms[0], current="wrong").status == 422, "others at the same address go on"


def test_guessing_at_many_accounts_from_one_address_ends(counting: Flask) -> None:
    answers = [attempt(counting, f"guess{number}", "wrong") for number in range(61)]
    assert answers == [422] * 60 + [429]


@pytest.mark.parametrize("way", ["cookie", "epoch"])
def test_a_session_that_is_over_leads_back_to_the_page_of_the_form(city: City, app: Flask, way: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    adam = Person(app, "adam")
    page = adam.open("/desk/people/new")
    form = page.forms[-1]
    if way == "cookie":
        adam.client.delete_cookie("session")
    else:
        with city.office.session() as session:
            session.execute(sa.update(Staff).where(Staff.login == "adam").values(session_epoch=Staff.session_epoch + 1))
    answer = adam.client.post(
        form.action, data=form.values, headers={"Referer": "http://localhost/desk/people/new?unit=1"}
    )
    lost = Page(answer)
    assert lost.status == 401
    assert "工作人员登录" in lost.text and "请重新登录后再提交" in lost.text
    assert re.search(r"<p[^>]* data-draft-kept hidden>[^<]*登录后恢复", lost.html), "told by the device, which knows"
    back = lost.form("/login")
    assert back.values["next"] == ["/desk/people/new?unit=1"]
    assert adam.client.post("/login", data=back.values | {"username": "adam", "password": PASSWORD}).location.endswith(
        "/desk/people/new?unit=1"
    )


def test_a_strangers_page_is_no_way_back(city: City, app: Flask) -> None:
    answer = app.test_client().post("/desk/people", headers={"Referer": "https://evil.test/desk/people"})
    assert answer.status_code == 401 and "evil" not in answer.text


def test_what_is_taken_is_forgotten_by_the_device(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    page = adam.open("/desk/units/new")
    sent = adam.send(page.form("/desk/units"), name="亮化所", kind="department", parent_id="1")
    assert sent.status == 303
    assert 'data-draft-done="/desk/units"' in adam.open("/desk/units").html
    assert "data-draft-done" not in adam.open("/desk/units").html, "told once"


def test_conditions_that_mean_nothing_are_named(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    told = olga.open("/desk/tickets?view=all&due=someday&state=closed&state=gone&since=yesterday").text
    assert "条件没有认出，已忽略：到期：someday；状态：gone；收到日期，从：yesterday" in told
    assert "条件没有认出" not in olga.open("/desk/tickets?view=all&state=closed&q=路灯&level=2").text


def test_cares_open_just_those_that_they_count(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Unit).where(Unit.key == "parks").values(duty_phone=""))
        session.execute(sa.update(Staff).where(Staff.login != "paul").values(last_login_at=city.now))
        session.execute(sa.update(Staff).where(Staff.login == "paul").values(last_login_at=None))
    adam = Person(app, "adam")
    home = adam.open("/desk/")
    assert "1 人从未登录" in home.text
    never = adam.open("/desk/people?state=never").html
    assert "<code>paul</code>" in never and "<code>hans</code>" not in never
    for lack, name in (("phone", "没有值班电话"), ("handlers", "没有承办人")):
        listed = adam.open(f"/desk/units?lack={lack}")
        count = listed.html.count('<tr id="unit-')
        assert (f"{count} 个单位{name}" in home.text) is (count > 0)
        assert listed.status == 200


def test_without_a_carrier_the_administrator_is_told_that_no_text_leaves(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    assert "没有接入短信通道" not in adam.open("/desk/").text
    city.office.carrier = ConsoleCarrier()
    assert "没有接入短信通道，短信都没有发出" in adam.open("/desk/").text
    assert "没有接入短信通道" not in Person(app, "olga").open("/desk/").text


def test_a_units_number_of_people_opens_just_those(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    counts = re.findall(
        r'unit=(\d+)&amp;alone=yes&amp;state=active" aria-label="[^"]*人员(\d+)名', adam.open("/desk/units").html
    )
    assert counts
    for unit, count in counts:
        listed = adam.open(f"/desk/people?unit={unit}&alone=yes&state=active").html
        assert listed.count('data-label="账号"') == int(count)


def test_a_refusal_is_said_once_and_told_to_the_caller(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    page = olga.open("/desk/calls/new")
    assert "autofocus" in page.html and page.html.index('id="f-text"') < page.html.index('id="caller"')
    form = page.form("/desk/calls/new")
    typed = {"phone": "19900001234", "text": "电表跳得太快", "decline_reason": "属于用电纠纷",
             "decline_channel": "请拨打95598反映"}  # fmt: skip
    looked = olga.send(form, **typed, look="same")
    assert "请向95598反映" in looked.text, "Enter in a field looks, and takes nothing down"
    (focused,) = re.findall(r'<[^>]* id="([^"]*)"[^>]* autofocus', looked.html)
    assert focused == "f-text", "one goes on writing where one was"
    taken = olga.send(looked.form("/desk/calls/new"), **typed, then="decline")
    told = olga.open(taken.response.location).text
    assert "属于用电纠纷" in told and "可以联系" in told and "95598" in told
