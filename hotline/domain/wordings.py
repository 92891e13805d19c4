"""The texts that go to citizens and units: data of the city, with {fields} that are filled in when they are sent.

A field may say how much of it a text can hold: `{matter:.20}` is cut to 20 characters, the last one an ellipsis.
A text may have several forms, the best one first: the first that costs no more than one segment is sent, or else the
cheapest. Nothing else of Python's format language is allowed, so that a text which an administrator wrote can never
look into an object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from hotline.domain.texts import segments

_PARTS = Formatter()
_FIELD = re.compile(r"[a-z][a-z_]*", re.ASCII)
_Parts = tuple[tuple[str, str | None, int | None], ...]  # literal, field behind it, its longest form
_CUT = re.compile(r"\.([1-9][0-9]{0,3})", re.ASCII)


class WordingError(ValueError):
    """A text cannot be used, is not known, or lacks a field. `reasons` names every fault, in Chinese."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and what it was made of: `form` is the wording's name, `name.2` for its second form, and so on; `fields`
    are as they stand in the text, cut where it cuts them."""

    text: str
    form: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Form:
    name: str
    template: str
    parts: _Parts


class Wordings:
    """Texts by name, each sent with the hotline's signature in front."""

    def __init__(self, signature: str, texts: Mapping[str, str | Sequence[str]]) -> None:
        """Raises WordingError naming every text that cannot be used."""
        faults = [
            f"{name}：{fault}。" for name, text in texts.items() for form in forms_of(text) for fault in _faults(form)
        ]
        faults += [f"{name}：应有至少一种写法。" for name, text in texts.items() if not forms_of(text)]
        if faults:
            raise WordingError(faults)
        self.signature = signature
        self._texts = {
            name: tuple(
                _Form(name if place == 1 else f"{name}.{place}", form, _parsed(form))
                for place, form in enumerate(forms_of(text), 1)
            )
            for name, text in texts.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """All texts, in the order of the file."""
        return tuple(self._texts)

    def fields(self, name: str) -> frozenset[str]:
        """What a text must be given. Raises WordingError for an unknown name."""
        forms = self._forms(name)
        return frozenset(field for form in forms for _, field, _ in form.parts if field is not None)

    def templates(self, name: str) -> dict[str, str]:
        """The forms of a text as they were written, by their names. Raises WordingError for an unknown name."""
        return {form.name: form.template for form in self._forms(name)}

    def render(self, name: str, /, **fields: object) -> str:
        """The text, signed and filled in; fields that it does not use are left aside. Raises WordingError."""
        return self.write(name, **fields).text

    def write(self, name: str, /, **fields: object) -> Written:
        """The text in the first of its forms that is one segment, or else in the cheapest. Raises WordingError."""
        if missing := sorted(self.fields(name) - fields.keys()):
            raise WordingError([f"文字“{name}”缺少内容：{'、'.join(missing)}。"])
        forms = self._forms(name)
        best = self._filled(forms[0], fields)
        cost = segments(best.text)
        for form in forms[1:]:
            if cost == 1:
                break
            shorter = self._filled(form, fields)
            if segments(shorter.text) < cost:
                best, cost = shorter, segments(shorter.text)
        return best

    def each_form(self, name: str, **fields: object) -> list[Written]:
        """Every form of a text, filled in: what each of them costs. Raises WordingError."""
        return [self._filled(form, fields) for form in self._forms(name)]

    def _filled(self, form: _Form, fields: Mapping[str, object]) -> Written:
        filled: dict[str, str] = {}
        words = [self.signature]
        for literal, field, longest in form.parts:
            words.append(literal)
            if field is not None:
                filled[field] = _fitted(fields[field], longest)
                words.append(filled[field])
        return Written("".join(words), form.name, filled)

    def _forms(self, name: str) -> tuple[_Form, ...]:
        if name not in self._texts:
            raise WordingError([f"没有名为“{name}”的文字。"])
        return self._texts[name]


def forms_of(text: str | Sequence[str]) -> Sequence[str]:
    """A text's forms; one text is its only form."""
    return (text,) if isinstance(text, str) or not isinstance(text, Sequence) else text


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
