"""What the rules answer when they say no. Every text is for the person who asked, and says what to do.

The doors translate by `code` and class (one table, `hotline.web.problems`); nothing below a door knows HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Said(str):
    """A Chinese sentence that still knows its template, so that a door can say it in another language."""

    __slots__ = ("fields", "template")
    template: str
    fields: dict[str, object]

    def __new__(cls, template: str, fields: dict[str, object]) -> Said:
        """`template` with its {fields} filled in."""
        text = super().__new__(cls, template.format(**fields) if fields else template)
        text.template, text.fields = template, fields
        return text

    def __reduce__(self) -> tuple[type[Said], tuple[str, dict[str, object]]]:
        """What a copy is made of."""
        return Said, (self.template, self.fields)


def say(template: str, **fields: object) -> Said:
    """A sentence for the citizen, marked for translation: `say("照片最多{most}张。", most=6)`. It is a `str`."""
    return Said(template, fields)


class HotlineError(Exception):
    """A clear answer to a request that cannot be carried out. `code` is stable, `message` is Chinese."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Invalid(HotlineError):
    """What was typed cannot be used; `fields` tells where and what to do about it."""

    code = "invalid"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("；".join(fields.values()))
        self.fields = dict(fields)


class NotFound(HotlineError):
    """It is not there, or not theirs to see: the two are not told apart (design §7)."""

    code = "not_found"


class NotAllowed(HotlineError):
    """The person may see the ticket, but this step belongs to somebody else."""

    code = "not_allowed"


class Refused(HotlineError):
    """A guard of the chain says no: state, limit, count or avoidance."""

    code = "refused"


class Stale(HotlineError):
    """Somebody else was first. `changes` are the events since the version that the caller had seen."""

    code = "stale"

    def __init__(self, message: str, *, version: int, changes: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(message)
        self.version = version
        self.changes = list(changes)
