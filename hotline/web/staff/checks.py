"""核查: the result beside the complaint, the pictures from before beside those from after; approved or sent back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from hotline.models import Phase, Ticket
from hotline.services import covering, deciding, reviewing, self_checking, viewing
from hotline.services.work import Work
from hotline.web.staff import queue
from hotline.web.staff.queue import Answer, Line, Move

Row = Mapping[str, Any]

APPROVAL = "approval"


def show() -> Answer:
    """GET /desk/checks."""
    return queue.show(LINE)


def show_one(number: str) -> Answer:
    """GET /desk/checks/<number>."""
    return queue.show(LINE, number)


def decide(number: str, name: str) -> Answer:
    """POST /desk/checks/<number>/<approval or rejection>."""
    return queue.decide(LINE, number, name)


def _about(work: Work, ticket: Ticket) -> dict[str, Any]:
    attachments = viewing.attachments_of(work, ticket)
    cover = covering.cover_for(work, ticket)
    ours = [row for row in attachments if row["complaint"] is None and row["round"] == ticket.round]
    reviews = reviewing.of_ticket(work, ticket, reviewing.CHECKS)
    told = [*reviews, *(each for each in self_checking.remarks(work, ticket) if each["code"] not in _codes(reviews))]
    return {
        "complaints": [_complaint(row, attachments) for row in viewing.complaints_of(work, ticket)],
        "place": cover(ticket.place),
        "outcome": cover(ticket.outcome),
        "submitted_at": ticket.submitted_at,
        "round": ticket.round,
        "before": photos([row for row in ours if row["phase"] is Phase.BEFORE]),
        "after": photos([row for row in ours if row["phase"] is not Phase.BEFORE]),
        "review": [
            each | {"url": url_for("staff.ticket", number=each["copied_from"]) if each["copied_from"] else None}
            for each in told
        ],
    }


def _insists(about: Row, move: Move) -> str:
    """Who approves against a serious remark says why."""
    serious = move.name == APPROVAL and any(each["serious"] for each in about["review"])
    return "核查提示中有需要重点核实的，请写明核实情况和通过的理由。" if serious else ""


def _codes(reviews: Sequence[Row]) -> set[str]:
    return {each["code"] for each in reviews}


def _complaint(row: Row, attachments: Sequence[Row]) -> dict[str, Any]:
    return {
        "number": row["number"],
        "received_at": row["received_at"],
        "text": row["text"],
        "place": row["place"],
        "additions": row["additions"],
        "photos": photos([each for each in attachments if each["complaint"] == row["number"]]),
    }


def photos(attachments: Sequence[Row]) -> list[dict[str, str]]:
    """Those whose bytes are here, as pages show them."""
    return [
        {"url": url_for("attachments.show", token=each["token"]), "alt": each["name"]}
        for each in attachments
        if each["size"]
    ]


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
