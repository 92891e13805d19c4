"""同一件事 for the staff: what a new complaint may be about, why, and to whom that is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.workflow import State
from hotline.models import Channel, Clue, Complaint, RequestType, Ticket, Unit
from hotline.services import accepting, citizens, confirming, erasing, matching, merging, receiving, transcribing
from hotline.services.matching import Match, Query
from hotline.web.staff import alike
from tests.city import City
from tests.desk import Person, make_app

PHONE, OTHER_PHONE = "+8613812345678", "+8613987654321"
HERE, NEAR = (36.1950, 113.1170), (36.1953, 113.1172)
LAMP = "香溪路与大桥路口路灯不亮三天了"
MIXER = "滨河花园小区旁边的搅拌站噪音扬尘，夜里机器不停"


def look(city: City, text: str, who: str = "olga", **more: Any) -> list[Match]:
    with city.work(who) as work:
        return matching.same(work, Query(text, **more))


def beside(city: City, number: str, who: str = "olga") -> list[Match]:
    with city.work(who) as work:
        ticket = work.session.scalar(sa.select(Ticket).where(Ticket.number == number))
        assert ticket is not None
        return matching.same(work, ticket)


def numbers(found: list[Match]) -> list[str]:
    return [each.number for each in found]


def test_what_the_operator_is_told(city: City) -> None:
    number = city.handling(text=LAMP)
    city.turn(days=2)
    (found,) = look(city, "大桥路香溪路那个路口的路灯还是不亮")
    assert (found.number, found.state, found.state_label, found.heat) == (number, State.HANDLING, "处理中", 1)
    assert found.score >= 0.63 and found.likely and found.can_join
    assert found.reasons == ["都在大桥路、香溪路", "都说到“不亮、路灯”", "同一类问题", "相隔2天"]


def test_place_alone_is_wrong_and_so_are_words_alone(city: City) -> None:
    city.receive(text="香溪路井盖没了，很危险")
    city.receive(text="建设路路灯不亮")
    assert look(city, "香溪路路灯不亮") == []


def test_on_the_map_by_the_way_between(city: City) -> None:
    number = city.receive(text="路灯不亮", latitude=HERE[0], longitude=HERE[1]).number
    (found,) = look(city, "这边路灯不亮", latitude=NEAR[0], longitude=NEAR[1])
    assert found.number == number and "相距约50米" in found.reasons


def test_a_community_by_another_name(city: City) -> None:
    number = city.receive(text="金桂园·滨河苑旁边的搅拌站噪音扬尘，夜里机器不停").number
    (found,) = look(city, "金桂园滨河花园附近搅拌厂灰尘大、噪声大，机器一夜不停")
    assert found.number == number


def test_the_same_plate_wherever_it_stands(city: City) -> None:
    number = city.receive(text="建设路上晋E12345的渣土车抛洒滴漏").number
    (found,) = look(city, "晋E·12345渣土车沿途抛洒，路面全是泥", place="香溪路")
    assert found.number == number and found.reasons[0] == "同一车牌“晋E12345”"


def test_the_same_shop_without_a_street(city: City) -> None:
    number = city.receive(text="老张头烧烤店半夜油烟呛人").number
    city.receive(text="好再来烧烤店半夜油烟呛人")
    (found,) = look(city, "老张头烧烤店的油烟熏得睡不着")
    assert found.number == number and found.reasons[0] == "同一店名“老张头”"


def test_the_same_policy_without_any_place(city: City) -> None:
    number = city.receive(text="人才购房补贴申请不通过是什么原因").number
    city.receive(text="社保断缴能不能购房")
    (found,) = look(city, "咨询人才购房补贴，申请一直不通过")
    assert found.number == number and "同一事项“人才、补贴、购房”" in found.reasons


def test_the_same_caller_without_showing_the_number(city: City) -> None:
    number = city.receive(text="路灯不亮三天了", phone=PHONE).number
    city.receive(text="路灯不亮三天了", phone=OTHER_PHONE)
    (found,) = look(city, "上次说的路灯不亮，还没有人来", phone=PHONE)
    assert found.number == number and found.reasons[0] == "同一来电人"
    assert "138" not in str(found)


def test_on_the_page_stands_how_likely_it_is_and_why(city: City) -> None:
    number = city.receive(text=LAMP).number
    again = city.receive(text="大桥路香溪路那个路口的路灯不亮，没人来", phone=OTHER_PHONE).number
    (found,) = beside(city, again)
    app = make_app(city)
    text = Person(app, "olga").ticket(again).text
    assert found.number == number and found.likely
    assert f"很可能是同一件事，相似度{found.score * 100:.0f}%" in text and found.reasons[0] in text
    assert "诉求人将收到：" in text and "并入这件" in text, "what is joined with one key is told before"
    with app.test_request_context():
        (line,) = alike.lines([replace(found, score=0.551, likely=False)])
    assert line["how"] == "可能是同一件事，相似度55%"


class TestHowLong:
    def test_what_ended_lately_is_told_but_takes_nobody_in(self, city: City) -> None:
        number = city.receive(text=LAMP).number
        with city.work("olga") as work:
            accepting.decline(work, number, "不属本市受理范围", "省热线，电话12345")
        city.turn(days=29)
        (found,) = look(city, LAMP)
        assert found.number == number and not found.can_join
        assert found.reasons[-1] == "相隔29天，现已结束"
        city.turn(days=2)
        assert look(city, LAMP) == []

    def test_the_city_says_how_long(self, city: City) -> None:
        number = city.receive(text=LAMP).number
        with city.work("olga") as work:
            accepting.decline(work, number, "不属本市受理范围", "省热线，电话12345")
        city.turn(days=3)
        with city.work("olga") as work:
            work.recent = work.recent / 15
            assert matching.same(work, Query(LAMP)) == []

    def test_what_is_open_is_told_however_old(self, city: City) -> None:
        number = city.accepted(text=LAMP)
        city.turn(days=200)
        assert numbers(look(city, LAMP)) == [number]


class TestWhoIsTold:
    """What they may not see does not exist, and of what is confidential the units get not even a hint (design §7)."""

    def test_units_are_told_of_their_own_only(self, city: City) -> None:
        mine, theirs = city.handling(text=LAMP), city.handling(text=LAMP)
        foreign = city.assigned("parks", text=LAMP)
        assert set(numbers(beside(city, mine, "hans"))) == {theirs}
        assert set(numbers(beside(city, mine, "olga"))) == {theirs, foreign}

    @pytest.mark.parametrize("sealed", [{"confidential": True}, {"request_type": RequestType.REPORT}])
    def test_units_learn_nothing_of_what_is_sealed(self, city: City, sealed: dict[str, Any]) -> None:
        mine, secret = city.handling(text=LAMP), city.handling(text=LAMP, **sealed)
        assert beside(city, mine, "hans") == []
        assert beside(city, secret, "hans") == []
        assert numbers(beside(city, mine, "olga")) == [secret], "the centre sees them as it sees tickets"

    def test_units_do_not_learn_who_complained(self, city: City) -> None:
        mine = city.handling(text="香溪路路灯不亮，我是李明明，电话13812345678", phone=PHONE)
        city.handling(text="香溪路路灯不亮，我是李明明，电话13812345678", phone=PHONE)
        (found,) = beside(city, mine, "hans")
        assert "同一来电人" not in found.reasons and not found.can_join
        assert "李明明" not in str(found) and "138" not in str(found)

    @pytest.mark.parametrize("sealed", [{"confidential": True}, {"request_type": RequestType.REPORT}])
    def test_a_county_is_told_nothing_of_what_the_city_keeps_sealed(self, city: City, sealed: dict[str, Any]) -> None:
        """Its centre is a centre for its own tickets, and a unit for those of the city that it works on."""
        own = self.of_the_county(city, f"{LAMP}，晋E12345挡着")
        city.assigned("county-roads", text=LAMP, phone=PHONE, **sealed)
        assert beside(city, own, "cora") == []

    def test_a_county_learns_neither_caller_nor_plate_of_what_the_city_holds(self, city: City) -> None:
        own = self.of_the_county(city, f"{LAMP}，晋E12345挡着")
        citys = city.assigned("county-roads", text=f"{LAMP}，晋E12345一直停在那里", phone=PHONE)
        (found,) = beside(city, own, "cora")
        assert found.number == citys and "同一车牌" in found.reasons
        assert "同一来电人" not in found.reasons and "12345" not in str(found.reasons)
        (back,) = beside(city, citys, "cora")
        assert back.number == own and "同一来电人" not in back.reasons, "nor from the other side"
        (above,) = beside(city, own, "olga")
        assert above.reasons[:2] == ["同一来电人", "同一车牌“晋E12345”"]

    def test_a_county_does_not_learn_who_joined_in_confidence(self, city: City) -> None:
        own = self.of_the_county(city, LAMP)
        citys = city.assigned("county-roads", text=LAMP, phone=OTHER_PHONE)
        secret = city.receive(text=LAMP, phone=PHONE).number
        with city.work("olga") as work:
            merging.merge(work, secret, citys)
        with city.office.session() as session:
            session.execute(sa.update(Complaint).where(Complaint.number == secret).values(confidential=True))
        (found,) = beside(city, own, "cora")
        assert found.number == citys and "同一来电人" not in found.reasons

    def of_the_county(self, city: City, text: str) -> str:
        """A ticket that the county has taken in itself, of the caller `PHONE`."""
        id = city.unit_id("county")
        centre = (id, city.scalar(sa.select(Unit.path).where(Unit.id == id)))
        with city.work("citizen") as work:
            intake = receiving.Intake(text=text, channel=Channel.WEB, phone=PHONE, centre=centre)
            return receiving.receive(work, intake).number

    def test_a_named_unit_is_told_nothing(self, city: City) -> None:
        mine = city.handling(text=LAMP)
        named = city.receive(text=LAMP).number
        with city.work("olga") as work:
            settled = accepting.Classification(named_unit_ids=(city.unit_id("lamps"),))
            accepting.accept(work, named, settled)
        assert beside(city, mine, "hans") == []
        assert numbers(beside(city, mine)) == [named]
        assert [each.can_join for each in beside(city, named)] == [False], "the named unit would read it there"


class TestOnTheDraft:
    CALL = "坐席：您好，12319。\n市民：滨河花园小区旁边的搅拌站噪音太大，全是扬尘，夜里机器不停。\n"

    def test_a_call_is_joined_with_an_answer_of_its_own(self, city: City) -> None:
        number = city.handling(text=MIXER)
        with city.work("olga") as work:
            draft, _ = transcribing.send(work, self.CALL.encode(), transcribing.Call(caller="13812345678"))
            (found,) = matching.same(work, draft)
            assert found.number == number and found.can_join
            receipt = confirming.join(work, draft.id, transcribing.proposed(work, draft), found.number)
        assert receipt.number != number
        assert city.ticket(number).heat == 2
        with city.work("olga") as work:
            draft = transcribing.find(work, draft.id)
            assert matching.same(work, draft) == [], "what it has become is not told as another"


class TestTheCluesFollow:
    def keys(self, city: City, number: str) -> set[str]:
        return set(city.rows(sa.select(Clue.key).join(Ticket).where(Ticket.number == number)))

    def test_when_the_operator_corrects_the_place(self, city: City) -> None:
        number = city.receive(text="路灯不亮", place="香溪路").number
        with city.work("olga") as work:
            accepting.accept(work, number, accepting.Classification(place="建设路"))
        assert self.keys(city, number) == {"建设路"}
        assert city.ticket(number).place_keys == ["建设路"]
        assert numbers(look(city, "建设路路灯不亮")) == [number] and look(city, "香溪路路灯不亮") == []

    def test_when_the_citizen_adds_a_plate(self, city: City) -> None:
        receipt = city.receive(text="香溪路有渣土车抛洒")
        with city.work("citizen") as work:
            complaint, ticket = citizens.open_complaint(work, receipt.number, receipt.key)
            citizens.add(work, complaint, ticket, "车牌是晋E12345", Channel.WEB)
        assert self.keys(city, receipt.number) == {"香溪路", "车:晋E12345"}

    def test_when_it_is_joined_and_taken_apart_again(self, city: City) -> None:
        one = city.accepted(text="香溪路渣土车抛洒")
        other = city.accepted(text="建设路渣土车晋E12345抛洒")
        with city.work("olga") as work:
            merging.merge(work, other, one)
        assert self.keys(city, one) == {"香溪路", "车:晋E12345"}
        with city.work("olga") as work:
            merging.unmerge(work, other, "不是同一件事")
        assert self.keys(city, one) == {"香溪路"} and "车:晋E12345" in self.keys(city, other)

    def test_when_the_person_is_erased(self, city: City) -> None:
        receipt = city.receive(text="香溪路晋E12345渣土车抛洒")
        with city.work("olga") as work:
            accepting.decline(work, receipt.number, "不属本市受理范围", "省热线，电话12345")
        with city.work("citizen") as work:
            complaint, ticket = citizens.open_complaint(work, receipt.number, receipt.key)
            erasing.erase_on_request(work, complaint, ticket)
        assert self.keys(city, receipt.number) == set()


@pytest.mark.parametrize("text", ["。", "%_'\"\\", "香溪路" * 3000, "车:店:题:@1:1~"])
def test_odd_words_find_nothing_and_break_nothing(city: City, text: str) -> None:
    city.receive()
    assert look(city, text) == []


def test_neither_a_ticket_nor_what_was_joined_to_another_is_told_of_itself(city: City) -> None:
    one, other = city.accepted(text=LAMP), city.accepted(text=LAMP)
    with city.work("olga") as work:
        merging.merge(work, other, one)
    assert beside(city, one) == []
    assert [each.can_join for each in beside(city, other)] == [False], "it is joined already"


def test_the_likest_first_and_five_at_most(city: City) -> None:
    for _ in range(7):
        city.receive(text=LAMP)
    assert len(look(city, LAMP)) == 5
