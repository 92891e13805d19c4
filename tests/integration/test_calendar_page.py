"""工作日历: next year's holidays entered as an administrator does it; exactly the promises that they touch move."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from config.calendars import CHINA, read_mapping
from config.categories import load_categories
from config.policy import load_case_standards, load_policy
from hotline.domain.actors import SYSTEM
from hotline.domain.errors import NotFound
from hotline.domain.festivals import statutory_days
from hotline.models import CalendarVersion, Change, Deadline, DeadlineKind, Event, Staff, Unit
from hotline.services import calendaring, recounting, seeding
from hotline.services.work import Work
from tests.city import City, at
from tests.desk import Page, Person, make_app

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知 国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月4日（周四）至10日（周三）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。"""


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def year(person: Person, number: int = 2027) -> Page:
    return person.open(f"/desk/rules/calendar/{number}")


def dues(city: City, number: str) -> dict[tuple[DeadlineKind, int], str]:
    rows = city.rows(sa.select(Deadline).order_by(Deadline.id))
    ticket = city.ticket(number)
    return {(row.kind, row.id): row.due_at.isoformat() for row in rows if row.ticket_id == ticket.id}


def test_next_year_is_entered_from_the_notice_and_only_what_it_touches_moves(city: City, app: Flask) -> None:
    early, done = city.handling(), city.replied()
    city.now = at("2027-02-02 09:00")  # a Tuesday before the spring festival
    late = city.handling(text="人民路下水道堵塞，污水漫到路上")
    before = {number: dues(city, number) for number in (early, done, late)}
    adam = Person(app, "adam")
    assert "2027年的工作日历是暂定的" in adam.open("/desk/").text
    page = year(adam)
    assert page.status == 200 and "2027年是暂定的" in page.text
    assert page.form("/2027").values["d-02-06"] == ["h:春节"] and page.form("/2027").values["d-02-09"] == [""]

    read = adam.send(page.form("/2027"), text=NOTICE, act="read")
    form = read.form("/2027")
    assert "项会变动" in read.text and "保存并重新推算" in read.text, "read, looked at and saved in one go"
    assert "还没有保存" in read.text and form.values["notice"] == ["国办发明电〔2026〕9号"]
    assert form.values["d-02-09"] == ["h:春节"] and form.values["d-01-31"] == ["work"]
    assert city.scalar(sa.select(sa.func.count()).select_from(CalendarVersion)) == 1, "nothing is taken blindly"

    looked = adam.send(form, act="look")
    with city.work("adam") as work:
        foreseen = calendaring.foresee(work, _wanted(work))
    assert foreseen.whole and foreseen.moved > 0
    assert f"有 {foreseen.moved} 项会变动" in looked.text and "2月9日（周二）" in looked.text
    saved = adam.send(looked.form("/2027"), act="save")
    assert saved.status == 303
    after = {number: dues(city, number) for number in (early, done, late)}
    moved = {key for number in before for key in before[number] if before[number][key] != after[number][key]}
    assert len(moved) == foreseen.moved and after[early] == before[early] and after[done] == before[done]
    assert city.deadlines(late, DeadlineKind.HANDLE)[-1].due_at == at("2027-02-15 18:00")
    told = adam.open("/desk/rules/calendar")
    assert f"{foreseen.moved} 项变动" in told.text and "国办发明电〔2026〕9号" in told.text
    events = city.rows(sa.select(Event).where(Event.step == "recount"))
    assert sum(len(event.data["changes"]) for event in events) == foreseen.moved

    (change,) = city.rows(sa.select(Change).where(Change.subject == "calendar"))
    assert change.after["notice"] == "国办发明电〔2026〕9号" and change.before["provisional"] is True
    log = adam.open("/desk/changes")
    assert "节假日 改为 增加 " in log.text and "2月9日 春节" in log.text, "what differs of a long list, and no more"
    assert "2月6日 春节" not in log.text and "2027-02" not in log.text
    undone = adam.send(log.form(f"/{change.id}/reversal"))
    assert undone.status == 303
    count_on(city)
    assert {number: dues(city, number) for number in before} == before, "taken back, all is as it was"
    assert "2027年是暂定的" in year(adam).text


def _wanted(work: Work) -> dict[str, object]:
    from hotline.domain.holiday_notice import read_notice

    found = read_notice(NOTICE, 2027)
    days = calendaring.Year(found.holidays, {day: [] for day in found.makeup_days}, found.number, False)
    return calendaring.with_year(calendaring.newest(work).body, 2027, days)


def count_on(city: City) -> None:
    """As the workers do it."""
    city.office.forget_rules()
    more = True
    while more:
        with city.work(SYSTEM) as work:
            more = recounting.go_on(work)


def test_it_is_counted_once_more_for_what_went_by_the_old_calendar(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    form = adam.send(year(adam, 2026).form("/2026"), **{"d-10-15": "h:国庆节"}, act="look").form("/2026")
    assert adam.send(form, act="save").status == 303
    city.office.forget_rules()
    number = city.handling()
    with city.work() as work:  # what a process writes that still remembers the old calendar
        work.session.execute(
            sa.update(Deadline)
            .where(Deadline.ticket_id == city.ticket(number).id, Deadline.kind == DeadlineKind.HANDLE)
            .values(due_at=at("2026-10-19 18:00"))
        )
    count_on(city)
    assert city.deadlines(number, DeadlineKind.HANDLE)[-1].due_at == at("2026-10-19 18:00"), "not yet"
    city.turn(minutes=2)
    count_on(city)
    assert city.deadlines(number, DeadlineKind.HANDLE)[-1].due_at == at("2026-10-20 18:00")


def test_of_two_who_save_at_once_the_second_is_told(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "olga").values(roles=["administrator"]))
    adam, olga = Person(app, "adam"), Person(app, "olga")
    first = adam.send(year(adam).form("/2027"), **{"d-03-08": "h:其他"}, act="look").form("/2027")
    other_year = olga.send(year(olga, 2026).form("/2026"), notice="国办发明电〔2025〕7号", act="look").form("/2026")
    second = olga.send(year(olga).form("/2027"), **{"d-05-04": "h:劳动节"}, act="look").form("/2027")
    assert adam.send(first, act="save").status == 303
    told = olga.send(second, act="save")
    assert told.status == 409 and "何管理刚刚改过" in told.text
    assert told.form("/2027").values["d-05-04"] == ["h:劳动节"], "what was chosen is still there"
    assert olga.send(told.form("/2027"), act="save").status == 303, "and is taken when he has seen it"
    assert olga.send(other_year, act="save").status == 303, "another year is nobody's concern"


def test_office_hours_with_a_season(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    page = adam.open("/desk/rules/calendar/hours")
    wrong = adam.send(page.form("/hours"), mon="8点到12点", act="look")
    assert wrong.status == 422 and "周一" in wrong.text and wrong.form("/hours").values["mon"] == ["8点到12点"]
    summer = {f"s0_{day}": "08:00—12:00，15:00-19:00" for day in ("mon", "tue", "wed", "thu", "fri")}
    looked = adam.send(page.form("/hours"), s0_from="6月1日", s0_to="9-30", **summer, fri="08:00-13:00", act="look")
    assert looked.status == 200, looked.text
    assert adam.send(looked.form("/hours"), act="save").status == 303
    number = city.handling()
    assert city.deadlines(number, DeadlineKind.HANDLE)[-1].due_at == at("2026-10-19 18:00")
    with city.work("adam") as work:
        body = calendaring.newest(work).body
    assert body["seasons"][0]["hours"]["mon"] == [["08:00", "12:00"], ["15:00", "19:00"]]
    assert body["hours"]["fri"] == [["08:00", "13:00"]]
    undone = adam.send(adam.open("/desk/changes?subject=office_hours").forms[-1])
    assert undone.status == 303
    with city.work("adam") as work:
        assert calendaring.newest(work).body["hours"]["fri"] == [["08:00", "12:00"], ["14:00", "18:00"]]
        assert calendaring.newest(work).body["seasons"] == []


def test_what_people_entered_is_not_put_back_by_a_file(city: City, app: Flask) -> None:
    adam = Person(app, "adam")
    form = adam.send(year(adam).form("/2027"), **{"d-03-08": "h:其他"}, act="look").form("/2027")
    assert adam.send(form, act="save").status == 303
    newer = read_mapping(CHINA)
    newer["holidays"] = {**newer["holidays"], "2027-03-09": "文件"}
    with city.office.session() as session:
        assert not seeding.seed_rules(
            session,
            policy=load_policy(),
            calendar=newer,
            categories=load_categories(),
            standards=load_case_standards(),
            now=city.now,
        )
    assert year(adam).form("/2027").values["d-03-08"] == ["h:其他"]


def test_a_county_reads_and_changes_nothing_and_others_find_no_page(city: City, app: Flask) -> None:
    with city.office.session() as session:
        county = session.scalar(sa.select(Unit.id).where(Unit.key == "county"))
        session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=["administrator"], unit_id=county))
    adam, cora, olga = (Person(app, who) for who in ("adam", "cora", "olga"))
    read = year(cora)
    assert read.status == 200 and "<select" not in read.html.partition("<main")[2]
    token = adam.open("/desk/rules/calendar/2027").form("/2027").values["csrf_token"]
    for act in ("read", "look", "save"):
        answer = cora.client.post("/desk/rules/calendar/2027", data={"csrf_token": token, "act": act, "seen": "1"})
        assert answer.status_code in (400, 404), act
    with city.work("cora") as work, pytest.raises(NotFound):
        calendaring.save_year(work, 2027, calendaring.Year(), 1)
    assert olga.open("/desk/rules/calendar").status == olga.open("/desk/rules/calendar/2027").status == 404
    assert adam.open("/desk/rules/calendar/1950").status == 404


def test_a_year_without_dates_begins_with_the_statutory_days() -> None:
    china = calendaring.year_of(read_mapping(CHINA), 2027)
    assert dict(china.holidays) == statutory_days(2027), "as the provisional year of the project's file has them"
    assert calendaring.year_of({}, 2028).provisional and len(calendaring.year_of({}, 2028).holidays) == 12
