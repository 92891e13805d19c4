"""A call's transcript by API: a draft with its parts and lines, settled once, and from then on a complaint."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.models import Channel, Complaint, DeadlineKind, Draft
from hotline.services import transcribing
from tests.api import Machine, machine, person
from tests.city import City, at
from tests.races.hands import together

CALL = """坐席：您好，12319城市管理服务热线，请问您有什么事？
市民：你好，香溪路和大桥路口的路灯坏了，三天了都不亮，晚上很黑。
坐席：请问您贵姓？
市民：我姓王，王小明。
坐席：您的联系电话是多少？
市民：138 0000 1234。
坐席：处理结果需要给您回复吗？
市民：需要的，尽快给我回电话。
"""
QUESTION = "坐席：您好\n市民：我想咨询一下，办理养犬登记需要什么材料？\n坐席：身份证和免疫证明。\n市民：好的谢谢\n"
PLAIN = "text/plain; charset=utf-8"


@pytest.fixture
def exchange(city: City, app: Flask) -> Machine:
    """The recording system of the centre."""
    return machine(city, app, "录音系统", "center", Role.OPERATOR)


def send(exchange: Machine, data: bytes | str = CALL, kind: str = PLAIN, query: str = "", **headers: str) -> Any:
    body = data.encode() if isinstance(data, str) else data
    return exchange.post(f"/transcripts{query}", data=body, content_type=kind, headers=headers)


def test_a_call_becomes_a_draft_with_the_line_of_every_part(city: City, exchange: Machine) -> None:
    response = send(exchange, query="?called_at=2026-10-12T08:40:00%2B08:00&recording=R-77&caller=13900005678")
    assert response.status_code == 201, response.json
    draft = response.json
    assert (draft["state"], draft["recording"], draft["format"]) == ("open", "R-77", "plain")
    assert draft["called_at"] == "2026-10-12T00:40:00+00:00"
    assert draft["caller"] == "139****5678"
    parts = draft["parts"]
    assert "路灯" in parts["matter"]["value"]
    assert parts["matter"]["line"] == 2
    assert parts["place"]["line"] == 2
    assert parts["phone"]["value"] == "13800001234"
    assert parts["phone"]["line"] == 6
    assert parts["wants_reply"]["value"] is True
    assert parts["confidential"] is None
    assert 0 < parts["matter"]["confidence"] <= 1
    assert [turn["speaker"] for turn in draft["turns"]][:2] == ["operator", "citizen"]
    assert draft["proposed"]["phone"] == "+8613800001234"
    assert draft["questions"] == []


def test_what_was_sent_is_kept_as_it_was_sent_and_sealed(city: City, exchange: Machine) -> None:
    raw = CALL.encode("gb18030")
    assert send(exchange, raw).json["encoding"] == "gb18030"
    with city.work("olga") as work:
        (draft,) = work.session.scalars(sa.select(Draft))
        assert transcribing.source_of(work, draft) == raw
        assert raw not in draft.source_sealed
        assert b"13800001234" not in draft.content_sealed


def test_the_same_call_sent_again_is_the_same_draft(city: City, app: Flask, exchange: Machine) -> None:
    first = send(exchange, **{"Idempotency-Key": "call-1"})
    again = send(exchange, **{"Idempotency-Key": "call-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    other = machine(city, app, "东县录音", "county", Role.OPERATOR)
    assert send(other, **{"Idempotency-Key": "call-1"}).json["id"] != first.json["id"]


def test_headers_tell_of_the_call_too(city: City, exchange: Machine) -> None:
    headers = {
        "X-Called-At": "2026-10-12T08:40:00+08:00",
        "X-Recording": "%E5%BD%95%E9%9F%B3-1",
        "X-Caller": "13900005678",
    }
    draft = send(exchange, **headers).json
    assert (draft["recording"], draft["called_at"]) == ("录音-1", "2026-10-12T00:40:00+00:00")


VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v 坐席>您好\n\n00:00:04.000 --> 00:00:09.000\n<v 市民>香溪路路灯不亮\n"
SRT = "1\n00:00:01,000 --> 00:00:03,000\n坐席：您好\n\n2\n00:00:04,000 --> 00:00:09,000\n市民：香溪路路灯不亮\n"
JSON = '{"segments": [{"start": 1.0, "end": 3.0, "speaker": "agent", "text": "您好"}, ' \
       '{"start": 4.0, "end": 9.0, "speaker": "customer", "text": "香溪路路灯不亮"}]}'  # fmt: skip


@pytest.mark.parametrize(
    ("data", "kind", "format_"),
    [(VTT, "text/vtt", "vtt"), (SRT, "application/x-subrip", "srt"), (JSON, "application/json", "json")],
)
def test_each_format_of_a_transcript(exchange: Machine, data: str, kind: str, format_: str) -> None:
    response = send(exchange, data, kind)
    assert response.status_code == 201, response.json
    assert response.json["format"].startswith(format_)
    assert [turn["speaker"] for turn in response.json["turns"]] == ["operator", "citizen"]
    assert response.json["turns"][1]["start_ms"] == 4000


def test_a_file_of_a_form(exchange: Machine) -> None:
    response = exchange.post("/transcripts", data={"file": (BytesIO(SRT.encode()), "call.srt")})
    assert (response.status_code, response.json["format"]) == (201, "srt")
    none = exchange.post("/transcripts", data={"note": "x"}, content_type="multipart/form-data")
    assert (none.status_code, list(none.json["errors"])) == (422, ["file"])


BAD = [
    (b"", PLAIN),
    (b"   \n ", PLAIN),
    (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "image/png"),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
    (b"PK\x03\x04" + b"\x00" * 50, "application/zip"),
    (b"{", "application/json"),
    (b'{"hello": 1}', "application/json"),
    (b"WEBVTT\n\n", "text/vtt"),
    (b"\xff\xfe\x00", PLAIN),
    (bytes(range(256)) * 20, PLAIN),
    ("市民：路灯不亮\n".encode() * 120_000, PLAIN),
]


@pytest.mark.parametrize(("data", "kind"), BAD, ids=lambda value: str(value[:20]))
def test_what_is_no_transcript_is_refused_with_the_reason(
    city: City, exchange: Machine, data: bytes, kind: str
) -> None:
    response = send(exchange, data, kind)
    assert (response.status_code, response.json["code"]) == (422, "unreadable_transcript"), response.json
    assert response.json["title"]
    assert city.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0


@pytest.mark.parametrize(
    "called_at", ["2026-10-12T09:30:00%2B08:00", "2020-01-01T00:00:00Z", "2026-10-12T08:00:00", "gestern",
                  "0001-01-01T00:00:00Z"]
)  # fmt: skip
def test_a_call_has_a_time_that_can_be(exchange: Machine, called_at: str) -> None:
    response = send(exchange, query=f"?called_at={called_at}")
    assert (response.status_code, list(response.json["errors"])) == (422, ["called_at"])


def test_a_withheld_number_is_no_obstacle(exchange: Machine) -> None:
    response = send(exchange, "坐席：您好\n市民：路灯不亮", query="?caller=anonymous")
    assert (response.status_code, response.json["caller"]) == (201, None)


def test_confirmed_it_is_a_complaint_that_arrived_with_the_call(city: City, app: Flask, exchange: Machine) -> None:
    draft = send(exchange, query="?called_at=2026-10-12T08:40:00%2B08:00").json
    olga = person(app, "olga")
    confirmed = olga.post(
        f"/drafts/{draft['id']}/confirmation",
        {
            "matter": "路口路灯不亮",
            "place": "香溪路与大桥路口东北角",
            "area": "东区",
            "against": "施工单位",
            "urgency": "urgent",
            "category": None,
        },
    )
    assert confirmed.status_code == 201, confirmed.json
    number = confirmed.json["number"]
    assert len(confirmed.json["key"]) == 10
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.channel is Channel.PHONE
    assert complaint.received_at == at("2026-10-12 08:40")
    assert "路灯坏了" in complaint.text, "the caller's own words"
    assert "请问" not in complaint.text
    ticket = city.ticket(number)
    assert (ticket.matter, ticket.place, ticket.urgency.value) == ("路口路灯不亮", "香溪路与大桥路口东北角", "urgent")
    (accept,) = city.deadlines(number, DeadlineKind.ACCEPT)
    assert accept.started_at == at("2026-10-12 08:40"), "the promise runs from the call"
    told = olga.get(f"/tickets/{number}").json
    assert (told["area"], told["against"]) == ("东区", "施工单位")
    assert told["complaints"][0]["phone"] == "138****1234"
    assert told["history"][0]["actor"] == "王受理"
    settled = olga.get(f"/drafts/{draft['id']}").json
    assert (settled["state"], settled["complaint"], settled["settled_by"]) == ("confirmed", number, "王受理")


def test_chinese_words_for_the_type_of_request_are_understood(exchange: Machine) -> None:
    assert send(exchange, QUESTION).json["proposed"]["request_type"] == "question"


BAD_CONFIRMATIONS = [
    ({"text": " "}, "text"),
    ({"text": "灯" * 10_001}, "text"),
    ({"phone": "123"}, "phone"),
    ({"category": "x"}, "category"),
    ({"urgency": "x"}, "urgency"),
    ({"request_type": "投诉"}, "request_type"),
    ({"wants_reply": "perhaps"}, "wants_reply"),
    ({"matter": "x" * 201}, "matter"),
]


@pytest.mark.parametrize(("sent", "field"), BAD_CONFIRMATIONS, ids=lambda value: str(value)[:30])
def test_a_wrong_correction_leaves_the_draft_open(exchange: Machine, sent: dict[str, Any], field: str) -> None:
    draft = send(exchange).json
    response = exchange.post(f"/drafts/{draft['id']}/confirmation", sent)
    assert (response.status_code, list(response.json["errors"])) == (422, [field])
    assert exchange.get(f"/drafts/{draft['id']}").json["state"] == "open"


def test_a_question_is_answered_and_no_ticket(city: City, exchange: Machine) -> None:
    draft = send(exchange, QUESTION).json
    path = f"/drafts/{draft['id']}"
    assert exchange.post(f"{path}/answer", {"answer": " "}).status_code == 422
    answered = exchange.post(f"{path}/answer", {"answer": "请带身份证和免疫证明到街道窗口办理。"})
    assert (answered.status_code, answered.json["state"]) == (200, "answered")
    assert answered.json["answer"].startswith("请带身份证")
    assert city.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 0


def test_a_draft_is_settled_once(exchange: Machine) -> None:
    path = f"/drafts/{send(exchange).json['id']}"
    assert exchange.post(f"{path}/discard", {"reason": "误拨"}).status_code == 200
    for noun, sent in (("confirmation", {}), ("answer", {"answer": "已答复"}), ("discard", {"reason": "误拨"})):
        second = exchange.post(f"{path}/{noun}", sent)
        assert (second.status_code, second.json["code"]) == (409, "draft_settled")
        assert "录音系统" in second.json["title"]


def test_of_two_operators_at_once_one_confirms(city: City, app: Flask, exchange: Machine) -> None:
    path = f"/drafts/{send(exchange).json['id']}/confirmation"
    answers = together(*[partial(person(app, login).post, path, {}) for login in ("olga", "otto")])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert city.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1


def test_drafts_are_listed_newest_first_and_paged(exchange: Machine) -> None:
    ids = [send(exchange).json["id"] for _ in range(3)]
    exchange.post(f"/drafts/{ids[0]}/discard", {"reason": "误拨"})
    assert [draft["id"] for draft in exchange.get("/drafts").json["drafts"]] == [ids[2], ids[1]]
    assert [draft["id"] for draft in exchange.get("/drafts?state=all").json["drafts"]] == ids[::-1]
    first = exchange.get("/drafts?limit=1").json
    assert [draft["id"] for draft in first["drafts"]] == [ids[2]]
    assert [draft["id"] for draft in exchange.get(f"/drafts?limit=1&after={first['after']}").json["drafts"]] == [ids[1]]
    assert exchange.get("/drafts?state=x").status_code == 422


def test_calls_are_their_centres_business(city: City, app: Flask, exchange: Machine) -> None:
    """A county sees its own calls, the city all, a department none; and only who takes calls."""
    county = machine(city, app, "东县平台", "county", Role.OPERATOR)
    of_city, of_county = send(exchange).json["id"], send(county).json["id"]
    assert [draft["id"] for draft in county.get("/drafts").json["drafts"]] == [of_county]
    assert [draft["id"] for draft in exchange.get("/drafts").json["drafts"]] == [of_county, of_city]
    assert county.get(f"/drafts/{of_city}").status_code == 404
    assert county.post(f"/drafts/{of_city}/confirmation", {}).status_code == 404
    lamps = machine(city, app, "市政系统", "lamps", Role.HANDLER)
    assert send(lamps).status_code == 403
    assert lamps.get(f"/drafts/{of_city}").status_code == 404
    for role in (Role.LEADER, Role.DISPATCHER, Role.SUPERVISOR):
        other = machine(city, app, role.value, "center", role)
        assert other.get("/drafts").json["drafts"] == []
        assert other.get(f"/drafts/{of_city}").status_code == 404
        assert other.post(f"/drafts/{of_city}/confirmation", {}).status_code == 404
    number = county.post(f"/drafts/{of_county}/confirmation", {}).json["number"]
    assert city.ticket(number).centre_id == city.unit_id("county")


def test_an_api_client_may_be_given_a_token_on_the_command_line(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hotline.cli import client

    monkeypatch.setattr(client, "open_office", lambda *args, **more: city.office)
    assert client.main(["录音二", "--unit", "center", "--roles", "operator"]) == 0
    token = capsys.readouterr().out.strip()
    assert Machine(app.test_client(), {"Authorization": f"Bearer {token}"}).get("/drafts").status_code == 200
    assert client.main(["录音二", "--unit", "nowhere", "--roles", "operator,chief"]) == 2
    told = capsys.readouterr().err
    assert "录音二" in told
    assert "nowhere" in told
    assert "chief" in told
