"""查找: from a few letters to a place of the menu, a saved list, or a ticket; a page, and the command palette's hints.

Tickets are found by the same search as in the list, under the same rights: what is not the reader's is not found.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.texts import clean
from hotline.domain.workflow import STATE_LABELS
from hotline.services import asked, desk
from hotline.services.covering import passing, read_ahead
from hotline.services.desk import Search, View
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.staff import context, rights, saved

MOST: Final = 8
SHORTEST: Final = 2  # one letter is in every matter
JSON: Final = "application/json"

Answer = str | AnyResponse


def show() -> Answer:
    """GET /desk/find?q=: hints for the palette, a page for everybody else. A whole number leads to its ticket."""
    text = clean(clean(request.args.get("q", ""))[: asked.LONGEST])
    with work() as unit:
        found, views = _tickets(unit, text), _views(unit, text)
    if request.accept_mimetypes.best_match(["text/html", JSON]) == JSON:
        return _hints(found, views)
    if len(found) == 1 and found[0]["number"] == text:
        return redirect(found[0]["url"])
    places = [*_places(text), *views]
    return render_template("staff/find.html", text=text, tickets=found, places=places, list_url=_list_url(text))


def _tickets(work: Work, text: str) -> list[dict[str, Any]]:
    """The newest first, as the list covers them."""
    if len(text) < SHORTEST or not work.actor.is_any(rights.TICKETS):
        return []
    lines = desk.page(work, Search(view=View.ALL, text=text)).lines[:MOST]
    read_ahead(work, (line.ticket for line in lines))
    return [
        {
            "number": line.ticket.number,
            "url": url_for("staff.ticket", number=line.ticket.number),
            "matter": passing(work, line.ticket)(line.ticket.matter),
            "state": line.ticket.state.value,
            "state_label": STATE_LABELS[line.ticket.state],
            "unit": line.unit or "",
        }
        for line in lines
    ]


def _views(work: Work, text: str) -> list[dict[str, Any]]:
    """The saved lists that the reader may open, of which the name contains the text."""
    if not text or not work.actor.is_any(rights.TICKETS):
        return []
    tabs = [saved.tab(each, None) for each in saved.seen(work)]
    return [{"label": tab["label"], "url": tab["url"]} for tab in tabs if text in tab["label"]][:MOST]


def _hints(found: list[dict[str, Any]], views: list[dict[str, Any]]) -> Response:
    answer = jsonify({"tickets": found, "views": views})
    answer.vary.add("Accept")
    return answer


def _places(text: str) -> list[dict[str, Any]]:
    """The entries of the reader's menu whose names contain the text."""
    groups = context.desk()["nav"]
    return [item for group in groups for item in group["entries"] if text and text in item["label"]]


def _list_url(text: str) -> str | None:
    if not text or not actor().is_any(rights.TICKETS):
        return None
    return f"{url_for('staff.tickets')}?{asked.write(Search(view=View.ALL, text=text))}"
