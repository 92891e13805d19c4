"""翻页: every list goes back the way it came, at both ends, and when something arrives or goes meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
import sqlalchemy as sa

from hotline.models import Message, MessageState
from hotline.services import screening, transcribing
from hotline.services.paging import FIRST, Place, Stretch
from hotline.services.screening import Line, View
from hotline.services.transcribing import Call
from hotline.web.staff import calls, drafts, report_items
from tests.city import City
from tests.desk import Person, make_app

Make = Callable[[City], None]


def public(city: City) -> None:
    city.accepted(text="香溪路口路灯不亮三天了")


def call(city: City) -> None:
    city.replied(phone="+8613812345678")
    with city.office.session() as session:
        failed = {"state": MessageState.FAILED, "next_at": None, "failed_at": city.now}
        session.execute(sa.update(Message).where(Message.purpose == "answered").values(failed))


def draft(city: City) -> None:
    with city.work("olga") as work:
        transcribing.send(work, "坐席：您好，请讲。\n市民：香溪路路灯不亮。".encode(), Call())


def promise(city: City) -> None:
    city.handling(text="香溪路口路灯不亮三天了")


MONTH = "/desk/reports/2026-10/items"
LISTS = {
    "review": (public, screening, "PAGE", "/desk/public?view=shown", r'href="(/desk/public/\d+)"'),
    "calls": (call, calls, "ON_A_PAGE", "/desk/calls", r'id="step-(call-\d+)"'),
    "drafts": (draft, drafts, "ON_A_PAGE", "/desk/drafts", r'href="(/desk/drafts/\d+)"'),
    "promises": (promise, report_items, "ON_A_PAGE", f"{MONTH}?kind=handle&figure=owed", r'"(/desk/tickets/\d+)\?'),
}  # fmt: skip


@pytest.fixture(params=LISTS)
def desk(request: pytest.FixtureRequest, city: City, monkeypatch: pytest.MonkeyPatch) -> tuple[Person, str, str]:
    """Five rows, two to a page; who reads them, where they are and what each looks like."""
    make, module, size, address, row = LISTS[request.param]
    monkeypatch.setattr(module, size, 2)
    for _ in range(5):
        make(city)
    city.turn(days=15)  # the promises are due
    return Person(make_app(city), "olga"), address, row


def read(person: Person, address: str, row: str) -> tuple[list[str], str, str]:
    """The rows of a page, and where it leads up and down the list."""
    page = person.open(address)
    assert page.status == 200, page.text
    up, down = ("".join(re.findall(rf'rel="{way}" href="([^"]*)"', page.html)) for way in ("prev", "next"))
    return list(dict.fromkeys(re.findall(row, page.html))), unescape(up), unescape(down)


def test_a_desks_list_goes_back_as_it_came(desk: tuple[Person, str, str]) -> None:
    person, address, row = desk
    pages, up, down = [], "", address
    while down:
        rows, up, down = read(person, down, row)
        pages.append(rows)
        assert bool(up) is (len(pages) > 1)
    assert [len(rows) for rows in pages] == [2, 2, 1]
    assert len({each for rows in pages for each in rows}) == 5
    for rows in pages[-2::-1]:
        seen, up, down = read(person, up, row)
        assert seen == rows
        assert down
    assert not up, "the first page again"


def test_a_way_to_nothing_leads_to_the_beginning(desk: tuple[Person, str, str]) -> None:
    person, address, _ = desk
    above, below = ("0-1-1", "2-99999999999999999-1") if "reports" in address else ("999999999", "1")
    for way in (f"before={above}", f"after={below}"):
        answer = person.open(f"{address}{'&' if '?' in address else '?'}{way}")
        assert (answer.status, answer.response.location) == (302, address)


def test_what_comes_meanwhile_moves_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two to a page. One more above the first page is less than a page: it is seen from the beginning of the list."""
    monkeypatch.setattr(screening, "PAGE", 2)
    old = [city.accepted() for _ in range(4)][::-1]
    first, first_page = shown(city, FIRST)
    second, second_page = shown(city, Place(first_page.after))
    new = city.accepted()
    back, back_page = shown(city, Place(before=second_page.before))
    above, above_page = shown(city, Place(before=back_page.before))
    assert (first, second, back, above) == (old[:2], old[2:], old[:2], [new])
    assert (above_page.before, above_page.astray) == (None, True)
    assert not any(page.astray for page in (first_page, second_page, back_page))


def shown(city: City, place: Place[int]) -> tuple[list[str], Stretch[Line, int]]:
    with city.work("olga") as work:
        page = screening.queue(work, View.SHOWN, place)
        return [line.ticket.number for line in page], page
