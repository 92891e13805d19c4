"""The application, and who uses it: a citizen's browser and telephone, and the machines of the JSON API."""

from __future__ import annotations

import pytest
from flask import Flask

from hotline.domain.actors import Role
from tests.api import Machine, machine
from tests.citizen import Browser, Telephone, make_app
from tests.city import City


@pytest.fixture
def app(city: City) -> Flask:
    """The application on the city's database, with the city's clock."""
    return make_app(city)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A citizen's browser."""
    return Browser(app)


@pytest.fixture
def phone(city: City, app: Flask) -> Telephone:
    """A citizen's telephone."""
    return Telephone(app, city)


@pytest.fixture
def centre(city: City, app: Flask) -> Machine:
    """The hotline's own platform: takes in and assigns."""
    return machine(city, app, "热线平台", "center", Role.OPERATOR, Role.DISPATCHER)


@pytest.fixture
def lamps(city: City, app: Flask) -> Machine:
    """The system of 市政处."""
    return machine(city, app, "市政系统", "lamps", Role.HANDLER)


@pytest.fixture
def supervisor(city: City, app: Flask) -> Machine:
    """The centre's supervision."""
    return machine(city, app, "督办系统", "center", Role.SUPERVISOR)
