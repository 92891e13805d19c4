"""工单页: everything about one matter, and the steps as forms. What was typed comes back whatever happens to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, Refused, Stale
from hotline.domain.workflow import STATE_LABELS, State
from hotline.models import Ticket
from hotline.services import chronicling, disclosing, viewing
from hotline.services.attaching import MOST, Kept
from hotline.services.hand import find
from hotline.services.scoping import visible
from hotline.services.work import Work
from hotline.web import resources, uploads
from hotline.web.door import work
from hotline.web.problems import status_of
from hotline.web.resources import PHOTO_FIELDS, PHOTOS_FIELD, Resource
from hotline.web.staff import course, forms, leading, reckoning, sheet, stale, steps, timeline
from hotline.web.staff.phrases import INSERT
from hotline.web.staff.steps import Sent
from hotline.web.staff.suggestions import TAKE

Answer = str | AnyResponse | tuple[str, int]

LOOK = "look"  # the second button of a form: show it again, filled, before anything is done


def show(number: str) -> Answer:
    """GET /desk/tickets/<number>. `line` and `before` narrow the line of time and turn its pages."""
    with work() as unit:
        ticket = find(unit, number)
        return render_template("staff/ticket.html", **_shown(unit, ticket), done_url=request.args.get("done"))


def step_page(number: str, noun: str) -> Answer:
    """GET of a step's address, as after a new log-in: the ticket page, at that step."""
    resource = _resource(noun)
    with work() as unit:
        find(unit, number)
    return redirect(url_for("staff.ticket", number=number, _anchor=f"step-{steps.name_of(resource)}"))


def act(number: str, noun: str) -> Answer:
    """POST /desk/tickets/<number>/<noun>: take the step, or show what is in the way with everything kept."""
    resource = _resource(noun)
    photos, fault = _photos(resource)
    looks = LOOK in request.form
    sent = Sent(resource, request.form, photos=photos, looks=looks)
    if looks or TAKE in request.form or INSERT in request.form:
        return _again(number, sent, 200)
    try:
        data = _parsed(sent, fault)
        with work() as unit:
            ticket = resources.run(unit, number, resource, data, photos)
            target = _afterwards(unit, number, resource)
    except Invalid as error:
        return _again(number, _faulty(sent, error), 422)
    except Stale as error:
        return _stale(number, sent, error)
    except (Refused, NotAllowed) as error:
        return _again(number, _refused(sent, error), status_of(error), message=error.message)
    flash(_done(resource, ticket, number), "success")
    return redirect(target, 303)


def _stale(number: str, sent: Sent, error: Stale) -> tuple[str, int]:
    """What others did meanwhile, and field by field what that means for what is being sent."""
    with work() as unit:
        differences = stale.differences(unit, find(unit, number), sent)
    changes = _changes(error)
    more = {"message": error.message, "changes": changes, "differences": differences}
    return _again(number, _refused(sent, error), 409, **more)


def _photos(resource: Resource) -> tuple[list[Kept], str]:
    if not resource.takes_photos:
        return [], ""
    return uploads.received_in(PHOTO_FIELDS, request.form.getlist("kept_photo")[:MOST])


def _parsed(sent: Sent, fault: str) -> dict[str, Any]:
    """The checked fields; what is wrong with a picture is told together with what is wrong with them."""
    faults = {PHOTOS_FIELD: fault} if fault else {}
    try:
        data = forms.parse(sent.resource.schema, sent.form)
    except Invalid as error:
        raise Invalid(error.fields | faults) from error
    if faults:
        raise Invalid(faults)
    return data


def why(number: str, deadline_id: int) -> str:
    """GET /desk/tickets/<number>/deadlines/<id>: 时限是怎么算的."""
    with work() as unit:
        ticket = find(unit, number)
        return render_template("staff/why.html", **reckoning.context(unit, ticket, deadline_id))


def reveal(number: str, complaint: str) -> Answer:
    """POST …/complaints/<complaint>/contact: name and telephone, shown once, for a reason that is written down."""
    reason = request.form.get("reason", "")
    shown: dict[str, Any] = {
        "complaint": complaint,
        "reveal_url": request.path,
        "reason": reason,
        "back_url": url_for("staff.ticket", number=number, _anchor=f"complaint-{complaint}"),
    }
    try:
        with work() as unit:
            contact = disclosing.disclose(unit, number, complaint, reason)
    except Invalid as error:
        return render_template("staff/contact.html", **shown, contact=None, fault=error.message), 422
    answer = make_response(render_template("staff/contact.html", **shown, contact=contact, fault=None))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _resource(noun: str) -> Resource:
    return resources.BY_NOUN.get(noun) or abort(404)


def _again(number: str, sent: Sent, status: int, **more: Any) -> tuple[str, int]:
    """The page as it is now, with the form as it was sent; its words apart where the form is no longer offered."""
    with work() as unit:
        ticket = find(unit, number)
        shown = _shown(unit, ticket, sent)
        nouns = {step["noun"] for step in shown["steps"]}
        is_note = sent.resource.noun == steps.NOTE and shown["note"]
        if sent.resource.noun not in nouns and not is_note:
            more["typed"] = stale.kept(unit, ticket, sent)
        return render_template("staff/ticket.html", **shown, **more), status


def _shown(work: Work, ticket: Ticket, sent: Sent | None = None) -> dict[str, Any]:
    """The matter, its course, the line of time, and the way back to the list that it was opened from."""
    sight = viewing.sight(work, ticket)
    page = timeline.page(work, ticket, sight, request.args)
    return {
        **sheet.context(work, ticket, sight, sent),
        "course": course.rounds(ticket, chronicling.course(work, ticket, page)),
        "line": timeline.context(work, ticket, page, request.args),
        **leading.context(work, ticket.number),
    }


def _faulty(sent: Sent, error: Invalid) -> Sent:
    """Faults at their fields; one of something that is not on the form concerns the whole."""
    known = {*forms.fields_of(sent.resource.schema), *(PHOTO_FIELDS if sent.resource.takes_photos else ())}
    placed = {name: text for name, text in error.fields.items() if name in known}
    rest = "；".join(text for name, text in error.fields.items() if name not in known)
    return replace(sent, errors={**placed, **({"form": rest} if rest else {})})


def _refused(sent: Sent, error: HotlineError) -> Sent:
    """Said at the form too: that is where the reader is."""
    return replace(sent, errors={"form": error.message})


def _changes(error: Stale) -> list[dict[str, Any]]:
    return [
        {
            "at": datetime.fromisoformat(change["happened_at"]),
            "actor": change["actor"],
            "text": f"{_label(change)}，现为“{_state(change['to_state'])}”",
        }
        for change in error.changes
    ]


def _label(change: Mapping[str, Any]) -> str:
    return "涉及危险，提升为紧急" if change["raised"] else viewing.event_label(change["step"])


def _state(code: str) -> str:
    return STATE_LABELS[State(code)]


def _afterwards(work: Work, number: str, resource: Resource) -> str:
    """Back to the ticket; to its list, if the step has taken it out of this person's sight."""
    seen = work.session.scalar(sa.select(Ticket.id).where(Ticket.number == number, visible(work.actor)))
    if not seen:
        return f"{leading.context(work, number)['back_url']}#main"
    done = url_for("staff.act", number=number, noun=resource.noun)  # what the device has kept of it may be forgotten
    return leading.to(number, anchor="main", done=done)


def _done(resource: Resource, ticket: Ticket, number: str) -> str:
    if ticket.number != number:
        return f"工单{number}已并入{ticket.number}。"
    return f"“{resource.label}”已完成，工单{number}现为“{STATE_LABELS[ticket.state]}”。"
