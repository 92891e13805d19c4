"""单位: kept by administrators within their own subtree; what moves with a unit, and what stays where it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.phrases import Phrase
from hotline.domain.rates import Month, Window
from hotline.models import (
    Assignment,
    Deadline,
    DeadlineKind,
    ExportForm,
    ExportState,
    Ground,
    ListExport,
    QuickText,
    SampleCheck,
    SavedView,
    Staff,
    Supervision,
    Ticket,
    Unit,
    UnitKind,
)
from hotline.services import (
    changing,
    checking,
    deciding,
    duties,
    enforcing,
    exporting_lists,
    hand,
    handling,
    moving,
    organising,
    outlook,
    overlapping,
    phrasing,
    sampling,
    saved_views,
    staffing,
    supervising,
)
from hotline.services.month import owing
from hotline.services.organising import Wanted
from hotline.services.work import Work
from tests.city import ZONE, City
from tests.desk import Person, make_app
from tests.integration.test_supervision_page import a_supervisor_of
from tests.races.hands import at_once, doing, done, refused


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def county_administrator(city: City) -> None:
    with city.office.session() as session:
        session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = 'cora'"))


def unit(city: City, key: str) -> Unit:
    return city.rows(sa.select(Unit).where(Unit.key == key))[0]


def as_it_is(city: City, key: str) -> Wanted:
    found = unit(city, key)
    return Wanted(found.name, found.kind, found.parent_id, duty_phone=found.duty_phone or "")


def seen(city: City, key: str) -> str:
    """What somebody has before him who opens the unit now."""
    return overlapping.seen_as(organising.values_of(unit(city, key)))


def move(city: City, key: str, parent: str, who: str = "adam") -> None:
    wanted = replace(as_it_is(city, key), parent_id=city.unit_id(parent))
    with city.work(who) as work:
        organising.change(work, city.unit_id(key), wanted, seen(city, key))


def test_the_tree_is_shown_with_who_is_there_and_what_is_in_hand(city: City, app: Flask) -> None:
    city.handling()
    adam = Person(app, "adam")
    with city.statements() as asked:
        page = adam.open("/desk/units")
    assert "市政处东站" in page.text and "0320-0002101" in page.text
    assert "市政处的人员1名" in page.html
    before = len(asked)
    with city.work("adam") as work:
        for name in ("甲站", "乙站", "丙站"):
            organising.add(work, Wanted(name, UnitKind.STATION, city.unit_id("parks")))
    with city.statements() as asked:
        assert "丙站" in adam.open("/desk/units").text
    assert len(asked) == before, "as many queries for nine units as for six"


def test_a_unit_is_added_corrected_and_closed_on_its_pages(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    form = adam.open(f"/desk/units/new?parent={city.unit_id('parks')}").forms[-1]
    faulty = adam.send(form, name="", duty_phone="0320-1", kind="station")
    assert faulty.status == 422 and "请填写单位名称" in faulty.text
    assert faulty.form("/desk/units").values["duty_phone"] == ["0320-1"], "nothing typed is lost"
    assert adam.send(faulty.form("/desk/units"), name="园林西站", key="parks-west").status == 303
    made = unit(city, "parks-west")
    assert (made.path, made.kind) == (f"{unit(city, 'parks').path}{made.id}/", UnitKind.STATION)
    page = adam.open(f"/desk/units/{made.id}")
    assert adam.send(page.form(f"/units/{made.id}"), head_name="李站长", head_phone="0320-9").status == 303
    closed = adam.send(adam.open(f"/desk/units/{made.id}").form("/closing"))
    assert "已停用，不再接收交办" in adam.open(closed.response.headers["Location"]).text
    assert not unit(city, "parks-west").active
    assert adam.send(adam.open(f"/desk/units/{made.id}").form("/reopening")).status == 303
    with city.work("adam") as work:
        kinds = [(line.kind, line.differences[0].field) for line in changing.browse(work)]
    assert kinds == [
        (changing.Kind.CHANGED, "active"),
        (changing.Kind.CHANGED, "active"),
        (changing.Kind.CHANGED, "head_name"),
        (changing.Kind.ADDED, "name"),
    ]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("园林局", UnitKind.DEPARTMENT, 1), "name"),
        (Wanted("新城中心", UnitKind.CENTRE, 1), "kind"),
        (Wanted("东县分中心", UnitKind.COUNTY_CENTRE, 2), "kind"),
        (Wanted("东站分站", UnitKind.STATION, 3), "parent_id"),
        (Wanted("无上级", UnitKind.STATION, None), "parent_id"),
        (Wanted("甲站", UnitKind.STATION, 2, key="甲"), "key"),
        (Wanted("甲站", UnitKind.STATION, 2, key="parks"), "key"),
        (Wanted("长" * 61, UnitKind.STATION, 2), "name"),
    ],
)
def test_what_cannot_be_added(city: City, wanted: Wanted, field: str) -> None:
    """`parent_id` is the place in the cast's list of units."""
    keys = ["center", "lamps", "lamps-east", "parks", "county"]
    parent = city.unit_id(keys[wanted.parent_id - 1]) if wanted.parent_id else None
    with pytest.raises(Invalid) as told, city.work("adam") as work:
        organising.add(work, replace(wanted, parent_id=parent))
    assert list(told.value.fields) == [field]


def test_a_unit_with_open_work_is_not_closed_and_says_which(city: City, app: Flask) -> None:
    number = city.handling()
    adam = Person(app, "adam")
    page = adam.open(f"/desk/units/{city.unit_id('lamps')}")
    assert "还有1件工单在办" in page.text and number in page.text and not page.offers("/closing")
    assert "下级单位“市政处东站”还在用" in page.text and "还有1名人员（冯市政）" in page.text
    with pytest.raises(Refused, match="还有1件工单在办"), city.work("adam") as work:
        organising.close(work, city.unit_id("lamps"))


def test_a_moved_unit_takes_its_work_along_and_leaves_what_is_settled(city: City) -> None:
    late, running = city.handling(), city.handling(text="大桥路边的花坛没人浇水")
    former = unit(city, "lamps").path
    handle = city.deadlines(late, DeadlineKind.HANDLE)[-1]
    with city.office.session() as session:
        session.execute(sa.update(Deadline).where(Deadline.id == handle.id).values(due_at=city.now))
    city.turn(minutes=1)
    move(city, "lamps", "county")
    path = unit(city, "lamps").path
    assert path == f"{unit(city, 'county').path}{city.unit_id('lamps')}/"
    assert unit(city, "lamps-east").path.startswith(path), "those below move along"
    assert {city.ticket(number).unit_path for number in (late, running)} == {path}
    assert set(city.rows(sa.select(Assignment.unit_path).where(Assignment.ended_at.is_(None)))) == {path}
    for number in (late, running):
        assert city.deadlines(number, DeadlineKind.HANDLE)[-1].unit_path == path, "late or not, it is still to be done"
        assert city.deadlines(number, DeadlineKind.SIGN)[-1].unit_path == former, "it was kept there"
    for who in ("hans", "cora"):
        with city.work(who) as work:
            assert hand.find(work, running).number == running, "the unit and its new county see it"


def test_what_is_late_is_seen_urged_and_answered_for_where_the_unit_stands_now(city: City, app: Flask) -> None:
    number = city.handling()
    city.now = city.deadlines(number, DeadlineKind.HANDLE)[0].due_at + timedelta(seconds=1)
    move(city, "lamps", "county")
    with city.work("hans") as work:
        week = duties.week(work, work.actor.unit_path)
    assert week[DeadlineKind.HANDLE, duties.OVER] == 1, "the unit's own list"
    cleo = a_supervisor_of(city, "county", "cleo")
    for who in (cleo, "sven"):
        with city.work(who) as work:
            found, listed = outlook.expect(work), outlook.count(work, outlook.Wanted(over=True))
            assert found.over == sum(each.over for each in found.units) == listed >= 1
    city.turn(days=3)
    with city.work() as work:
        enforcing.run_pass(work)
    orders = city.rows(sa.select(Supervision))
    assert orders and {order.unit_path for order in orders} == {unit(city, "lamps").path}
    assert Person(app, "hans").ticket(number).offers(f"/{number}/explanation")
    with city.work("hans") as work:
        supervising.explain(work, number, "因材料未到超期，已安排三日内完成整改。")
    with city.work(cleo) as work:
        assert [each.number for each in deciding.explanations.read(work)] == [number], "its new superior decides"


def test_a_promise_that_is_late_and_open_is_carried_over_under_the_new_superior(city: City) -> None:
    """One that was met late stays with the place where it was owed; neither is counted twice (0014)."""
    open_, kept = city.handling(), city.handling(text="大桥路边的花坛没人浇水")
    due = max(city.deadlines(number, DeadlineKind.HANDLE)[0].due_at for number in (open_, kept))
    city.now = due + timedelta(hours=1)
    with city.work("hans") as work:
        handling.submit(work, kept, "已修剪浇水，恢复原状。")
    with city.work("sven") as work:
        checking.approve(work, kept)
    move(city, "lamps", "county")

    def owed(key: str) -> set[str]:
        month = Month.parse("2026-11", ZONE)
        window = Window(month.begins, month.ends)
        query = sa.select(Ticket.number).join(Deadline, Deadline.ticket_id == Ticket.id)
        query = query.where(Deadline.kind == DeadlineKind.HANDLE, owing.in_subtree(city.unit_id(key)))
        return set(city.rows(query.where(owing.figures(window)["owed"])))

    assert owed("county") == {open_} and owed("lamps") == {open_}

    def all_owed(key: str) -> set[str]:
        query = sa.select(Ticket.number).join(Deadline, Deadline.ticket_id == Ticket.id)
        return set(city.rows(query.where(Deadline.kind == DeadlineKind.HANDLE, owing.in_subtree(city.unit_id(key)))))

    assert all_owed("county") == {open_} and all_owed("lamps") == {open_, kept}


def test_orders_that_are_settled_stay_and_what_belongs_to_the_office_moves(city: City) -> None:
    number, ended = city.handling(), city.handling(text="大桥路边的花坛没人浇水")
    former = unit(city, "lamps").path
    for each in (number, ended):
        with city.work("sven") as work:
            supervising.supervise(work, each, "order", Ground.LEADER)
    with city.work("hans") as work:
        saved_views.save(work, "本周", "view=open", shared=True)
        phrasing.add(work, Phrase("已派人", "已派人到现场。", ()), of_unit=False)
        exporting_lists.ask(work, "view=all", ExportForm.CSV, ("number",))
    drawn = city.replied(text="第三处路灯不亮", wants_reply=False)
    with city.work("sven") as work:
        sampling.draw(work, 1, sampling.Pool(date(2026, 10, 1), date(2026, 12, 31)))
    with city.office.session() as session:
        session.execute(sa.update(ListExport).values(unit_path=former, state=ExportState.DONE))
        of_ended = sa.select(Ticket.id).where(Ticket.number == ended).scalar_subquery()
        session.execute(sa.update(Ticket).where(Ticket.number == ended).values(ended_at=city.now))
        settled = {"lifted_at": city.now, "explanation_accepted_at": city.now}
        session.execute(sa.update(Supervision).where(Supervision.ticket_id == of_ended).values(settled))
    move(city, "lamps", "county")
    path = unit(city, "lamps").path
    ids = {each: city.ticket(each).id for each in (number, ended)}
    orders = {each.ticket_id: each.unit_path for each in city.rows(sa.select(Supervision))}
    assert orders == {ids[number]: path, ids[ended]: former}
    for column in (SavedView.unit_path, QuickText.unit_path, ListExport.unit_path, SampleCheck.unit_path):
        assert path in set(city.rows(sa.select(column))), column
    with city.work("hans") as work:
        assert len(exporting_lists.SHELF.own(work)) == 1
    assert city.ticket(drawn).unit_path.startswith(unit(city, "center").path)


def test_an_export_with_rights_that_are_gone_is_not_offered(city: City) -> None:
    with city.work("hans") as work:
        exporting_lists.ask(work, "view=all", ExportForm.CSV, ("number",))
    with city.office.session() as session:
        session.execute(sa.update(ListExport).values(unit_path=unit(city, "lamps").path, state=ExportState.DONE))
        session.execute(sa.update(Staff).where(Staff.login == "hans").values(unit_id=city.unit_id("parks")))
    with city.work("hans") as work:
        assert exporting_lists.SHELF.own(work) == []


def test_each_door_that_moves_a_unit_carries_twice(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn written at the former place while the move was under way comes along after it: on its page, in an undo."""
    number = city.handling()
    places = [unit(city, "lamps").path, f"{unit(city, 'county').path}{city.unit_id('lamps')}/"]
    carried = moving.carry

    def carry(work: Work, former: str, path: str) -> None:
        carried(work, former, path)
        if not written:
            written.append(former)
            work.session.execute(sa.update(Ticket).where(Ticket.number == number).values(unit_path=former))

    adam = Person(app, "adam")
    written: list[str] = []
    monkeypatch.setattr(moving, "carry", carry)
    form = adam.open(f"/desk/units/{city.unit_id('lamps')}").form(f"/units/{city.unit_id('lamps')}")
    assert adam.send(form, parent_id=str(city.unit_id("county"))).status == 303
    assert (written, city.ticket(number).unit_path) == ([places[0]], places[1])
    written.clear()
    undo = adam.open("/desk/changes").form("/reversal")
    assert adam.send(undo).status == 303
    assert (written, city.ticket(number).unit_path) == ([places[1]], places[0])


def test_what_was_written_while_it_moved_is_carried_after_it(city: City) -> None:
    number = city.handling()
    former = unit(city, "lamps").path
    move(city, "lamps", "county")
    with city.office.session() as session:
        session.execute(sa.update(Ticket).values(unit_path=former))
    with city.work("adam") as work:
        moving.carry(work, former, unit(city, "lamps").path)
    assert city.ticket(number).unit_path == unit(city, "lamps").path


def test_a_move_is_undone(city: City) -> None:
    number, former = city.handling(), unit(city, "lamps").path
    move(city, "lamps", "county")
    with city.work("adam") as work:
        changing.undo(work, changing.browse(work)[0].id)
    assert (unit(city, "lamps").path, city.ticket(number).unit_path) == (former, former)


def test_nothing_hangs_below_itself_also_when_two_move_at_once(city: City) -> None:
    with pytest.raises(Invalid), city.work("adam") as work:
        wanted = replace(as_it_is(city, "lamps"), parent_id=city.unit_id("lamps-east"))
        organising.change(work, city.unit_id("lamps"), wanted, seen(city, "lamps"))
    deeds = [
        (
            "adam",
            doing(
                organising.change,
                city.unit_id(one),
                replace(as_it_is(city, one), parent_id=city.unit_id(other)),
                seen(city, one),
            ),
        )
        for one, other in (("lamps", "parks"), ("parks", "lamps"))
    ]
    results = at_once(city, deeds)
    assert (len(done(results)), len(refused(results))) == (1, 1)


def test_the_top_stays_and_an_added_unit_goes_while_nothing_hangs_on_it(city: City) -> None:
    with city.work("adam") as work:
        named = replace(as_it_is(city, "center"), name="市运管服中心")
        organising.change(work, city.unit_id("center"), named, seen(city, "center"))
    assert (unit(city, "center").name, unit(city, "center").parent_id) == ("市运管服中心", None)
    with pytest.raises(Refused), city.work("adam") as work:
        organising.close(work, city.unit_id("center"))
    with city.work("adam") as work:
        made = organising.add(work, Wanted("园林西站", UnitKind.STATION, city.unit_id("parks"), key="west"))
        added = changing.browse(work)[0].id
        staffing.add(work, staffing.Wanted("west", "李站长", made.id, (Role.HANDLER,)))
    with pytest.raises(Refused, match="已经有人员"), city.work("adam") as work:
        changing.undo(work, added)
    with city.office.session() as session:
        session.execute(sa.delete(Staff).where(Staff.login == "west"))
    with city.work("adam") as work:
        changing.undo(work, added)
    assert city.scalar(sa.select(Unit.id).where(Unit.key == "west")) is None


def test_a_county_keeps_its_own_subtree_and_sees_no_other(city: City, app: Flask) -> None:
    county_administrator(city)
    cora = Person(app, "cora")
    page = cora.open("/desk/units")
    assert "东县公路站" in page.text and "园林局" not in page.text
    for key in ("parks", "center"):
        assert cora.open(f"/desk/units/{city.unit_id(key)}").status == 404
    own = cora.open(f"/desk/units/{city.unit_id('county')}")
    assert "园林局" not in own.html and not own.offers("/closing")
    assert cora.send(own.form(f"/units/{city.unit_id('county')}"), head_name="县主任").status == 303
    assert unit(city, "county").parent_id == city.unit_id("center"), "its own place is not its to change"
    with pytest.raises(NotFound), city.work("cora") as work:
        organising.close(work, city.unit_id("parks"))
    with pytest.raises(Invalid), city.work("cora") as work:
        organising.add(work, Wanted("越界站", UnitKind.STATION, city.unit_id("parks")))
