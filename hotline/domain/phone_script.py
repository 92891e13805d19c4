"""话术: what an operator says, sentence by sentence, in a call of each kind. Data of the city (config/wordings)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hotline.domain.wordings import Wordings

ANSWER, TEXT, SURVEY = "answer", "text", "survey"
KINDS = (ANSWER, TEXT, SURVEY)  # 告知答复, 告知进展, 回访
FIELDS = frozenset({"operator", "day", "matter", "number", "unit", "answer"})  # what a sentence may be filled with


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence: what it is for, what is said, and what the operator should know while saying it."""

    title: str
    say: str
    note: str = ""


@dataclass(frozen=True)
class PhoneScript:
    """`tries`: after so many calls that reached nobody the rule goes on by itself."""

    tries: int = 3
    calls: Mapping[str, Sequence[Line]] = field(default_factory=dict)

    def read(self, kind: str, **about: str) -> list[Line]:
        """The sentences of a call of that kind, filled in. `about` gives all of `FIELDS`."""
        lines = self.calls.get(kind, ())
        says = Wordings("", {str(place): line.say for place, line in enumerate(lines)})
        return [Line(line.title, says.render(str(place), **about), line.note) for place, line in enumerate(lines)]
