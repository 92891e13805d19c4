"""第二重验证: codes by time (RFC 6238), each once; codes on paper; required by the city for some roles."""

from __future__ import annotations

import re
from datetime import datetime

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from hotline.domain.errors import NotFound
from hotline.models import Change, Staff
from hotline.services import changing, proving, requiring
from tests.city import PASSWORD, City
from tests.desk import Page, Person, make_app
from tests.races.hands import together


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def enrolled(city: City, login: str = "hans") -> tuple[str, list[str]]:
    """The secret, and the recovery codes; the first code is used up."""
    secret = proving.new_secret()
    with city.work(login) as work:
        codes = proving.begin(work, secret, code_at(secret, city.now))
    city.turn(minutes=1)
    return secret, codes


def staff_id(city: City, login: str = "hans") -> int:
    return int(city.scalar(sa.select(Staff.id).where(Staff.login == login)))


def take(city: City, code: str) -> bool:
    with city.office.session() as session:
        return proving.take(session, city.office.vault, staff_id(city), code, city.now)


def with_password(app: Flask, login: str = "hans") -> tuple[FlaskClient, str]:
    """A browser behind the right password, and where it is sent."""
    client = app.test_client()
    form = Page(client.get("/login")).forms[-1]
    entered = client.post("/login", data=form.values | {"username": login, "password": PASSWORD})
    return client, entered.headers["Location"]


def send(client: FlaskClient, path: str, **typed: str) -> Page:
    form = Page(client.get(path)).forms[-1]
    return Page(client.post(path, data=form.values | typed))


def test_the_published_example() -> None:
    """RFC 6238 appendix B: the moment 59 with the secret of the examples gives …287082."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert pyotp.TOTP(secret).at(59) == "287082"


def test_it_is_begun_with_a_code_and_the_codes_on_paper_are_shown_once(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    page = hans.open("/desk/me/second-factor")
    form = page.forms[-1]
    form.action = "/desk/me/second-factor"
    secret = form.values["secret"][0]
    assert " ".join(re.findall("....", secret)) in page.text and 'src="data:image/svg+xml' in page.html
    open_desk = hans.send(form, code=code_at(secret, city.now))
    assert open_desk.status == 422 and "密码不对" in open_desk.text, "whoever finds an open desk begins nothing"
    wrong = hans.send(form, code="000000", password=PASSWORD)
    assert wrong.status == 422 and "验证码不对" in wrong.text and wrong.forms[-1].values["secret"] == [secret]
    told = hans.send(form, code=code_at(secret, city.now), password=PASSWORD)
    codes = re.findall(r"[a-z2-9]{5}-[a-z2-9]{5}", told.text)
    assert told.status == 200 and len(set(codes)) == 10
    after = hans.open("/desk/me/second-factor")
    assert "还有 10 个恢复码没有用过" in after.text and codes[0] not in after.html and secret not in after.html
    stored = city.rows(sa.select(Staff).where(Staff.login == "hans"))[0]
    assert secret.encode() not in (stored.totp_sealed or b"") and codes[0] not in "".join(stored.recovery_hashes)
    written = "".join(str(change.after) for change in city.rows(sa.select(Change)))
    assert "开启第二重验证" in written and secret not in written


def test_the_log_in_asks_for_the_code(city: City, app: Flask) -> None:
    secret, _ = enrolled(city)
    client, target = with_password(app)
    assert target == "/login/code"
    assert client.get("/desk/tickets").status_code == 302, "the password alone opens nothing"
    assert send(client, "/login/code", code="123456").status == 422
    assert send(client, "/login/code", code=code_at(secret, city.now)).status == 302
    assert client.get("/desk/tickets").status_code == 200


def test_a_code_works_once_also_for_two_at_once(city: City) -> None:
    secret, _ = enrolled(city)
    code = code_at(secret, city.now)
    assert sorted(together(*[lambda: take(city, code)] * 4)) == [False, False, False, True]
    assert not take(city, code)
    city.turn(seconds=30)
    assert take(city, code_at(secret, city.now))


@pytest.mark.parametrize(("seconds", "taken"), [(-90, False), (-30, True), (0, True), (30, True), (90, False)])
def test_a_telephone_may_be_half_a_minute_off(city: City, seconds: int, taken: bool) -> None:
    secret, _ = enrolled(city)
    city.turn(minutes=10)
    assert (
        take(city, code_at(secret, city.turn(seconds=0)) if not seconds else _shifted(city, secret, seconds)) is taken
    )


def _shifted(city: City, secret: str, seconds: int) -> str:
    code = code_at(secret, city.turn(seconds=seconds))
    city.turn(seconds=-seconds)
    return code


def test_an_older_code_is_worth_nothing_after_a_newer_one(city: City) -> None:
    secret, _ = enrolled(city)
    older = code_at(secret, city.now)
    city.turn(seconds=30)
    assert take(city, code_at(secret, city.now))
    assert not take(city, older)


def test_a_code_on_paper_works_once_however_it_is_typed(city: City) -> None:
    _, codes = enrolled(city)
    typed = codes[3].upper().replace("-", " ")
    assert sorted(together(*[lambda: take(city, typed)] * 3)) == [False, False, True]
    assert take(city, codes[4]) and not take(city, "abcde-fghjk") and not take(city, "")


def test_ten_wrong_codes_shut_the_door(city: City, app: Flask) -> None:
    secret, _ = enrolled(city)
    client, _ = with_password(app)
    for _ in range(10):
        send(client, "/login/code", code="000000")
    assert send(client, "/login/code", code=code_at(secret, city.now)).status == 422
    city.turn(minutes=16)
    client, _ = with_password(app)
    assert send(client, "/login/code", code=code_at(secret, city.now)).status == 302


def test_it_ends_with_password_and_code(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    secret, _ = enrolled(city)
    form = hans.open("/desk/me/second-factor").form("/second-factor/end")
    assert hans.send(form, password="wrong", code=code_at(secret, city.now)).status == 422
    assert hans.send(form, password=PASSWORD, code="000000").status == 422
    assert city.scalar(sa.select(Staff.own_failures).where(Staff.login == "hans")) == 2, "both are counted"
    assert hans.send(form, password=PASSWORD, code=code_at(secret, city.now)).status == 303
    assert with_password(app)[1] == "/desk/"


def test_an_administrator_resets_a_lost_telephones_factor(city: City, app: Flask) -> None:
    enrolled(city)
    adam = Person(app, "adam")
    assert adam.send(adam.open(f"/desk/people/{staff_id(city)}").form("/second-factor")).status == 303
    assert with_password(app)[1] == "/desk/"


def test_the_city_requires_it_of_a_role_and_takes_that_back(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    page = adam.open("/desk/people/security")
    assert adam.send(page.form("/security"), roles=["handler"]).status == 303
    client, target = with_password(app)
    assert target == "/login/second-factor"
    assert client.get("/desk/tickets").status_code == 302
    secret = Page(client.get("/login/second-factor")).forms[-1].values["secret"][0]
    told = send(client, "/login/second-factor", secret=secret, code=code_at(secret, city.now))
    assert "恢复码" in told.text
    assert client.get("/login/onward").status_code == 302
    assert "不能关闭" in client.get("/desk/me/second-factor").text
    with city.work("adam") as work:
        changing.undo(work, changing.browse(work, changing.Filter(subject="two_factor"))[0].id)
    with city.work("adam") as work:
        assert requiring.roles(work) == []


def test_a_secret_that_is_not_ours_is_not_taken(city: City, app: Flask) -> None:
    hans = Person(app, "hans")
    form = hans.open("/desk/me/second-factor").forms[-1]
    form.action = "/desk/me/second-factor"
    assert hans.send(form, secret="abc", code="123456", password=PASSWORD).status == 404
    with pytest.raises(NotFound):
        proving.uri("!", "hans")
