"""保存期限: never below the least, told who would go tonight, put in force for services and for the citizen's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.actors import SYSTEM
from hotline.domain.errors import Invalid, NotFound
from hotline.domain.privacy import Privacy
from hotline.models import Change, Complaint, Staff, Ticket
from hotline.services import erasing, retaining
from tests.city import City
from tests.desk import Person, make_app


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def ended(city: City, days: int) -> str:
    number = city.replied()
    with city.work() as work:
        work.session.execute(
            sa.update(Ticket).where(Ticket.number == number).values(ended_at=city.now - timedelta(days=days))
        )
    return number


def test_shorter_is_looked_at_and_saved_and_erases_tonight(city: City, app: Flask) -> None:
    old, young = ended(city, 500), ended(city, 100)
    adam = Person(app, "adam")
    page = adam.open("/desk/rules/retention")
    assert "国家档案局令第8号" in page.text and "3年" in page.text
    wrong = adam.send(page.form("/retention"), **{"ordinary.amount": "6", "ordinary.unit": "months"}, act="look")
    assert wrong.status == 422 and "不能短于1年" in wrong.text
    assert wrong.form("/retention").values["ordinary.amount"] == ["6"]
    looked = adam.send(wrong.form("/retention"), **{"ordinary.amount": "1", "ordinary.unit": "years"}, act="look")
    assert "今晚将删除 1 人的信息" in looked.text
    with city.work(SYSTEM) as work:
        assert erasing.count_due(work) == 0, "looking changes nothing"
    assert adam.send(looked.form("/retention"), act="save").status == 303
    with city.work(SYSTEM) as work:
        assert erasing.count_due(work) == 1
        assert erasing.erase_due(work) == 1
    erased = {row.number for row in city.rows(sa.select(Complaint).where(Complaint.erased_at.is_not(None)))}
    assert old in erased and young not in erased
    citizen = app.test_client().get("/privacy").text
    assert "<dt>1年</dt><dd>其他诉求（从办结起）</dd>" in citizen
    (change,) = city.rows(sa.select(Change).where(Change.subject == "retention"))
    assert (change.before, change.after) == ({"ordinary": "3年"}, {"ordinary": "1年"})
    assert adam.send(adam.open("/desk/changes").form(f"/{change.id}/reversal")).status == 303
    with city.work("adam") as work:
        assert work.privacy.retention["ordinary"].period.label() == "3年"


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("petition", "9 years"),
        ("calls", "5 months"),
        ("calls", "180 days"),
        ("messages", "1 day"),
        ("report", "5 months"),
        ("ordinary", "364 days"),
        ("ordinary", "0 years"),
        ("ordinary", "three years"),
        ("ordinary", ""),
        ("ordinary", "101 years"),
    ],
)
def test_it_is_never_shorter_than_the_least(city: City, name: str, period: str) -> None:
    with city.work("adam") as work:
        keeps = retaining.told(retaining.retention(work))
        with pytest.raises(Invalid) as fault:
            retaining.save(work, keeps | {name: period}, keeps)
    assert list(fault.value.fields) == [name]


def test_one_that_has_become_too_short_gives_way_to_the_files(city: City) -> None:
    privacy: Privacy = city.office.privacy
    kept = privacy.keeping({"ordinary": "2 years", "petition": "1 year", "nothing": "1 year"}).retention
    assert (kept["ordinary"].period.label(), kept["petition"].period.label()) == ("2年", "10年")


def test_of_two_who_save_at_once_the_second_is_told(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "olga").values(roles=["administrator"]))
    adam, olga = Person(app, "adam"), Person(app, "olga")
    first, second = (each.open("/desk/rules/retention").form("/retention") for each in (adam, olga))
    assert adam.send(first, **{"report.amount": "2"}, act="save").status == 303
    told = olga.send(second, **{"ordinary.amount": "4"}, act="save")
    assert told.status == 409 and "刚刚改过保存期限" in told.text
    form = told.form("/retention")
    assert form.values["ordinary.amount"] == ["4"] and form.values["report.seen"] == ["2 years"]
    assert olga.send(form, **{"report.amount": "2"}, act="save").status == 303
    with city.work("adam") as work:
        assert {name: str(work.privacy.retention[name].period) for name in ("report", "ordinary")} == {
            "report": "2 years",
            "ordinary": "4 years",
        }


def test_a_county_reads_and_others_find_no_page(city: City, app: Flask) -> None:
    with city.office.session() as session:
        session.execute(sa.update(Staff).where(Staff.login == "cora").values(roles=["administrator"]))
    read = Person(app, "cora").open("/desk/rules/retention")
    assert read.status == 200 and "ordinary.amount" not in read.html
    assert Person(app, "olga").open("/desk/rules/retention").status == 404
    with pytest.raises(NotFound), city.work("cora") as work:
        retaining.save(work, {}, {})


def test_the_rules_page_leads_to_each_with_its_state(city: City, app: Flask) -> None:
    adam, olga = Person(app, "adam"), Person(app, "olga")
    page = adam.open("/desk/rules")
    for label, state in (
        ("时限政策和督办等级", "现行：默认政策 2026"),
        ("工作日历", "2027年暂定"),
        ("立案条件", "519 条"),
        ("月报冻结日", "次月 3 日"),
        ("保存期限", "一般诉求 3年"),
        ("派单目录", "0 条"),
        ("短信文字", "本市改写 0 段"),
        ("变更记录", "谁在什么时候改了什么"),
    ):
        assert label in page.text and state in page.text, label
    for path in ("policy", "standards", "calendar", "categories", "freezing", "retention"):
        assert page.links(f"/desk/rules/{path}") and not olga.open("/desk/rules").links(f"/desk/rules/{path}")
