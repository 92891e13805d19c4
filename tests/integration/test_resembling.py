"""Suggested while somebody writes: the category, and what others have complained of already, as a stranger may know."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.publicity import Publicity
from hotline.models import Category, Channel, Publication, RequestType, Staff, Ticket
from hotline.services import accepting, joining, resembling, suggesting
from hotline.services.receiving import Intake
from hotline.services.resembling import Resemblance
from tests.city import City

HERE = (36.1950, 113.1170)
NEAR, FAR = (36.1953, 113.1172), (36.2050, 113.1170)  # some 40 m, and more than a kilometre


def at(position: tuple[float, float]) -> dict[str, float]:
    return {"latitude": position[0], "longitude": position[1]}


def look(
    city: City, text: str, place: str = "", position: tuple[float, float] | None = None, **more: Any
) -> list[Resemblance]:
    with city.work("citizen") as work:
        return resembling.matters_nearby(work, text, place, *(position or (None, None)), **more)


def numbers(found: list[Resemblance]) -> list[str]:
    return [each.number for each in found]


def test_what_a_stranger_is_told(city: City) -> None:
    number = city.handling(text="香溪路与大桥路口路灯不亮三天了，我是李明，电话13812345678", **at(HERE))
    city.turn(days=1)
    (found,) = look(city, "路灯不亮，看不见路", "香溪路", NEAR)
    assert (found.number, found.state, found.heat, found.metres) == (number, "办理中", 1, 50)
    assert found.because == "相距约50米，都说到“路灯不亮”。"
    assert found.received_at < city.now
    assert "13812345678" not in found.matter and "李明" not in found.matter and "路灯不亮" in found.matter


def test_by_the_names_of_the_place_where_there_is_no_position(city: City) -> None:
    number = city.receive(text="香溪路与大桥路口路灯不亮三天了").number
    city.receive(text="建设路路灯不亮三天了")
    (found,) = look(city, "大桥路香溪路那个路口的路灯还是不亮")
    assert (found.number, found.metres) == (number, None)
    assert found.because == "都在大桥路、香溪路，都说到“不亮、路灯”。"


def test_place_alone_is_wrong_and_so_are_words_alone(city: City) -> None:
    city.receive(text="香溪路井盖没了，很危险", **at(HERE))
    city.receive(text="建设路路灯不亮", **at(FAR))
    assert look(city, "路灯不亮", "香溪路", HERE) == []


def test_the_same_kind_of_matter_in_other_words(city: City) -> None:
    number = city.accepted(text="滨河花园小区旁边工地半夜打桩，孩子没法睡")
    (found,) = look(city, "夜里施工太吵了", "滨河花园")
    assert found.number == number and found.because == "都在滨河花园，是同一类问题。"


def test_two_questions_from_one_place_are_not_one_matter(city: City) -> None:
    city.receive(text="请问滨河花园有什么落户政策，咨询一下")
    assert look(city, "请问社保补贴怎么办理", "滨河花园") == []


def test_the_likest_first_and_three_at_most(city: City) -> None:
    far = city.receive(text="路灯不亮", latitude=36.1978, longitude=113.1170).number  # 310 m
    near = [city.receive(text="路灯不亮", **at(HERE)).number for _ in range(3)]
    assert numbers(look(city, "路灯不亮", position=HERE)) == near, "of equals the first comer"
    with city.office.session() as session:
        session.execute(sa.update(Ticket).where(Ticket.number == near[1]).values(heat=5))
    assert numbers(look(city, "路灯不亮", position=HERE)) == [near[1], near[0], near[2]], "the hottest"
    assert numbers(look(city, "路灯不亮", position=HERE, most=9))[-1] == far


@pytest.mark.parametrize(
    "hidden",
    [
        {"confidential": True},
        {"request_type": RequestType.REPORT},
    ],
    ids=["confidential", "report"],
)
def test_what_strangers_may_not_know_is_not_offered(city: City, hidden: dict[str, Any]) -> None:
    city.receive(text="香溪路路灯不亮", **at(HERE), **hidden)
    assert look(city, "香溪路路灯不亮", position=HERE) == []


def review(city: City, number: str, *, shown: bool, **texts: str) -> None:
    with city.office.session() as session:
        session.add(
            Publication(
                ticket_id=session.scalar(sa.select(Ticket.id).where(Ticket.number == number)),
                shown=shown,
                reviewed_at=city.now,
                reviewed_by_id=session.scalar(sa.select(Staff.id).limit(1)),
                **texts,
            )
        )


STORY = "我婆婆李桂英走后丈夫天天喝酒，滨河花园门口的路灯又不亮了，昨晚在香溪路摔断了腿"


class TestWithoutWords:
    """What strangers may not read can be joined all the same: they are told kind, streets, day and how many."""

    def told(self, city: City) -> Resemblance:
        (found,) = look(city, "香溪路路灯不亮", "香溪路，滨河花园")
        return found

    def assert_tells_nothing(self, found: Resemblance) -> None:
        assert (found.in_words, found.matter, found.state, found.heat) == (False, "路灯不亮", "", 1)
        assert set(found.place.split("、")) == {"滨河花园", "香溪路"}
        assert not any(word in str(found) for word in ("婆婆", "李桂英", "丈夫", "喝酒", "摔断"))

    def test_what_nobody_has_accepted_yet(self, city: City) -> None:
        number = city.receive(text=STORY, place="香溪路，滨河花园李桂英家楼下").number
        found = self.told(city)
        assert found.number == number
        self.assert_tells_nothing(found)
        with city.work("olga") as work:
            accepting.accept(work, number)
        assert self.told(city).in_words

    @pytest.mark.parametrize("publicity", [Publicity.OFF, Publicity.REVIEWED])
    def test_where_the_city_shows_nothing_or_nothing_unreviewed(self, city: City, publicity: Publicity) -> None:
        city.accepted(text=STORY)
        city.office.publicity = publicity
        self.assert_tells_nothing(self.told(city))

    def test_in_the_words_of_the_review_once_there_are_some(self, city: City) -> None:
        city.office.publicity = Publicity.REVIEWED
        review(city, city.accepted(text=STORY), shown=True, matter="香溪路一盏路灯不亮", place="滨河花园门口")
        found = self.told(city)
        assert (found.in_words, found.matter, found.place) == (True, "香溪路一盏路灯不亮", "滨河花园门口")

    def test_what_a_reviewer_keeps_back_is_not_offered(self, city: City) -> None:
        review(city, city.accepted(text=STORY), shown=False)
        assert look(city, "香溪路路灯不亮", "香溪路，滨河花园") == []

    def test_by_the_category_that_it_was_filed_as(self, city: City) -> None:
        category = city.rows(sa.select(Category).where(Category.code == "R0602"))[0]
        city.receive(text="滨河花园李桂英家的事", category_id=category.id)
        (found,) = look(city, category.name, "滨河花园")
        assert (found.matter, found.place) == (category.name, "滨河花园")

    @pytest.mark.parametrize("text", ["香溪路的事，还是上次那个", "香溪路窗口工作人员态度恶劣，推诿扯皮"])
    def test_what_has_no_kind_or_one_that_is_withheld_is_not_offered(self, city: City, text: str) -> None:
        city.receive(text=text)
        assert look(city, text, "香溪路") == []

    def test_nothing_is_found_out_by_trying_words(self, city: City) -> None:
        """Who knows the story word for word is told what everybody is told, and finds it by nothing else."""
        city.receive(text=STORY, **at(HERE))
        (found,) = look(city, STORY, position=NEAR)
        assert found.because == "相距约50米，都说到“不亮、路灯”。"
        assert look(city, "婆婆李桂英走后丈夫天天喝酒摔断了腿", position=NEAR) == []

    def test_by_its_number_it_is_known_only_to_whom_it_was_offered(self, city: City) -> None:
        number = city.receive(text=STORY).number
        with city.work("citizen") as work:
            assert resembling.named(work, number) is None
            offered = resembling.offered(work, number)
        assert offered is not None
        self.assert_tells_nothing(offered)


def test_hidden_words_cannot_be_found_out_by_trying(city: City) -> None:
    city.receive(text="路灯不亮，我是李明明，电话13812345678", **at(HERE))
    (found,) = look(city, "路灯不亮，李明明，13812345678", position=HERE)
    assert found.because == "相距约50米，都说到“路灯不亮”。"


def test_what_has_been_answered_or_has_ended_is_not_offered(city: City) -> None:
    city.replied(text="香溪路路灯不亮")
    declined = city.receive(text="香溪路路灯不亮").number
    with city.work("olga") as work:
        accepting.decline(work, declined, "不属本市受理范围", "省热线，电话12345")
    assert look(city, "香溪路路灯不亮") == []


def test_what_is_offered_can_be_joined(city: City) -> None:
    city.handling(text="香溪路路灯不亮", **at(HERE))
    (found,) = look(city, "香溪路路灯不亮", position=NEAR)
    with city.work("citizen") as work:
        assert joining.join(work, Intake(text="香溪路路灯不亮", channel=Channel.WEB), found.number).joined
    (found,) = look(city, "香溪路路灯不亮", position=NEAR)
    assert found.heat == 2


@pytest.mark.parametrize("position", [(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (36.1, 179.9999)])
def test_at_the_ends_of_the_world(city: City, position: tuple[float, float]) -> None:
    number = city.receive(text="路灯不亮", **at(position)).number
    assert numbers(look(city, "路灯不亮", position=position)) == [number]


@pytest.mark.parametrize("text", ["", "。", "%_'\"\\", "香溪路" * 5000])
def test_odd_words_find_nothing_and_break_nothing(city: City, text: str) -> None:
    city.receive()
    assert look(city, text, text[:200]) == []


def test_candidates_are_read_from_the_end_of_their_clues_and_never_by_a_scan(city: City) -> None:
    """A thousand tickets of one road are as good as ten: `bench/nearby.py` measures it with a million."""
    city.receive(text="香溪路路灯不亮", **at(HERE))
    with city.statements() as said:
        look(city, "路灯不亮", "香溪路", HERE)
    (asked,) = [each for each in said if "clue" in each[0]]
    with city.office.engine.connect() as connection:  # never committed
        for statement in MANY:
            connection.execute(sa.text(statement))
        connection.execute(sa.text("ANALYZE ticket, clue"))
        plan = connection.exec_driver_sql(f"EXPLAIN {asked[0]}", asked[1]).scalars().all()
    assert any("Index Only Scan Backward using pk_clue" in line for line in plan), plan
    assert not any("Seq Scan on ticket" in line or "Seq Scan on clue" in line for line in plan), plan


#: Twenty thousand tickets all over the city, one in twenty on the same road.
MANY = (
    """
    INSERT INTO ticket (number, state, matter, channel, source, urgency, request_type, centre_id, centre_path, unit_id,
                        unit_path, policy_version_id, received_at, place_keys, latitude, longitude)
    SELECT n, state, matter, channel, source, urgency, request_type, centre_id, centre_path, unit_id, unit_path,
           policy_version_id, received_at, ARRAY[CASE n % 20 WHEN 0 THEN '香溪路' ELSE '第' || n || '路' END],
           36 + random() * 0.3, 113 + random() * 0.3
    FROM ticket, generate_series(1, 20000) AS n
    """,
    "INSERT INTO clue (key, ticket_id) SELECT unnest(place_keys), id FROM ticket ON CONFLICT DO NOTHING",
    """
    INSERT INTO clue (key, ticket_id)
    SELECT '@' || floor(latitude * 200) || ':' || floor(longitude * 200), id FROM ticket ON CONFLICT DO NOTHING
    """,
)


class TestCategories:
    def test_the_likeliest_with_the_words_that_led_to_it(self, city: City) -> None:
        with city.work("citizen") as work:
            first, *_ = suggesting.categories(work, "工地半夜还在施工，吵得睡不着觉")
        category = city.rows(sa.select(Category).where(Category.id == first.category_id))[0]
        assert (first.code, first.name, first.parent) == ("R0101", "夜间施工噪声", "噪声扰民")
        assert category.code == first.code
        assert first.because == "您写到了“睡不着、半夜、工地”。"

    def test_three_at_most_and_none_for_nothing(self, city: City) -> None:
        with city.work("citizen") as work:
            assert 1 < len(suggesting.categories(work, "烧烤店油烟大，垃圾乱倒，狗叫，停水，路灯不亮")) <= 3
            assert suggesting.categories(work, "你好") == []

    def test_the_tree_to_choose_from_is_the_citizens(self, city: City) -> None:
        with city.work("citizen") as work:
            tree = dict(suggesting.choices(work))
        assert len(tree) == 18 and sum(map(len, tree.values())) == 91
        assert "路灯不亮" in [name for _, name in tree["道路设施"]]
        codes = city.rows(
            sa.select(Category.code).where(Category.id.in_([n for each in tree.values() for n, _ in each]))
        )
        assert {code[0] for code in codes} == {"R"}

    def test_made_ready_once_for_all_uses(self, city: City) -> None:
        with city.work("citizen") as work:
            first = work.rules.guesser
        with city.work("citizen") as work:
            assert work.rules.guesser is first

    def test_what_is_struck_out_is_neither_suggested_nor_offered(self, city: City) -> None:
        with city.office.session() as session:
            session.execute(sa.update(Category).where(Category.code == "R0603").values(active=False))
        city.office.forget_rules()
        with city.work("citizen") as work:
            assert "R0603" not in [each.code for each in suggesting.categories(work, "路灯不亮")]
            assert "路灯不亮" not in [name for _, names in suggesting.choices(work) for _, name in names]

    def test_a_city_without_that_tree_offers_the_other(self, city: City) -> None:
        with city.office.session() as session:
            session.execute(sa.update(Category).where(Category.kind == "诉求").values(active=False))
        city.office.forget_rules()
        with city.work("citizen") as work:
            assert len(suggesting.choices(work)) == 11
            assert "路灯" in [each.name for each in suggesting.categories(work, "香溪路路灯灯杆倾斜")]
