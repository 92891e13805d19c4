"""成批办理: one step's form once for many tickets; who goes and who does not, and why; then a report.

Nothing here knows a step but by its noun: forms and services are those of `hotline.web.resources`. Each ticket has a
transaction of its own, is checked against the version that was looked at, and is taken once by one form however often
that is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import Actor
from hotline.domain.deadlines import due_at
from hotline.domain.errors import HotlineError, Invalid
from hotline.domain.texts import clean
from hotline.domain.workflow import BY_NAME, STATE_LABELS
from hotline.models import DeadlineKind, Ground, Ticket
from hotline.services import desk, in_bulk, promising, sending_once
from hotline.services.covering import passing, read_ahead
from hotline.services.desk import DueWithin, View
from hotline.services.in_bulk import Chosen
from hotline.services.work import Work
from hotline.web import resources
from hotline.web.door import actor, work
from hotline.web.resources import Resource
from hotline.web.staff import forms
from hotline.web.staff.asked import begun, search_of, url
from hotline.web.staff.options import Option, Options

Answer = str | AnyResponse | tuple[str, int]

MOST: Final = in_bulk.MOST
LOOK: Final = "look"  # the button that tries everything and changes nothing
#: What many tickets can be given at once: what is the same for all of them. An answer to a citizen, an acceptance, a
#: result are each ticket's own.
NOUNS: Final = (
    "signature",
    "assignment",
    "extension/decision",
    "pause/decision",
    "return/decision",
    "supervision",
    "explanation/decision",
    "supervision/lifting",
    "approval",
    "rejection",
    "closure",
    "handler",
    "transfer",
    "extension",
    "recall",
    "resumption",
    "note",
)
ALL_FOUND, ON_PAGE = "all", "page"
BUSY: Final = "系统正忙，这一件没有办理，请再试一次。"
DONE_BEFORE: Final = "此前已由这张表单办理，没有重复办理。"
NO_KEY: Final = "表单已损坏，还没有办理。已填写的内容仍在，请核对后再次提交。"
SUPERVISION: Final = "supervision"
HIGHEST: Final = "督办已是最高等级，没有更高的等级可选。"
NONE_CHOSEN: Final = "请先勾选工单，并选择要办理的事项。"

_OF_DESK: Final = re.compile(r"/desk/[^\\\x00-\x20\x7f]*")  # an address of this house, as one stands in a page

#: Which tickets have the same choices in these lists; one of each kind is asked.
_ALIKE: Final[Mapping[str, Callable[[Ticket], object]]] = {
    "assignable": lambda ticket: ticket.centre_path,
    "people": lambda ticket: ticket.unit_path,
    "below": lambda ticket: ticket.unit_path,
    "rungs": lambda ticket: (ticket.policy_version_id, ticket.level),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one ticket: done, or why not. `mendable`: other words in the form would do. `due_at`: until when
    its unit would have to handle it."""

    done: bool
    note: str = ""
    mendable: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: which tickets in which versions, what was typed, under which key."""

    resource: Resource
    form: MultiDict[str, str]
    key: UUID = field(default_factory=uuid4)  # made when the form was first shown
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def versions(self) -> dict[str, int | None]:
        """Of the tickets that are to go, in their order: the version that was looked at."""
        found: dict[str, int | None] = {}
        for sent in self.form.getlist("ticket")[:MOST]:
            number, _, version = clean(sent).partition("~")
            usable = version.isascii() and version.isdecimal() and len(version) < 10
            found[number] = int(version) if usable else None
        return found


def offered(actor: Actor) -> list[dict[str, str]]:
    """The steps that this person's roles take, for the list's menu."""
    found = (resources.BY_NOUN[noun] for noun in NOUNS)
    return [
        {"value": each.noun, "label": each.label}
        for each in found
        if any(actor.is_any(BY_NAME[step].roles) for step in each.steps)
    ]


def back(noun: str = "") -> AnyResponse:
    """GET of these addresses, as after a new log-in: the list, where tickets are chosen."""
    return redirect(url_for("staff.tickets"))


def choose() -> Answer:
    """POST /desk/bulk: the chosen tickets with the step's form."""
    if noun := request.form.get("noun", ""):
        resource = _resource(noun)
        with work() as unit:
            if numbers := _numbers(unit):
                return _page(unit, Sent(resource, _begun(unit, resource)), numbers)
    flash(NONE_CHOSEN, "error")
    return redirect(_back_url(), 303)


def act(noun: str) -> Answer:
    """POST /desk/bulk/<noun>: try it, or do it, for each ticket by itself."""
    key = _key()
    sent = Sent(_resource(noun), request.form, key or uuid4())
    if not sent.versions:
        flash(NONE_CHOSEN, "error")
        return redirect(_back_url(), 303)
    numbers = list(dict.fromkeys([*map(clean, request.form.getlist("number")[:MOST]), *sent.versions]))
    try:
        data = forms.parse(sent.resource.schema, request.form)
        if key is None:
            raise Invalid({"form": NO_KEY})
    except Invalid as error:
        with work() as unit:
            return _page(unit, replace(sent, errors=error.fields), numbers), 422
    if LOOK in request.form:
        tried = {number: _try(sent.resource, number, data, version) for number, version in sent.versions.items()}
        with work() as unit:
            return _page(unit, sent, numbers, tried)
    done = {number: _do(sent, number, data, version) for number, version in sent.versions.items()}
    with work() as unit:
        return _report(unit, sent, done)


def _key() -> UUID | None:
    """Of the form that was sent; without it the same form could be taken twice."""
    try:
        return UUID(request.form.get("key", ""))
    except ValueError:
        return None


def _resource(noun: str) -> Resource:
    """One that is offered to this person; another does not exist here."""
    if noun not in {step["value"] for step in offered(actor())}:
        abort(404)
    return resources.BY_NOUN[noun]


def _numbers(work: Work) -> list[str]:
    """Those that were ticked, those of the page, or all that the list holds, up to the most."""
    scope = request.form.get("scope", "")
    if scope == ALL_FOUND:
        return list(desk.numbers(work, begun(search_of(work.actor, request.form.get("query", ""))), MOST))
    return [clean(number) for number in request.form.getlist("shown" if scope == ON_PAGE else "number")[:MOST]]


def _back_url() -> str:
    """Where the tickets were chosen: a list of the desk that says so itself, else the list of tickets that was asked
    for. No address of anybody else."""
    said = request.form.get("back", "")
    return said if _OF_DESK.fullmatch(said) else url(search_of(actor(), request.form.get("query", "")))


def _begun(work: Work, resource: Resource) -> MultiDict[str, str]:
    """The form as it begins: orders that come from a list of what is late are because of that."""
    query = request.form.get("query", "")
    search = search_of(work.actor, query)
    late = search.view is View.OVER or search.due is DueWithin.OVER
    if resource.noun != SUPERVISION or not query or not late:
        return request.form
    return MultiDict([*request.form.items(multi=True), ("ground", Ground.OVERDUE.value)])


class _Tried(Exception):
    """It would have gone; nothing of it stays."""

    def __init__(self, due_at: datetime | None) -> None:
        super().__init__()
        self.due_at = due_at


def _try(resource: Resource, number: str, data: Mapping[str, Any], version: int | None) -> Outcome:
    """Take the step and take it back: what would refuse it then refuses it now."""
    try:
        with work() as unit:
            ticket = resources.run(unit, number, resource, {**data, "version": version})
            unit.session.flush()
            owed = promising.open_deadlines(unit, ticket, DeadlineKind.HANDLE)
            raise _Tried(owed[-1].due_at if owed and resource.noun == "assignment" else None)
    except _Tried as tried:
        return Outcome(True, due_at=tried.due_at)
    except HotlineError as refusal:
        return Outcome(False, refusal.message, mendable=isinstance(refusal, Invalid))
    except OperationalError:
        return Outcome(False, BUSY)


def _do(sent: Sent, number: str, data: Mapping[str, Any], version: int | None) -> Outcome:
    try:
        with work() as unit:
            key = in_bulk.key_of(sent.key, unit.actor.staff_id or 0, number)
            if sending_once.has_arrived(unit, key, number, sending_once.digest(data)):
                return Outcome(True, DONE_BEFORE)
            resources.run(unit, number, sent.resource, {**data, "version": version})
    except HotlineError as refusal:
        return Outcome(False, refusal.message)
    except OperationalError:  # two hands that waited for each other: the others of the selection go on
        return Outcome(False, BUSY)
    return Outcome(True)


def _page(work: Work, sent: Sent, numbers: Sequence[str], tried: Mapping[str, Outcome] | None = None) -> str:
    resource = sent.resource
    chosen = [_judged(work, each, resource) for each in in_bulk.look(work, numbers, resource.steps)]
    going = [each.ticket for each in chosen if not each.why_not] or [each.ticket for each in chosen]
    read_ahead(work, (each.ticket for each in chosen))
    rows = sorted((_row(work, each, resource, sent, tried) for each in chosen), key=lambda row: not row["goes"])
    fields = [
        spec
        for spec in forms.specs(resource.schema, _offer(work, going))
        if spec["type"] != "checkboxes" or spec["options"]
    ]
    return render_template(
        "staff/bulk.html",
        label=resource.label,
        fields=fields,
        typed=forms.typed(resource.schema, sent.form),
        errors=dict(sent.errors),
        rows=rows,
        going=sum(not row["why_not"] for row in rows),
        staying=sum(bool(row["why_not"]) for row in rows),
        tried=tried is not None,
        cut=len(numbers) >= MOST,
        most=MOST,
        limits=any(row["limit"] for row in rows),
        url=url_for("staff.bulk_act", noun=resource.noun),
        key=sent.key,
        query=request.form.get("query", ""),
        back_url=_back_url(),
        back=request.form.get("back", ""),
    )


def _judged(work: Work, each: Chosen, resource: Resource) -> Chosen:
    """A ticket that has no higher level left cannot be given one."""
    if each.why_not or resource.noun != SUPERVISION or Options(work, each.ticket)("rungs"):
        return each
    return replace(each, why_not=HIGHEST)


def _row(
    work: Work, each: Chosen, resource: Resource, sent: Sent, tried: Mapping[str, Outcome] | None
) -> dict[str, Any]:
    ticket = each.ticket
    outcome = (tried or {}).get(ticket.number)
    why_not = each.why_not or (outcome.note if outcome is not None and not outcome.done else "")
    limit, until = _limit(work, ticket, outcome) if resource.noun == "assignment" and not why_not else ("", None)
    left_out = bool(sent.versions) and ticket.number not in sent.versions
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": passing(work, ticket)(ticket.matter),
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "unit": each.unit,
        "value": f"{ticket.number}~{ticket.version}",
        "goes": not why_not or (not each.why_not and outcome is not None and outcome.mendable),
        "checked": not left_out,
        "why_not": why_not,
        "limit": limit,
        "due_at": until,
    }


def _limit(work: Work, ticket: Ticket, outcome: Outcome | None) -> tuple[str, datetime]:
    """How long the unit would have, by the policy; after a try until when, with what was typed."""
    limit = promising.limit_for(work, ticket, DeadlineKind.HANDLE)
    until = outcome.due_at if outcome is not None else None
    return limit.label, until or due_at(work.rules.calendar, work.now, limit)


def _offer(work: Work, tickets: Sequence[Ticket]) -> Callable[[str], list[Option]]:
    """What can be chosen for at least one of the tickets; whom it does not fit is told in the report."""

    def offer(name: str) -> list[Option]:
        alike = _ALIKE.get(name, lambda ticket: None)
        found: dict[Any, Option] = {}
        for ticket in {alike(ticket): ticket for ticket in reversed(tickets)}.values():
            for option in Options(work, ticket)(name):
                found.setdefault(option["value"], option)
        return list(found.values())

    return offer


def _report(work: Work, sent: Sent, outcomes: Mapping[str, Outcome]) -> str:
    """What went, and what did not and why, as each ticket stands now."""
    chosen = {each.ticket.number: each for each in in_bulk.look(work, list(outcomes), sent.resource.steps)}
    read_ahead(work, (each.ticket for each in chosen.values()))
    rows = [_told(work, number, outcome, chosen.get(number)) for number, outcome in outcomes.items()]
    left = [row for row in rows if not row["done"]]
    return render_template(
        "staff/bulk_done.html",
        label=sent.resource.label,
        done=[row for row in rows if row["done"]],
        left=left,
        again=_again(sent, [row["number"] for row in left]),
        url=url_for("staff.bulk"),
        sent_to=url_for("staff.bulk_act", noun=sent.resource.noun),
        query=request.form.get("query", ""),
        back_url=_back_url(),
        back=request.form.get("back", ""),
    )


def _told(work: Work, number: str, outcome: Outcome, each: Chosen | None) -> dict[str, Any]:
    """A ticket that has left the reader's sight by the step is told by its number."""
    seen = each is not None
    return {
        "number": number,
        "url": url_for("staff.ticket", number=number) if seen else None,
        "matter": passing(work, each.ticket)(each.ticket.matter) if each else "",
        "state": each.ticket.state.value if each else "",
        "state_label": STATE_LABELS[each.ticket.state] if each else "",
        "done": outcome.done,
        "note": outcome.note,
    }


def _again(sent: Sent, numbers: Sequence[str]) -> list[tuple[str, str]]:
    """The form for those that did not go, with all that was typed and a key of its own."""
    typed = forms.typed(sent.resource.schema, sent.form)
    typed.pop("version", None)
    carried = [("noun", sent.resource.noun), *(("number", number) for number in numbers)]
    for name, value in typed.items():
        if isinstance(value, list):
            carried += [(name, each) for each in value]
        elif value is not False and value != "":
            carried.append((name, "yes" if value is True else str(value)))
    return carried
