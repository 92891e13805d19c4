"""The whole life of a complaint by text, in a browser on the console carrier's telephone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from hotline.domain.workflow import State
from hotline.models import Complaint, Survey
from hotline.services import sweeping
from tests.browser.citizen_visit import HANDLING, SCREENS, Visit, accept, approve, assign, reply, submit
from tests.work import deliver_everything

TELEPHONE = "199 0000 0002"


@pytest.fixture
def telephone(app: Flask, visit: Visit) -> Visit:
    """Any visitor of the demo, on a number of one's own."""
    app.config["DEMO_LOGINS"] = [
        {"username": "wang", "password": "demo", "name": "王", "role": "受理员", "unit": "中心"}
    ]
    visit.page.goto(f"{visit.site}/console/sms")
    visit.page.get_by_label("换一个号码").fill(TELEPHONE)
    visit.page.get_by_role("button", name="使用这个号码").click()
    visit.page.wait_for_url("**/console/sms?*")
    return visit


def text(visit: Visit, words: str) -> None:
    """Write it and send it."""
    visit.city.turn(minutes=2)
    visit.page.get_by_label("短信", exact=True).fill(words)
    visit.page.get_by_role("button", name="发送").click()
    expect(visit.page.locator(".bubbles .sent").last).to_contain_text(words)


def is_told(visit: Visit, *words: str) -> None:
    """What the hotline wrote last, however it came to be written."""
    visit.page.reload()
    last = visit.page.locator(".bubbles .got").last
    for each in words:
        expect(last).to_contain_text(each)


@SCREENS
def test_the_whole_life_by_text(telephone: Visit) -> None:
    city = telephone.city
    text(telephone, "路灯坏了三天没人修")
    is_told(telephone, "请补充具体地点")
    (complaint,) = city.rows(sa.select(Complaint))
    number = complaint.number
    expect(telephone.page.locator(".bubbles")).to_contain_text(f"编号{number}，查询码")
    text(telephone, "香溪路与大桥路口")
    is_told(telephone, "您的补充已记入")
    assert city.ticket(number).place == "香溪路与大桥路口"

    accept(city, number)
    is_told(telephone, "已受理", "前答复您")
    assign(city, number)
    is_told(telephone, "已交市政处办理", "时限")
    text(telephone, "进度")
    is_told(telephone, "办理中", "市政处")
    text(telephone, "旁边那盏也不亮了")
    is_told(telephone, "您的补充已记入")

    for do in (*HANDLING[2:], submit, approve, reply):
        do(city, number)
        city.turn(minutes=10)
    is_told(telephone, "答复", "香溪路路灯已于10月13日修复")
    deliver_everything(city)
    with city.work() as work:
        sweeping.ask_surveys(work)
    is_told(telephone, "问题解决了吗")
    text(telephone, "解决5")
    is_told(telephone, "感谢您的评价")
    assert city.ticket(number).state is State.CLOSED
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (True, 5)

    city.turn(days=1)
    text(telephone, "未解决，昨晚又不亮了")
    is_told(telephone, "十分抱歉", "重新办理")
    assert (city.ticket(number).state, city.ticket(number).round) == (State.ACCEPTED, 2)
    assert len(city.rows(sa.select(Complaint))) == 1, "all of it is one matter"
    assert not telephone.problems
