"""公开审核: who decides what strangers read, in which words; written down, undone, and never by two hands at once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.errors import NotAllowed, NotFound, Refused
from hotline.domain.publicity import Publicity
from hotline.models import Event, Publication, Ticket
from hotline.services import merging, screening
from hotline.services.screening import Decision, View, covered
from tests.city import City
from tests.desk import Form, Page, Person, make_app

PRIVATE = "我是张小明，电话13800005678，平湖街口路灯不亮"


def form(page: Page, name: str) -> Form:
    """The form that has this field."""
    return next(each for each in page.forms if name in each.names)


def send(person: Person, page: Page, name: str, deed: str, **typed: Any) -> Page:
    found = form(page, name)
    return Page(person.client.post(found.action, data=found.values | typed | {"deed": deed}))


def public(city: City, number: str) -> str:
    response = make_app(city).test_client().get(f"/public/{number}")
    return response.text if response.status_code == 200 else ""


def numbers(page: Page) -> str:
    return page.text


def test_the_way_of_a_review(city: City) -> None:
    """From the queue to the words, released, hidden with a reason, undone; each a line of the ticket's history."""
    city.office.publicity = Publicity.REVIEWED
    number = city.accepted(text=PRIVATE, place="平湖街口")
    olga = Person(make_app(city), "olga")
    queue = olga.open("/desk/public")
    assert number in queue.text
    assert "13800005678" not in queue.text, "the queue shows the words for everybody"
    page = olga.open(f"/desk/public/{number}")
    assert "<mark>张小明</mark>" in page.html
    assert "<mark>13800005678</mark>" in page.html
    assert form(page, "matter").values["matter"] == ["我是[姓名已隐去]，电话[电话已隐去]，平湖街口路灯不亮"]

    assert send(olga, page, "matter", "release", matter="平湖街口路灯不亮").status == 303
    assert "平湖街口路灯不亮" in public(city, number)
    assert number in olga.open("/desk/public?view=shown").text
    assert number not in olga.open("/desk/public").text

    city.turn(minutes=1)
    page = olga.open(f"/desk/public/{number}")
    refused = send(olga, page, "reason", "hide", reason=" ")
    assert refused.status == 422
    assert "请写明不公开的原因" in refused.text
    assert send(olga, page, "reason", "hide", reason="涉及当事人住址").status == 303
    assert public(city, number) == ""
    assert number in olga.open("/desk/public?view=hidden").text

    city.turn(minutes=1)
    page = olga.open(f"/desk/public/{number}")
    undo = next(each for each in page.forms if "撤销审核" in page.html and each.names == {"csrf_token", "seen", "deed"})
    assert Page(olga.client.post(undo.action, data=undo.values | {"deed": "undo"})).status == 303
    assert number in olga.open("/desk/public").text

    assert city.steps(number)[-3:] == ["publish", "unpublish", "unscreen"]
    history = olga.ticket(number).text
    for told in ("公开审核：公开", "公开文字有改动：事项", "公开审核：不公开", "涉及当事人住址", "公开审核：撤销"):
        assert told in history


def test_the_words_stand_where_they_can_be_taken_back_and_not_in_the_history(city: City) -> None:
    number = city.accepted(text=PRIVATE)
    release(city, "olga", number, matter="写错了，漏了电话13800005678")
    events = city.rows(sa.select(Event).where(Event.step == "publish"))
    assert "13800005678" not in str([event.data for event in events])


def test_neither_state_nor_version_nor_clock_moves(city: City) -> None:
    number = city.handling(text=PRIVATE)
    before = city.ticket(number)
    release(city, "olga", number)
    after = city.ticket(number)
    assert (after.state, after.version, after.round) == (before.state, before.version, before.round)


def test_the_second_of_two_hands_is_told(city: City) -> None:
    number = city.accepted(text=PRIVATE)
    app = make_app(city)
    olga, otto = Person(app, "olga"), Person(app, "otto")
    first, second = olga.open(f"/desk/public/{number}"), otto.open(f"/desk/public/{number}")
    assert send(olga, first, "matter", "release", matter="路灯不亮").status == 303
    answer = send(otto, second, "matter", "release", matter="路灯坏了")
    assert answer.status == 409
    assert "由他人审核" in answer.text
    assert form(answer, "matter").values["matter"] == ["路灯坏了"], "nothing typed is lost"
    assert "现在的公开文字：路灯不亮" in answer.text.replace("： ", "：")
    assert send(otto, answer, "matter", "release").status == 303
    assert "路灯坏了" in public(city, number)


def test_an_answer_that_came_meanwhile_is_looked_at_first(city: City) -> None:
    number = city.resolved(text=PRIVATE)
    with city.work("olga") as work:
        sheet = screening.sheet(work, number)
    with city.work("otto") as work:
        from hotline.services import replying

        replying.reply(work, number, "您反映的路灯已修复，请放心。")
    with city.work("olga") as work, pytest.raises(Refused, match="核对最新内容"):
        screening.release(work, number, Decision("路灯", "", "", sheet.seen))


@pytest.mark.parametrize(
    ("who", "may"),
    [("olga", True), ("sven", True), ("dora", False), ("lena", False), ("adam", False), ("hans", False)],
)
def test_whose_business_it_is(city: City, who: str, may: bool) -> None:
    number = city.assigned(text=PRIVATE)
    person = Person(make_app(city), who)
    assert (person.open("/desk/public").status == 200) is may
    assert (person.open(f"/desk/public/{number}").status == 200) is may
    assert bool(person.open("/desk/tickets").links("/desk/public")) is may
    ticket = person.open(f"/desk/tickets/{number}")
    assert bool(ticket.links(f"/desk/public/{number}")) is may
    with city.work(who) as work:
        if not may:
            with pytest.raises(NotAllowed):
                screening.release(work, number, Decision("x", "", "", ""))


def test_only_of_ones_own_subtree(city: City) -> None:
    """A county's operator decides on what the county has taken in, the city's on everything."""
    with city.office.session() as session:
        county = session.execute(sa.text("SELECT id, path FROM unit WHERE key = 'county'")).one()
        session.execute(sa.text("UPDATE staff SET roles = '{operator}' WHERE login = 'cora'"))
    own = city.accepted(text=PRIVATE)
    with city.office.session() as session:
        session.execute(sa.update(Ticket).values(centre_id=county.id, centre_path=county.path))
    other = city.accepted(text=PRIVATE)
    city.office.publicity = Publicity.REVIEWED
    with city.work("cora") as work:
        assert [line.ticket.number for line in screening.queue(work, View.WAITING)] == [own]
        screening.sheet(work, own)
        for deed in (screening.sheet, lambda work, number: screening.undo(work, number, "")):
            with pytest.raises(NotFound):
                deed(work, other)
    with city.work("olga") as work:
        assert {line.ticket.number for line in screening.queue(work, View.WAITING)} == {own, other}


def test_a_visitor_is_sent_to_the_log_in(city: City) -> None:
    browser = make_app(city).test_client()
    for path in ("/desk/public", "/desk/public/20261012000001"):
        assert browser.get(path).status_code == 302
        assert browser.post(path).status_code in (302, 400, 401, 405)


def test_a_city_without_public_pages_has_no_review_desk(city: City) -> None:
    number = city.accepted(text=PRIVATE)
    city.office.publicity = Publicity.OFF
    olga = Person(make_app(city), "olga")
    assert olga.open("/desk/public").status == 404
    assert olga.open(f"/desk/public/{number}").status == 404
    assert not olga.ticket(number).links("/desk/public")


@pytest.mark.parametrize("fields", [{"deed": "x"}, {}, {"deed": "release"}, {"deed": "undo", "seen": "x"}])
def test_forged_forms(city: City, fields: dict[str, str]) -> None:
    number = city.accepted(text=PRIVATE)
    olga = Person(make_app(city), "olga")
    token = form(olga.open(f"/desk/public/{number}"), "matter").values["csrf_token"]
    answer = Page(olga.client.post(f"/desk/public/{number}", data=fields | {"csrf_token": token}))
    assert answer.status in (400, 409)
    assert city.scalar(sa.select(sa.func.count()).select_from(Publication)) == 0


def test_too_much_and_too_little(city: City) -> None:
    number = city.accepted(text=PRIVATE, place="平湖街口")
    olga = Person(make_app(city), "olga")
    answer = send(olga, olga.open(f"/desk/public/{number}"), "matter", "release", matter=" ", place="长" * 4001)
    assert answer.status == 422
    assert "请填写公开的事项" in answer.text
    assert "请控制在4000字以内" in answer.text
    assert form(answer, "matter").values["place"] == ["长" * 4001]


def test_every_word_is_a_word(city: City) -> None:
    script = "<script>alert('x')</script>"
    number = city.replied(text=f"路灯{script}不亮，电话13800005678", place=script)
    olga = Person(make_app(city), "olga")
    page = olga.open(f"/desk/public/{number}")
    answer = send(olga, page, "matter", "release", matter=script * 2, place=script, answer="长" * 4001 + script)
    for shown in (page, answer, olga.open("/desk/public"), olga.open("/desk/public?view=<script>&after=<script>")):
        assert "<script>alert" not in shown.html


def test_a_merged_ticket_takes_its_review_with_it_out_of_sight(city: City) -> None:
    number, other = city.accepted(text=PRIVATE), city.accepted(text="大桥路路灯不亮很久了")
    release(city, "olga", number, matter="平湖街口路灯")
    with city.work("olga") as work:
        merging.merge(work, number, other)
    assert public(city, number) == ""


@pytest.mark.parametrize(
    ("original", "redacted", "parts"),
    [
        ("", "", []),
        ("路灯不亮", "路灯不亮", [("路灯不亮", False)]),
        ("13800005678", "[电话已隐去]", [("13800005678", True)]),
        ("我是张小明，路灯", "我是[姓名已隐去]，路灯", [("我是", False), ("张小明", True), ("，路灯", False)]),
        ("甲乙", "丙[电话已隐去]", [("甲乙", True)]),
    ],
)
def test_what_is_covered_is_marked(original: str, redacted: str, parts: list[tuple[str, bool]]) -> None:
    assert covered(original, redacted) == parts


def release(city: City, who: str, number: str, **texts: str) -> None:
    with city.work(who) as work:
        sheet = screening.sheet(work, number)
        shown = {"matter": "", "place": "", "answer": ""} | {each.name: each.shown for each in sheet.words}
        screening.release(work, number, Decision(**(shown | texts), seen=sheet.seen))
