"""督办台: whatever has happened, each number is what a plain recount finds, and opens just that list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Ground, Staff, Supervision, Ticket
from hotline.services import carding, enforcing, outlook, supervising
from hotline.services.carding import Kept, Standing
from hotline.services.outlook import Wanted
from hotline.services.paging import FIRST, Place
from tests.city import City, at
from tests.desk import Person, make_app
from tests.integration.chain_moves import Hands
from tests.played import Played

STAGES = ("receive", "accepted", "assigned", "handling", "submitted", "resolved", "replied")


def a_supervisor_of(city: City, unit: str, login: str, *roles: Role) -> str:
    """One more person of the cast, with everybody's password."""
    with city.office.session() as session:
        hashed = session.scalar(sa.select(Staff.password_hash).limit(1))
        session.add(
            Staff(
                login=login, name=f"{unit}督办", unit_id=city.unit_id(unit), roles=list(roles or (Role.SUPERVISOR,)),
                password_hash=hashed, created_at=city.now,
            )
        )  # fmt: skip
        session.commit()
    return login


def live(city: City) -> None:
    """A fortnight of chance: tickets everywhere on their way, many late, some with orders."""
    random = Random(12319)
    numbers: list[str] = []
    for _ in range(9):
        stage = random.choice(STAGES)
        made = getattr(city, stage)(text=f"第{len(numbers)}处路灯不亮，影响通行")
        numbers.append(made if isinstance(made, str) else made.number)
    hands = Hands(city, random, numbers)
    for _ in range(45):
        city.turn(hours=random.choice((0, 0.1, 1, 2, 5, 12)))
        hands.move()
    city.now = max(city.now, at("2026-10-20 09:20"))  # a Tuesday: something falls due on the day
    for level in ("yellow", "red"):
        with city.work("sven") as work:
            supervising.supervise(work, city.handling(), level, Ground.REPEATED)
    city.assigned("county-roads")
    city.accepted()
    with city.work() as work:
        enforcing.run_pass(work)
    a_supervisor_of(city, "county", "cleo")


@pytest.fixture
def lived(city: City, played: Played) -> City:
    return played.on(city, live)


def owed(city: City, path: str) -> list[tuple[Deadline, Ticket]]:
    """The plain recount: every row is looked at."""
    with city.office.session() as session:
        rows = session.execute(sa.select(Deadline, Ticket).join(Ticket, Ticket.id == Deadline.ticket_id)).all()
    return [
        (deadline, ticket)
        for deadline, ticket in rows
        if deadline.met_at is None
        and deadline.void_at is None
        and deadline.offered_at is None
        and deadline.started_at <= city.now
        and ticket.state is not State.PAUSED
        and deadline.unit_path.startswith(path)
    ]


def test_every_number_is_what_a_recount_finds(lived: City) -> None:
    for login in ("sven", "cleo", "lena"):
        recount(lived, login)


def recount(city: City, login: str) -> None:
    """The outlook of one person against all rows."""
    now = city.now
    with city.work(login) as work:
        found = outlook.expect(work)
    rows = owed(city, city.actor(login).unit_path)
    late = [row for row, _ in rows if row.due_at < now]
    ahead = [row for row, _ in rows if row.due_at >= now]
    day = timedelta(hours=24)
    assert found.over == len(late)
    assert found.soon == sum(row.due_at <= now + day for row in ahead)
    assert [slot.count for slot in found.hours] == [
        sum((slot.begin < row.due_at or slot.begin == now) and row.due_at <= slot.end for row in ahead)
        for slot in found.hours
    ]
    assert sum(slot.count for slot in found.hours) == found.soon
    assert [each.count for each in found.days] == [
        sum((each.begin < row.due_at or each.begin == now) and row.due_at <= each.end for row in ahead)
        for each in found.days
    ]
    assert {each.kind: each.over for each in found.kinds if each.over} == Counter(row.kind for row in late)
    assert sum(row.over for row in found.units) == found.over
    assert sum(row.soon for row in found.units) == found.soon
    assert [sum(row.days[place] for row in found.units) for place in range(outlook.DAYS)] == [
        each.count for each in found.days
    ]
    for line in found.units:
        mine = [
            row
            for row in late
            if (row.unit_path == line.unit.path if line.alone else row.unit_path.startswith(line.unit.path))
        ]
        assert line.over == len(mine), line.unit.name
    assert found.soon, "the history has something to count"
    assert found.over or login == "cleo"


def test_a_moment_belongs_to_the_hour_and_the_day_that_it_ends(city: City) -> None:
    """Noon exactly is due before noon; midnight is the end of the day before."""
    number = city.assigned()
    city.now = at("2026-10-12 09:20")
    for due, hour, day in (
        ("2026-10-12 12:00", "12:00", 12),
        ("2026-10-13 00:00", "00:00", 12),
        ("2026-10-12 09:20", "10:00", 12),
        ("2026-10-13 09:20", "09:20", 13),
    ):
        with city.office.session() as session:
            session.execute(sa.update(Deadline).values(void_at=city.now, void_reason="withdrawn"))
            sign = session.scalars(sa.select(Deadline).where(Deadline.kind == DeadlineKind.SIGN)).one()
            sign.void_at = sign.void_reason = None
            sign.due_at = sign.original_due_at = at(due)
            session.commit()
        with city.work("sven") as work:
            found = outlook.expect(work)
        filled = [slot.end.astimezone(work.rules.zone) for slot in found.hours if slot.count]
        assert [f"{end:%H:%M}" for end in filled] == [hour], due
        assert [each.day.day for each in found.days if each.count] == [day], due
        assert found.soon == 1 and found.over == 0
    assert number


def all_items(city: City, login: str, wanted: Wanted) -> list[int]:
    """Page by page, and back again."""
    place: Place[int] = FIRST
    ids: list[int] = []
    pages: list[list[int]] = []
    while True:
        with city.work(login) as work:
            page = outlook.items(work, wanted, place, size=3)
        pages.append([item.deadline.id for item in page])
        ids += pages[-1]
        if page.after is None:
            break
        place = Place(after=page.after)
    while page.before is not None:
        with city.work(login) as work:
            page = outlook.items(work, wanted, Place(before=page.before), size=3)
        pages.pop()
        assert [item.deadline.id for item in page] == pages[-1]
    return ids


def test_each_number_opens_just_its_promises(lived: City) -> None:
    with lived.work("sven") as work:
        found = outlook.expect(work)
        wanted = [
            (found.over, Wanted(over=True)),
            (found.soon, Wanted(until=found.until)),
            *((each.over, Wanted(over=True, kind=each.kind)) for each in found.kinds),
            *((row.over, Wanted(over=True, unit_id=row.unit.id, alone=row.alone)) for row in found.units),
        ]
        counts = [outlook.count(work, each) for _, each in wanted]
    assert counts == [count for count, _ in wanted]
    for count, each in wanted:
        ids = all_items(lived, "sven", each)
        assert len(ids) == len(set(ids)) == count, each


def test_orders_and_cards_are_what_a_recount_finds(lived: City) -> None:
    city = lived
    with city.office.session() as session:
        orders = list(session.scalars(sa.select(Supervision)))
        tickets = list(session.scalars(sa.select(Ticket)))
        dues = {each.id: each.due_at for each in session.scalars(sa.select(Deadline))}
    assert orders
    unexplained = [each for each in orders if each.explain_deadline_id and not each.explanation_accepted_at]
    owing = [each for each in unexplained if not each.explained_at]
    highest: dict[Any, Any] = {}
    for each in orders:
        key = (each.ticket_id, each.round, each.unit_id)
        highest[key] = max(highest.get(key, 0), each.deduction)
    with city.work("sven") as work:
        rows = outlook.expect(work).units
        month = carding.this_month(work)
        for row in rows:
            of: dict[str, Any] = {"unit_id": row.unit.id, "alone": row.alone}
            for kept, count in (
                (Kept(standing=Standing.OPEN, **of), row.orders.standing),
                (Kept(standing=Standing.OWED, **of), row.orders.owed),
                (Kept(standing=Standing.LATE, **of), row.orders.late),
                (Kept(standing=Standing.WAITING, **of), row.orders.waiting),
                (Kept(month, ("yellow",), **of), row.orders.yellow),
                (Kept(month, ("red",), **of), row.orders.red),
                (Kept(month, ("exposure",), **of), row.orders.exposed),
            ):
                assert carding.count(work, kept) == len(carding.cards(work, kept, FIRST)) == count, kept
    total = carding.together(row.orders for row in rows)
    standing = {each.id for each in tickets if each.ended_at is None}
    orders_on_open = [each for each in orders if each.lifted_at is None and each.ticket_id in standing]
    assert total.standing == sum(each.level != "remind" for each in orders_on_open) < len(orders)
    assert total.owed == len(owing)
    assert total.late == sum(dues[each.explain_deadline_id] < city.now for each in owing if each.explain_deadline_id)
    assert total.waiting == len(unexplained) - len(owing)
    assert (total.yellow, total.red) == tuple(
        sum(each.level == level for each in orders) for level in ("yellow", "red")
    )
    assert total.deduction == sum(highest.values()), "all of it lies in one month"


@pytest.fixture
def sven(lived: City) -> Iterator[Person]:
    app = make_app(lived)
    yield Person(app, "sven")


def test_the_page_shows_them_and_its_links_open_as_many(lived: City, sven: Person) -> None:
    page = sven.open("/desk/supervision")
    assert page.status == 200, page.text
    links = page.links("/desk/supervision/items")
    assert links
    for link in dict.fromkeys(links):
        count = re.search(rf'href="{re.escape(link.replace("&", "&amp;"))}">(\d+)<', page.html)
        opened = sven.open(link)
        assert opened.status == 200
        if count:
            assert f"共 {count[1]} 项" in opened.text, link
        if opened.offers("/desk/bulk"):
            late = "over=yes" in link
            assert opened.form("/desk/bulk").values.get("ground") == (["overdue"] if late else None)
    for link in dict.fromkeys(page.links("/desk/supervision/cards?")):
        count = re.search(rf'href="{re.escape(link.replace("&", "&amp;"))}">(\d+)<', page.html)
        opened = sven.open(link)
        assert opened.status == 200
        if count:
            assert f"共 {count[1]} 份" in opened.text, link
    for link in page.links("/desk/supervision/held"):
        assert sven.open(link).status == 200


def test_what_to_do_now_is_said_with_one_way_each(city: City) -> None:
    number = city.assigned()
    due = city.deadlines(number, DeadlineKind.SIGN)[0].due_at
    city.now = due - timedelta(hours=1)
    sven = Person(make_app(city), "sven")
    page = sven.open("/desk/supervision")
    assert "2 小时内到期、还没有签收的有 1 件" in page.text
    link = next(each for each in page.links("kind=sign") if "chosen=yes" in each)
    opened = sven.open(link)
    assert number in opened.text and "签收" in opened.text
    form = next(form for form in opened.forms if "number" in form.names)
    assert form.values["number"] == [number], "all of them are ticked"


def test_an_empty_city_says_that_nothing_is_to_be_done(city: City) -> None:
    page = Person(make_app(city), "sven").open("/desk/supervision")
    assert page.status == 200
    assert "现在没有要督办" in page.text and "没有未完成的时限" in page.text


def test_a_county_sees_only_its_own(city: City) -> None:
    city.assigned("lamps", text="市里的路灯不亮了，请修复")
    own = city.assigned("county-roads", text="县里的公路塌陷了，请修复")
    cleo = Person(make_app(city), a_supervisor_of(city, "county", "cleo"))
    page = cleo.open("/desk/supervision")
    assert "市政处" not in page.text and "东县公路站" in page.text
    listed = cleo.open(next(each for each in page.links("/desk/supervision/items")))
    assert own in listed.text and "路灯" not in listed.text
    lamps = city.unit_id("lamps")
    for address in ("", "/items", "/held", "/cards"):
        assert cleo.open(f"/desk/supervision{address}?unit={lamps}").status == 404, address


def test_a_unit_with_units_below_it_opens_its_own_page(city: City) -> None:
    city.assigned("county-roads", text="县里的公路塌陷了，请修复")
    sven = Person(make_app(city), "sven")
    below = sven.open(f"/desk/supervision?unit={city.unit_id('county')}")
    assert "东县公路站" in below.text and "市政处" not in below.text


@pytest.mark.parametrize("login", ["olga", "dora", "hans", "adam"])
def test_to_others_the_pages_do_not_exist(city: City, login: str) -> None:
    person = Person(make_app(city), login)
    for address in ("", "/items", "/held", "/cards", "/verdicts"):
        assert person.open(f"/desk/supervision{address}").status == 404


def test_as_many_statements_for_a_hundred_as_for_one(city: City) -> None:
    with city.work("sven") as work:
        supervising.supervise(work, city.assigned(confidential=True), "yellow", Ground.LEADER)
    sven = Person(make_app(city), "sven")
    addresses = ("", "/items?over=yes", "/items?chosen=yes", "/held", "/cards?month=", "/verdicts?show=all")

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            sven.open(f"/desk/supervision{address}")
            with city.statements() as statements:
                assert sven.open(f"/desk/supervision{address}").status == 200
            counts.append(len(statements))
        return counts

    before = asked()
    for unit in ("parks", "lamps-east", "county-roads", "lamps", "parks"):
        number = city.assigned(unit, confidential=unit == "parks")
        with city.work("sven") as work:
            supervising.supervise(work, number, "yellow", Ground.LEADER)
    city.turn(days=1)
    assert asked() == before


def test_cards_print_as_an_official_list(city: City) -> None:
    number = city.handling()
    with city.work("sven") as work:
        supervising.supervise(work, number, "yellow", Ground.LEADER, "请三日内修复路灯。")
    lena = Person(make_app(city), "lena")
    page = lena.open("/desk/supervision/cards")
    assert page.status == 200
    for word in (
        "2026年10月黄牌、红牌、通报",
        "黄牌",
        "市政处",
        number,
        "领导批示",
        "请三日内修复路灯。",
        "未解除",
        "督办单台账",
    ):
        assert word in page.text, word
    assert not [form for form in page.forms if "number" in form.names], "a leader issues no orders"
    assert "没有符合条件的督办单" in lena.open("/desk/supervision/cards?month=2026-09").text
    odd = lena.open("/desk/supervision/cards?month=nonsense&level=purple&standing=x&unit=x")
    assert odd.status == 200 and "purple" not in odd.text
    own = f"unit={city.unit_id('lamps')}&alone=yes"
    for part in ("items?", "held?", "cards?level=cards&"):
        assert "市政处（本级）" in lena.open(f"/desk/supervision/{part}{own}").text, part
