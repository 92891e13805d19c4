"""The pictures of a matter on the pages of who checks it: those of the citizens, and those of the unit's results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from hotline.models import Ticket
from hotline.services import viewing
from hotline.services.work import Work

Row = Mapping[str, Any]


def of_result(attachments: Sequence[Row], round: int) -> list[Row]:
    """What the unit sent in that round."""
    return [each for each in attachments if each["complaint"] is None and each["round"] == round]


def photos(attachments: Sequence[Row]) -> list[dict[str, str]]:
    """Those whose bytes are here, as pages show them."""
    return [
        {"url": url_for("attachments.show", token=each["token"]), "alt": each["name"]}
        for each in attachments
        if each["size"]
    ]


def complaints(work: Work, ticket: Ticket, attachments: Sequence[Row]) -> list[dict[str, Any]]:
    """All that was said in the matter, each with its own pictures (macros/watch.html said())."""
    return [
        {**row, "photos": photos([each for each in attachments if each["complaint"] == row["number"]])}
        for row in viewing.complaints_of(work, ticket)
    ]
