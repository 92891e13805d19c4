"""推荐主办单位: what speaks for a unit, who is never suggested, what it costs, and what is written down of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.cli import city as city_command
from hotline.domain.errors import Invalid
from hotline.models import DispatchRule, Event, Ticket, Unit
from hotline.services import accepting, assigning, cataloguing, hand, handling, learning, returning, routing
from hotline.services.routing import Routes
from tests.city import City

LAMP = "B0137"
LAMPS = {"category": LAMP, "lead": "lamps", "assist": ["parks"], "limit": "3 working_days", "note": "市政〔2025〕3号"}


def catalogue(city: City, *rows: Mapping[str, Any]) -> None:
    """The city's whole catalogue."""
    with city.office.session() as session:
        cataloguing.replace(session, list(rows))


def a_lamp(city: City, area: str = "", category: str = LAMP, **more: Any) -> str:
    """An accepted complaint of a dark lamp, in an area."""
    number = city.receive(**more).number
    with city.work("olga") as work:
        settled = accepting.Classification(category_id=work.rules.category_ids[category], area=area)
        accepting.accept(work, number, settled)
    return number


def routes(city: City, number: str, **changed: Any) -> Routes:
    """The suggestions to the dispatcher, with some of the ticket's columns `changed` first."""
    with city.work("dora") as work:
        ticket = hand.find(work, number)
        for name, value in changed.items():
            setattr(ticket, name, value)
        return routing.routes(work, ticket)


def names(found: Routes) -> list[str]:
    return [unit.name for unit in found.units]


def give_back(city: City, number: str, unit: str, person: str, reason: str) -> None:
    """Assigned to the unit, which returns it."""
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id(unit))
    with city.work(person) as work:
        returning.give_back_to_centre(work, number, reason)


def test_nothing_is_suggested_out_of_nothing(city: City) -> None:
    assert routes(city, a_lamp(city)) == Routes([], [])


def test_the_catalogue_speaks_first_with_assists_limit_and_its_reason(city: City) -> None:
    catalogue(city, LAMPS, {"category": "B01", "lead": "parks"})
    first, second = routes(city, a_lamp(city)).units
    assert (first.name, first.assist_ids) == ("市政处", (city.unit_id("parks"),))
    assert first.limit is not None and first.limit.label == "3个工作日"
    assert first.reasons == ("派单目录：类别“路灯”（市政〔2025〕3号）",)
    assert (second.name, second.reasons) == ("园林局", ("派单目录：大类“公用设施”",))
    assert 1 > first.score > second.score > 0


def test_without_a_category_the_likely_one_is_asked_and_it_is_said(city: City) -> None:
    catalogue(city, {"words": ["路灯"], "lead": "parks"}, {"category": "R02", "lead": "lamps"})
    number = city.accepted(text="物业乱收费，物业费涨价没有公示")
    assert "派单目录：类别尚未确定，大类“物业管理”" in routes(city, number).units[0].reasons[0]


def test_earlier_tickets_speak_with_how_many_came_back(city: City) -> None:
    for area in ("东区", "东区", "西区"):
        number = a_lamp(city, area)
        with city.work("dora") as work:
            assigning.assign(work, number, city.unit_id("lamps"))
    give_back(city, a_lamp(city, "东区"), "lamps", "hans", "不属本单位管养")
    found = routes(city, a_lamp(city, "东区"))
    assert names(found) == ["市政处", "市政处东站"]
    reason = "办过的同类工单：近期“路灯”由本单位办理 3 件，其中东区 2 件；退回过 1 件"
    assert found.units[0].reasons == (reason,)
    assert found.units[1].reasons == ("位于东区，是市政处在该片区的站所",)
    catalogue(city, {"category": LAMP, "lead": "parks"})
    assert names(routes(city, a_lamp(city, "东区")))[0] == "园林局", "what was decided goes before what was done"


def test_what_was_learned_speaks_with_its_words(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    parks, outside = city.unit_id("parks"), city.unit_id("center")
    heard = [(parks, 0.8, ("灯杆", "歪了")), (outside, 0.2, ())]
    monkeypatch.setattr(learning, "units_for", lambda work, text, area, category_id, among: heard)
    found = routes(city, a_lamp(city))
    assert names(found) == ["园林局"], "the centre itself is nobody to assign to"
    assert found.units[0].reasons == ("从以往办件学到：说到“灯杆”“歪了”的诉求多由本单位办理",)


def test_an_area_with_a_county_centre_of_its_own(city: City) -> None:
    assert names(routes(city, a_lamp(city, "东县"))) == ["东县中心"]


def test_who_has_given_it_back_comes_last_and_why(city: City) -> None:
    catalogue(city, LAMPS, {"category": "B01", "lead": "parks"})
    number = a_lamp(city)
    give_back(city, number, "lamps", "hans", "属园林景观灯")
    found = routes(city, number)
    assert names(found) == ["园林局", "市政处"]
    assert found.units[1].reasons[0] == "已退回：属园林景观灯"


@pytest.mark.parametrize("against", ["市政处", "市政处的维修师傅", "市政处东站"])
def test_whom_the_complaint_is_about_is_not_suggested_and_it_is_said(city: City, against: str) -> None:
    catalogue(city, LAMPS, {"category": LAMP, "lead": "lamps-east"}, {"category": "B01", "lead": "parks"})
    found = routes(city, a_lamp(city), against=against)
    assert not {"市政处东站"} & set(names(found))
    assert ("市政处" in names(found)) == (against == "市政处东站"), "the one above is not the one complained of"
    assert "诉求反映“市政处东站”或其上级单位，应当回避，不作推荐。" in found.avoided


def test_the_operators_mark_counts_too(city: City) -> None:
    catalogue(city, LAMPS | {"assist": ["lamps-east"]})
    found = routes(city, a_lamp(city), named_unit_ids=[city.unit_id("lamps-east")])
    assert found.units[0].assist_ids == () and found.avoided == []
    found = routes(city, a_lamp(city), named_unit_ids=[city.unit_id("lamps")])
    assert found.units == [] and len(found.avoided) == 1


def test_units_outside_of_the_centres_subtree_are_never_suggested(city: City) -> None:
    catalogue(city, LAMPS, {"category": LAMP, "lead": "county-roads"})
    number = a_lamp(city)
    county = {"centre_id": city.unit_id("county"), "centre_path": city.actor("cora").unit_path}
    assert names(routes(city, number, **county)) == ["东县公路站"]


def test_the_history_says_at_which_place_the_unit_was_suggested(city: City) -> None:
    def assigned_to(unit: str) -> Any:
        number = a_lamp(city)
        with city.work("dora") as work:
            assigning.assign(work, number, city.unit_id(unit))
        query = sa.select(Event.data).join(Ticket, Ticket.id == Event.ticket_id)
        return city.scalar(query.where(Ticket.number == number, Event.step == "assign"))["suggested"]

    assert assigned_to("parks") is None, "nothing was suggested"
    catalogue(city, LAMPS)
    assert assigned_to("lamps") == 1
    assert assigned_to("parks") == 2, "by what was assigned a moment ago"
    assert assigned_to("county") == 0


def test_how_good_they_are_is_told_of_the_latest_tickets_only(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue(city, LAMPS)
    for unit in ("lamps", "lamps", "county"):
        number = a_lamp(city)
        with city.work("dora") as work:
            assigning.assign(work, number, city.unit_id(unit))

    def taken(login: str) -> tuple[int, int, int]:
        with city.work(login) as work:
            told = routing.taken(work)
        return told.dispatched, told.first, told.among

    assert (taken("dora"), taken("cora")) == ((3, 2, 2), (0, 0, 0))
    monkeypatch.setattr(routing, "AMONG", 2)
    assert taken("dora") == (2, 1, 1)


def test_it_costs_the_same_however_much_there_is(city: City) -> None:
    def asked() -> int:
        with city.work("dora") as work:
            ticket = hand.find(work, number)
            with city.statements() as statements:
                routing.routes(work, ticket)
        return len(statements)

    number = a_lamp(city, "东区")
    catalogue(city, LAMPS)
    few = asked()
    catalogue(city, LAMPS, *({"category": LAMP, "lead": key} for key in ("lamps-east", "parks", "county-roads")))
    for _ in range(3):
        more = a_lamp(city, "东区")
        with city.work("dora") as work:
            assigning.assign(work, more, city.unit_id("parks"))
    assert asked() == few <= 9


BROKEN: Sequence[tuple[Mapping[str, Any], str]] = [
    ({"category": "R99", "lead": "lamps"}, "没有类别代码“R99”"),
    ({"lead": "lamps"}, "至少写一项"),
    ({"category": LAMP}, "缺少主办单位 lead"),
    ({"category": LAMP, "lead": "lamp"}, "单位“lamp”不存在"),
    ({"category": LAMP, "lead": "lamps", "assist": ["nobody"]}, "单位“nobody”不存在"),
    ({"category": LAMP, "lead": "lamps", "assist": ["lamps"]}, "不必再写为协办单位"),
    ({"category": LAMP, "lead": "lamps", "limit": "三天左右"}, "看不懂的时限"),
    ({"category": LAMP, "lead": "lamps", "words": "路灯"}, "words 应为文字的列表"),
    ({"category": 137, "lead": "lamps"}, "category 应为文字"),
    ({"category": LAMP, "lead": "lamps", "unit": "parks"}, "没有“unit”这一项"),
    ({"category": LAMP, "lead": "lamps", "words": ["路灯+"]}, "词语“路灯+”不完整"),
    ({"category": LAMP, "lead": "lamps", "words": ["＋"]}, "词语“＋”不完整"),
    ({"category": LAMP, "lead": "center"}, "市级中心，不能作主办"),
    ({"category": LAMP, "lead": "lamps", "assist": ["center"]}, "市级中心，不能作主办"),
    ({"category": LAMP, "lead": "closed"}, "已停用"),
]


def test_every_fault_of_the_file_is_named_and_the_old_catalogue_stays(city: City) -> None:
    catalogue(city, LAMPS)
    with city.office.session() as session:
        session.execute(sa.update(Unit).where(Unit.key == "lamps-east").values(key="closed", active=False))
    with pytest.raises(Invalid) as fault:
        catalogue(city, LAMPS, *(row for row, _ in BROKEN))
    told = list(fault.value.fields.values())
    assert len(told) == len(BROKEN)
    for place, ((_, reason), text) in enumerate(zip(BROKEN, told, strict=True), 2):
        assert text.startswith(f"第{place}条派单目录：") and reason in text
    with pytest.raises(Invalid, match="两层方括号"), city.office.session() as session:
        cataloguing.replace(session, LAMPS)  # type: ignore[arg-type]  # one table, as `[dispatch]` is read
    assert [row.category_code for row in city.rows(sa.select(DispatchRule))] == [LAMP]


def test_a_city_file_replaces_the_catalogue_as_a_whole_if_it_has_one(city: City) -> None:
    kept = sa.select(DispatchRule.category_code).order_by(DispatchRule.position)
    content = {"dispatch": [LAMPS, {"category": "B01", "lead": "parks"}]}
    assert city_command.store(city.office, content, city.now) == (0, 0, 2)
    city_command.store(city.office, {}, city.now)
    assert city.rows(kept) == [LAMP, "B01"]
    city_command.store(city.office, {"dispatch": [{"category": "B02", "lead": "parks"}]}, city.now)
    assert city.rows(kept) == ["B02"]


def test_handled_by_a_station_counts_for_the_station(city: City) -> None:
    number = a_lamp(city)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"))
    with city.work("hans") as work:
        handling.sign(work, number)
        handling.transfer(work, number, city.unit_id("lamps-east"), "请东站办理")
    assert names(routes(city, a_lamp(city))) == ["市政处", "市政处东站"]
