"""From bytes to turns: every format and encoding of the trade, and a clear answer to everything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.transcript import CITIZEN, OPERATOR, UNKNOWN, read_dialogue
from hotline.services.transcripts import MAX_BYTES, Transcript, TranscriptError, read_transcript

DIALOGUE = "坐席：您好，12319，请问有什么可以帮您？\n市民：建设路的路灯坏了。\n坐席：已为您登记。\n"


def turns_of(text: str) -> list[tuple[str, str, int]]:
    return [(turn.speaker, turn.text, turn.line) for turn in read_dialogue(text)]


@pytest.mark.parametrize(
    "operator", ["坐席", "座席", "话务员", "客服", "接线员", "坐席01", "坐席036号", "Agent", "AGENT", "12319"]
)
@pytest.mark.parametrize("citizen", ["市民", "来电人", "客户", "群众", "Customer", "王女士"])
def test_marks_that_name_a_side(operator: str, citizen: str) -> None:
    assert turns_of(f"{operator}：请讲\n{citizen}:路灯坏了") == [(OPERATOR, "请讲", 1), (CITIZEN, "路灯坏了", 2)]


@pytest.mark.parametrize(
    "line",
    [
        "[00:01:05] 市民：路灯坏了",
        "（01:05）市民：路灯坏了",
        "市民[01:05]：路灯坏了",
        "市民（00:01:05）：路灯坏了",
        "市民：路灯坏了 [00:01:05]",
        "00:01:05 市民：路灯坏了",
        "【00:01:05】【市民】路灯坏了",
        "[00:01:05.000 → 00:01:08.500] 市民: 路灯坏了",
        "市民 00:01:05\n路灯坏了",
    ],
)
def test_times_before_and_after_the_mark(line: str) -> None:
    (turn,) = read_dialogue(line)
    assert (turn.speaker, turn.text, turn.start_ms) == (CITIZEN, "路灯坏了", 65_000)


def test_a_time_in_the_speech_is_speech() -> None:
    assert turns_of("市民：我在\n12:30 看到的\n12:40还在") == [
        (CITIZEN, "我在", 1),
        (CITIZEN, "12:30 看到的", 2),
        (CITIZEN, "12:40还在", 3),
    ]


def test_a_colon_in_the_speech_makes_no_speaker() -> None:
    assert turns_of("市民：情况如下\n地址：建设路18号\n电话：13812345678") == [
        (CITIZEN, "情况如下", 1),
        (CITIZEN, "地址：建设路18号", 2),
        (CITIZEN, "电话：13812345678", 3),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("A", "B"), ("B", "A"), ("1", "2"), ("说话人1", "说话人2"), ("SPEAKER_00", "SPEAKER_01"), ("张三", "李四")],
)
def test_voices_are_settled_by_what_they_say(first: str, second: str) -> None:
    text = (
        f"{first}：喂，你好\n{second}：您好，12319热线，请问有什么可以帮您？\n{first}：我要投诉，"
        f"楼下烧烤扰民\n{second}：请问您贵姓？"
    )
    assert [turn.speaker for turn in read_dialogue(text)] == [CITIZEN, OPERATOR, CITIZEN, OPERATOR]


def test_voices_that_say_nothing_telling_stay_unknown_but_for_the_usual_a_and_b() -> None:
    assert [turn.speaker for turn in read_dialogue("1：嗯\n2：哦")] == [UNKNOWN, UNKNOWN]
    assert [turn.speaker for turn in read_dialogue("A：嗯\nB：哦")] == [OPERATOR, CITIZEN]


def test_without_marks_they_take_turns() -> None:
    text = "您好，12319，请问有什么可以帮您\n门口污水井满了\n请问您贵姓\n我姓李\n好的\n嗯"
    assert [turn.speaker for turn in read_dialogue(text)] == [OPERATOR, CITIZEN] * 3


def test_one_sided_without_marks_is_not_split_in_two() -> None:
    assert OPERATOR not in {turn.speaker for turn in read_dialogue("路灯坏了\n在建设路\n三天了")}


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, ending: str) -> None:
    read = read_transcript(DIALOGUE.replace("\n", ending).encode(encoding))
    assert [(turn.speaker, turn.line) for turn in read.turns] == [(OPERATOR, 1), (CITIZEN, 2), (OPERATOR, 3)]
    assert read.turns[1].text == "建设路的路灯坏了。"
    assert read.warnings == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_cut_off_in_a_character_is_read_up_to_there(encoding: str) -> None:
    read = read_transcript(DIALOGUE.strip().encode(encoding)[:-1])
    assert read.turns[-1].text.startswith("已为您登记")
    assert any("不完整" in warning for warning in read.warnings)


def test_one_broken_byte_in_utf8_does_not_turn_the_file_into_gibberish() -> None:
    data = DIALOGUE.encode()
    broken = data[:70] + b"\xff" + data[70:]
    read = read_transcript(broken)
    assert read.encoding == "utf-8"
    assert any("无法识别" in warning for warning in read.warnings)


def test_big5_is_not_passed_off_as_gb18030() -> None:
    with pytest.raises(TranscriptError, match="UTF-8"):
        read_transcript("坐席：請問有什麼可以幫您\n市民：建設路的路燈壞了沒有人來修理".encode("big5"))


def test_nul_and_direction_characters_are_gone() -> None:
    read = read_transcript("市民：路\0灯\u202e坏了".encode())
    assert read.turns[0].text == "路灯坏了"


VTT = """WEBVTT - 12319

NOTE 通话录音 0001

opening
00:01.000 --> 00:03.500 align:start
<v 坐席>您好，12319</v>

e1b2-77/1-0
00:00:04.000 --> 00:00:06.000
<v.loud 市民>建设路<00:00:05.000>的<c.red>路灯</c>坏了 &amp; 没人管
电话是
13812345678
"""

SRT = """1
00:00:01,000 --> 00:00:03,500
坐席：您好，12319

2
00:00:04,000 --> 00:00:06,000
<i>市民：</i>我的电话是
13812345678

"""


def test_webvtt_with_voices_notes_and_named_cues() -> None:
    read = read_transcript(VTT.encode())
    assert read.format == "vtt"
    assert [(turn.speaker, turn.text, turn.line, turn.start_ms) for turn in read.turns] == [
        (OPERATOR, "您好，12319", 1, 1000),
        (CITIZEN, "建设路的路灯坏了 & 没人管 电话是 13812345678", 2, 4000),
    ]


def test_subrip_keeps_a_last_line_of_digits() -> None:
    read = read_transcript(SRT.replace("\n", "\r\n").encode("gb18030"))
    assert (read.format, read.encoding) == ("srt", "gb18030")
    assert [(turn.speaker, turn.text) for turn in read.turns] == [
        (OPERATOR, "您好，12319"),
        (CITIZEN, "我的电话是 13812345678"),
    ]
    assert read.turns[1].end_ms == 6000


def test_a_dialogue_that_begins_with_a_bracket_is_no_json() -> None:
    assert read_transcript("[00:01] 坐席：您好\n[00:02] 市民：停水了".encode()).format == "plain"
    assert read_transcript("[坐席] 您好\n[市民] 停水了".encode()).format == "plain"


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"", "空的"),
        (b" \r\n\t ", "空的"),
        ("\ufeff\n".encode(), "没有读到"),
        (b"x" * (MAX_BYTES + 1), "10 MB"),
        (b'{"turns": [{"text": "\xe6\x82\xa8', "JSON 格式有误"),
        (b"[" * 200_000, "JSON"),
        (b'{"hello": 1}', "不认识"),
        (b'"text"', "没有读到|不认识"),
        (b'{"turns": []}', "没有读到"),
        (b'{"turns": [1, null, {"text": null}]}', "没有读到"),
        (b"WEBVTT\n\n", "没有读到"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "录音"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04\x14\x00", "Office"),
        (bytes(range(256)) * 4, "文本"),
        (b"\x00\x01\x02\x03" * 50, "文本"),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(data: bytes, advice: str) -> None:
    with pytest.raises(TranscriptError, match=advice):
        read_transcript(data, "application/json" if data == b'"text"' else None)


def test_one_sided_and_unsettled_calls_say_so() -> None:
    assert "坐席" in read_transcript("市民：喂\n市民：听得到吗".encode()).warnings[0]
    assert "市民" in read_transcript("坐席：您好，12319".encode()).warnings[0]
    assert "没有分清" in read_transcript("嗯\n哦".encode()).warnings[0]


def read_or_refuse(data: bytes, content_type: str | None = None) -> Transcript | None:
    try:
        return read_transcript(data, content_type)
    except TranscriptError as refusal:
        assert refusal.message
        return None


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "WEBVTT\n\n",
            "00:00:01.000 --> 00:00:02.000\n",
            "00:00:01,000 --> 99:99:99,999\n",
            "-->",
            "<v 坐席>",
            "{\\an8}",
            "坐席：",
            "B:",
            "[00:01]",
            "\n",
            "\r\n\n",
            "{",
            '{"turns":[',
            '"text":',
            "]",
            "}",
            '"',
            "1e999",
            "1\n",
            "路灯",
            "\0",
            "&#x110000;",
            "&#0;",
            "\ud7ff",
        ]
    )
).map("".join)


@settings(max_examples=300)
@given(
    st.one_of(st.binary(max_size=400), FRAGMENTS.map(str.encode), FRAGMENTS.map(lambda text: text.encode("utf-16"))),
    st.sampled_from([None, "application/json", "text/vtt", "???"]),
)
def test_any_bytes_are_a_transcript_or_a_clear_refusal(data: bytes, content_type: str | None) -> None:
    read = read_or_refuse(data, content_type)
    for turn in read.turns if read else []:
        assert turn.text.strip()
        assert "\0" not in turn.text
        turn.text.encode("utf-8")


def test_a_call_of_hours_is_read_whole() -> None:
    text = "".join(
        f"[{i // 60:02d}:{i % 60:02d}:00] {'坐席' if i % 2 else '市民'}：第{i}句，建设路路灯坏了，一直没人管。\n"
        for i in range(5000)
    )
    assert len(read_transcript(text.encode()).turns) == 5000
