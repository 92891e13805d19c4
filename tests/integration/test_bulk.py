"""成批办理: chosen in the list, seen beforehand, done one by one; what did not go says why and can be tried again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import State
from hotline.models import DeadlineKind, Event, SentForm, Supervision, Ticket
from hotline.services import accepting, assigning, extending, handling, in_bulk
from hotline.web.resources import BY_NOUN
from hotline.web.staff import bulk
from tests.city import City
from tests.desk import Page, Person, make_app


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def choose(person: Person, noun: str, *numbers: str, **more: str) -> Page:
    """Tick these rows of the list and choose the step."""
    form = person.open("/desk/tickets?view=all").form("/desk/bulk")
    return person.send(form, noun=noun, number=list(numbers), **more)


def told(page: Page) -> dict[str, str]:
    """What stands in the last cell of each row, by number."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.html, re.DOTALL)
    cells = {re.sub(r"<[^>]*>", "", row): row for row in rows}
    found = {}
    for words, row in cells.items():
        if number := re.search(r"\d{14}", words):
            last = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[-1]
            found[number.group()] = " ".join(re.sub(r"<[^>]*>", "", last).split())
    return found


def state(city: City, *numbers: str) -> list[State]:
    return [city.ticket(number).state for number in numbers]


def test_several_are_signed_for_at_once_and_the_rest_say_why(city: City, app: Flask) -> None:
    one, two, signed = city.assigned(), city.assigned(), city.handling()
    hans = Person(app, "hans")
    page = choose(hans, "signature", one, two, signed)
    assert page.status == 200 and "可以办理 2 件" in page.text and "不能办理 1 件" in page.text
    assert told(page) == {one: "可以办理", two: "可以办理", signed: "不能办理 工单现为“处理中”，不能进行“签收”。"}
    assert state(city, one, two) == [State.ASSIGNED] * 2, "nothing was done yet"
    report = hans.send(page.form("/bulk/signature"))
    assert "办理了 2 件" in report.text and state(city, one, two) == [State.HANDLING] * 2
    assert 'data-draft-done="/desk/bulk/signature"' in report.html, "the device forgets the words"
    assert city.steps(signed).count("sign") == 1


def test_a_form_that_is_sent_again_takes_no_ticket_twice(city: City, app: Flask) -> None:
    one, two = city.handling(), city.handling()
    sven = Person(app, "sven")
    form = choose(sven, "note", one, two).form("/bulk/note")
    first = sven.send(form, text="已电话催办。")
    again = sven.send(form, text="已电话催办。")
    assert "办理了 2 件" in first.text and "办理了 2 件" in again.text
    assert set(told(again).values()) == {"此前已由这张表单办理，没有重复办理。"}
    assert city.steps(one).count("note") == city.steps(two).count("note") == 1
    other = choose(sven, "note", one).form("/bulk/note")
    sven.send(other, text="再次催办。")
    assert city.steps(one).count("note") == 2, "another form is another note"


def test_other_words_in_the_same_form_are_refused_and_can_be_sent_anew(city: City, app: Flask) -> None:
    one, two = city.handling(), city.handling()
    sven = Person(app, "sven")
    form = choose(sven, "note", one, two).form("/bulk/note")
    sven.send(form, text="已电话催办。", ticket=form.values["ticket"][:1])
    page = sven.send(form, text="请今天到场。")
    assert "内容与现在不同" in told(page)[one] and "办理了 1 件" in page.text
    again = sven.send(page.form("/desk/bulk")).form("/bulk/note")
    assert again.values["text"] == ["请今天到场。"] and again.values["key"] != form.values["key"]
    assert "办理了 1 件" in sven.send(again).text
    assert city.steps(one).count("note") == 2 and city.steps(two).count("note") == 1


@pytest.mark.parametrize("key", ["", "1", "x" * 5000])
def test_a_form_that_has_lost_its_key_comes_back_with_one(city: City, app: Flask, key: str) -> None:
    number, sven = city.handling(), Person(app, "sven")
    form = choose(sven, "note", number).form("/bulk/note")
    answer = sven.send(form, text="请今天到场。", key=key)
    assert answer.status == 422 and "还没有办理" in answer.text and city.steps(number).count("note") == 0
    back = answer.form("/bulk/note")
    assert back.values["text"] == ["请今天到场。"] and "办理了 1 件" in sven.send(back).text
    assert "没有重复办理" in sven.send(back).text and city.steps(number).count("note") == 1


def test_nothing_typed_is_lost_and_nobody_left_out_comes_back_in(city: City, app: Flask) -> None:
    one, two = city.accepted(), city.accepted()
    dora = Person(app, "dora")
    form = choose(dora, "assignment", one, two).form("/bulk/assignment")
    only = [value for value in form.values["ticket"] if value.startswith(one)]
    answer = dora.send(form, ticket=only, unit_id="", instruction="请今天到场", limit="十个苹果")
    assert answer.status == 422 and "请选择主办单位" in answer.text
    back = answer.form("/bulk/assignment")
    assert back.values["instruction"] == ["请今天到场"] and back.values["limit"] == ["十个苹果"]
    assert back.values["ticket"] == only and back.values["number"] == [one, two], "the other stays, unticked"
    assert back.values["key"] == form.values["key"]


def test_the_preview_tries_everything_and_changes_nothing(city: City, app: Flask) -> None:
    kept, named = city.accepted(), city.receive(text="园林局工人砍树扰民").number
    with city.work("olga") as work:
        accepting.accept(work, named, accepting.Classification(named_unit_ids=(city.unit_id("parks"),)))
    dora = Person(app, "dora")
    page = choose(dora, "assignment", kept, named)
    assert "处理时限" in page.text and "工作日" in page.text, "each with its own limit"
    before = city.scalar(sa.select(sa.func.count()).select_from(Event))
    tried = dora.send(page.form("/bulk/assignment"), unit_id=str(city.unit_id("parks")), look="yes")
    assert "这是预览，还没有办理" in tried.text
    assert told(tried)[kept] == "可以办理" and "应当回避" in told(tried)[named]
    assert city.scalar(sa.select(sa.func.count()).select_from(Event)) == before
    assert city.scalar(sa.select(sa.func.count()).select_from(SentForm)) == 0
    assert state(city, kept, named) == [State.ACCEPTED] * 2
    report = dora.send(tried.form("/bulk/assignment"), unit_id=str(city.unit_id("parks")))
    assert "办理了 1 件" in report.text and state(city, kept, named) == [State.ASSIGNED, State.ACCEPTED]


def test_what_somebody_else_did_meanwhile_is_told_and_can_be_tried_again(city: City, app: Flask) -> None:
    one, two = city.accepted(), city.accepted()
    dora = Person(app, "dora")
    form = choose(dora, "assignment", one, two).form("/bulk/assignment")
    with city.work("dora") as work:
        assigning.assign(work, one, city.unit_id("parks"))
        assigning.recall(work, one, "派错了单位")
    lamps = str(city.unit_id("lamps"))
    report = dora.send(form, unit_id=lamps, instruction="今天办结")
    assert "没有办理 1 件" in report.text and "工单已被他人处理" in told(report)[one]
    assert state(city, one, two) == [State.ACCEPTED, State.ASSIGNED]
    again = dora.send(report.form("/desk/bulk"))
    assert told(again) == {one: "可以办理"}
    once_more = again.form("/bulk/assignment")
    assert once_more.values["unit_id"] == [lamps] and once_more.values["instruction"] == ["今天办结"]
    assert "办理了 1 件" in dora.send(once_more).text


def test_levels_only_rise_also_for_many(city: City, app: Flask) -> None:
    low, high = city.handling(), city.handling()
    sven = Person(app, "sven")
    sven.send(choose(sven, "supervision", high).form("/bulk/supervision"), level="red", ground="leader")
    report = sven.send(
        choose(sven, "supervision", low, high).form("/bulk/supervision"), level="yellow", ground="leader"
    )
    assert "督办等级只升不降" in told(report)[high]
    assert sorted(row.level for row in city.rows(sa.select(Supervision))) == ["red", "yellow"]


def test_who_has_the_highest_level_cannot_be_ordered_again(city: City, app: Flask) -> None:
    low, high = city.handling(), city.handling()
    sven = Person(app, "sven")
    with city.work("sven") as work:
        highest = work.rules.policy_at(work.now)[1].ladder[-1].level
    sven.send(choose(sven, "supervision", high).form("/bulk/supervision"), level=highest, ground="leader")
    page = choose(sven, "supervision", low, high)
    assert told(page) == {low: "可以办理", high: "不能办理 督办已是最高等级，没有更高的等级可选。"}
    alone = choose(sven, "supervision", high)
    assert "可以办理 0 件" in alone.text and "没有可选的内容" not in alone.text


@pytest.mark.parametrize(("query", "ground"), [("view=over", "overdue"), ("view=all", "other"), ("", "other")])
def test_orders_out_of_a_list_of_what_is_late_say_so(city: City, app: Flask, query: str, ground: str) -> None:
    number, sven = city.handling(), Person(app, "sven")
    form = choose(sven, "supervision", number, query=query).form("/bulk/supervision")
    assert form.values["ground"] == [ground]


def test_extensions_are_decided_together(city: City, app: Flask) -> None:
    asked, other = city.handling(), city.handling()
    with city.work("hans") as work:
        extending.request(work, asked, "等待配件")
    dora = Person(app, "dora")
    page = choose(dora, "extension/decision", asked, other)
    assert told(page)[other] == "不能办理 没有待审批的延期申请。"
    assert "办理了 1 件" in dora.send(page.form("/bulk/extension/decision"), granted="true").text


def test_a_person_is_named_for_several(city: City, app: Flask) -> None:
    one, two = city.handling(), city.handling()
    hans = Person(app, "hans")
    page = choose(hans, "handler", one, two)
    assert "孟东站" in page.text and "林园林" not in page.text
    assert "办理了 2 件" in hans.send(page.form("/bulk/handler"), staff_id=str(city.actor("hugo").id)).text


def test_the_page_and_all_that_is_found_can_be_chosen(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [city.assigned() for _ in range(4)]
    hans = Person(app, "hans")
    assert set(told(choose(hans, "signature", scope="page"))) == set(found)
    monkeypatch.setattr(bulk, "MOST", 3)
    page = choose(hans, "signature", scope="all")
    assert len(told(page)) == 3 and "一次最多办理 3 件" in page.text
    none = choose(hans, "signature")
    assert none.status == 303 and "请先勾选工单" in hans.open(none.response.headers["Location"]).text


def test_who_can_go_is_seen_in_as_many_statements_for_many_as_for_two(city: City) -> None:
    numbers = [city.assigned() for _ in range(12)]
    steps = BY_NOUN["signature"].steps

    def asked(chosen: list[str]) -> int:
        with city.statements() as statements, city.work("hans") as work:
            found = in_bulk.look(work, chosen, steps)
        assert [each.ticket.number for each in found] == chosen and not any(each.why_not for each in found)
        return len(statements)

    assert asked(numbers) == asked(numbers[:2])


def test_what_is_not_ones_own_does_not_exist(city: City, app: Flask) -> None:
    ours, theirs = city.assigned(), city.assigned("parks")
    hans = Person(app, "hans")
    page = choose(hans, "signature", ours, theirs, "99999999999999")
    assert set(told(page)) == {ours}
    form = page.form("/bulk/signature")
    report = hans.send(form, ticket=[*form.values["ticket"], f"{theirs}~3"])
    assert "没有找到这件工单" in told(report)[theirs] and state(city, ours, theirs) == [State.HANDLING, State.ASSIGNED]
    assert choose(hans, "approval", ours).status == 404, "no step of this role"
    assert hans.send(form, ticket=[], number=[ours]).status == 303
    data = {"csrf_token": form.values["csrf_token"], "noun": "note", "number": ours}
    lena = Person(app, "lena")
    data["csrf_token"] = lena.open("/desk/tickets").form("/logout").values["csrf_token"]
    assert lena.client.post("/desk/bulk", data=data).status_code == 404
    assert hans.open("/desk/bulk").status == hans.open("/desk/bulk/signature").status == 302


def test_what_is_confidential_is_covered_here_too(city: City, app: Flask) -> None:
    number = city.assigned(text="我叫张三丰，电话13812345678，举报夜间倾倒渣土", confidential=True)
    page = choose(Person(app, "hans"), "signature", number)
    assert number in page.html and "13812345678" not in page.html


@pytest.mark.parametrize("who", ["olga", "dora", "hans", "sven"])
def test_each_role_is_offered_its_own_steps_and_each_opens(city: City, app: Flask, who: str) -> None:
    number = city.handling()
    person = Person(app, who)
    offered = bulk.offered(city.actor(who))
    assert offered
    for step in offered:
        page = choose(person, step["value"], number)
        assert page.status == 200 and step["label"] in page.text, step
    assert {"supervision"} <= {step["value"] for step in bulk.offered(city.actor("sven"))}
    assert "supervision" not in {step["value"] for step in bulk.offered(city.actor("hans"))}


def test_a_step_taken_in_bulk_is_the_step_itself(city: City, app: Flask) -> None:
    number = city.handling()
    with city.work("hans") as work:
        handling.submit(work, number, "已修复，恢复照明。")
    sven = Person(app, "sven")
    sven.send(choose(sven, "approval", number).form("/bulk/approval"), opinion="现场核实无误")
    (event,) = city.rows(sa.select(Event).join(Ticket).where(Event.step == "approve"))
    assert event.actor_name == "周督办" and city.ticket(number).state is State.RESOLVED


def test_orders_for_several_lead_back_to_the_list_that_they_were_chosen_in(city: City, app: Flask) -> None:
    number = city.assigned()
    city.now = city.deadlines(number, DeadlineKind.SIGN)[0].due_at + timedelta(hours=1)
    sven = Person(app, "sven")
    here = "/desk/supervision/items?over=yes"
    chosen = next(form for form in sven.open(f"{here}&chosen=yes").forms if "number" in form.names)
    page = sven.send(chosen, noun="supervision")
    assert here in page.links("/desk/supervision") and not page.links("/desk/tickets?")
    form = page.form("/bulk/supervision")
    assert here in sven.send(form, look="yes").links("/desk/supervision"), "nor is it lost on the way"
    assert here in sven.send(form, level=["yellow"], demand="请今天签收。").links("/desk/supervision")
    assert sven.send(chosen, number=[], noun="supervision").response.headers["Location"] == here
    for foreign in (
        "https://evil.example/desk/",
        "//evil.example/desk/",
        "/desk/\\evil",
        "/desk/a\r\nb",
        "javascript:1",
    ):
        page = Page(sven.client.post(chosen.action, data=chosen.values | {"noun": "supervision", "back": foreign}))
        assert page.status == 200 and page.links("/desk/tickets?") and not page.links("evil"), foreign
