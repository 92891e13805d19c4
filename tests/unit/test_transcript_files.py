"""Files of recording systems as they come: encodings gone wrong, cues of two voices, what the name of a file tells."""

from __future__ import annotations

import json
import os
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.transcript import CITIZEN, OPERATOR
from hotline.services.transcripts import MAX_BYTES, MAX_SPOKEN, MAX_TURNS, TranscriptError, read_transcript
from hotline.services.transcripts.beside import Known, is_beside, read_beside, read_name, shown

ZONE = ZoneInfo("Asia/Shanghai")
DIALOGUE = (
    "坐席：您好，请问有什么可以帮您？\n市民：建设路的路灯坏了，三天了都没有人来修理。\n坐席：好的，已经为您登记。\n"
)
TRADITIONAL = "坐席：您好，請問有什麼可以幫您？\n市民：建設路的路燈壞了，三天了都沒有人來修理。\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [DIALOGUE, DIALOGUE.replace("\n", "。").strip(), TRADITIONAL])
def test_utf16_without_mark_and_with_hardly_a_latin_letter(text: str, encoding: str) -> None:
    read = read_transcript(text.encode(encoding))
    assert read.encoding == encoding
    assert "".join(turn.text for turn in read.turns).count("您好") == 1


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_traditional_characters_are_no_garble(encoding: str) -> None:
    assert [turn.speaker for turn in read_transcript(TRADITIONAL.encode(encoding)).turns] == [OPERATOR, CITIZEN]


GARBLED = {
    "UTF-8 read as GBK": DIALOGUE.encode().decode("gb18030", "ignore"),
    "UTF-8 read as GBK, each line": "\n".join(f"坐席：{line.encode().decode('gbk', 'ignore')}" for line in
                                              DIALOGUE.splitlines()),
    "GBK read as Latin-1": DIALOGUE.encode("gbk").decode("latin-1"),
    "UTF-8 read as Latin-1": DIALOGUE.encode().decode("latin-1"),
    "replaced, then read as GBK": "坐席：锟斤拷锟斤拷锟斤拷\n市民：锟斤拷锟斤拷路锟斤拷\n",
}  # fmt: skip


@pytest.mark.parametrize("name", GARBLED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_was_read_wrongly_before_is_refused_with_the_reason(name: str, encoding: str) -> None:
    with pytest.raises(TranscriptError, match=r"乱码|不是可识别的文本"):
        read_transcript(GARBLED[name].encode(encoding))


@pytest.mark.parametrize(
    "text", ["坐席：hello\n市民：OK OK", "坐席：Müller, café, Öl?\n市民：路灯坏了", "市民：曌曌曌", "喂"]
)
def test_rare_words_are_no_garble(text: str) -> None:
    assert read_transcript(text.encode()).turns


def test_a_cue_of_two_voices_is_two_turns() -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v 坐席>您好，请讲</v>\n<v.loud 市民>路灯坏了\n三天了</v>\n"
    srt = "1\n00:00:01,000 --> 00:00:04,000\n{\\an8}坐席：您好，请讲\n市民：路灯坏了\n三天了\n"
    same_line = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v 坐席>您好，请讲</v> <v 市民>路灯坏了 三天了</v>\n"
    for text in (vtt, srt, same_line):
        turns = read_transcript(text.encode()).turns
        assert [(turn.speaker, turn.text, turn.line) for turn in turns] == [
            (OPERATOR, "您好，请讲", 1),
            (CITIZEN, "路灯坏了 三天了", 1),
        ]


@pytest.mark.parametrize("mark", ["坐席", "话务员1023", "客服", "A", "接线员", "工号1023", "受理员", "Ａ"])
@pytest.mark.parametrize("other", ["市民", "来电人", "客户", "群众", "B", "Ｂ"])
def test_the_usual_marks(mark: str, other: str) -> None:
    text = f"{mark}：您好，12319，请问有什么可以帮您\n[00:05] {other}: 我要反映路灯坏了\n{other}（00:00:09）：三天了\n"
    assert [turn.speaker for turn in read_transcript(text.encode()).turns] == [OPERATOR, CITIZEN, CITIZEN]


def test_fillers_and_repeated_words_stay_as_they_were_said() -> None:
    said = "呃呃那个那个就是就是路灯路灯坏了嗯嗯"
    assert read_transcript(f"市民：{said}".encode()).turns[0].text == said


def test_hours_of_words_with_their_times_are_read() -> None:
    words = [{"word": "灯", "start": 1.0, "end": 1.2, "score": 0.9} for _ in range(80)]
    segments = [
        {"start": n, "end": n + 1, "text": "路灯坏了，" * 4, "speaker": "A", "words": words} for n in range(1500)
    ]
    data = json.dumps({"segments": segments}).encode()
    assert 5 * 1024 * 1024 < len(data) < MAX_BYTES
    assert len(read_transcript(data).turns) == 1500


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"x" * (MAX_BYTES + 1), "MB"),
        (("市民：" + "路灯坏了。" * (MAX_SPOKEN // 5 + 1)).encode(), "万字"),
        ("市民：嗯\n".encode() * (MAX_TURNS + 1), "万句"),
        (json.dumps([{"text": "嗯"}] * (MAX_TURNS + 1)).encode(), "万句"),
    ],
    ids=["bytes", "characters", "lines", "turns"],
)
def test_what_is_more_than_a_call_can_be_is_refused(data: bytes, advice: str) -> None:
    with pytest.raises(TranscriptError, match=advice):
        read_transcript(data)


NAMES = [
    ("20261121-093015_13800001111_REC0001.txt", "2026-11-21 09:30:15", "13800001111", "REC0001"),
    ("20261121093015_13800001111.json", "2026-11-21 09:30:15", "13800001111", ""),
    ("2026-11-21T09-30-15_REC_0001.vtt", "2026-11-21 09:30:15", "", "REC_0001"),
    ("20261121_093015_+8655162345678_录音.1.txt", "2026-11-21 09:30:15", "+8655162345678", "录音.1"),
    ("20261121-093015.txt", "2026-11-21 09:30:15", "", ""),
    ("20261121-093015_1234567890_x.txt", "2026-11-21 09:30:15", "", "1234567890_x"),
    ("20261121-093015_1234567890.txt", "2026-11-21 09:30:15", "", "1234567890"),
    ("20261399-093015_13800001111.txt", None, "13800001111", ""),
    ("20261121-250000_13800001111_REC9.txt", None, "13800001111", "REC9"),
    ("call-13800001111.txt", None, "", ""),
    ("20261121.txt", None, "", ""),
    ("", None, "", ""),
]


@pytest.mark.parametrize(("name", "called", "caller", "recording"), NAMES)
def test_what_the_name_of_a_file_tells(name: str, called: str | None, caller: str, recording: str) -> None:
    called_at = datetime.fromisoformat(called).replace(tzinfo=ZONE) if called else None
    wrong = called is None and name.startswith(("20261399", "20261121-25"))
    assert read_name(name, ZONE) == Known(called_at, caller, recording, wrong_time=wrong)


@given(st.binary(max_size=60), st.text(max_size=60))
def test_any_name_is_read_and_shown(raw: bytes, text: str) -> None:
    for name in (os.fsdecode(raw), text, f"{text}\0\ud83d"):
        read_name(name, ZONE)
        shown(name).encode()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("20261121-093015_13800001111_R.txt", "20261121-093015_138****1111_R.txt"),
        ("来电 0551-62345678 05516234567 8.txt", "来电 0551-62345678 05516234567 8.txt"),
        ("055162345678.txt", "055****5678.txt"),
        ("20261121093015.txt", "20261121093015.txt"),
        (os.fsdecode("来电.txt".encode("gb18030")), "来电.txt"),
    ],
)
def test_numbers_in_names_are_masked_where_names_are_kept(name: str, kept: str) -> None:
    assert shown(name) == kept


@pytest.mark.parametrize(
    ("name", "beside"),
    [("call.txt.json", True), ("a.json.json", True), ("A.SRT.JSON", True), ("call.json", False),
     ("call.wav.json", False), ("call.txt", False), (".json", False)],
)  # fmt: skip
def test_which_json_stands_beside_a_transcript(name: str, beside: bool) -> None:
    assert is_beside(name) is beside


def test_what_stands_beside() -> None:
    told = read_beside(
        '\ufeff{"called_at": "2026-11-21T09:30:15Z", "caller": 13800001111, "recording": null}'.encode(), "x"
    )
    assert told == Known(datetime.fromisoformat("2026-11-21T09:30:15+00:00"), "13800001111", "")


@given(st.one_of(st.binary(max_size=80), st.sampled_from([b"[" * 5000, b'{"called_at": 1e999}', b'{"caller": true}'])))
def test_any_bytes_beside_are_read_or_refused(data: bytes) -> None:
    try:
        read_beside(data, "call.txt.json")
    except TranscriptError as refusal:
        assert "call.txt.json" in refusal.message
