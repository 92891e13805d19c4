"""The categories' names in the other languages of the citizens' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.categories import CategoriesError, load_categories
from config.categories.names import load_names
from hotline.web import languages
from tests.unit.test_languages import HAN

CATEGORIES = load_categories()
NAMES = load_names()


def test_there_are_names_for_every_language_but_chinese() -> None:
    assert NAMES.keys() == set(languages.LANGUAGES) - {languages.CHINESE}


@pytest.mark.parametrize("language", NAMES)
def test_every_category_has_a_name_and_nothing_else_has(language: str) -> None:
    chinese = {one.name for one in CATEGORIES} | {one.parent_name for one in CATEGORIES}
    assert NAMES[language].keys() == chinese


@pytest.mark.parametrize("language", NAMES)
def test_no_two_of_one_group_are_called_the_same(language: str) -> None:
    groups: dict[tuple[str, str], list[str]] = {}
    for one in CATEGORIES:
        groups.setdefault((one.scheme, one.parent_code), []).append(NAMES[language][one.name])
    assert {group: found for group, found in groups.items() if len(set(found)) < len(found)} == {}
    parents = {one.parent_name for one in CATEGORIES}
    assert len({NAMES[language][name] for name in parents}) == len(parents)


@pytest.mark.parametrize("language", NAMES)
def test_names_are_short_and_begin_with_a_capital(language: str) -> None:
    assert [name for name in NAMES[language].values() if HAN.search(name)] == []
    assert [name for name in NAMES[language].values() if len(name) > 60 or name != name.strip()] == []
    assert [name for name in NAMES[language].values() if not name[0].isupper() or name.endswith(".")] == []


def test_a_city_names_its_own(tmp_path: Path) -> None:
    (tmp_path / "names.en.toml").write_text('"骑楼" = "Arcade"\n"路灯" = "Lamp post"', encoding="utf-8")
    own = load_names(lambda name: tmp_path / name)["en"]
    assert (own["骑楼"], own["路灯"], own["人行道"]) == ("Arcade", "Lamp post", "Pavement")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'"\xc2\xb7\xb5\xc6" = "Lamp"', "UTF-8"),
        ("路灯 = Lamp".encode(), "不是有效的 TOML"),
        ('"路灯" = ""'.encode(), "“路灯”的译名"),
        ('["路灯"]\nen = "Lamp"'.encode(), "“路灯”的译名"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / "names.en.toml").write_bytes(content)
    with pytest.raises(CategoriesError, match=named):
        load_names(lambda name: tmp_path / name)
