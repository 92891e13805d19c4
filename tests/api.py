"""Machines that call the JSON API of a `City`, each with a token of its own; and people with a session."""

from __future__ import annotations

from json import dumps
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from hotline.domain.actors import Role
from hotline.services import clients
from tests.city import PASSWORD, City
from tests.desk import at_the_door

BASE = "/api/v1"
LAMP = {
    "text": "香溪路与大桥路口路灯不亮三天了",
    "place": "香溪路与大桥路口",
    "name": "王小明",
    "phone": "138 0000 1234",
}


class Machine:
    """An API client. `get` and `post` take what follows /api/v1 and give Flask's test response."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(BASE + path, headers=self.headers | options.pop("headers", {}), **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Any:
        headers = self.headers | options.pop("headers", {})
        if "data" not in options:  # written in ASCII, so that what no encoding can hold can be sent too
            options |= {"data": dumps({} if json is None else json), "content_type": "application/json"}
        return self.client.post(BASE + path, headers=headers, **options)

    def step(self, number: str, noun: str, **fields: Any) -> dict[str, Any]:
        """Take a step that must succeed; the ticket after it."""
        response = self.post(f"/tickets/{number}/{noun}", fields)
        assert response.status_code == 200, (noun, response.json)
        return dict(response.json or {})


def machine(city: City, app: Flask, name: str, unit: str, *roles: Role) -> Machine:
    """A client of that unit with these roles."""
    with city.office.session() as session:
        token = clients.create(session, name, unit, roles, city.now)
    return Machine(app.test_client(), {"Authorization": f"Bearer {token}"})


def person(app: Flask, login: str) -> Machine:
    """One of the cast at the desk: the session of the staff pages, and the token of their forms."""
    client, form = at_the_door(app)
    entered = client.post("/login", data=form.values | {"username": login, "password": PASSWORD})
    assert entered.status_code == 302, entered.text
    return Machine(client, {"X-CSRFToken": form.values["csrf_token"][0]})


def file(centre: Machine, **more: Any) -> str:
    """A complaint; its number."""
    response = centre.post("/complaints", LAMP | more)
    assert response.status_code == 201, response.json
    return str(response.json["number"])
