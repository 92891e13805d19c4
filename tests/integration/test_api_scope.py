"""Who sees what by the API (design §7): what is not theirs does not exist, and a confidential matter tells no name.

Alice's unit (市政处) has the ticket, Bob is of its station, Charlie of another department; the county is named in a
complaint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.models import Deadline, Disclosure, Ticket, Unit
from hotline.services import accepting, assigning, transcribing
from hotline.services.transcribing import Call
from hotline.web.resources import RESOURCES
from tests.api import BASE, Machine, machine
from tests.city import City

EVERYTHING = tuple(STAFF_ROLES)
CALLER = {"name": "王小明", "phone": "+8613800001234"}
TOLD = "我叫王小明，电话13800001234，我家住3号楼2单元501室，楼下烧烤店油烟直排"


@dataclass
class Cast:
    """The machines, one of each unit, all with every role: what they see is decided by where they stand."""

    alice: Machine
    bob: Machine
    charlie: Machine
    county: Machine
    centre: Machine


@pytest.fixture
def cast(city: City, app: Flask) -> Cast:
    units = {"alice": "lamps", "bob": "lamps-east", "charlie": "parks", "county": "county", "centre": "center"}
    return Cast(**{name: machine(city, app, name, unit, *EVERYTHING) for name, unit in units.items()})


def addresses(app: Flask, city: City, number: str, draft_id: int) -> list[tuple[str, str]]:
    """Every address of the API that carries an id, filled in with that of this ticket (draft, unit)."""
    deadline = city.scalar(sa.select(sa.func.min(Deadline.id)))
    values = {"number": number, "deadline_id": str(deadline), "draft_id": str(draft_id), "key": "center"}
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(BASE) and rule.arguments - {"month", "version", "filename"}:
            path = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda match: values[match[1]], rule.rule.removeprefix(BASE))
            found += [(method, path) for method in (rule.methods or set()) & {"GET", "POST"}]
    assert len(found) >= len(RESOURCES) + 8
    return found


LONG = "不应看到的工单，不应有任何回应"
FIELDS: dict[str, Any] = {
    "complaint": "x", "reason": LONG, "channel": LONG, "into": "x", "unit_id": 1, "text": LONG, "staff_id": 1,
    "opinion": LONG, "granted": True, "until": "2026-10-20", "level": "order", "answer": LONG, "explanation": LONG,
    "outcome": LONG, "solved": True, "upheld": True, "version": 1,
}  # fmt: skip


def ask(who: Machine, method: str, path: str) -> Any:
    return who.get(path) if method == "GET" else who.post(path, FIELDS)


def a_draft(city: City) -> int:
    with city.work("olga") as work:
        draft, _ = transcribing.send(work, "坐席：您好\n市民：路灯不亮".encode(), Call())
        return draft.id


def test_a_stranger_finds_nothing_at_any_address(city: City, app: Flask, cast: Cast) -> None:
    """Charlie: the same answer as for a number that was never given out."""
    number, draft_id = city.assigned(), a_draft(city)
    for method, path in addresses(app, city, number, draft_id):
        response = ask(cast.charlie, method, path)
        assert (response.status_code, response.json["code"]) == (404, "not_found"), (method, path, response.json)
        assert number not in response.text or number in path
    assert city.ticket(number).version == 3
    assert cast.charlie.get("/tickets").json["tickets"] == []
    assert cast.charlie.get(f"/tickets?q={number}").json["tickets"] == []
    assert cast.charlie.get("/drafts").json["drafts"] == []


def test_a_unit_named_in_the_complaint_finds_nothing_either(city: City, app: Flask, cast: Cast) -> None:
    """Not even where it would otherwise see: the county named has the ticket's station below it."""
    path = city.scalar(sa.select(Unit.path).where(Unit.key == "county"))
    number = city.receive(text="东县中心的人推诿", centre=(city.unit_id("county"), path)).number
    assert cast.county.get(f"/tickets/{number}").status_code == 200
    with city.work("olga") as work:
        ids = (city.unit_id("county"),)
        accepting.accept(work, number, accepting.Classification(named_unit_ids=ids))
    draft_id = a_draft(city)
    for method, path in addresses(app, city, number, draft_id):
        response = ask(cast.county, method, path)
        assert response.status_code == 404, (method, path, response.json)
    assert cast.county.get("/tickets").json["tickets"] == []
    assert cast.centre.get(f"/tickets/{number}").json["named_units"][0]["key"] == "county"


def test_an_odd_number_is_no_ticket(cast: Cast) -> None:
    for number in ("%00", "%ED%A0%80", "1%E2%80%AE2", "x" * 5000, "%27%20OR%201=1", "..%2f", "🙂"):
        assert cast.centre.get(f"/tickets/{number}").status_code == 404, number


def test_the_unit_and_what_is_above_and_below_it(city: City, cast: Cast) -> None:
    number = city.assigned()
    assert cast.alice.get(f"/tickets/{number}").status_code == 200
    assert cast.centre.get(f"/tickets/{number}").status_code == 200
    assert cast.bob.get(f"/tickets/{number}").status_code == 404, "the station has it only once it is passed down"
    cast.alice.step(number, "transfer", unit_id=city.unit_id("lamps-east"), reason="东片")
    assert cast.bob.get(f"/tickets/{number}").status_code == 200
    assert cast.alice.get(f"/tickets/{number}").status_code == 200


def confidential(city: City) -> str:
    number = city.receive(text=TOLD, confidential=True, place="幸福里3号楼", **CALLER).number
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), instruction="请联系13800001234核实")
    return number


SECRETS = ("王小明", "王**", "13800001234", "138****1234", "501室")


def test_a_confidential_complaint_tells_the_unit_no_name(city: City, app: Flask, cast: Cast) -> None:
    """Neither in the ticket nor in the list, the history, or the steps; and the contact is not opened for it."""
    number = confidential(city)
    handler = machine(city, app, "只办理", "lamps", Role.HANDLER)
    for who in (handler, cast.alice):
        for path in (f"/tickets/{number}", "/tickets", f"/tickets/{number}/deadlines"):
            text = who.get(path).text
            assert not [secret for secret in SECRETS if secret in text], path
        told = who.get(f"/tickets/{number}").json
        complaint = told["complaints"][0]
        assert complaint["name"] is None
        assert complaint["phone"] is None
        assert complaint["has_contact"] is False
        assert "油烟直排" in complaint["text"]
        refused = who.post(f"/tickets/{number}/contact-disclosure", {"complaint": number, "reason": "电话核实"})
        assert (refused.status_code, refused.json["code"]) == (403, "confidential")
    assert city.rows(sa.select(Disclosure)) == []
    opened = cast.centre.post(f"/tickets/{number}/contact-disclosure", {"complaint": number, "reason": "电话核实"})
    assert opened.json["phone"] == "+8613800001234"
    assert cast.centre.get(f"/tickets/{number}").json["complaints"][0]["name"] == "王**"


def test_a_unit_cannot_guess_a_confidential_text_by_searching(city: City, app: Flask, cast: Cast) -> None:
    number = confidential(city)
    with city.office.session() as session:
        session.execute(sa.update(Ticket).values(matter=TOLD))
    handler = machine(city, app, "只办理", "lamps", Role.HANDLER)
    for who in (handler, cast.alice):
        assert who.get("/tickets?q=13800001234").json["tickets"] == []
        assert [ticket["number"] for ticket in who.get(f"/tickets?q={number}").json["tickets"]] == [number]
        assert "13800001234" not in who.get("/tickets").text
    assert len(cast.centre.get("/tickets?q=13800001234").json["tickets"]) == 1


def test_an_open_complaint_shows_the_unit_a_masked_contact_only(city: City, cast: Cast) -> None:
    number = city.assigned(**CALLER)
    complaint = cast.alice.get(f"/tickets/{number}").json["complaints"][0]
    assert (complaint["name"], complaint["phone"]) == ("王**", "138****1234")
    assert "13800001234" not in cast.alice.get(f"/tickets/{number}").text


def test_who_only_administers_reads_no_ticket_and_opens_no_contacts(city: City, app: Flask) -> None:
    number = city.assigned(**CALLER)
    keeper = machine(city, app, "运维", "center", Role.ADMINISTRATOR)
    refused = keeper.post(f"/tickets/{number}/contact-disclosure", {"complaint": number, "reason": "看看"})
    assert refused.status_code == 404
    assert city.rows(sa.select(Disclosure)) == []


def test_figures_are_those_of_the_own_subtree(city: City, cast: Cast) -> None:
    city.assigned()
    city.turn(days=40)
    keys = {unit["key"] for unit in cast.alice.get("/reports/monthly/2026-10").json["units"]}
    assert keys == {"lamps", "lamps-east"}
    other = city.unit_id("parks")
    assert cast.alice.get(f"/reports/monthly/2026-10?unit_id={other}").status_code == 404
    assert cast.alice.get(f"/reports/monthly/2026-10/items?kind=handle&unit_id={other}").status_code == 404
    assert cast.charlie.get("/reports/monthly/2026-10/items?kind=handle").json["items"] == []
    assert {unit["name"] for unit in cast.alice.get("/reports/board").json["units"]} <= {"市政处", "市政处东站"}
    assert cast.alice.get(f"/reports/board?unit_id={other}").status_code == 404
    assert cast.alice.get(f"/reports/board/items?unit_id={other}").status_code == 404
    assert cast.charlie.get("/reports/board/items").json["items"] == []
