"""登记来电: a call without a transcript, or what came from an official source, taken down by hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from hotline.domain.errors import Invalid
from hotline.models import Channel, Source
from hotline.services import receiving
from hotline.services.clients import centre_above
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import elements, forms
from hotline.web.staff.drafts import Answer, received
from hotline.web.staff.elements import NewCall


def show() -> str:
    """GET /desk/calls/new."""
    values = {"wants_reply": True, "channel": Channel.PHONE.value, "source": Source.CITIZEN.value}
    with work() as unit:
        return _page(unit, values, {})


def receive() -> Answer:
    """POST /desk/calls/new: the complaint is received and waits to be accepted."""
    try:
        data = elements.checked(NewCall)
        once = data.pop("once")
        with work() as unit:
            centre = centre_above(unit.session, unit.actor.unit_path)
            key = f"desk:{unit.actor.id}:{once}" if once else None
            receipt = receiving.receive(unit, receiving.Intake(centre=centre, idempotency_key=key, **data))
            number = receipt.number
    except Invalid as error:
        with work() as unit:
            return _page(unit, forms.typed(NewCall, request.form), error.fields), 422
    flash(received(receipt), "success")
    done = url_for("staff.receive_call")
    return redirect(url_for("staff.ticket", number=number, done=done, _anchor="main"), 303)


def _page(work: Work, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render_template(
        "staff/new_call.html",
        fields=elements.specs(work, NewCall, {}),
        values=values,
        errors=errors,
        once=request.form.get("once") or _once(),
        receive_url=url_for("staff.receive_call"),
        back_url=url_for("staff.drafts"),
    )


def _once() -> str:
    """A name for this form, so that sending it twice makes one ticket."""
    return secrets.token_urlsafe(12)
