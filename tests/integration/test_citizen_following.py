"""The page of one complaint: it follows the chain, takes words and verdicts, and is for those whom it concerns."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Attachment, Complaint, DeadlineKind, Ground, Survey
from hotline.services import (
    accepting,
    assigning,
    checking,
    enforcing,
    handling,
    merging,
    pausing,
    replying,
    supervising,
)
from tests.api import person
from tests.citizen import Browser, file, photo
from tests.city import City


def walk(city: City, number: str) -> None:
    """From received to replied."""
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只，恢复照明。")
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")


# ---- following


def test_the_page_follows_the_chain(city: City, browser: Browser) -> None:
    number, _ = browser.complain()

    def headline() -> str:
        found = re.search(r'class="state-line">([^<]+)<', browser.get(f"/q/{number}").text)
        assert found
        return found[1]

    assert headline() == "已收到，10月12日11时前受理"
    with city.work("olga") as work:
        accepting.accept(work, number)
    assert re.fullmatch(r"已受理，正在交办，10月\d+日\d+时前答复您", headline())
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    assert headline().startswith("已交市政处办理，10月")
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, "请加紧办理。")
    assert headline().startswith("已督办市政处加紧办理，")
    page = browser.text_of(f"/q/{number}")
    assert "已向市政处发出督办" in page and "请加紧办理" not in page, "what offices say to each other stays there"


def test_an_answer_that_was_opened_has_reached_the_citizen(city: City, browser: Browser) -> None:
    number, _ = browser.complain(phone="0355-1234567")
    walk(city, number)
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at is None
    city.turn(minutes=5)
    page = browser.text_of(f"/q/{number}")
    assert "路灯已修复" in page and "已答复" in page
    assert city.deadlines(number, DeadlineKind.REPLY)[0].met_at == city.now
    (complaint,) = city.rows(sa.select(Complaint))
    assert complaint.reached_by == "opened"


def test_words_and_photos_are_added(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    data = {"text": "今晚又灭了两盏\u202e", "photos": [file()]}
    assert browser.post(f"{here}/additions", data, of=here).status_code == 303
    page = browser.get(here).text
    assert "已收到您的补充" in page and "今晚又灭了两盏" in page
    (address,) = re.findall(r'<img src="(/files/[^"]+)"', page)
    download = browser.get(address)
    assert download.status_code == 200
    download.close()
    assert browser.get(f"{here}/additions").location == here
    empty = browser.post(f"{here}/additions", {"text": ""}, of=here)
    assert empty.status_code == 422 and "请写下要补充的内容" in empty.text
    broken = browser.post(f"{here}/additions", {"text": "看照片", "photos": [file("a.svg", b"<svg/>")]}, of=here)
    assert broken.status_code == 422 and "看照片" in broken.text
    assert (
        browser.post(f"{here}/additions", {"photos": [file("c.png", photo((5, 5), "PNG"))]}, of=here).status_code == 303
    )


def test_urging_counts_once_a_day(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    assert browser.post(f"{here}/urging", of=here).status_code == 303
    again = browser.post(f"{here}/urging", of=here)
    assert again.status_code == 409 and "今天已经催办过" in again.text
    assert city.ticket(number).urgings == 1


def test_too_many_words_in_an_hour_keeps_the_last(browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    for turn in range(30):
        assert browser.post(f"{here}/additions", {"text": f"第{turn}次补充"}, of=here).status_code == 303
    response = browser.post(f"{here}/additions", {"text": "第三十一次补充"}, of=here)
    assert response.status_code == 429 and "第三十一次补充" in response.text


def test_withdrawing(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    here = f"/q/{number}"
    assert browser.post(f"{here}/withdrawal", {"reason": "已经有人来修了"}, of=here).status_code == 303
    assert city.ticket(number).state is State.VOIDED
    page = browser.text_of(here)
    assert "已撤回" in page and "已经有人来修了" in page
    late = browser.post(f"{here}/additions", {"text": "等等，还没修好"}, of="/q")
    assert late.status_code == 409 and "等等，还没修好" in late.text, "what comes too late is not lost either"


def test_not_solved_is_a_new_round_and_the_first_answer_stays(city: City, browser: Browser) -> None:
    number, _ = browser.complain(identity="anonymous")
    walk(city, number)
    here = f"/q/{number}"
    assert "要求重办" in browser.text_of(here)
    short = browser.post(f"{here}/rework", {"reason": "不"}, of=here)
    assert short.status_code == 422 and "请写明哪里还没有解决" in short.text
    assert browser.post(f"{here}/rework", {"reason": "东边两盏仍不亮"}, of=here).status_code == 303
    page = browser.text_of(here)
    assert "第1次答复：您反映的路灯已修复" in page and "东边两盏仍不亮" in page
    assert (city.ticket(number).round, city.ticket(number).state) == (2, State.ACCEPTED)


def test_after_the_limit_it_is_told_and_the_words_stay(city: City, browser: Browser) -> None:
    number, key = browser.complain(identity="anonymous")
    walk(city, number)
    city.turn(days=30)
    here = f"/q/{number}"
    browser.post("/q", {"number": number, "key": key})
    assert "要求重办" not in browser.text_of(here)
    late = browser.post(f"{here}/rework", {"reason": "又不亮了"}, of=here)
    assert late.status_code == 409 and "请重新反映" in late.text and "又不亮了" in late.text


def test_the_verdict(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    walk(city, number)
    here = f"/q/{number}"
    assert "问题解决了吗" in browser.text_of(here)
    nothing = browser.post(f"{here}/survey", {"comment": "挺快"}, of=here)
    assert nothing.status_code == 422
    assert "请选择满意程度" in nothing.text and "挺快" in nothing.text
    verdict = {"solved": "yes", "satisfaction": "5", "comment": "挺快"}
    assert browser.post(f"{here}/survey", verdict, of=here).status_code == 303
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.comment, survey.by) == (True, 5, "挺快", "web")
    assert city.ticket(number).state is State.CLOSED
    assert "已解决，非常满意，挺快" in browser.text_of(here)
    assert browser.post(f"{here}/survey", verdict, of=here).status_code == 409


def test_a_bad_verdict_is_a_new_round(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    walk(city, number)
    here = f"/q/{number}"
    without = browser.post(f"{here}/survey", {"solved": "no", "satisfaction": "1"}, of=here)
    assert without.status_code == 422 and "请写明哪里还没有解决" in without.text
    browser.post(f"{here}/survey", {"solved": "no", "satisfaction": "1", "comment": "一盏没修"}, of=here)
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score) == (False, 1)
    assert city.ticket(number).round == 2


def test_a_merged_complaint_shows_where_its_ticket_stands(city: City, browser: Browser) -> None:
    other = city.assigned()
    number, _ = browser.complain()
    with city.work("olga") as work:
        merging.merge(work, number, other)
    page = browser.text_of(f"/q/{number}")
    assert "已交市政处办理" in page and "现并案办理" in page and number in page
    city.turn(hours=1)
    browser.post(f"/q/{number}/urging", of=f"/q/{number}")
    assert city.ticket(other).urgings == 1


def test_not_solved_is_shown_with_a_photo_too(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    walk(city, number)
    here = f"/q/{number}"
    verdict = {"solved": "no", "satisfaction": "1", "comment": "灯又灭了！", "photos": [file("夜里.jpg")]}
    assert browser.post(f"{here}/survey", verdict, of=here).status_code == 303
    assert len(city.rows(sa.select(Attachment))) == 1
    assert "没有解决，非常不满意，灯又灭了！ " in browser.text_of(here)


def test_before_a_unit_has_it_nothing_is_said_of_one(city: City, browser: Browser) -> None:
    number, key = browser.complain()
    here = f"/q/{number}"
    city.turn(days=3)
    with city.work() as work:
        enforcing.run_pass(work)
    browser.post("/q", {"number": number, "key": key})
    page = browser.text_of(here)
    assert "已催促热线中心抓紧办理。" in page and "督办" not in page
    for step, typed in (("additions", {"text": "还是不亮"}), ("urging", {})):
        browser.post(f"{here}/{step}", typed, of=here)
        assert "并转告办理单位" not in browser.text_of(here)


def test_who_left_a_landline_is_promised_no_text(browser: Browser) -> None:
    filled = browser.form(phone="0355-1234567")
    receipt = browser.text_of(browser.send(filled).location)
    assert "您留的号码收不到我们的短信" in receipt and "也会用短信" not in receipt


def test_declined_names_the_reason_and_the_right_channel(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    with city.work("olga") as work:
        accepting.decline(work, number, "属于劳动争议", "市劳动监察支队，电话12333")
    page = browser.text_of(f"/q/{number}")
    assert "不属于本热线受理范围" in page and "属于劳动争议，请联系市劳动监察支队，电话12333" in page


def test_paused_says_why_and_until_when(city: City, browser: Browser) -> None:
    number, _ = browser.complain()
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
        pausing.request(work, number, "等待灯杆到货", (city.now.date().replace(day=20)))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")
    assert "因等待灯杆到货暂缓办理，预计10月20日24时后恢复" in browser.text_of(f"/q/{number}")


def test_every_step_needs_the_key(city: City, app: Flask, browser: Browser) -> None:
    number, _ = browser.complain()
    stranger = Browser(app)
    for step in ("additions", "urging", "withdrawal", "rework", "survey"):
        response = stranger.post(f"/q/{number}/{step}", {"text": "x", "reason": "xx"})
        assert response.status_code == 403, step
        assert "香溪" not in response.text
    assert city.steps(number) == ["receive"]


# ---- downloads


def test_a_photo_is_a_download_for_those_whom_it_concerns(city: City, app: Flask, browser: Browser) -> None:
    number, _ = browser.complain(photos=[file("夜里.jpg")])
    (row,) = city.rows(sa.select(Attachment))
    address = f"/files/{row.token}"
    response = browser.get(address)
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.content_type == "image/jpeg"
    response.close()
    assert Browser(app).get(address).status_code == 404
    for login, status in (("olga", 200), ("paul", 404), ("carl", 404)):
        found = person(app, login).client.get(address)
        assert found.status_code == status, login
        found.close()
    with city.work("olga") as work:
        accepting.accept(work, number)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    found = person(app, "hans").client.get(address)
    assert found.status_code == 200
    found.close()


# ---- a verdict that nobody could ask for


def anonymous_and_answered(city: City, browser: Browser) -> str:
    number, _ = browser.complain(identity="anonymous", phone="", name="")
    walk(city, number)
    assert city.ticket(number).state is State.CLOSED, "nobody is left to be asked"
    return number


def judge(browser: Browser, number: str, **fields: str) -> int:
    verdict = {"solved": "yes", "satisfaction": "4", "comment": "很快"} | fields
    return browser.post(f"/q/{number}/survey", verdict, of=f"/q/{number}").status_code


def test_who_left_no_telephone_scores_on_the_page_and_once(city: City, browser: Browser) -> None:
    number = anonymous_and_answered(city, browser)
    assert "问题解决了吗" in browser.text_of(f"/q/{number}")
    assert judge(browser, number) == 303
    (survey,) = city.rows(sa.select(Survey))
    assert (survey.solved, survey.score, survey.by, survey.deadline_id) == (True, 4, "web", None)
    page = browser.text_of(f"/q/{number}")
    assert "满意，很快" in page and "问题解决了吗" not in page
    assert city.ticket(number).state is State.CLOSED
    assert judge(browser, number) == 409


def test_not_solved_without_a_telephone_opens_a_new_round(city: City, browser: Browser) -> None:
    number = anonymous_and_answered(city, browser)
    assert judge(browser, number, solved="no", satisfaction="1", comment="还是不亮") == 303
    assert city.ticket(number).round == 2
