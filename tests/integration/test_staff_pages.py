"""工作台: each role sees what is to be done now, does it on the page, and is told what came of it."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import Disclosure, Message, MessageState, Ticket
from hotline.services import extending, pausing, transcribing
from hotline.services.transcribing import Call
from tests.city import PASSWORD, PEOPLE, City
from tests.desk import Person, make_app
from tests.played import Played

PHONE = "+8613812345678"
CALL = """坐席：您好，12319热线，请问有什么可以帮您？
市民：你好，我要反映香溪路跟大桥路交叉口的路灯，不亮了有一个星期了。
坐席：好的，请问您贵姓？
市民：我姓王。
坐席：您的电话是13812345678吗？
市民：对，修好了给我回个电话吧。"""


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def at_desk(app: Flask, *logins: str) -> list[Person]:
    return [Person(app, login) for login in logins]


def test_the_whole_chain_at_the_desk(city: City, app: Flask) -> None:
    """受理 → 交办 → 签收 → 提交 → 核查 → 答复, each by the one main button of that person's page."""
    olga, dora, hans, sven = at_desk(app, "olga", "dora", "hans", "sven")
    number = city.receive(place="香溪路与大桥路口").number
    assert olga.ticket(number).primary == [f"/desk/tickets/{number}/acceptance"]
    assert "现为“待交办”" in olga.take(number, "acceptance", matter="香溪路口路灯不亮").text
    dora.take(number, "assignment", unit_id=str(city.unit_id("lamps")), instruction="请当晚修复")
    assert hans.ticket(number).primary == [f"/desk/tickets/{number}/signature"]
    hans.take(number, "signature")
    hans.take(number, "submission", outcome="已更换灯头两只，10月12日晚恢复照明。")
    assert "办理结果：已更换灯头两只" in sven.ticket(number).text
    sven.take(number, "approval")
    page = olga.ticket(number)
    assert page.form("/reply").values["text"] == ["已更换灯头两只，10月12日晚恢复照明。"], "begins with the result"
    done = olga.take(number, "reply", text="您反映的路灯已修复，感谢监督。")
    assert city.ticket(number).state is State.CLOSED
    assert "办结归档" in done.text
    assert "10月12日 09:00" in done.text
    for word in ("收到诉求", "受理", "交办", "签收", "提交办理结果", "核查通过", "答复诉求人"):
        assert word in done.text


def begin_four(city: City) -> None:
    """A ticket at work, one that is answered, another unit's, and a new one."""
    city.handling()
    city.replied(phone=PHONE)
    city.assigned("parks")
    city.receive()


@pytest.mark.parametrize("login", PEOPLE)
def test_every_page_opens_for_everybody(city: City, app: Flask, played: Played, login: str) -> None:
    """Nobody meets a fault, whatever the link: what is not theirs is refused in words."""
    numbers = played.on(city, begin_four).rows(sa.select(Ticket.number))
    assert len(numbers) == 4
    (person,) = at_desk(app, login)
    pages = ["tickets", "tickets?view=all", "drafts", "calls", "calls/new", "reports/2026-10", "units", "rules"]
    answers = [person.open(f"/desk/{page}") for page in [*pages, *(f"tickets/{number}" for number in numbers)]]
    assert {answer.status for answer in answers} <= {200, 403, 404}
    assert all("<h1" in answer.html for answer in answers)


def test_nobody_gets_in_without_logging_in(city: City, app: Flask) -> None:
    answer = app.test_client().get("/desk/tickets?view=all")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"] and "next=" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("wanted", "way"),
    [
        ("/desk/tickets?q=路灯", "/desk/tickets?q=%E8%B7%AF%E7%81%AF"),
        *((elsewhere, "/desk/") for elsewhere in ("//evil.test", "/\\evil.test", "/\t/evil.test", "/a\r\nb", "")),
    ],
)
def test_who_logs_in_comes_to_a_page_of_this_house(app: Flask, wanted: str, way: str) -> None:
    olga = Person(app, "olga")
    form = olga.open(f"/login?next={quote(wanted)}").forms[-1]
    entered = olga.send(form, username="olga", password=PASSWORD)
    assert (entered.status, entered.response.location) == (302, way)


def test_the_list_shows_what_is_to_be_done_by_what_is_due_first(city: City, app: Flask) -> None:
    late = city.receive(text="先到的诉求，井盖缺失").number
    city.turn(hours=1)
    later = city.receive(text="后到的诉求，路灯不亮").number
    assigned = city.assigned()
    olga, dora, hans = at_desk(app, "olga", "dora", "hans")
    page = olga.open("/desk/tickets")
    assert page.html.index(late) < page.html.index(later)
    assert assigned not in page.html, "is the unit's business now"
    assert "登记来电" in page.text
    assert "没有待交办的工单" in dora.open("/desk/tickets").text
    assert assigned in hans.open("/desk/tickets").html
    assert late not in hans.open("/desk/tickets?view=all").html


def test_overdue_and_nearly_due_lists_compare_times_and_wait_for_no_sweep(city: City, app: Flask) -> None:
    number = city.receive().number
    (olga,) = at_desk(app, "olga")
    assert number not in olga.open("/desk/tickets?view=over").html
    city.turn(minutes=110)  # of two office hours
    assert number in olga.open("/desk/tickets?view=soon").html
    city.turn(minutes=30)
    assert number in olga.open("/desk/tickets?view=over").html
    assert number not in olga.open("/desk/tickets?view=soon").html
    assert "已超 20 工作分钟" in olga.open("/desk/tickets?view=over").text


def test_filters_narrow_by_state_subtree_and_words(city: City, app: Flask) -> None:
    lamps, parks = city.handling(text="路灯不亮"), city.assigned("parks", text="长椅_损坏100%")
    (dora,) = at_desk(app, "dora")

    def found(query: str) -> set[str]:
        page = dora.open(f"/desk/tickets?view=all&{query}")
        return {number for number in (lamps, parks) if number in page.html}

    assert found("state=handling") == {lamps}
    assert found(f"unit={city.unit_id('parks')}") == {parks}
    assert found("q=长椅") == {parks}
    assert found(f"q={lamps}") == {lamps}
    assert found("q=损坏100%25") == {parks}
    assert found("q=%25") == set(), "signs are not looked for, and a percent sign does not mean everything"
    assert found("q=椅_损") == {parks}
    assert found("q=没有的") == set()
    assert found("state=nonsense&unit=abc&view=what&q=%00") == {lamps, parks}, "an old bookmark still opens"
    assert dora.open("/desk/tickets?after=rubbish").status == 422


def test_the_list_asks_as_often_for_sixty_tickets_as_for_five(city: City, app: Flask) -> None:
    (olga,) = at_desk(app, "olga")
    for _ in range(5):
        city.receive()
    olga.open("/desk/tickets")
    city.receive()  # so that the numbers on the tabs are counted again
    with city.statements() as few:
        olga.open("/desk/tickets")
    for _ in range(54):
        city.receive()
    with city.statements() as many:
        page = olga.open("/desk/tickets")
    assert len(many) == len(few) <= 12
    assert "<b>60 件</b>，本页 25 件" in page.html
    (following,) = set(page.links("after="))
    rest = olga.open(following)
    assert "<b>60 件</b>，本页 25 件" in rest.html
    (last,) = {link for link in rest.links("after=") if "more=" not in link}
    assert "<b>60 件</b>，本页 10 件" in olga.open(last).html
    (back,) = set(rest.links("before="))
    shown = [link.partition("?")[0] for link in page.links("/desk/tickets/2026")]
    assert [link.partition("?")[0] for link in olga.open(back).links("/desk/tickets/2026")] == shown


def test_the_second_of_two_hands_is_told_and_may_send_again(city: City, app: Flask) -> None:
    number = city.accepted()
    dora, other = at_desk(app, "dora", "dora")
    seen = other.ticket(number)
    dora.take(number, "declination", reason="应由社保部门办理", channel="12333")
    answer = other.send(
        seen.form("/assignment"), unit_id=str(city.unit_id("lamps")), instruction="我写了很长的交办要求"
    )
    assert answer.status == 409
    assert "陈派单" in answer.text and "不予受理" in answer.text
    assert "我写了很长的交办要求" in answer.html, "nothing typed is lost"


def test_who_is_declined_is_shown_where_he_can_turn(city: City, app: Flask) -> None:
    number, dora = city.accepted(), Person(app, "dora")
    form = dora.ticket(number).form("/declination")
    look = dora.send(form, reason="供电故障不属本单位", channel="请拨打95598反映", look="yes")
    assert "请向95598反映" in look.text and "请向请" not in look.text
    bare = dora.send(form, reason="供电故障不属本单位", channel=" ")
    assert bare.status == 422 and "部门和电话），例如：供电公司（95598）。" in bare.text
    page = dora.take(number, "declination", reason="供电故障不属本单位", channel="请拨打供电公司（95598）反映")
    assert "法定渠道 供电公司（95598）" in page.text


def test_a_form_that_is_still_offered_comes_back_with_the_fresh_version(city: City, app: Flask) -> None:
    number = city.handling()
    hans, again = at_desk(app, "hans", "hans")
    seen = again.ticket(number)
    hans.take(number, "extension", reason="配件需从外地采购")
    refused = again.send(seen.form("/submission"), outcome="已更换灯头，恢复照明。")
    assert refused.status == 409 and "申请延期" in refused.text
    form = refused.form("/submission")
    assert form.values["outcome"] == ["已更换灯头，恢复照明。"]
    assert again.send(form).status == 303
    assert city.ticket(number).state is State.SUBMITTED


def test_a_double_click_takes_one_step(city: City, app: Flask) -> None:
    number = city.handling()
    (hans,) = at_desk(app, "hans")
    form = hans.ticket(number).form("/submission")
    first = hans.send(form, outcome="已更换灯头，恢复照明。")
    second = hans.send(form, outcome="已更换灯头，恢复照明。")
    assert (first.status, second.status) == (303, 409)
    assert city.steps(number).count("submit") == 1


def test_what_is_not_theirs_does_not_exist(city: City, app: Flask) -> None:
    number = city.handling()
    (paul,) = at_desk(app, "paul")
    assert paul.open(f"/desk/tickets/{number}").status == 404
    assert paul.open("/desk/tickets/%00").status == 404
    assert paul.open("/desk/tickets/1/deadlines/99999999999999999999").status == 404


def test_after_a_return_the_unit_is_back_at_its_list(city: City, app: Flask) -> None:
    number = city.assigned()
    (hans,) = at_desk(app, "hans")
    page = hans.take(number, "return", reason="属园林局职责")
    assert "待我办理" in page.text and "退回" in page.text


def test_a_confidential_matter_tells_the_unit_nothing_of_who_told(city: City, app: Flask) -> None:
    number = city.handling(
        text="举报渣土车夜间偷倒，联系电话13812345678", phone=PHONE, name="张建国", confidential=True
    )
    hans, olga = at_desk(app, "hans", "olga")
    page = hans.ticket(number)
    for secret in ("13812345678", "138****5678", "张**", "张建国"):
        assert secret not in page.html
    assert not page.offers("/contact")
    assert "138****5678" in olga.ticket(number).html
    assert number not in hans.open("/desk/tickets?view=all&q=渣土").html, "a hit tells as much as the text"


def test_a_number_is_opened_once_for_a_reason(city: City, app: Flask) -> None:
    number = city.handling(phone=PHONE, name="张建国")
    (hans,) = at_desk(app, "hans")
    page = hans.ticket(number)
    assert PHONE not in page.html and "张建国" not in page.html
    form = page.form("/contact")
    refused = hans.send(form, reason=" ")
    assert refused.status == 422 and "请写明查看原因" in refused.text and refused.offers("/contact")
    assert city.rows(sa.select(Disclosure)) == []
    opened = hans.send(form, reason="电话核实具体位置")
    assert opened.status == 200 and PHONE in opened.html and "张建国" in opened.text
    assert opened.response.headers["Cache-Control"] == "no-store"
    (row,) = city.rows(sa.select(Disclosure))
    assert row.reason == "电话核实具体位置"
    assert PHONE not in hans.ticket(number).html


def test_why_is_it_due_then(city: City, app: Flask) -> None:
    number = city.handling()
    with city.work("hans") as work:
        extending.request(work, number, "等待配件")
    with city.work("sven") as work:
        extending.decide(work, number, True, "同意")
    (hans,) = at_desk(app, "hans")
    texts = [hans.open(link).text for link in dict.fromkeys(hans.ticket(number).links("/deadlines/"))]
    handle = next(text for text in texts if "第 1 次延期" in text)
    for told in ("收到当日，不计", "08:00–12:00、14:00–18:00", "等待配件", "5个工作日", "原时限"):
        assert told in handle


def test_a_paused_ticket_says_until_when(city: City, app: Flask) -> None:
    number = city.handling()
    with city.work("hans") as work:
        pausing.request(work, number, "等待立项", date(2026, 12, 1))
    (sven,) = at_desk(app, "sven")
    assert "等待立项" in sven.ticket(number).text
    sven.take(number, "pause/decision", granted="true")
    assert "挂账至 12月2日 00:00" in sven.ticket(number).text


def test_the_leader_reads_and_takes_no_step(city: City, app: Flask) -> None:
    number = city.handling()
    (lena,) = at_desk(app, "lena")
    page = lena.ticket(number)
    assert page.primary == [] and not page.offers("/note")
    offered = {form.action for form in page.forms} - {"/desk/find", f"/desk/tickets/{number}/presence"}
    assert offered == {"/logout"}, "only leaving is offered"
    data = {"csrf_token": page.form("/logout").values["csrf_token"], "text": "领导备注"}
    assert lena.client.post(f"/desk/tickets/{number}/note", data=data).status_code == 403


def test_the_administrator_reads_rules_and_people_and_no_ticket(city: City, app: Flask) -> None:
    number = city.handling()
    (adam,) = at_desk(app, "adam")
    assert adam.open("/desk/tickets").status == 404
    assert adam.open(f"/desk/tickets/{number}").status == 404
    assert "市政处东站" in adam.open("/desk/units").text
    people = adam.open("/desk/people").text
    assert "冯市政" in people and "承办人" in people
    rules = adam.open("/desk/rules").text
    assert "默认政策" in rules and "2027年放假安排尚无正式通知" in rules


def test_a_call_becomes_a_ticket(city: City, app: Flask) -> None:
    (olga,) = at_desk(app, "olga")
    page = olga.send(olga.open("/desk/drafts").form("/desk/drafts"), pasted=CALL, caller="13812345678")
    page = olga.open(page.response.headers["Location"])
    assert 'id="line-2"' in page.html and 'href="#line-2"' in page.html
    form = page.form("/confirmation")
    assert form.values["phone"] == ["13812345678"]
    assert "路灯" in form.values["matter"][0]
    bad = olga.send(form, phone="1381", text="我改过的内容")
    assert bad.status == 422 and "手机号码应为 11 位" in bad.text and "我改过的内容" in bad.html
    done = olga.send(bad.form("/confirmation"), phone="13812345678")
    assert done.status == 303
    assert "查询码" in olga.open(done.response.headers["Location"]).text
    again = olga.send(form)
    assert again.status == 303, "pressed twice: to the ticket that the first press made"


def test_a_question_is_answered_and_a_silent_call_discarded(city: City, app: Flask) -> None:
    with city.work("olga") as work:
        drafts = [transcribing.send(work, CALL.encode(), Call())[0].id for _ in range(2)]
    (olga,) = at_desk(app, "olga")
    page = olga.open(f"/desk/drafts/{drafts[0]}")
    assert olga.send(page.form("/answer"), answer="").status == 422
    assert olga.send(page.form("/answer"), answer="已告知办理地点。").status == 303
    assert olga.send(olga.open(f"/desk/drafts/{drafts[1]}").form("/discard"), reason="无声来电").status == 303
    assert "没有待确认的来电" in olga.open("/desk/drafts").text


def test_a_broken_transcript_is_answered_in_words(city: City, app: Flask) -> None:
    (olga,) = at_desk(app, "olga")
    form = olga.open("/desk/drafts").form("/desk/drafts")
    nothing = olga.send(form)
    assert nothing.status == 422 and "请选择一个文件" in nothing.text
    picture = {**form.values, "transcript": (BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), "call.vtt")}
    answer = olga.client.post(form.action, data=picture)
    assert answer.status_code == 422 and 'id="f-transcript-error"' in answer.text


def test_a_call_taken_down_by_hand_makes_one_ticket_however_often_it_is_sent(city: City, app: Flask) -> None:
    (olga,) = at_desk(app, "olga")
    form = olga.open("/desk/calls/new").form("/desk/calls/new")
    empty = olga.send(form, text="", phone="12", place="人民公园")
    assert empty.status == 422 and "人民公园" in empty.html
    typed = {"text": "领导批示：人民公园长椅损坏", "channel": "staff", "source": "leader", "phone": ""}
    first, second = (olga.send(form, **typed) for _ in range(2))
    assert first.response.headers["Location"] == second.response.headers["Location"]
    number = re.findall(r"/received/(\d+)", first.response.headers["Location"])[0]
    ticket = city.ticket(number)
    assert (ticket.state, ticket.source, ticket.channel) == (State.RECEIVED, "leader", "staff")


def test_who_no_text_reached_is_called_and_the_promise_is_then_kept(city: City, app: Flask) -> None:
    number = city.replied(phone=PHONE, name="王芳")
    with city.office.session() as session:
        session.execute(
            sa.update(Message)
            .where(Message.purpose == "answered")
            .values(state=MessageState.FAILED, next_at=None, failed_at=city.now)
        )
    (olga,) = at_desk(app, "olga")
    page = olga.open("/desk/calls")
    assert "138****5678" in page.text and PHONE not in page.html and "您反映的路灯已修复" in page.text
    assert PHONE in olga.send(page.form("/contact"), reason="电话答复").html
    form = page.form(f"/desk/calls/{number}")
    assert olga.send(form, note="已告知，市民满意").status == 303
    late = olga.send(form, note="再点一次")
    assert late.status == 409 and "再点一次" in late.html
    assert "没有要打的电话" in olga.open("/desk/calls").text
    assert city.steps(number).count("log_call") == 1
