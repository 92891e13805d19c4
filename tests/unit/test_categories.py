"""The two category trees, and that every case standard hangs on a category that is there."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from config.categories import COLUMNS, CategoriesError, load_categories
from config.policy import load_case_standards

CATEGORIES = load_categories()
STREET = {one.code: one for one in CATEGORIES if one.scheme.startswith("GB/T 30428.2")}
REQUESTS = {one.code: one for one in CATEGORIES if one.scheme == "hotline-requests"}
SHARED = Path(__file__).parents[3] / "shared"


def test_the_street_tree_is_whole() -> None:
    assert Counter(one.kind for one in STREET.values()) == {"部件": 113, "事件": 108}
    assert Counter(one.level for one in STREET.values()) == {"国标小类": 163, "城市扩展": 58}
    assert Counter(one.confidence for one in STREET.values()) == {"published": 190, "unverified": 31}
    assert {(one.scheme, one.version) for one in STREET.values()} == {("GB/T 30428.2-2013+运城", "2013")}


def test_groups_04_and_05_are_those_of_the_newer_standard() -> None:
    """CJ/T 214-2007 has them the other way round: a code without its scheme means nothing."""
    assert STREET["S0401"].parent_name == "街面秩序"
    assert STREET["S0501"].parent_name == "突发事件"


@pytest.mark.parametrize("tree", [STREET, REQUESTS], ids=["street", "requests"])
def test_each_parent_has_one_name_and_each_code_begins_with_it(tree: dict[str, object]) -> None:
    names: dict[str, set[str]] = {}
    for one in (category for category in CATEGORIES if category.code in tree):
        names.setdefault(one.parent_code, set()).add(one.parent_name)
        assert one.code.startswith(one.parent_code) and len(one.code) == 5
    assert all(len(found) == 1 for found in names.values())
    assert len({name for found in names.values() for name in found}) <= len(names)


def test_the_request_tree_holds_what_the_street_lacks() -> None:
    assert all(code.startswith("R") and one.kind == "诉求" for code, one in REQUESTS.items())
    names = [one.name for one in REQUESTS.values()]
    assert len(set(names)) == len(names) >= 60
    parents = {one.parent_name for one in REQUESTS.values()}
    assert {"噪声扰民", "物业管理", "供水供热供气", "停车管理", "道路设施", "环境卫生", "违法建设"} <= parents
    assert {"夜间施工噪声", "供热不足", "拖欠工资"} <= set(names)


def test_every_case_standard_hangs_on_a_street_category() -> None:
    standards = load_case_standards()
    assert {one.category_code for one in standards} <= STREET.keys()
    published = {code for code, one in STREET.items() if one.confidence == "published"}
    assert {one.category_code for one in standards} == published


def test_the_conditions_of_a_category_are_numbered_from_one() -> None:
    numbers: dict[str, list[int]] = {}
    for one in load_case_standards():
        numbers.setdefault(one.category_code, []).append(one.number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


@pytest.mark.skipif(not SHARED.exists(), reason="the reference material is not part of the product")
def test_nothing_of_the_published_material_was_lost() -> None:
    with (SHARED / "domain/categories.csv").open(encoding="utf-8-sig", newline="") as file:
        original = {row["code"]: row for row in csv.DictReader(file)}
    assert {code: (one.name, one.parent_name, one.level) for code, one in STREET.items()} == {
        code: (row["小类"], row["大类"], row["层级"]) for code, row in original.items()
    }
    with (SHARED / "data/samples/yuncheng_case_standards.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["立案条件"].strip(), row["结案条件"].strip(), row["处置时限"]) for row in csv.DictReader(file)]
    assert [(one.condition, one.closing, one.spelling) for one in load_case_standards()] == rows


GOOD = "R0101,诉求,R01,噪声扰民,夜间施工噪声,自编,local,own,1\n"


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("R0101,诉求,,噪声扰民,夜间施工噪声,自编,local,own,1\n", "第 2 行：parent_code"),
        (GOOD + GOOD, "第 3 行：代码 R0101 重复"),
        ("R0101\n", "第 2 行"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, lines: str, named: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(",".join(COLUMNS) + "\n" + lines, encoding="utf-8")
    with pytest.raises(CategoriesError, match=named):
        load_categories([path])


@pytest.mark.parametrize("content", [b"code,name\n1,2\n", ",".join(COLUMNS).encode() + "\n诉求".encode("gb18030")])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(CategoriesError, match=r"own\.csv"):
        load_categories([path])
