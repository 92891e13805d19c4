"""今日: for each role what waits, each number opening just what it counts; and what is due first."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.models import Staff, Ticket, Unit
from hotline.services import saved_views, transcribing
from hotline.services.transcribing import Call
from tests.city import PEOPLE, City
from tests.desk import Page, Person, make_app
from tests.histories import play

NUMBER = re.compile(r'<a class="\w+" href="([^"]+)" data-waits="\w+"><span class="n" data-live="(\w+)"[^>]*>(\d+)')
ROW = re.compile(r"<tr[ >].*?</tr>", re.DOTALL)


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def numbers(page: Page) -> dict[str, tuple[str, int]]:
    """By key the list that the number opens, and the number."""
    return {key: (unescape(url), int(count)) for url, key, count in NUMBER.findall(page.html)}


def length(person: Person, url: str) -> int:
    """How many entries the list at this address has; none of the lists of these tests fills a page."""
    page = person.open(url)
    assert page.status == 200, url
    body = page.html.partition("<main")[2]
    if url.startswith("/desk/calls"):
        return body.count("/contact")
    return len(set(re.findall(r'href="/desk/(?:tickets|drafts)/(\d+)[?"]', body)))


def test_every_number_opens_exactly_what_it_counts(city: City, app: Flask) -> None:
    """After months of work of all kinds, for everybody, whatever part of the city is theirs."""
    play(city, 5, tickets=24, days=40)
    with city.work("olga") as work:
        transcribing.send(work, "坐席：您好\n市民：香溪路路灯坏了".encode(), Call())
    compared = 0
    for login in PEOPLE:
        person = Person(app, login)
        for key, (url, count) in numbers(person.open("/desk/")).items():
            assert length(person, url) == count, (login, key, url)
            compared += count
    assert compared > 20, "there was something to count"


@pytest.mark.parametrize(
    ("login", "keys"),
    [
        ("olga", ["drafts", "accept", "reply", "calls", "survey", "soon", "over"]),
        ("dora", ["assign", "decide", "appeals", "soon", "over"]),
        ("hans", ["sign", "handle", "ordered", "explain", "soon", "over"]),
        ("sven", ["check", "decide", "decide_ordered", "appeals", "soon", "over", "supervised"]),
        ("lena", ["over", "supervised", "cards", "soon"]),
        ("adam", []),
    ],
)
def test_each_role_reads_its_own_numbers(app: Flask, login: str, keys: list[str]) -> None:
    assert list(numbers(Person(app, login).open("/desk/"))) == keys


def test_who_has_several_roles_has_a_part_for_each(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "dora").values(roles=["dispatcher", "supervisor"]))
    page = Person(app, "dora").open("/desk/")
    assert page.html.index("派单员</h2>") < page.html.index("督办员</h2>")
    assert "待交办" in page.text and "待核查" in page.text


def test_the_ten_that_are_due_first_with_the_time_left(city: City, app: Flask) -> None:
    late = city.receive(text="先到的诉求，井盖缺失").number
    city.turn(hours=3)
    later = [city.receive(text=f"后到的诉求，路灯不亮{place}").number for place in range(10)]
    page = Person(app, "olga").open("/desk/")
    shown = [number for number in (late, *later) if number in page.html]
    assert shown == [late, *later[:9]]
    assert page.html.index(late) < page.html.index(later[0])
    assert re.search(r"受理 已超期 已超 \d", page.text), "what is due, how it stands and by how much, in words"
    assert "/desk/tickets?view=mine" in page.html, "all of them"


def test_an_empty_desk_says_what_will_come(app: Flask) -> None:
    assert "新工单会出现在这里，并发短信给值班人员" in Person(app, "hans").open("/desk/").text
    assert "单位提交结果后会出现在这里" in Person(app, "sven").open("/desk/").text


def test_who_logs_in_stands_here_and_the_brand_leads_here(app: Flask) -> None:
    olga = Person(app, "olga")
    page = olga.open("/desk/")
    assert page.status == 200
    assert '<a class="brand" href="/desk/">' in page.html
    assert re.search(r'href="/desk/"[^>]*aria-current="page"', page.html)


def test_what_is_another_units_is_in_no_number_and_no_line(city: City, app: Flask) -> None:
    number = city.handling(text="只有市政处知道的事")
    assert numbers(Person(app, "hans").open("/desk/"))["handle"][1] == 1
    paul = Person(app, "paul").open("/desk/")
    assert {count for _, count in numbers(paul).values()} == {0}
    assert number not in paul.html


def test_the_page_asks_as_often_with_many_tickets_as_with_few(city: City, app: Flask) -> None:
    people = {login: Person(app, login) for login in ("olga", "hans", "lena", "adam")}

    def asked(login: str) -> int:
        people[login].open("/desk/")
        with city.statements() as statements:
            people[login].open("/desk/")
        return len(statements)

    city.receive()
    city.handling()
    few = {login: asked(login) for login in people}
    for place in range(6):
        city.receive(text=f"香溪路{place}号路灯不亮")
        city.handling(text=f"大桥路{place}号路灯不亮")
    assert {login: asked(login) for login in people} == few
    assert max(few.values()) <= 11


# what an administrator looks after


def test_an_administrator_reads_what_nobody_looks_after(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).values(last_login_at=city.now))
    adam = Person(app, "adam")
    assert "都没有要处理的" in adam.open("/desk/").text
    with city.office.session() as session:
        session.execute(sa.update(Unit).where(Unit.key == "parks").values(duty_phone=None))
        session.execute(sa.update(Staff).where(Staff.login == "paul").values(active=False))
        session.execute(sa.update(Staff).where(Staff.login == "otto").values(last_login_at=None))
    city.receive(phone="+8613812345678")
    city.turn(minutes=30)
    page = adam.open("/desk/")
    for sentence in ("1 个单位没有值班电话", "1 个单位没有承办人", "1 人从未登录", "条短信超过 10 分钟没有发出"):
        assert sentence in page.text
    assert "暂定" not in page.text
    city.turn(days=60)
    assert "2027年的工作日历是暂定的" in adam.open("/desk/").text


# search


def test_a_whole_number_leads_to_its_ticket_and_words_to_a_page(city: City, app: Flask) -> None:
    number = city.assigned(text="香溪路口路灯不亮")
    hans = Person(app, "hans")
    assert hans.open(f"/desk/find?q={number}").response.location == f"/desk/tickets/{number}"
    page = hans.open("/desk/find?q=路灯")
    assert page.links(f"/desk/tickets/{number}")
    assert page.links("/desk/tickets?view=all&q=")
    assert Person(app, "hans").open("/desk/find?q=月报").links("/desk/reports")
    assert "没有找到" in hans.open("/desk/find?q=没有这样的事").text
    assert hans.open("/desk/find").status == 200
    assert hans.open("/desk/find?q=" + "长" * 500).status == 200


@pytest.mark.parametrize("login", ["paul", "carl", "adam"])
def test_what_is_not_the_readers_is_not_found(city: City, app: Flask, login: str) -> None:
    number = city.assigned(text="香溪路口路灯不亮")
    person = Person(app, login)
    for asked in (number, number[-5:], "香溪路口"):
        answer = person.client.get(f"/desk/find?q={asked}", headers={"Accept": "application/json"})
        assert answer.json == {"tickets": [], "views": []}
        page = person.open(f"/desk/find?q={asked}")
        assert page.status == 200
        assert "路灯不亮" not in page.text and not page.links(f"/desk/tickets/{number}")


def test_hints_cover_what_a_list_covers(city: City, app: Flask) -> None:
    city.receive(text="举报电话13812345678的人乱倒垃圾")
    olga = Person(app, "olga")
    answer = olga.client.get("/desk/find?q=垃圾", headers={"Accept": "application/json"})
    (found,) = json.loads(answer.data)["tickets"]
    assert "13812345678" not in found["matter"]
    assert found["state_label"] == "待受理"
    assert city.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 1


def test_a_saved_list_is_found_by_its_name(city: City, app: Flask) -> None:
    with city.work("hans") as work:
        saved_views.save(work, "夜间路灯", "view=open&q=路灯", shared=False)
    found = Person(app, "hans").client.get("/desk/find?q=路灯", headers={"Accept": "application/json"})
    (view,) = json.loads(found.data)["views"]
    assert view["label"] == "夜间路灯" and view["url"].startswith("/desk/tickets?")
    others = Person(app, "paul").client.get("/desk/find?q=路灯", headers={"Accept": "application/json"})
    assert json.loads(others.data)["views"] == []
