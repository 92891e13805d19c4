"""登记来电: a call taken down by hand, or what came from an official source.

The number comes first and tells what its caller has complained of; while the words are typed the same matters show up.
It travels in the body of a request, never in an address. The buttons of the one form decide what becomes of the call.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, NotFound, Refused
from hotline.domain.texts import clean
from hotline.domain.workflow import STATE_LABELS, State
from hotline.models import Channel, Complaint, Source, Ticket
from hotline.services import callers, taking_down
from hotline.services.clients import centre_above
from hotline.services.receiving import Intake, Receipt
from hotline.services.scoping import visible
from hotline.services.taking_down import Declining
from hotline.services.vault import Unopened
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.problems import status_of
from hotline.web.staff import call_page, elements, forms, suggestions
from hotline.web.staff.elements import NewCall

Answer = str | AnyResponse | tuple[str, int]

LOOK = "look"  # the page again, with what is known of the number and of the matter: how it goes without scripts
THEN = "then"  # what becomes of it at once
URGE, ADD, INTO = "urge", "add", "into"
TAKEN = "taken"  # in the session: what the page after the call shows, until the next call


def show() -> str:
    """GET /desk/calls/new."""
    session.pop(TAKEN, None)
    values = {"wants_reply": True, "channel": Channel.PHONE.value, "source": Source.CITIZEN.value}
    with work() as unit:
        return call_page.render(unit, values, once=_once(), fresh=True, focus="phone")


def caller() -> str:
    """POST /desk/calls/caller: what the number that is being typed has complained of, as a part of the page."""
    with work() as unit:
        known = call_page.caller(unit, request.form.get("phone", ""))
        return render_template("macros/new_call_caller.html", caller=known)


def beside() -> str:
    """POST /desk/calls/beside: the same matters and the likely categories, as parts of the page."""
    with work() as unit:
        return render_template("macros/new_call_beside.html", **call_page.beside(unit, _typed()))


def receive() -> Answer:
    """POST /desk/calls/new: what the button says."""
    if LOOK in request.form or suggestions.TAKE in request.form:
        return _again()
    for button, act in ((URGE, _urge), (ADD, _add)):
        if button in request.form:
            return _for_caller(act)
    if astray := _of_another_button():
        return _again(astray, 422)
    try:
        if request.form.get(THEN) == "answer":
            return _answered()
        with work() as unit:
            return _taken(unit, _take(unit))
    except Invalid as error:
        return _again(_placed(error), 422)
    except (Refused, NotAllowed) as error:
        return _again({"form": error.message}, status_of(error), once=_once() if error.code == "other_words" else "")


def taken(number: str) -> str:
    """GET /desk/calls/received/<number>: number and key, large, to be told to the caller; and the next call."""
    with work() as unit:
        row = unit.session.execute(
            sa.select(Ticket)
            .join(Complaint, Complaint.ticket_id == Ticket.id)
            .where(Complaint.number == number, visible(unit.actor))
        ).scalar_one_or_none()
        if row is None:
            raise NotFound("没有找到这件诉求，请核对编号。")
        return render_template(
            "staff/call_taken.html",
            number=number,
            key=_kept_key(unit, number),
            ticket={
                "number": row.number,
                "url": url_for("staff.ticket", number=row.number),
                "matter": row.matter,
                "state": row.state.value,
                "state_label": STATE_LABELS[row.state],
                "declined": {"reason": row.decline_reason, "channel": row.decline_channel}
                if row.state is State.DECLINED
                else None,
            },
            done=call_page.draft_key(unit),
            next_url=url_for("staff.new_call"),
        )


def _take(unit: Work) -> Receipt:
    data = elements.checked(NewCall)
    once = data.pop("once")
    centre = centre_above(unit.session, unit.actor.unit_path)
    intake = Intake(centre=centre, idempotency_key=f"desk:{unit.actor.id}:{once}" if once else None, **data)
    if into := clean(request.form.get(INTO, "")).strip():
        return taking_down.join(unit, intake, into)
    then = request.form.get(THEN)
    if then == "accept":
        return taking_down.accept(unit, intake)
    if then == "decline":
        why = Declining(*(clean(request.form.get(f"decline_{name}", "")).strip() for name in ("reason", "channel")))
        return taking_down.decline(unit, intake, why)
    return taking_down.register(unit, intake)


def _taken(unit: Work, receipt: Receipt) -> AnyResponse:
    if receipt.known:
        flash(f"来电人已在这件工单里（诉求{receipt.number}），本次内容已作为补充登记。", "success")
    elif receipt.repeated:
        flash(f"这件诉求刚才已登记，编号{receipt.number}，没有重复登记。", "info")
    if receipt.key:
        session[TAKEN] = {"number": receipt.number, "key": b64encode(unit.vault.seal(receipt.key)).decode()}
    return redirect(url_for("staff.call_taken", number=receipt.number), 303)


def _kept_key(unit: Work, number: str) -> str | None:
    """The citizen's key, of the call just taken. It is sealed: a session's cookie can be read by whoever has it."""
    told = session.get(TAKEN) or {}
    if told.get("number") != number:
        return None
    try:
        return unit.vault.open(b64decode(told["key"]))
    except (Unopened, ValueError):
        return None


def _answered() -> AnyResponse:
    """咨询，当场答复: only the words and the number of the form are asked for."""
    with work() as unit:
        phone = call_page.checked_phone(request.form.get("phone", ""))
        once = f"desk:{unit.actor.id}:{request.form.get('once') or _once()}"
        draft = taking_down.answer(unit, request.form.get("text", ""), request.form.get("answer", ""), phone, once)
        url = url_for("staff.draft", draft_id=draft.id, done=call_page.draft_key(unit), _anchor="main")
    flash("已登记为当场答复，没有另立工单。", "success")
    return redirect(url, 303)


def _for_caller(act: Callable[[Work, str], str]) -> Answer:
    """The form stays as it is: the caller may have more to say."""
    try:
        with work() as unit:
            flash(act(unit, call_page.checked_phone(request.form.get("phone", ""))), "success")
    except Invalid as error:
        return _again(_placed(error), 422)
    except HotlineError as error:
        return _again({"form": error.message}, status_of(error))
    return _again(fresh=ADD in request.form)


def _urge(unit: Work, phone: str) -> str:
    ticket = callers.urge(unit, phone, request.form[URGE])
    return f"已代来电人催办工单{ticket.number}，并告知承办单位。"


def _add(unit: Work, phone: str) -> str:
    ticket = callers.add(unit, phone, request.form[ADD], request.form.get("text", ""))
    return f"已把诉求内容补充到工单{ticket.number}，并告知承办单位。"


def _again(
    errors: Mapping[str, str] | None = None, status: int = 200, *, once: str = "", fresh: bool = False
) -> tuple[str, int]:
    """The page as it was typed. `fresh`: the words have found their place, the number stays for what else he wants."""
    values = _typed()
    if fresh:
        values |= dict.fromkeys(("text", "matter", "place", "against", "category_id"), "")
    with work() as unit:
        shown = once or request.form.get("once") or _once()
        return call_page.render(
            unit, values, errors, once=shown, taken=not errors, cleared=fresh, focus="" if errors else "text"
        ), status


def _typed() -> dict[str, Any]:
    others = ("answer", "decline_reason", "decline_channel")
    return forms.typed(NewCall, request.form) | {name: request.form.get(name, "") for name in others}


def _of_another_button() -> dict[str, str]:
    """What was written for another button than the one that was pressed: it would be lost."""
    then = request.form.get(THEN)
    answered = clean(request.form.get("answer", "")).strip()
    declined = any(clean(request.form.get(f"decline_{name}", "")).strip() for name in ("reason", "channel"))
    told = {}
    if answered and then != "answer":
        told["answer"] = "这里写了答复：请按“登记为当场答复”；不是当场答复的，请先清空这一栏。"
    if declined and then != "decline":
        told["decline_reason"] = "这里写了不予受理：请按“登记，不予受理”；要办理的，请先清空这两栏。"
    return told


def _placed(error: Invalid) -> dict[str, str]:
    """What the services call otherwise than the form does, and what is no field of it."""
    names = {"reason": "decline_reason", "channel": "decline_channel"} if request.form.get(THEN) == "decline" else {}
    return {names.get(name, "form" if name == INTO else name): told for name, told in error.fields.items()}


def _once() -> str:
    """A name for this form, so that sending it twice makes one ticket."""
    return secrets.token_urlsafe(12)
