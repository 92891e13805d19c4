"""谁在看: an open ticket page says so every few seconds and is told who else has it open and what has changed.

The page works without it. What is told is plain words; the script only puts them on the page (static/presence.js).
"""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from werkzeug.wrappers import Response

from hotline.models import Ticket
from hotline.services import attending, viewing
from hotline.services.attending import Company, Other
from hotline.services.work import Work
from hotline.web import resources
from hotline.web.door import now, work
from hotline.web.filters import stamp
from hotline.web.staff import leading

EVERY = 15  # seconds between two signs of life


def context(ticket: Ticket, newest: int) -> dict[str, Any]:
    """What the page sends: where to, how often, the newest event that it shows, and where there is newer."""
    return {
        "url": url_for("staff.presence", number=ticket.number),
        "load_url": leading.to(ticket.number),
        "every": EVERY,
        "since": newest,
    }


def tell(number: str) -> Response:
    """POST /desk/tickets/<number>/presence: `step` is the noun of the form that is being filled in, `since` the newest
    event on the page; `left` says that it is closed."""
    with work() as unit:
        if "left" in request.form:
            attending.leave(unit, number)
            return Response(status=204)
        company = attending.attend(unit, number, _noun(), _since())
        told = {"others": _others(company), "changes": _changes(unit, company)}
    answer = jsonify(told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _noun() -> str:
    """Of a form that there is; else only that the page is open."""
    noun = request.form.get("step", "")
    return noun if noun in resources.BY_NOUN else ""


def _since() -> int:
    typed = request.form.get("since", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0


def _others(company: Company) -> list[str]:
    return [_other(each) for each in company.others]


def _other(other: Other) -> str:
    if not other.name:
        return "热线中心有人在查看"
    return f"{other.name}正在填写“{resources.BY_NOUN[other.step].label}”" if other.step else f"{other.name}正在查看"


def _changes(work: Work, company: Company) -> list[str]:
    return [
        f"{viewing.event_label(change.step)}，由{change.actor}（{stamp(change.at, now(), zone=work.rules.zone)}）"
        for change in company.changes
    ]
