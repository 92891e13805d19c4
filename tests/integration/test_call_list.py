"""待联系, as it is read: as many statements for thirty lines as for three, and no citizen's name or number in any."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.models import (
    Addition,
    Channel,
    Complaint,
    Deadline,
    DeadlineKind,
    Message,
    MessageState,
    Staff,
    Ticket,
)
from hotline.services import replying
from hotline.web.staff import calls
from tests.city import City
from tests.desk import Person, make_app

WHYS = ("答复短信没有送达", "告知短信没有送达", "答复之后又来信")
SAID = "我叫张伟，电话13912345678，皖H12345还堵着。"

_phones = (f"+86138{number:08}" for number in itertools.count(12340000))


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def unanswered(city: City, **more: Any) -> str:
    """The answer has not arrived."""
    return lose(city, answered(city, **more), "answered")


def untold(city: City, **more: Any) -> str:
    """Nor have the texts before it."""
    return lose(city, city.accepted(phone=next(_phones), **more), "received", "accepted")


def unread(city: City, *texts: str, **more: Any) -> str:
    """The answer has arrived, and the citizen has said more."""
    number = answered(city, **more)
    with city.work() as work:
        complaint = work.session.scalars(sa.select(Complaint).where(Complaint.number == number)).one()
        complaint.reached_at, complaint.reached_by = city.now, "delivered"
        for text in texts or [SAID]:
            work.session.add(Addition(complaint_id=complaint.id, channel=Channel.SMS, text=text, added_at=city.now))
            work.session.flush()
    return number


def answered(city: City, **more: Any) -> str:
    number = city.accepted(phone=next(_phones), **more)
    with city.work("olga") as work:
        replying.answer(work, number, "您反映的路灯已修复，感谢监督。")
    return number


def lose(city: City, number: str, *purposes: str) -> str:
    about_it = sa.select(Complaint.id).where(Complaint.number == number).scalar_subquery()
    texts = sa.update(Message).where(Message.complaint_id == about_it, Message.purpose.in_(purposes))
    with city.work() as work:
        work.session.execute(texts.values(state=MessageState.FAILED, next_at=None, failed_at=city.now))
    return number


def test_statements_do_not_grow_with_the_rows(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "ON_A_PAGE", 30)
    olga = Person(app, "olga")
    fill(city, 1)
    assert lines(olga) == [1, 1, 1]
    few = statements(city, olga)
    fill(city, 9)
    assert lines(olga) == [10, 10, 10]
    assert statements(city, olga) == few


def fill(city: City, times: int) -> None:
    """So many calls for each reason, some of them confidential."""
    for _ in range(times):
        unanswered(city)
        untold(city)
        unread(city, confidential=True, name="张伟")


def lines(person: Person) -> list[int]:
    page = person.open("/desk/calls")
    return [page.html.count(why) for why in WHYS]


def statements(city: City, person: Person) -> int:
    with city.statements() as asked:
        assert person.open("/desk/calls").status == 200
    return len(asked)


@pytest.mark.parametrize("make", [unanswered, untold, unread])
def test_nobody_is_named_in_a_line(city: City, app: Flask, make: Callable[..., str]) -> None:
    make(city, matter=SAID, name="张伟")
    page = Person(app, "olga").open("/desk/calls").html
    assert "[姓名已隐去]" in page and "还堵着" in page
    for secret in ("张伟", "13912345678", "皖H12345"):
        assert secret not in page


@pytest.mark.parametrize("secret", [Ticket, Complaint])
def test_whoever_asked_for_secrecy_is_not_named_however_he_names_himself(
    city: City, app: Flask, secret: type[Ticket] | type[Complaint]
) -> None:
    """A complaint stays confidential by itself where its ticket is not."""
    number = unread(city, "灯还是不亮，张伟家门口也一样", name="张伟")
    with city.work() as work:
        work.session.execute(sa.update(secret).where(secret.number == number).values(confidential=True))
    page = Person(app, "olga").open("/desk/calls").html
    assert "灯还是不亮" in page and "张伟" not in page


def test_a_county_is_not_told_who_asked_the_city_for_secrecy(city: City, app: Flask) -> None:
    number, path = unanswered(city, name="张伟"), city.actor("cora").unit_path
    with city.work() as work:
        work.session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=[Role.OPERATOR]))
        work.session.execute(sa.update(Ticket).where(Ticket.number == number).values(unit_path=path))
        work.session.execute(sa.update(Complaint).where(Complaint.number == number).values(confidential=True))
    county, centre = (Person(app, who).open("/desk/calls") for who in ("cora", "olga"))
    assert "张**" in centre.html and centre.offers(f"/desk/calls/{number}/contact")
    assert "保密件 请由热线中心联系" in county.html and "138****" not in county.html and "张**" not in county.html
    assert not county.offers(f"/desk/calls/{number}/contact")


def test_the_promise_shown_is_that_of_the_last_round(city: City, app: Flask) -> None:
    """Not one of an earlier answer that was not the end of it."""
    number = unanswered(city)
    due = city.now + timedelta(days=9)
    with city.work() as work:
        first = work.session.scalars(sa.select(Deadline).where(Deadline.kind == DeadlineKind.REPLY)).one()
        copied = {
            column.key: getattr(first, column.key) for column in sa.inspect(Deadline).columns if column.key != "id"
        }
        work.session.add(Deadline(**copied | {"round": 2, "due_at": due, "original_due_at": due}))
    page = Person(app, "olga").open("/desk/calls").html
    assert page.count(f"/desk/calls/{number}/contact") == 1
    assert due.astimezone(city.office.zone).isoformat() in page


def test_what_another_is_told_settles_nothing(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    first = untold(city)
    city.turn(minutes=1)
    second = untold(city)
    city.receive(phone=next(_phones))  # a text that is on its way
    assert lines(olga) == [0, 2, 0]
    city.turn(minutes=1)
    form = olga.open("/desk/calls").form(f"/desk/calls/{second}")
    assert olga.send(form, note="已告知").status == 303
    assert lines(olga) == [0, 1, 0]
    assert olga.open("/desk/calls").offers(f"/desk/calls/{first}")


def test_each_is_read_what_is_his(city: City, app: Flask) -> None:
    """All words in the order in which they came, and no neighbour's."""
    first, second = unread(city, "灯还是不亮", "请再来看看"), unread(city, "又灭了")
    told = untold(city)
    page = Person(app, "olga").open("/desk/calls").html
    shown = {number: line for number in (first, second, told) for line in page.split("<li>") if f"{number} " in line}
    assert "灯还是不亮\n请再来看看</p>" in shown[first] and "又灭了</p>" in shown[second]
    assert "凭手机号在网上重取" in shown[told] and "已受理" in shown[told] and "又灭了" not in shown[told]
