"""市民被告知: every step of the chain that concerns those who complained reaches each of them by text, once."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from hotline.models import Citizen, Message
from hotline.services import accepting, assigning, extending, handling, merging, pausing, replying, reworking, sweeping
from tests.carrier import PHONE, deliver
from tests.city import City
from tests.conversation import answer, assign

OTHER = "+8613900001111"


def told(city: City, phone: str = PHONE) -> list[str]:
    """The wordings that went to that number, in order."""
    mark = city.office.vault.fingerprint(phone)
    query = sa.select(Message).where(Message.phone_print == mark, Message.direction == "out").order_by(Message.id)
    return [row.purpose for row in city.rows(query)]


def last(city: City, phone: str = PHONE) -> str:
    """What it said."""
    mark = city.office.vault.fingerprint(phone)
    query = sa.select(Message.body_sealed).where(Message.phone_print == mark).order_by(Message.id.desc()).limit(1)
    return city.office.vault.open(city.scalar(query))


def test_a_matter_that_goes_well(city: City) -> None:
    number = city.receive(phone=PHONE).number
    with city.work("olga") as work:
        accepting.accept(work, number)
    assert last(city) == f"【12319】编号{number}的诉求已受理，将于10月21日18时前答复您。", "by when"
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    assert last(city) == f"【12319】编号{number}的诉求已交市政处办理，办理时限为10月19日18时。", "to whom and by when"
    answer(city, number)
    assert last(city) == f"【12319】编号{number}的诉求答复如下：您反映的路灯已修复，感谢监督。"
    deliver(city)
    for _ in range(3):
        with city.work() as work:
            sweeping.ask_surveys(work)
    assert told(city) == ["received", "accepted", "assigned", "answered", "survey"]


def test_a_matter_that_is_not_ours_with_the_reason_and_whom_to_turn_to(city: City) -> None:
    number = city.receive(phone=PHONE).number
    with city.work("olga") as work:
        accepting.decline(work, number, "属于劳动争议", "劳动监察部门，电话12333")
    assert (
        last(city) == f"【12319】编号{number}的诉求不属本热线受理范围：属于劳动争议。请向劳动监察部门，电话12333反映。"
    )
    assert told(city) == ["received", "declined"]


def test_more_time_with_the_reason(city: City) -> None:
    number = city.handling(phone=PHONE)
    with city.work("hans") as work:
        extending.request(work, number, "配件需定制，预计三天到货")
    assert told(city)[-1] == "assigned", "asked for is not granted"
    with city.work("sven") as work:
        extending.decide(work, number, True, "同意")
    assert "因配件需定制，预计三天到货" in last(city) and "10月26日18时" in last(city)
    assert told(city) == ["received", "accepted", "assigned", "extended"]


def test_a_pause_and_its_end(city: City) -> None:
    number = city.handling(phone=PHONE)
    with city.work("hans") as work:
        pausing.request(work, number, "等待汛期结束", date(2026, 10, 30))
    with city.work("sven") as work:
        pausing.decide(work, number, True, "同意")
    assert "因等待汛期结束" in last(city) and "10月30日后" in last(city)
    city.turn(days=20)
    for _ in range(2):
        with city.work() as work:
            sweeping.resume_paused(work)
    assert told(city)[-2:] == ["paused", "resumed"]


def test_another_unit_is_told_with_its_own_time(city: City) -> None:
    number = city.handling(phone=PHONE)
    with city.work("hans") as work:
        handling.transfer(work, number, city.unit_id("lamps-east"), "属东站路段")
    assert "市政处东站" in last(city)
    assert told(city) == ["received", "accepted", "assigned", "assigned"]


def test_everybody_who_complains_of_the_same_is_told_the_same(city: City) -> None:
    first, second = city.receive(phone=PHONE).number, city.receive(phone=OTHER).number
    with city.work("olga") as work:
        merging.merge(work, second, first)
    assign(city, first)
    answer(city, first)
    assert told(city) == ["received", "accepted", "assigned", "answered"]
    assert told(city, OTHER) == ["received", "joined", "accepted", "assigned", "answered"]
    assert second in last(city, OTHER) and first not in last(city, OTHER), "each by his own number"
    with city.work("sven") as work:
        reworking.rework(work, first, "现场仍有两盏不亮")
    assert told(city)[-1] == told(city, OTHER)[-1] == "reworked"


def test_who_was_joined_to_another_matter_is_told_that_it_was_not_the_same(city: City) -> None:
    into, number = city.accepted(), city.receive(phone=PHONE).number
    with city.work("olga") as work:
        merging.merge(work, number, into)
    deliver(city)
    with city.work("sven") as work:
        merging.unmerge(work, number, "不是同一处")
    assert told(city) == ["received", "joined", "separated"]


def test_what_was_taken_back_before_it_was_told_is_not_told(city: City) -> None:
    into, number = city.accepted(), city.receive(phone=PHONE).number
    with city.work("olga") as work:
        merging.merge(work, number, into)
    with city.work("sven") as work:
        merging.unmerge(work, number, "不是同一处")
    carried = deliver(city)
    assert told(city) == ["received", "joined"] and carried == 1, "the second is cancelled"


def test_nobody_is_told_after_unsubscribing_or_without_a_number(city: City) -> None:
    number = city.receive(phone=PHONE).number
    city.receive(name="王女士")
    with city.office.session() as session:
        session.execute(sa.update(Citizen).values(opted_out_at=city.now))
    assign(city, number)
    with city.work("olga") as work:
        replying.note(work, number, "诉求人已退订")
    assert told(city) == ["received"]
