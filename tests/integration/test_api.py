"""The JSON API: in by HTTP, down the whole chain by HTTP, and read back by HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.models import Complaint, DeadlineKind, Disclosure, Extension
from tests.api import BASE, LAMP, Machine, file, machine, person
from tests.city import City


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
    other = machine(city, app, "另一平台", "center", Role.OPERATOR).post(
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
    with city.statements() as asked:
        act()
    return len(asked)


def test_a_page_costs_the_same_however_much_stands_on_it(city: City, centre: Machine) -> None:
    file(centre)
    centre.get("/tickets")
    few = statements(city, lambda: centre.get("/tickets"))
    for _ in range(8):
        file(centre)
    assert statements(city, lambda: centre.get("/tickets")) == few <= 5


def test_a_complaint_costs_one_statement(city: City, centre: Machine) -> None:
    file(centre)  # which brings the serial of the next one
    assert statements(city, lambda: file(centre, phone="13800005678")) == 1, "everything at one go"
    assert statements(city, lambda: file(centre)) == 3, "who has called before is counted"


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


def test_the_running_months_board_and_what_is_behind_each_number(city: City, centre: Machine) -> None:
    city.handling()
    city.assigned("parks")
    city.turn(days=9)
    board = centre.get("/reports/board").json
    assert (board["month"], board["tickets"]) == ("2026-10", 2) and board["missing"] > 0
    counted = [rate for line in (board, *board["units"]) for rate in line["rates"]]
    assert any(rate["owed"] for rate in counted)
    for rate in counted:
        assert rate["rate_text"] == ("—" if not rate["owed"] else rate["rate_text"])
        for figure in ("owed", "kept", "missing", "over", "reachable"):
            items = centre.get(f"{rate['items'].removeprefix(BASE)}&figure={figure}").json
            assert items["total"] == len(items["items"]) == rate[figure], (rate["items"], figure)
    for day in board["days"]:
        items = centre.get(day["items"].removeprefix(BASE)).json["items"]
        assert len(items) == sum(day["missing"].values()), day["items"]
        assert {item["day"] for item in items} <= {day["day"]} or day["day"] is None
    first = centre.get("/reports/board/items?limit=1").json
    second = centre.get(f"/reports/board/items?limit=1&after={first['after']}").json
    assert first["total"] == board["missing"] and first["items"] != second["items"]
    for wrong in ("figure=x", "figure=closed", "kind=accept", "since=2026", "alone=maybe", "after=x", "limit=101"):
        assert centre.get(f"/reports/board/items?{wrong}").status_code == 422, wrong
    assert centre.get("/reports/board?unit_id=x").status_code == 422
    assert centre.get(f"/reports/board?unit_id={2**62}").status_code == 404
