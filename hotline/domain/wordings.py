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
MOST_FORMS = 3
LONGEST = 400  # characters of a form: six segments, which nobody reads to the end
#: What a text may do without: it stands there for comfort. All else that the product gives to every form must be said.
_FOR_COMFORT = frozenset({"matter", "unit", "kind", "url"})
_INSTEAD = {"answer": "url"}  # where the whole may be read serves for the whole
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
class Needs:
    """What a text is given to be filled with, and what of it every form must say."""

    given: frozenset[str]
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Form:
    name: str
    template: str
    parts: _Parts


class Wordings:
    """Texts by name, each sent with the hotline's signature in front."""

    def __init__(
        self,
        signature: str,
        texts: Mapping[str, str | Sequence[str]],
        needs: Mapping[str, Needs] | None = None,
        base: Wordings | None = None,
    ) -> None:
        """`needs`: by the texts' names; of a text without any, what its own forms use. `base`: what the texts stand in
        the place of. Raises WordingError naming every text that cannot be used."""
        faults = [
            f"{name}：{fault}。" for name, text in texts.items() for form in forms_of(text) for fault in _faults(form)
        ]
        faults += [f"{name}：应有至少一种写法。" for name, text in texts.items() if not forms_of(text)]
        if faults:
            raise WordingError(faults)
        self.signature = signature
        self.base = base or self
        self._needs = needs or {}
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

    def needs(self, name: str) -> Needs:
        """What the text is given and must say. Raises WordingError for an unknown name."""
        forms = self._forms(name)
        if name in self._needs:
            return self._needs[name]
        return needs_of([frozenset(field for _, field, _ in form.parts if field) for form in forms])

    def reworded(self, own: Mapping[str, Sequence[str]]) -> Wordings:
        """The same with these texts in the place of those of their names. What cannot be used, or is not known, is left
        as it was: a text written for an older version never keeps all others from being sent."""
        if not own:
            return self
        usable = {name: forms for name, forms in own.items() if name in self._texts and not self.faults(name, forms)}
        texts = {name: [form.template for form in forms] for name, forms in self._texts.items()}
        return Wordings(self.signature, texts | usable, self._needs, self.base)

    def faults(self, name: str, forms: Sequence[str]) -> list[str]:
        """What is wrong with these forms of a text, each as a sentence without its end. Raises WordingError for an
        unknown name."""
        needs = self.needs(name)
        faults = [] if 1 <= len(forms) <= MOST_FORMS else [f"应有1至{MOST_FORMS}种写法，一行一种"]
        for place, form in enumerate(forms, 1):
            at = f"第{place}种写法：" if len(forms) > 1 else ""
            faults += [f"{at}{fault}" for fault in _faults(form) or self._misuses(form, needs)]
        return faults

    def _misuses(self, form: str, needs: Needs) -> list[str]:
        used = {field for _, field, _ in _parsed(form) if field}
        faults = [
            f"“{{{field}}}”没有内容可填，可用的有 {'、'.join(sorted(needs.given)) or '（无）'}"
            for field in sorted(used - needs.given)
        ]
        faults += [
            f"缺少“{{{field}}}”"
            for field in sorted(needs.held)
            if field not in used and _INSTEAD.get(field) not in used
        ]
        if form.lstrip().startswith("【"):
            faults.append(f"签名“{self.signature}”发出时自动加在前面，不必再写")
        if len(form) > LONGEST:
            faults.append(f"最多{LONGEST}个字，现在{len(form)}个")
        return faults

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


def needs_of(forms: Sequence[frozenset[str]], given: frozenset[str] = frozenset()) -> Needs:
    """Of a text whose forms use these fields: `given` besides them."""
    return Needs(given.union(*forms), frozenset.intersection(*forms) - _FOR_COMFORT)


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
