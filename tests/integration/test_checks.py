"""核查 and 书面说明: one after the other; nobody's words are lost, nothing is decided twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hotline.domain.workflow import State
from hotline.models import DeadlineKind, Ground
from hotline.services import checking, deciding, handling, supervising
from tests.city import City
from tests.desk import Person, make_app


@pytest.fixture
def sven(city: City) -> Person:
    return Person(make_app(city), "sven")


def explained(city: City, demand: str = "请三日内修复。") -> str:
    """A ticket whose unit has written to its order."""
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "order", Ground.LEADER, demand)
    with city.work("hans") as work:
        supervising.explain(work, number, "因灯具缺货，已于今日到货，明日修复。")
    return number


def test_the_result_stands_beside_the_complaint(city: City, sven: Person) -> None:
    number = city.submitted(text="香溪路路灯不亮，晚上很黑")
    page = sven.open("/desk/checks")
    assert page.status == 200
    for words in (number, "香溪路路灯不亮", "已更换灯头两只", "市政处", "没有附照片", "核查通过", "退回重新办理"):
        assert words in page.text, words
    assert re.findall(r'data-key="(\w)" data-key-aims', page.html) == ["a", "b"], "a letter alone decides nothing"


def test_who_approves_against_a_serious_remark_says_why(city: City, sven: Person) -> None:
    number = city.handling(text="香溪路路灯不亮，晚上很黑")
    with city.work("hans") as work:
        handling.submit(work, number, "已收到，不归我们管。")
    page = sven.open("/desk/checks")
    wanted = "请写明核实情况和通过的理由"
    assert wanted in page.text and "通过的意见 （选填）" not in page.text
    answer = sven.send(page.form("/approval"), opinion=" ")
    assert answer.status == 422 and city.ticket(number).state is State.SUBMITTED
    assert 'href="#f-approval-opinion"' in answer.html and wanted in answer.text
    assert sven.send(answer.form("/approval"), opinion="已到现场核实，路灯已亮。").status == 303
    assert city.ticket(number).state is State.RESOLVED


def test_after_each_decision_the_next_one_comes(city: City, sven: Person) -> None:
    numbers = []
    for place in range(3):
        numbers.append(city.submitted(text=f"第{place}处路灯不亮，请修复"))
        city.turn(minutes=30)
    page = sven.open("/desk/checks")
    seen = []
    for noun, typed in (
        ("approval", {}),
        ("rejection", {"reason": "照片不是现场的，请重拍。"}),
        ("approval", {"opinion": "已到现场看过。"}),
    ):
        form = page.form(f"/{noun}")
        seen.append(next(number for number in numbers if f"/{number}/" in form.action))
        answer = sven.send(form, **typed)
        assert answer.status == 303, answer.text
        page = sven.open(answer.response.headers["Location"])
    assert seen == numbers, "what is due first comes first"
    assert [city.ticket(number).state for number in numbers] == [State.RESOLVED, State.HANDLING, State.RESOLVED]
    assert "没有待核查的结果" in page.text


def test_a_reason_is_needed_and_nothing_typed_is_lost(city: City, sven: Person) -> None:
    number = city.submitted()
    answer = sven.send(sven.open("/desk/checks").form("/rejection"), reason=" ")
    assert answer.status == 422 and "请写明退回的原因，例如：现场仍有积水" in answer.text
    answer = sven.send(sven.open("/desk/checks").form("/rejection"), reason="缺")
    assert answer.status == 422 and answer.form("/rejection").values["reason"] == ["缺"]
    assert city.ticket(number).state is State.SUBMITTED


def test_who_comes_second_is_told_and_keeps_his_words(city: City, sven: Person) -> None:
    number, other = city.submitted(), city.submitted(text="另一处的井盖破损了，请修复")
    page = sven.open(f"/desk/checks/{number}")
    with city.work("sara") as work:
        checking.approve(work, number)
    answer = sven.send(page.form("/rejection"), reason="照片不是现场的，请重拍。")
    assert answer.status == 409
    assert "不再待核查" in answer.text and "照片不是现场的" in answer.text
    assert other in answer.text, "the next one stands there already"
    assert city.ticket(number).state is State.RESOLVED
    led = sven.open(f"/desk/checks/{number}")
    assert led.status == 303 and "不再待核查" in sven.open("/desk/checks").text


def test_what_was_sent_back_and_came_again_is_looked_at_again(city: City, sven: Person) -> None:
    """The form is of the result that was seen: another result is not approved by it."""
    number = city.submitted()
    page = sven.open("/desk/checks")
    with city.work("sara") as work:
        checking.send_back(work, number, "照片不是现场的，请重拍。")
    with city.work("hans") as work:
        handling.submit(work, number, "已重新拍照，路灯恢复照明。")
    answer = sven.send(page.form("/approval"), opinion="情况属实")
    assert answer.status == 409 and "已重新拍照" in answer.text
    assert answer.form("/approval").values["opinion"] == ["情况属实"]
    assert sven.send(answer.form("/approval")).status == 303
    assert city.ticket(number).state is State.RESOLVED


@pytest.mark.parametrize(
    ("login", "status"), [("olga", 200), ("sven", 200), ("dora", 404), ("hans", 404), ("lena", 404)]
)
def test_whose_page_it_is(city: City, login: str, status: int) -> None:
    person = Person(make_app(city), login)
    assert person.open("/desk/checks").status == status
    assert person.open("/desk/checks/20261012999999").status == 404


def test_a_county_checks_only_its_own(city: City) -> None:
    from tests.integration.test_supervision_page import a_supervisor_of

    city_own = city.submitted()
    cleo = Person(make_app(city), a_supervisor_of(city, "county", "cleo"))
    assert "没有待核查的结果" in cleo.open("/desk/checks").text
    assert cleo.open(f"/desk/checks/{city_own}").status == 404


def test_an_explanation_is_accepted_or_written_again(city: City, sven: Person) -> None:
    number, other = explained(city), explained(city, "请立即修复。")
    page = sven.open("/desk/explanations")
    assert "因灯具缺货" in page.text and "请三日内修复。" in page.text
    answer = sven.send(page.form(f"/{number}/acceptance"))
    assert answer.status == 303
    page = sven.open(answer.response.headers["Location"])
    assert other in page.text
    for words in ("通过的意见 （选填）", "退回的原因"):
        assert words in page.text, words
    bare = sven.send(page.form(f"/{other}/refusal"))
    assert bare.status == 422 and "请写明退回的原因，例如" in bare.text
    assert sven.send(page.form(f"/{other}/refusal"), opinion="没有写明整改措施。").status == 303
    assert "没有待审核的书面说明" in sven.open("/desk/explanations").text
    assert city.steps(number)[-1] == "accept_explanation" and city.steps(other)[-1] == "refuse_explanation"


def test_who_judges_an_explanation_second_keeps_his_words_and_no_more(city: City, sven: Person) -> None:
    number = explained(city)
    page = sven.open("/desk/explanations")
    with city.work("sara") as work:
        supervising.decide_explanation(work, number, True, "")
    answer = sven.send(page.form(f"/{number}/refusal"), opinion="没有写明整改措施。")
    assert answer.status == 409 and "没有写明整改措施。" in answer.text
    assert "不同意" not in answer.text, "what the button said is no word of his"


def test_as_many_statements_for_many_as_for_few(city: City, sven: Person) -> None:
    def asked() -> list[int]:
        counts = []
        for address in ("/desk/checks", "/desk/explanations"):
            sven.open(address)
            with city.statements() as statements:
                assert sven.open(address).status == 200
            counts.append(len(statements))
        return counts

    city.submitted(confidential=True)
    explained(city)
    city.submitted()
    before = asked()
    for _ in range(3):
        city.submitted(confidential=True)
        explained(city)
    assert asked() == before


def test_one_that_waits_behind_all_that_are_named_still_waits(
    city: City, sven: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = city.submitted(text="第一处路灯不亮，请修复"), city.submitted(text="第二处路灯不亮，请修复")
    monkeypatch.setattr(deciding, "MOST", 1)
    page = sven.open("/desk/checks")
    assert first in page.text and last not in page.text and "还有 2 件" in page.text
    page = sven.open(f"/desk/checks/{last}")
    assert page.status == 200 and page.offers(f"/{last}/approval")
    answer = sven.send(page.form(f"/{last}/rejection"), reason=" ")
    assert answer.status == 422 and answer.offers(f"/{last}/rejection"), "it stays there with what was typed"
    assert sven.send(page.form(f"/{last}/approval")).status == 303
    assert city.ticket(last).state is State.RESOLVED


def test_what_is_to_be_done_counts_what_its_list_shows(city: City, sven: Person) -> None:
    """Results and explanations, each ticket once, with how many of them press."""
    city.submitted()
    due = city.deadlines(city.submitted(), DeadlineKind.CHECK)[-1].due_at
    number = city.handling()
    for level in ("order", "red"):
        with city.work("sven") as work:
            supervising.supervise(work, number, level, Ground.REPEATED)
    with city.work("hans") as work:
        supervising.explain(work, number, "已另外安排人员，明日修复。")

    def told() -> str:
        return sven.open("/desk/supervision").text

    assert "结果待核查 2 件" in told() and "核查时限已过" not in told()
    assert "书面说明待审核 1 件" in told(), "two orders of one ticket are judged together"
    city.now = due + timedelta(seconds=1)
    assert "结果待核查 2 件，其中核查时限已过 2 件" in told()
    for address, count in (("/desk/checks", 2), ("/desk/explanations", 1)):
        assert f"还有 {count} 件" in sven.open(address).text
    lena = Person(make_app(city), "lena").open("/desk/supervision")
    assert "待核查" not in lena.text, "whose page it is not is not sent there"
