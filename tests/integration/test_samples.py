"""抽查: drawn at random and reproducibly, each ticket once in a round; what is wanting goes back to work."""

from __future__ import annotations

import hashlib
import re
from datetime import date

import pytest
import sqlalchemy as sa

from hotline.domain.errors import Invalid, NotAllowed, NotFound, Refused
from hotline.domain.workflow import State
from hotline.models import Assignment, Event, Part, SampleCheck, Ticket, Unit
from hotline.services import hand, sampling
from hotline.services.paging import FIRST
from hotline.services.sampling import Pool, Standing
from tests.city import City
from tests.desk import Person, make_app
from tests.integration.test_supervision_page import a_supervisor_of

OCTOBER = Pool(date(2026, 10, 1), date(2026, 10, 31))


def closed(city: City, **more: object) -> str:
    """A ticket that is closed: nobody wanted an answer, so nobody is asked."""
    return city.replied(wants_reply=False, **more)


def draw(city: City, number: int, pool: Pool = OCTOBER, said: str = "七星", who: str = "sven") -> list[str]:
    with city.work(who) as work:
        ids = [check.ticket_id for check in sampling.draw(work, number, pool, said)]
        return [work.session.get_one(Ticket, id).number for id in ids]


def seed_of(city: City, number: str) -> str:
    """What it was drawn by."""
    ticket = sa.select(Ticket.id).where(Ticket.number == number).scalar_subquery()
    return city.scalar(sa.select(SampleCheck.seed).where(SampleCheck.ticket_id == ticket))


def by_hash(numbers: list[str], seed: str) -> list[str]:
    """How anybody recounts the draw: in the order of the hash of the seed with the number."""
    return sorted(numbers, key=lambda number: hashlib.md5(f"{seed}{number}".encode()).hexdigest())


def test_the_seed_decides_and_anybody_can_recount_it(city: City) -> None:
    numbers = [closed(city, text=f"第{place}处路灯不亮，请修复") for place in range(5)]
    city.accepted()
    first = draw(city, 3)
    assert first == by_hash(numbers, seed_of(city, first[0]))[:3]
    rest = draw(city, 10, said="")
    assert rest == by_hash([each for each in numbers if each not in first], seed_of(city, rest[0]))
    assert draw(city, 10) == [], "those drawn are not drawn again; there are no more"
    assert re.fullmatch("七星-[0-9a-f]{16}", seed_of(city, first[0])), "nobody can try seeds until his own come out"
    assert re.fullmatch("[0-9a-f]{16}", seed_of(city, rest[0]))
    for number in numbers:
        assert city.steps(number)[-1] == "sample_drawn"


def test_what_it_was_drawn_from_is_written_down_with_it(city: City) -> None:
    """Days, unit, category, how many were asked for and how many there were: so the draw can be made again."""
    for place in range(3):
        closed(city, text=f"第{place}处路灯不亮，请修复")
    lamps = city.unit_id("lamps")
    (number,) = draw(city, 1, Pool(date(2026, 10, 1), date(2026, 10, 31), unit_id=lamps))
    event = city.rows(sa.select(Event).where(Event.step == sampling.DRAWN))[0]
    assert event.data["pool"] == {
        "since": "2026-10-01", "until": "2026-10-31", "unit_id": lamps, "category_id": None, "number": 1, "size": 3,
    }  # fmt: skip
    said = "2026-10-01至2026-10-31办结，市政处，可抽3件，抽取1件"
    assert event.data["scope"] == said and event.data["seed"] == seed_of(city, number)
    sven = Person(make_app(city), "sven")
    one = sven.open(f"/desk/samples/{city.scalar(sa.select(SampleCheck.id))}")
    assert said in one.text and seed_of(city, number) in one.text


def test_nobody_draws_or_judges_the_work_of_his_own_unit(city: City) -> None:
    closed(city)
    supervisor = a_supervisor_of(city, "lamps", "lars")
    assert draw(city, 5, who=supervisor) == []
    draw(city, 5)
    check_id = city.scalar(sa.select(SampleCheck.id))
    person = Person(make_app(city), supervisor)
    assert not person.open(f"/desk/samples/{check_id}").offers(f"/samples/{check_id}")
    with city.work(supervisor) as work:
        assert sampling.next_open(work) is None
    with city.work(supervisor) as work, pytest.raises(NotAllowed, match="由上级单位"):
        sampling.record(work, check_id, True, "")
    with city.work("sven") as work:
        sampling.record(work, check_id, True, "")


def test_who_only_assisted_sees_the_ticket_but_does_not_judge_it(city: City) -> None:
    """A draw is seen and written down by the same two conditions."""
    number = closed(city)
    draw(city, 1)
    check_id = city.scalar(sa.select(SampleCheck.id))
    cleo = a_supervisor_of(city, "county", "cleo")
    with city.office.session() as session:
        turn = session.scalars(sa.select(Assignment).order_by(Assignment.id)).first()
        assert turn is not None
        copied = {each.key: getattr(turn, each.key) for each in sa.inspect(Assignment).column_attrs if each.key != "id"}
        path = session.scalar(sa.select(Unit.path).where(Unit.key == "county"))
        session.add(Assignment(**copied | {"unit_id": city.unit_id("county"), "unit_path": path, "part": Part.ASSIST}))
    with city.work(cleo) as work:
        assert hand.find(work, number).number == number
    for deed in (lambda work: sampling.one(work, check_id), lambda work: sampling.record(work, check_id, True, "")):
        with city.work(cleo) as work, pytest.raises(NotFound):
            deed(work)


def test_drawn_from_a_unit_a_category_and_a_period(city: City) -> None:
    number = closed(city)
    assert draw(city, 5, Pool(date(2026, 9, 1), date(2026, 9, 30))) == []
    assert draw(city, 5, Pool(date(2026, 10, 12), date(2026, 10, 12), unit_id=city.unit_id("parks"))) == []
    assert draw(city, 5, Pool(date(2026, 10, 12), date(2026, 10, 12), category_id=1)) == []
    assert draw(city, 5, Pool(date(2026, 10, 12), date(2026, 10, 12), unit_id=city.unit_id("lamps"))) == [number]


@pytest.mark.parametrize(
    ("number", "pool", "said", "field"),
    [
        (0, OCTOBER, "1", "number"),
        (201, OCTOBER, "1", "number"),
        (1, OCTOBER, "长" * 41, "seed"),
        (1, Pool(date(2026, 10, 2), date(2026, 10, 1)), "1", "until"),
        (1, Pool(date(1, 1, 1), date(2026, 10, 1)), "1", "since"),
        (1, Pool(date(2026, 10, 1), date.max), "1", "until"),
    ],
)
def test_what_cannot_be_drawn(city: City, number: int, pool: Pool, said: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        draw(city, number, pool, said)
    assert field in refusal.value.fields


def test_a_finding_is_written_once_and_what_is_wanting_goes_back_to_work(city: City) -> None:
    number = closed(city)
    draw(city, 1)
    check_id = city.scalar(sa.select(SampleCheck.id))
    with city.work("sven") as work, pytest.raises(Invalid, match="哪里不合格"):
        sampling.record(work, check_id, False, " ")
    with city.work("sven") as work, pytest.raises(Invalid):
        sampling.record(work, check_id, True, "很好", rework=True)
    with city.work("sara") as work:
        sampling.record(work, check_id, False, "路灯仍然不亮", rework=True)
    with city.work("sven") as work, pytest.raises(Refused, match="已经登记"):
        sampling.record(work, check_id, True, "")
    ticket = city.ticket(number)
    assert (ticket.state, ticket.round) == (State.ACCEPTED, 2)
    assert city.steps(number)[-3:] == ["sample_drawn", "sample_checked", "rework"]


def test_a_new_round_can_be_drawn_anew(city: City) -> None:
    number = closed(city)
    draw(city, 1)
    with city.office.session() as session:
        session.execute(sa.update(Ticket).values(round=2))
        session.commit()
    assert draw(city, 1) == [number]


def test_figures_by_unit_open_their_lists(city: City) -> None:
    numbers = [closed(city, text=f"第{place}处路灯不亮，请修复") for place in range(4)]
    draw(city, 3)
    ids = [check.id for check in city.rows(sa.select(SampleCheck).order_by(SampleCheck.id))]
    with city.work("sven") as work:
        sampling.record(work, ids[0], True, "")
        sampling.record(work, ids[1], False, "没有修好，仍有一盏不亮")
    with city.work("lena") as work:
        (figure,) = sampling.figures(work)
        assert (figure.unit, figure.drawn, figure.checked, figure.failed) == ("市政处", 3, 2, 1)
        found = {each: len(sampling.listed(work, each, FIRST, unit_id=figure.unit_id)) for each in Standing}
    assert found == {Standing.OPEN: 1, Standing.FAILED: 1, Standing.PASSED: 1, Standing.ALL: 3}
    assert len(numbers) == 4


def test_a_county_neither_draws_nor_sees_what_is_not_its_own(city: City) -> None:
    closed(city)
    cleo = a_supervisor_of(city, "county", "cleo")
    assert draw(city, 5, who=cleo) == []
    draw(city, 1)
    check_id = city.scalar(sa.select(SampleCheck.id))
    with city.work(cleo) as work, pytest.raises(NotFound):
        sampling.record(work, check_id, True, "")
    with city.work(cleo) as work:
        assert sampling.figures(work) == [] and not sampling.listed(work, Standing.ALL, FIRST)
    person = Person(make_app(city), cleo)
    assert person.open(f"/desk/samples/{check_id}").status == 404
    page = person.open("/desk/samples")
    answer = person.send(page.form("/desk/samples"), number="1", unit_id=str(city.unit_id("lamps")))
    assert answer.status == 404


def test_drawn_and_looked_at_on_the_pages(city: City) -> None:
    numbers = [closed(city, text=f"第{place}处路灯不亮，请修复") for place in range(2)]
    sven = Person(make_app(city), "sven")
    page = sven.open("/desk/samples")
    form = page.form("/desk/samples")
    answer = sven.send(form, number="很多")
    assert answer.status == 422 and answer.form("/desk/samples").values["number"] == ["很多"]
    answer = sven.send(form, number="2", seed="20261012")
    assert answer.status == 303
    closed(city, text="另一处路灯不亮，请修复")
    assert sven.send(form, number="2", seed="20261012").status == 303
    page = sven.open("/desk/samples")
    assert "没有重复抽取" in page.text and len(city.rows(sa.select(SampleCheck))) == 2
    assert all(number in page.text for number in numbers) and re.search("种子 20261012-[0-9a-f]{16}", page.text)
    one = sven.open(page.links("/desk/samples/")[0])
    assert "已更换灯头两只" in one.text
    bad = sven.send(one.forms[-1], passed="false", finding="")
    assert bad.status == 422 and "请写明哪里不合格" in bad.text
    done = sven.send(one.forms[-1], passed="true")
    assert done.status == 303
    twice = sven.send(one.forms[-1], passed="false", finding="路灯仍然不亮")
    assert twice.status == 409 and "已经登记过结果" in twice.text and "路灯仍然不亮" in twice.text
    follows = sven.open(done.response.headers["Location"])
    last = sven.send(follows.forms[-1], passed="false", finding="路灯仍然不亮", rework="yes")
    assert last.status == 303
    assert sorted(city.ticket(number).round for number in numbers) == [1, 2]
    assert "待抽查" in sven.open("/desk/samples").text
    lena = Person(make_app(city), "lena")
    page = lena.open("/desk/samples?state=failed")
    assert "不合格" in page.text and "已重办" in page.text and not page.offers("/desk/samples")
    assert Person(make_app(city), "olga").open("/desk/samples").status == 404


def test_as_many_statements_for_many_as_for_one(city: City) -> None:
    closed(city, confidential=True)
    draw(city, 1)
    sven = Person(make_app(city), "sven")

    def asked() -> int:
        sven.open("/desk/samples")
        with city.statements() as statements:
            assert sven.open("/desk/samples").status == 200
        return len(statements)

    before = asked()
    for place in range(3):
        closed(city, text=f"第{place}处路灯不亮，请修复", confidential=True)
    draw(city, 3)
    assert asked() == before
