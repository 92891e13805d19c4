"""A second carrier in one file, of the kind that sends approved templates only: chosen by the settings, over real HTTP,
through a whole conversation (docs/carriers.md)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import SettingsError, load
from config.wordings import load_wordings
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.workflow import State
from hotline.models import Addition, Citizen, Complaint, Message, MessageState
from hotline.services import calling, filing, sweeping
from tests.carrier import deliver, texts
from tests.citizen import make_app
from tests.city import City
from tests.conversation import answer, assign
from tests.template_carrier import TemplateCarrier
from tests.template_server import SECRET, TemplateServer, push, signed

PHONE = "13800005678"
_sequence = itertools.count(7_000_000_001)


def templates() -> dict[str, str]:
    """A template for each form of each wording, as the administrator has had them approved."""
    wordings = load_wordings()
    forms = [form for name in wordings.names for form in wordings.templates(name)]
    return {form: f"SMS_{place}" for place, form in enumerate(forms, 1001)}


@pytest.fixture
def environ(tmp_path: Path, server: TemplateServer) -> dict[str, str]:
    path = tmp_path / "templates.toml"
    path.write_text("".join(f'"{form}" = "{code}"\n' for form, code in templates().items()), encoding="utf-8")
    return {
        "HOTLINE_CARRIER": "tests.template_carrier",
        "TEMPLATE_CARRIER_ENDPOINT": f"http://127.0.0.1:{server.port}",
        "TEMPLATE_CARRIER_KEY_ID": "key",
        "TEMPLATE_CARRIER_KEY_SECRET": SECRET,
        "TEMPLATE_CARRIER_SIGN": "12319",
        "TEMPLATE_CARRIER_TEMPLATES": str(path),
        "DATABASE_URL": "postgresql://nowhere/x",
        "HOTLINE_DATA": str(tmp_path),
    }


@pytest.fixture
def server() -> Iterator[TemplateServer]:
    wordings, codes = load_wordings(), templates()
    approved = {
        codes[written.form]: set(written.fields)
        for name in wordings.names
        for written in wordings.each_form(name, **dict.fromkeys(wordings.fields(name), ""))
    }
    with TemplateServer(approved).running() as server:
        yield server


@pytest.fixture
def app(city: City, environ: dict[str, str]) -> Flask:
    """The hotline with that carrier, put together from its settings."""
    city.office.carrier = open_office(load(environ), bell=SilentBell()).carrier
    return make_app(city, twilio=False)


def up(app: Flask, *contents: str, phone: str = PHONE) -> list[dict[str, Any]]:
    """Texts from a citizen, pushed in one batch."""
    items = [
        {
            "phone_number": phone,
            "send_time": "2026-10-12 09:00:00",
            "content": content,
            "sign_name": "12319",
            "dest_code": "1069012319",
            "sequence_id": next(_sequence),
        }
        for content in contents
    ]
    response = push(app, "up", items)
    assert (response.status_code, response.json) == (200, {"code": 0, "msg": "成功"}), response.text
    return items


def told(server: TemplateServer, city: City, wording: str) -> dict[str, Any]:
    """What the citizen was sent last of that wording, once all that waits has gone out."""
    deliver(city)
    code = templates()[wording]
    return next(each for each in reversed(server.sent) if (each["template_code"], each["phone"]) == (code, PHONE))


def test_is_chosen_by_the_settings(environ: dict[str, str]) -> None:
    assert isinstance(open_office(load(environ), bell=SilentBell()).carrier, TemplateCarrier)


def test_names_what_is_missing_in_its_settings(environ: dict[str, str]) -> None:
    del environ["TEMPLATE_CARRIER_SIGN"]
    with pytest.raises(SettingsError, match=r"TEMPLATE_CARRIER_SIGN\(短信签名\)"):
        load(environ)


def test_the_whole_life_of_a_complaint(city: City, app: Flask, server: TemplateServer) -> None:
    up(app, "路灯坏了三天没人修")
    (complaint,) = city.rows(sa.select(Complaint))
    number = complaint.number
    received = told(server, city, "received")["params"]
    assert received["number"] == number and len(received["key"]) == 10 and received["url"].endswith(number)
    assert told(server, city, "ask_place")
    up(app, "老粮站斜对面")
    assert city.ticket(number).place == "老粮站斜对面"
    up(app, "进度")
    assert told(server, city, "progress_centre")["params"]["state"] == "已收到，待受理"

    assign(city, number)
    assigned = told(server, city, "assigned")["params"]
    assert assigned == {"number": number, "unit": "市政处", "due": "10月19日18时"}
    answer(city, number)
    sent = told(server, city, "answered")
    assert sent["params"]["answer"] == "您反映的路灯已修复，感谢监督。"
    assert push(app, "reports", [server.report(each) for each in server.sent]).json == {"code": 0, "msg": "成功"}
    with city.work() as work:
        sweeping.ask_surveys(work)
    assert told(server, city, "survey")
    up(app, "未解决2，还是不亮")
    assert told(server, city, "sorry")
    assert (city.ticket(number).round, city.ticket(number).state) == (2, State.ACCEPTED)
    up(app, "退订")
    assert told(server, city, "stopped")
    assert city.rows(sa.select(Citizen.opted_out_at)) == [city.now]


def test_what_was_pushed_before_is_taken_once(city: City, app: Flask) -> None:
    items = up(app, "香溪路与大桥路口路灯不亮三天了", "旁边那盏也不亮")
    for _ in range(2):
        assert push(app, "up", items).status_code == 200
    (complaint,) = city.rows(sa.select(Complaint))
    assert city.rows(sa.select(Addition.text)) == ["旁边那盏也不亮"]
    assert complaint.text == "香溪路与大桥路口路灯不亮三天了"


def test_one_that_cannot_be_taken_stops_no_other_and_the_batch_may_come_again(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = filing.begin

    def fail_once(talk: Any, words: str) -> None:
        if "大桥" in words:
            raise RuntimeError("out of memory")
        begin(talk, words)

    items = [
        {"phone_number": f"1390000000{place}", "content": text, "sequence_id": place}
        for place, text in enumerate(["大桥路灯不亮三天了", "建设路垃圾没人清运"])
    ]
    with monkeypatch.context() as broken:
        broken.setattr(filing, "begin", fail_once)
        assert push(app, "up", items).status_code == 500
    assert [each.text for each in city.rows(sa.select(Complaint))] == ["建设路垃圾没人清运"]
    assert push(app, "up", items).status_code == 200
    assert len(city.rows(sa.select(Complaint))) == 2


def test_receipts_in_batches_only_go_forward_and_what_fails_is_called(
    city: City, app: Flask, server: TemplateServer
) -> None:
    number = city.replied(phone=f"+86{PHONE}")
    deliver(city)
    reports = [server.report(each, "MOBILE_TERMINAL_ERROR") for each in server.sent]
    stranger = server.report(server.sent[0]) | {"out_id": "of-another-system", "biz_id": "B9"}
    for batch in (reports, [stranger], [server.report(each) for each in server.sent]):
        assert push(app, "reports", batch).status_code == 200
    assert {row.state for row in city.rows(sa.select(Message).where(Message.phone_print.is_not(None)))} == {
        MessageState.FAILED
    }
    with city.work("olga") as work:
        (call,) = calling.call_list(work)
    assert call.ticket_number == number


def test_a_receipt_that_knows_only_the_carriers_own_id(city: City, app: Flask, server: TemplateServer) -> None:
    city.receive(phone=f"+86{PHONE}")
    deliver(city)
    report = server.report(server.sent[0])
    del report["out_id"]
    push(app, "reports", [report])
    assert texts(city, "received")[0].state is MessageState.DELIVERED


def test_whom_the_carrier_has_unsubscribed(city: City, app: Flask, server: TemplateServer) -> None:
    city.receive(phone=f"+86{PHONE}")
    deliver(city)
    push(app, "reports", [server.report(server.sent[0], "UNSUBSCRIBED")])
    assert city.rows(sa.select(Citizen.opted_out_at)) == [city.now]


@pytest.mark.parametrize(("code", "state"), [("BLACK_LIST", MessageState.FAILED), ("BUSY", MessageState.QUEUED)])
def test_a_refusal_is_final_or_tried_again(
    city: City, app: Flask, server: TemplateServer, code: str, state: MessageState
) -> None:
    server.refuses[PHONE] = code
    city.receive(phone=f"+86{PHONE}")
    deliver(city)
    assert texts(city, "received")[0].state is state


def test_nobody_else_is_let_in(city: City, app: Flask) -> None:
    item = {"phone_number": PHONE, "content": "路灯不亮", "sequence_id": 1}
    assert push(app, "up", [item], secret="guessed").status_code == 403
    client = app.test_client()
    assert client.post("/carriers/template/up", json=[item]).status_code == 403
    assert client.get("/carriers/template/up").status_code == 403
    assert client.post("/carriers/other/up", json=[item]).status_code == 403
    assert client.post("/twilio/sms", data={"MessageSid": "SM1", "From": PHONE, "Body": "x"}).status_code == 403
    assert city.rows(sa.select(Message)) == []


@pytest.mark.parametrize("body", ["{", "{}", "[1]", ""])
def test_what_is_no_array_is_refused(app: Flask, body: str) -> None:
    headers = {"X-Signature": signed(body.encode()), "Content-Type": "application/json"}
    response = app.test_client().post("/carriers/template/up", data=body, headers=headers)
    assert response.status_code == 422, response.text
    assert json.loads(response.data)["code"] == "incomplete"


def test_a_wording_whose_template_was_not_approved_fails_alone(city: City, app: Flask, server: TemplateServer) -> None:
    city.office.carrier._templates = {"ask_place": templates()["ask_place"]}  # type: ignore[attr-defined]
    up(app, "路灯坏了三天没人修")
    deliver(city)
    assert [row.state for row in texts(city, "received")] == [MessageState.FAILED]
    assert [row.state for row in texts(city, "ask_place")] == [MessageState.SENT]
