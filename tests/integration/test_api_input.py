"""What the JSON API cannot use: a clear no, by field and in Chinese, never a fault of ours; nothing half-kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import STAFF_ROLES
from hotline.models import Complaint
from hotline.web.resources import RESOURCES, Form
from tests.api import LAMP, Machine, file, machine
from tests.city import City

BAD_COMPLAINTS = [
    ({}, "text"),
    ({"text": "   "}, "text"),
    ({"text": None}, "text"),
    ({"text": 12}, "text"),
    ({"text": ["a"]}, "text"),
    ({"text": "\x00\u200b"}, "text"),
    ({"text": "灯" * 10_001}, "text"),
    ({"text": "x" * 100_000}, "text"),
    (LAMP | {"phone": "12345"}, "phone"),
    (LAMP | {"phone": "+1"}, "phone"),
    (LAMP | {"phone": "电话没有"}, "phone"),
    (LAMP | {"category": "不存在"}, "category"),
    (LAMP | {"urgency": "very"}, "urgency"),
    (LAMP | {"source": "x"}, "source"),
    (LAMP | {"channel": 7}, "channel"),
    (LAMP | {"latitude": 91}, "latitude"),
    (LAMP | {"longitude": "east"}, "longitude"),
    (LAMP | {"latitude": 10**30}, "latitude"),
    (LAMP | {"wants_reply": "maybe"}, "wants_reply"),
    (LAMP | {"received_at": "2026-10-12T09:00:01+08:00"}, "received_at"),
    (LAMP | {"received_at": "2026-10-12 09:00"}, "received_at"),
    (LAMP | {"received_at": "0001-01-01T00:00:00+00:00"}, "received_at"),
    (LAMP | {"received_at": "yesterday"}, "received_at"),
    (LAMP | {"place": "路" * 501}, "place"),
    (LAMP | {"name": {"first": "x"}}, "name"),
]


@pytest.mark.parametrize(("sent", "field"), BAD_COMPLAINTS, ids=lambda value: str(value)[:40])
def test_what_cannot_be_used_is_named(city: City, centre: Machine, sent: dict[str, Any], field: str) -> None:
    response = centre.post("/complaints", sent)
    assert response.status_code == 422, response.json
    assert list(response.json["errors"]) == [field]
    assert re.search("[\u4e00-\u9fff]", response.json["errors"][field]), "told in Chinese"
    assert city.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 0


def test_all_faults_are_told_at_once(centre: Machine) -> None:
    response = centre.post("/complaints", LAMP | {"phone": "1", "category": "x", "received_at": "2030-01-01T00:00:00Z"})
    assert set(response.json["errors"]) == {"phone", "category", "received_at"}


BAD_BODIES = [
    (b"{", "application/json", 400, "broken_json"),
    (b"[1]", "application/json", 400, "broken_json"),
    (b'"text"', "application/json", 400, "broken_json"),
    (b'{"text": NaN}', "application/json", 400, "broken_json"),
    (b"[" * 100_000, "application/json", 400, "broken_json"),
    (b'{"a":' * 50 + b"1" + b"}" * 50, "application/json", 400, "broken_json"),
    ('{"text": "路灯不亮"}'.encode("gb18030"), "application/json", 400, "wrong_encoding"),
    ('{"text": "路灯不亮"}'.encode("utf-16"), "application/json", 400, "wrong_encoding"),
    ('{"text": "路灯不亮"}'.encode(), "text/plain", 415, "unsupported_media_type"),
    (b"\x89PNG\r\n", "image/png", 415, "unsupported_media_type"),
    (b'{"text":"' + b"x" * 1_100_000 + b'"}', "application/json", 413, "request_entity_too_large"),
    (b'{"text":"x","latitude":' + b"9" * 5000 + b"}", "application/json", 400, "broken_json"),
]


@pytest.mark.parametrize(("body", "kind", "status", "code"), BAD_BODIES, ids=lambda value: str(value)[:30])
def test_broken_bodies_are_answered(centre: Machine, body: bytes, kind: str, status: int, code: str) -> None:
    response = centre.post("/complaints", data=body, content_type=kind)
    assert (response.status_code, response.json["code"]) == (status, code)
    assert response.content_type == "application/problem+json"


def test_odd_but_honest_texts_are_kept(city: City, centre: Machine) -> None:
    number = file(centre, text="\ufeff路灯\u202e不亮\x00 😡👨‍👩‍👧 \ud800", name="\ud83d", phone="+852 2123 4567")
    said = city.rows(sa.select(Complaint))[0].text
    assert said == "路灯不亮 😡👨‍👩‍👧"
    assert centre.get(f"/tickets/{number}").json["complaints"][0]["phone"] == "+852****4567"


BAD_STEPS = [
    ("acceptance", {"category_id": 10**30}, 422, "invalid"),
    ("acceptance", {"case_standard_id": 2**62}, 422, "invalid"),
    ("acceptance", {"named_unit_ids": [2**62]}, 422, "invalid"),
    ("acceptance", {"named_unit_ids": "all"}, 422, "invalid"),
    ("acceptance", {"urgency": "very"}, 422, "invalid"),
    ("acceptance", {"version": 2**40}, 422, "invalid"),
    ("acceptance", {"version": "x"}, 422, "invalid"),
    ("acceptance", {"matter": "路" * 5000}, 422, "invalid"),
    ("declination", {"reason": "不属职责"}, 422, "invalid"),
    ("declination", {"reason": "\x00", "channel": "\ud800"}, 422, "invalid"),
    ("merger", {"into": "20200101000001"}, 422, "invalid"),
    ("merger", {"into": 5}, 422, "invalid"),
    ("voiding", {"reason": ""}, 422, "invalid"),
]


@pytest.mark.parametrize(("noun", "sent", "status", "code"), BAD_STEPS)
def test_bad_fields_of_a_step(centre: Machine, noun: str, sent: dict[str, Any], status: int, code: str) -> None:
    number = file(centre)
    response = centre.post(f"/tickets/{number}/{noun}", sent)
    assert (response.status_code, response.json["code"]) == (status, code), response.json
    assert response.json["errors"]
    assert centre.get(f"/tickets/{number}").json["version"] == 1


def nonsense_for(schema: type[Form]) -> list[dict[str, Any]]:
    """What no step can want, in every field of it."""
    names = [name for name in schema().fields if name != "version"]
    odd: list[Any] = ["", "\x00路\ud800", 2**62, -1, True, 1.5, None, {"a": [None]}, ["x"], "9" * 30, "0001-01-01"]
    return [{}, *(dict.fromkeys(names, value) for value in odd), {"version": {}}]


@pytest.mark.parametrize("state", ["received", "accepted", "assigned", "handling", "submitted", "resolved"])
def test_no_step_breaks_whatever_it_is_sent(city: City, app: Flask, state: str) -> None:
    """Every step, in every state, with nonsense in every field: a clear no or a step taken, never a fault of ours."""
    everybody = machine(city, app, "全能平台", "center", *(role for role in STAFF_ROLES))
    make = {"received": lambda: city.receive().number}.get(state) or getattr(city, state)
    number = make()
    for resource in RESOURCES:
        for sent in nonsense_for(resource.schema):
            response = everybody.post(f"/tickets/{number}/{resource.noun}", sent)
            assert response.status_code in (200, 403, 404, 409, 422), (resource.noun, sent, response.json)
            if response.status_code != 200:
                assert response.content_type == "application/problem+json"
            elif response.json["state"] != state:
                number = make()


def test_if_match_must_be_a_version(centre: Machine) -> None:
    number = file(centre)
    response = centre.post(f"/tickets/{number}/acceptance", headers={"If-Match": '"abc"'})
    assert (response.status_code, list(response.json["errors"])) == (422, ["If-Match"])
    assert centre.post(f"/tickets/{number}/acceptance", headers={"If-Match": '"1"'}).status_code == 200
