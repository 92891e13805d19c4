"""短信文字 at the desk: put in other words by the city centre's administrators, seen everywhere, and put back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hotline.models import Message, Wording
from hotline.services import changing, messaging, rewording
from hotline.services.vault import Vault
from tests.carrier import PHONE
from tests.city import KEY, City
from tests.desk import Person, make_app

ADDRESS = "/desk/rules/texts/unit_urged"
WORDS = "催办：工单{number}，请尽快办理，并向热线中心反馈。"


@pytest.fixture
def adam(city: City) -> Person:
    return Person(make_app(city), "adam")


def sent(city: City, purpose: str) -> str:
    body = city.scalar(sa.select(Message.body_sealed).where(Message.purpose == purpose).order_by(Message.id.desc()))
    return Vault([KEY]).open(body)


def urge(city: City) -> str:
    number = city.handling()
    with city.work() as work:
        messaging.tell_unit(work, city.ticket(number), city.unit_id("lamps"), "unit_urged")
    return sent(city, "unit_urged").replace(number, "{number}")


def test_saved_it_is_sent_in_the_new_words_and_undone_in_the_old(city: City, adam: Person) -> None:
    old = urge(city)
    page = adam.open(ADDRESS)
    assert page.status == 200 and page.form(ADDRESS).values["text"] == ["工单{number}的诉求人催办，请尽快办理并反馈。"]
    assert adam.send(page.form(ADDRESS), text=f"  {WORDS}\n\n").status == 303
    assert urge(city) == f"【12319】{WORDS}" != old
    assert "已改" in adam.open("/desk/rules/texts").text
    log = adam.open("/desk/changes").text
    assert "短信文字" in log and WORDS in log and "诉求人催办" in log
    with city.work("adam") as work:
        assert set(work.rules.wordings.names) == rewording.LABELS.keys(), "none is called by its name in the file"
        changing.undo(work, changing.browse(work)[0].id)
    city.turn(seconds=31)
    assert urge(city) == old and city.rows(sa.select(Wording)) == []


def test_another_process_sees_it_within_half_a_minute(city: City, adam: Person) -> None:
    other = City(city.database_url, city.office.files)
    other.now = city.now
    urge(other)
    adam.send(adam.open(ADDRESS).form(ADDRESS), text=WORDS)
    other.now = city.turn(seconds=31)
    assert urge(other) == f"【12319】{WORDS}"
    assert adam.send(adam.open(ADDRESS).form("/reset")).status == 303
    other.now = city.turn(seconds=31)
    assert urge(other) == "【12319】工单{number}的诉求人催办，请尽快办理并反馈。"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("unit_urged", "", "1至3种写法"),
        ("unit_urged", "一{number}\n二{number}\n三{number}\n四{number}", "1至3种写法"),
        ("unit_urged", "工单{number的", "花括号不成对"),
        ("unit_urged", "工单{number}由{answer}", "“{answer}”没有内容可填"),
        ("unit_urged", "请尽快办理。", "缺少“{number}”"),
        ("unit_urged", "【热线】工单{number}", "签名“【12319】”发出时自动加在前面"),
        ("unit_urged", "{number}" + "长" * 400, "最多400个字"),
        ("access_code", "编号{number}", "缺少“{code}”"),
        ("answered", "编号{number}已有答复。", "缺少“{answer}”"),
        ("unit_assigned", "新工单{number}，{due}前办结。\n新工单{number}。", "第2种写法：缺少“{due}”"),
        ("help", "{number}回复退订", "“{number}”没有内容可填，可用的有 （无）"),
    ],
)
def test_what_cannot_be_sent_is_told_and_kept(adam: Person, name: str, text: str, said: str) -> None:
    address = f"/desk/rules/texts/{name}"
    answer = adam.send(adam.open(address).form(address), text=text)
    assert answer.status == 422 and said in answer.text
    assert answer.form(address).values["text"] == [text]


def test_the_whole_may_be_where_it_can_be_read(adam: Person) -> None:
    address = "/desk/rules/texts/answered"
    assert adam.send(adam.open(address).form(address), text="编号{number}已有答复，请看：{url}").status == 303


def test_the_preview_fills_it_counts_it_and_warns(city: City, adam: Person) -> None:
    address = "/desk/rules/texts/received"
    form = adam.open(address).form(address)
    form.action = f"{address}/preview"
    shown = adam.send(form, text="编号{number}，查询码{key}。" + "请耐心等候" * 10)
    assert shown.status == 200 and "编号20261014000123，查询码K7M2QXR4TB" in shown.text
    assert "88 字，2 条短信；减少 18 字即为 1 条" in shown.text
    assert "怎样退订" in shown.text and "号码的用途" in shown.text
    assert (
        "退订"
        not in adam.send(form, text="编号{number}，查询码{key}，仅用于办理，回复“退订”停发")
        .text.partition("文件中")[0]
        .partition("运营商")[2]
    )
    assert "缺少“{key}”" in adam.send(form, text="编号{number}").text
    assert city.rows(sa.select(Wording)) == []


def test_where_the_carrier_sends_templates_the_new_words_must_be_approved_first(city: City, adam: Person) -> None:
    city.carrier.fills_templates = True
    try:
        page = adam.open(ADDRESS)
        assert "重新报备" in page.text
        refused = adam.send(page.form(ADDRESS), text=WORDS)
        assert refused.status == 422 and "请先向短信运营商报备" in refused.text
        assert adam.send(page.form(ADDRESS), text=WORDS, approved="yes").status == 303
    finally:
        city.carrier.fills_templates = False


def test_only_the_city_centres_administrators_change_them(city: City, adam: Person) -> None:
    with city.office.session() as session:
        session.execute(sa.text("UPDATE staff SET roles = '{administrator}' WHERE login = 'cora'"))
    token = adam.open(ADDRESS).form(ADDRESS).values["csrf_token"]
    app = make_app(city)
    for login in ("cora", "olga"):
        other = Person(app, login)
        assert ADDRESS not in other.open("/desk/rules/texts").html
        assert other.open(ADDRESS).status == 404
        assert other.client.post(ADDRESS, data={"csrf_token": token, "text": WORDS}).status_code in (400, 404)
    assert adam.open("/desk/rules/texts/nothing").status == 404
    assert city.rows(sa.select(Wording)) == []


def test_a_text_of_an_older_version_keeps_no_other_from_being_sent(city: City) -> None:
    with city.office.session() as session:
        for name, text in (("unit_urged", "缺了编号"), ("gone_since", "没有这段了"), ("thanks", "多谢。")):
            session.add(Wording(name=name, language="zh", text=text, changed_at=city.now))
    city.office.forget_rules()
    city.office._rules = None
    city.receive(phone=PHONE)
    with city.work() as work:
        assert work.rules.wordings.render("thanks") == "【12319】多谢。"
        assert "诉求人催办" in work.rules.wordings.render("unit_urged", number="1")
