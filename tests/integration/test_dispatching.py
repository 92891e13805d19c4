"""派单台: what burns first, who may lead and how much they have, one key to assign and one to take it back."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.policy import Policy
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    Deadline,
    DeadlineKind,
    DispatchRule,
    Message,
    MessageState,
    Part,
    PolicyVersion,
    Ticket,
    Urgency,
)
from hotline.services import assigning, dispatching, extending, handling, pausing, returning, rulebook
from hotline.services.dispatching import Load, Tab
from hotline.services.paging import Place
from tests.city import City, at
from tests.desk import Page, Person, make_app

DESK = "/desk/dispatching"
LAMP = "香溪路与大桥路口路灯不亮三天了"
NOT_OURS = "不属本单位职责，应由园林局办理。"


@pytest.fixture
def app(city: City) -> Flask:
    with city.work() as work:
        lamps, parks, station = (city.unit_id(key) for key in ("lamps", "parks", "lamps-east"))
        for position, (lead, assists, limit) in enumerate(
            [(lamps, [parks], "3 working_days"), (parks, [], None), (station, [], None)], 1
        ):
            work.session.add(
                DispatchRule(
                    position=position, category_code="", words=["路灯"], area="", lead_id=lead, assist_ids=assists,
                    limit_text=limit, note="职责清单第3条" if lead == lamps else "",
                )
            )  # fmt: skip
    return make_app(city)


@pytest.fixture
def dora(app: Flask) -> Person:
    return Person(app, "dora")


def returned(city: City, times: int = 1) -> str:
    """Given back so often, by one unit after the other."""
    number = city.accepted(text=LAMP)
    for unit, who in [("lamps", "hans"), ("parks", "paul")][:times]:
        with city.work("dora") as work:
            assigning.assign(work, number, city.unit_id(unit))
        with city.work(who) as work:
            returning.give_back_to_centre(work, number, NOT_OURS)
        city.turn(minutes=10)
    return number


def rows(page: Page) -> list[str]:
    return re.findall(r'id="row-(\d+)"', page.html)


def press(person: Person, number: str, key: int) -> Page:
    """One key: the button of that number in the row."""
    page = person.open(DESK)
    part = page.html.split(f'id="row-{number}"')[1].split("</li>\n    <li id=")[0]
    value = re.findall(r'name="choice" value="([^"]*)"', part)[key - 1]
    form = page.form(f"/{number}/assignment")
    return Page(person.client.post(form.action, data=form.values | {"choice": value}))


def test_what_burns_first_stands_on_top(city: City, dora: Person) -> None:
    late, soon = city.accepted(text=LAMP), None
    city.turn(hours=1)
    soon = city.accepted(text="人民公园长椅损坏", urgency=Urgency.URGENT)
    city.turn(hours=1)
    last = city.accepted(text="解放路垃圾桶满溢")
    city.handling(text="不在这里")
    shown = rows(dora.open(DESK))
    due = {row.ticket.number: row.due.due_at if row.due else None for row in queue_of(city)}
    assert set(shown) == {late, soon, last}
    assert shown == sorted(shown, key=lambda number: (due[number], number))


def queue_of(city: City, tab: Tab = Tab.WAITING) -> list[dispatching.Row]:
    with city.work("dora") as work:
        return list(dispatching.queue(work, tab))


def test_each_choice_says_what_it_would_mean_and_who_has_how_much(city: City, dora: Person) -> None:
    city.handling(text="别的事")
    returned(city)
    city.accepted(text=LAMP)
    text = dora.open(DESK).text
    assert "交市政处主办，园林局协办，3个工作日，10月15日 18:00 前" in text
    assert "在办1件，本周退回1件" in text and "派单目录：" in text and "职责清单第3条" in text


def test_one_key_assigns_what_the_line_has_said(city: City, dora: Person) -> None:
    number = city.accepted(text=LAMP)
    answer = press(dora, number, 1)
    assert answer.status == 303
    ticket = city.ticket(number)
    turns = city.rows(sa.select(Assignment).where(Assignment.ticket_id == ticket.id).order_by(Assignment.id))
    assert [(turn.unit_id, turn.part) for turn in turns] == [
        (city.unit_id("lamps"), Part.LEAD), (city.unit_id("parks"), Part.ASSIST),
    ]  # fmt: skip
    page = dora.open(answer.response.headers["Location"])
    assert f"工单{number}已交市政处主办，园林局协办，3个工作日，10月15日 18:00 前。" in page.text
    assert page.offers(f"/{number}/recall")


def test_it_can_be_taken_back_until_the_unit_has_signed(city: City, dora: Person) -> None:
    number = city.accepted(text=LAMP, phone="+8613800005678")
    page = dora.open(press(dora, number, 1).response.headers["Location"])
    assert dora.send(page.form(f"/{number}/recall")).status == 303
    assert city.ticket(number).state is State.ACCEPTED and number in rows(dora.open(DESK))
    told = city.rows(sa.select(Message).where(Message.purpose.in_(("assigned", "unit_assigned"))))
    assert told and all(text.state is MessageState.CANCELLED for text in told), "what has not left does not leave"
    page = dora.open(press(dora, number, 1).response.headers["Location"])
    with city.work("hans") as work:
        handling.sign(work, number)
    assert "没有办成" in dora.open(dora.send(page.form(f"/{number}/recall")).response.headers["Location"]).text
    assert city.ticket(number).state is State.HANDLING
    assert not dora.open(f"{DESK}?assigned={number}").offers(f"/{number}/recall")


def test_pressed_twice_it_is_assigned_once(city: City, dora: Person) -> None:
    number = city.accepted(text=LAMP)
    page = dora.open(DESK)
    form = page.form(f"/{number}/assignment")
    value = re.findall(r'name="choice" value="([^"]*)"', page.html)[0]
    first, second = (dora.client.post(form.action, data=form.values | {"choice": value}) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert "已被他人处理" in dora.open(second.headers["Location"]).text
    assert city.steps(number).count("assign") == 1


@pytest.mark.parametrize("choice", ["", "x", "1", "::", f"{10**17}::", "1:2:三天", "1:2;3:", f"{'9' * 30}::"])
def test_a_choice_that_is_none_changes_nothing(city: City, dora: Person, choice: str) -> None:
    number = city.accepted(text=LAMP)
    form = dora.open(DESK).form(f"/{number}/assignment")
    answer = Page(dora.client.post(form.action, data=form.values | {"choice": choice}))
    assert answer.status == 303 and "没有办成" in dora.open(answer.response.headers["Location"]).text
    assert city.ticket(number).state is State.ACCEPTED


def test_returns_tell_who_gave_back_why_and_how_often(city: City, dora: Person) -> None:
    number = returned(city)
    page = dora.open(f"{DESK}?tab=returned")
    assert rows(page) == [number] and "退回 1 次" in page.text and f"市政处 退回：{NOT_OURS}" in page.text
    assert not rows(dora.open(f"{DESK}?tab=disputed"))
    assert "已退回：" in page.text, "and the one that gave it back is suggested last, with the reason"


def test_what_was_returned_twice_goes_to_a_designated_unit(city: City, dora: Person) -> None:
    number = returned(city, times=2)
    page = dora.open(f"{DESK}?tab=disputed")
    assert rows(page) == [number] and "指定承办，不能退回" in page.text
    press(dora, number, 1)
    turn = city.rows(sa.select(Assignment).where(Assignment.part == Part.LEAD).order_by(Assignment.id.desc()))[0]
    assert turn.designated


def test_requests_are_decided_in_the_queue(city: City, dora: Person) -> None:
    longer, later = city.handling(text=LAMP), city.handling(text="人民公园长椅损坏")
    with city.work("hans") as work:
        extending.request(work, longer, "配件还在路上")
        pausing.request(work, later, "道路封闭施工", at("2026-11-20 00:00").date())
    page = dora.open(f"{DESK}?tab=asked")
    assert set(rows(page)) == {longer, later} and "配件还在路上" in page.text and "市政处 冯市政" in page.text
    form = next(form for form in page.forms if form.action.endswith(f"/{longer}/decision"))
    assert dora.send(form, granted="true", opinion="同意").status == 303
    form = next(form for form in page.forms if form.action.endswith(f"/{later}/decision"))
    assert dora.send(form, granted="false", opinion="可先行修复").status == 303
    assert not rows(dora.open(f"{DESK}?tab=asked"))
    assert "grant_extension" in city.steps(longer) and "refuse_pause" in city.steps(later)
    assert dora.client.post(form.action, data=form.values | {"noun": "approval"}).status_code == 404


def test_of_two_who_decide_the_second_keeps_his_opinion(city: City, app: Flask, dora: Person) -> None:
    number = city.handling(text=LAMP)
    with city.work("hans") as work:
        extending.request(work, number, "配件还在路上")
    form = dora.open(f"{DESK}?tab=asked").form(f"/{number}/decision")
    long = dora.send(form, granted="true", opinion="长" * 4001)
    assert long.status == 422 and "没有办成" in long.text and "长" * 4001 in long.html
    assert long.form(f"/{number}/decision").values["opinion"] == ["长" * 4001]
    sven = Person(app, "sven")
    assert sven.send(sven.open(f"{DESK}?tab=asked").form(f"/{number}/decision"), granted="true").status == 303
    late = dora.send(form, granted="false", opinion="可先行修复")
    assert late.status == 409 and "没有办成" in late.text and "可先行修复" in late.html
    assert "refuse_extension" not in city.steps(number)


def test_a_part_of_a_page_is_never_the_log_in_page(app: Flask) -> None:
    assert app.test_client().get(f"{DESK}/1", headers={"HX-Request": "true"}).status_code == 401


def test_the_ticket_stands_beside_the_queue(city: City, dora: Person) -> None:
    number = city.accepted(text=LAMP, place="香溪路与大桥路口")
    other = city.accepted(text="香溪路大桥路口的路灯还是不亮", place="香溪路与大桥路口")
    pane = Page(dora.client.get(f"{DESK}/{number}", headers={"HX-Request": "true"}))
    assert pane.status == 200 and LAMP in pane.text and "推荐主办单位" in pane.text and "<h1" not in pane.html
    assert other in pane.html and pane.form(f"/{number}/merger").values["into"] == [other]
    plain = dora.open(f"{DESK}/{number}")
    assert plain.status == 302 and plain.response.headers["Location"].endswith(f"/tickets/{number}")


def test_a_page_asks_as_often_for_many_as_for_one(city: City, dora: Person) -> None:
    city.accepted(text=LAMP)
    few = statements(city, dora)
    codes = ("R0603", "R0602", "R1103")
    for place in range(6):
        number = city.accepted(text=f"{LAMP}，第{place}处", area=("云津区", "柳浪街道")[place % 2])
        with city.work() as work:
            category = work.rules.category_ids[codes[place % 3]]
            work.session.execute(sa.update(Ticket).where(Ticket.number == number).values(category_id=category))
    returned(city)
    assert statements(city, dora) == few


def statements(city: City, person: Person) -> int:
    person.open(DESK)  # the rules may be asked for anew
    with city.statements() as told:
        assert person.open(DESK).status == 200
    return len(told)


def test_the_next_page_goes_on_where_the_first_ended(city: City, dora: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "PAGE", 2)
    numbers = []
    for _ in range(5):
        numbers.append(city.accepted(text=LAMP))
        city.turn(minutes=20)
    seen, page = [], dora.open(DESK)
    while True:
        seen += rows(page)
        onwards = page.links("after=")
        if not onwards:
            break
        page = dora.open(onwards[0])
    assert seen == numbers
    back = dora.open(page.links("before=")[0])
    assert rows(back) == numbers[2:4]


def test_loads_count_all_that_lies_below(city: City) -> None:
    at_station = city.handling(text="一")
    with city.work("hans") as work:
        handling.transfer(work, at_station, city.unit_id("lamps-east"), "请办理")
    city.handling(text="二")
    returned(city)
    lamps, station, parks = (city.unit_id(key) for key in ("lamps", "lamps-east", "parks"))
    with city.work("dora") as work:
        assert dispatching.loads(work, [lamps, station, parks]) == {
            lamps: Load(2, 0, 1), station: Load(1, 0, 0), parks: Load(0, 0, 0),
        }  # fmt: skip
    city.turn(days=30)
    with city.work("dora") as work:
        assert dispatching.loads(work, [lamps])[lamps] == Load(2, 2, 0)
        assert dispatching.loads(work, []) == {}


def test_a_county_dispatches_its_own(city: City, app: Flask) -> None:
    city.accepted(text=LAMP)
    cora = Person(app, "cora")
    assert not rows(cora.open(DESK))
    number = city.accepted(text="人民公园长椅损坏")
    assert cora.open(f"{DESK}/{number}").status == 404
    pane = cora.client.get(f"{DESK}/{number}", headers={"HX-Request": "true"})
    assert pane.status_code == 404
    assert Person(app, "hans").open(DESK).status == Person(app, "olga").open(DESK).status == 404


def test_the_form_of_the_ticket_says_it_before_it_is_sent(city: City, dora: Person) -> None:
    number = city.accepted(text=LAMP)
    form = dora.ticket(number).form(f"/{number}/assignment")
    parks, lamps = city.unit_id("parks"), city.unit_id("lamps")
    seen = dora.send(form, unit_id=str(parks), assist_ids=[str(lamps)], limit="2个工作日", look="yes")
    assert seen.status == 200 and "交园林局主办，市政处协办，2个工作日，10月14日 18:00 前" in seen.text
    assert city.ticket(number).state is State.ACCEPTED


def test_what_has_no_promise_left_is_paged_like_the_rest(city: City, app: Flask) -> None:
    numbers = [city.accepted(text=f"第{place}处路灯不亮，请修复") for place in range(3)]
    with city.office.session() as session:
        session.execute(
            sa.update(Deadline)
            .where(Deadline.kind == DeadlineKind.DISPATCH)
            .values(void_at=city.now, void_reason="已受理")
        )
    with city.work("dora") as work:
        first = dispatching.queue(work, Tab.WAITING, size=2)
        then = dispatching.queue(work, Tab.WAITING, Place(after=first.after), size=2)
        back = dispatching.queue(work, Tab.WAITING, Place(before=then.before), size=2)
    assert [row.ticket.number for row in [*first, *then]] == numbers
    assert [row.ticket.number for row in back] == numbers[:2]


def test_why_a_unit_gave_it_back_is_covered_like_the_matter(city: City, dora: Person) -> None:
    number = city.accepted(text=LAMP)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "张建国（13912345678）反映的路灯属园林局，不属于我处职责")
    page = dora.open(f"{DESK}?tab=returned")
    pane = dora.client.get(f"{DESK}/{number}?tab=returned", headers={"HX-Request": "true"}).get_data(as_text=True)
    for shown in (page.html, pane):
        assert "反映的路灯属园林局" in shown and "13912345678" not in shown


def test_a_dispute_is_one_by_the_policy_of_its_ticket(city: City, dora: Person) -> None:
    """A newer version that allows more returns changes nothing for those accepted before."""
    number = returned(city, 2)
    with city.office.session() as session:
        old = session.scalars(sa.select(PolicyVersion).order_by(PolicyVersion.id.desc())).first()
        assert old is not None
        body = deepcopy(old.body)
        body["returns"]["times"] = 5
        body |= {"version": "从宽", "effective_from": f"{city.now:%Y-%m-%d}"}
        rulebook.store_policy(session, Policy.from_mapping(body), city.now)
    city.office.forget_rules()
    with city.work("dora") as work:
        assert work.rules.policy_at(work.now)[1].returns.times == 5
        (row,) = dispatching.queue(work, Tab.DISPUTED)
        assert row.ticket.number == number and all(choice.designated for choice in row.choices)
