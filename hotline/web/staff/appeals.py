"""申诉: the raw fact, the unit's reasons, and two reviewers who judge each for himself; and what was decided."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from hotline.models import Ticket
from hotline.services import appealing, covering, deciding, viewing
from hotline.services.appealing import Appealed
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.filters import duration
from hotline.web.paging import place_of
from hotline.web.staff import pictures, watch, words
from hotline.web.staff.queue import Answer, Line, Move
from hotline.web.staff.rows import over


def show_decided() -> Answer:
    """GET /desk/appeals/decided."""
    with work() as unit:
        found = appealing.decided(unit, place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.decided_appeals"))
        return render_template(
            "staff/appeals_decided.html",
            tabs=watch.tabs(),
            parts=_parts(),
            appeals=[_decided(unit, each) for each in found],
            next_url=url_for("staff.decided_appeals", after=found.after) if found.after else None,
            prev_url=url_for("staff.decided_appeals", before=found.before) if found.before else None,
        )


def _about(work: Work, ticket: Ticket) -> dict[str, Any]:
    found = appealing.waiting_on(work, ticket)
    row = found.appeal
    cover = covering.cover_for(work, ticket)
    attachments = viewing.attachments_of(work, ticket)
    return {
        "asked_by": found.asked_by,
        "asked_at": row.asked_at,
        "reason": cover(row.reason),
        "outcome": cover(ticket.outcome),
        "closed_at": ticket.closed_at,
        "first": found.first,
        "reviewed_at": row.reviewed_at,
        "late": [_late(work, each) for each in appealing.late_with(work, row)],
        "photos": pictures.photos(pictures.of_result(attachments, row.round)),
    }


def _late(work: Work, row: Any) -> dict[str, Any]:
    return {
        "label": words.KINDS[row.kind],
        "over": over(work, row.limit_text, row.due_at, row.met_at) or duration(row.met_at - row.due_at),
        "due_at": row.due_at,
        "met_at": row.met_at,
        "extensions": row.extensions,
    }


def _parts() -> list[dict[str, Any]]:
    here = request.endpoint == "staff.decided_appeals"
    return [
        {"label": "待审核", "url": url_for("staff.appeals"), "current": not here, "count": None},
        {"label": "已决定", "url": url_for("staff.decided_appeals"), "current": here, "count": None},
    ]


def _decided(work: Work, found: Appealed) -> dict[str, Any]:
    row, ticket = found.appeal, found.ticket
    shown = str if covering.is_of_centre(work.actor, ticket) else covering.passing(work, ticket)
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": found.matter,
        "unit": found.unit,
        "asked_at": row.asked_at,
        "reason": shown(row.reason),
        "upheld": row.granted,
        "reviewers": [name for name in (found.first, found.last) if name],
        "decided_at": row.decided_at,
        "opinion": shown(row.opinion),
    }


LINE = Line(
    queue=deciding.appeals,
    moves=(
        Move("upheld", "appeal/review", "申诉成立", "a", {"upheld": "true"}, words={"opinion": "申诉成立的理由"}),
        Move(
            "dismissed",
            "appeal/review",
            "申诉不成立",
            "b",
            {"upheld": "false"},
            danger=True,
            words={"opinion": "申诉不成立的理由"},
            needed=frozenset({"opinion"}),
        ),
    ),
    about=_about,
    template="staff/appeals.html",
    first="staff.appeals",
    one="staff.appeal",
    decide="staff.decide_appeal",
    over="没有待您审核的申诉。",
    more=lambda: {"parts": _parts()},
)
