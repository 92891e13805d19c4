"""热点: what more is heard of this week than usual, on a page and a map; one step for a whole group."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid
from hotline.domain.workflow import STATE_LABELS
from hotline.models import Ticket
from hotline.services import heating, together
from hotline.services.heating import Hot
from hotline.services.together import Done
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.staff import rights

Answer = str | AnyResponse | tuple[str, int]

SEEN = "seen"  # the hidden field with the tickets of the group as they were looked at: number~version, ...
SHOWN = 3  # tickets of each group on the list; all of them on its own page


def show_all() -> str:
    """GET /desk/hot."""
    with work() as unit:
        groups = heating.newest(unit)
        counted_at = max((group.matter.counted_at for group in groups), default=None)
        points = [_point(group) for group in groups if group.matter.latitude is not None]
        shown = [_group(group, SHOWN) for group in groups]
        return render_template("staff/hot.html", counted_at=counted_at, groups=shown, points=points)


def show(hot_id: int) -> str:
    """GET /desk/hot/<id>: all tickets of one group, and what can be done with them together."""
    with work() as unit:
        return _page(unit, hot_id)


def merge(hot_id: int) -> Answer:
    """POST /desk/hot/<id>/merger: what nobody works on yet joins the oldest ticket of the group."""
    try:
        with work() as unit:
            oldest, outcome = together.merge_all(unit, heating.find(unit, hot_id).open)
            number = oldest.number
    except Invalid as error:
        with work() as unit:
            return _page(unit, hot_id, message=error.message), 422
    _tell(outcome, f"已并入工单{number}")
    return redirect(url_for("staff.hot_matter", hot_id=hot_id, _anchor="main"), 303)


def supervise(hot_id: int) -> Answer:
    """POST /desk/hot/<id>/supervision: an order for every open ticket of the group."""
    demand = request.form.get("demand", "")
    try:
        with work() as unit:
            outcome = together.supervise_all(unit, heating.find(unit, hot_id).open, demand, _seen())
    except Invalid as error:
        with work() as unit:
            return _page(unit, hot_id, supervise_errors=error.fields, demand=demand), 422
    _tell(outcome, "已发出督办")
    return redirect(url_for("staff.hot_matter", hot_id=hot_id, _anchor="main"), 303)


def _seen() -> dict[str, int]:
    """The versions that the form was made for, by number; what is none is left out."""
    found = (each.partition("~") for each in request.form.get(SEEN, "").split(","))
    return {
        number: int(version)
        for number, _, version in found
        if version.isascii() and version.isdecimal() and len(version) < 10
    }


def _tell(outcome: Done, done: str) -> None:
    if outcome.done:
        flash(f"{done}：{len(outcome.done)}件（{'、'.join(outcome.done)}）。", "success")
    for number, why in outcome.refused.items():
        flash(f"工单{number}没有办理：{why}", "error")


def _page(work: Work, hot_id: int, **more: Any) -> str:
    group = heating.find(work, hot_id)
    return render_template(
        "staff/hot_matter.html",
        group=_group(group, len(group.tickets)),
        seen={SEEN: ",".join(f"{ticket.number}~{ticket.version}" for ticket in group.open)},
        points=[_point(group)] if group.matter.latitude is not None else [],
        merge_url=url_for("staff.merge_hot", hot_id=hot_id) if rights.may(actor(), "staff.merge_hot") else None,
        supervise_url=url_for("staff.supervise_hot", hot_id=hot_id)
        if rights.may(actor(), "staff.supervise_hot")
        else None,
        back_url=url_for("staff.hot"),
        **more,
    )


def _group(group: Hot, most: int) -> dict[str, Any]:
    matter = group.matter
    return {
        "url": url_for("staff.hot_matter", hot_id=matter.id),
        "place": group.place,
        "category": group.category,
        "words": matter.words,
        "this_week": matter.this_week,
        "usual": f"{matter.usual:g}",
        "open": len(group.open),
        "more": max(0, len(group.tickets) - most),
        "tickets": [_line(ticket, group.covered[ticket.id]) for ticket in group.tickets[:most]],
    }


def _line(ticket: Ticket, matter: str) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": matter,
        "received_at": ticket.received_at,
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "heat": ticket.heat,
    }


def _point(group: Hot) -> dict[str, Any]:
    matter = group.matter
    return {
        "latitude": matter.latitude,
        "longitude": matter.longitude,
        "title": f"{group.place} {group.category}",
        "href": url_for("staff.hot_matter", hot_id=matter.id),
        "note": f"本周{matter.this_week}件，平时每周{matter.usual:g}件",
        "status": "over",
    }
