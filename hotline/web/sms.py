"""Twilio's webhooks: a text comes in, a receipt comes back. Without its signature nobody is let in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from twilio.request_validator import RequestValidator

from hotline.domain.actors import SYSTEM
from hotline.domain.texts import clean
from hotline.services import conversing, delivering
from hotline.services.listening import Heard
from hotline.web.door import citizen_work, office
from hotline.web.problems import problem

log = structlog.get_logger()
blueprint = Blueprint("sms", __name__)

MOST_MEDIA = 10  # as many as Twilio sends with one text
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # what we say goes through the outbox


def register(app: Flask) -> None:
    """The two addresses that a carrier calls."""
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)


def signed(view: Callable[..., Response]) -> Callable[..., Response]:
    """Only what the carrier has signed for our public address, whatever address a proxy has called us by."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Response:
        token: str | None = current_app.config["CARRIER_TOKEN"]
        if not token:
            return problem(403, "no_carrier", "没有接入短信运营商，不接收回调。")
        url = office().site + request.full_path.removesuffix("?")
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(token).validate(url, request.form, signature):
            return problem(403, "bad_signature", "签名不正确：请核对运营商令牌和对外网址（HOTLINE_PUBLIC_URL）。")
        return view(*args, **kwargs)

    return checked


@blueprint.post("/twilio/sms")
@signed
def hear() -> Response:
    """A text. A repeated one is answered like the first; if we fail nothing of it is left, and it may come again."""
    form = request.form
    sid, sender = clean(form.get("MessageSid", ""))[:64], clean(form.get("From", ""))[:64]
    if not sid or not sender:
        return problem(422, "incomplete", "缺少 MessageSid 或 From。")
    heard = Heard(sid, sender, form.get("Body", ""), _media(), opt_out=form.get("OptOutType", ""))
    with citizen_work() as work:
        conversing.hear(work, heard)
    return Response(NO_ANSWER, content_type="text/xml; charset=utf-8")


@blueprint.post("/twilio/status/<token>")
@signed
def receipt(token: str) -> Response:
    """What became of one of our texts; `token` is our own name for it. A text that is not ours any more is no fault."""
    form = request.form
    status = form.get("MessageStatus") or form.get("SmsStatus", "")
    with citizen_work() as work:
        known = delivering.receipt(
            work.act_as(SYSTEM),
            clean(token),
            clean(status),
            clean(form.get("ErrorCode", "")),
            form.get("MessageSid", "")[:64],
        )
    if not known:
        log.warning("receipt_for_unknown_text", status=clean(status))
    return Response(status=204)


def _media() -> tuple[str, ...]:
    count = request.form.get("NumMedia", "0")
    number = min(int(count), MOST_MEDIA) if count.isascii() and count.isdigit() else 0
    urls = (request.form.get(f"MediaUrl{index}", "") for index in range(number))
    return tuple(dict.fromkeys(url for url in urls if url.startswith("https://")))
