"""Many transcripts in one request: each has its own outcome, and a broken one loses no other."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.models import Draft
from hotline.services import transcribing
from hotline.web.api import transcripts
from tests.api import Machine, machine
from tests.city import City, at

CALL = "坐席：您好，12319\n市民：香溪路的路灯坏了，三天了都不亮。\n"
PATH = "/transcripts/batch"


@pytest.fixture
def exchange(city: City, app: Flask) -> Machine:
    """The recording system of the centre."""
    return machine(city, app, "录音系统", "center", Role.OPERATOR)


def item(**more: Any) -> dict[str, Any]:
    return {"text": CALL, "called_at": "2026-10-12T08:40:00+08:00", **more}


def count(city: City) -> int:
    return int(city.scalar(sa.select(sa.func.count()).select_from(Draft)))


BROKEN: list[tuple[Any, str]] = [
    ({}, "text"),
    ({"text": CALL, "base64": ""}, "text"),
    ({"base64": "no base64!"}, "base64"),
    ({"text": 5}, "text"),
    ({"text": CALL, "called_at": "2026-10-12T08:40:00"}, "called_at"),
    ({"text": CALL, "called_at": "2030-10-12T08:40:00Z"}, "called_at"),
    ({"text": CALL, "caller": 13800001111}, "caller"),
    ({"text": CALL, "recording": None}, "recording"),
    ({"text": CALL, "idempotency_key": "k" * 201}, "idempotency_key"),
    ("text", "item"),
    (None, "item"),
]


def test_each_item_has_its_own_outcome(city: City, exchange: Machine) -> None:
    file = base64.b64encode(CALL.encode("gb18030")).decode()
    good = [
        item(idempotency_key="r-1", recording="R-1", caller="13900005678"),
        {"base64": file, "filename": "call.txt", "idempotency_key": "r-2"},
        item(text="WEBVTT\n\n00:01.000 --> 00:02.000\n<v 市民>路灯不亮", content_type="text/vtt"),
    ]
    unreadable = [{"text": " "}, {"text": '{"hello": 1}'}, {"base64": base64.b64encode(b"%PDF-1.7").decode()}]
    sent = [
        *good,
        *unreadable,
        *(each for each, _ in BROKEN),
        item(idempotency_key="last"),
        item(idempotency_key="r-1"),
    ]
    response = exchange.post(PATH, sent)
    assert response.status_code == 200, response.json
    told = response.json
    assert (told["created"], told["known"], told["refused"]) == (4, 1, len(unreadable) + len(BROKEN))
    results = told["results"]
    assert [result["index"] for result in results] == list(range(len(sent)))
    assert [result["status"] for result in results[:3]] == [201] * 3
    assert [result["code"] for result in results[3:6]] == ["unreadable_transcript"] * 3
    assert all(result["title"] for result in results[3:6])
    refused = results[6 : 6 + len(BROKEN)]
    assert [list(result["errors"]) for result in refused] == [[field] for _, field in BROKEN]
    assert (results[-2]["status"], results[-1]["status"]) == (201, 200)
    assert results[-1]["draft"] == results[0]["draft"]
    assert results[-1]["idempotency_key"] == "r-1"
    draft = exchange.get(f"/drafts/{results[0]['draft']['id']}").json
    assert (draft["recording"], draft["caller"]) == ("R-1", "139****5678")
    assert at("2026-10-12 08:40").isoformat() == draft["called_at"]
    assert exchange.get(f"/drafts/{results[1]['draft']['id']}").json["encoding"] == "gb18030"
    assert count(city) == 4


def test_sent_again_nothing_is_there_twice(city: City, app: Flask, exchange: Machine) -> None:
    sent = [item(idempotency_key=f"r-{number}") for number in range(5)]
    first, again = exchange.post(PATH, sent).json, exchange.post(PATH, sent).json
    assert (first["created"], again["created"], again["known"]) == (5, 0, 5)
    assert [result["draft"] for result in again["results"]] == [result["draft"] for result in first["results"]]
    alone = exchange.post("/transcripts", data=CALL.encode(), headers={"Idempotency-Key": "r-1"})
    assert (alone.status_code, alone.json["id"]) == (200, first["results"][1]["draft"]["id"])
    other = machine(city, app, "东县录音", "county", Role.OPERATOR)
    assert other.post(PATH, sent).json["created"] == 5


def test_half_characters_and_nul_are_left_out_wherever_they_stand(city: City, exchange: Machine) -> None:
    fields = ("filename", "content_type", "recording", "caller", "idempotency_key")
    told = exchange.post(PATH, [item(**{field: "a\0\ud83d.txt"}) for field in fields]).json
    assert [result["status"] for result in told["results"]] == [201] * len(fields)
    assert "a.txt" in city.rows(sa.select(Draft.filename))
    unseen = exchange.post(PATH, [item(idempotency_key="\0"), item(idempotency_key="\ud83d", text=f"{CALL}喂")]).json
    assert [result["status"] for result in unseen["results"]] == [201, 201], "no key is not the key of another"


def test_an_unforeseen_fault_loses_only_its_own(city: City, exchange: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    really = transcribing.send

    def stumble(work: Any, data: bytes, call: Any) -> Any:
        found = really(work, data, call)
        if call.recording == "R-1":
            raise ZeroDivisionError
        return found

    monkeypatch.setattr(transcribing, "send", stumble)
    told = exchange.post(PATH, [item(recording=f"R-{number}") for number in range(3)]).json
    assert [result["status"] for result in told["results"]] == [201, 500, 201]
    assert count(city) == 2, "what was written of it is rolled back"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 422),
        (b"[]", "application/json", 422),
        (json.dumps([{}] * 201).encode(), "application/json", 422),
        (b"[", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'["\xff"]', "application/json", 400),
        (b"[]", "text/plain", 415),
        (b"", "application/json", 400),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_list_of_transcripts_is_refused(exchange: Machine, body: bytes, kind: str, status: int) -> None:
    response = exchange.post(PATH, data=body, content_type=kind)
    assert response.status_code == status, response.json
    assert response.json["title"]


def test_too_much_at_once(exchange: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "LARGEST", 100)
    assert exchange.post(PATH, [item()] * 2).status_code == 413


def test_only_operators_send(city: City, app: Flask) -> None:
    lamps = machine(city, app, "市政系统", "lamps", Role.HANDLER)
    assert lamps.post(PATH, [item()]).status_code == 403
    assert count(city) == 0


def test_the_description_names_the_fields(app: Flask) -> None:
    told = app.test_client().get("/api/v1/openapi.json").json
    assert told is not None
    body = told["paths"]["/api/v1/transcripts/batch"]["post"]["requestBody"]
    name = body["content"]["application/json"]["schema"]["items"]["$ref"].rpartition("/")[2]
    assert {"text", "base64", "idempotency_key", "recording"} <= set(told["components"]["schemas"][name]["properties"])
