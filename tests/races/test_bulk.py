"""成批办理 by two at once: each ticket goes once, the other one is told; a form that is sent twice at once is one."""

from __future__ import annotations

import pytest
from flask import Flask

from hotline.domain.workflow import State
from tests.city import City
from tests.desk import Form, Page, Person, make_app
from tests.races.hands import together


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def chosen(person: Person, noun: str, numbers: list[str]) -> Form:
    form = person.open("/desk/tickets?view=all").form("/desk/bulk")
    return person.send(form, noun=noun, number=numbers).form(f"/bulk/{noun}")


def test_two_dispatchers_with_the_same_selection(city: City, app: Flask) -> None:
    numbers = [city.accepted() for _ in range(6)]
    people = [Person(app, "dora"), Person(app, "dora")]
    forms = [chosen(people[0], "assignment", numbers), chosen(people[1], "assignment", numbers[::-1])]
    units = [str(city.unit_id("lamps")), str(city.unit_id("parks"))]

    def send(place: int) -> Page:
        return people[place].send(forms[place], unit_id=units[place])

    first, second = together(lambda: send(0), lambda: send(1))
    assert first.status == second.status == 200
    assert all(city.steps(number).count("assign") == 1 for number in numbers)
    assert {city.ticket(number).state for number in numbers} == {State.ASSIGNED}
    went = [page.html.partition("已办理的")[2] for page in (first, second)]
    for number in numbers:
        assert sum(number in part for part in went) == 1, "one did it, and the other is told"
        other = first if number in went[1] else second
        assert number in other.html and "工单已被他人处理" in other.text


def test_a_double_click(city: City, app: Flask) -> None:
    numbers = [city.handling() for _ in range(4)]
    sven = Person(app, "sven")
    other = Person(app, "sven")
    form = chosen(sven, "note", numbers)
    token = other.open("/desk/tickets").form("/logout").values["csrf_token"]
    again = Form(form.action)
    again.values, again.names = {**form.values, "csrf_token": token}, form.names
    pages = together(lambda: sven.send(form, text="请今天办结。"), lambda: other.send(again, text="请今天办结。"))
    assert all("办理了 4 件" in page.text for page in pages)
    assert all(city.steps(number).count("note") == 1 for number in numbers)
