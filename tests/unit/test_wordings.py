"""Every text to citizens and units: it can be filled in, and costs no more than two segments."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.wordings import load_wordings
from hotline.domain.ladder import LEVELS
from hotline.domain.texts import segments
from hotline.domain.wordings import WordingError, Wordings
from hotline.web.staff.texts import USUAL

ROOT = Path(__file__).resolve().parents[2]

# As long as they come: a number of fourteen digits, a unit with a long name, a matter of a whole paragraph.
FULL = {
    "number": "20261014000123",
    "key": "K7M2QX",
    "code": "012345",
    "url": "https://12319.example.gov.cn/s/20261014000123",
    "unit": "澜川市云锦区城市管理综合行政执法局市容大队第三中队",
    "due": "12月31日18时30分",
    "until": "12月31日",
    "state": "处理中",
    "kind": "处理时限",
    "level": "黄牌警告",
    "channel": "市信访局或者人民法院（市民热线不受理诉讼事项的反映）",
    "matter": "人民路与建设街交叉口东南角的下水道已经堵塞一个多星期，污水外溢，气味很大，影响出行",
    "reason": "施工需要占用主干道，交警部门要求避开早晚高峰和节假日，只能分段进行，所需时间较长",
    "demand": "予以黄牌警告，请单位负责人督促限期整改，并书面说明情况。",
    "answer": "路灯已于今日修复，感谢您的反映。",
    "day": "12月31日至1月4日",
    **dict.fromkeys(("received", "closed", "late", "today", "tomorrow", "week", "missing", "orders"), "1234567"),
}


@pytest.fixture(scope="module")
def wordings() -> Wordings:
    return load_wordings()


@pytest.mark.parametrize("name", load_wordings().names)
def test_each_text_is_filled_in_completely_and_stays_short(wordings: Wordings, name: str) -> None:
    text = wordings.render(name, **FULL)
    assert text.startswith("【12319】")
    assert "{" not in text and "}" not in text
    assert segments(text) <= 2, f"{len(text)} characters"


@pytest.mark.parametrize("name", [name for name in load_wordings().names if load_wordings().fields(name)])
def test_a_missing_field_is_named_and_nothing_half_filled_is_sent(wordings: Wordings, name: str) -> None:
    missing = sorted(wordings.fields(name))[0]
    given = {field: value for field, value in FULL.items() if field != missing}
    with pytest.raises(WordingError, match=missing):
        wordings.render(name, **given)


def test_an_unknown_text_is_refused(wordings: Wordings) -> None:
    with pytest.raises(WordingError, match="no_such_text"):
        wordings.render("no_such_text")


def test_every_level_of_supervision_has_its_notice(wordings: Wordings) -> None:
    assert {f"unit_{level}" for level in LEVELS} <= set(wordings.names)


def test_the_first_text_tells_what_the_number_is_used_for(wordings: Wordings) -> None:
    assert "号码仅用于办理" in wordings.render("received", **FULL)


def test_a_decline_names_the_reason_and_the_legal_channel(wordings: Wordings) -> None:
    text = wordings.render("declined", number="1", reason="属于劳动争议", channel="劳动人事争议仲裁委员会")
    assert "属于劳动争议" in text and "劳动人事争议仲裁委员会" in text


def test_an_answer_is_never_cut(wordings: Wordings) -> None:
    answer = "已修复。" * 100
    assert wordings.render("answered", number="1", answer=answer).endswith(answer)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("正好八个字的事项", "正好八个字的事项"),
        ("超过了八个字的事项", "超过了八个字的…"),
        ("含有{braces}", "含有{brac…"),
    ],
)
def test_a_long_field_is_cut_with_an_ellipsis_and_never_read_as_a_text(value: str, shown: str) -> None:
    assert Wordings("", {"one": "{matter:.8}"}).render("one", matter=value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "{",
        "}{",
        "{number",
        "{}",
        "{0}",
        "{number.__class__}",
        "{number[0]}",
        "{number!r}",
        "{number:>999999999}",
    ],
)
def test_a_text_that_cannot_be_filled_in_safely_is_refused_at_reading(text: str) -> None:
    with pytest.raises(WordingError, match="one"):
        Wordings("", {"one": text})


def test_all_faulty_texts_are_named_at_once() -> None:
    with pytest.raises(WordingError) as refusal:
        Wordings("", {"one": "{", "two": "good", "three": "{a.b}"})
    assert [reason.split("：")[0] for reason in refusal.value.reasons] == ["one", "three"]


def own_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_city_replaces_single_texts_and_the_signature(tmp_path: Path) -> None:
    own = load_wordings(own_file(tmp_path, 'signature = "【澜川】"\n[texts]\nresumed = "{number}恢复"'))
    assert own.render("resumed", number="7") == "【澜川】7恢复"
    assert own.render("restarted") == "【澜川】已恢复接收短信。"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[texts]\nno_such_text = "x"', "no_such_text"),
        ('[texts]\nresumed = "{answer}"', "answer"),
        ('[texts]\nresumed = "{"', "resumed"),
        ("[texts]\nresumed = 3", "resumed"),
        ("texts = 3", "texts"),
        ("[texts", "TOML"),
    ],
)
def test_a_city_file_that_would_fail_when_sending_is_refused_when_read(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(WordingError, match=named):
        load_wordings(own_file(tmp_path, text))


def test_a_file_in_another_encoding_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes('signature = "【澜川】"'.encode("gb18030"))
    with pytest.raises(WordingError, match="UTF-8"):
        load_wordings(path)


# ---- several forms


def test_the_first_form_that_is_one_segment_is_sent() -> None:
    forms = Wordings("【12319】", {"one": ["{reason}" + "很长" * 20, "{reason}短"]})
    assert forms.write("one", reason="路").form == "one"
    assert forms.write("one", reason="路" * 30).form == "one.2"
    assert forms.write("one", reason="路" * 30).fields == {"reason": "路" * 30}


def test_of_forms_that_are_all_longer_the_cheapest_is_sent() -> None:
    forms = Wordings("", {"one": ["{answer}" + "甲" * 60, "{answer}" + "乙" * 10, "{answer}"]})
    assert forms.write("one", answer="路" * 70).form == "one.3"
    assert forms.write("one", answer="路" * 100).form == "one.2"
    assert forms.write("one", answer="路" * 190).form == "one.2", "of equal ones the first"


def test_all_forms_may_use_and_need_the_same_content() -> None:
    forms = Wordings("", {"one": ["{a}", "{b}"]})
    assert forms.fields("one") == {"a", "b"}
    with pytest.raises(WordingError, match="b"):
        forms.write("one", a=1)


@pytest.mark.parametrize("forms", [[], [""], ["好", "{"], ["好", 3]])
def test_a_form_that_cannot_be_used_is_refused(forms: list[str]) -> None:
    with pytest.raises(WordingError, match="one"):
        Wordings("", {"one": forms})


def test_usual_texts_to_citizens_are_one_segment(wordings: Wordings) -> None:
    """As a city meets them. The first text must say number, key, address and what the telephone number is used for."""
    usual = USUAL | {"url": "https://12319.example.gov.cn/q/20261014000123"}
    long = {name for name in wordings.names if segments(wordings.render(name, **usual)) > 1}
    assert long == {"received"}


def test_a_city_may_name_the_address_in_every_text_about_a_complaint(tmp_path: Path) -> None:
    own = load_wordings(own_file(tmp_path, '[texts]\nanswered = "编号{number}已答复，请看{url}"'))
    assert own.render("answered", number="7", answer="已修复", url="https://x/q/7").endswith(
        "编号7已答复，请看https://x/q/7"
    )
    with pytest.raises(WordingError, match="url"):
        load_wordings(own_file(tmp_path, '[texts]\nunit_urged = "{number}{url}"'))


def test_every_text_to_citizens_is_sent_by_something(wordings: Wordings) -> None:
    """A wording that nobody sends is a text that the administrator polishes for nothing."""
    services = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "hotline" / "services").rglob("*.py"))
    to_citizens = [name for name in wordings.names if not name.startswith(("unit_", "centre_"))]
    assert [name for name in to_citizens if f'"{name}"' not in services] == []
