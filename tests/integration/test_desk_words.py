"""全文检索: fragments of Chinese, numbers and their ends, telephones; who finds what, and nothing erased is found."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from hotline.domain.actors import SYSTEM
from hotline.models import Channel, Complaint, FoundWords, Ticket
from hotline.services import assigning, citizens, desk, erasing, finding, handling, merging
from hotline.services.desk import Search, View, probing
from tests.city import City

WRITER, PHONE, PLATE = "訾建国", "13912345678", "晋A·5C123"
SAID = f"我叫{WRITER}，电话{PHONE}。香溪路与大桥路口的路灯\n不亮三天了，一辆 {PLATE} 的货车撞的，Lamp No.７"
LONG, SHORT = 0, probing.READ


@pytest.fixture(autouse=True, params=[LONG, SHORT])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to a ticket: from the words, and through the list."""
    monkeypatch.setattr(probing, "READ", request.param)


def on_hand(city: City, **more: object) -> str:
    """With 市政处 in the lead and 园林局 to assist; others beside it in which none of the words stands."""
    city.receive(text="人民公园长椅损坏", phone="+8613900009999")
    number = city.accepted(text=SAID, name=WRITER, phone=f"+86{PHONE}", place="香溪路12号", **more)
    with city.work("dora") as work:
        assigning.assign(work, number, city.unit_id("lamps"), assist_ids=[city.unit_id("parks")])
    return number


def found(city: City, text: str, who: str = "dora") -> Sequence[str]:
    with city.work(who) as work:
        search = Search(view=View.ALL, text=text)
        numbers = desk.numbers(work, search, 100)
        assert desk.count(work, search) == len(numbers)
        return numbers


ANYBODY = ["dora", "hans", "paul"]
CENTRE_AND_LEAD = ["dora", "hans"]
#: what is looked for · who finds it, of the centre, the lead unit, the unit that assists
SOUGHT = [
    ("路灯", ANYBODY),
    ("大桥路口的路灯不亮三天", ANYBODY),
    ("桥", ANYBODY),
    ("撞", ANYBODY),
    ("了", ANYBODY),
    ("香溪路12", ANYBODY),
    ("ＬＡＭＰ　no7", ANYBODY),
    ("lamp", ANYBODY),
    ("路灯 货车 香溪", ANYBODY),
    ("路灯不亮，三天了！", ANYBODY),
    ("晋A5C123", CENTRE_AND_LEAD),
    ("5c1", CENTRE_AND_LEAD),
    ("a·5", CENTRE_AND_LEAD),
    (WRITER, CENTRE_AND_LEAD),
    ("訾", CENTRE_AND_LEAD),
    (PHONE, CENTRE_AND_LEAD),
    ("391234", CENTRE_AND_LEAD),
    ("5678", CENTRE_AND_LEAD),
    ("路灯 訾", CENTRE_AND_LEAD),
    ("灯路", []),
    ("路灯 长椅", []),
    ("了一", ANYBODY),
    ("%", []),
    ("_", []),
    ("，。", []),
    ("'", []),
    ("路灯\\", ANYBODY),
    ("隐去", []),
    ("没有这样的词", []),
]


def test_fragments_are_found_by_whoever_may_read_them(city: City) -> None:
    number = on_hand(city)
    for text, readers in SOUGHT:
        for who in ANYBODY:
            assert found(city, text, who) == ([number] if who in readers else []), (text, who)


def test_what_a_unit_may_search_is_decided_by_each_ticket_alone(city: City) -> None:
    """To have led one opens no other, and a secret of one closes no other."""
    number = on_hand(city)
    city.assigned(text="路灯不亮", confidential=True)
    led = city.assigned("parks", text="长椅断了")
    for text, readers in SOUGHT:
        for who in ("hans", "paul"):
            seen = [each for each in found(city, text, who) if each != led]
            assert seen == ([number] if who in readers else []), (text, who)


def test_a_number_finds_its_ticket_whole_or_by_its_end(city: City) -> None:
    number = on_hand(city)
    other = city.accepted(text="垃圾无人清运")
    complaint = city.scalar(sa.select(Complaint.number).where(Complaint.number == other))
    with city.work("olga") as work:
        merging.merge(work, other, number)
    for text in (number, f" {number} ", number[-4:], number[-5:], number[-6:], complaint):
        assert number in found(city, text), text
    assert set(found(city, complaint[-6:])) == {number, other}, "the ticket it came in as, and the one it is on"
    assert found(city, number[-6:], "hans") == [number]
    assert found(city, number[-6:], "hugo") == [], "what is not of the own subtree is not found by its number either"
    assert found(city, number[-3:]) == [], "three digits are no end of a number"


@pytest.mark.parametrize(("confidential", "finders"), [(False, ["dora", "olga"]), (True, ["dora", "olga"])])
def test_telephones_are_found_by_the_centre_alone(city: City, confidential: bool, finders: list[str]) -> None:
    number = city.assigned(text="路灯不亮", phone="+8613712340987", confidential=confidential)
    for text in ("0987", "13712340987", "137 1234 0987".replace(" ", ""), "+8613712340987"):
        for who in ("dora", "olga", "hans", "cora"):
            assert found(city, text, who) == ([number] if who in finders else []), (text, who)
    assert found(city, "1234") == [], "the middle of a number is kept from everybody"


def test_a_confidential_matter_is_found_by_its_centre_alone(city: City) -> None:
    number = on_hand(city, confidential=True)
    for text in ("路灯", "香溪", WRITER, PLATE):
        assert [who for who in ANYBODY if found(city, text, who)] == ["dora"], text
    assert [who for who in ANYBODY if found(city, number, who)] == ANYBODY, "its number tells nothing of anybody"


def test_whoever_joined_in_confidence_is_covered_for_the_unit_too(city: City) -> None:
    number = on_hand(city)
    joined = city.accepted(text="我叫欧阳明，路灯坏了很久", name="欧阳明", confidential=True)
    with city.work("olga") as work:
        merging.merge(work, joined, number)
    assert found(city, "欧阳", "hans") == []
    assert number in found(city, "欧阳", "dora")
    assert found(city, "坏了很久", "hans") == [], "a matter with secrets is one for its centre to search"


def test_what_is_said_later_is_found_at_once(city: City) -> None:
    number = on_hand(city)
    assert found(city, "黄色") == []
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        citizens.add(work, complaint, citizens.ticket_of(work, complaint), "车头是黄色的", Channel.WEB)
    assert found(city, "黄色") == found(city, "黄色", "paul") == [number]
    done = city.submitted(text="人行道塌陷")
    assert found(city, "灯头两只") == found(city, "灯头两只", "hans") == [done]
    assert found(city, "灯头两只", "paul") == []


def test_steps_without_words_leave_what_was_entered(city: City) -> None:
    number = on_hand(city)
    assert found(city, "路灯") == [number]
    xmin: sa.ColumnElement[int] = sa.literal_column("found_words.xmin::text::bigint")
    entered = sa.select(sa.func.sum(xmin)).select_from(FoundWords)
    before = city.scalar(entered)
    with city.work("hans") as work:
        handling.sign(work, number)
    with city.work(SYSTEM) as work:
        assert finding.catch_up(work) == 0
    assert city.scalar(entered) == before


def test_nothing_erased_is_found(city: City) -> None:
    number = on_hand(city)
    assert found(city, WRITER) == [number]
    with city.work("dora") as work:
        assigning.recall(work, number, "重复派单")
    city.turn(days=1)
    with city.office.session() as session:
        session.execute(sa.update(Ticket).where(Ticket.number == number).values(state="voided", ended_at=city.now))
        session.commit()
    city.turn(days=4000)
    with city.work(SYSTEM) as work:
        assert erasing.erase_due(work)
    for text in (WRITER, "訾", PHONE, "5678", "晋A5C123"):
        assert found(city, text) == [], text
    assert found(city, number) == [number]
    left = "".join(city.rows(sa.select(FoundWords.words)))
    assert left and WRITER not in left and not re.search("5678|5c123", left)


def test_the_database_itself_notices_every_change_of_a_word(city: City) -> None:
    number = on_hand(city)
    changes = [
        ("UPDATE ticket SET place = '长安大道' WHERE number = :number", "长安大道"),
        ("UPDATE ticket SET area = '云锦区' WHERE number = :number", None),
        ("UPDATE complaint SET text = '换了说法' WHERE number = :number", "换了说法"),
    ]
    for statement, text in changes:
        with city.work(SYSTEM) as work:
            finding.catch_up(work)
        with city.office.session() as session:
            session.execute(sa.text(statement), {"number": number})
            session.commit()
        assert city.scalar(sa.select(sa.func.count()).where(FoundWords.words.is_(None))) == 1, statement
        assert text is None or found(city, text) == [number]
    with city.work("dora") as work:
        assert desk.numbers(work, Search(view=View.ALL, area="云锦区"), 9) == [number]


def test_a_great_many_words_are_entered_up_to_a_limit(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "LONGEST", 30)
    number = city.accepted(text="路灯不亮。" + "很暗" * 40, matter="路灯不亮")
    assert found(city, "路灯不亮") == [number]
    assert len(city.scalar(sa.select(FoundWords.words))) <= 30


def test_the_newest_are_read_first_and_the_rest_by_the_workers(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "AT_ONCE", 2)
    numbers = [city.receive(text=f"路灯不亮{name}").number for name in "甲乙丙丁"]
    with city.work("dora") as work:
        assert desk.numbers(work, Search(view=View.ALL, text="不亮"), 9) == [numbers[3], numbers[2]]
    with city.work(SYSTEM) as work:
        finding.catch_up(work)
        assert finding.catch_up(work) == 0
    assert set(found(city, "不亮")) == set(numbers)
