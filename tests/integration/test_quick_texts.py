"""快捷用语: one's own, the unit's and those above; who keeps what; filled in from the ticket as it is read."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from config.phrases import load_phrases
from hotline.domain.errors import Invalid, NotFound
from hotline.domain.phrases import FIELDS, Phrase, faults, fill
from hotline.models import QuickText
from hotline.services import phrasing
from hotline.web.resources import RESOURCES
from tests.city import City
from tests.desk import Person, make_app

FIXED = Phrase("已修复", "{地点}已修复，编号{编号}。", ("reply",))


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def add(city: City, who: str, *, of_unit: bool, name: str = "已修复", nouns: tuple[str, ...] = ()) -> int:
    with city.work(who) as work:
        return phrasing.add(work, Phrase(name, "内容", nouns), of_unit=of_unit).id


def at_hand(city: City, who: str) -> list[str]:
    with city.work(who) as work:
        return [each.name for each in phrasing.at_hand(work)]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("编号{编号}", "编号1"),
        ("{地点}的{事项}", "香溪路的……"),
        ("没有花括号", "没有花括号"),
        ("{编号.__class__}{0}{!r}", "………………"),
    ],
)
def test_fields_are_filled_in_and_what_is_not_known_is_a_gap(text: str, filled: str) -> None:
    assert fill(text, {"编号": "1", "地点": " 香溪路 ", "事项": ""}) == filled


@pytest.mark.parametrize(
    ("phrase", "named"),
    [
        (Phrase("名称", "{诉求人}您好"), "“{诉求人}”"),
        (Phrase("名称", "{编号.real}"), "“{编号.real}”"),
        (Phrase("名称", "{编号"), "不成对的“{”"),
        (Phrase("名称", "编号}"), "不成对的“}”"),
        (Phrase("名称", "  "), "请写下内容"),
        (Phrase("名称", "长" * 1001), "1000字以内"),
        (Phrase("", "内容"), "请写一个名称"),
        (Phrase("长" * 41, "内容"), "40字以内"),
    ],
)
def test_what_cannot_be_used_is_named_when_it_is_saved(city: City, phrase: Phrase, named: str) -> None:
    assert named in "".join(faults(phrase).values())
    with pytest.raises(Invalid) as fault, city.work("olga") as work:
        phrasing.add(work, phrase, of_unit=False)
    assert named in "".join(fault.value.fields.values())


def test_what_a_new_city_begins_with_can_be_used(city: City) -> None:
    texts = load_phrases()
    nouns = {resource.noun for resource in RESOURCES}
    assert len(texts) >= 12 and all(faults(each) == {} and set(each.nouns) <= nouns for each in texts)
    assert all(each.nouns for each in texts) and len({each.name for each in texts}) == len(texts)
    for noun in ("reply", "declination", "return", "submission", "supervision", "note"):
        assert any(noun in each.nouns for each in texts), noun
    with city.work() as work:
        assert phrasing.seed(work.session, texts, work.now) == len(texts)
        assert phrasing.seed(work.session, texts, work.now) == 0, "once"
    assert at_hand(city, "hugo") == at_hand(city, "adam") == [each.name for each in texts]


def test_one_sees_his_own_the_units_and_those_above_and_nobody_elses(city: City) -> None:
    add(city, "hans", of_unit=False, name="冯市政自己的")
    add(city, "dora", of_unit=True, name="市中心的")
    add(city, "cora", of_unit=True, name="东县的")
    assert at_hand(city, "hans") == ["冯市政自己的", "市中心的"]
    assert at_hand(city, "hugo") == ["市中心的"], "a colleague's own is his"
    assert at_hand(city, "carl") == ["东县的", "市中心的"], "the nearer unit's first"
    assert at_hand(city, "dora") == ["市中心的"], "what a unit below keeps is for those below it"


@pytest.mark.parametrize(
    ("who", "may"), [("dora", True), ("sven", True), ("adam", True), ("olga", False), ("hans", False)]
)
def test_the_units_are_kept_by_dispatchers_supervisors_and_administrators(city: City, who: str, may: bool) -> None:
    id = add(city, "dora", of_unit=True)
    if may:
        with city.work(who) as work:
            phrasing.change(work, id, FIXED, of_unit=True)
        return
    with pytest.raises(NotFound), city.work(who) as work:
        phrasing.remove(work, id)
    with pytest.raises(Invalid), city.work(who) as work:
        phrasing.add(work, FIXED, of_unit=True)


def test_nobody_changes_anothers_or_another_units(city: City) -> None:
    own, of_city = add(city, "olga", of_unit=False), add(city, "dora", of_unit=True)
    for who, id in (("otto", own), ("sven", own), ("cora", of_city), ("cora", own)):
        with pytest.raises(NotFound), city.work(who) as work:
            phrasing.change(work, id, FIXED, of_unit=False)


def test_the_page_adds_changes_removes_and_takes_it_back(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    page = dora.open("/desk/quick-texts")
    assert "还没有自己的快捷用语" in page.text
    wrong = dora.send(page.form("/quick-texts"), name="已修复", text="{诉求}已修复", nouns="reply")
    assert wrong.status == 422 and "不认识“{诉求}”" in wrong.text
    form = wrong.form("/quick-texts")
    assert form.values["text"] == ["{诉求}已修复"] and form.values["nouns"] == ["reply"]
    assert dora.send(form, text="{事项}已修复").status == 303
    row = city.rows(sa.select(QuickText))[0]
    assert (row.name, row.text, row.nouns, row.owner_id is not None) == ("已修复", "{事项}已修复", ["reply"], True)
    edit = dora.open(f"/desk/quick-texts/{row.id}")
    assert edit.form(f"/{row.id}").values["text"] == ["{事项}已修复"]
    again = dora.send(edit.form(f"/{row.id}"), text="{", name="改名")
    assert again.status == 422 and again.form(f"/{row.id}").values["name"] == ["改名"]
    assert dora.send(edit.form(f"/{row.id}"), text="修好了", of_unit="yes").status == 303
    assert "修好了" in Person(app, "hans").open("/desk/quick-texts").text, "the unit's, for those below"
    removed = dora.send(dora.open("/desk/quick-texts").form("/removal"))
    shown = dora.open(removed.response.headers["Location"])
    assert "已删除“已修复”" in shown.text and "修好了" not in shown.text and at_hand(city, "hans") == []
    assert dora.send(shown.form("/restoration")).status == 303
    assert at_hand(city, "hans") == ["已修复"]


def test_another_ones_text_is_not_there(city: City, app: Flask) -> None:
    id = add(city, "dora", of_unit=False)
    with city.work("dora") as work:
        phrasing.remove(work, id)
    olga = Person(app, "olga")
    token = olga.open("/desk/quick-texts").form("/quick-texts").values["csrf_token"]
    assert olga.open(f"/desk/quick-texts/{id}").status == 404
    assert olga.open(f"/desk/quick-texts?removed={id}").text.count("撤销删除") == 0
    for way in ("", "/removal", "/restoration"):
        data = {"csrf_token": token, "name": "我的", "text": "我的"}
        assert olga.client.post(f"/desk/quick-texts/{id}{way}", data=data).status_code == 404, way
    assert olga.open("/desk/quick-texts?removed=x").status == 200


def test_they_are_filled_in_as_the_reader_may_read_it(city: City, app: Flask) -> None:
    number = city.handling(
        text="举报渣土车夜间偷倒，我是张建国，电话13812345678", phone="+8613812345678", name="张建国", confidential=True
    )
    fields = "".join(f"{{{name}}}" for name in FIELDS)
    for who in ("olga", "hans"):
        with city.work(who) as work:
            phrasing.add(work, Phrase("全部", fields), of_unit=False)
    hans = Person(app, "hans").ticket(number).html
    assert number in hans and "13812345678" not in hans and "张建国" not in hans
    assert "市政处" in hans and "data-text" in hans


def test_the_list_costs_the_same_however_long_it_is(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    add(city, "dora", of_unit=True)
    dora.open("/desk/quick-texts")
    with city.statements() as few:
        dora.open("/desk/quick-texts")
    for _ in range(20):
        add(city, "dora", of_unit=True)
    with city.statements() as many:
        dora.open("/desk/quick-texts")
    assert len(few) == len(many)
