"""The page in its less common states, read as the citizen reads it: what is done is done, what is not is not promised,
and what is offered can be done."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Ground, Survey
from hotline.services import accepting, replying, supervising
from tests.citizen import Browser
from tests.city import City, at
from tests.status import answer_on, assign, headline, merge, pause, reply, rework, said, steps, submit

ANSWER = "您反映的路灯已修复。电话0320-0002101。"
NO_MORE = "已过重办的时间。问题仍在或又出现的，请重新反映。"


def offered(browser: Browser, number: str) -> set[str]:
    """The forms that stand on the page, by the ends of their addresses."""
    return set(re.findall(rf'action="/q/{number}/(\w+)"', browser.get(f"/q/{number}").text)) - {"leaving"}


def come_back(browser: Browser, number: str, key: str) -> None:
    """Another day."""
    assert browser.post("/q", {"number": number, "key": key}).status_code == 303


def accept(city: City, number: str) -> None:
    with city.work("olga") as work:
        accepting.accept(work, number)


# ---- ended without an answer


def test_voided_before_it_was_accepted_it_shows_no_step_that_will_not_come(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    city.turn(minutes=10)
    with city.work("olga") as work:
        accepting.void(work, number, "测试来件")
    assert (headline(browser, number), steps(browser, number)) == ("已终止办理", ["终止 10月12日 09:10"])
    assert said(browser, number) == ["热线中心 10月12日 09:10 这件反映已终止办理，如有疑问请致电12319。"]
    assert offered(browser, number) == set() and "测试来件" not in browser.text_of(f"/q/{number}")


def test_voided_after_it_was_accepted(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    accept(city, number)
    city.turn(minutes=10)
    with city.work("olga") as work:
        accepting.void(work, number, "测试来件")
    assert steps(browser, number) == ["受理 10月12日 09:00", "终止 10月12日 09:10"]


def test_withdrawn_it_says_what_was_done_until_then_and_where_to_begin_anew(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    assign(city, number)
    city.turn(minutes=10)
    browser.post(f"/q/{number}/withdrawal", {"reason": "已经有人来修了"}, of=f"/q/{number}")
    assert headline(browser, number) == "已撤回"
    assert steps(browser, number) == ["受理 10月12日 09:00", "交办 10月12日 09:00 市政处", "撤回 10月12日 09:10"]
    page = browser.get(f"/q/{number}").text
    assert "如仍需办理，请重新反映。" in page and 'href="/complaints/new"' in page
    assert offered(browser, number) == set()


def test_one_of_two_withdraws_and_his_page_stops_there(city: City, app: Flask, browser: Browser) -> None:
    first, _ = browser.complain()
    other = Browser(app)
    second, _ = other.complain(text="大桥路口黑灯瞎火，路灯都不亮", phone="139 0000 5678")
    merge(city, second, first)
    city.turn(minutes=10)
    other.post(f"/q/{second}/withdrawal", {"reason": ""}, of=f"/q/{second}")
    city.turn(minutes=10)
    assign(city, first)
    city.turn(minutes=10)
    reply(city, first, ANSWER)
    rework(city, first)
    assert headline(other, second) == "已撤回" and answer_on(other, second) == ""
    assert steps(other, second) == ["撤回 10月12日 09:10"]
    assert [line.split(" ", 3)[-1] for line in said(other, second)][-1] == "撤回了这件反映。"


def test_declined_it_names_reason_and_channel_and_offers_nothing_else(city: City, app: Flask, browser: Browser) -> None:
    number, _ = browser.complain()
    accept(city, number)
    other = Browser(app)
    second, _ = other.complain(text="大桥路口黑灯瞎火，路灯都不亮", phone="139 0000 5678")
    merge(city, second, number)
    city.turn(minutes=10)
    with city.work("dora") as work:
        accepting.decline(work, number, "属于小区物业的路灯", "小区物业，电话0320-0009999")
    for who, mine in ((browser, number), (other, second)):
        assert headline(who, mine) == "不属于本热线受理范围"
        assert steps(who, mine) == ["受理 10月12日 09:10 不属于受理范围", "答复 10月12日 09:10"]
        assert answer_on(who, mine) == "属于小区物业的路灯，请联系小区物业，电话0320-0009999"
        page = who.text_of(f"/q/{mine}")
        assert "另有 1 人反映同一问题。" in page and "一起办理" not in page
        assert offered(who, mine) == set()


# ---- on the way


def test_merged_it_was_accepted_and_assigned_when_it_joined(city: City, browser: Browser) -> None:
    other = city.handling(text="大桥路口黑灯瞎火")
    number, _ = browser.complain()
    city.turn(minutes=30)
    merge(city, number, other)
    assert steps(browser, number) == ["受理 10月12日 09:30", "交办 10月12日 09:30 市政处", "答复 进行中"]


def test_accepted_itself_before_it_joined_it_keeps_that_date(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    city.turn(minutes=10)
    accept(city, number)
    city.turn(minutes=20)
    merge(city, number, city.accepted(text="大桥路口黑灯瞎火"))
    assert steps(browser, number) == ["受理 10月12日 09:10", "交办 进行中", "答复 尚未开始"]


def test_paused_nothing_is_going_on(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    assign(city, number)
    pause(city, number, at("2026-10-20 09:00").date())
    assert headline(browser, number) == "因等待管线迁改暂缓办理，预计10月20日24时后恢复"
    assert steps(browser, number)[-1] == "答复 暂缓办理"
    assert "暂缓期间不计时，时限顺延到 10月29日 18:00 前。" in browser.text_of(f"/q/{number}")


def test_submitted_and_approved_say_how_far_it_is(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    assign(city, number)
    submit(city, number)
    assert steps(browser, number)[-1] == "答复 正在核查"


def test_late_and_supervised_is_said_once(city: City, browser: Browser) -> None:
    number, key = browser.complain()
    assign(city, number)
    city.now = at("2026-10-23 09:00")
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "请加紧办理。")
    come_back(browser, number, key)
    assert headline(browser, number) == "办理超时，已督办市政处"
    assert "已超 1 天 15 小时" in browser.text_of(f"/q/{number}")


# ---- reworked


def test_reworked_twice_the_rounds_stand_in_order(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    assign(city, number)
    for round_ in (1, 2):
        city.turn(hours=1)
        reply(city, number, f"第{round_}轮已更换灯头。电话0320-0002101。")
        city.turn(minutes=10)
        verdict = {"solved": "no", "satisfaction": "2", "comment": f"还有{round_}盏不亮"}
        done = browser.post(f"/q/{number}/survey", verdict, of=f"/q/{number}")
        assert "现重新办理，结果会再次答复您" in browser.get(done.location).text
        assert headline(browser, number).startswith("重新办理，正在交办，10月2")
        assert steps(browser, number) == ["受理 10月12日 09:00", "交办 进行中", "答复 尚未开始"]
        city.turn(minutes=10)
        assign(city, number)
    assert steps(browser, number)[1] == "交办 10月12日 11:40 市政处"
    assert [line.split(" ", 2)[-1].partition("：")[0][6:] for line in said(browser, number)] == [
        "第1次答复",
        "没有解决，不满意，还有1盏不亮。",
        "要求重新办理",
        "第2次答复",
        "没有解决，不满意，还有2盏不亮。",
        "要求重新办理",
    ]
    reply(city, number, ANSWER)
    assert answer_on(browser, number) == ANSWER and len(said(browser, number)) == 6


def test_a_round_that_the_city_begins_is_told_as_a_beginning(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    assign(city, number)
    reply(city, number, ANSWER)
    rework(city, number)
    assert said(browser, number)[-1].endswith("决定重新办理，结果会再次答复您。")


# ---- answered, and closed


def test_what_is_added_after_the_answer_is_no_new_round_and_the_page_says_so(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    assign(city, number)
    assert "会一并转给办理的单位，办理时限不变。" in browser.text_of(f"/q/{number}")
    reply(city, number, ANSWER)
    page = browser.text_of(f"/q/{number}")
    assert "会记入这件反映。问题没有解决的，请在上面选择“没有解决”。" in page and "办理时限不变" not in page
    assert offered(browser, number) == {"survey", "additions"}


def test_closed_long_ago_it_leads_to_a_new_complaint(city: City, browser: Browser) -> None:
    number, key = browser.complain()
    assign(city, number)
    reply(city, number, ANSWER)
    browser.post(f"/q/{number}/survey", {"solved": "yes", "satisfaction": "5"}, of=f"/q/{number}")
    assert headline(browser, number) == "已办结" and offered(browser, number) == {"rework"}
    assert NO_MORE not in browser.text_of(f"/q/{number}")
    city.turn(days=60)
    come_back(browser, number, key)
    assert offered(browser, number) == set() and NO_MORE in browser.text_of(f"/q/{number}")
    assert steps(browser, number)[-1] == "答复 10月12日 09:00 已办结" and answer_on(browser, number) == ANSWER


def test_a_verdict_after_the_limit_counts_and_promises_no_new_round(city: City, browser: Browser) -> None:
    """Nobody could ask who left no telephone: the page still takes the verdict, which is a verdict and no more."""
    number, key = browser.complain(identity="anonymous", phone="", name="")
    assign(city, number)
    reply(city, number, ANSWER)
    assert "我们会重新办理" in browser.text_of(f"/q/{number}")
    city.turn(days=90)
    come_back(browser, number, key)
    page = browser.text_of(f"/q/{number}")
    assert "已过重办的时间，需要办理请重新反映。" in page and "我们会重新办理" not in page
    verdict = {"solved": "no", "satisfaction": "1", "comment": "还是不亮"}
    done = browser.post(f"/q/{number}/survey", verdict, of=f"/q/{number}")
    assert "已如实登记您的评价。已超过重办时限" in browser.get(done.location).text
    assert (city.ticket(number).round, city.ticket(number).state) == (1, State.CLOSED)
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.comment) == (False, 1, "还是不亮")
    assert said(browser, number)[-1].endswith("没有解决，非常不满意，还是不亮。")


def test_answered_by_the_centre_itself_it_was_given_to_nobody(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    accept(city, number)
    with city.work("olga") as work:
        replying.answer(work, number, ANSWER)
    assert steps(browser, number) == ["受理 10月12日 09:00", "答复 10月12日 09:00"]
