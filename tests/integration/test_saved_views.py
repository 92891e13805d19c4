"""常用列表: saved, renamed, shared downwards, removed and brought back; read with the reader's own rights."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.errors import Invalid, NotFound
from hotline.models import SavedView
from hotline.services import saved_views
from tests.city import City
from tests.desk import Page, Person, make_app

LIST = "/desk/tickets?view=all&state=assigned"


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def save(person: Person, name: str, address: str = LIST, **typed: str) -> Page:
    """As the form of an open list does."""
    return person.send(person.open(address).form("/desk/views"), name=name, **typed)


def kept(page: Page) -> list[str]:
    """The names in the line of saved lists, with the numbers where they are told."""
    line = re.search(r'<nav class="kept.*?</nav>', page.html, re.DOTALL)
    words = [re.sub(r"<[^>]*>", "", item) for item in re.findall(r"<li>(.*?)</li>", line.group())] if line else []
    return [" ".join(each.split()) for each in words if each != "管理"]


def test_a_list_is_kept_under_a_name_and_opens_as_it_was(city: City, app: Flask) -> None:
    number = city.assigned()
    city.receive()
    dora = Person(app, "dora")
    answer = save(dora, " 待签收　的 ", f"{LIST}&columns=number.matter.heat&x=1")
    assert answer.status == 303
    opened = dora.open(answer.response.headers["Location"])
    assert "已存为常用列表“待签收 的”" in opened.text and kept(opened) == ["待签收 的"]
    assert number in opened.html and "共" not in kept(opened)[0]
    assert len(re.findall("<th[ >]", opened.html)) == 3 + 1, "with its columns"
    (row,) = city.rows(sa.select(SavedView))
    assert row.query == "view=all&state=assigned&columns=number.matter.heat", "what is no condition is not kept"
    counted = dora.open("/desk/views?list=view%3Dall%26state%3Dassigned")
    assert kept(counted) == ["待签收 的 1"] and 'aria-current="page"' in counted.html
    assert "全部；状态：待签收" in counted.text
    assert 'hx-get="/desk/views?list=' in opened.html


def test_the_same_name_is_the_list_as_it_is_now(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    save(dora, "我的")
    save(dora, "我的", "/desk/tickets?view=over&heat=5")
    assert [row.query.partition("&columns")[0] for row in city.rows(sa.select(SavedView))] == ["view=over&heat=5"]


@pytest.mark.parametrize("name", ["", " 　 ", "长" * 31])
def test_a_name_that_is_none_is_asked_for_again_and_the_list_is_not_lost(city: City, app: Flask, name: str) -> None:
    dora = Person(app, "dora")
    answer = save(dora, name, shared="yes")
    assert answer.status == 422 and "请填写名称" in answer.text
    form = answer.form("/desk/views")
    assert form.values["query"][0].startswith("view=all&state=assigned") and form.values["shared"] == ["yes"]
    assert dora.send(form, name="好名字").status == 303


def test_renamed_removed_and_brought_back(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    for name in ("甲", "乙"):
        save(dora, name)
    first = city.scalar(sa.select(SavedView.id).where(SavedView.name == "甲"))
    page = dora.open("/desk/views")
    taken = dora.send(page.form(f"/views/{first}"), name="乙")
    assert taken.status == 422 and "已有名为“乙”" in taken.text
    assert dora.send(page.form(f"/views/{first}"), name="丙", shared="yes").status == 303
    removed = dora.send(page.form(f"/views/{first}/removal"))
    told = dora.open(removed.response.headers["Location"])
    assert "已删除常用列表“丙”" in told.text and kept(told) == ["乙 0"]
    undo = next(form for form in told.forms if "name" in form.values and form.values["name"] == ["丙"])
    assert dora.send(undo).status == 303
    (back,) = city.rows(sa.select(SavedView).where(SavedView.name == "丙"))
    assert back.shared and back.query.startswith("view=all&state=assigned")
    assert "已删除" not in dora.open("/desk/views").text, "told once"
    assert dora.send(page.form(f"/views/{first}/removal")).status == 404, "sent twice it is gone"


def test_shared_with_those_below_and_nobody_else_and_read_with_their_own_rights(city: City, app: Flask) -> None:
    lamps, parks = city.assigned(), city.assigned("parks")
    county = city.assigned("county")
    hans, hugo, paul, dora, cora = (Person(app, who) for who in ("hans", "hugo", "paul", "dora", "cora"))
    save(hans, "处里的", shared="yes")
    save(hans, "自己的")
    save(dora, "全市的", "/desk/tickets?view=all", shared="yes")
    assert kept(hans.open("/desk/tickets")) == ["处里的", "自己的", "共享：全市的"]
    assert kept(hugo.open("/desk/tickets")) == ["共享：全市的", "共享：处里的"]
    assert kept(paul.open("/desk/tickets")) == kept(cora.open("/desk/tickets")) == ["共享：全市的"]
    assert kept(dora.open("/desk/tickets")) == ["全市的"], "what is below does not stand above"
    whole = paul.open("/desk/tickets?view=all")
    assert parks in whole.html and lamps not in whole.html
    assert kept(paul.open("/desk/views")) == ["共享：全市的 1"] and kept(dora.open("/desk/views")) == ["全市的 3"]
    assert county in dora.open("/desk/tickets?view=all").html
    ours = city.scalar(sa.select(SavedView.id).where(SavedView.name == "处里的"))
    form = hans.open("/desk/views").form(f"/views/{ours}")
    for person in (hugo, paul, dora):
        data = {"csrf_token": person.open("/desk/views").form("/logout").values["csrf_token"], "name": "抢来的"}
        assert person.client.post(form.action, data=data).status_code == 404
        assert person.client.post(f"{form.action}/removal", data=data).status_code == 404
    with city.work("hugo") as work:
        assert saved_views.find(work, ours).name == "处里的"
    with city.work("paul") as work, pytest.raises(NotFound):
        saved_views.find(work, ours)
    assert Person(app, "adam").open("/desk/views").status == 404


def test_no_more_than_one_can_oversee(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 2)
    with city.work("dora") as work:
        for name in ("甲", "乙"):
            saved_views.save(work, name, "view=all")
        saved_views.save(work, "甲", "view=over")
        with pytest.raises(Invalid, match="最多2个"):
            saved_views.save(work, "丙", "view=all")


def test_only_columns_that_there_are_and_no_endless_query(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    form = dora.open(LIST).form("/desk/views")
    assert dora.send(form, name="长", query="view=all&columns=" + "x" * 100_000 + ".heat").status == 303
    assert dora.send(form, name="无", query="view=all&columns=" + "x" * 100_000).status == 303
    assert {row.name: row.query for row in city.rows(sa.select(SavedView))} == {
        "长": "view=all&columns=number.matter.heat",
        "无": "view=all",
    }
    text = "%E8%B7%AF" * 100
    answer = dora.send(form, name="条件", query=f"view=all&q={text}&category={text}&area={text}")
    assert answer.status == 422 and "筛选条件太长" in answer.text


def test_all_lists_are_counted_together(city: City, app: Flask) -> None:
    city.handling(text="香溪路路灯不亮")
    unit = f"view=all&unit={city.unit_id('lamps')}"
    queries = ["view=all", "view=open&heat=2", "view=mine", "view=over", "view=all&q=路灯", unit]
    for who, mine in (("dora", "0"), ("hans", "1")):
        person, asked = Person(app, who), []
        person.open(f"{LIST}&q=路灯")  # the words of what is new are read once
        for turn in "ab":
            with city.work(who) as work:
                for place, query in enumerate(queries):
                    saved_views.save(work, f"{who}{turn}{place}", query)
            with city.statements() as statements:
                page = person.open("/desk/views")
            asked.append(len(statements))
        told = dict(name.rsplit(" ", 1) for name in kept(page))
        assert [told[f"{who}b{place}"] for place in range(6)] == ["1", "0", mine, "0", "1", "1"], (who, told)
        assert asked[0] == asked[1], "as many statements for a dozen as for six"
