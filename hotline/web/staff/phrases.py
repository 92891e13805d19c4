"""快捷用语 in the forms of a ticket: beside each long field what is at hand for it, filled in from the ticket.

The button beside the choice sends the form back as it stands, with the text put in; phrases.js does it on the spot.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from werkzeug.datastructures import MultiDict

from hotline.domain.phrases import fill
from hotline.models import QuickText
from hotline.services import phrasing
from hotline.services.work import Work

INSERT = "insert"  # the button's name; its value is the name of the field
CHOSEN = "phrase-"  # and of the choice, before the name of the field


class Phrases:
    """What is at hand for one ticket, read when a form first asks for it.

    `values`: what its fields are filled in with, covered for the reader.
    """

    def __init__(self, work: Work, values: Mapping[str, str]) -> None:
        self._work = work
        self._values = values

    @cached_property
    def _texts(self) -> list[QuickText]:
        return phrasing.at_hand(self._work)

    def choices(self, noun: str) -> list[dict[str, Any]]:
        """Those for this form: {value, label, text} with the text as it will stand there."""
        return [
            {"value": each.id, "label": each.name, "text": fill(each.text, self._values)}
            for each in phrasing.for_form(self._texts, noun)
        ]

    def beside(self, step: dict[str, Any], noun: str) -> dict[str, Any]:
        """The step with the choice beside each of its long fields; as it is where nothing is at hand."""
        if not any(spec["type"] == "textarea" for spec in step["fields"]) or not (choices := self.choices(noun)):
            return step
        fields = [spec | {"phrases": choices} if spec["type"] == "textarea" else spec for spec in step["fields"]]
        return step | {"fields": fields, "takes": True}

    def inserted(self, typed: Mapping[str, Any], form: MultiDict[str, str]) -> dict[str, Any]:
        """What was typed, and behind it the text that was chosen."""
        name = form.get(INSERT, "")
        chosen = form.get(f"{CHOSEN}{name}", "")
        text = next((each.text for each in self._texts if str(each.id) == chosen), "")
        if name not in typed or not text:
            return dict(typed)
        return {**typed, name: f"{typed[name] or ''}{fill(text, self._values)}"}
