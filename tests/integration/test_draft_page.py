"""核对来电: the call beside the form, each field with its line; confirmed, joined or answered, and on to the next."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Complaint, Draft, DraftState
from hotline.services import transcribing
from hotline.services.transcribing import Call
from hotline.services.work import Rules
from tests.city import City
from tests.desk import Page, Person

LAMP = "坐席：您好，请讲。\n市民：香溪路与大桥路口的路灯不亮三天了，晚上看不清路。\n坐席：请问您贵姓？\n市民：我姓王。"
STALL = "坐席：您好，请讲。\n市民：建设路菜市场门口占道摆摊，路都走不过去。"
GAS = "坐席：您好，请讲。\n市民：阳光花园3栋楼下燃气泄漏，味道很大！"
QUESTION = "坐席：您好，请讲。\n市民：我想问一下公积金怎么提取？"


@pytest.fixture
def olga(app: Flask) -> Person:
    return Person(app, "olga")


def drafted(city: City, *calls: str) -> list[int]:
    """Their drafts; each call came in a minute after the one before."""
    ids = []
    for call in calls:
        with city.work("olga") as work:
            ids.append(transcribing.send(work, call.encode(), Call())[0].id)
        city.turn(minutes=1)
    return ids


def rules_of(city: City) -> Rules:
    with city.work("olga") as work:
        return work.rules


def opened(olga: Person, draft_id: int) -> Page:
    return olga.open(f"/desk/drafts/{draft_id}")


def join(olga: Person, draft_id: int, into: str, **typed: str) -> Page:
    """Press the button beside a matter, which sends the form elsewhere."""
    values = opened(olga, draft_id).form("/confirmation").values
    return Page(olga.client.post(f"/desk/drafts/{draft_id}/join", data=values | typed | {"into": into}))


def address(page: Page) -> str:
    assert page.status == 303, page.text
    return page.response.headers["Location"].partition("#")[0]


def test_every_field_stands_beside_its_line(city: City, olga: Person) -> None:
    (draft,) = drafted(city, LAMP)
    page = opened(olga, draft)
    form = page.form("/confirmation")
    assert form.values["place"] == ["香溪路与大桥路口"]
    assert '<a class="from" href="#line-2">' in page.html
    assert 'id="line-2" class="citizen used"' in page.html
    assert "还没有问清" in page.text


def test_the_likeliest_category_is_filled_in_and_says_why(city: City, olga: Person) -> None:
    (draft,) = drafted(city, LAMP)
    page = opened(olga, draft)
    lamps = rules_of(city).category_ids["R0603"]
    assert page.form("/confirmation").values["category_id"] == [str(lamps)]
    assert "道路设施 · 路灯不亮" in page.text
    assert "路灯" in page.text.partition("为什么？")[2]


def test_another_suggestion_is_taken_into_the_form_and_nothing_is_confirmed(city: City, olga: Person) -> None:
    (draft,) = drafted(city, LAMP)
    other = rules_of(city).category_ids["R0601"]
    form = opened(olga, draft).form("/confirmation")
    page = olga.send(form, take=str(other), matter="改过的事项", place="东关街")
    assert page.status == 200
    kept = page.form("/confirmation").values
    assert (kept["matter"], kept["place"]) == (["改过的事项"], ["东关街"])
    assert city.rows(sa.select(Draft))[0].state is DraftState.OPEN


def test_confirmed_it_goes_on_to_who_called_first_and_danger_before_all(city: City, olga: Person) -> None:
    lamp, stall, gas = drafted(city, LAMP, STALL, GAS)
    following = address(olga.send(opened(olga, stall).form("/confirmation")))
    assert following == f"/desk/drafts/{gas}"
    following = address(olga.send(olga.open(following).form("/confirmation")))
    assert following == f"/desk/drafts/{lamp}"
    assert address(olga.send(olga.open(following).form("/confirmation"))) == "/desk/drafts"
    assert "已登记，编号" in olga.open("/desk/drafts").text


def test_or_to_the_ticket(city: City, olga: Person) -> None:
    (draft,) = drafted(city, LAMP)
    answer = olga.send(opened(olga, draft).form("/confirmation"), stay="1")
    assert address(answer).startswith("/desk/tickets/")


def test_the_same_matter_is_joined_with_what_was_corrected(city: City, olga: Person) -> None:
    number = city.accepted(text="香溪路与大桥路口路灯不亮", place="香溪路与大桥路口")
    (draft,) = drafted(city, LAMP)
    page = opened(olga, draft)
    assert re.search(f'name="into" value="{number}"[^>]*formaction="/desk/drafts/{draft}/join"', page.html)
    assert "都在" in page.text
    done = join(olga, draft, number, name="王建国")
    assert address(done) == "/desk/drafts"
    assert f"已并入工单{number}" in olga.open("/desk/drafts").text
    ticket = city.ticket(number)
    assert ticket.heat == 2
    assert len(city.rows(sa.select(Complaint).where(Complaint.ticket_id == ticket.id))) == 2


def test_what_cannot_be_joined_says_so_and_keeps_the_words(city: City, olga: Person) -> None:
    number = city.replied()
    city.turn(days=30)
    (draft,) = drafted(city, LAMP)
    for into in ("20260101999999", "", "2026\x00"):
        page = join(olga, draft, into, matter="改过的事项")
        assert page.status == 422
        assert "没有找到要并入的工单" in page.text
        assert page.form("/confirmation").values["matter"] == ["改过的事项"]
    assert city.rows(sa.select(Draft))[0].state is DraftState.OPEN
    assert city.ticket(number).state is not State.MERGED


def test_it_is_looked_for_again_with_what_was_corrected(city: City, olga: Person) -> None:
    number = city.accepted(text="滨河花园大门口路灯不亮", place="滨河花园")
    (draft,) = drafted(city, LAMP)
    assert number not in opened(olga, draft).text
    page = olga.send(opened(olga, draft).form("/confirmation"), look="1", place="滨河花园", text="滨河花园门口路灯不亮")
    assert page.status == 200
    assert number in page.text


def test_a_question_is_answered_on_the_spot_and_stays_a_call_record(city: City, olga: Person) -> None:
    question, lamp = drafted(city, QUESTION, LAMP)
    page = opened(olga, question)
    assert "来电像是咨询" in page.text
    assert address(olga.send(page.form("/answer"), answer="请咨询12329。")) == f"/desk/drafts/{lamp}"
    records = olga.open("/desk/drafts?state=answered")
    assert "公积金怎么提取" in records.text
    assert "王受理" in records.text
    assert "请咨询12329。" in opened(olga, question).text


def test_a_danger_is_told_with_its_line(city: City, olga: Person) -> None:
    (draft,) = drafted(city, GAS)
    page = opened(olga, draft)
    assert "燃气泄漏" in page.text
    assert 'href="#line-2"' in page.html.partition("注意：")[2].partition("</div>")[0]


def test_a_settled_draft_offers_no_form(city: City, app: Flask, olga: Person) -> None:
    (draft,) = drafted(city, LAMP)
    form, otto = opened(olga, draft).form("/confirmation"), Person(app, "otto")
    late = opened(otto, draft).form("/confirmation")
    olga.send(form)
    assert not opened(olga, draft).offers("/confirmation")
    assert address(olga.send(form)).startswith("/desk/tickets/"), "who presses twice sees what the first press made"
    again = otto.send(late)
    assert again.status == 409
    assert "不能再次处理" in again.text


@pytest.mark.parametrize(("noun", "field"), [("answer", "answer"), ("discard", "reason")])
def test_what_was_written_for_a_draft_that_another_has_settled_is_kept(
    city: City, app: Flask, olga: Person, noun: str, field: str
) -> None:
    (draft,) = drafted(city, QUESTION)
    otto = Person(app, "otto")
    late = opened(otto, draft).form(f"/{noun}")
    olga.send(opened(olga, draft).form("/answer"), answer="请拨12329。")
    again = otto.send(late, **{field: "已请他拨打公积金热线"})
    assert again.status == 409 and "不能再次处理" in again.text and "已请他拨打公积金热线" in again.html


def test_a_transcript_that_cannot_be_read_leaves_what_was_typed(city: City, olga: Person) -> None:
    form = olga.open("/desk/drafts").form("/desk/drafts")
    again = olga.send(form, pasted=" ", caller="138 0000 5678")
    assert again.status == 422 and again.form("/desk/drafts").values["caller"] == ["138 0000 5678"]


def test_the_lists_by_state_are_paged_apart(city: City, olga: Person) -> None:
    lamp, stall = drafted(city, LAMP, STALL)
    olga.send(opened(olga, lamp).form("/discard"), reason="重复来电")
    assert "占道摆摊" in olga.open("/desk/drafts").text
    assert "占道摆摊" not in olga.open("/desk/drafts?state=discarded").text
    assert "这里还没有来电" in olga.open("/desk/drafts?state=confirmed").text
    assert "占道摆摊" in olga.open("/desk/drafts?state=nonsense").text
    city.now += timedelta(days=1)
    assert opened(olga, stall).status == 200


def test_on_its_own_page_a_ticket_is_joined_at_one_press(city: City, olga: Person) -> None:
    number = city.accepted(text="香溪路与大桥路口路灯不亮", place="香溪路与大桥路口")
    other = city.receive(text="香溪路与大桥路口的路灯不亮三天了", place="香溪路与大桥路口").number
    page = olga.ticket(other)
    assert "可能是同一件事" in page.text
    joins = [form for form in page.forms if form.action.endswith("/merger")]
    done = olga.send(joins[0], into=number)
    assert done.status == 303
    assert city.ticket(other).state is State.MERGED
    assert city.ticket(number).heat == 2


def test_what_enter_presses_is_no_join(city: City, olga: Person) -> None:
    """Buttons of a form may stand before it; the first one in the page is what Enter presses."""
    city.accepted(text="香溪路与大桥路口路灯不亮", place="香溪路与大桥路口")
    (draft,) = drafted(city, LAMP)
    html = opened(olga, draft).html
    buttons = re.findall(r'<button [^>]*type="submit"[^>]*form="elements"[^>]*>', html)
    assert len(buttons) == 2, "the hidden one, and one to join"
    assert "formaction" not in buttons[0] and "name=" not in buttons[0]


@pytest.mark.parametrize("category", ["99999", "-1", "9" * 30, "9" * 5000])
def test_a_category_that_is_none_is_told_at_its_field(city: City, olga: Person, category: str) -> None:
    (draft,) = drafted(city, LAMP)
    form = opened(olga, draft).form("/confirmation")
    page = olga.send(form, category_id=category, matter="改过的事项")
    assert page.status == 422
    assert page.form("/confirmation").values["matter"] == ["改过的事项"]
    assert olga.send(form, category_id=category, look="1").status == 200
    typed = olga.open("/desk/calls/new").form("/desk/calls/new")
    assert olga.send(typed, text="路灯不亮", category_id=category).status == 422


def test_two_operators_are_led_to_different_drafts(city: City, app: Flask, olga: Person) -> None:
    first, second, third, fourth = drafted(city, LAMP, STALL, LAMP, STALL)
    otto = Person(app, "otto")
    opened(olga, first), opened(otto, second)
    assert "王受理正在核对这份来电" in opened(otto, first).text
    assert address(olga.send(opened(olga, first).form("/confirmation"))) == f"/desk/drafts/{third}"
    assert address(otto.send(opened(otto, second).form("/confirmation"))) == f"/desk/drafts/{fourth}"
    city.turn(minutes=11)
    assert "正在核对" not in opened(otto, third).text, "who has gone for lunch holds nothing"


def test_a_danger_stands_on_top_of_the_list_however_many_called_since(city: City, olga: Person) -> None:
    gas, lamp, stall = drafted(city, GAS, LAMP, STALL)
    links = [link for link in olga.open("/desk/drafts").links("/desk/drafts/") if link[-1].isdigit()]
    assert links == [f"/desk/drafts/{each}" for each in (gas, stall, lamp)]


@pytest.mark.parametrize("words", ["他拿刀要砍人", "我不想活了"])
def test_the_citys_own_rules_make_a_call_urgent_too(city: City, olga: Person, words: str) -> None:
    (draft,) = drafted(city, f"坐席：您好。\n市民：香溪路夜市吵架，{words}，你们快来")
    assert city.rows(sa.select(Draft))[0].urgent
    assert opened(olga, draft).form("/confirmation").values["urgency"] == ["urgent"]


def test_words_of_a_third_voice_are_kept(city: City, olga: Person) -> None:
    call = "坐席：您好。\n市民：香溪路路灯不亮。\n旁白：还有三号楼的井盖丢了，孩子差点掉下去。"
    (draft,) = drafted(city, call)
    assert "井盖丢了" in opened(olga, draft).form("/confirmation").values["text"][0]


def test_who_is_complained_of_and_where_is_seen_on_the_ticket_and_may_be_corrected(city: City, olga: Person) -> None:
    (draft,) = drafted(city, "坐席：您好。\n市民：城东区建设路老地方烧烤店半夜还在炒菜，油烟直往楼上灌，吵得睡不着。")
    form = opened(olga, draft).form("/confirmation")
    assert form.values["against"] == ["老地方烧烤店"]
    number = address(olga.send(form, stay="1", area="城东区")).rpartition("/")[2]
    page = olga.ticket(number)
    assert "被反映对象 老地方烧烤店" in page.text
    olga.take(number, "acceptance", against="老地方烧烤店（建设路分店）")
    assert (city.ticket(number).against, city.ticket(number).area) == ("老地方烧烤店（建设路分店）", "城东区")


def test_a_draft_that_is_opened_again_is_held_anew(city: City, app: Flask, olga: Person) -> None:
    (first,) = drafted(city, LAMP)
    opened(olga, first)
    city.turn(minutes=8)
    opened(olga, first)
    city.turn(minutes=8)
    assert "王受理正在核对这份来电" in opened(Person(app, "otto"), first).text
