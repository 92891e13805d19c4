"""核查提示: shown to who checks, before 核查 and 答复; it decides nothing, and the history says that it was shown.

Who approves against a serious one says why, at whatever door.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Event, Ticket
from hotline.services import checking, handling, reviewing
from hotline.services.hand import find
from tests.api import Machine
from tests.city import City
from tests.desk import Person, make_app

COPIED = "已到现场核查路灯，系线路老化，更换电缆三十米，10月12日晚恢复照明，咨询电话0320-0002101。"
PASSED_ON = "您好，您反映的问题已转相关部门，感谢您的支持。"
SAY_WHY = "核查提示中有需要重点核实的，请写明核实情况和通过的理由。"


def submitted(city: City, outcome: str, **more: str) -> str:
    number = city.handling(**more)
    with city.work("hans") as work:
        handling.submit(work, number, outcome)
    return number


def codes(city: City, number: str) -> list[str]:
    with city.work("sven") as work:
        ticket = find(work, number)
        return [each.remark.code for each in reviewing.review(work, ticket, ticket.outcome) if each.remark.serious]


def told(city: City, number: str, step: str) -> list[str]:
    query = sa.select(Event.data).join(Ticket).where(Ticket.number == number, Event.step == step)
    return list(city.rows(query)[-1]["remarks"])


def test_the_checker_is_told_and_decides_all_the_same(city: City) -> None:
    number = submitted(city, PASSED_ON)
    sven = Person(make_app(city), "sven")
    page = sven.ticket(number)
    assert "核查提示" in page.text and "只说已转交“已转”，没有写明办理结果。" in page.text
    assert page.text.count(SAY_WHY) == 1, "the form asks for it before"
    refused = sven.send(page.form("/approval"), opinion=" ")
    assert refused.status == 422 and 'href="#f-approval-opinion"' in refused.html and SAY_WHY in refused.text
    sven.take(number, "approval", opinion="现场已办结，单位已补充说明。")
    assert city.steps(number)[-1] == "approve"
    assert "passed_on" in told(city, number, "approve")
    assert "核查提示：只转不办" in sven.ticket(number).text, "in the history, too"


def test_at_every_door_who_approves_against_a_serious_remark_says_why(city: City, supervisor: Machine) -> None:
    """In the same words; with a reason it goes, and a result that nothing serious is said of needs none."""
    sven = Person(make_app(city), "sven")

    def on_the_ticket(number: str, opinion: str) -> str:
        return sven.send(sven.ticket(number).form("/approval"), opinion=opinion).text

    def one_after_the_other(number: str, opinion: str) -> str:
        return sven.send(sven.open(f"/desk/checks/{number}").form(f"/{number}/approval"), opinion=opinion).text

    def in_bulk(number: str, opinion: str) -> str:
        chosen = sven.send(
            sven.open("/desk/tickets?view=all").form("/desk/bulk"), noun="approval", number=[number]
        ).form("/bulk/approval")
        seen = sven.send(chosen, opinion=opinion, look="1")
        done = sven.send(seen.form("/bulk/approval"), opinion=opinion)
        assert ("没有办理 1 件" in done.text) == (SAY_WHY in done.text) == (SAY_WHY in seen.text)
        return done.text

    def by_machine(number: str, opinion: str) -> str:
        answer = supervisor.post(f"/tickets/{number}/approval", {"opinion": opinion})
        assert answer.status_code == 200 or set(answer.json["errors"]) == {"opinion"}
        return str(answer.json)

    doors: tuple[Callable[[str, str], str], ...] = (on_the_ticket, one_after_the_other, in_bulk, by_machine)
    for door in doors:
        number = submitted(city, PASSED_ON)
        assert SAY_WHY in door(number, " ") and city.ticket(number).state is State.SUBMITTED, door
        assert SAY_WHY not in door(number, "已到现场核实，路灯已亮。") and city.ticket(number).state is State.RESOLVED
        good = submitted(city, "已更换灯头两只，10月12日晚恢复照明。")
        assert SAY_WHY not in door(good, "") and city.ticket(good).state is State.RESOLVED, door


def test_a_copied_result_names_the_ticket_that_it_is_copied_from(city: City) -> None:
    first = submitted(city, COPIED, text="平湖街路灯不亮", place="平湖街")
    second = submitted(city, COPIED.replace("三十米", "二十米"), text="香溪路路灯不亮", place="香溪路")
    assert (codes(city, first), codes(city, second)) == (["copied"], ["copied"])
    page = Person(make_app(city), "sven").ticket(second)
    assert page.links(f"/desk/tickets/{first}")


def test_a_result_with_the_name_of_who_complained(city: City) -> None:
    number = submitted(city, "10月12日晚已更换灯头两只，已当面告知王小明。", name="王小明", phone="+8613800001234")
    assert codes(city, number) == ["private"]


def test_what_was_added_is_part_of_the_matter_and_a_good_result_is_left_in_peace(city: City) -> None:
    assert codes(city, submitted(city, "已更换灯头两只，10月12日晚恢复照明。")) == []


def test_the_reply_is_looked_at_as_it_is_written(city: City) -> None:
    number = city.resolved()
    olga = Person(make_app(city), "olga")
    form = olga.ticket(number).form("/reply")
    shown = olga.send(form, text=PASSED_ON, look="1")
    assert "只转不办" in shown.text
    olga.send(shown.form("/reply"), text=PASSED_ON)
    assert "passed_on" in told(city, number, "reply")


def test_nobody_else_is_shown_it(city: City, supervisor: Machine, lamps: Machine) -> None:
    number = submitted(city, PASSED_ON)
    (remark, *_) = supervisor.get(f"/tickets/{number}").json["review"]
    assert remark | {"text": ""} == {
        "code": "passed_on", "label": "只转不办", "serious": True, "text": "", "words": ["已转"], "copied_from": None
    }  # fmt: skip
    assert lamps.get(f"/tickets/{number}").json["review"] == []
    app = make_app(city)
    for login in ("hans", "lena", "dora"):
        assert "核查提示" not in Person(app, login).ticket(number).text


def test_it_asks_as_often_for_twenty_others_as_for_none(city: City) -> None:
    """And of history that is played in nobody was told anything."""
    number = submitted(city, COPIED)
    asked = []
    for _ in range(2):
        with city.work("sven") as work:
            ticket = find(work, number)
            with city.statements() as statements:
                reviewing.review(work, ticket, ticket.outcome)
            asked.append(len(statements))
            assert reviewing.codes(work.at(city.now), ticket, PASSED_ON) == []
        for _ in range(3):
            other = submitted(city, COPIED)
            with city.work("sven") as work:
                checking.approve(work, other, "已核对，两处同时更换电缆。")
    assert asked[0] == asked[1] <= 4
