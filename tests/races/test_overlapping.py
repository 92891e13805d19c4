"""Two administrators who save the same unit or person at the same moment: one is taken, the other is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.models import Change
from hotline.services import organising, staffing
from tests.city import City
from tests.integration import test_people_page as people
from tests.integration import test_units_page as units
from tests.races.hands import at_once, doing, done, refused


@pytest.fixture
def two(city: City) -> City:
    """The city with a second administrator, sara."""
    people.give(city, "sara", Role.ADMINISTRATOR)
    return city


def test_of_two_who_move_a_unit_one_is_told(two: City) -> None:
    before, unit_id, as_it_is = (
        units.seen(two, "lamps-east"),
        two.unit_id("lamps-east"),
        units.as_it_is(two, "lamps-east"),
    )
    deeds = [
        (who, doing(organising.change, unit_id, replace(as_it_is, parent_id=two.unit_id(key)), before))
        for who, key in (("adam", "parks"), ("sara", "county"))
    ]
    results = at_once(two, deeds)
    assert (len(done(results)), [error.code for error in refused(results)]) == (1, ["stale"])
    assert len(two.rows(sa.select(Change))) == 1


def test_of_two_who_give_a_person_roles_one_is_told(two: City) -> None:
    before, paul, as_it_is = people.seen(two, "paul"), people.row(two, "paul").id, people.as_it_is(two, "paul")
    deeds = [
        (who, doing(staffing.change, paul, replace(as_it_is, roles=(role,)), before))
        for who, role in (("adam", Role.LEADER), ("sara", Role.SUPERVISOR))
    ]
    results = at_once(two, deeds)
    assert (len(done(results)), [error.code for error in refused(results)]) == (1, ["stale"])
    assert len(two.rows(sa.select(Change))) == 1
