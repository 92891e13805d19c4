"""我要反映: one page, one complaint however often it is sent, and the receipt with number and key."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, redirect, render_template, request, url_for
from flask_limiter import RequestLimit
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from hotline.domain.texts import clean
from hotline.models import Citizen, Complaint, DeadlineKind, Ticket, Urgency
from hotline.services import attaching, citizens, receiving, standing
from hotline.services.attaching import MOST, Kept
from hotline.services.work import Work
from hotline.web import uploads
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.form import Typed
from hotline.web.door import citizen_work, now, office
from hotline.web.limits import limiter

EXPIRED = "页面停留时间过长，请再点一次“提交反映”，您填写的内容都在。"
TOO_OFTEN = "提交过于频繁，请稍后再试，您填写的内容都在。紧急情况请拨打12319。"
LABELS = {
    DeadlineKind.ACCEPT: "受理，告诉您由谁办理",
    DeadlineKind.CLOSE: "办结",
    DeadlineKind.REPLY: "答复您",
}


def _too_often(limit: RequestLimit) -> FlaskResponse:
    typed = Typed.read(request.form)
    notes = [note for note in request.form.getlist("kept_photo")[:MOST] if note]
    page = _page(typed, {"form": TOO_OFTEN}, uploads.received("", notes)[0], clean(request.form.get("form_key", "")))
    return make_response(page, 429)


@blueprint.route("/complaints/new", methods=["GET", "POST"])
@limiter.limit(
    "20/hour", methods=["POST"], on_breach=_too_often, deduct_when=lambda response: response.status_code == 303
)
@limiter.limit("120/hour", methods=["POST"], on_breach=_too_often)
def complain() -> Response | str | tuple[str, int]:
    """The form, and what was typed into it."""
    if request.method == "GET":
        return _page(Typed(), {}, [], "")
    typed, form_key = Typed.read(request.form), clean(request.form.get("form_key", ""))[:64]
    photos, fault = uploads.received("photos", request.form.getlist("kept_photo")[:MOST])
    errors = typed.check() | ({"photos": fault} if fault else {})
    if not _is_ours():
        errors["form"] = EXPIRED
    if errors or not form_key:
        return _page(typed, errors or {"form": EXPIRED}, photos, form_key), 422
    key = typed.idempotency_key(form_key, photos)
    secret = office().vault.derive_key(key)
    with citizen_work() as work:
        receipt = receiving.receive(work, typed.intake(key, secret))
        if not receipt.repeated:
            for photo in photos:
                attaching.attach(work, photo, complaint_id=receipt.complaint_id, by_citizen=True)
    memory.give_receipt(receipt.number, secret, now())
    return redirect(url_for("citizen.received", number=receipt.number), 303)


def _is_ours() -> bool:
    """The form is one that this browser was given."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _page(typed: Typed, errors: dict[str, str], photos: list[Kept], form_key: str) -> str:
    return render_template(
        "citizen/complain.html",
        values=typed.values() if request.method == "POST" else {},
        errors=errors,
        form_key=form_key or secrets.token_urlsafe(24),
        photo_limit=MOST,
        photo_megabytes=uploads.MEGABYTES,
        kept_photos=uploads.notes_of(photos),
    )


@blueprint.get("/complaints/<number>/received")
def received(number: str) -> Response | str:
    """已收到: number, key, what happens by when. Only in the browser that has sent it."""
    key = memory.receipt(number)
    if key is None:
        return redirect(url_for("citizen.status", number=number), 303)
    with citizen_work() as work:
        complaint, ticket = citizens.open_complaint(work, number, key)
        context = _receipt(work, complaint, ticket)
    return render_template(
        "citizen/received.html",
        number=number,
        key=key,
        status_url=url_for("citizen.status", number=number),
        **context,
    )


def _receipt(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    owed = standing.promised(work, complaint, ticket)
    promises = [{"label": label, "due_at": owed[kind].due_at} for kind, label in LABELS.items() if kind in owed]
    citizen = work.session.get(Citizen, complaint.citizen_id) if complaint.citizen_id else None
    texted = citizen is not None and citizen.opted_out_at is None
    return {
        "promises": sorted(promises, key=lambda promise: promise["due_at"]),
        "phone_masked": citizen.phone_masked if citizen is not None and texted else None,
        "wants_reply": complaint.wants_reply,
        "urgent": ticket.urgency is Urgency.URGENT,
    }
