"""A text as JSON: one document, or one a line; of a file that was cut off, what was whole before the cut."""

from __future__ import annotations

import json
import re
from typing import Any

from hotline.services.transcripts.errors import TranscriptError

CUT = "JSON 文件末尾不完整，只读到中断之前的内容，请核对。"
TOO_DEEP = "JSON 嵌套层数过多，无法读取。"
_DEEPEST = 64  # brackets within brackets that a cut-off file is mended for
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def parse(text: str) -> tuple[Any, list[str]]:
    """(the document, warnings in Chinese); JSON Lines are a list. Raises TranscriptError for what is no JSON."""
    try:
        return json.loads(text), []
    except RecursionError as fault:
        raise TranscriptError(TOO_DEEP) from fault
    except ValueError as fault:
        found, warnings = _lines(text) or _mended(text) or (None, [])
        if found is not None:
            return found, warnings
        where = f"（第 {fault.lineno} 行）" if isinstance(fault, json.JSONDecodeError) else ""
        raise TranscriptError(f"JSON 格式有误{where}，文件可能不完整，请重新导出后上传。") from fault


def _lines(text: str) -> tuple[Any, list[str]] | None:
    """One object a line; the last may be cut off. None where it is not so."""
    lines = [line for line in text.splitlines() if line.strip()]
    found: list[Any] = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return (found, [CUT]) if found and number == len(lines) else None
        if not isinstance(value, dict):
            return None
        found.append(value)
    return (found, []) if found else None


def _mended(text: str) -> tuple[Any, list[str]] | None:
    """The document with all that was open closed after the last bracket that was; None where that is no JSON either."""
    end, still_open, opened = 0, "", []
    for token in _TOKEN.finditer(text):
        bracket = token.group()
        if bracket in ("{", "["):
            opened.append("}" if bracket == "{" else "]")
            if len(opened) > _DEEPEST:
                return None
        elif bracket in ("}", "]"):
            if not opened or opened.pop() != bracket:
                return None
            end, still_open = token.end(), "".join(reversed(opened))
    if not still_open:
        return None
    try:
        return json.loads(text[:end] + still_open), [CUT]
    except (ValueError, RecursionError):
        return None
