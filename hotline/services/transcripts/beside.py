"""What is known of a call beside its words: in the name of its file, or in a small JSON that lies next to it.

    20261121-093015_13800001111_REC0001.txt    time (city time) _ number that called _ the recording's reference
    call-77.txt with call-77.txt.json    {"called_at": "2026-11-21T09:30:15+08:00", "caller": "…", "recording": "…"}

All of it may be missing, and a time that cannot be is passed over. What the JSON says comes before what the name says.
The JSON has the whole name of the transcript and ".json" after it, so that no transcript that is JSON itself is taken
for one.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from hotline.domain.texts import clean, mask_phone
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.transcripts.errors import TranscriptError

LARGEST = 64 * 1024  # bytes of such a JSON
ENDINGS = (".txt", ".text", ".log", ".vtt", ".srt", ".json", ".jsonl")  # of transcripts that may have one beside them
KEYS = ("called_at", "caller", "recording")
_NAME = re.compile(
    r"(?P<day>20\d\d-?\d\d-?\d\d)[-_T ]?(?P<clock>\d\d[-.]?\d\d[-.]?\d\d)"
    r"(?:_(?P<caller>\+?\d{7,15}))?(?:_(?P<recording>.{1,100}))?",
    re.ASCII,
)
_DIGITS = re.compile(r"(?<!\d)\+?\d{7,15}(?!\d)", re.ASCII)
_WRONG = '说明文件（{name}）应为 JSON，例如 {{"called_at": "2026-11-21T09:30:15+08:00", "caller": "13800001111"}}：'


@dataclass(frozen=True)
class Known:
    """`called_at` is aware, or None where nothing tells; the others are "" then. `wrong_time`: one is told that no
    calendar and no clock has."""

    called_at: datetime | None = None
    caller: str = ""
    recording: str = ""
    wrong_time: bool = False


def is_beside(name: str) -> bool:
    """Whether a file is the JSON of another: "call.txt.json", but not "call.json" nor "call.wav.json"."""
    return name.lower().endswith(".json") and told_of(name).lower().endswith(ENDINGS)


def name_beside(name: str) -> str:
    """What the JSON beside a file is called."""
    return f"{name}.json"


def told_of(name: str) -> str:
    """What the file is called that a JSON stands beside."""
    return name[: -len(".json")]


def read_name(name: str, zone: tzinfo) -> Known:
    """What the name of a file says, its time in `zone`; nothing for a name of another kind."""
    found = _NAME.fullmatch(clean(as_text(name)).rpartition(".")[0])
    if found is None:
        return Known()
    called_at = _moment_in_name(found["day"] + found["clock"], zone)
    caller, recording = found["caller"] or "", found["recording"] or ""
    if caller and not _can_be_called(caller):  # the number of a recording
        caller, recording = "", f"{caller}_{recording}".rstrip("_")
    return Known(called_at, caller, clean(recording), wrong_time=called_at is None)


def _moment_in_name(text: str, zone: tzinfo) -> datetime | None:
    """None for a time that cannot be, as 25:00."""
    try:
        return datetime.strptime(re.sub(r"\D", "", text), "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        return None


def _can_be_called(number: str) -> bool:
    try:
        normalise_phone(number)
    except PhoneError:
        return False
    return True


def read_beside(data: bytes, name: str) -> Known:
    """What the JSON beside a transcript says; `name` is its own. Raises TranscriptError for what is no such JSON."""
    wrong = _WRONG.format(name=name)
    try:
        told = json.loads(data[: LARGEST + 1].decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise TranscriptError(f"{wrong}格式有误。") from fault
    if not isinstance(told, dict):
        raise TranscriptError(f"{wrong}不是一个对象。")
    if unknown := sorted(clean(str(key)) for key in told.keys() - set(KEYS)):
        raise TranscriptError(f"{wrong}不认识“{unknown[0][:40]}”，可用的有 {'、'.join(KEYS)}。")
    if any(not isinstance(value, (str, int, type(None))) for value in told.values()):
        raise TranscriptError(f"{wrong}各项应为文字。")
    words = {key: clean(str(value)) for key, value in told.items() if value is not None}
    return Known(_moment(words.get("called_at", ""), wrong), words.get("caller", ""), words.get("recording", ""))


def _moment(text: str, wrong: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise TranscriptError(f"{wrong}called_at 不是时间。") from fault
    if moment.tzinfo is None:
        raise TranscriptError(f"{wrong}called_at 没有时区，应如 2026-11-21T09:30:15+08:00。")
    return moment


def as_text(name: str) -> str:
    """A file's name as a system or a client gives it, made text: UTF-8, or GB18030 as older recording systems write."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # half a character, in a name out of JSON
        raw = name.encode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def shown(name: str) -> str:
    """A file's name as it may be kept and shown: readable, and every telephone number in it masked."""
    return _DIGITS.sub(_masked, clean(as_text(name)))


def _masked(digits: re.Match[str]) -> str:
    return mask_phone(digits.group()) if _can_be_called(digits.group()) else digits.group()
