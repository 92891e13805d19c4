"""工单列表: every condition in the address and in words, to be taken away; columns, order, pages, the way back."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.domain.workflow import STATE_LABELS
from hotline.models import Category, Channel, Ground, Source, Urgency
from hotline.services import accepting, handling, supervising, tabulating
from hotline.services.desk import Search, View
from hotline.services.desk import page as page_of
from hotline.web.staff.asked import Choices, first_fields, more_fields
from hotline.web.staff.neighbours import beside
from tests.city import City
from tests.desk import Page, Person, make_app


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


def numbers(page: Page) -> list[str]:
    """Those of the rows, from top to bottom."""
    return re.findall(r'<td class="nowrap">(\d{14})<', page.html)


def chips(page: Page) -> dict[str, str]:
    """The conditions in force, with the address of the list without each."""
    found = re.findall(r'<li><a href="([^"]*)"><span>([^<]*)</span><span aria-hidden', page.html)
    return {words: address.replace("&amp;", "&") for address, words in found}


def test_each_condition_narrows_is_told_and_can_be_taken_away(city: City, app: Flask) -> None:
    lamp = city.handling(text="香溪路路灯不亮三天了", place="香溪路")
    with city.work("sven") as work:
        supervising.supervise(work, lamp, "yellow", Ground.LEADER)
    hans = city.actor("hans").id
    assert hans is not None
    with city.work("hans") as work:
        handling.hand_down(work, lamp, hans)
    bench = city.assigned("parks", text="人民公园长椅损坏", channel=Channel.PHONE)
    new = city.receive(text="大桥路沙县小吃门口油烟扰民").number
    with city.work("olga") as work:
        oil = work.session.scalars(sa.select(Category).where(Category.active).order_by(Category.id)).first()
        assert oil is not None
        accepting.accept(work, new, accepting.Classification(urgency=Urgency.URGENT, area="东区", category_id=oil.id))
    dora = Person(app, "dora")
    everything = [new, bench, lamp]
    assert numbers(dora.open("/desk/tickets?view=all")) == everything
    cases = {
        "q=长椅": ([bench], "查找：长椅"),
        f"q={lamp}": ([lamp], f"查找：{lamp}"),
        "stage=督办": ([lamp], "环节：督办"),
        "state=assigned": ([bench], "状态：待签收"),
        f"unit={city.unit_id('parks')}": ([bench], "单位：园林局"),
        f"handler={hans}": ([lamp], "承办人：冯市政"),
        "kind=sign": ([bench], "时限种类：签收"),
        f"category={oil.code}": ([new], f"类别：{oil.name}"),
        f"category={oil.parent_name}": ([new], f"类别：{oil.parent_name}"),
        "area=东区": ([new], "区域：东区"),
        "channel=phone": ([bench], "渠道：电话"),
        "source=leader": ([], "来源：领导批示"),
        "urgency=urgent": ([new], "紧急程度：紧急"),
        "level=3": ([lamp], "督办等级：黄牌以上"),
        "heat=2": ([], "热度：2人以上反映"),
        "rework=no": (everything, "重办：没有重办过的"),
        "rework=yes": ([], "重办：重办过的"),
        "since=2026-10-13": ([], "收到日期从：2026年10月13日"),
        "until=2026-10-12": (everything, "收到日期到：2026年10月12日"),
        "due=over": ([], "到期：已超期"),
    }
    for query, (found, words) in cases.items():
        page = dora.open(f"/desk/tickets?view=all&{query}")
        assert (page.status, numbers(page)) == (200, found), query
        assert list(chips(page)) == [words], query
        assert chips(page)[words] == "/desk/tickets?view=all"
    both = dora.open("/desk/tickets?view=all&state=assigned&state=supervised&channel=phone")
    assert numbers(both) == [bench]
    assert chips(both)["状态：待签收"] == "/desk/tickets?view=all&state=supervised&channel=phone"
    assert "清除全部条件" in both.text and "没有符合条件的工单" in dora.open("/desk/tickets?view=all&heat=9").text


def test_every_part_of_a_search_can_be_asked_for_on_the_page(city: City) -> None:
    with city.work("dora") as work:
        found = Choices(work, Search())
        asked = {spec["name"] for spec in [*first_fields(found), *more_fields(found)]}
    assert asked == {
        "q", "stage", "due", "unit", "state", "handler", "kind", "category", "area", "source", "channel", "urgency",
        "level", "heat", "rework", "risk", "since", "until",
    }  # fmt: skip


def test_the_address_has_no_empty_fields_and_the_script_is_told_the_same_one(city: City, app: Flask) -> None:
    city.receive()
    olga = Person(app, "olga")
    form = next(form for form in olga.open("/desk/tickets").forms if "stage" in form.names)
    sent = olga.client.get(form.action, query_string={**form.values, "q": "路灯"})
    assert sent.status_code == 302
    assert parse_qs(urlsplit(sent.location).query) == {"view": ["mine"], "q": ["路灯"]}
    part = olga.client.get(form.action, query_string={**form.values, "q": "路灯"}, headers={"HX-Request": "true"})
    assert part.headers["HX-Push-Url"] == sent.location


def test_how_many_are_found_is_said_and_counts_stop(city: City, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        city.receive()
    olga = Person(app, "olga")
    page = olga.open("/desk/tickets")
    assert "3 件 ，本页 3 件" in page.text.replace("，", " ，").replace("  ", " ")
    assert '待我办理 <span class="n">3</span>' in page.html


def test_the_heads_sort_and_say_so(city: City, app: Flask) -> None:
    first, second = city.receive().number, city.receive(text="井盖缺失，有人掉下去了").number
    olga = Person(app, "olga")
    page = olga.open("/desk/tickets?view=all")
    assert 'aria-sort="descending"><a href="/desk/tickets?view=all&amp;sort=oldest">编号' in page.html
    assert numbers(page) == [second, first]
    turned = olga.open("/desk/tickets?view=all&sort=oldest")
    assert numbers(turned) == [first, second] and 'aria-sort="ascending"' in turned.html
    by_due = olga.open("/desk/tickets?view=all&sort=due")
    assert re.search(r'aria-sort="ascending">时限', by_due.html)
    assert len(re.findall("aria-sort", by_due.html)) == 1


def test_columns_are_chosen_kept_and_shown(city: City, app: Flask) -> None:
    city.receive(channel=Channel.PHONE)
    olga = Person(app, "olga")
    page = olga.open("/desk/tickets")
    assert ">渠道</th>" not in page.html and ">热度</a>" in page.html
    kept = olga.send(page.form("/desk/columns"), column=["channel", "received", "nonsense"])
    assert (kept.status, kept.response.location) == (303, "/desk/tickets?view=mine")
    page = olga.open("/desk/tickets?view=all")
    assert re.findall(r"<th[^>]*>(?:<a[^>]*>)?([^<]+)<", page.html) == ["编号", "事项", "渠道", "收到时间"]
    assert ">电话</td>" in page.html
    named = olga.open("/desk/tickets?view=all&columns=number.matter.heat")
    assert re.findall(r"<th[^>]*>(?:<a[^>]*>)?([^<]+)<", named.html) == ["编号", "事项", "热度"], (
        "the address names others"
    )
    everything = ".".join(tabulating.BY_NAME)
    shown = olga.open(f"/desk/tickets?view=all&columns={everything}")
    assert len(re.findall("<th[ >]", shown.html)) == len(tabulating.COLUMNS) + 1 and "None" not in shown.text


def test_one_statement_more_or_less_for_no_number_of_tickets_or_saved_lists(city: City, app: Flask) -> None:
    dora = Person(app, "dora")
    address = "/desk/tickets?view=all&columns=" + ".".join(tabulating.BY_NAME)

    def asked() -> int:
        dora.open(address)
        with city.statements() as statements:
            assert dora.open(address).status == 200
        return len(statements)

    city.handling(confidential=True)
    few = asked()
    for place in range(6):
        city.handling(confidential=True)
        form = dora.open(address).form("/desk/views")
        assert dora.send(form, name=f"列表{place}").status == 303
    assert asked() == few


def test_next_and_previous_page_come_back_to_the_same(city: City, app: Flask) -> None:
    for place in range(28):
        city.receive(text=f"第{place}处路灯不亮")
    olga = Person(app, "olga")
    first = olga.open("/desk/tickets?view=all&urgency=normal")
    (following,) = set(first.links("after="))
    rest = olga.open(following)
    assert len(numbers(first)) == 25 and len(numbers(rest)) == 3
    assert parse_qs(urlsplit(following).query)["urgency"] == ["normal"]
    (back,) = set(rest.links("before="))
    assert numbers(olga.open(back)) == numbers(first)


def test_the_way_back_and_the_neighbours_of_a_ticket(city: City, app: Flask) -> None:
    for place in range(27):
        city.receive(text=f"第{place}处路灯不亮")
    olga = Person(app, "olga")
    shown = numbers(olga.open("/desk/tickets"))
    links = olga.open("/desk/tickets").links("from=")
    (link,) = [link for link in links if shown[1] in link]
    back = parse_qs(urlsplit(link).query)["from"][0]
    with app.test_request_context(), city.work("olga") as work:
        found = beside(work, back, shown[1])
        assert found is not None
        assert found.list_url == "/desk/tickets?view=mine"
        assert found.previous_url and shown[0] in found.previous_url
        assert found.next_url and shown[2] in found.next_url
        edge = beside(work, back.replace("row=1", "row=24"), shown[24])
        whole = [line.ticket.number for line in page_of(work, Search(View.MINE)).lines]
        assert edge is not None and edge.next_url is not None
        assert not any(number in edge.next_url for number in whole), "the first of the next page"
        assert beside(work, "", shown[1]) is None
        assert beside(work, "view=mine&after=rubbish", shown[1]) is not None
    with city.work("olga") as work:
        accepting.accept(work, shown[1])
    with app.test_request_context(), city.work("olga") as work:
        gone = beside(work, back, shown[1])
        assert gone is not None and gone.next_url and shown[2] in gone.next_url, "what moved up is the next"
        assert gone.previous_url and shown[0] in gone.previous_url


def test_nothing_of_another_subtree_is_offered_or_named(city: City, app: Flask) -> None:
    city.assigned("parks")
    carl = Person(app, "carl")
    page = carl.open(f"/desk/tickets?view=all&unit={city.unit_id('parks')}&handler={city.actor('paul').id}")
    assert numbers(page) == []
    assert "园林局" not in page.html and "林园林" not in page.html and "市政处" not in page.html
    assert {"单位：其他单位", "承办人：其他单位"} == set(chips(page))
    assert "东县公路站" in page.html and "曹公路" in page.html


def test_a_leader_reads_and_is_offered_no_step(city: City, app: Flask) -> None:
    city.receive()
    page = Person(app, "lena").open("/desk/tickets?view=all")
    assert not page.offers("/desk/bulk") and page.offers("/desk/exports")
    assert len(numbers(page)) == 1


def test_all_states_can_be_ticked(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    folded = olga.open("/desk/tickets")
    assert (
        'name="state"' not in folded.html and 'hx-get="/desk/tickets?more=yes" hx-include="closest form"' in folded.html
    )
    page = olga.open("/desk/tickets?view=mine&more=yes")
    assert "HX-Push-Url" not in page.response.headers  # it is the same list
    assert all(f'name="state" value="{state.value}"' in page.html for state in STATE_LABELS)


def test_conditions_that_are_folded_away_stay_in_the_form(city: City, app: Flask) -> None:
    olga = Person(app, "olga")
    asked = "view=all&stage=受理&state=received&state=accepted&area=城关&rework=no"
    folded = olga.open(f"/desk/tickets?{asked}")
    hidden = re.findall(r'<input type="hidden" name="(state|area|rework|stage|view)" value="([^"]*)">', folded.html)
    assert sorted(hidden) == [
        ("area", "城关"), ("rework", "no"), ("state", "accepted"), ("state", "received"), ("view", "all"),
    ]  # fmt: skip
    shown = olga.open(f"/desk/tickets?{asked}&more=yes")
    assert re.findall(r'<input type="hidden" name="(state|area|rework)"', shown.html) == []
    assert re.findall(r'name="state" value="(\w+)"[^>]* checked', shown.html) == ["received", "accepted"]


def test_sources_are_asked_for_by_their_word(city: City, app: Flask) -> None:
    page = Person(app, "olga").open("/desk/tickets?more=yes")
    assert all(f'value="{source.value}"' in page.html for source in Source)


def test_what_takes_longer_to_count_is_counted_after_the_page(
    city: City, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        city.receive()
    olga = Person(app, "olga")
    assert "<b>3 件</b>，本页 3 件" in olga.open("/desk/tickets?view=all").html, "all are on the page"
    monkeypatch.setattr("hotline.services.desk.reading.PAGE", 2)
    page = olga.open("/desk/tickets?view=all")
    assert "超过 2 件" in page.text
    (address,) = re.findall(r'hx-get="(/desk/count[^"]*)"', page.html)
    assert olga.open(address.replace("&amp;", "&")).html == "3 件"
    monkeypatch.setattr("hotline.services.desk.MOST", 3)
    assert olga.open("/desk/count?view=all").html == "3 件以上"
