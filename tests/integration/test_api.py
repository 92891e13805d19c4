"""The JSON API: in by HTTP, down the chain by HTTP, and a clear no to everything that cannot be used."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.domain.workflow import STEPS
from hotline.models import Complaint, DeadlineKind, Disclosure, Event, Extension
from hotline.web.resources import RESOURCES, Form
from tests.api import BASE, Machine, machine, make_app, person
from tests.city import City

LAMP = {
    "text": "香溪路与大桥路口路灯不亮三天了",
    "place": "香溪路与大桥路口",
    "name": "王小明",
    "phone": "138 0000 1234",
}
CENTRE = (Role.OPERATOR, Role.DISPATCHER)


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.fixture
def centre(city: City, app: Flask) -> Machine:
    return machine(city, app, "热线平台", "center", *CENTRE)


@pytest.fixture
def lamps(city: City, app: Flask) -> Machine:
    return machine(city, app, "市政系统", "lamps", Role.HANDLER)


@pytest.fixture
def supervisor(city: City, app: Flask) -> Machine:
    return machine(city, app, "督办系统", "center", Role.SUPERVISOR)


def file(centre: Machine, **more: Any) -> str:
    """A complaint; its number."""
    response = centre.post("/complaints", LAMP | more)
    assert response.status_code == 201, response.json
    return str(response.json["number"])


def test_a_complaint_goes_down_the_whole_chain(
    city: City, app: Flask, centre: Machine, lamps: Machine, supervisor: Machine
) -> None:
    number = file(centre)
    assert centre.step(number, "acceptance", matter="路灯不亮")["state"] == "accepted"
    assert centre.step(number, "assignment", unit_id=city.unit_id("lamps"))["state"] == "assigned"
    assert lamps.step(number, "signature")["state"] == "handling"
    city.turn(hours=1)
    assert lamps.step(number, "extension", reason="等待灯头到货")["requests"][0]["granted"] is None
    granted = person(app, "dora").step(number, "extension/decision", granted=True)
    assert granted["requests"][0]["due_after"] > granted["requests"][0]["due_before"]
    assert lamps.step(number, "submission", outcome="已更换灯头两只，恢复照明。")["state"] == "submitted"
    assert supervisor.step(number, "approval")["state"] == "resolved"
    answered = supervisor.step(number, "reply", text="路灯已修复，感谢监督。")
    assert answered["state"] == "replied"
    complaint = answered["complaints"][0]["number"]
    supervisor.step(number, "call", complaint=complaint, note="已告知本人")
    closed = supervisor.step(number, "survey", complaint=complaint, solved=True, score=5)
    assert closed["state"] == "closed"
    told = [event["step"] for event in closed["history"]]
    assert told[:4] == ["receive", "accept", "assign", "sign"]
    assert {event["actor_kind"] for event in closed["history"]} == {"client", "staff", "system"}
    for kind in ("handle", "reply", "close"):
        assert [row["overdue"] for row in closed["deadlines"] if row["kind"] == kind and not row["void_at"]] == [False]


def test_what_a_machine_asked_for_a_person_decides(city: City, app: Flask, centre: Machine, lamps: Machine) -> None:
    number = file(centre)
    centre.step(number, "acceptance")
    centre.step(number, "assignment", unit_id=city.unit_id("lamps"))
    lamps.step(number, "signature")
    lamps.step(number, "pause", reason="等待配件", until="2026-10-20")
    refused = centre.post(f"/tickets/{number}/pause/decision", {"granted": True})
    assert (refused.status_code, refused.json["code"]) == (409, "own_request")
    assert person(app, "dora").step(number, "pause/decision", granted=True)["state"] == "paused"


def test_the_ticket_offers_the_steps_that_may_be_taken(city: City, centre: Machine, lamps: Machine) -> None:
    number = file(centre)
    offered = {step["noun"]: step for step in centre.get(f"/tickets/{number}").json["steps"]}
    assert {"acceptance", "declination", "merger", "voiding"} <= set(offered)
    assert "signature" not in offered
    fields = {field["name"]: field for field in offered["declination"]["fields"]}
    assert fields["reason"]["required"]
    assert fields["version"]["type"] == "integer"
    by_kind = {field["name"]: field for field in offered["acceptance"]["fields"]}
    assert by_kind["category_id"]["options"] == "/api/v1/categories"
    assert {"value": "urgent", "label": "紧急"} in by_kind["urgency"]["options"]


def test_the_second_of_two_hands_is_told_what_the_first_one_did(centre: Machine) -> None:
    number = file(centre)
    seen = centre.get(f"/tickets/{number}")
    assert seen.headers["ETag"] == '"1"'
    centre.step(number, "acceptance", version=1)
    for stale in (
        centre.post(f"/tickets/{number}/declination", {"reason": "重复", "channel": "无", "version": 1}),
        centre.post(f"/tickets/{number}/voiding", {"reason": "误登记"}, headers={"If-Match": seen.headers["ETag"]}),
    ):
        assert (stale.status_code, stale.json["code"]) == (409, "stale")
        assert stale.content_type == "application/problem+json"
        assert stale.json["version"] == 2
        assert [change["step"] for change in stale.json["changes"]] == ["accept"]
        assert stale.json["changes"][0]["actor"] == "热线平台"


def test_a_guard_says_no_by_its_code(city: City, centre: Machine, lamps: Machine) -> None:
    number = file(centre)
    wrong_state = centre.post(f"/tickets/{number}/assignment", {"unit_id": city.unit_id("lamps")})
    assert (wrong_state.status_code, wrong_state.json["code"]) == (409, "wrong_state")
    centre.step(number, "acceptance")
    centre.step(number, "assignment", unit_id=city.unit_id("lamps"))
    not_theirs = lamps.post(f"/tickets/{number}/recall", {"reason": "不想办"})
    assert (not_theirs.status_code, not_theirs.json["code"]) == (403, "not_allowed")


def test_a_returned_ticket_is_out_of_the_hands(city: City, centre: Machine, lamps: Machine) -> None:
    number = file(centre)
    centre.step(number, "acceptance")
    centre.step(number, "assignment", unit_id=city.unit_id("lamps"))
    after = lamps.step(number, "return", reason="该路段由公路站管养")
    assert after == {"number": number, "version": after["version"], "state": "accepted", "state_label": "待交办"}
    assert lamps.get(f"/tickets/{number}").status_code == 404


def test_the_same_complaint_sent_again_is_the_same_ticket(city: City, app: Flask, centre: Machine) -> None:
    first = centre.post("/complaints", LAMP, headers={"Idempotency-Key": "a-1"})
    again = centre.post("/complaints", LAMP, headers={"Idempotency-Key": "a-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["number"] == first.json["number"]
    assert again.json["accept_due_at"] == first.json["accept_due_at"]
    assert first.json["key"]
    assert "key" not in again.json
    assert first.json["status_url"] == f"http://hotline.test/q/{first.json['number']}"
    other = machine(city, app, "另一平台", "center", *CENTRE).post(
        "/complaints", LAMP, headers={"Idempotency-Key": "a-1"}
    )
    assert other.status_code == 201, "another client's keys are its own"
    assert city.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 2


def test_a_county_takes_in_what_its_own_systems_send(city: City, app: Flask) -> None:
    county = machine(city, app, "东县平台", "county-roads", Role.OPERATOR)
    number = file(county)
    assert city.ticket(number).centre_id == city.unit_id("county")


def test_all_fields_of_a_complaint_arrive(city: City, centre: Machine) -> None:
    code = centre.get("/categories").json[0]["code"]
    number = file(
        centre, category=code, source="media", urgency="urgent", request_type="report", latitude=35.02, longitude=111.0,
        area="盐湖区", confidential=True, wants_reply=False, channel="phone", received_at="2026-10-12T08:30:00+08:00",
    )  # fmt: skip
    told = centre.get(f"/tickets/{number}").json
    assert told["category"]["code"] == code
    assert [told[name] for name in ("source", "urgency", "request_type", "channel", "area")] == [
        "media", "urgent", "report", "phone", "盐湖区",
    ]  # fmt: skip
    assert told["received_at"] == "2026-10-12T00:30:00+00:00"
    assert told["complaints"][0]["phone"] == "138****1234"
    assert told["complaints"][0]["name"] == "王**"
    assert not city.deadlines(number, DeadlineKind.REPLY)


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


def test_the_list_is_narrowed_and_paged(city: City, centre: Machine) -> None:
    numbers = [file(centre, text=f"第{index}处路灯不亮了") for index in range(5)]
    centre.step(numbers[0], "acceptance")
    centre.step(numbers[0], "assignment", unit_id=city.unit_id("lamps"))

    def listed(query: str) -> list[str]:
        return [ticket["number"] for ticket in centre.get(f"/tickets?{query}").json["tickets"]]

    assert listed("") == numbers[::-1]
    assert listed("state=assigned") == [numbers[0]]
    assert listed("state=assigned,received") == numbers[::-1]
    assert listed("unit=lamps") == [numbers[0]]
    assert listed("unit=parks") == []
    assert listed("q=第3处") == [numbers[3]]
    assert listed(f"q={numbers[2]}") == [numbers[2]]
    assert listed("q=%25") == []
    assert listed("overdue=true") == []
    city.turn(days=30)
    assert listed("overdue=true&limit=100") == numbers[::-1]
    assert listed("overdue=false") == []
    first = centre.get("/tickets?limit=2").json
    second = centre.get(f"/tickets?limit=2&after={first['after']}").json
    third = centre.get(f"/tickets?limit=2&after={second['after']}").json
    pages = [ticket["number"] for page in (first, second, third) for ticket in page["tickets"]]
    assert pages == numbers[::-1]
    assert third["after"] is None
    assert first["tickets"][0]["due"]["overdue"] is True


@pytest.mark.parametrize(
    "query", ["state=x", "limit=0", "limit=101", "limit=x", f"after={10**30}", "after=x", "overdue=x", "unit=nowhere",
              "q=" + "x" * 101, "limit=" + "9" * 5000]
)  # fmt: skip
def test_bad_queries_are_named(centre: Machine, query: str) -> None:
    response = centre.get(f"/tickets?{query}")
    assert response.status_code == 422, response.json
    assert list(response.json["errors"]) == [query.partition("=")[0]]


def statements(city: City, act: Any) -> int:
    """How many statements it takes."""
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    sa.event.listen(city.office.engine, "before_cursor_execute", note)
    act()
    sa.event.remove(city.office.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_page_costs_the_same_however_much_stands_on_it(city: City, centre: Machine) -> None:
    file(centre)
    centre.get("/tickets")
    few = statements(city, lambda: centre.get("/tickets"))
    for _ in range(8):
        file(centre)
    assert statements(city, lambda: centre.get("/tickets")) == few <= 3


def test_a_complaint_costs_two_statements(city: City, centre: Machine) -> None:
    file(centre)
    assert statements(city, lambda: file(centre)) == 2, "the number, and everything else at one go"


def test_why_a_promise_is_due_then(city: City, app: Flask, centre: Machine, lamps: Machine) -> None:
    number = file(centre)
    centre.step(number, "acceptance")
    centre.step(number, "assignment", unit_id=city.unit_id("lamps"))
    lamps.step(number, "signature")
    lamps.step(number, "extension", reason="等待灯头到货")
    person(app, "dora").step(number, "extension/decision", granted=True)
    for row in centre.get(f"/tickets/{number}/deadlines").json:
        why = centre.get(f"/tickets/{number}/deadlines/{row['id']}/why").json
        assert datetime.fromisoformat(why["explanation"]["due_at"]) == datetime.fromisoformat(row["due_at"])
        assert why["deadline"] == row
        assert why["policy"]["version"]
        assert all("以登记的为准" not in warning for warning in why["explanation"]["warnings"])
        assert len(why["explanation"]["stages"]) == row["extensions"] + 1
    assert centre.get(f"/tickets/{number}/deadlines/{2**62}/why").status_code == 404
    assert centre.get(f"/tickets/{number}/deadlines/{10**30}/why").status_code == 404
    assert city.rows(sa.select(Extension))[0].asked_by_id is None


def test_contact_is_opened_one_at_a_time_with_a_reason(city: City, centre: Machine, lamps: Machine) -> None:
    number = file(centre)
    centre.step(number, "acceptance")
    centre.step(number, "assignment", unit_id=city.unit_id("lamps"))
    path = f"/tickets/{number}/contact-disclosure"
    opened = lamps.post(path, {"complaint": number, "reason": "电话核实具体位置"})
    assert opened.json == {"complaint": number, "name": "王小明", "phone": "+8613800001234"}
    assert opened.headers["Cache-Control"] == "no-store"
    (row,) = city.rows(sa.select(Disclosure))
    assert (row.staff_id, row.reason) == (None, "电话核实具体位置")
    assert row.client_id is not None
    assert lamps.post(path, {"complaint": number, "reason": " "}).status_code == 422
    assert lamps.post(path, {"complaint": "x", "reason": "电话核实"}).status_code == 404
    assert len(city.rows(sa.select(Disclosure))) == 1


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


def test_units_people_and_categories_are_listed(city: City, centre: Machine, lamps: Machine) -> None:
    units = {unit["key"]: unit for unit in lamps.get("/units").json}
    assert units["lamps-east"]["parent"] == "lamps"
    assert [person["name"] for person in lamps.get("/units/lamps/people").json] == ["冯市政", "孟东站"]
    assert lamps.get("/units/parks/people").status_code == 404
    assert lamps.get("/units/nowhere/people").status_code == 404
    assert any(category["standards"] for category in lamps.get("/categories").json)


def test_the_months_rates_and_what_is_behind_them(city: City, centre: Machine) -> None:
    number = file(centre)
    city.turn(days=40)
    month = centre.get("/reports/monthly/2026-10")
    assert month.status_code == 200
    rate = next(each for each in month.json["rates"] if each["kind"] == "close")
    assert (rate["owed"], rate["kept"]) == (1, 0)
    items = centre.get(rate["items"].removeprefix(BASE)).json["items"]
    assert [item["ticket"] for item in items] == [number]
    assert centre.get("/reports/monthly/2026-13").status_code == 422
    assert centre.get("/reports/monthly/2026-10?unit_id=x").status_code == 422
    assert centre.get("/reports/monthly/2026-10/items").status_code == 422
    assert centre.get("/reports/monthly/2026-10/items?kind=x").status_code == 422
    assert centre.get(f"/reports/monthly/2026-10/items?kind=close&unit_id={2**62}").status_code == 404
