"""Photos of a result by the JSON API: sent with the step as a form, guarded as the unit's own form is."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from hotline.domain.actors import Role
from hotline.models import Attachment
from hotline.services import attaching
from tests.api import BASE, Machine, machine
from tests.citizen import count, photo
from tests.city import City

FORM = "multipart/form-data"
RESULT = "已更换灯头两只，恢复照明。"


def shades(*shades: int) -> list[tuple[BytesIO, str]]:
    """A photo of each size, so that no two are the same."""
    return [(BytesIO(photo((10 + shade, 10))), f"{shade}.jpg") for shade in shades]


def send(client: Machine, number: str, noun: str = "submission", **fields: Any) -> Any:
    """The step as a form."""
    return client.post(f"/tickets/{number}/{noun}", data=fields, content_type=FORM)


def test_a_result_brings_its_photos(city: City, lamps: Machine) -> None:
    number = city.handling()
    version = lamps.get(f"/tickets/{number}").json["version"]
    response = send(lamps, number, outcome=RESULT, version=str(version), photos=shades(1, 2))
    assert response.status_code == 200, response.json
    assert (response.json["state"], response.json["outcome"]) == ("submitted", RESULT)
    assert [(each["name"], each["round"], each["by_citizen"]) for each in response.json["attachments"]] == [
        ("1.jpg", 1, False),
        ("2.jpg", 1, False),
    ]


def test_a_form_needs_no_photos_and_json_stays_as_it_was(city: City, lamps: Machine) -> None:
    assert send(lamps, city.handling(), outcome=RESULT).json["attachments"] == []
    assert lamps.step(city.handling(), "submission", outcome=RESULT)["attachments"] == []


def test_the_second_of_two_hands_is_told(city: City, lamps: Machine) -> None:
    number = city.handling()
    stale = send(lamps, number, outcome=RESULT, version="1", photos=shades(1))
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    assert count(city, Attachment) == 0


@pytest.mark.parametrize(
    ("unit", "role", "status"),
    [("parks", Role.HANDLER, 404), ("lamps-east", Role.HANDLER, 404), ("center", Role.OPERATOR, 403)],
)
def test_only_the_unit_that_has_it_shows_its_work(city: City, app: Flask, unit: str, role: Role, status: int) -> None:
    number = city.handling()
    other = machine(city, app, "别的系统", unit, role)
    response = send(other, number, outcome=RESULT, photos=shades(1))
    assert (response.status_code, count(city, Attachment)) == (status, 0)
    assert response.content_type == "application/problem+json"


def test_nobody_is_let_in_with_photos_alone(app: Flask, city: City) -> None:
    sent = {"outcome": RESULT, "photos": shades(1)}
    response = app.test_client().post(f"{BASE}/tickets/{city.handling()}/submission", data=sent, content_type=FORM)
    assert response.status_code == 401


BAD = [
    ({"photos": [(BytesIO(b"text"), "坏.jpg")]}, "photos", "不是能打开的照片"),
    ({"photos": [(BytesIO(b"<svg onload=alert(1)>"), "a.svg")]}, "photos", "不是能打开的照片"),
    ({"photos": [(BytesIO(b""), "空.jpg")]}, "photos", "空文件"),
    ({"photos": shades(*range(7))}, "photos", "最多6张"),
    ({"photos": "base64…"}, "photos", "以文件上传"),
    ({"picture": shades(1)}, "picture", "字段名为 photos"),
    ({"outcome": "", "photos": shades(1)}, "outcome", "请写明办理结果"),
    ({"outcome": "好", "photos": shades(1)}, "outcome", "请写明办理结果"),
    ({"version": "x", "photos": shades(1)}, "version", "内容不符合要求"),
]


@pytest.mark.parametrize(("sent", "field", "told"), BAD, ids=lambda value: str(value)[:24])
def test_what_cannot_be_used_is_named_and_nothing_is_done(
    city: City, lamps: Machine, sent: dict[str, Any], field: str, told: str
) -> None:
    number = city.handling()
    response = send(lamps, number, **({"outcome": RESULT} | sent))
    assert (response.status_code, list(response.json["errors"])) == (422, [field]), response.json
    assert told in response.json["errors"][field]
    assert (city.ticket(number).state.value, count(city, Attachment)) == ("handling", 0)


def test_a_ticket_has_no_more_than_it_may_have(city: City, lamps: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_OF_A_TICKET", 2)
    number = city.handling()
    response = send(lamps, number, outcome=RESULT, photos=shades(1, 2, 3))
    assert (response.status_code, count(city, Attachment)) == (422, 0)
    assert "照片最多2张" in response.json["errors"]["photos"]


def test_a_broken_form_is_a_clear_no(city: City, lamps: Machine) -> None:
    number = city.handling()
    cut = b'--x\r\nContent-Disposition: form-data; name="outcome"\r\n\r\n' + RESULT.encode()
    for body, kind in ((cut, f"{FORM}; boundary=x"), (cut, FORM), (b"", FORM), (b"\xff" * 99, f"{FORM}; boundary=y")):
        response = lamps.post(f"/tickets/{number}/submission", data=body, content_type=kind)
        assert (response.status_code, list(response.json["errors"])) == (422, ["outcome"])


def test_steps_without_photos_take_json_only(city: City, lamps: Machine) -> None:
    response = send(lamps, city.handling(), "return", reason="不属本单位职责", photos=shades(1))
    assert (response.status_code, response.json["code"]) == (415, "unsupported_media_type")


def test_it_is_offered_and_described(city: City, app: Flask, lamps: Machine) -> None:
    offered = {step["noun"]: step for step in lamps.get(f"/tickets/{city.handling()}").json["steps"]}
    fields = {field["name"]: field for field in offered["submission"]["fields"]}
    assert (fields["photos"]["type"], fields["photos"]["required"]) == ("files", False)
    spec: Any = app.test_client().get(f"{BASE}/openapi.json").json
    bodies = spec["paths"][f"{BASE}/tickets/{{number}}/submission"]["post"]["requestBody"]["content"]
    assert set(bodies) == {"application/json", FORM}
    schema = spec["components"]["schemas"][bodies[FORM]["schema"]["$ref"].rpartition("/")[2]]["properties"]
    assert set(schema) == {"version", "outcome", "checked", "photos_before", "photos"}
    assert schema["photos"]["items"] == {"type": "string", "format": "binary"}
    page = app.test_client().get(f"{BASE}/docs").text
    assert "SubmissionWithPhotos" in page and FORM in page
    returned = spec["paths"][f"{BASE}/tickets/{{number}}/return"]["post"]["requestBody"]["content"]
    assert set(returned) == {"application/json"}
