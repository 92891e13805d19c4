"""JSON of recognisers, each in the shapes that its maker writes today; and a clear answer to what is none of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.domain.transcript import CITIZEN, OPERATOR, UNKNOWN
from hotline.services.transcripts import Transcript, TranscriptError, read_transcript
from hotline.services.transcripts.recognisers import READERS, twilio

OPENING, MATTER = "您好，12319，请问有什么可以帮您", "路灯坏了"
TWILIO_API = Path(__file__).resolve().parents[3] / "shared" / "data" / "twilio" / "twilio_intelligence_v2.json"


def read(document: Any) -> Transcript:
    return read_transcript(json.dumps(document, ensure_ascii=False).encode(), "application/json")


def heard(document: Any) -> list[tuple[str, str, int | None]]:
    return [(turn.speaker, turn.text, turn.start_ms) for turn in read(document).turns]


def sentence(channel: int, text: str, start: str, end: str, index: int) -> dict[str, Any]:
    times = {"start_time": start, "end_time": end}
    return {"media_channel": channel, "sentence_index": index, "transcript": text, "confidence": "0.9"} | times


def words(text: str, start: float, **more: Any) -> list[dict[str, Any]]:
    """AWS: a word each with its time, punctuation without."""
    found: list[dict[str, Any]] = []
    for place, char in enumerate(text):
        if char in "，。":
            found.append({"type": "punctuation", "alternatives": [{"content": char}], **more})
        else:
            times = {"start_time": f"{start + place / 10:.2f}", "end_time": f"{start + place / 10 + 0.1:.2f}"}
            found.append({"type": "pronunciation", "alternatives": [{"content": char}], **times, **more})
    return found


def spaced(text: str) -> str:
    return " ".join(text)


TWILIO = [sentence(2, OPENING, "1.0", "3.5", 0), sentence(1, MATTER, "4.0", "6.0", 1)]
FUNASR = [
    {"text": OPENING, "start": 1000, "end": 3500, "spk": 0, "timestamp": [[1000, 1200]]},
    {"sentence": MATTER, "start": 4000, "end": 6000, "spk": 1},
]
STAMPED = [
    {"text_seg": spaced("坐席"), "punc": "：", "start": 1000, "end": 1100, "ts_list": [[1000, 1050], [1050, 1100]]},
]
WHISPER = [
    {"id": 0, "start": 1.0, "end": 3.5, "text": f" {OPENING}", "speaker": "SPEAKER_01", "words": []},
    {"id": 1, "start": 4.0, "end": 6.0, "text": MATTER, "speaker": "SPEAKER_00"},
]
AWS = [
    {"ParticipantRole": "AGENT", "Content": OPENING, "BeginOffsetMillis": 1000, "EndOffsetMillis": 3500, "Items": []},
    {"ParticipantRole": "CUSTOMER", "Content": MATTER, "BeginOffsetMillis": 4000, "EndOffsetMillis": 6000},
]
SPOKEN = [("spk_1", OPENING, 1.0), ("spk_0", MATTER, 4.0)]
AWS_WORDS = [word for voice, text, start in SPOKEN for word in words(text, start, speaker_label=voice)]
AWS_OLD = {
    "items": [{key: value for key, value in word.items() if key != "speaker_label"} for word in AWS_WORDS],
    "speaker_labels": {
        "speakers": 2,
        "segments": [{"items": [word for word in AWS_WORDS if "start_time" in word]}],
    },
}
AWS_CHANNELS = [{"channel_label": name, "items": words(text, start)} for name, text, start in SPOKEN]
ALIYUN = [
    {"ChannelId": 1, "BeginTime": 4000, "EndTime": 6000, "Text": MATTER, "SilenceDuration": 0, "EmotionValue": 6.5},
    {"ChannelId": 0, "BeginTime": 1000, "EndTime": 3500, "Text": OPENING},
]
PARAFORMER = [
    {"begin_time": 1000, "end_time": 3500, "text": OPENING, "sentence_id": 1, "speaker_id": 0, "words": []},
    {"begin_time": 4000, "end_time": 6000, "text": MATTER, "sentence_id": 2, "speaker_id": 1},
]
TINGWU = [
    {
        "ParagraphId": "1",
        "SpeakerId": "1",
        "Words": [
            {"Id": 10, "SentenceId": 1, "Start": 1000, "End": 2000, "Text": OPENING[:6]},
            {"Id": 20, "SentenceId": 1, "Start": 2000, "End": 3500, "Text": OPENING[6:]},
        ],
    },
    {"SpeakerId": "2", "Words": [{"Id": 30, "SentenceId": 2, "Start": 4000, "End": 6000, "Text": MATTER}]},
]
WHISPER_CPP = [
    {
        "timestamps": {"from": "00:00:01,000", "to": "00:00:03,500"},
        "offsets": {"from": 1000, "to": 3500},
        "text": f" {OPENING}",
        "speaker": "1",
    },
    {"timestamps": {"from": "00:00:04,000", "to": "00:00:06,000"}, "text": MATTER, "speaker": "0"},
]

SHAPES: dict[str, tuple[str, Any]] = {
    "ours": ("turns", {"turns": [{"speaker": "坐席", "text": OPENING, "start": 1}, {"role": "市民", "content": MATTER,
                                                                                     "start": "00:04"}]}),
    "a bare list": ("turns", [{"speaker": "A", "text": OPENING, "start": 1}, {"speaker": "B", "text": MATTER,
                                                                               "start": 4.0}]),
    "Twilio sentences": ("twilio", {"sentences": TWILIO, "meta": {"next_page_url": None, "key": "sentences"}}),
    "Twilio in camelCase": ("twilio", {"sentences": [
        {"mediaChannel": each["media_channel"], "startTime": each["start_time"], "transcript": each["transcript"]}
        for each in TWILIO]}),
    "Twilio pages in any order": ("twilio", {"sentences": TWILIO[::-1]}),
    "Twilio with roles": ("twilio", {"sentences": TWILIO, "channel": {"participants": [
        {"channel_participant": 2, "role": "Agent"}, {"channel_participant": 1, "role": "Customer"}]}}),
    "Twilio as a bare list": ("twilio", TWILIO),
    "AWS Call Analytics": ("aws", {"JobStatus": "COMPLETED", "Participants": [{"ParticipantRole": "AGENT"}],
                                   "Transcript": AWS, "ConversationCharacteristics": {}}),
    "AWS Call Analytics, live": ("aws", [
        {"UtteranceEvent": {key.replace("Content", "Transcript"): value for key, value in each.items()} | {
            "IsPartial": partial}} for each in AWS for partial in (True, False)]),
    "AWS Transcribe": ("aws-transcribe", {"jobName": "x", "results": {"transcripts": [], "items": AWS_WORDS}}),
    "AWS Transcribe, older": ("aws-transcribe", {"results": AWS_OLD}),
    "AWS Transcribe by channel": ("aws-transcribe", {"results": {"channel_labels": {"channels": AWS_CHANNELS[::-1]}}}),
    "AWS Transcribe in segments": ("aws-transcribe", {"results": {"items": [], "audio_segments": [
        {"id": 0, "transcript": OPENING, "start_time": "1.0", "speaker_label": "spk_1", "items": [0]},
        {"id": 1, "transcript": MATTER, "start_time": "4.0", "speaker_label": "spk_0"}]}}),
    "阿里云 录音文件识别": ("aliyun", {"TaskId": "x", "StatusText": "SUCCESS", "Result": {"Sentences": ALIYUN}}),
    "阿里云 callback": ("aliyun", {"Sentences": ALIYUN}),
    "百炼 with speakers": ("dashscope", {"file_url": "x", "transcripts": [
        {"channel_id": 0, "text": "…", "sentences": PARAFORMER}]}),
    "百炼 with channels": ("dashscope", {"transcripts": [
        {"channel_id": 1, "sentences": [{"begin_time": 4000, "text": MATTER}]},
        {"channel_id": 0, "sentences": [{"begin_time": 1000, "text": OPENING}]}]}),
    "通义听悟": ("tingwu", {"TaskId": "x", "Transcription": {"AudioInfo": {}, "Paragraphs": TINGWU}}),
    "FunASR": ("funasr", [{"key": "call", "text": "…", "sentence_info": FUNASR}]),
    "FunASR pipeline": ("funasr", {"text": "…", "sentences": [
        {"text": OPENING, "spk": 0, "ts_list": [[1000, 1100], [3400, 3500]]},
        {"text": MATTER, "spk": 1, "ts_list": [[4000, 6000]]}]}),
    "FunASR as a bare list": ("funasr", FUNASR),
    "FunASR server": ("funasr", {"mode": "offline", "wav_name": "x", "text": "…", "stamp_sents": [
        {"text_seg": spaced(f"坐席：{OPENING}"), "punc": "？", "start": 1000, "end": 3500},
        {"text_seg": spaced(f"市民：{MATTER}"), "punc": "", "start": 4000, "end": 6000}]}),
    "Whisper": ("whisper", {"task": "transcribe", "language": "zh", "text": "…", "segments": WHISPER}),
    "WhisperX by words": ("whisper", {"segments": [
        {"start": 1.0, "text": OPENING, "words": [{"word": "您", "speaker": "B"}, {"word": "好", "speaker": "B"}]},
        {"start": 4.0, "text": MATTER, "words": [{"word": "路", "speaker": "A"}, {"word": "灯"}]}]}),
    "Whisper with marks in the text": ("whisper", {"segments": [
        {"start": 1.0, "text": f"坐席：{OPENING}"}, {"start": 4.0, "text": f"市民：{MATTER}"}]}),
    "Hugging Face": ("whisper", {"speakers": [
        {"speaker": "SPEAKER_01", "timestamp": [1.0, 3.5], "text": OPENING},
        {"speaker": "SPEAKER_00", "timestamp": [4.0, None], "text": MATTER}], "chunks": [], "text": "…"}),
    "whisper.cpp": ("whisper.cpp", {"systeminfo": "x", "params": {}, "transcription": WHISPER_CPP}),
    "whisper.cpp, tinydiarize": ("whisper.cpp", {"transcription": [
        {"offsets": {"from": 1000, "to": 3500}, "text": OPENING, "speaker_turn_next": True},
        {"offsets": {"from": 4000, "to": 6000}, "text": MATTER, "speaker_turn_next": False}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_known_by_its_content(name: str) -> None:
    format_, document = SHAPES[name]
    found = read(document)
    assert found.format == f"json/{format_}"
    assert [turn.speaker for turn in found.turns] == [OPERATOR, CITIZEN]
    assert found.turns[0].text.rstrip("？").endswith(OPENING)
    assert found.turns[1].text == MATTER
    assert [turn.start_ms for turn in found.turns] == [1000, 4000]
    assert found.warnings == []


def test_every_format_has_its_shape_here_and_its_line_in_the_document() -> None:
    assert {format_ for format_, _ in SHAPES.values()} | {"text"} == {name for name, _ in READERS}
    document = (Path(__file__).resolve().parents[2] / "docs" / "transcripts.md").read_text(encoding="utf-8")
    assert [name for name, _ in READERS if f"`json/{name}`" not in document] == []


@pytest.mark.parametrize("name", [name for name, (_, document) in SHAPES.items() if isinstance(document, list)])
def test_a_list_may_come_as_json_lines(name: str) -> None:
    format_, document = SHAPES[name]
    lines = "\n".join(json.dumps(each) for each in document) + "\n"
    for encoding in ("utf-8", "utf-16"):
        found = read_transcript(lines.encode(encoding), filename="call.jsonl")
        assert (found.format, len(found.turns)) == (f"json/{format_}", 2)


def test_the_sentences_of_twilios_own_description() -> None:
    """Each field that is read stands in Twilio's OpenAPI, with the type that is expected."""
    if not TWILIO_API.exists():
        pytest.skip("Twilio's description is not on this machine")
    schemas = json.loads(TWILIO_API.read_text(encoding="utf-8"))["components"]["schemas"]
    fields = schemas["intelligence.v2.transcript.sentence"]["properties"]
    samples = {"integer": 1, "string": "1.5", "array": [{"word": "路"}]}
    told = {name: samples[field["type"]] for name, field in fields.items()} | {"transcript": MATTER}
    assert {"media_channel", "sentence_index", "start_time", "end_time", "transcript"} <= fields.keys()
    (turn,) = read({"sentences": [told], "meta": {}}).turns
    assert (turn.text, turn.start_ms, turn.end_ms) == (MATTER, 1500, 1500)
    locked = dict.fromkeys(schemas["intelligence.v2.transcript.encrypted_sentences"]["properties"], "https://x")
    with pytest.raises(TranscriptError, match="加密"):
        read(locked)
    result = dict.fromkeys(schemas["intelligence.v2.transcript.operator_result"]["properties"])
    with pytest.raises(TranscriptError, match="operator_results"):
        read({"operator_results": [result], "meta": {}})


def test_the_roles_of_twilio_settle_what_the_words_do_not() -> None:
    said = [sentence(1, "嗯", "1", "2", 0), sentence(2, "哦", "2", "3", 1)]
    roles = [{"channel_participant": 1, "role": "Customer"}, {"channel_participant": 2, "role": "Agent"}]
    told = {"transcript": {"sentences": said, "channel": {"participants": roles}}}
    assert [side for side, _, _ in heard(told)] == [CITIZEN, OPERATOR]


def test_one_page_of_twilio_says_that_there_are_more() -> None:
    told = {"sentences": TWILIO, "meta": {"next_page_url": "https://intelligence.twilio.com/…?Page=1"}}
    assert read(told).warnings == [twilio.MORE]


@pytest.mark.parametrize(
    "document",
    [
        {"text": f"坐席：{OPENING}\n市民：{MATTER}"},
        {"result": {"text": f"坐席：{OPENING}\r\n市民：{MATTER}"}},
        [{"key": "x", "text": f"坐席：{OPENING}\n市民：{MATTER}", "sentence_info": []}],
    ],
)  # fmt: skip
def test_nothing_but_the_text(document: Any) -> None:
    assert heard(document) == [(OPERATOR, OPENING, None), (CITIZEN, MATTER, None)]


def test_latin_words_keep_their_blanks_and_chinese_gets_none() -> None:
    items = [{"alternatives": [{"content": word}]} for word in ["VIP", "card", "坏", "了", "。"]]
    assert [text for _, text, _ in heard({"results": {"items": items}})] == ["VIP card坏了。"]
    assert [text for _, text, _ in heard({"stamp_sents": [{"text_seg": "停 水 了", "punc": "。"}]})] == ["停水了。"]


def test_no_speaker_is_no_guess() -> None:
    assert {side for side, _, _ in heard({"segments": [{"text": "嗯", "start": 0}, {"text": "哦", "start": 1}]})} == {
        UNKNOWN
    }
    unsure = {"transcription": [{"text": "嗯", "speaker": "?", "offsets": {"from": 0}}]}
    assert {side for side, _, _ in heard(unsure)} == {UNKNOWN}


def test_nonsense_times_are_left_out() -> None:
    told = '{"turns": [{"speaker": "A", "text": "x", "start": NaN}, {"text": "y", "start": -1, "end": "z"}, '
    turns = read_transcript(
        f'{told}{{"text": "w", "start": 1e400}}, {{"text": "v", "start": "99:99"}}]}}'.encode()
    ).turns
    assert [(turn.start_ms, turn.end_ms) for turn in turns] == [(None, None)] * 3 + [(6_039_000, None)]


@pytest.mark.parametrize("cut", [1, 2, 5, 12, 30])
@pytest.mark.parametrize("name", ["Whisper", "AWS Call Analytics", "百炼 with speakers", "FunASR"])
def test_of_a_file_that_was_cut_off_what_was_whole_is_read(name: str, cut: int) -> None:
    format_, document = SHAPES[name]
    text = json.dumps(document, ensure_ascii=False, indent=1).rstrip("\n]} ")
    found = read_transcript(text[:-cut].encode())
    assert found.format == f"json/{format_}"
    assert found.turns[0].text == OPENING
    assert any("不完整" in warning for warning in found.warnings)


def test_json_lines_may_be_cut_off_too() -> None:
    lines = "\n".join(json.dumps({"speaker": "坐席", "text": f"第{number}句"}) for number in range(3))
    found = read_transcript(lines[:-9].encode())
    assert [turn.text for turn in found.turns] == ["第0句", "第1句"]
    assert any("不完整" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('{"turns": [{"text": "您', "JSON 格式有误"),
        ('{"turns": [{"text": "您"}]] }', "JSON 格式有误"),
        ('{"turns": [{"text": "您"} {"text": "好"}]}', "JSON 格式有误"),
        ("[" * 200_000, "JSON"),
        ('{"a":' * 100 + "1", "JSON"),
        ('{"hello": 1}', "不认识"),
        ('{"turns": 5}', "不认识"),
        ('{"results": {"items": 5}}', "没有读到"),
        ('{"turns": []}', "没有读到"),
        ('{"turns": [1, null, {"text": null}]}', "没有读到"),
        ('{"sentences": []}', "不认识|没有读到"),
        ('{"status": "FAILED", "Result": {}}', "不认识"),
        ('[{"segments": [{"text": "一"}]}, {"segments": [{"text": "二"}]}]', "2 段录音"),
        ('{"sentence_info": [{"text": "一"}]}\n{"sentence_info": [{"text": "二"}]}', "2 段录音"),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(TranscriptError, match=advice):
        read_transcript(text.encode(), "application/json")


KEYS = sorted(
    {key for _, document in SHAPES.values() for key in json.dumps(document).split('"')[1::2] if key.isascii()}
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", MATTER, "1.0", "spk_0", "\0"])
)
DOCUMENTS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
)


@settings(max_examples=150)
@given(DOCUMENTS, st.integers(0, 20))
def test_any_json_is_a_transcript_or_a_clear_refusal(document: Any, cut: int) -> None:
    text = json.dumps(document, ensure_ascii=False)
    try:
        found = read_transcript(text[: len(text) - cut].encode(), "application/json")
    except TranscriptError as refusal:
        assert refusal.message
        return
    assert all(turn.text.strip() for turn in found.turns)
