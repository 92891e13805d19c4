"""谁在看: who has a ticket open hears who else has and what has changed; nobody else hears anything."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Event, Presence
from hotline.services import attending, handling
from tests.city import City
from tests.desk import Person, make_app
from tests.work import shift_of
from workers import batches


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def company(person: Person, number: str, **typed: str) -> dict[str, list[str]]:
    """What the page's script is told, with the form that the page has for it."""
    form = person.ticket(number).form("/presence")
    answer = person.client.post(form.action, data=form.values | typed)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return dict(json.loads(answer.text))


def test_others_are_told_by_name_and_by_what_they_fill_in(city: City, app: Flask) -> None:
    number = city.accepted()
    dora, olga = Person(app, "dora"), Person(app, "olga")
    assert company(dora, number) == {"others": [], "changes": []}, "not oneself"
    assert company(olga, number)["others"] == ["陈派单正在查看"]
    company(dora, number, step="assignment")
    assert company(olga, number)["others"] == ["陈派单正在填写“交办”"]
    company(dora, number, step="<script>")
    assert company(olga, number)["others"] == ["陈派单正在查看"], "only forms that there are"
    city.turn(seconds=46)
    assert company(olga, number)["others"] == [], "three signs of life were missed"


def test_who_leaves_is_gone_at_once(city: City, app: Flask) -> None:
    number = city.accepted()
    dora, olga = Person(app, "dora"), Person(app, "olga")
    company(dora, number)
    form = dora.ticket(number).form("/presence")
    assert dora.client.post(form.action, data=form.values | {"left": "yes"}).status_code == 204
    assert company(olga, number)["others"] == []


def test_what_has_changed_since_the_page_was_opened(city: City, app: Flask) -> None:
    number = city.accepted()
    dora, olga = Person(app, "dora"), Person(app, "olga")
    form = olga.ticket(number).form("/presence")
    dora.take(number, "assignment", unit_id=str(city.unit_id("lamps")))
    told = json.loads(olga.client.post(form.action, data=form.values).text)["changes"]
    assert told == ["交办，由陈派单（10月12日 09:00）"]
    assert company(olga, number)["changes"] == [], "the page is new"
    assert company(dora, number, since="0")["changes"] != [] and company(dora, number)["changes"] == []
    mine = dora.ticket(number).form("/presence")
    dora.take(number, "note", text="已电话告知")
    again = json.loads(dora.client.post(mine.action, data=mine.values).text)
    assert again["changes"] == [], "what I did is no news to me"


def test_it_is_there_for_who_may_see_the_ticket_only(city: City, app: Flask) -> None:
    number = city.handling()
    hans, paul, adam = (Person(app, login) for login in ("hans", "paul", "adam"))
    form = hans.ticket(number).form("/presence")
    for stranger in (paul, adam):
        token = stranger.open("/desk/").form("/logout").values["csrf_token"]
        answer = stranger.client.post(form.action, data={"csrf_token": token, "since": "0"})
        assert answer.status_code == 404, stranger
    assert city.rows(sa.select(Presence)) == []
    assert app.test_client().post(form.action).status_code in (302, 400, 401)


@pytest.mark.parametrize("since", ["", "-1", "9" * 40, "x", "１"])
def test_rubbish_is_no_fault(city: City, app: Flask, since: str) -> None:
    number = city.receive().number
    assert company(Person(app, "olga"), number, since=since, step="x" * 5000)["others"] == []


def test_a_sign_of_life_is_cheap_and_leaves_no_trace_in_the_history(city: City, app: Flask) -> None:
    number = city.handling()
    hans = Person(app, "hans")
    form = hans.ticket(number).form("/presence")
    before = len(city.rows(sa.select(Event)))
    with city.statements() as asked:
        hans.client.post(form.action, data=form.values)
    own = [statement for statement, _ in asked if "presence" in statement or "event" in statement]
    assert len(own) == 3 and len(asked) <= 6, [statement[:80] for statement, _ in asked]
    assert len(city.rows(sa.select(Event))) == before


def test_those_who_went_without_a_word_are_taken_away(city: City) -> None:
    number = city.accepted()
    with city.work("dora") as work:
        attending.attend(work, number, "", 0)
    city.turn(seconds=30)
    batches.clear(shift_of(city))
    assert city.rows(sa.select(Presence))
    city.turn(seconds=30)
    batches.clear(shift_of(city))
    assert city.rows(sa.select(Presence)) == []


def test_of_other_houses_one_hears_no_names(city: City, app: Flask) -> None:
    """The centre that holds the ticket hears of everybody; a unit of its own people, and that the centre is there."""
    number = city.handling()
    with city.work("hans") as work:
        handling.hand_down(work, number, city.actor("hans").staff_id or 0)
    sven, hans = Person(app, "sven"), Person(app, "hans")
    company(sven, number, step="supervision")
    assert company(hans, number, step="submission")["others"] == ["热线中心有人在查看"]
    assert company(Person(app, "dora"), number)["others"] == ["冯市政正在填写“提交办理结果”", "周督办正在填写“督办”"]
    assert company(hans, number)["others"] == ["热线中心有人在查看"], "however many they are"


def test_nobody_hears_who_reviews_an_appeal(city: City, app: Flask) -> None:
    number = city.accepted()
    dora, sven = Person(app, "dora"), Person(app, "sven")
    company(sven, number, step="appeal/review")
    assert company(dora, number)["others"] == ["周督办正在查看"]
