"""通报的文字: which sentences there are, what a city may say in its own way, and how percentages are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.circular import CircularFileError, load_circular
from hotline.domain.circular import SENTENCES, listed, percent, points

DOCS = Path(__file__).resolve().parents[2] / "docs" / "papers.md"


def test_the_projects_own_sentences_can_all_be_said() -> None:
    sentences = load_circular()
    for key, fields in SENTENCES.items():
        said = sentences.write(key, **dict.fromkeys(fields, "甲"))
        assert said and "{" not in said


def test_every_sentence_stands_in_the_docs_with_its_fields() -> None:
    told = DOCS.read_text(encoding="utf-8")
    for key, fields in SENTENCES.items():
        assert f"| `{key}` | {'、'.join(f'`{{{field}}}`' for field in sorted(fields)) or '—'} |" in told


def test_a_city_says_only_what_it_wants_said_otherwise(tmp_path: Path) -> None:
    own = tmp_path / "circular.toml"
    own.write_text('closing = "以上，特此通报。"\nhot_told = ""\n', encoding="utf-8")
    sentences = load_circular(own)
    assert sentences.write("closing") == "以上，特此通报。" and sentences.write("hot_told", told="甲") == ""
    assert sentences.write("overall") == "总体情况"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('nonsense = "x"', "不认识“nonsense”"),
        ("closing = 3", "closing：应为一段文字"),
        (f'closing = "{"长" * 601}"', "closing：最多600字"),
        ('closing = "{month}"', "closing：不认识“{month}”，可用的有：没有"),
        ('received = "{month.year}"', "不认识“{month.year}”，可用的有：{count}、{month}"),
        ('received = "{count!r}"', "不认识“{count}”"),
        ('received = "{count"', "received：大括号不成对"),
        ("= 3", "不是有效的 TOML"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "circular.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(CircularFileError) as error:
        load_circular(own)
    assert told in "".join(error.value.reasons) and "circular.toml" in error.value.reasons[0]


def test_words_for_numbers() -> None:
    lists: tuple[list[str], ...] = ([], ["甲"], ["甲", "乙"], ["甲", "乙", "丙"])
    assert [listed(words) for words in lists] == ["", "甲", "甲和乙", "甲、乙和丙"]
    assert percent("98.20") == "98.20%" and percent(None) == "—"
    assert points("98.20", "97.68") == ("up", "0.52") and points("97.00", "98.00") == ("down", "1.00")
    assert points("98.20", "98.20")[0] == "same"
