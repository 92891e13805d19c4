"""本单位: what is asked of us this week, what stands between us and 100 %. Each number is its list, no more no less."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Deadline, Ground
from hotline.services import checking, extending, handling, pausing, returning, supervising
from tests import desk
from tests.city import City, at
from tests.desk import Page, Person

RESULT = "已更换灯头两只，10月12日晚恢复照明。"


@pytest.fixture
def app(city: City) -> Flask:
    return desk.make_app(city)


def numbers(page: Page) -> list[str]:
    """The tickets of a list, in its order."""
    return re.findall(r'<td class="nowrap">(\d{12,})</td>', page.html)


def linked(page: Page, part: str) -> list[tuple[str, int]]:
    """Addresses that contain this, each with the number that stands in the link."""
    found = re.findall(r'<a href="([^"]*)"[^>]*>(?:<b>[^<]*?)?\s*(\d+)(?: 件)?(?:</b>)?</a>', page.html)
    return [(url.replace("&amp;", "&"), int(count)) for url, count in found if part in url]


def test_every_number_opens_exactly_what_it_counts(city: City, app: Flask) -> None:
    city.now = at("2026-10-12 09:00")
    new, signed = city.assigned(), city.handling()
    returned = city.handling()
    with city.work("hans") as work:
        returning.give_back_to_centre(work, returned, "属园林局职责")
        extending.request(work, signed, "等待配件")
        pausing.request(work, signed, "等待电力施工", at("2026-11-12 09:00").date())
    with city.work("dora") as work:
        extending.decide(work, signed, True, "")
    city.turn(days=12)
    fresh = city.assigned()
    hans = Person(app, "hans")
    page = hans.open("/desk/ours")
    assert page.status == 200
    opened = 0
    for part in ("/desk/ours/due", "/desk/ours/held", "/desk/ours/used", "/items?"):
        for url, count in linked(page, part):
            listed = hans.open(url)
            rows = len(numbers(listed)) if "/items" not in url else max(listed.html.count("<tr") - 1, 0)
            assert (listed.status, rows) == (200, count), url
            opened += 1
    assert opened > 10
    assert fresh in hans.open("/desk/ours/held?standing=unsigned").html and new not in page.text.split("本周")[1]


def test_what_is_missing_says_why_and_who_can_mend_it(city: City, app: Flask) -> None:
    city.now = at("2026-10-09 09:00")
    open_, waiting = city.handling(), city.submitted()
    city.turn(days=20)
    page = Person(app, "hans").open("/desk/ours")
    missing = page.text.split("距 100 %")[1].split("本周要办的")[0]
    assert open_ in missing and "尚未处理" in missing and "冯市政" in missing and "提交办理结果" in missing
    assert page.links(f"/{open_}#step-submission")
    assert waiting in missing and "已提交，待核查" in missing and "等待热线中心核查" in missing


def test_what_falls_due_at_midnight_belongs_to_the_day_that_ends(city: City, app: Flask) -> None:
    number = city.assigned()
    with city.office.session() as session:
        session.execute(sa.update(Deadline).where(Deadline.kind == "sign").values(due_at=at("2026-10-14 00:00")))
    hans = Person(app, "hans")
    assert numbers(hans.open("/desk/ours/due?kind=sign&day=2026-10-13")) == [number]
    assert numbers(hans.open("/desk/ours/due?kind=sign&day=2026-10-14")) == []


def test_what_is_paused_is_asked_for_on_no_day(city: City, app: Flask) -> None:
    number = city.handling()
    with city.work("hans") as work:
        pausing.request(work, number, "等待电力施工", at("2026-11-20 09:00").date())
    with city.work("dora") as work:
        pausing.decide(work, number, True, "")
    assert linked(Person(app, "hans").open("/desk/ours"), "/desk/ours/due") == []


def test_orders_that_want_an_answer_in_writing_stand_there_until_it_is_given(city: City, app: Flask) -> None:
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "yellow", Ground.LEADER, "请今日内修复并书面说明原因。")
    hans = Person(app, "hans")
    page = hans.open("/desk/ours")
    assert "请今日内修复并书面说明原因。" in page.text and page.links(f"/{number}#step-explanation")
    hans.take(number, "explanation", explanation="配件短缺，今日到货，晚上修复。")
    assert "待书面说明的督办单" not in hans.open("/desk/ours").text


def test_a_department_sees_its_stations_and_a_station_only_itself(city: City, app: Flask) -> None:
    ours, theirs = city.handling(), city.assigned("lamps-east")
    strangers = city.assigned("parks")
    hans, hugo, paul = (Person(app, login) for login in ("hans", "hugo", "paul"))
    assert set(numbers(hans.open("/desk/ours/held"))) == {ours, theirs}
    station = city.unit_id("lamps-east")
    assert numbers(hans.open(f"/desk/ours/held?unit={station}")) == [theirs]
    assert "市政处东站" in hans.open("/desk/ours").text and hans.open(f"/desk/ours?unit={station}").status == 200
    assert numbers(hugo.open("/desk/ours/held")) == [theirs] and "下级单位" not in hugo.open("/desk/ours").text
    assert numbers(paul.open("/desk/ours/held")) == [strangers]
    for part in ("", "/due", "/held", "/used/turn"):
        for person in (hugo, paul):
            assert person.open(f"/desk/ours{part}?unit={city.unit_id('lamps')}").status == 404


@pytest.mark.parametrize("login", ["olga", "dora", "lena", "adam"])
def test_it_is_there_for_units_only(city: City, app: Flask, login: str) -> None:
    person = Person(app, login)
    for address in ("/desk/ours", "/desk/ours/due", "/desk/ours/held", "/desk/ours/used/return"):
        assert person.open(address).status == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/desk/ours?unit=x", 404),
        ("/desk/ours/due?kind=close", 404),
        ("/desk/ours/due?day=x", 422),
        ("/desk/ours/due?after=x", 422),
        ("/desk/ours/held?standing=x", 404),
        ("/desk/ours/held?staff=x", 404),
        ("/desk/ours/used/x", 404),
        ("/desk/ours/used/turn?after=x", 404),
    ],
)
def test_addresses_that_mean_nothing(city: City, app: Flask, address: str, status: int) -> None:
    assert Person(app, "hans").open(address).status == status


def test_it_is_read_in_a_fixed_number_of_queries(city: City, app: Flask) -> None:
    city.now = at("2026-10-09 09:00")
    hans, asked = Person(app, "hans"), []
    for _ in range(2):
        for place in ("lamps", "lamps-east"):
            number = city.assigned(place)
            with city.work("sven") as work:
                supervising.supervise(work, number, "yellow", Ground.LEADER)
        city.turn(days=15)
        for address in ("/desk/ours", "/desk/ours/due", "/desk/ours/held", "/desk/ours/used/turn"):
            with city.statements() as statements:
                assert hans.open(address).status == 200
            asked.append(len(statements))
    assert asked[:4] == asked[4:] and asked[0] <= 20


def test_several_are_signed_for_at_once_from_the_list(city: City, app: Flask) -> None:
    chosen = [city.assigned(), city.assigned()]
    hans = Person(app, "hans")
    preview = hans.send(hans.open("/desk/ours/held?standing=unsigned").form("/desk/bulk"))
    assert preview.status == 200 and all(number in preview.text for number in chosen)
    hans.send(preview.form("/desk/bulk/signature"))
    assert {city.ticket(number).state for number in chosen} == {"handling"}


def test_lists_are_turned_page_by_page(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("duties", "crews", "concessions"):
        monkeypatch.setattr(f"hotline.services.{module}.PAGE", 2)
    all_ = [city.assigned() for _ in range(5)]
    hans = Person(app, "hans")
    for address, order in (("due?kind=sign", all_), ("held", all_), ("used/turn", all_[::-1])):
        page, found = hans.open(f"/desk/ours/{address}"), []
        while True:
            found += numbers(page)
            if not page.links("after="):
                break
            page = hans.open(page.links("after=")[0])
        assert found == order
        assert numbers(hans.open(page.links("before=")[0])) == order[2:4]


def test_a_confidential_matter_tells_no_name_in_any_list(city: City, app: Flask) -> None:
    city.assigned(text="我是张伟，电话13912345678，香溪路路灯不亮", name="张伟", confidential=True)
    hans = Person(app, "hans")
    for address in ("", "/due", "/held", "/used/turn"):
        page = hans.open(f"/desk/ours{address}")
        assert "张伟" not in page.text and "13912345678" not in page.text


def test_late_but_done_is_told_apart(city: City, app: Flask) -> None:
    city.now = at("2026-10-09 09:00")
    number = city.handling()
    city.turn(days=15)
    with city.work("hans") as work:
        handling.submit(work, number, RESULT)
    with city.work("sven") as work:
        checking.approve(work, number)
    assert "处理逾期完成 1 件" in Person(app, "hans").open("/desk/ours").text
