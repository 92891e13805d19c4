"""What a number on the 督办台 opens: exactly those promises, to be urged or ordered together; and what a unit holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from hotline.domain.days import is_countable
from hotline.domain.limits import Limit
from hotline.domain.workflow import STATE_LABELS
from hotline.models import DeadlineKind, Ground, Ticket, Unit
from hotline.services import outlook
from hotline.services.covering import passing, read_ahead
from hotline.services.desk import warned_at
from hotline.services.month import reporting
from hotline.services.outlook import Item, Wanted
from hotline.services.tabulating import level_of
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.filters import due_by
from hotline.web.paging import place_of
from hotline.web.staff import rights, watch, words
from hotline.web.staff.queue import Answer
from hotline.web.staff.rows import over

YES = "yes"


def show() -> Answer:
    """GET /desk/supervision/items."""
    with work() as unit:
        wanted, chosen = _wanted(request.args), request.args.get("chosen") == YES
        of = reporting.chosen(reporting.overseen(unit), wanted.unit_id)
        place = place_of(request.args)
        found = outlook.items(unit, wanted, place)
        if found.astray:
            return redirect(url(wanted, chosen=chosen))
        read_ahead(unit, (item.ticket for item in found))
        total = outlook.count(unit, wanted)
        return render_template(
            "staff/expected.html",
            tabs=watch.tabs(),
            title=_title(unit, wanted, named(of, wanted.alone) if of else ""),
            items=[_line(unit, item) for item in found],
            total=total if total < outlook.MOST else None,
            chosen=chosen,
            all_url=None if chosen else url(wanted, chosen=True),
            next_url=url(wanted, chosen=chosen, after=found.after) if found.after else None,
            prev_url=url(wanted, chosen=chosen, before=found.before) if found.before else None,
            bulk_url=bulk_url(unit),
            here=url(wanted, after=place.after, before=place.before),
            ground=Ground.OVERDUE.value if wanted.over else "",
        )


def show_held() -> Answer:
    """GET /desk/supervision/held: the open tickets that lie with a unit."""
    with work() as unit:
        alone = request.args.get("alone") == YES
        units = reporting.overseen(unit)
        of = reporting.chosen(units, id_of(request.args, "unit")) or units[0]
        asked: dict[str, Any] = {"unit": of.id, "alone": YES if alone else None}
        found = outlook.held(unit, of, alone, place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.held", **asked))
        read_ahead(unit, found)
        return render_template(
            "staff/held.html",
            tabs=watch.tabs(),
            title=f"{named(of, alone)}在办的工单",
            tickets=[line_of(unit, ticket) for ticket in found],
            next_url=url_for("staff.held", after=found.after, **asked) if found.after else None,
            prev_url=url_for("staff.held", before=found.before, **asked) if found.before else None,
        )


def url(wanted: Wanted, *, chosen: bool = False, **cursor: Any) -> str:
    """The list of exactly these promises. `chosen`: all of them are ticked, to be sent to the step for several."""
    return url_for(
        "staff.expected",
        over=YES if wanted.over else None,
        since=wanted.after.isoformat() if wanted.after else None,
        until=wanted.until.isoformat() if wanted.until else None,
        kind=wanted.kind.value if wanted.kind else None,
        unit=wanted.unit_id,
        alone=YES if wanted.alone else None,
        chosen=YES if chosen else None,
        **cursor,
    )


def bulk_url(work: Work) -> str | None:
    """Where orders for several go, for who issues them."""
    if not rights.may(work.actor, "staff.bulk"):
        return None
    return url_for("staff.bulk")


def id_of(args: MultiDict[str, str], name: str) -> int | None:
    """An id in the address; what is none is left out."""
    text = args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _wanted(args: MultiDict[str, str]) -> Wanted:
    """What means nothing is left out rather than refused: an old bookmark still opens."""
    kind = args.get("kind", "")
    return Wanted(
        over=args.get("over") == YES,
        after=_moment(args.get("since", "")),
        until=_moment(args.get("until", "")),
        kind=DeadlineKind(kind) if kind in list(DeadlineKind) else None,
        unit_id=id_of(args, "unit"),
        alone=args.get("alone") == YES,
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and is_countable(moment) else None


def named(unit: Unit, alone: bool) -> str:
    """The unit with all below it, or what is its own `alone`, as the 督办台 calls its row."""
    return f"{unit.name}（本级）" if alone else unit.name


def _title(work: Work, wanted: Wanted, of: str) -> str:
    what = f"{words.KINDS[wanted.kind]}时限" if wanted.kind else "时限"
    if wanted.over:
        when = "已超期的"
    elif wanted.until is not None:
        when = f"{due_by(wanted.until, work.now, zone=work.rules.zone)}到期的".replace(" 前到期", "前到期")
    else:
        when = "在期内的"
    return f"{of}{when}{what}"


def _line(work: Work, item: Item) -> dict[str, Any]:
    deadline = item.deadline
    return {
        **line_of(work, item.ticket),
        "unit": item.unit,
        "kind": words.KINDS[deadline.kind],
        "due": {
            "due_at": deadline.due_at,
            "warn_at": warned_at(deadline),
            "over": over(work, deadline.limit_text, deadline.due_at, work.now),
        },
        "limit": Limit.parse(deadline.limit_text).label,
    }


def line_of(work: Work, ticket: Ticket) -> dict[str, Any]:
    """A ticket as a line of such a list."""
    level, level_label = level_of(work, ticket.policy_version_id, ticket.level)
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": passing(work, ticket)(ticket.matter),
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "level": level,
        "level_label": level_label,
        "urgency": ticket.urgency.value,
        "urgency_label": words.URGENCIES[ticket.urgency],
        "received_at": ticket.received_at,
    }
