"""A form that a device sends late, and perhaps twice, is taken once; what stands in its way is told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import HotlineError
from hotline.models import Attachment, SentForm
from hotline.services import assigning, checking, handling, replying, returning
from hotline.services.sending_once import has_arrived
from tests import desk
from tests.citizen import file, photo
from tests.city import City
from tests.desk import Person
from tests.work import shift_of
from workers import batches

RESULT = "已更换灯头两只，10月12日晚恢复照明。"
FOR_QUEUE = {"Accept": "application/json"}


@pytest.fixture
def app(city: City) -> Flask:
    return desk.make_app(city)


def send(person: Person, number: str, key: str, seen: int, noun: str = "submission", **fields: Any) -> tuple[int, Any]:
    """As the device's queue sends it: status and answer."""
    token: Any = person.client.get("/desk/field/token", headers=FOR_QUEUE).json
    form = {"csrf_token": token["csrf"], "key": key, "version": seen, "outcome": RESULT} | fields
    answer = person.client.post(
        f"/desk/field/{number}/{noun}", data=form, headers=FOR_QUEUE, content_type="multipart/form-data"
    )
    return answer.status_code, answer.json


def version(city: City, number: str) -> int:
    return city.ticket(number).version


def test_the_second_arrival_is_answered_as_the_first(city: City, app: Flask) -> None:
    number, key, hans = city.handling(), str(uuid4()), Person(app, "hans")
    seen = version(city, number)
    first = send(hans, number, key, seen, photos=[file("后.jpg", photo((20, 10)))])
    again = send(hans, number, key, seen, photos=[file("后.jpg", photo((20, 10)))])
    assert first == again and first[1]["state"] == "taken"
    assert city.steps(number).count("submit") == 1
    assert len(city.rows(sa.select(Attachment))) == 1
    assert city.rows(sa.select(SentForm.key)) == [key]


def test_also_after_the_matter_has_gone_on(city: City, app: Flask) -> None:
    """Sent back, or closed meanwhile: what had arrived has arrived, and is not done a second time."""
    number, key, hans = city.handling(), str(uuid4()), Person(app, "hans")
    seen = version(city, number)
    assert send(hans, number, key, seen)[0] == 200
    with city.work("sven") as work:
        checking.send_back(work, number, "请补照片")
    assert send(hans, number, key, seen)[1]["state"] == "taken"
    assert city.steps(number).count("submit") == 1 and city.ticket(number).state == "handling"


def test_also_where_the_matter_has_left_the_senders_sight(city: City, app: Flask) -> None:
    number, key, hans = city.assigned(), str(uuid4()), Person(app, "hans")
    seen = version(city, number)
    assert send(hans, number, key, seen, "signature")[1]["state"] == "taken"
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "属园林局职责")
    assert hans.open(f"/desk/field/{number}").status == 404
    assert send(hans, number, key, seen, "signature")[1]["state"] == "taken"


def test_a_form_that_was_refused_has_not_arrived_and_may_come_again(city: City, app: Flask) -> None:
    number, key, hans = city.handling(), str(uuid4()), Person(app, "hans")
    status, answer = send(hans, number, key, version(city, number), outcome="好")
    assert (status, answer["state"]) == (422, "invalid") and city.rows(sa.select(SentForm)) == []
    assert send(hans, number, key, version(city, number))[1]["state"] == "taken"


def recalled(city: City, number: str) -> None:
    with city.work("dora") as work:
        assigning.recall(work, number, "派错单位")


def submitted(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.sign(work, number)
        handling.submit(work, number, RESULT)


def noted(city: City, number: str) -> None:
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work("dora") as work:
        replying.note(work, number, "请注意安全")


@pytest.mark.parametrize(
    ("meanwhile", "status", "state", "said"),
    [
        (recalled, 404, "gone", "没有找到这件工单"),
        (submitted, 409, "stale", "现为“待核查”"),
        (noted, 409, "stale", "工单已被他人处理"),
    ],
)
def test_what_was_done_meanwhile_is_told(
    city: City, app: Flask, meanwhile: Any, status: int, state: str, said: str
) -> None:
    number, hans = city.assigned(), Person(app, "hans")
    seen = version(city, number)
    meanwhile(city, number)
    told = send(hans, number, str(uuid4()), seen)
    assert (told[0], told[1]["state"]) == (status, state) and said in told[1]["said"]
    if state == "stale":
        assert told[1]["version"] == version(city, number) and told[1]["changes"]
        assert any("签收" in change for change in told[1]["changes"])


def test_having_read_what_changed_it_is_sent_with_the_same_key(city: City, app: Flask) -> None:
    number, key, hans = city.assigned(), str(uuid4()), Person(app, "hans")
    seen = version(city, number)
    noted(city, number)
    _, told = send(hans, number, key, seen)
    assert send(hans, number, key, told["version"])[1]["state"] == "taken"


def test_a_key_is_one_persons_for_one_matter(city: City, app: Flask) -> None:
    number, other, key = city.handling(), city.handling(), str(uuid4())
    hans = Person(app, "hans")
    assert send(hans, number, key, version(city, number))[0] == 200
    assert send(hans, other, key, version(city, other))[1]["state"] == "refused"
    for login in ("hugo", "paul"):
        with city.work(login) as work, pytest.raises(HotlineError):
            has_arrived(work, key, number, "")
    assert city.ticket(other).state == "handling"


def test_other_words_under_the_same_key_are_refused_and_not_lost(city: City, app: Flask) -> None:
    number, key, hans = city.handling(), str(uuid4()), Person(app, "hans")
    seen, after = version(city, number), photo((20, 10))
    assert send(hans, number, key, seen, photos=[file("后.jpg", after)])[0] == 200
    more: dict[str, Any]
    for more in ({"outcome": "更正：更换了整套灯具。"}, {"photos": []}, {"checked": ["x"]}):
        fields: dict[str, Any] = {"photos": [file("后.jpg", after)], **more}
        status, answer = send(hans, number, key, seen, **fields)
        assert (status, answer["state"]) == (409, "refused") and "内容与现在不同" in answer["said"], more
    assert send(hans, number, key, city.ticket(number).version, photos=[file("后.jpg", after)])[1]["state"] == "taken"
    assert city.ticket(number).outcome == RESULT
    other = city.handling()
    form = hans.open(f"/desk/field/{other}").form("/submission")
    assert hans.send(form, outcome=RESULT).status == 303
    page = hans.send(form, outcome="更正：更换了整套灯具。")
    assert page.status == 409 and "内容与现在不同" in page.text and "更正：更换了整套灯具。" in page.text


def test_keys_are_forgotten_after_a_month(city: City, app: Flask) -> None:
    number = city.handling()
    assert send(Person(app, "hans"), number, str(uuid4()), version(city, number))[0] == 200
    city.turn(days=30)
    batches.clear(shift_of(city))
    assert len(city.rows(sa.select(SentForm))) == 1
    city.turn(seconds=1)
    batches.clear(shift_of(city))
    assert city.rows(sa.select(SentForm)) == []


@pytest.mark.parametrize("key", ["", "1", "x" * 5000, "0" * 31 + "g"])
def test_a_form_without_its_key_is_not_taken(city: City, app: Flask, key: str) -> None:
    number = city.handling()
    status, answer = send(Person(app, "hans"), number, key, version(city, number))
    assert (status, answer["state"]) == (422, "invalid")


def test_an_old_token_does_not_lose_the_form(city: City, app: Flask) -> None:
    """The queue asks for a new one before it sends; with one that is none it is told no, and nothing has happened."""
    number, hans = city.handling(), Person(app, "hans")
    refused = send(hans, number, str(uuid4()), version(city, number), csrf_token="old")
    assert refused[0] == 400 and city.ticket(number).state == "handling"
