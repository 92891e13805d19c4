"""查询码丢了？ number and telephone bring a code by text, and the code a new key. The pages tell nobody who complained.

Whatever is typed, the answer is the same: that a code was sent if the two belong together.
"""

from __future__ import annotations

import unicodedata

from flask import Flask, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_limiter import RequestLimit

from hotline.carriers.console import reaches
from hotline.domain.errors import say
from hotline.domain.texts import clean
from hotline.services import recovering
from hotline.services.phones import PhoneError, normalise_phone
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.ours import is_ours
from hotline.web.citizen.status import EXPIRED, WRONG_KEYS, Answer, is_wrong
from hotline.web.door import citizen_work, now, office
from hotline.web.languages import all_translated
from hotline.web.limits import limiter

CODES = "10/hour"  # that one address may ask for; how many one complaint is sent, `recovering` knows
MINUTES = int(recovering.LASTS.total_seconds() // 60)
WRONG = say("验证码不对，或已超过{minutes}分钟。请对照短信再输入一次，或重新获取。", minutes=MINUTES)
TOO_MANY = say("获取次数过多，请一小时后再试，或拨打12319。")
NOT_SENT = say("热线现在发不出短信，没有发送验证码。请拨打12319，由工作人员核对后告诉您进度。")


def register(app: Flask) -> None:
    """These views check the token themselves, to keep what was typed."""
    for view in (send_code, redeem):
        app.extensions["csrf"].exempt(view)


def _slowed_down(limit: RequestLimit) -> FlaskResponse:
    return make_response(_lost({"form": TOO_MANY}), 429)


def _too_many_codes(limit: RequestLimit) -> FlaskResponse:
    return make_response(_code({"form": TOO_MANY}), 429)


@blueprint.get("/q/lost")
def lost() -> str:
    """Asks for number and telephone."""
    return _lost()


@blueprint.post("/q/lost")
@limiter.limit(CODES, on_breach=_slowed_down)
def send_code() -> Answer:
    """The code is on its way, or is not: the page that follows is the same. Where no text can be, that is said."""
    number, phone = _number(), ""
    errors: dict[str, str] = {}
    if not number:
        errors["number"] = say("请填写编号。")
    try:
        phone = normalise_phone(clean(request.form.get("phone", "")))
    except PhoneError as fault:
        errors["phone"] = fault.message
    if not errors and not is_ours():
        errors["form"] = EXPIRED
    if not errors and not reaches(office().carrier, phone):
        errors["form"] = NOT_SENT
    if errors:
        return _lost(errors), 422
    with citizen_work() as work:
        recovering.send_code(work, number, phone)
    return redirect(url_for("citizen.code", number=number), 303)


@blueprint.get("/q/lost/code")
def code() -> str:
    """Asks for the code."""
    return _code()


@blueprint.post("/q/lost/code")
@limiter.shared_limit(WRONG_KEYS, "keys", deduct_when=is_wrong, on_breach=_too_many_codes)
def redeem() -> Answer:
    """The right code opens the complaint in this browser, with a new key."""
    number = _number()
    typed = "".join(unicodedata.normalize("NFKC", clean(request.form.get("code", ""))).split())
    if not typed:
        return _code({"code": say("请填写短信里的六位验证码。")}), 422
    if not is_ours():
        return _code({"form": EXPIRED}), 422
    with citizen_work() as work:
        renewed = recovering.renew_key(work, number, typed)
        found = renewed and (renewed[0].number, renewed[1])
    if not found:
        return _code({"form": WRONG}), 404
    memory.give_new_key(*found, now())
    return redirect(url_for("citizen.status", number=found[0]), 303)


def _number() -> str:
    return clean(request.values.get("number", ""))[:40]


def _lost(errors: dict[str, str] | None = None) -> str:
    values = {"number": _number(), "phone": clean(request.form.get("phone", ""))}
    errors = all_translated(errors or {})
    return render_template("citizen/lost.html", values=values, errors=errors, url=url_for("citizen.send_code"))


def _code(errors: dict[str, str] | None = None) -> str:
    number = _number()
    return render_template(
        "citizen/code.html",
        number=number,
        errors=all_translated(errors or {}),
        minutes=MINUTES,
        url=url_for("citizen.redeem"),
        again_url=url_for("citizen.lost", number=number or None),
    )
