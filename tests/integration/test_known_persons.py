"""没有人名: no page for everybody, and none for whom it is kept from, has a name or number that the hotline knows."""

from __future__ import annotations

import tomllib
from itertools import cycle
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from hotline.domain.known import is_persons
from hotline.domain.publicity import Publicity
from hotline.models import Complaint, Message, Staff, Unit
from hotline.services import attaching, browsing, citizens, persons, replying, screening, viewing
from hotline.services.hand import find
from hotline.services.screening import Decision
from tests.citizen import Browser, make_app, photo
from tests.city import City
from tests.desk import Person
from tests.integration.test_enforcing import sweep

DEMO = Path(__file__).parents[2] / "demo"
PHRASES = tomllib.loads((DEMO / "phrases.toml").read_text(encoding="utf-8"))
LIAISONS = [unit["liaison"] for unit in tomllib.loads((DEMO / "city.toml").read_text(encoding="utf-8"))["unit"]]
#: In forms that announce themselves, and in such as do not.
CALLERS = ["钟长河", "许可欣", "张伟", "付建国", "阿依古丽", "买买提·艾力", "John Smith", "欧阳娜娜", "张 伟"]
DUTY = "0320-0002101"
SLOTS = {
    "title": "路灯不亮", "unit": "市政处", "day": "10月12日", "found": "灯头损坏", "done": "更换灯头两只",
    "phone": DUTY, "place": "香溪路口", "answer": "可以到市民中心办理。",
}  # fmt: skip


def tickets(city: City) -> list[str]:
    """One for every wording of an answer in the demo, and of a citizen's letter; each with a known caller."""
    wordings = [*PHRASES["reply"]["frames"], *PHRASES["reply"]["direct"]]
    letters = [f"{opener}{{caller}}家门口路灯不亮{closer}" for opener, closer in
               zip(PHRASES["web"]["openers"], cycle(PHRASES["web"]["closers"]), strict=False)]  # fmt: skip
    written = []
    for turn, (wording, letter) in enumerate(zip(cycle(wordings), letters, strict=False)):
        caller = CALLERS[turn % len(CALLERS)]
        text = letter.format(caller=caller)
        number = city.resolved(text=text, name=caller, phone=f"+86139123456{turn:02}", place=f"香溪路口{caller}门前")
        with city.work("olga") as work:
            liaison = LIAISONS[turn % len(LIAISONS)]
            replying.reply(work, number, wording.format(**SLOTS, caller=caller, liaison=liaison))
        written.append(number)
    assert len(written) >= len(wordings)
    return written


def test_the_public_page_and_the_feed_name_nobody(city: City) -> None:
    written = tickets(city)
    client = make_app(city).test_client()
    pages = [client.get(f"/public/{number}").text for number in written]
    pages += [client.get(path).text for path in ("/public", "/public/feed.atom")]
    people = {
        *CALLERS,
        "张伟",
        "买买提",
        "Smith",
        *LIAISONS,
        "冯市政",
        "王受理",
        *(f"139123456{n:02}" for n in range(20)),
    }
    assert [(name, page[:200]) for page in pages for name in people if name in page] == []
    assert all(number in page for number, page in zip(written, pages, strict=False))
    assert any(DUTY in page for page in pages), "the telephone of an office stays"
    assert any("更换灯头两只" in page for page in pages)


#: How a name stands in its account, and texts in which it stands, begins, is written otherwise, or is not.
OFFICIALS = {
    "冯小刚": ["已告知冯小刚。", "冯小刚", "冯小", "请找冯师傅", "冯 小刚来过"],
    "张 伟": ["张 伟来过", "张伟来过", "张"],
    "李娜": ["见李娜", "李娜娜来过", "李\n娜"],
    "买买提·艾力": ["由买买提·艾力办理", "由买买提艾力办理", "买买提•艾力"],
    "John Smith": ["ask John Smith", "ask JOHN SMITH", "John  Smith"],
    "Ｊｏｈｎ": ["Ｊｏｈｎ来过", "John来过"],
    "\U00020bb7田一": ["\U00020bb7田一来过", "吉田一来过"],
    "o'Neil%_\\": ["o'Neil%_\\来过", "o'Neil来过"],
    "王": ["王府井路口"],
    "值班员": ["值班员已到"],
    "": [""],
}


def test_of_all_officials_those_are_read_who_may_stand_there_and_none_is_missed(city: City) -> None:
    """As when all were read and each was looked for; for the same number of statements."""
    with city.work() as work:
        unit = work.session.scalars(sa.select(Unit).where(Unit.key == "parks")).one()
        unit.head_name, unit.duty_phone = "李娜", ""
        others = [f"钱{chr(0x4E00 + turn)}" for turn in range(200)]
        for name in [*OFFICIALS, *others]:
            work.session.add(Staff(login=f"x{name}", name=name, password_hash="x", unit_id=unit.id, roles=[],
                                   created_at=city.now))  # fmt: skip
    read: list[int] = []

    def note(connection: object, cursor: psycopg.Cursor[object], *rest: object) -> None:
        read.append(cursor.rowcount)

    with city.work() as work:
        names = {*work.session.scalars(sa.select(Staff.name)), "李娜"}
        sa.event.listen(city.office.engine, "after_cursor_execute", note)
        for text in [text for texts in OFFICIALS.values() for text in texts]:
            read.clear()
            said, offices = persons._officials(work, text)
            assert sorted(said) == sorted(name for name in names if name in text and is_persons(name)), text
            assert len(read) == 2
            assert read[0] <= 2, text
            assert len(offices) == 5, "and every office's telephone, where it has one"
        sa.event.remove(city.office.engine, "after_cursor_execute", note)


def test_what_a_person_released_stands_but_for_whom_the_hotline_knows(city: City) -> None:
    city.office.publicity = Publicity.REVIEWED
    number = city.accepted(text="香溪路灯不亮，付建国反映", name="付建国", phone="+8613912345678")
    with city.work("olga") as work:
        sheet = screening.sheet(work, number)
        matter = next(words for words in sheet.words if words.name == "matter")
        assert ("付建国", True) in matter.parts, "it is proposed for covering"
        assert matter.shown == "香溪路灯不亮，[姓名已隐去]反映"
        typed = Decision("付建国说路灯不亮，李建国在场", "香溪路", "", sheet.seen)
        screening.release(work, number, typed)
    page = make_app(city).test_client().get(f"/public/{number}").text
    assert "[姓名已隐去]说路灯不亮，李建国在场" in page
    assert "付建国" not in page


def test_a_name_that_is_learnt_later_is_covered_on_what_was_published_before(city: City) -> None:
    number = city.accepted(text="香溪路灯不亮，阿依古丽门前", phone="+8613912345678")
    client = make_app(city).test_client()
    assert "阿依古丽" in client.get(f"/public/{number}").text, "nothing announces it"
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        complaint.name_sealed = work.vault.seal("阿依古丽")
    assert "阿依古丽" not in client.get(f"/public/{number}").text


@pytest.mark.parametrize("name", ["付建国", "阿依古丽", "买买提·艾力", "John Smith"])
def test_the_unit_of_a_confidential_complaint_reads_no_known_name(city: City, name: str) -> None:
    said = f"香溪路路灯不亮，{name}家门口，打139_1234_5678"
    number = city.handling(text=said, name=name, phone="+8613912345678", confidential=True, place=f"香溪路{name}门前")
    for who, reads in (("hans", False), ("olga", True)):
        with city.work(who) as work:
            page = str(viewing.ticket_dict(work, find(work, number)))
        assert (name in page, "139_1234_5678" in page) == (reads, reads)


def test_nobody_else_learns_what_a_citizen_has_called_a_photo(city: City) -> None:
    app = make_app(city)
    number = city.handling(confidential=True, name="张伟明")
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        for name in ("张伟明13912345678.jpg", "我家501.jpg"):
            attaching.store(work, complaint_id=complaint.id, name=name, data=_photo(name), by_citizen=True)
    hans = Person(app, "hans")
    page = hans.ticket(number).html
    assert 'alt="照片1.jpg"' in page
    assert 'alt="照片2.jpg"' in page
    with city.work("hans") as work:
        attachments = viewing.ticket_dict(work, find(work, number))["attachments"]
    assert [each["name"] for each in attachments] == ["照片1.jpg", "照片2.jpg"]
    assert "filename*=UTF-8''%E7%85%A7%E7%89%872.jpg" in _called(hans.client, attachments[1]["token"])
    assert "张伟明" not in page
    assert "501" not in page


def test_the_sender_has_his_photos_by_their_own_names(city: City) -> None:
    browser = Browser(make_app(city))
    number, _ = browser.complain()
    with city.work("citizen") as work:
        complaint = citizens.find_complaint(work, number)
        assert complaint is not None
        token = attaching.store(work, complaint_id=complaint.id, name="a.jpg", data=_photo("a"), by_citizen=True).token
    assert "a.jpg" in _called(browser.client, token)
    assert city.rows(sa.select(Complaint.number)) == [number]


def _called(client: Client, token: str) -> str:
    with client.get(f"/files/{token}") as response:
        return response.headers["Content-Disposition"]


def _photo(seed: str) -> bytes:
    return photo((64 + len(seed), 48))


@pytest.mark.parametrize("name", ["阿依古丽", "付建国"])
def test_no_list_and_no_text_to_a_unit_names_who_complained_in_confidence(city: City, name: str) -> None:
    number = city.assigned(text=f"香溪路路灯不亮，{name}家门口", name=name, phone="+8613912345678", confidential=True)
    hans = Person(make_app(city), "hans")
    listed = hans.open("/desk/tickets").text
    assert number in listed
    with city.work("hans") as work:
        lines, _ = browsing.browse(work, browsing.Search())
    city.turn(days=30)
    while sweep(city):
        pass
    texts = [city.office.vault.open(body) for body in city.rows(sa.select(Message.body_sealed)) if body]
    to_units = [text for text in texts if "[姓名已隐去]" in text]
    assert len(to_units) > 1, "of the assignment, and of what slipped"
    assert [told for told in (listed, str(lines), *texts) if name in told] == []
