"""A call as turns: who said what, in which line of the source."""

from __future__ import annotations

from dataclasses import dataclass

OPERATOR, CITIZEN, UNKNOWN = "operator", "citizen", "unknown"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a source gives: `label` is its speaker mark, or None. `line` and times as in `Turn`."""

    label: str | None
    text: str
    line: int
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech. `line`: 1-based line of plain text, or number of the cue or segment in subtitles and JSON.
    Times are milliseconds from the start of the recording."""

    speaker: str
    text: str
    line: int
    start_ms: int | None = None
    end_ms: int | None = None
