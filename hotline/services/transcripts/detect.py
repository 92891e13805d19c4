"""Which format a text is in, by its content; the declared type only decides what is refused instead of guessed."""

from __future__ import annotations

import re

_TIMING = re.compile(r"\d{1,2}:\d{2}[,.]\d{2,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{2,3}")
_BRACKETED_MARK = re.compile(r"\[\s*(?:\d{1,4}[:：.\-/年]|[^\s\[\]{}\"',\d]{1,12}\])")


def detect(text: str, content_type: str | None = None, filename: str | None = None) -> str:
    """ "json", "vtt", "srt" or "plain". A plain line may begin with "[00:01]" or "[坐席]" as JSON lists begin."""
    start = text.lstrip()
    if start.startswith("WEBVTT"):
        return "vtt"
    if start.startswith("{") or (start.startswith("[") and not _BRACKETED_MARK.match(start)):
        return "json"
    if _declares_json(content_type, filename):
        return "json"
    if timing := _TIMING.search(text):
        return "srt" if "," in timing.group() else "vtt"
    return "plain"


def _declares_json(content_type: str | None, filename: str | None) -> bool:
    declared = (content_type or "").partition(";")[0].strip().lower()
    return declared == "application/json" or declared.endswith("+json") or (filename or "").lower().endswith(".json")
