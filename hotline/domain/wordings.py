"""The texts that go to citizens and units: data of the city, with {fields} that are filled in when they are sent.

A field may say how much of it a text can hold: `{matter:.20}` is cut to 20 characters, the last one an ellipsis.
Nothing else of Python's format language is allowed, so that a text which an administrator wrote can never look into an
object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

_PARTS = Formatter()
_FIELD = re.compile(r"[a-z][a-z_]*", re.ASCII)
_Parts = tuple[tuple[str, str | None, int | None], ...]  # literal, field behind it, its longest form
_CUT = re.compile(r"\.([1-9][0-9]{0,3})", re.ASCII)


class WordingError(ValueError):
    """A text cannot be used, is not known, or lacks a field. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


class Wordings:
    """Texts by name, each sent with the hotline's signature in front."""

    def __init__(self, signature: str, texts: Mapping[str, str]) -> None:
        """Raises WordingError naming every text that cannot be used."""
        faults = [f"{name}：{fault}。" for name, text in texts.items() for fault in _faults(text)]
        if faults:
            raise WordingError(faults)
        self._signature = signature
        self._texts = {name: _parsed(text) for name, text in texts.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """All texts, in the order of the file."""
        return tuple(self._texts)

    def fields(self, name: str) -> frozenset[str]:
        """What a text must be given. Raises WordingError for an unknown name."""
        return frozenset(field for _, field, _ in self._text(name) if field is not None)

    def render(self, name: str, /, **fields: object) -> str:
        """The text, signed and filled in; fields that it does not use are left aside. Raises WordingError."""
        parts = self._text(name)
        if missing := sorted({field for _, field, _ in parts if field is not None} - fields.keys()):
            raise WordingError([f"文字“{name}”缺少内容：{'、'.join(missing)}。"])
        filled = "".join(
            literal + (_fitted(fields[field], longest) if field is not None else "")
            for literal, field, longest in parts
        )
        return self._signature + filled

    def _text(self, name: str) -> _Parts:
        if name not in self._texts:
            raise WordingError([f"没有名为“{name}”的文字。"])
        return self._texts[name]


def _parsed(text: str) -> _Parts:
    """Read once: a text is sent far more often than it is written."""
    parts = []
    for literal, field, spec, _ in _PARTS.parse(text):
        cut = _CUT.fullmatch(spec or "")
        parts.append((literal, field, int(cut[1]) if cut else None))
    return tuple(parts)


def _faults(text: object) -> list[str]:
    if not isinstance(text, str) or not text.strip():
        return ["应为文字，且不能为空"]
    try:
        parts = list(_PARTS.parse(text))
    except ValueError:
        return ["花括号不成对"]
    faults = []
    for _, field, spec, conversion in parts:
        if field is None:
            continue
        if not _FIELD.fullmatch(field) or conversion:
            faults.append(f"“{{{field}}}”不是可用的内容名")
        elif spec and not _CUT.fullmatch(spec):
            faults.append(f"“{{{field}:{spec}}}”应写作“{{{field}:.20}}”")
    return faults


def _fitted(value: object, longest: int | None) -> str:
    text = str(value)
    if longest is None or len(text) <= longest:
        return text
    return text[: longest - 1] + "…"
