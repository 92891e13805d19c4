"""Live numbers: the same while nothing has changed, new ones at once when something has, and due by the clock alone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from hotline.models import Staff
from hotline.services import accepting, transcribing
from hotline.services.transcribing import Call
from hotline.web.staff import live
from tests.city import City
from tests.desk import Person, make_app


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def ask(person: Person, tag: str = "") -> TestResponse:
    return person.client.get("/desk/live", headers={"If-None-Match": tag} if tag else {})


def counts(answer: TestResponse) -> dict[str, int]:
    found: dict[str, Any] = json.loads(answer.data)["numbers"]
    return {key: number["count"] for key, number in found.items()}


def test_the_same_is_answered_as_the_same(city: City, app: Flask) -> None:
    city.receive()
    olga = Person(app, "olga")
    first = ask(olga)
    assert counts(first)["accept"] == 1
    assert first.headers["Cache-Control"] == "no-store"
    again = ask(olga, first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_what_has_come_is_there_at_the_next_look(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    before = ask(olga)
    number = city.receive().number
    after = ask(olga, before.headers["ETag"])
    assert after.status_code == 200
    assert counts(after)["accept"] == counts(before)["accept"] + 1
    with city.work("otto") as work:
        accepting.accept(work, number)
    assert counts(ask(olga))["accept"] == 0, "somebody else has taken it"
    with city.work("olga") as work:
        transcribing.send(work, "坐席：您好\n市民：香溪路路灯坏了".encode(), Call())
    assert counts(ask(olga))["drafts"] == 1


def test_what_becomes_due_by_itself_is_noticed(city: City, app: Flask) -> None:
    """Nothing happens, no sweep runs; only the clock goes on."""
    city.receive()
    olga = Person(app, "olga")
    assert counts(ask(olga))["over"] == 0
    city.turn(minutes=119)  # of two office hours
    assert (counts(ask(olga))["soon"], counts(ask(olga))["over"]) == (1, 0)
    city.turn(minutes=2)
    assert (counts(ask(olga))["soon"], counts(ask(olga))["over"]) == (0, 1)


def test_one_who_has_the_page_open_costs_little(city: City, app: Flask) -> None:
    """While nothing changes: the person, and the sign of change. The counting is done once."""
    city.receive()
    olga = Person(app, "olga")
    ask(olga)
    with city.statements() as asked:
        ask(olga)
    assert len(asked) <= 2, [statement for statement, _ in asked]
    assert not any("FROM deadline JOIN" in statement for statement, _ in asked)
    city.receive(text="大桥路井盖缺失")
    with city.statements() as asked:
        ask(olga)
    assert len(asked) <= 6


def test_what_leaves_no_sign_is_noticed_within_a_minute(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    ask(olga)
    city.now += live.OLDEST + timedelta(seconds=1)
    with city.statements() as asked:
        ask(olga)
    assert any("count(" in statement and "FROM ticket" in statement for statement, _ in asked)


@pytest.mark.parametrize(("login", "sees"), [("hans", 1), ("hugo", 0), ("paul", 0), ("carl", 0)])
def test_everybody_has_his_own_numbers(city: City, app: Flask, login: str, sees: int) -> None:
    ask(Person(app, "hans"))
    city.assigned()
    assert counts(ask(Person(app, login)))["sign"] == sees


def test_roles_taken_away_take_their_numbers_with_them(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    assert "drafts" in counts(ask(olga))
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "olga").values(roles=["leader"]))
    assert "drafts" not in counts(ask(olga))


def test_a_page_whose_log_in_has_ended_is_told_so_and_nothing_else_happens(app: Flask) -> None:
    client = app.test_client()
    for _ in range(3):
        assert client.get("/desk/live").status_code == 401
    assert "请先登录" not in client.get("/login").text, "the script's questions leave no message for later"


# the numbers in the menu


def menu(person: Person, path: str) -> dict[str, str]:
    html = person.open(path).html.partition('id="menu"')[2].partition("<main")[0]
    return dict(re.findall(r'data-live="(\w+)">([^<]*)<', html))


def test_the_menu_shows_what_was_counted_last_and_asks_nothing_itself(city: City, app: Flask) -> None:
    city.receive()
    olga = Person(app, "olga")
    assert menu(olga, "/desk/help") == {"mine": "", "drafts": "", "calls": ""}, "nothing was counted yet"
    with city.statements() as asked:
        olga.open("/desk/help")
    bare = len(asked)
    ask(olga)
    with city.statements() as asked:
        assert menu(olga, "/desk/help")["mine"] == "1"
    assert len(asked) == bare <= 2
    city.now += live.OLDEST + timedelta(seconds=1)
    assert menu(olga, "/desk/help")["mine"] == "", "too old to be told"


def test_a_process_does_not_remember_everybody_who_ever_came(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEPT", 2)
    remembered = live.Remembered()
    counted = live.Counted({}, (0, 0, 0, None), city.now)  # type: ignore[arg-type]
    for login in ("olga", "hans", "sven"):
        remembered.keep(city.actor(login), counted)
    assert remembered.get(city.actor("olga")) is None
    assert remembered.get(city.actor("sven")) is counted
