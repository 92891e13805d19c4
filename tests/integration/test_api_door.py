"""Who is let in to the JSON API, and what it says of itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.domain.workflow import STEPS
from hotline.models import Event
from hotline.web.resources import RESOURCES
from tests.api import BASE, LAMP, Machine, person
from tests.city import City

# Who is let in


def test_every_address_asks_who_it_is(app: Flask) -> None:
    """The wiring: no view of the API is reached by nobody, whatever is added later."""
    stranger: Any = app.test_client()
    open_to_all = {"api-docs.openapi_json", "api_page.show"}
    guarded = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(BASE)]
    assert len(guarded) > len(RESOURCES)
    for rule in guarded:
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            response = stranger.open(path, method=method)
            if rule.endpoint in open_to_all:
                assert response.status_code == 200, path
            else:
                assert (response.status_code, response.json["code"]) == (401, "not_logged_in"), path
                assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_step_of_the_chain_that_staff_take_has_an_address(app: Flask) -> None:
    addresses = {rule.rule for rule in app.url_map.iter_rules()}
    for step in STEPS:
        if step.roles - {Role.CITIZEN, Role.SYSTEM}:
            assert f"{BASE}/tickets/<number>/{step.noun}" in addresses, step.name


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer x", "Bearer hl_路", "Basic YTpi", "x", "Bearer " + "x" * 9000]
)
def test_a_wrong_token_is_nobody(app: Flask, authorization: str) -> None:
    response = app.test_client().get(
        f"{BASE}/tickets", headers={"Authorization": authorization.encode().decode("latin-1")}
    )
    assert response.status_code == 401


def test_a_client_locked_out_is_out_within_seconds(city: City, centre: Machine) -> None:
    assert centre.get("/units").status_code == 200
    with city.office.session() as session:
        session.execute(sa.text("UPDATE api_client SET active = false"))
    city.turn(seconds=6)
    assert centre.get("/units").status_code == 401


def test_a_person_uses_the_api_with_the_session_and_the_forms_token(city: City, app: Flask) -> None:
    olga = person(app, "olga")
    assert olga.get("/tickets").status_code == 200
    forged = olga.post("/complaints", LAMP, headers={"X-CSRFToken": "x"})
    assert (forged.status_code, forged.json["code"]) == (400, "csrf")
    assert olga.post("/complaints", LAMP).status_code == 201
    assert city.rows(sa.select(Event))[0].actor_name == "王受理"


# What it says of itself


def test_the_description_names_every_step_with_its_fields(app: Flask) -> None:
    spec: Any = app.test_client().get(f"{BASE}/openapi.json").json
    assert spec["openapi"].startswith("3.")
    for resource in RESOURCES:
        operation = spec["paths"][f"{BASE}/tickets/{{number}}/{resource.noun}"]["post"]
        assert operation["summary"] == resource.label
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        known = spec["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
        assert set(known) == set(resource.schema().fields)
    assert "text" in spec["components"]["schemas"]["NewComplaint"]["required"]


def test_the_page_tells_it_to_people_without_anything_from_elsewhere(app: Flask) -> None:
    page = app.test_client().get(f"{BASE}/docs").text
    for path in ("/api/v1/complaints", "/api/v1/tickets/{number}/extension/decision", "/api/v1/transcripts"):
        assert path in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
