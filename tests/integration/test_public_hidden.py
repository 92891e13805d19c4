"""公开: what is never shown to strangers, in each mode, on each way that leads to it (design §7; 信访条例 第三十条)."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from hotline.domain.errors import NotFound, Refused
from hotline.domain.publicity import Publicity
from hotline.models import Category, RequestType, Source, Ticket
from hotline.services import (
    accepting,
    checking,
    merging,
    publishing,
    replying,
    resembling,
    reworking,
    screening,
    showing,
)
from hotline.services.accepting import Classification
from hotline.services.screening import Decision, View
from hotline.services.showing import Asked
from tests.citizen import make_app, words
from tests.city import City

WORDS = "平湖街口路灯不亮三天了"


def confidential(city: City) -> str:
    return city.accepted(text=WORDS, confidential=True)


def reported(city: City) -> str:
    return city.accepted(text=WORDS, request_type=RequestType.REPORT)


def made_a_report_when_accepted(city: City) -> str:
    number = city.receive(WORDS).number
    with city.work("olga") as work:
        accepting.accept(work, number, Classification(request_type=RequestType.REPORT))
    return number


def naming_a_unit(city: City) -> str:
    number = city.receive(WORDS).number
    with city.work("olga") as work:
        accepting.accept(work, number, Classification(named_unit_ids=(city.unit_id("parks"),)))
    return number


def declined(city: City) -> str:
    number = city.receive(WORDS).number
    with city.work("olga") as work:
        accepting.decline(work, number, "属于劳动监察", "向劳动监察部门反映，电话12333")
    return number


def declined_after_acceptance(city: City) -> str:
    number = city.accepted(text=WORDS)
    with city.work("dora") as work:
        accepting.decline(work, number, "属于劳动监察", "向劳动监察部门反映，电话12333")
    return number


def voided(city: City) -> str:
    number = city.accepted(text=WORDS)
    with city.work("olga") as work:
        accepting.void(work, number, "测试来电")
    return number


def withdrawn(city: City) -> str:
    number = city.accepted(text=WORDS)
    with city.work("citizen") as work:
        accepting.withdraw(work, number)
    return number


def merged(city: City) -> str:
    number = city.accepted(text=WORDS)
    other = city.accepted(text="另一件：大桥路井盖没了", confidential=True)  # not to be seen either
    with city.work("olga") as work:
        merging.merge(work, number, other)
    return number


def of_a_petition(city: City) -> str:
    return city.accepted(text=WORDS, source=Source.PETITION)


def of_a_leader(city: City) -> str:
    return city.accepted(text=WORDS, source=Source.LEADER)


def of_a_withheld_category(city: City) -> str:
    category = city.scalar(sa.select(Category.id).where(Category.code == "R1802"))
    return city.accepted(text=WORDS, category_id=category)


def speaking_of_suicide(city: City) -> str:
    return city.accepted(text=f"{WORDS}。邻居说不想活了要轻生")


def speaking_of_a_child_only_in_the_citizens_words(city: City) -> str:
    """The operator has put it into other words; the citizen's own are not public either."""
    number = city.receive(f"{WORDS}。我家孩子昨晚在那里被打了").number
    with city.work("olga") as work:
        accepting.accept(work, number, Classification(matter=WORDS))
    return number


def answered_with_a_withheld_subject(city: City) -> str:
    number = city.replied(text=WORDS)
    with city.office.session() as session:
        session.execute(sa.update(Ticket).values(answer="经查涉及一名未成年人，已妥善处理。"))
    return number


NEVER = [
    confidential,
    reported,
    made_a_report_when_accepted,
    naming_a_unit,
    declined,
    declined_after_acceptance,
    voided,
    withdrawn,
    merged,
    of_a_petition,
    of_a_leader,
    of_a_withheld_category,
    speaking_of_suicide,
    speaking_of_a_child_only_in_the_citizens_words,
    answered_with_a_withheld_subject,
]


_browsers: dict[str, Client] = {}


def browser_of(city: City) -> Client:
    """One application for a test: its pages are asked often."""
    name = str(city.office.files)
    if name not in _browsers:
        _browsers[name] = make_app(city).test_client()
    return _browsers[name]


def links(page: str) -> str:
    """The list of a page and its map; what was asked for is repeated elsewhere on it."""
    shown = re.search(r'<ol class="public-list">.*?</section>', page, re.DOTALL)
    return shown[0] if shown else ""


def everywhere(city: City, number: str) -> dict[str, Any]:
    """What each way to the public leads to."""
    browser = browser_of(city)
    with city.work("citizen") as work:
        hints = [row.number for row in resembling.matters_nearby(work, WORDS, "平湖街", None, None)]
        named = resembling.named(work, number)
    return {
        "list": links(browser.get("/public").text),
        "open": links(browser.get("/public?state=open").text),
        "done": links(browser.get("/public?state=done").text),
        "words": links(browser.get("/public?q=平湖街").text),
        "number": links(browser.get(f"/public?q={number}").text),
        "feed": browser.get("/public/feed.atom").text,
        "page": browser.get(f"/public/{number}").status_code,
        "hints": hints,
        "named": named,
    }


def assert_nowhere(city: City, *hidden: str, joined: bool = False) -> None:
    """None of these numbers, and not the street that all of them speak of, is on any of the ways.

    `joined`: who complains of the same may join it, without a word of it.
    """
    for number in hidden:
        found = everywhere(city, number)
        assert found.pop("page") == 404, number
        assert found.pop("named") is None, number
        assert found.pop("hints") == ([number] if joined else [])
        for way, text in found.items():
            assert number not in text, (way, number)
            assert "平湖街" not in text, (way, number)


def test_is_never_shown(city: City) -> None:
    hidden = {make.__name__: make(city) for make in NEVER}
    with city.work("citizen") as work:
        shown = {line.number for line in showing.browse(work, Asked()).lines}
    assert [name for name, number in hidden.items() if number in shown] == []
    assert_nowhere(city, *hidden.values())


def test_no_reviewer_can_release_it(city: City) -> None:
    """It is not in the queue, its page says why, and releasing it is refused."""
    hidden = {make.__name__: make(city) for make in NEVER}
    with city.work("olga") as work:
        queues = [line.ticket.number for view in View for line in screening.queue(work, view)]
        assert [name for name, number in hidden.items() if number in queues] == []
        for name, number in hidden.items():
            try:
                sheet = screening.sheet(work, number)
            except NotFound:  # nobody has accepted it
                assert city.ticket(number).accepted_at is None
                continue
            assert sheet.withheld, name
            assert not sheet.is_shown, name
            texts = {"matter": "", "place": "", "answer": ""} | {each.name: each.shown for each in sheet.words}
            with pytest.raises(Refused, match="按规则不能公开"):
                screening.release(work, number, Decision(**texts, seen=sheet.seen))
    assert_nowhere(city, *hidden.values())


def test_the_condition_and_the_reason_are_twins(city: City) -> None:
    """What the list leaves out is what the review page has a reason for."""
    numbers = [make(city) for make in NEVER] + [city.accepted(text=WORDS), city.replied(text=WORDS)]
    with city.work("olga") as work:
        released = sa.select(Ticket.number).where(publishing.never_withheld(work))
        by_condition = set(work.session.scalars(released))
        tickets = list(work.session.scalars(sa.select(Ticket)))
        by_reason = {ticket.number for ticket in tickets if not publishing.why_withheld(work, ticket)}
    assert by_condition == by_reason
    assert set(numbers) - by_condition == set(numbers[: len(NEVER)])


def test_not_yet_accepted_is_nowhere_and_can_be_joined(city: City) -> None:
    assert_nowhere(city, city.receive(WORDS).number, joined=True)


def test_what_may_never_be_shown_cannot_be_joined_either(city: City) -> None:
    """In no city, whatever it shows else, and also before anybody has accepted it."""
    withheld = city.scalar(sa.select(Category.id).where(Category.code == "R1802"))
    for more in (
        {"confidential": True},
        {"request_type": RequestType.REPORT},
        {"source": Source.PETITION},
        {"source": Source.LEADER},
        {"category_id": withheld},
        {"text": f"{WORDS}。邻居说不想活了要轻生"},
    ):
        city.receive(**({"text": WORDS} | more))
    naming_a_unit(city)
    for city.office.publicity in Publicity:
        with city.work("citizen") as work:
            assert resembling.matters_nearby(work, WORDS, "平湖街", None, None) == []


def test_accepted_is_shown_on_all_ways(city: City) -> None:
    number = city.accepted(text=WORDS, place="平湖街口")
    found = everywhere(city, number)
    assert found["page"] == 200
    assert found["named"] is not None
    for way in ("list", "open", "words", "number", "feed"):
        assert number in found[way], way
    assert number not in found["done"]
    assert found["hints"] == [number]


def test_a_city_may_switch_it_all_off(city: City) -> None:
    number = city.accepted(text=WORDS)
    city.office.publicity = Publicity.OFF
    browser = make_app(city).test_client()
    for path in ("/public", f"/public/{number}", "/public/feed.atom", "/public/rates.json", "/public/rates.csv"):
        response = browser.get(path)
        assert response.status_code == 404, path
        assert "本市没有公开诉求" in response.text
        assert number not in words(response.text)
    assert "/public" not in browser.get("/robots.txt").text
    assert 'href="/public' not in browser.get("/").text, "and no link leads there"
    with city.work("citizen") as work:
        (offered,) = resembling.matters_nearby(work, WORDS, "平湖街", None, None)
        assert (offered.in_words, offered.matter, offered.place) == (False, "路灯不亮", "平湖街")
        assert showing.browse(work, Asked()).lines == []


def test_reviewed_only_shows_what_a_person_has_released(city: City) -> None:
    city.office.publicity = Publicity.REVIEWED
    number = city.accepted(text=WORDS)
    assert_nowhere(city, number, joined=True)
    release(city, number, matter="平湖街口路灯")
    assert "平湖街口路灯" in everywhere(city, number)["list"]


def test_reviewed_only_shows_no_answer_that_came_after_the_review(city: City) -> None:
    city.office.publicity = Publicity.REVIEWED
    number = city.submitted(text=WORDS)
    release(city, number)
    city.turn(minutes=5)
    answer(city, number)
    assert "请找冯师傅" not in page(city, number)
    with city.work("olga") as work:
        waiting = screening.queue(work, View.WAITING)
        assert [line.ticket.number for line in waiting] == [number]
    release(city, number, answer="已修好。")
    assert "已修好。" in page(city, number)


def test_words_reviewed_for_one_answer_are_not_shown_for_the_next(city: City) -> None:
    number = city.submitted(text=WORDS)
    answer(city, number)
    release(city, number, answer="第一次的公开答复。")
    city.turn(hours=1)
    with city.work("sven") as work:
        reworking.rework(work, number, "仍然不亮")
    assert "第一次的公开答复" not in page(city, number), "the round has no answer yet"
    city.turn(hours=1)
    with city.work("dora") as work:
        replying.answer(work, number, "第二次：灯杆已更换，请放心。")
    assert "第二次：灯杆已更换" in page(city, number)


def test_persons_are_covered_everywhere(city: City) -> None:
    number = city.submitted(
        text="我是张小明，电话13800005678，住平湖街88号3栋201室，门口路灯不亮", place="平湖街88号3栋201室"
    )
    answer(city, number, "张小明先生您好，已电话13800005678联系您，路灯已修复。")
    found = everywhere(city, number)
    told = found["list"] + found["words"] + found["feed"] + page(city, number)
    for secret in ("张小明", "13800005678", "201室"):
        assert secret not in told, secret
    assert "[电话已隐去]" in told


@pytest.mark.parametrize("asked", ["13800005678", "张小明", "1380000", "201"])
def test_what_is_covered_cannot_be_searched_for(city: City, asked: str) -> None:
    """A hit would tell what is under the cover."""
    city.accepted(text="我是张小明，电话13800005678，住平湖街88号3栋201室，门口路灯不亮", place="平湖街88号3栋201室")
    with city.work("citizen") as work:
        assert showing.browse(work, Asked(text=asked)).lines == []
        assert len(showing.browse(work, Asked(text="平湖街")).lines) == 1


def test_the_position_is_only_about_right(city: City) -> None:
    """Also where the citizen has only marked a point, and the place's words are that point."""
    number = city.accepted(text=WORDS, place="定位点30.512345,117.056789", latitude=30.512345, longitude=117.056789)
    found = everywhere(city, number)
    told = found["list"] + found["feed"] + page(city, number)
    assert "30.5123" not in told
    assert "117.0567" not in told
    assert "30.512" in told
    assert "117.057" in told


def test_everything_that_people_wrote_is_words(city: City) -> None:
    script = "<script>alert('x')</script>"
    number = city.submitted(text=f"路灯{script}不亮，晚上很黑", place=f"平湖街{script}", area=f"区{script}")
    answer(city, number, f"已修好{script}。")
    with city.office.session() as session:
        session.execute(sa.update(Category).values(parent_name=f"类{script}", name=f"小类{script}"))
        session.execute(sa.update(Ticket).values(category_id=sa.select(sa.func.min(Category.id)).scalar_subquery()))
    browser = make_app(city).test_client()
    for path in ("/public", f"/public?q={script}&group={script}&area={script}&since={script}", f"/public/{number}"):
        text = browser.get(path).text
        assert "<script>alert" not in text, path
    release(city, number, matter=f"公开{script}", place=f"公开{script}", answer=f"公开{script}")
    text = browser.get(f"/public/{number}").text
    assert "<script>alert" not in text
    assert "公开&lt;script&gt;" in text


def test_nobody_puts_words_of_his_own_over_a_page_of_the_city(city: City) -> None:
    city.accepted(text=WORDS, area="城中区")
    page = make_app(city).test_client().get("/public?group=热线停用&area=请改拨000&q=热线停用").text
    assert "请改拨000" not in page
    assert page.count("热线停用") == 1, "in the search box"


def page(city: City, number: str) -> str:
    response = browser_of(city).get(f"/public/{number}")
    assert response.status_code == 200
    return response.text


def answer(city: City, number: str, text: str = "路灯已修复，有问题请找冯师傅。") -> None:
    with city.work("sven") as work:
        checking.approve(work, number)
    with city.work("olga") as work:
        replying.reply(work, number, text)


def release(city: City, number: str, who: str = "olga", **texts: str) -> None:
    """Reviewed and released, in these words where given."""
    with city.work(who) as work:
        sheet = screening.sheet(work, number)
        shown = {"matter": "", "place": "", "answer": ""} | {each.name: each.shown for each in sheet.words}
        screening.release(work, number, Decision(**(shown | texts), seen=sheet.seen))
