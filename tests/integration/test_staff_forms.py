"""From a step's schema to the form and back: every step's form can be shown, sent, faulted and sent again."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from hotline.domain.errors import Invalid
from hotline.domain.phrases import Phrase
from hotline.domain.workflow import State
from hotline.services import extending, handling, phrasing
from hotline.web import resources
from hotline.web.resources import RESOURCES, Resource
from hotline.web.staff import forms
from tests.citizen import file, photo
from tests.city import City
from tests.desk import Page, Person, make_app

PHONE = "+8613812345678"
WIDGETS = {"text", "textarea", "select", "radio", "checkbox", "checkboxes", "date"}


@pytest.fixture
def app(city: City) -> Flask:
    return make_app(city)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.noun)
def test_every_step_is_a_form_in_chinese(resource: Resource) -> None:
    for spec in forms.specs(resource.schema, lambda name: [{"value": 1, "label": name}]):
        assert spec["type"] in WIDGETS
        assert not spec["label"].isascii(), spec["name"]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: each.noun)
@pytest.mark.parametrize("rubbish", ["\x00", "😀", "x" * 100_000, "-1", "9" * 40, "'; DROP TABLE ticket; --", "\u202e"])
def test_rubbish_is_answered_in_chinese_at_its_field(resource: Resource, rubbish: str) -> None:
    names = list(resource.schema().fields)
    form = MultiDict(dict.fromkeys(names, rubbish))
    try:
        forms.parse(resource.schema, form)
    except Invalid as fault:
        assert set(fault.fields) <= set(names)
        assert all(not text.isascii() for text in fault.fields.values())
    assert forms.typed(resource.schema, form).keys() == set(names)


def test_nothing_is_made_up_for_what_was_not_chosen() -> None:
    loaded = forms.parse(resources.Classification, MultiDict({"category_id": "", "matter": "路灯不亮"}))
    assert "category_id" not in loaded
    assert loaded["confidential"] is False, "an empty box is a no"
    assert loaded["named_unit_ids"] == []


def test_a_decision_has_no_answer_beforehand() -> None:
    with pytest.raises(Invalid) as fault:
        forms.parse(resources.Decision, MultiDict({"opinion": "同意"}))
    assert fault.value.fields == {"granted": "请选择决定。"}


def test_all_that_was_sent_is_kept_choices_by_their_words() -> None:
    sent = MultiDict({"unit_id": "3", "instruction": "请当晚修复", "limit": "", "designated": "yes", "assist_ids": "4"})
    units = [{"value": 3, "label": "市政处"}, {"value": 4, "label": "　园林局"}]
    assert [(each["label"], each["value"]) for each in forms.kept(resources.Assignment, sent, lambda _: units)] == [
        ("主办单位", "市政处"),
        ("协办单位", "园林局"),
        ("交办要求", "请当晚修复"),
        ("指定承办", "是"),
    ]


def test_every_list_that_a_schema_names_is_offered() -> None:
    named = {
        field.metadata["options"]
        for resource in RESOURCES
        for field in resource.schema().fields.values()
        if isinstance(field.metadata.get("options"), str)
    }
    known = {"categories", "case_standards", "units", "assignable", "below", "people", "rungs"}
    assert named <= known | {"unanswered", "unsurveyed", "evidence", "checklist"}
    assert all(isinstance(resource.schema().fields["version"], fields.Integer) for resource in RESOURCES)


def test_faults_stand_at_their_fields_and_what_was_typed_stays(city: City, app: Flask) -> None:
    number = city.accepted()
    dora = Person(app, "dora")
    answer = dora.send(dora.ticket(number).form("/assignment"), instruction="请当晚修复", limit="三天左右")
    assert answer.status == 422
    assert "请选择主办单位。" in answer.text
    assert 'href="#f-assignment-unit_id"' in answer.html and 'id="f-assignment-unit_id"' in answer.html
    form = answer.form("/assignment")
    assert form.values["instruction"] == ["请当晚修复"] and form.values["limit"] == ["三天左右"]
    wrong = dora.send(form, unit_id=str(city.unit_id("lamps")))
    assert wrong.status == 422 and "看不懂的时限" in wrong.text
    assert dora.send(wrong.form("/assignment"), limit="3个工作日").status == 303
    assert city.ticket(number).state is State.ASSIGNED


def test_the_conditions_of_a_category_are_listed_without_scripts(city: City, app: Flask) -> None:
    number = city.receive().number
    olga = Person(app, "olga")
    form = olga.ticket(number).form("/acceptance")
    with city.work("olga") as work:
        category = work.rules.category_ids["B0101"]
    listed = olga.send(form, category_id=str(category), place="我填的地点", look="yes")
    assert listed.status == 200 and city.ticket(number).state is State.RECEIVED
    assert "缺失、移位、开裂，存在安全隐患的（2紧急工作时）" in listed.text
    again = listed.form("/acceptance")
    assert again.values["place"] == ["我填的地点"] and again.values["category_id"] == [str(category)]
    standard = next(
        spec for spec in listed.html.split("<option") if "缺失、移位、开裂，存在安全隐患的" in spec
    ).split('value="')[1].split('"')[0]  # fmt: skip
    assert olga.send(again, case_standard_id=standard).status == 303
    assert city.ticket(number).case_standard_id == int(standard)


def test_what_reaches_the_citizen_can_be_read_first(city: City, app: Flask) -> None:
    number = city.resolved(phone="+8613812345678")
    olga = Person(app, "olga")
    page = olga.send(olga.ticket(number).form("/reply"), text="您反映的路灯已修复。", look="yes")
    assert f"编号{number}的诉求答复如下：您反映的路灯已修复。" in page.text
    assert city.ticket(number).state is State.RESOLVED
    assert olga.send(page.form("/reply")).status == 303


def test_no_step_is_offered_where_there_is_nobody_to_choose(city: City, app: Flask) -> None:
    number = city.assigned("parks")
    paul = Person(app, "paul")
    page = paul.ticket(number)
    assert not page.offers("/transfer"), "nothing lies below 园林局"
    assert not page.offers("/assistance"), "it is the lead, and nobody's assistant"
    assert Person(app, "hans").ticket(city.assigned()).offers("/transfer")


def test_a_step_that_is_not_this_persons_is_refused_with_the_words_kept(city: City, app: Flask) -> None:
    number = city.handling()
    hans, sven = Person(app, "hans"), Person(app, "sven")
    token = sven.ticket(number).form("/note").values["csrf_token"]
    data = {"csrf_token": token, "outcome": "我来替他们提交结果"}
    answer = sven.client.post(f"/desk/tickets/{number}/submission", data=data)
    assert answer.status_code == 403 and "我来替他们提交结果" in answer.text and "权限" in answer.text
    assert hans.client.post(f"/desk/tickets/{number}/nonsense", data={"csrf_token": token}).status_code in (400, 404)


def test_notes_are_written_and_stay_inside(city: City, app: Flask) -> None:
    number = city.handling()
    hans = Person(app, "hans")
    assert "请写明备注的内容" in hans.send(hans.ticket(number).form("/note"), text=" ").text
    assert "已电话联系配件厂" in hans.take(number, "note", text="已电话联系配件厂").text
    assert city.ticket(number).version == 4, "a note moves nothing"


def test_a_late_acceptance_is_told_field_by_field_and_keeps_every_choice(city: City, app: Flask) -> None:
    number = city.receive(text="香溪路路灯不亮").number
    olga, otto = Person(app, "olga"), Person(app, "otto")
    seen = otto.ticket(number).form("/acceptance")
    olga.take(number, "acceptance", place="香溪路12号", urgency="urgent")
    named = str(city.unit_id("parks"))
    mine = {"place": "香溪路东段", "matter": "路灯不亮", "urgency": "normal", "named_unit_ids": named}
    late = otto.send(seen, **mine)
    assert late.status == 409 and "王受理" in late.text
    told = late.html[late.html.index("differences") : late.html.index("</table>")]
    rows = [re.sub(r"<[^>]*>", "|", row) for row in told.split("<tr>")[2:]]
    assert any("地点" in row and "香溪路12号" in row and "香溪路东段" in row for row in rows)
    assert any("紧急程度" in row and "一般" in row and "紧急" in row for row in rows)
    assert not any("诉求类型" in row for row in rows), "what nobody has changed is not told"
    for kept in ("香溪路东段", "路灯不亮", "园林局"):
        assert kept in late.html[late.html.index("您刚才填写的内容") :]
    rubbish = otto.send(seen, **mine | {"seen": "{]"})
    assert rubbish.status == 409 and "differences" not in rubbish.html


def test_a_late_result_keeps_its_pictures_and_choices(city: City, app: Flask) -> None:
    number = city.handling()
    hans = Person(app, "hans")
    form = hans.ticket(number).form("/submission")
    with city.work("hans") as work:
        extending.request(work, number, "等待配件")
    data = form.values | {"outcome": "已更换灯头，恢复照明。", "photos": file("现场.jpg", photo())}
    late = Page(hans.client.post(form.action, data=data, content_type="multipart/form-data"))
    assert late.status == 409 and "现场.jpg" in late.html
    again = late.form("/submission")
    assert again.values["outcome"] == ["已更换灯头，恢复照明。"] and again.values["kept_photo"]
    assert hans.send(again).status == 303
    page = Person(app, "sven").ticket(number)
    assert "办理前 办理后 没有照片" in page.text, "side by side, the first is missing"
    assert "照片1：现场.jpg" in page.html


def test_a_step_that_is_gone_keeps_the_names_of_its_pictures(city: City, app: Flask) -> None:
    number = city.handling()
    hans = Person(app, "hans")
    form = hans.ticket(number).form("/submission")
    with city.work("hans") as work:
        handling.submit(work, number, "已更换灯头两只。")
    data = form.values | {"outcome": "我也写了一份", "photos": file("现场.jpg", photo())}
    late = Page(hans.client.post(form.action, data=data, content_type="multipart/form-data"))
    assert late.status == 409 and "我也写了一份" in late.html and "现场.jpg" in late.text


def test_a_text_at_hand_is_put_into_the_form_without_scripts(city: City, app: Flask) -> None:
    number = city.resolved(phone=PHONE, place="香溪路口")
    with city.work("olga") as work:
        words = "{地点}的问题由{承办单位}办结，编号{编号}。"
        text = phrasing.add(work, Phrase("已修复", words, ("reply",)), of_unit=False)
        other = phrasing.add(work, Phrase("退回用", "退回", ("return",)), of_unit=False)
        chosen, hidden = str(text.id), str(other.id)
    olga = Person(app, "olga")
    page = olga.ticket(number)
    assert f'value="{chosen}"' in page.html and f'<option value="{hidden}"' not in page.html
    typed = {"text": "您好：", "phrase-text": chosen, "insert": "text"}
    again = olga.send(page.form("/reply"), **typed)
    assert again.status == 200 and city.ticket(number).state is State.RESOLVED
    assert again.form("/reply").values["text"] == [f"您好：香溪路口的问题由市政处办结，编号{number}。"]
    assert "phrase-text" not in page.form("/note").names, "nothing is at hand for a note"
