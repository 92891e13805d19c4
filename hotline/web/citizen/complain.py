"""我要反映: one page, one complaint however often it is sent; asked once whether others have said the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from flask import Response as FlaskResponse
from flask import g, jsonify, make_response, redirect, render_template, request, url_for
from flask_limiter import RequestLimit
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from hotline.carriers.console import reaches
from hotline.domain.errors import HotlineError
from hotline.domain.texts import as_dialled, mask_phone
from hotline.services import attaching, joining, receiving, repeating, suggesting
from hotline.services.attaching import MOST, Kept, Taken
from hotline.services.receiving import Intake, Receipt
from hotline.web import uploads
from hotline.web.citizen import asking, guarding, memory
from hotline.web.citizen.asking import Told
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.form import Typed
from hotline.web.citizen.guarding import TRAP, FormKey
from hotline.web.citizen.outlook import outlook
from hotline.web.door import citizen_work, now, office
from hotline.web.languages import gettext as _
from hotline.web.languages import language, translated
from hotline.web.limits import limiter
from hotline.web.naming import category_name

log = structlog.get_logger()

OF_ADDRESS, TRIES, OF_PHONE = "20/hour", "120/hour", "10/day"


def _is_new(response: FlaskResponse) -> bool:
    """Only what made a complaint is counted; retries and corrections are not."""
    return bool(g.get("filed"))


def _phone_print() -> str:
    """The number as it is counted: its fingerprint, so that no number lies in Redis."""
    return office().vault.fingerprint(Typed.read(request.form).phone_number())


def _no_phone() -> bool:
    return request.method != "POST" or not Typed.read(request.form).phone_number()


def _too_often(limit: RequestLimit) -> FlaskResponse:
    return _with_fault(
        _("提交过于频繁，请稍后再试，您填写的内容都在。紧急情况请拨打110、119、120，其他急事请拨打12319。"), 429
    )


def _too_many_of_phone(limit: RequestLimit) -> FlaskResponse:
    return _with_fault(_("这个手机号码今天反映的事已经很多，请明天再提交，您填写的内容都在。急事请拨打12319。"), 429)


@blueprint.route("/complaints/new", methods=["GET", "POST"])
@limiter.limit(OF_ADDRESS, methods=["POST"], on_breach=_too_often, deduct_when=_is_new)
@limiter.limit(TRIES, methods=["POST"], on_breach=_too_often)
@limiter.limit(
    OF_PHONE, key_func=_phone_print, exempt_when=_no_phone, on_breach=_too_many_of_phone, deduct_when=_is_new
)
def complain() -> Response | str | tuple[str, int]:
    """The form, and what was typed into it."""
    if request.method == "GET":
        return _page(Typed(), {}, [], FormKey.new(now()))
    try:
        return _sent()
    except HTTPException:
        raise
    except HotlineError as fault:
        return _with_fault(translated(fault.message), 422)
    except Exception as error:
        log.error("complaint_not_filed", exc_info=error)
        return _with_fault(_("热线暂时出了故障，没有提交成功，您填写的内容都在。请稍后再点一次，或拨打12319。"), 503)


@blueprint.post("/complaints/hints")
@limiter.limit("40/minute;600/hour")
def hints() -> str:
    """While somebody types: danger, category, what others nearby have said. Nothing is kept of the words."""
    typed = Typed.read(request.form)
    form = FormKey.read(request.form.get("form_key", ""), now()) or FormKey.new(now())
    with citizen_work() as work:
        told = asking.tell(work, typed, form, request.form.get("same", ""))
    return render_template("macros/hints.html", told=told)


def _sent() -> Response | str | tuple[str, int]:
    typed = Typed.read(request.form)
    form = FormKey.read(request.form.get("form_key", ""), now())
    photos, fault = _photos()
    if form is None:
        return _page(typed, {"form": guarding.stranger() or _expired()}, photos, FormKey.new(now())), 422
    answer = request.form.get("same", "")
    if answer == "edit":
        return _page(typed, {}, photos, form)
    errors = typed.check() | ({"photos": fault} if fault else {})
    if strange := guarding.stranger():
        errors["form"] = strange
    elif odd := guarding.robot(form, request.form, now()):
        errors["form"], form = odd, form.asked_again()
    if errors:
        return _page(typed, errors, photos, form), 422
    return _file(typed, photos, form, answer)


def _expired() -> str:
    return _("页面停留时间过长，请再点一次“提交反映”，您填写的内容都在。")


def _file(typed: Typed, photos: Sequence[Kept], form: FormKey, answer: str) -> Response | str:
    """Take it in, or ask first. What is dangerous is never asked about: the dispatchers will join it."""
    key = typed.idempotency_key(form.chance, photos)
    secret = office().vault.derive_key(key)
    with citizen_work() as work:
        typed = asking.with_category(work, typed)
        intake = typed.intake(key, secret, notice_version=work.notice_version, language=language())
        number = guarding.number_of(form, answer)
        if number is None and answer != "no":
            offers = asking.offers(work, typed, form)
            # Looked for last: a twin of this sending may have been filed meanwhile, and would be offered as another's.
            if offers and receiving.known(work, intake) is None:
                return _question(typed, photos, form, offers)
    receipt, taken = _taken(intake, number, photos)
    if receipt.known:
        return _known(intake, taken)
    g.filed = not receipt.repeated
    memory.give_receipt(receipt.number, secret, now())
    return _go_to(url_for("citizen.received", number=receipt.number))


def _taken(intake: Intake, number: str | None, photos: Sequence[Kept]) -> tuple[Receipt, Taken]:
    """By itself, or as one more of the same; `joining` files it by itself if that matter is none to join any more."""
    with citizen_work() as work:
        receipt = joining.join(work, intake, number) if number else repeating.receive(work, intake)
        if receipt.known:
            return receipt, repeating.add_photos(work, receipt, photos)
        if receipt.repeated:  # a retry: they came with the first sending
            return receipt, Taken()
        return receipt, attaching.attach_new(work, photos, receipt.complaint_id, most=attaching.MOST)


def _go_to(address: str) -> Response:
    """A page for browsers, its address for static/send.js, which could not see where it was sent."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"next": address})
    return redirect(address, 303)


def _question(typed: Typed, photos: Sequence[Kept], form: FormKey, offers: list[dict[str, Any]]) -> str:
    notes = [("kept_photo", note["token"]) for note in uploads.notes_of(photos)]
    carried = [("form_key", form.note), *typed.values().items(), *notes]
    return render_template("citizen/same.html", offers=offers, carried=carried, photo_count=len(photos))


def _known(intake: Intake, photos: Taken) -> str:
    masked = mask_phone(as_dialled(intake.phone)) if reaches(office().carrier, intake.phone) else None
    return render_template("citizen/known.html", phone_masked=masked, photos=photos, photo_limit=MOST)


def _photos() -> tuple[list[Kept], str]:
    return uploads.received("photos", [note for note in request.form.getlist("kept_photo")[:MOST] if note])


def _with_fault(fault: str, status: int) -> FlaskResponse:
    """The form again with all that was typed, whatever has gone wrong; new photos are not looked at."""
    form = FormKey.read(request.form.get("form_key", ""), now()) or FormKey.new(now())
    notes = [note for note in request.form.getlist("kept_photo")[:MOST] if note]
    photos = uploads.received("", notes)[0]
    return make_response(_page(Typed.read(request.form), {"form": fault}, photos, form), status)


def _page(typed: Typed, errors: dict[str, str], photos: Sequence[Kept], form: FormKey) -> str:
    beside = _beside(typed, form)
    return render_template(
        "citizen/complain.html",
        values=typed.values() if request.method == "POST" else asking.begun(beside["told"]),
        errors=errors,
        form_key=form.note,
        trap=TRAP,
        photo_limit=MOST,
        photo_megabytes=uploads.MEGABYTES,
        kept_photos=uploads.notes_of(photos),
        hints_url=url_for("citizen.hints"),
        **beside,
    )


def _beside(typed: Typed, form: FormKey) -> dict[str, Any]:
    """What the page takes from the database; without one the form can still be shown, and keeps what was typed."""
    try:
        with citizen_work() as work:
            same = request.form.get("same", "") or asking.same_as(work, form, request.args.get("of", ""))
            return {
                "told": asking.tell(work, typed, form, same),
                "categories": [
                    {"value": number, "label": category_name(name), "group": category_name(parent)}
                    for parent, group in suggesting.choices(work)
                    for number, name in group
                ],
                "outlook": outlook(work),
            }
    except Exception as error:
        log.error("form_without_database", exc_info=error)
        return {"told": Told(danger=typed.danger), "categories": [], "outlook": None}
