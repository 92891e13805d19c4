"""话术: what operators say on the telephone can be filled in, and a city's own file is checked before it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.wordings.calls import load_phone_script
from hotline.domain.phone_script import FIELDS, KINDS
from hotline.domain.wordings import WordingError

ABOUT = {name: f"（{name}）" for name in FIELDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_opens_asks_who_it_is_and_ends(kind: str) -> None:
    lines = load_phone_script().read(kind, **ABOUT)
    assert "12319" in lines[0].say and "（operator）" in lines[0].say
    assert "（matter）" in lines[1].say and "再见" in lines[-1].say
    assert not any("{" in line.say for line in lines)


def test_the_survey_asks_both_questions() -> None:
    said = "".join(line.say for line in load_phone_script().read("survey", **ABOUT))
    assert "解决了吗" in said and "满意吗" in said


def test_a_citys_own_calls_replace_those_of_the_kind(tmp_path: Path) -> None:
    own = tmp_path / "calls.toml"
    own.write_text('tries = 5\n[[survey]]\ntitle = "开场"\nsay = "您好，{matter:.4}，请评价。"\n')
    script = load_phone_script(own)
    (line,) = script.read("survey", **ABOUT | {"matter": "香溪路路灯不亮"})
    assert line.say == "您好，香溪路…，请评价。" and script.tries == 5
    assert script.read("answer", **ABOUT) == load_phone_script().read("answer", **ABOUT)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tries = 0", "tries 应为"),
        ("tries = true", "tries 应为"),
        ('hello = "您好"', "没有名为“hello”的设置"),
        ('survey = "您好"', "survey 应写作"),
        ("survey = []", "survey 应写作"),
        ('[[survey]]\nsay = "您好"', "title 应为一段文字"),
        ('[[survey]]\ntitle = "开场"\nsay = ""', "say 应为一段文字"),
        ('[[survey]]\ntitle = "开场"\nsay = "{phone}"', "“{phone}”没有内容可填"),
        ('[[survey]]\ntitle = "开场"\nsay = "{matter"', "第1句"),
        ('[[survey]]\ntitle = "开场"\nsay = "好"\nmore = 1', "没有名为“more”的设置"),
        ('[[survey]]\ntitle = "开场"\nsay = "好"\nnote = 1', "note 应为一段文字"),
        ("[[survey", "不是有效的 TOML"),
    ],
)
def test_what_cannot_be_said_is_told_in_words(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "calls.toml"
    own.write_text(text)
    with pytest.raises(WordingError) as raised:
        load_phone_script(own)
    assert told in str(raised.value) and "calls.toml" in str(raised.value)
