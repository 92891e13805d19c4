"""本月看板 and 简报 on the desk: the sentence first, each number opens as many as it says, everybody the own."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Brief, Staff
from tests.city import City, at
from tests.desk import Page, Person, make_app
from tests.played import Played
from tests.work import shift_of
from workers import briefs


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def ten_days(city: City) -> None:
    """Some late, some done, some to come; in two subtrees."""
    city.now = at("2026-10-09 09:00")
    city.handling(text="香溪路12号门前路灯不亮")
    city.assigned("county-roads", text="东县环城公路路面塌陷")
    city.turn(days=10)
    city.replied(wants_reply=False, text="大桥路1号路灯不亮")
    city.submitted(text="大桥路2号路灯不亮")
    for number in range(3):
        city.assigned("parks", text=f"人民公园{number}号门行道树倒伏")
    city.now = at("2026-10-20 08:00")
    while briefs.make(shift_of(city)):
        pass


def numbers(page: Page, part: str) -> list[tuple[str, int]]:
    """The links to such lists, each with the number that it stands on."""
    found = re.findall(r'<a href="([^"]+)"[^>]*>(?:<b>)?(\d+)</?', page.html)
    return [(link.replace("&amp;", "&"), int(count)) for link, count in found if part in link]


def test_the_sentence_stands_first_and_every_number_opens_its_list(app: Flask, city: City, played: Played) -> None:
    played.on(city, ten_days)
    person = Person(app, "lena")
    page = person.open("/desk/board")
    assert page.status == 200
    assert re.search(r"到10月31日，还有 6 件工单 没有做完（三项承诺共 \d+ 项）", page.text)
    assert "若到月底什么都不做" in page.text and "就是 100 %" in page.text
    links = dict(numbers(page, "/desk/board/items"))
    assert len(links) > 20
    for link, count in links.items():
        assert f"共 {count} 项承诺" in person.open(link).text, link


def test_a_unit_sees_its_own(app: Flask, city: City, played: Played) -> None:
    played.on(city, ten_days)
    page = Person(app, "paul").open("/desk/board")
    assert "园林局" in page.text and "还有 3 件工单" in page.text
    assert "香溪路" not in page.text and "东县" not in page.text
    assert Person(app, "paul").open(f"/desk/board?unit={city.unit_id('lamps')}").status == 404
    assert Person(app, "adam").open("/desk/board").status == 404


def test_one_goes_down_to_a_unit_and_back(app: Flask, city: City, played: Played) -> None:
    played.on(city, ten_days)
    person = Person(app, "sven")
    (link,) = person.open("/desk/board").links(f"/desk/board?unit={city.unit_id('county')}")
    below = person.open(link)
    assert "东县中心" in below.text and "东县公路站" in below.text and below.links("/desk/board")


@pytest.mark.parametrize(
    "query",
    [
        "figure=nothing&kind=explain&unit=x&since=2026-13-40&by=name",
        "since=0001-01-01&until=9999-12-31",
        "after=99999999&by=unit",
        "after=%00&before=-1",
    ],
)
def test_an_old_bookmark_still_opens(app: Flask, city: City, query: str) -> None:
    city.handling()
    assert Person(app, "sven").open(f"/desk/board/items?{query}").status in (200, 302)


def test_a_month_with_nothing_to_do_says_so(app: Flask, city: City) -> None:
    page = Person(app, "sven").open("/desk/board")
    assert "本月到期的都已经做完" in page.text and "—" in page.text and "100.00 %" not in page.text


def test_a_brief_is_read_and_its_numbers_open_lists(app: Flask, city: City, played: Played) -> None:
    played.on(city, ten_days)
    person = Person(app, "lena")
    listed = person.open("/desk/briefs")
    assert "日报 10月19日" in listed.text and "未读" in listed.text
    (link,) = listed.links("/desk/briefs/")
    page = person.open(link)
    assert "数字是生成时的，点开的清单是现在的" in page.text
    for way, count in numbers(page, "/desk/board/items"):
        assert f"共 {count} 项承诺" in person.open(way).text, way
    ((received, count),) = numbers(page, "/desk/tickets")[:1]
    assert len(set(re.findall(r"/desk/tickets/(\d{14})", person.open(received).html))) == count == 5
    assert "未读" not in person.open("/desk/briefs").text
    assert Person(app, "sara").open(link).status == 404


def test_who_has_moved_has_no_lists_of_the_former_unit(app: Flask, city: City, played: Played) -> None:
    played.on(city, ten_days)
    with city.work() as work:
        brief = work.session.scalars(sa.select(Brief).order_by(Brief.id)).first()
        assert brief is not None
        brief.unit_path += "2/"
    page = Person(app, city.scalar(sa.select(Staff.login).where(Staff.id == brief.staff_id))).open(
        f"/desk/briefs/{brief.id}"
    )
    assert "清单不再提供" in page.text and not numbers(page, "/desk/board/items")


def test_everybody_who_reads_tickets_may_choose(app: Flask, city: City) -> None:
    person = Person(app, "paul")
    page = person.open("/desk/me")
    assert page.form("/me/briefs").values["briefs"] == ["no"]
    answer = person.send(page.form("/me/briefs"), briefs="yes", phone="123")
    assert answer.status == 422 and "号码" in answer.text
    assert answer.form("/me/briefs").values == {
        "briefs": ["yes"],
        "phone": ["123"],
        "csrf_token": answer.form("/me/briefs").values["csrf_token"],
    }
    assert person.send(answer.form("/me/briefs"), briefs="yes", phone="138 1234 5678").status == 303
    assert person.open("/desk/me").form("/me/briefs").values["phone"] == ["+8613812345678"]
    assert not Person(app, "adam").open("/desk/me").offers("/me/briefs")


def test_what_is_asked_of_too_many_days_is_the_month(app: Flask, city: City) -> None:
    city.handling()
    person = Person(app, "sven")
    assert "10月还没有完成的" in person.open("/desk/board/items?since=1990-01-01&until=2100-01-01").text
    assert "10月还没有完成的" in person.open("/desk/board/items?figure=closed").text
    one_day = person.open("/desk/board/items?figure=closed&since=2026-10-12&until=2026-10-12")
    assert "10月12日办结的" in one_day.text and "没有这样的承诺" in one_day.text
