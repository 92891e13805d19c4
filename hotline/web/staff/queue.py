"""One after the other: what waits for a decision, shown one at a time; after each decision the next comes by itself.

The queue is the same for several kinds of decision; a `Line` says which. Whoever decides on what another has decided
meanwhile is told, and keeps his words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, Refused, Stale
from hotline.domain.workflow import STATE_LABELS
from hotline.models import Ticket
from hotline.services import deciding
from hotline.services.deciding import Queue, Waiting
from hotline.services.hand import find
from hotline.services.work import Work
from hotline.web import resources
from hotline.web.door import work
from hotline.web.problems import status_of
from hotline.web.resources import BY_NOUN
from hotline.web.staff import forms, watch
from hotline.web.staff.options import Options

Answer = str | AnyResponse | tuple[str, int]

OPINION = "opinion"
THEN = "then"  # the hidden field with the number of the one that comes next


@dataclass(frozen=True)
class Move:
    """One decision: a step of the chain with what is settled by pressing this button and not that.

    Alt with `key` presses it. `words`: what its fields are called in this decision, `needed` those that it cannot do
    without.
    """

    name: str
    noun: str
    label: str
    key: str
    settled: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """A kind of queue: how it is read, what may be decided, what is shown of one ticket, and where it lives."""

    queue: Queue
    moves: tuple[Move, ...]
    about: Callable[[Work, Ticket], dict[str, Any]]
    template: str
    first: str  # endpoints: the first of the queue, a certain one, the decision
    one: str
    decide: str
    over: str  # said of a ticket that waits no longer
    more: Callable[[], dict[str, Any]] = dict  # what the page shows beside the one
    #: Why the step will not be taken without an opinion, by what the page shows (`about`); nothing where it will.
    insists: Callable[[Mapping[str, Any], Move], str] = lambda about, move: ""

    def show(self, number: str | None = None) -> Answer:
        """GET: the first of the queue, or a certain one; who comes too late for that is told and led to the first."""
        with work() as unit:
            here = None if number is None else self.queue.one(unit, number)
            if number is not None and here is None:
                flash(_gone(self, find(unit, number)), "info")
                return redirect(url_for(self.first), 303)
            return _page(unit, self, here)

    def take(self, number: str, name: str) -> Answer:
        """POST: take the decision and go on to the next; or show what is in the way, with everything kept."""
        move = next((each for each in self.moves if each.name == name), None) or abort(404)
        resource = BY_NOUN[move.noun]
        form = MultiDict({**request.form, **move.settled})
        try:
            data = forms.parse(resource.schema, form)
            with work() as unit:
                ticket = resources.run(unit, number, resource, data)
                done = f"“{move.label}”已完成，工单{number}现为“{STATE_LABELS[ticket.state]}”。"
            with work() as unit:
                target = _next(self, unit)
        except Invalid as error:
            return _again(self, number, _Sent(move, form, _placed(move, error)), 422)
        except Stale as error:
            return _again(self, number, _Sent(move, form, {"form": error.message}), 409, changes=error.changes)
        except (Refused, NotAllowed) as error:
            return _again(self, number, _Sent(move, form, {"form": error.message}), status_of(error))
        flash(done, "success")
        return redirect(target, 303)


@dataclass(frozen=True)
class _Sent:
    """A form that came back."""

    move: Move
    form: MultiDict[str, str]
    errors: Mapping[str, str]


def _next(line: Line, work: Work) -> str:
    then = request.form.get(THEN, "")
    if then and line.queue.one(work, then) is not None:
        return url_for(line.one, number=then, _anchor="main")
    return url_for(line.first, _anchor="main")


def _gone(line: Line, ticket: Ticket) -> str:
    return f"工单{ticket.number}现为“{STATE_LABELS[ticket.state]}”，{line.over}"


def _placed(move: Move, error: HotlineError) -> dict[str, str]:
    """Faults at their fields; what is no field of the form concerns the whole."""
    faults = error.fields if isinstance(error, Invalid) else {"form": error.message}
    shown = set(BY_NOUN[move.noun].schema().fields) - set(move.settled)
    rest = "；".join(text for name, text in faults.items() if name not in shown)
    return {name: text for name, text in faults.items() if name in shown} | ({"form": rest} if rest else {})


def _again(
    line: Line, number: str, sent: _Sent, status: int, changes: Sequence[Mapping[str, Any]] = ()
) -> tuple[str, int]:
    with work() as unit:
        told: dict[str, Any] = {"message": sent.errors.get("form"), "changes": [_change(each) for each in changes]}
        here = line.queue.one(unit, number)
        if here is not None:
            return _page(unit, line, here, sent, **told), status
        ticket = find(unit, number)
        told["message"] = f"{sent.errors.get('form', '')}{_gone(line, ticket)}"
        typed = MultiDict({name: value for name, value in sent.form.items() if name not in sent.move.settled})
        kept = forms.kept(BY_NOUN[sent.move.noun].schema, typed, Options(unit, ticket))
        return _page(unit, line, None, typed=kept, **told), status


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    label = next((label for state, label in STATE_LABELS.items() if state.value == change["to_state"]), "")
    return {"actor": change["actor"], "text": f"现为“{label}”"}


def _page(work: Work, line: Line, asked: Waiting | None, sent: _Sent | None = None, **more: Any) -> str:
    """`asked`: the one that was asked for, which may wait behind all that are named beside it; else the first."""
    waiting = line.queue.read(work)
    here = asked or next(iter(waiting), None)
    shown: dict[str, Any] = {"one": None, "steps": [], "skip_url": None}
    if here is not None:
        ticket, then = find(work, here.number), _after(waiting, here)
        about = line.about(work, ticket)
        wanted = {move.name: line.insists(about, move) for move in line.moves}
        shown = {
            "one": {**_head(here), **about},
            "steps": [_step(line, work, ticket, move, then, sent, wanted[move.name]) for move in line.moves],
            "skip_url": url_for(line.one, number=then) if then != here.number else None,
        }
    return render_template(
        line.template,
        tabs=watch.tabs(),
        left=_left(line, work, len(waiting)),
        waiting=[_waiting(line, each, here is not None and each.number == here.number) for each in waiting],
        **shown,
        **line.more(),
        **more,
    )


def _left(line: Line, work: Work, named: int) -> str:
    """How many wait in all; counted only where more wait than are named."""
    if named < deciding.MOST:
        return str(named)
    count = work.session.scalar(sa.select(line.queue.counting(work))) or 0
    return str(count) if count < deciding.COUNTED else f"{deciding.COUNTED - 1} 以上"


def _after(waiting: Sequence[Waiting], here: Waiting) -> str:
    """The one that follows; after the last, and after one that is not named, the first."""
    numbers = [each.number for each in waiting]
    place = numbers.index(here.number) + 1 if here.number in numbers else 0
    return numbers[place % len(numbers)] if numbers else here.number


def _head(waiting: Waiting) -> dict[str, Any]:
    return {
        "number": waiting.number,
        "url": url_for("staff.ticket", number=waiting.number),
        "matter": waiting.matter,
        "unit": waiting.unit,
        "since": waiting.since,
        "due": {"due_at": waiting.due_at, "warn_at": waiting.warn_at} if waiting.due_at else None,
    }


def _waiting(line: Line, waiting: Waiting, current: bool) -> dict[str, Any]:
    return {**_head(waiting), "url": url_for(line.one, number=waiting.number), "current": current}


def _step(
    line: Line, work: Work, ticket: Ticket, move: Move, then: str, sent: _Sent | None, wanted: str
) -> dict[str, Any]:
    resource = BY_NOUN[move.noun]
    back = sent if sent is not None and sent.move is move else None
    specs = forms.specs(resource.schema, Options(work, ticket))
    return {
        "name": move.name,
        "noun": move.noun,
        "label": move.label,
        "url": url_for(line.decide, number=ticket.number, name=move.name),
        "hidden": {"version": ticket.version, THEN: then},
        "fields": [_spec(spec, move, wanted) for spec in specs if spec["name"] not in move.settled],
        "typed": forms.typed(resource.schema, back.form) if back else {},
        "errors": {name: text for name, text in back.errors.items() if name != "form"} if back else {},
        "primary": move is line.moves[0],
        "danger": move.danger,
        "open": True,
        "key": move.key,
    }


def _spec(spec: dict[str, Any], move: Move, wanted: str) -> dict[str, Any]:
    """The field under the name that it has in this decision."""
    name = spec["name"]
    called = {"label": move.words.get(name, spec["label"]), "required": spec["required"] or name in move.needed}
    return forms.insisted(spec | called, wanted if name == OPINION else "")
