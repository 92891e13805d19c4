"""登记来电: who is calling, what it may be the same as, and what becomes of the call; nothing typed is lost."""

from __future__ import annotations

import re
import zlib
from base64 import urlsafe_b64decode
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.domain.workflow import State
from hotline.models import CameBy, Complaint, Disclosure, Draft, DraftState, Event, Staff, Ticket
from tests.city import City
from tests.desk import Form, Page, Person, make_app

PHONE, E164 = "138 0000 5678", "+8613800005678"
LAMP = "香溪路与大桥路口路灯不亮三天了"
NEW = "/desk/calls/new"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.fixture
def olga(app: Flask) -> Person:
    return Person(app, "olga")


def call(person: Person, **typed: Any) -> Page:
    """The form sent as a person fills it in; `typed` may name the button that was pressed."""
    return person.send(person.open(NEW).form(NEW), **({"text": LAMP, "phone": PHONE} | typed))


def press(person: Person, form: Form, **typed: Any) -> Page:
    """The same with a button that the page offers only after a number or words have been looked up."""
    return Page(person.client.post(form.action, data=form.values | typed))


def part(person: Person, name: str, **typed: Any) -> Page:
    """What the page fetches while somebody types."""
    return Page(person.client.post(f"/desk/calls/{name}", data=person.open(NEW).form(NEW).values | typed))


def read_by_anybody(cookie: str) -> str:
    """A session's cookie is signed, not sealed."""
    packed = cookie.startswith(".")
    body = cookie.lstrip(".").partition(".")[0]
    data = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return (zlib.decompress(data) if packed else data).decode()


def told(person: Person, answer: Page) -> tuple[str, Page]:
    """The number of the complaint, and the page after the call."""
    assert answer.status == 303, answer.text
    address = answer.response.headers["Location"]
    found = re.search(r"/desk/calls/received/(\d+)", address)
    assert found, address
    return found[1], person.open(address.partition("#")[0])


@pytest.mark.parametrize(("then", "state"), [("", State.RECEIVED), ("accept", State.ACCEPTED)])
def test_a_call_waits_or_is_accepted_at_once(city: City, olga: Person, then: str, state: State) -> None:
    number, page = told(olga, call(olga, then=then, place="香溪路"))
    key = page.html.split("<dt>查询码</dt>")[1].split("<b>")[1].split("</b>")[0]
    assert len(key) == 10 and number in page.text and page.links(NEW)
    assert city.ticket(number).state is state
    cookie = olga.client.get_cookie("session")
    assert cookie is not None and number in read_by_anybody(cookie.value)
    assert key not in read_by_anybody(cookie.value)
    olga.open(NEW)
    assert key not in olga.open(f"/desk/calls/received/{number}").html, "gone with the next call"


def test_a_call_is_declined_with_the_reason_and_the_channel(city: City, olga: Person) -> None:
    form = olga.open(NEW).form(NEW)
    words = {"text": "老板拖欠工资", "phone": PHONE, "decline_reason": "不属于城市管理事项"}
    refused = olga.send(form, **words, then="decline")
    assert refused.status == 422 and "法定渠道" in refused.text and "老板拖欠工资" in refused.html
    assert not city.rows(sa.select(Ticket)), "nothing half done"
    words["decline_channel"] = "劳动监察部门，电话12333"
    seen = olga.send(form, **words, look="refusal")
    assert "12333" in seen.html.split("来电人将收到")[1]
    number, _ = told(olga, olga.send(form, **words, then="decline"))
    ticket = city.ticket(number)
    assert (ticket.state, ticket.decline_channel) == (State.DECLINED, "劳动监察部门，电话12333")


def test_a_question_is_answered_and_leaves_a_record_of_the_call(city: City, olga: Person) -> None:
    form = olga.open(NEW).form(NEW)
    question = {"text": "公厕几点开门？", "phone": PHONE}
    assert olga.send(form, **question, answer="", then="answer").status == 422
    assert olga.send(form, **question, answer="每天6时至22时。", then="answer").status == 303
    assert olga.send(form, **question, answer="每天6时至22时。", then="answer").status == 303
    (draft,) = city.rows(sa.select(Draft))
    assert (draft.state, draft.came_by, draft.settled_by) == (DraftState.ANSWERED, CameBy.DESK, "王受理")
    assert not city.rows(sa.select(Ticket))
    page = olga.open(f"/desk/drafts/{draft.id}")
    assert "公厕几点开门" in page.text and "每天6时至22时" in page.text and "受理员登记" in page.text


@pytest.mark.parametrize(
    ("words", "button", "advice"),
    [
        ({"answer": "每天6时至22时。"}, {"then": "accept"}, "登记为当场答复"),
        ({"answer": "每天6时至22时。"}, {}, "登记为当场答复"),
        ({"decline_reason": "不属于城市管理事项"}, {"then": "accept"}, "登记，不予受理"),
        ({"decline_channel": "12333"}, {"then": "answer", "answer": "请拨12333。"}, "登记，不予受理"),
    ],
)
def test_what_was_written_for_one_button_is_not_lost_by_another(
    city: City, olga: Person, words: dict[str, str], button: dict[str, str], advice: str
) -> None:
    refused = call(olga, **words, **button)
    assert refused.status == 422 and f"请按“{advice}”" in refused.text
    assert all(each in refused.html for each in words.values()) and LAMP in refused.html
    assert not city.rows(sa.select(Ticket)) and not city.rows(sa.select(Draft))


def test_the_number_tells_what_its_caller_has_complained_of(city: City, olga: Person) -> None:
    mine, other = city.handling(phone=E164, text=LAMP), city.receive(phone="+8613900001111", text="垃圾满溢").number
    closed = city.receive(phone=E164, text="人民公园长椅损坏").number
    with city.work("citizen") as work:
        work.session.execute(sa.update(Complaint).where(Complaint.number == closed).values(withdrawn_at=city.now))
    shown = part(olga, "caller", phone=PHONE)
    assert shown.status == 200 and "反映过 2 件，在办 1 件" in shown.text
    assert mine in shown.html and "市政处" in shown.text and "答复" in shown.text and other not in shown.html
    assert "没有反映过" in part(olga, "caller", phone="13700001111").text
    assert "手机号" in part(olga, "caller", phone="12").text
    assert mine in olga.send(olga.open(NEW).form(NEW), phone=PHONE, look="caller").html, "and without scripts"
    assert not city.rows(sa.select(Disclosure)), "nothing was opened: the number was said by the caller"


def test_the_number_never_stands_in_an_address(olga: Person) -> None:
    page = olga.open(NEW)
    assert (
        page.form(NEW).action == NEW and 'method="get"' not in page.html.split('id="elements"')[1].split("</form>")[0]
    )
    assert olga.open("/desk/calls/caller?phone=13800005678").status in (404, 405)


def test_a_county_is_told_of_its_own_matters_only(city: City, app: Flask) -> None:
    citys = city.receive(phone=E164, text=LAMP).number
    county = city.actor("cora")
    with city.work("citizen") as work:
        work.session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=[Role.OPERATOR]))
    cora = Person(app, "cora")
    own, _ = told(cora, call(cora, text="东县公路坑洼", phone=PHONE))
    assert city.ticket(own).centre_path == county.unit_path
    shown = part(cora, "caller", phone=PHONE)
    assert own in shown.html and citys not in shown.html
    for button in ("urge", "add"):
        refused = press(cora, cora.open(NEW).form(NEW), phone=PHONE, text=LAMP, **{button: citys})
        assert refused.status == 404 and "没有反映过这件诉求" in refused.text and LAMP in refused.html


def test_urging_is_the_callers_and_says_who_took_the_call(city: City, olga: Person) -> None:
    number = city.handling(phone=E164, text=LAMP)
    form = olga.open(NEW).form(NEW)
    urged = press(olga, form, phone=PHONE, text="还有一件：垃圾满溢", urge=number)
    assert urged.status == 200 and "已代来电人催办" in urged.text and "还有一件：垃圾满溢" in urged.html
    (event,) = city.rows(sa.select(Event).where(Event.step == "urge"))
    assert (event.actor_kind, event.data["taken_by"], city.ticket(number).urgings) == ("citizen", "王受理", 1)
    again = press(olga, form, phone=PHONE, text="垃圾满溢", urge=number)
    assert again.status == 409 and "今天已经催办过" in again.text and city.ticket(number).urgings == 1
    stranger = press(olga, form, phone="13900001111", text=LAMP, urge=number)
    assert stranger.status == 404 and city.ticket(number).urgings == 1


def test_what_the_caller_adds_goes_to_his_complaint_once(city: City, olga: Person) -> None:
    number = city.handling(phone=E164, text=LAMP)
    form = olga.open(NEW).form(NEW)
    added = press(olga, form, phone=PHONE, text="现在三盏都不亮了", add=number)
    assert added.status == 200 and "已把诉求内容补充到" in added.text and "data-draft-done" in added.html
    assert added.form(NEW).values["text"] == [""] and added.form(NEW).values["phone"] == [PHONE]
    assert press(olga, form, phone=PHONE, text="现在三盏都不亮了", add=number).status == 409
    assert press(olga, form, phone=PHONE, text=" ", add=number).status == 422
    assert city.steps(number).count("add") == 1


def test_the_same_matter_shows_up_before_it_is_there_twice(city: City, olga: Person) -> None:
    number = city.accepted(text=LAMP, place="香溪路与大桥路口")
    typed = {"text": "大桥路口香溪路的路灯都不亮", "place": "香溪路与大桥路口", "phone": PHONE}
    shown = part(olga, "beside", **typed)
    assert number in shown.html and "来电人将收到：" in shown.text and "推荐类别" in shown.text
    page = olga.send(olga.open(NEW).form(NEW), **typed, look="same")
    joined, _ = told(olga, press(olga, page.form(NEW), **typed, into=number))
    assert joined != number and city.ticket(number).heat == 2
    assert city.ticket(joined).state is State.MERGED
    third = press(olga, olga.open(NEW).form(NEW), **typed | {"text": "还是不亮"}, into=number)
    assert told(olga, third)[0] == joined and city.ticket(number).heat == 2, "who is on it already adds to it"
    assert city.steps(number).count("add") == 1
    assert press(olga, olga.open(NEW).form(NEW), **typed, into="20200101000001").status == 422


def test_a_category_is_suggested_and_taken_with_all_that_was_typed(olga: Person) -> None:
    form = olga.open(NEW).form(NEW)
    seen = olga.send(form, text=LAMP, phone=PHONE, name="张", look="same")
    take = re.search(r'name="take" value="(\d+)"', seen.html)
    assert take
    page = press(olga, seen.form(NEW), take=take[1])
    values = page.form(NEW).values
    assert values["category_id"] == [take[1]] and values["name"] == ["张"] and "已填好" in page.text


def test_a_form_sent_twice_makes_one_ticket_and_another_matter_is_not_swallowed(city: City, olga: Person) -> None:
    """Two windows share what the device keeps: the second one's words must not vanish under the first one's name."""
    form = olga.open(NEW).form(NEW)
    first, _ = told(olga, olga.send(form, text=LAMP, phone=PHONE))
    assert told(olga, olga.send(form, text=LAMP, phone=PHONE))[0] == first
    other = olga.send(form, text="人民公园长椅损坏", phone=PHONE)
    assert other.status == 409 and "内容与现在不同" in other.text and "人民公园长椅损坏" in other.html
    second, _ = told(olga, olga.send(other.form(NEW)))
    assert second != first and len(city.rows(sa.select(Ticket))) == 2


def test_what_is_kept_on_the_device_is_each_operators_own(app: Flask, olga: Person) -> None:
    keys = [re.search(r'data-draft="([^"]+)"', who.open(NEW).html) for who in (olga, Person(app, "otto"))]
    assert all(keys) and len({key[1] for key in keys if key}) == 2
    _, page = told(olga, call(olga))
    assert f'data-draft-done="{keys[0][1] if keys[0] else ""}"' in page.html
    assert olga.open("/desk/calls/received/20200101000001").status == 404


def test_who_takes_no_calls_has_no_such_page(app: Flask) -> None:
    hans = Person(app, "hans")
    assert hans.open(NEW).status == hans.open("/desk/calls/received/1").status == 404
    token = hans.open("/desk/tickets").html.split('name="csrf_token" value="')[1].split('"')[0]
    for address in ("caller", "beside", "new"):
        sent = {"csrf_token": token, "phone": PHONE, "text": LAMP}
        assert hans.client.post(f"/desk/calls/{address}", data=sent).status_code == 404
