"""Two administrators who change the same unit or person: the later one is told, and loses nothing of what he typed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.domain.errors import Refused
from hotline.models import Change
from hotline.services import organising
from tests.city import City
from tests.desk import Person, make_app
from tests.integration.test_people_page import give, person_page, row
from tests.integration.test_units_page import as_it_is, seen, unit


@pytest.fixture
def two(city: City) -> City:
    """The city with a second administrator, sara."""
    give(city, "sara", Role.ADMINISTRATOR)
    return city


@pytest.fixture
def app(two: City) -> Flask:
    return make_app(two)


def test_of_two_who_correct_a_unit_the_later_sees_what_the_earlier_has_made_of_it(two: City, app: Flask) -> None:
    adam, sara = Person(app, "adam"), Person(app, "sara")
    address = f"/desk/units/{two.unit_id('lamps')}"
    former, late = adam.open(address).form(address), sara.open(address).form(address)
    assert adam.send(former, parent_id=str(two.unit_id("county")), duty_phone="0320-1").status == 303

    typed = {"name": "路灯处", "head_name": "丁所长", "duty_phone": "0320-2"}
    faulty = sara.send(late, **(typed | {"name": ""}))
    assert faulty.status == 422 and faulty.form(address).values["seen"] == late.values["seen"], "still not seen"
    told = sara.send(faulty.form(address), **typed)
    assert told.status == 409 and "何管理刚刚改过这里的上级单位、值班电话" in told.text
    table = told.html.partition("differences")[2].partition("</table>")[0]
    cells = re.findall(r"<td[^>]*>(?:<b>)?([^<]*)", table)
    assert cells == [
        "上级单位",
        "市城管服务中心",
        "东县中心",
        "市城管服务中心",
        "值班电话",
        "0320-0002101",
        "0320-1",
        "0320-2",
    ]
    kept = told.form(address)
    assert {name: kept.values[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert (unit(two, "lamps").name, unit(two, "lamps").duty_phone) == ("市政处", "0320-1"), "nothing was saved"

    assert sara.send(kept, parent_id=str(two.unit_id("county"))).status == 303
    found = unit(two, "lamps")
    assert (found.name, found.duty_phone, found.parent_id) == ("路灯处", "0320-2", two.unit_id("county"))


def test_a_form_that_is_sent_twice_or_says_the_same_is_no_quarrel(two: City) -> None:
    before, unit_id = seen(two, "lamps"), two.unit_id("lamps")
    wanted = replace(as_it_is(two, "lamps"), duty_phone="0320-1")
    for _ in range(2):
        with two.work("adam") as work:
            organising.change(work, unit_id, wanted, before)
    assert len(two.rows(sa.select(Change))) == 1
    for rubbish in ("", "[]", "{", "{}"):
        with pytest.raises(Refused, match="何管理刚刚改过这里的值班电话"), two.work("adam") as work:
            organising.change(work, unit_id, replace(wanted, duty_phone="0320-2"), rubbish)


def test_of_two_who_give_a_person_roles_the_later_sees_what_the_earlier_gave(two: City, app: Flask) -> None:
    adam, sara, paul = Person(app, "adam"), Person(app, "sara"), row(two, "paul").id
    forms = [person_page(two, who, "paul").form(f"/people/{paul}") for who in (adam, sara)]
    assert adam.send(forms[0], roles=["leader"], unit_id=str(two.unit_id("lamps"))).status == 303
    told = sara.send(forms[1], name="林新", roles=["handler", "supervisor"])
    assert told.status == 409 and "何管理刚刚改过这里的单位、角色" in told.text
    table = " ".join(re.sub(r"<[^>]*>", " ", told.html.partition("differences")[2].partition("</table>")[0]).split())
    assert "单位 园林局 市政处 园林局" in table and "角色 承办人 领导 承办人、督办员" in table
    kept = told.form(f"/people/{paul}")
    assert kept.values["name"] == ["林新"] and sorted(kept.values["roles"]) == ["handler", "supervisor"]
    assert (row(two, "paul").name, row(two, "paul").roles) == ("林园林", ["leader"]), "nothing was saved"
    assert sara.send(kept).status == 303
    assert (row(two, "paul").name, set(row(two, "paul").roles)) == ("林新", {"handler", "supervisor"})
