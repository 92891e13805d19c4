"""How much one call can be: looked at before anybody works out who says what, which takes the longest."""

from __future__ import annotations

from collections.abc import Sequence

from hotline.services.transcripts.errors import TranscriptError

MAX_SPOKEN = 400_000  # characters: a day and a night of somebody speaking without a breath
MAX_TURNS = 30_000  # of three seconds each: a day and a night


def refuse_too_much(said: Sequence[str]) -> None:
    """Raises TranscriptError for what is not one call; `said` are its turns, or the lines of its file."""
    if len(said) > MAX_TURNS:
        raise TranscriptError(f"通话超过 {MAX_TURNS // 10_000} 万句，不像是一次通话，请分段后上传。")
    if sum(map(len, said)) > MAX_SPOKEN:
        raise TranscriptError(f"通话内容超过 {MAX_SPOKEN // 10_000} 万字，不像是一次通话，请分段后上传。")
