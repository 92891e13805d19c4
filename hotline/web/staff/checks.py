"""核查: the result beside the complaint, the pictures from before beside those from after; approved or sent back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from hotline.models import Phase, Ticket
from hotline.services import covering, deciding, reviewing, self_checking, viewing
from hotline.services.work import Work
from hotline.web.staff import pictures
from hotline.web.staff.queue import Line, Move

Row = Mapping[str, Any]

APPROVAL = "approval"


def _about(work: Work, ticket: Ticket) -> dict[str, Any]:
    attachments = viewing.attachments_of(work, ticket)
    cover = covering.cover_for(work, ticket)
    ours = pictures.of_result(attachments, ticket.round)
    told = reviewing.of_ticket(work, ticket, reviewing.CHECKS) or self_checking.remarks(work, ticket)
    return {
        "complaints": pictures.complaints(work, ticket, attachments),
        "place": cover(ticket.place),
        "outcome": cover(ticket.outcome),
        "submitted_at": ticket.submitted_at,
        "round": ticket.round,
        "before": pictures.photos([row for row in ours if row["phase"] is Phase.BEFORE]),
        "after": pictures.photos([row for row in ours if row["phase"] is not Phase.BEFORE]),
        "review": [
            each | {"url": url_for("staff.ticket", number=each["copied_from"]) if each["copied_from"] else None}
            for each in told
        ],
    }


def _insists(about: Row, move: Move) -> str:
    return reviewing.say_why(about["review"]) if move.name == APPROVAL else ""


LINE = Line(
    queue=deciding.checks,
    moves=(
        Move(APPROVAL, "approval", "核查通过", "a", words={"opinion": "通过的意见"}),
        Move("rejection", "rejection", "退回重新办理", "b", danger=True, words={"reason": "退回的原因"}),
    ),
    about=_about,
    template="staff/checks.html",
    first="staff.checks",
    one="staff.check",
    decide="staff.decide_check",
    over="不再待核查。",
    insists=_insists,
)
