"""What a citizen was told once he may read for ever, in order and with its date, wherever his complaint went since;
what was said to others before it came there, or after it had gone, was not said to him."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from hotline.models import Complaint, Ticket
from hotline.services import accepting, attaching, citizens
from tests.citizen import Browser, make_app, photo
from tests.city import City
from tests.status import answer_on, assign, merge, reply, rework, said, unmerge

FIRST = "已更换路灯一盏，请查看。电话0320-0002101。"
SECOND = "已更换第二盏路灯，请查看。电话0320-0002101。"
THIRD = "全路段路灯已检修完毕。电话0320-0002101。"
TO_OTHERS = "另一路口的路灯已经修好。电话0320-0002101。"


@pytest.fixture
def number(city: City, browser: Browser) -> str:
    """A complaint that was answered in two rounds and is worked on in its third."""
    number, _ = browser.complain()
    for words in (FIRST, SECOND):
        assign(city, number)
        city.turn(hours=1)
        reply(city, number, words)
        city.turn(hours=1)
        rework(city, number)
    return number


def another(city: City) -> str:
    """Another ticket, reworked after its citizens had been answered, with the unit again."""
    other = city.replied(text="大桥路口黑灯瞎火")
    rework(city, other)
    assign(city, other)
    return other


def answers(browser: Browser, number: str) -> list[str]:
    return [line for line in said(browser, number) if re.search(r" 第\d次答复：", line)]


def test_the_answers_of_earlier_rounds_stay_when_the_ticket_joins_another(
    city: City, browser: Browser, number: str
) -> None:
    other = another(city)
    told = [f"热线中心 10月12日 10:00 第1次答复：{FIRST}", f"热线中心 10月12日 12:00 第2次答复：{SECOND}"]
    assert answers(browser, number) == told
    merge(city, number, other)
    assert answers(browser, number) == told
    lines = said(browser, number)
    assert "现并案办理" in lines[-1]
    assert not any("您反映的路灯已修复" in line for line in lines), "that was said to others, before"
    city.turn(hours=1)
    reply(city, other, TO_OTHERS)
    assert answer_on(browser, number) == TO_OTHERS and answers(browser, number) == told
    rework(city, other)
    assert answer_on(browser, number) == ""
    assert answers(browser, number) == [*told, f"热线中心 10月12日 14:00 第3次答复：{TO_OTHERS}"]


def test_so_do_their_pictures(city: City) -> None:
    app = make_app(city)
    browser, stranger = Browser(app), Browser(app)
    number, _ = browser.complain()
    unknown, _ = stranger.complain(text="解放路井盖松动", place="解放路与和平街口", phone="139 0000 0009")
    assign(city, number)
    with city.work("hans") as work:
        ticket = work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()
        kept = attaching.keep(work.files, "后.jpg", photo((20, 10)))
        attaching.attach(work, kept, ticket_id=ticket.id, by_citizen=False, round=ticket.round)
    reply(city, number, FIRST)
    rework(city, number)
    other = another(city)
    merge(city, number, other)
    merge(city, unknown, other)
    (address,) = re.findall(r'<img src="(/files/[^"]+)"', browser.get(f"/q/{number}").text)
    for who, code in ((browser, 200), (stranger, 404)):
        response = who.get(address)
        response.close()
        assert response.status_code == code
    assert address not in stranger.get(f"/q/{unknown}").text


def test_what_one_was_told_on_joining_an_answered_matter_stays(city: City, browser: Browser) -> None:
    other = city.replied(text="大桥路口黑灯瞎火", phone="+8613900001111")  # who is still to be asked
    number, _ = browser.complain()
    city.turn(hours=2)
    merge(city, number, other)
    assert "您反映的路灯已修复" in answer_on(browser, number) and answers(browser, number) == []
    city.turn(hours=1)
    rework(city, other)
    (line,) = answers(browser, number)
    assert line.startswith("热线中心 10月12日 11:00 第1次答复：您反映的路灯已修复")


def test_taken_out_again_one_keeps_what_was_told_there_and_hears_no_more_of_it(city: City, browser: Browser) -> None:
    other = city.handling(text="大桥路口黑灯瞎火")
    number, _ = browser.complain()
    merge(city, number, other)
    city.turn(hours=1)
    reply(city, other, FIRST)
    city.turn(hours=1)
    unmerge(city, number)
    assert answer_on(browser, number) == "", "it was no answer to this matter"
    lines = said(browser, number)
    assert [line.split(" ", 3)[3][:6] for line in lines] == ["您反映的事项", "第1次答复：", "已撤销并案，"]
    rework(city, other)
    assign(city, other)
    reply(city, other, TO_OTHERS)
    assert said(browser, number) == lines
    assign(city, number)
    reply(city, number, SECOND)
    assert answer_on(browser, number) == SECOND and len(answers(browser, number)) == 1


def test_from_ticket_to_ticket_and_back(city: City, browser: Browser, number: str) -> None:
    """A joins B, B joins C; then B comes back with A, and A by itself."""
    second, third = city.accepted(text="大桥路口黑灯瞎火"), another(city)
    merge(city, number, second)
    merge(city, second, third)
    city.turn(hours=1)
    reply(city, third, THIRD)
    assert answer_on(browser, number) == THIRD and len(answers(browser, number)) == 2
    unmerge(city, second)
    assign(city, second)
    reply(city, second, TO_OTHERS)
    assert answer_on(browser, number) == TO_OTHERS and THIRD in answers(browser, number)[2]
    rework(city, second)
    unmerge(city, number)
    assert [line.partition("：")[2] for line in answers(browser, number)] == [FIRST, SECOND, THIRD, TO_OTHERS]
    assert city.ticket(number).id == city.scalar(sa.select(Complaint.ticket_id).where(Complaint.number == number))


def test_a_refusal_is_told_like_an_answer(city: City, browser: Browser, number: str) -> None:
    with city.work("olga") as work:
        accepting.decline(work, number, "属于小区物业的路灯", "小区物业，电话0320-0009999")
    assert "属于小区物业的路灯，请联系小区物业" in answer_on(browser, number)
    assert len(answers(browser, number)) == 2


def test_who_has_taken_it_back_reads_his_own_answer_and_not_the_next_one(city: City) -> None:
    app = make_app(city)
    one, two = Browser(app), Browser(app)
    first, _ = one.complain()
    second, _ = two.complain(text="大桥路口黑灯瞎火，路灯都不亮", phone="139 0000 5678")
    merge(city, second, first)
    assign(city, first)
    reply(city, first, FIRST)
    city.turn(minutes=1)
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, second)
        assert complaint is not None
        citizens.withdraw(work, complaint, citizens.ticket_of(work, complaint))
    city.turn(minutes=1)
    rework(city, first)
    assign(city, first)
    reply(city, first, SECOND)
    assert answer_on(one, first) == SECOND
    assert answer_on(two, second) == FIRST and SECOND not in two.get(f"/q/{second}").text
