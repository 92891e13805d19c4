"""不公开的内容: the city's list of what strangers never read, and how a wrong list is told from a right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.publicity import load_withheld
from hotline.domain.publicity import Subject, Withheld, WithheldError

OWN = """
sources = ["media"]
[[subject]]
reason = "拆迁"
words = ["拆迁", "补偿…协议"]
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("邻居说要跳楼", "自杀、自残"),
        ("我家孩子昨晚在学校被打了", "未成年人"),
        ("网吧接纳未成年人上网", "未成年人"),
        ("楼上家暴，半夜哭喊", "人身侵害"),
        ("晚上接孩子放学看不清台阶", ""),
        ("孩子多。昨天路灯被打坏了", ""),  # two sentences
        ("路灯不亮三天了", ""),
        ("", ""),
    ],
)
def test_the_projects_own_list(text: str, reason: str) -> None:
    assert load_withheld().reason(text) == reason


def test_a_citys_own_list_stands_in_its_place(tmp_path: Path) -> None:
    own = tmp_path / "public.toml"
    own.write_text(OWN, encoding="utf-8")
    withheld = load_withheld(own)
    assert withheld.sources == {"media"}
    assert withheld.categories == frozenset()
    assert withheld.reason("补偿款的协议") == "拆迁"
    assert withheld.reason("邻居说要跳楼") == ""


def test_an_empty_list_withholds_nothing(tmp_path: Path) -> None:
    own = tmp_path / "public.toml"
    own.write_text("", encoding="utf-8")
    assert load_withheld(own) == Withheld()
    assert Withheld().pattern == ""


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("subjects = []", "不认识“subjects”"),
        ("subject = 3", r"\[\[subject\]\]"),
        ('[[subject]]\nwords = ["甲乙"]', "reason"),
        ('[[subject]]\nreason = "甲"\nwords = "甲乙"', "words"),
        ('[[subject]]\nreason = "甲"\nwords = ["甲"]', "“甲”"),
        ('[[subject]]\nreason = "甲"\nwords = ["(甲乙)+"]', r"“\(甲乙\)\+”"),
        ('[[subject]]\nreason = "甲"\nwords = ["…甲乙"]', "“…甲乙”"),
        ("sources = 1", "sources"),
        ("categories = [1]", "categories"),
        ("sources = [", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, written: str, told: str) -> None:
    own = tmp_path / "public.toml"
    own.write_text(written, encoding="utf-8")
    with pytest.raises(WithheldError, match=f"public.toml：.*{told}"):
        load_withheld(own)


def test_other_encodings_are_told(tmp_path: Path) -> None:
    own = tmp_path / "public.toml"
    own.write_bytes('[[subject]]\nreason = "拆迁"'.encode("gb18030"))
    with pytest.raises(WithheldError, match="UTF-8"):
        load_withheld(own)


def test_every_fault_at_once(tmp_path: Path) -> None:
    own = tmp_path / "public.toml"
    own.write_text('x = 1\nsources = 2\n[[subject]]\nwords = ["甲"]\n', encoding="utf-8")
    with pytest.raises(WithheldError) as error:
        load_withheld(own)
    assert len(error.value.reasons) == 4


def test_words_apart_are_a_pattern_that_postgresql_reads_too() -> None:
    assert Subject("甲", ("孩子…被打", "跳楼")).pattern == "孩子[^。！？]{0,12}被打|跳楼"
