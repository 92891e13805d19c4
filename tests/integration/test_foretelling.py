"""并案预览: what is foretold is what is then sent, in every case; and nothing is done by looking."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import Invalid
from hotline.models import Assignment, Citizen, Complaint, Ending, Message, MessageState, Part, Staff, Ticket
from hotline.services import foretelling, merging
from hotline.services.foretelling import Foreseen
from tests.city import City
from tests.desk import Person, make_app

ONE, TWO = "+8613812345678", "+8613900001111"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def sent(city: City, complaint: str, since: int) -> list[str]:
    """The texts to that complainant with ids above `since`."""
    rows = city.rows(
        sa.select(Message).join(Complaint).where(Complaint.number == complaint, Message.id > since).order_by(Message.id)
    )
    return [city.office.vault.open(row.body_sealed) for row in rows if row.state is not MessageState.CANCELLED]


def newest(city: City) -> int:
    return int(city.scalar(sa.select(sa.func.coalesce(sa.func.max(Message.id), 0))))


def foretold(city: City, number: str, into: str, who: str = "dora") -> Foreseen:
    with city.work(who) as work:
        return foretelling.merge(work, number, into)


def silence(city: City) -> None:
    with city.work() as work:
        work.session.execute(sa.update(Citizen).values(opted_out_at=city.now))


@pytest.mark.parametrize(
    ("more", "silent", "answered", "why_not"),
    [
        ({"phone": ONE}, False, False, ""),
        ({"phone": ONE}, False, True, ""),
        ({"phone": ONE}, True, False, foretelling.SILENT),
        ({"phone": ONE}, True, True, foretelling.ANSWERED_BY_CALL),
        ({}, False, False, foretelling.NO_PHONE),
        ({}, False, True, foretelling.NO_PHONE),
        ({"phone": ONE, "wants_reply": False}, False, False, ""),
        ({"phone": ONE, "wants_reply": False}, False, True, foretelling.NO_REPLY),
    ],
)
def test_a_merge_tells_what_it_foretold(
    city: City, more: dict[str, Any], silent: bool, answered: bool, why_not: str
) -> None:
    into = city.replied(phone=TWO) if answered else city.handling()
    number = city.accepted(**more)
    if silent:
        silence(city)
    before = newest(city)
    (telling,) = foretold(city, number, into).tellings
    assert newest(city) == before and city.ticket(number).merged_into_id is None, "looking does nothing"
    with city.work("dora") as work:
        merging.merge(work, number, into)
    assert (telling.complaint, telling.why_not) == (number, why_not)
    assert sent(city, number, before)[:1] == ([telling.text] if telling.text else [])
    assert telling.phone == ("138****5678" if "phone" in more else "")


@pytest.mark.parametrize("told", [True, False], ids=["the text had left", "the text was waiting"])
def test_taking_it_back_tells_what_it_foretold(city: City, told: bool) -> None:
    into, number = city.handling(), city.accepted(phone=ONE)
    with city.work("dora") as work:
        merging.merge(work, number, into)
        if told:
            work.session.execute(sa.update(Message).values(state=MessageState.SENT, next_at=None))
    before = newest(city)
    with city.work("dora") as work:
        (telling,) = foretelling.unmerge(work, number).tellings
    with city.work("dora") as work:
        merging.unmerge(work, number, "不是同一处")
    assert sent(city, number, before) == ([telling.text] if told else [])
    assert telling.why_not == ("" if told else foretelling.NEVER_TOLD)


def test_where_it_cannot_be_joined_to_is_said_at_the_number(city: City) -> None:
    number, other, third = city.accepted(), city.accepted(), city.accepted()
    for into, words in ((number, "自己"), ("123", "没有找到")):
        with pytest.raises(Invalid) as fault:
            foretold(city, number, into)
        assert words in fault.value.fields["into"]
    with city.work("olga") as work:
        merging.merge(work, other, number)
    with pytest.raises(Invalid) as fault:
        foretold(city, third, other)
    assert "不能并入" in fault.value.fields["into"]


def test_the_page_shows_it_before_it_is_done(city: City, app: Flask) -> None:
    into, number = city.handling(text="路灯不亮"), city.accepted(phone=ONE)
    dora = Person(app, "dora")
    form = dora.ticket(number).form("/merger")
    look = dora.send(form, into=into, look="yes")
    assert look.status == 200 and city.ticket(number).merged_into_id is None
    assert "138****5678" in look.text and "现并案办理，您的编号为" in look.text and ONE not in look.html
    wrong = dora.send(form, into="20990101999999", look="yes")
    assert "没有找到要并入的工单" in wrong.text and wrong.form("/merger").values["into"] == ["20990101999999"]
    assert dora.send(look.form("/merger")).status == 303
    back = dora.send(dora.ticket(number).form("/separation"), reason="不是同一处", look="yes")
    assert "诉求人将这样得知" in back.text and back.form("/separation").values["reason"] == ["不是同一处"]


def test_into_another_centres_matter_nothing_is_joined_and_nothing_is_told(city: City) -> None:
    """A county sees a ticket in which a unit of its own had a part; the citizen's answer is the city centre's."""
    into, number = city.replied(phone=TWO), city.accepted(phone=ONE)
    county, row = city.actor("cora"), city.ticket(into)
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=["dispatcher"]))
        session.execute(
            sa.update(Ticket)
            .where(Ticket.number == number)
            .values(
                centre_id=county.unit_id,
                centre_path=county.unit_path,
                unit_id=county.unit_id,
                unit_path=county.unit_path,
            )
        )
        session.add(
            Assignment(
                ticket_id=row.id, unit_id=county.unit_id, unit_path=county.unit_path, part=Part.ASSIST, round=1,
                assigned_at=city.now, ended_at=city.now, ending=Ending.SUBMITTED,
            )
        )  # fmt: skip
    for attempt in (foretelling.merge, merging.merge):
        with city.work("cora") as work, pytest.raises(Invalid) as fault:
            attempt(work, number, into)
        assert fault.value.fields == {"into": merging.OTHER_CENTRE}
    assert city.ticket(number).merged_into_id is None
