"""人员: kept by administrators within their own subtree; nobody locks himself or the city out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import Role
from hotline.domain.errors import Invalid, Refused
from hotline.models import Change, Staff
from hotline.services import changing, handling, overlapping, staffing
from hotline.services.paging import Place
from hotline.services.staffing import Sought, Wanted
from tests.city import City
from tests.desk import Page, Person, make_app
from tests.races.hands import at_once, doing, done, refused

NEW_PASSWORD = "三叶草 clover 42 river"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def row(city: City, login: str) -> Staff:
    return city.rows(sa.select(Staff).where(Staff.login == login))[0]


def give(city: City, login: str, *roles: Role) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == login).values(roles=[role.value for role in roles]))


def as_it_is(city: City, login: str) -> Wanted:
    found = row(city, login)
    return Wanted(login, found.name, found.unit_id, tuple(Role(role) for role in found.roles))


def seen(city: City, login: str) -> str:
    """What somebody has before him who opens the person now."""
    return overlapping.seen_as(staffing.values_of(row(city, login)))


def person_page(city: City, who: Person, login: str) -> Page:
    return who.open(f"/desk/people/{row(city, login).id}")


def test_somebody_is_added_and_comes_in_by_the_link_once(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    form = adam.open(f"/desk/people/new?unit={city.unit_id('parks')}").forms[-1]
    faulty = adam.send(form, login="hans", name="新来的", roles=[])
    assert faulty.status == 422 and "账号“hans”已被使用" in faulty.text and "请至少选择一个角色" in faulty.text
    faulty = adam.send(faulty.form("/desk/people"), login="HANS", roles=["handler"])
    assert "账号“HANS”已被使用" in faulty.text and faulty.form("/desk/people").values["name"] == ["新来的"]
    told = adam.send(faulty.form("/desk/people"), login="nina", roles=["handler", "leader"])
    link = told.html.partition('value="http://hotline.test')[2].partition('"')[0]
    assert told.status == 200 and link.startswith("/invitations/")
    assert row(city, "nina").roles == ["handler", "leader"]
    assert "待设置密码" in adam.open("/desk/people?text=nina").text

    guest = app.test_client()
    page = Page(guest.get(link))
    weak = Page(guest.post(link, data=page.forms[0].values | {"password": "nina", "again": "nina"}))
    assert weak.status == 422 and "密码至少10个字符" in weak.text
    unlike = Page(guest.post(link, data=page.forms[0].values | {"password": NEW_PASSWORD, "again": "x"}))
    assert "两次输入的密码不一样" in unlike.text
    chosen = page.forms[0].values | {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert guest.post(link, data=chosen).status_code == 303
    login = Page(guest.get("/login"))
    entered = guest.post("/login", data=login.forms[-1].values | {"username": "nina", "password": NEW_PASSWORD})
    assert entered.status_code == 302
    assert app.test_client().get(link).status_code == 404, "a link works once"


def test_an_invitation_ends_by_itself_and_by_the_next_one(city: City, app: Flask) -> None:
    with city.work("adam") as work:
        staff, first = staffing.add(work, Wanted("nina", "新来的", city.unit_id("parks"), (Role.HANDLER,)))
    adam = Person(app, "adam")
    again = adam.send(adam.open(f"/desk/people/{staff.id}").form("/invitation"))
    second = again.html.partition('value="http://hotline.test')[2].partition('"')[0]
    assert app.test_client().get(f"/invitations/{first}").status_code == 404
    city.turn(days=6)
    assert app.test_client().get(second).status_code == 200
    city.turn(days=2)
    assert app.test_client().get(second).status_code == 404
    assert "邀请已过期" in Person(app, "adam").open("/desk/people?text=nina").text


def test_roles_and_unit_are_changed_logged_and_put_back(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    page = person_page(city, adam, "paul")
    form = page.form(f"/people/{row(city, 'paul').id}")
    assert form.values["roles"] == ["handler"]
    sent = adam.send(form, roles=["handler", "leader"], unit_id=str(city.unit_id("lamps")), name="林园")
    assert sent.status == 303
    with city.work("adam") as work:
        line = changing.browse(work)[0]
        assert [each.field for each in line.differences] == ["name", "unit_id", "roles"]
        changing.undo(work, line.id)
    assert (row(city, "paul").name, row(city, "paul").unit_id) == ("林园林", city.unit_id("parks"))
    assert row(city, "paul").roles == ["handler"]


def test_who_is_locked_is_out_at_once_and_his_work_is_told(city: City, app: Flask) -> None:
    number = city.assigned()
    with city.work("hans") as work:
        handling.sign(work, number)
    hans, adam = Person(app, "hans"), Person(app, "adam")
    answer = adam.send(person_page(city, adam, "hans").form("/lock"))
    page = adam.open(answer.response.headers["Location"])
    assert "冯市政已停用" in page.text and "名下还有 1 件在办工单" in page.text and number in page.text
    assert hans.open("/desk/tickets").status == 302, "his session is over"
    assert adam.send(page.form("/unlock")).status == 303
    assert hans.open("/desk/tickets").status == 302, "and stays over"
    assert Person(app, "hans").open("/desk/tickets").status == 200


def test_all_sessions_end_and_the_password_with_a_reset(city: City, app: Flask) -> None:
    adam, hans = Person(app, "adam"), Person(app, "hans")
    page = person_page(city, adam, "hans")
    assert adam.send(page.form("/sessions")).status == 303
    assert hans.open("/desk/tickets").status == 302
    hans = Person(app, "hans")
    assert adam.send(page.form("/invitation")).status == 200
    assert hans.open("/desk/tickets").status == 302
    with pytest.raises(AssertionError):
        Person(app, "hans")
    told = [change.after["done"] for change in city.rows(sa.select(Change).order_by(Change.id)) if change.after]
    assert told == ["退出全部会话", "重置密码，发出新的邀请"]
    assert adam.open("/desk/changes").text.count("撤销") == 1, "only in the explanation: there is nothing to take back"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"roles": (Role.ADMINISTRATOR, Role.SUPERVISOR)}, "roles"),
        ({"roles": (Role.OPERATOR,)}, "roles"),
        ({"unit_id": "parks"}, "unit_id"),
    ],
)
def test_what_nobody_does_to_himself(city: City, wanted: dict[str, object], field: str) -> None:
    if "unit_id" in wanted:
        wanted = {"unit_id": city.unit_id(str(wanted["unit_id"]))}
    give(city, "sara", Role.ADMINISTRATOR)
    with pytest.raises(Invalid) as told, city.work("adam") as work:
        wished = replace(as_it_is(city, "adam"), **wanted)  # type: ignore[arg-type]
        staffing.change(work, row(city, "adam").id, wished, seen(city, "adam"))
    assert list(told.value.fields) == [field]
    with pytest.raises(Refused, match="不能停用自己"), city.work("adam") as work:
        staffing.lock(work, row(city, "adam").id)


def test_the_last_administrator_of_the_city_stays_also_under_two_hands(city: City) -> None:
    give(city, "sara", Role.ADMINISTRATOR)
    give(city, "cora", Role.ADMINISTRATOR)  # of a county: not of the city
    ids = {login: row(city, login).id for login in ("adam", "sara")}
    results = at_once(city, [("adam", doing(staffing.lock, ids["sara"])), ("sara", doing(staffing.lock, ids["adam"]))])
    assert len(done(results)) == 1
    assert [error.code for error in refused(results)] == ["last_administrator"]
    left = sa.select(sa.func.count()).where(Staff.id.in_(ids.values()), Staff.active)
    assert city.scalar(left) == 1


def test_of_two_who_demote_each_other_at_once_one_stays(city: City) -> None:
    give(city, "sara", Role.ADMINISTRATOR)
    ids = {login: row(city, login).id for login in ("adam", "sara")}
    deeds = [
        (
            who,
            doing(
                staffing.change, ids[whom], replace(as_it_is(city, whom), roles=(Role.SUPERVISOR,)), seen(city, whom)
            ),
        )
        for who, whom in (("adam", "sara"), ("sara", "adam"))
    ]
    results = at_once(city, deeds)
    assert (len(done(results)), [list(error.fields) for error in refused(results)]) == (1, [["roles"]])  # type: ignore[attr-defined]
    assert city.scalar(sa.select(sa.func.count()).where(Staff.roles.contains(["administrator"]))) == 1


def test_the_list_is_sifted_and_asks_as_often_for_many_as_for_few(city: City, app: Flask) -> None:
    cases = [
        (Sought(), 12),
        (Sought("hans"), 1),
        (Sought("王"), 1),
        (Sought(unit_id=city.unit_id("county")), 2),
        (Sought(role=Role.HANDLER), 4),
        (Sought(active=False), 0),
    ]
    with city.work("adam") as work:
        assert [len(staffing.browse(work, sought)) for sought, _ in cases] == [count for _, count in cases]
    adam = Person(app, "adam")
    with city.statements() as asked:
        assert "郑主任" in adam.open("/desk/people?role=leader").text
    few = len(asked)
    with city.statements() as asked:
        assert adam.open("/desk/people").status == 200
    assert len(asked) == few
    with city.work("adam") as work:
        first = staffing.browse(work, Sought(), size=5)
        rest = staffing.browse(work, Sought(), Place(first.after), size=20)
    assert len({each.staff.id for each in [*first, *rest]}) == 12


def test_a_county_keeps_its_own_people_and_sees_no_others(city: City, app: Flask) -> None:
    give(city, "cora", Role.ADMINISTRATOR)
    cora = Person(app, "cora")
    listed = cora.open("/desk/people")
    assert "曹公路" in listed.text and "冯市政" not in listed.text
    token = {"csrf_token": cora.open("/desk/people/new").forms[-1].values["csrf_token"]}
    for act in ("", "/lock", "/unlock", "/sessions", "/invitation", "/second-factor"):
        path = f"/desk/people/{row(city, 'hans').id}{act}"
        answer = cora.client.post(path, data=token | {"name": "x"}) if act else cora.client.get(path)
        assert answer.status_code == 404, path
    assert row(city, "hans").active and row(city, "hans").session_epoch == 0
    with pytest.raises(Invalid) as told, city.work("cora") as work:
        staffing.add(work, Wanted("spy", "越界者", city.unit_id("center"), (Role.LEADER,)))
    assert list(told.value.fields) == ["unit_id"]
    assert "由市级中心的管理员设定" in cora.open("/desk/people/security").text
    sent = cora.client.post("/desk/people/security", data=token | {"roles": "leader"})
    assert sent.status_code == 403
