"""What units and the centre are told by text: each turn of the chain that asks something of them, in their wording."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from config.wordings import load_wordings
from hotline.models import Ground, Message, MessageState, Unit
from hotline.services import (
    appealing,
    assigning,
    checking,
    extending,
    handling,
    pausing,
    replying,
    returning,
    reworking,
    supervising,
)
from hotline.services.vault import Vault
from tests.carrier import deliver
from tests.city import KEY, City
from tests.clockwork import PROJECT


def told(city: City) -> list[tuple[str, str, str]]:
    """Which wording, to which unit, in which words; oldest first."""
    with city.office.session() as session:
        rows = session.execute(sa.select(Message, Unit.key).join(Unit, Unit.id == Message.unit_id).order_by(Message.id))
        return [(row.purpose, key, Vault([KEY]).open(row.body_sealed)) for row, key in rows]


def last(city: City) -> tuple[str, str, str]:
    return told(city)[-1]


def ordered(city: City) -> str:
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "yellow", Ground.LEADER)
    return number


def returned(city: City) -> None:
    number = city.assigned()
    with city.work("hans") as work:
        returning.give_back_to_centre(work, number, "不属本单位，张小明13800001234可证")


def return_decided(granted: bool) -> Callable[[City], None]:
    def act(city: City) -> None:
        number = ordered(city)
        with city.work("hans") as work:
            returning.give_back_to_centre(work, number, "不属本单位职责")
        with city.work("sven") as work:
            returning.decide(work, number, granted, "应由你单位办理。")

    return act


def extension_decided(granted: bool) -> Callable[[City], None]:
    def act(city: City) -> None:
        number = city.handling()
        with city.work("hans") as work:
            extending.request(work, number, "配件需定制")
        with city.work("sven") as work:
            extending.decide(work, number, granted, "" if granted else "配件市内有售")

    return act


def paused(granted: bool) -> Callable[[City], str]:
    def act(city: City) -> str:
        number = city.handling()
        with city.work("hans") as work:
            pausing.request(work, number, "等待管线迁改", date(2026, 10, 31))
        with city.work("sven") as work:
            pausing.decide(work, number, granted, "可以先临时照明")
        return number

    return act


def resumed(city: City) -> None:
    number = paused(True)(city)
    with city.work("sven") as work:
        pausing.resume(work, number)


def explanation_refused(city: City) -> None:
    number = ordered(city)
    with city.work("hans") as work:
        supervising.explain(work, number, "人手不足，明日办结。")
    with city.work("sven") as work:
        supervising.decide_explanation(work, number, False, "没有整改措施")


def lifted(city: City) -> None:
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "remind", Ground.LEADER)
        supervising.lift(work, number, "已办好")


def reassigned(city: City) -> None:
    number = city.replied()
    with city.work("sven") as work:
        reworking.rework(work, number, "灯又不亮了")
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("parks"))


def designated(city: City) -> None:
    number = city.accepted()
    with city.work("sven") as work:
        assigning.assign(work, number, city.unit_id("lamps"), designated=True)


def recalled(city: City) -> None:
    number = city.assigned()
    deliver(city)
    with city.work("dora") as work:
        assigning.recall(work, number, "派错了")


def appealed(upheld: bool) -> Callable[[City], None]:
    def act(city: City) -> None:
        number = city.handling(wants_reply=False)
        city.turn(days=20)
        with city.work("hans") as work:
            handling.submit(work, number, "已更换灯头两只，恢复照明。")
        with city.work("sven") as work:
            checking.approve(work, number)
        with city.work("olga") as work:
            replying.reply(work, number, "您反映的路灯已修复，感谢监督。联系电话0320-0002101。")
        with city.work("hans") as work:
            appealing.appeal(work, number, "道路封闭，无法施工，有通知为证。")
        for who in ("sven", "sara")[: 2 if upheld else 1]:
            with city.work(who) as work:
                appealing.review(work, number, upheld, "封路不影响施工")

    return act


CASES = [
    (returned, "centre_returned", "center", "被市政处退回，请重新交办。理由：不属本单位"),
    (return_decided(True), "unit_return_granted", "lamps", "退回申请已同意"),
    (return_decided(False), "unit_return_refused", "lamps", "不同意退回，请继续办理。理由：应由你单位办理"),
    (extension_decided(True), "unit_extension_granted", "lamps", "同意延期，新的时限为"),
    (extension_decided(False), "unit_extension_refused", "lamps", "理由：配件市内有售"),
    (paused(True), "unit_pause_granted", "lamps", "同意挂账，10月31日后自动恢复"),
    (paused(False), "unit_pause_refused", "lamps", "不同意挂账，请继续办理。理由：可以先临时照明"),
    (resumed, "unit_resumed", "lamps", "已恢复办理，时限为"),
    (explanation_refused, "unit_explanation_refused", "lamps", "未通过，请补充后重新提交。原因：没有整改措施"),
    (lifted, "unit_lifted", "lamps", "督办已解除"),
    (reassigned, "unit_rework", "parks", "重新办理"),
    (designated, "unit_designated", "lamps", "指定由你单位承办，不得退回"),
    (recalled, "unit_recalled", "lamps", "已由热线中心收回"),
    (appealed(True), "unit_appeal_upheld", "lamps", "申诉成立"),
    (appealed(False), "unit_appeal_refused", "lamps", "申诉不成立。理由：封路不影响施工"),
]


@pytest.mark.parametrize(("act", "wording", "unit", "words"), CASES, ids=[case[1] for case in CASES])
def test_is_told(city: City, act: Callable[[City], object], wording: str, unit: str, words: str) -> None:
    act(city)
    purpose, key, text = last(city)
    assert (purpose, key) == (wording, unit) and words in text
    assert "张小明" not in text and "1380000" not in text


def test_a_unit_that_was_not_told_yet_is_not_told_that_it_is_over(city: City) -> None:
    number = city.assigned()
    with city.work("dora") as work:
        assigning.recall(work, number, "派错了")
    query = sa.select(Message.purpose).where(Message.unit_id.is_not(None), Message.state != MessageState.CANCELLED)
    assert city.rows(query) == []


def test_a_reason_that_nobody_wrote_leads_to_the_ticket(city: City) -> None:
    number = city.handling()
    with city.work("hans") as work:
        extending.request(work, number, "配件需定制")
    with city.work("sven") as work:
        extending.decide(work, number, False, "")
    assert last(city)[2].endswith("理由：见工单")


def test_every_text_of_the_file_is_sent_by_something() -> None:
    """Of units and the centre: one that nothing sends misleads whoever puts it in other words."""
    services = "".join(path.read_text() for path in (PROJECT / "hotline" / "services").rglob("*.py"))
    levels = {f"unit_{level}" for level in ("remind", "order", "yellow", "red", "exposure")}
    to_units = {name for name in load_wordings().names if name.startswith(("unit_", "centre_"))} - levels
    assert {name for name in to_units if f'"{name}"' not in services} == set()
    assert 'f"unit_{rung.level}"' in services
