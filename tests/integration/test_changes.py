"""变更记录: written by every change, seen by whom it concerns, taken back once, never over another change."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from hotline.domain.actors import Role
from hotline.domain.errors import NotFound, Refused
from hotline.models import Change, Unit, UnitKind
from hotline.services import changing, organising, overlapping
from hotline.services.changing import Filter, Kind
from hotline.services.organising import Wanted
from hotline.services.paging import Place
from tests.city import City
from tests.desk import Person, make_app
from tests.races.hands import at_once, doing, done, refused


def parks(city: City, **more: str) -> Wanted:
    return replace(
        Wanted("园林局", UnitKind.DEPARTMENT, city.unit_id("center"), duty_phone="0320-0002103"),
        **more,  # type: ignore[arg-type]
    )


def as_it_stands(unit: Unit) -> str:
    return overlapping.seen_as(organising.values_of(unit))


def change(city: City, who: str = "adam", **more: str) -> int:
    """Somebody corrects the unit; the newest change."""
    with city.work(who) as work:
        unit_id = city.unit_id("parks")
        organising.change(work, unit_id, parks(city, **more), as_it_stands(organising.find(work, unit_id)))
    return int(city.scalar(sa.select(sa.func.max(Change.id))))


def lines(city: City, sought: Filter | None = None, who: str = "adam") -> list[changing.Line]:
    with city.work(who) as work:
        return list(changing.browse(work, sought))


def another_administrator(city: City, login: str = "sara") -> None:
    with city.office.session() as session:
        session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = :login"), {"login": login})


def test_only_what_differs_is_written_down_with_who_and_when(city: City) -> None:
    made = change(city, name="园林绿化局", head_name="林局")
    line = lines(city)[0]
    assert (line.id, line.actor_name, line.happened_at, line.kind) == (made, "何管理", city.now, Kind.CHANGED)
    assert [(each.label, each.before, each.after) for each in line.differences] == [
        ("名称", "园林局", "园林绿化局"),
        ("负责人", None, "林局"),
    ]
    change(city, name="园林绿化局", head_name="林局")
    assert len(lines(city)) == 1, "what changes nothing is no change"


@pytest.mark.parametrize("field", ["password_hash", "secret", "token", "totp_sealed", "recovery_hashes", "api_token"])
def test_a_secret_is_never_written_down(city: City, field: str) -> None:
    with pytest.raises(ValueError, match="secret"), city.work("adam") as work:
        changing.record(work, "staff", 1, "王受理", {}, {field: "x"})


def test_a_change_is_taken_back_once_and_the_taking_back_too(city: City) -> None:
    made = change(city, name="园林绿化局")
    with city.work("adam") as work:
        changing.undo(work, made)
    assert city.scalar(sa.select(Unit.name).where(Unit.key == "parks")) == "园林局"
    newest, first = lines(city)
    assert (newest.undoes_id, first.undone_by, first.undoable) == (made, "何管理", False)
    with pytest.raises(Refused, match="已由何管理撤销"), city.work("adam") as work:
        changing.undo(work, made)
    with city.work("adam") as work:
        changing.undo(work, newest.id)
    assert city.scalar(sa.select(Unit.name).where(Unit.key == "parks")) == "园林绿化局"


def test_what_somebody_has_changed_since_is_not_written_over(city: City) -> None:
    another_administrator(city)
    first = change(city, name="园林绿化局")
    second = change(city, "sara", name="绿化局")
    with pytest.raises(Refused, match="由吴督办改过"), city.work("adam") as work:
        changing.undo(work, first)
    with city.work("adam") as work:
        changing.undo(work, second)
    with city.work("adam") as work:
        changing.undo(work, first)
    assert city.scalar(sa.select(Unit.name).where(Unit.key == "parks")) == "园林局"


def test_another_field_of_the_same_thing_does_not_stand_in_the_way(city: City) -> None:
    first = change(city, name="园林绿化局")
    change(city, name="园林绿化局", head_name="林局")
    with city.work("adam") as work:
        changing.undo(work, first)
    unit = city.rows(sa.select(Unit).where(Unit.key == "parks"))[0]
    assert (unit.name, unit.head_name) == ("园林局", "林局")


def test_what_was_changed_outside_of_the_record_is_noticed(city: City) -> None:
    made = change(city, name="园林绿化局")
    with city.office.session() as session:
        session.execute(sa.update(Unit).where(Unit.key == "parks").values(name="园林"))
    with pytest.raises(Refused, match="与当时改成的不同"), city.work("adam") as work:
        changing.undo(work, made)
    assert len(lines(city)) == 1, "what was refused leaves no line"


def test_of_two_who_undo_at_once_one_is_told_who_was_first(city: City) -> None:
    made = change(city, name="园林绿化局")
    results = at_once(city, [("adam", doing(changing.undo, change_id=made))] * 2)
    assert len(done(results)) == 1
    assert [error.code for error in refused(results)] == ["undone"]
    assert city.scalar(sa.select(sa.func.count()).select_from(Change)) == 2


def test_each_sees_what_concerns_his_subtree(city: City) -> None:
    with city.office.session() as session:
        session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = 'cora'"))
    made = change(city, name="园林绿化局")
    with city.work("cora") as work:
        organising.add(work, Wanted("东县环卫站", UnitKind.STATION, city.unit_id("county")))
    with city.work("adam") as work:
        changing.record(work, "policy", 1, "时限政策", {"days": 5}, {"days": 4})
    assert [line.name for line in lines(city, who="cora")] == ["东县环卫站"]
    assert [line.name for line in lines(city)] == ["时限政策", "东县环卫站", "园林绿化局"]
    with pytest.raises(NotFound), city.work("cora") as work:
        changing.undo(work, made)


def test_the_list_is_sifted_and_read_page_by_page(city: City) -> None:
    another_administrator(city)
    for name in ("甲", "乙", "丙"):
        change(city, name=f"园林{name}局")
    city.turn(days=1)
    change(city, "sara", name="园林局")
    for sought, count in (
        (Filter(person="吴督办"), 1),
        (Filter(name="乙"), 1),
        (Filter(subject="unit"), 4),
        (Filter(subject="staff"), 0),
        (Filter(since=city.now), 1),
        (Filter(until=city.now), 3),
    ):
        assert len(lines(city, sought)) == count, sought
    with city.work("adam") as work:
        first = changing.browse(work, size=3)
        second = changing.browse(work, place=Place(first.after), size=3)
    assert (len(first), len(second), second.after) == (3, 1, None)


def test_the_page_tells_old_and_new_in_words_and_takes_back(city: City) -> None:
    app = make_app(city)
    with city.work("adam") as work:
        moved = parks(city, kind=UnitKind.STATION)
        seen = as_it_stands(organising.find(work, city.unit_id("parks")))
        organising.change(work, city.unit_id("parks"), replace(moved, parent_id=city.unit_id("lamps")), seen)
    adam = Person(app, "adam")
    page = adam.open("/desk/changes")
    assert "性质 原为 部门 → 改为 站所" in page.text
    assert "上级单位 原为 市城管服务中心 → 改为 市政处" in page.text
    taken = adam.send(page.form("/reversal"))
    assert taken.status == 303
    after = adam.open(taken.response.headers["Location"])
    assert "已撤销对“园林局”的这项变更" in after.text and "已由何管理于" in after.text
    unit = city.rows(sa.select(Unit).where(Unit.key == "parks"))[0]
    assert (unit.kind, unit.path) == (UnitKind.DEPARTMENT, f"{city.unit_id('center')}/{unit.id}/")
    assert "没有符合条件的变更" in adam.open("/desk/changes?person=无此人").text
    assert Person(app, "sven").open("/desk/changes").status == 404


def test_the_page_asks_as_often_for_many_as_for_few(city: City) -> None:
    adam = Person(make_app(city), "adam")
    counts = []
    for _ in range(2):
        for name in ("甲", "乙", "丙", "丁"):
            change(city, name=f"园林{name}局")
        with city.statements() as asked:
            assert adam.open("/desk/changes").status == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_it_is_append_only(city: City) -> None:
    change(city, name="园林绿化局")
    with pytest.raises(sa.exc.DBAPIError), city.office.session() as session:
        session.execute(sa.text("DELETE FROM change"))
    assert Role.ADMINISTRATOR in city.actor("adam").roles
