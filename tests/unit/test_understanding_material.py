"""The written calls and paraphrases: their form only. What the hotline makes of them is measured, never tested."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from bench.understanding.cutting import Cutter
from bench.understanding.matching import groups_of_copies, match
from bench.understanding.material import (
    FIELDS,
    GOLD,
    HERE,
    Dialogue,
    dialogues,
    paraphrases,
    pattern,
    plain,
    read_gold,
    says,
)
from config.categories import load_categories
from hotline.services.transcripts import read_transcript

FOLDERS = ("held_out", "dev")  # those with paraphrases beside the calls
CODES = {category.code for category in load_categories()}
CALLS = {folder: dialogues(folder) for folder in ("held_out", "held_out_2", "dev")}
ALL = [call for calls in CALLS.values() for call in calls]
TYPES = {"咨询", "求助", "投诉", "举报", "建议", ""}
#: Mobile numbers, numbers of the invented area 0320 with or without it, 400 numbers; each may have an extension.
PHONE = re.compile(r"(?:1[3-9]\d{9}|(?:0320)?[2-9]\d{6,7}|400\d{7})(?:-?\d{4})?")


def of(call: Dialogue) -> str:
    """How a case is called when it fails: nothing of what was said."""
    return f"{call.path.parent.name}/{call.name}"


def values(call: Dialogue, field: str) -> list[str]:
    return [str(each) for each in (call.gold[field], *call.also[field]) if each != ""]


def test_there_is_enough_of_it() -> None:
    assert len(CALLS["held_out"]) >= 60
    assert len(CALLS["held_out_2"]) >= 45
    assert len(CALLS["dev"]) >= 12
    assert len(paraphrases("held_out")) >= 200
    assert len(paraphrases("dev")) >= 60


def test_the_sets_have_nothing_in_common() -> None:
    assert len({call.path.read_bytes() for call in ALL}) == len(ALL)
    assert {each.text for each in paraphrases("held_out")}.isdisjoint(each.text for each in paraphrases("dev"))


def test_nothing_lies_about_without_its_gold() -> None:
    for folder in CALLS:
        files = [path for path in (HERE / folder).iterdir() if path.name != "paraphrases.csv"]
        assert len(files) == 2 * len(CALLS[folder])


@pytest.mark.parametrize(("folder", "enough"), [("held_out", 4), ("held_out_2", 3)])
def test_every_format_and_encoding_is_there(folder: str, enough: int) -> None:
    read = [read_transcript(call.path.read_bytes(), None, call.path.name) for call in CALLS[folder]]
    formats = Counter(each.format for each in read)
    for name in ("vtt", "srt", "json/twilio", "json/aws", "json/aliyun", "json/funasr", "json/whisper"):
        assert formats[name] >= enough, name
    assert formats["plain"] >= 5 * enough
    heads = {call.path.read_bytes()[:3] for call in CALLS[folder]}
    assert b"\xef\xbb\xbf" in heads, "UTF-8 with its mark"
    assert any(head.startswith((b"\xff\xfe", b"\xfe\xff")) for head in heads), "UTF-16"
    assert any("gb" in each.encoding for each in read), "GB18030"


@pytest.mark.parametrize("call", ALL, ids=of)
def test_the_gold_is_well_formed(call: Dialogue) -> None:
    assert call.called_at.tzinfo is not None
    assert call.gold["request_type"] in TYPES and set(call.also["request_type"]) <= TYPES
    assert {type(call.gold["confidential"]), type(call.gold["urgent"])} == {bool}
    assert call.gold["wants_reply"] in (True, False, "")
    assert set(values(call, "category")) <= CODES
    assert all(PHONE.fullmatch(number) for number in values(call, "phone"))
    assert not call.caller or re.fullmatch(r"\+?\d{11,13}|anonymous", call.caller)
    for moment in values(call, "since"):
        assert _day(moment, call.called_at) <= call.called_at.date()
    assert call.gold["place"] == "" or not set("()|") & set(str(call.gold["place"]))
    for field in FIELDS:
        for also in values(call, field):
            assert pattern(also), "every variant compiles"
    assert set(call.speakers) <= {"o", "c"}


@pytest.mark.parametrize("call", ALL, ids=of)
def test_who_speaks_is_known_for_every_turn(call: Dialogue) -> None:
    turns = read_transcript(call.path.read_bytes(), None, call.path.name).turns
    assert not call.speakers or len(turns) == len(call.speakers)


@pytest.mark.parametrize("folder", FOLDERS)
def test_paraphrases_point_to_the_citizens_tree(folder: str) -> None:
    said = paraphrases(folder)
    assert len({each.text for each in said}) == len(said)
    for each in said:
        assert 8 <= len(each.text) <= 60, each.text
        assert each.right[0].startswith("R") and set(each.right) <= CODES, each.text
        assert len(set(each.right)) == len(each.right), each.text


def test_every_category_of_the_citizens_tree_is_paraphrased_but_the_rest() -> None:
    asked = {code for each in paraphrases("held_out") for code in each.right}
    assert {code for code in CODES if code.startswith("R")} <= asked


def test_the_paraphrases_are_plain_csv() -> None:
    for folder in FOLDERS:
        with (HERE / folder / "paraphrases.csv").open(encoding="utf-8", newline="") as file:
            assert csv.DictReader(file).fieldnames == ["text", "code", "also"]


def test_unknown_fields_of_a_gold_are_refused(tmp_path: Path) -> None:
    call = CALLS["dev"][0]
    gold = call.path.with_name(call.name + GOLD).read_text(encoding="utf-8")
    (tmp_path / f"x{GOLD}").write_text(f'{gold}\nplcae = ""\n', encoding="utf-8")
    (tmp_path / "x.txt").write_bytes(call.path.read_bytes())
    with pytest.raises(ValueError, match="plcae"):
        read_gold(tmp_path / f"x{GOLD}")


@pytest.mark.parametrize(
    ("also", "text", "right"),
    [
        ("建设路(和|与|、|)文昌街(路口|口|)", "建设路、文昌街 路口", True),
        ("建设路(和|与|、|)文昌街(路口|口|)", "建设路与文昌街", True),
        ("建设路(和|与|、|)文昌街(路口|口|)", "建设路与文昌街东口", False),
        ("(望湖区|)12号楼", "望湖区１２号楼。", True),
        ("C++大厦", "c大厦", True),
    ],
)
def test_what_counts_as_the_same_words(also: str, text: str, right: bool) -> None:
    assert says(also, text) is right
    assert plain(" Ａ，b。") == "ab"


def test_a_row_without_stop_words_is_found_in_its_message_and_no_other() -> None:
    messages = ["我们小区的路灯坏了三天一直没有人来修", "请问公积金贷款的额度是怎么计算的呢", "学校门口的早餐摊占道"]
    rows = [["公积金", "贷款", "额度", "计算"], ["小区", "路灯", "坏", "三天", "修"], ["电梯", "坏", "小区", "困人"]]
    assert match(rows, messages) == [1, 0, None]


def test_copies_are_grouped_and_text_is_cut_by_known_words() -> None:
    texts = ["小区 路灯 坏 三天", "小区 路灯 坏 三天", "公积金 贷款 额度"]
    groups = groups_of_copies(texts)
    assert groups[0] == groups[1] != groups[2]
    assert Cutter(texts).cut("我家小区的路灯坏了") == "小区 路灯 坏"


def _day(moment: str, called_at: datetime) -> date:
    if "T" in moment:
        return datetime.fromisoformat(moment).replace(tzinfo=called_at.tzinfo).date()
    return date.fromisoformat("-".join((*moment.split("-"), "01", "01"))[:10])
