"""The carrier's door: texts come in, receipts come back, whatever the carrier. It alone knows what its callbacks mean;
who has not sent one as the carrier does is not let in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import structlog
from flask import Blueprint, Flask, Response, request

from hotline.carriers.base import Callback, Forged, Inbound, Receipt, Unreadable
from hotline.domain.actors import SYSTEM
from hotline.domain.texts import clean
from hotline.services import conversing, delivering
from hotline.services.listening import Heard
from hotline.web.door import citizen_work, office
from hotline.web.problems import problem

log = structlog.get_logger()
blueprint = Blueprint("sms", __name__)

LARGEST = 2 * 1024 * 1024  # bytes of one callback: some thousand receipts
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def register(app: Flask) -> None:
    """The addresses that a carrier calls."""
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)


@blueprint.post("/twilio/<path:about>")
def twilio(about: str) -> Response:
    """Where Twilio has always called."""
    return called("twilio", about)


@blueprint.route("/carriers/<name>/<path:about>", methods=["GET", "POST"])
def called(name: str, about: str) -> Response:
    """One callback, with any number of texts and receipts. If we fail it may come again: what was taken is known."""
    carrier = office().carrier
    if carrier.name != name or name == "console":
        return problem(403, "no_carrier", "没有接入这个短信运营商，不接收回调。")
    request.max_content_length = LARGEST
    callback = _read(about)
    try:
        carrier.verify(callback)
        texts, receipts = carrier.hear(callback), carrier.receipts(callback)
    except Forged as fault:
        return problem(403, "bad_signature", str(fault))
    except Unreadable as fault:
        return problem(422, "incomplete", str(fault))
    _do_all([*_hearing(texts), *(partial(_note, receipt) for receipt in receipts)])
    reply = carrier.answer(callback)
    return Response(reply.body or None, reply.status, content_type=reply.content_type)


def _read(about: str) -> Callback:
    is_form = request.mimetype in FORMS
    form = request.form if is_form else request.args
    return Callback(
        method=request.method,
        url=office().site + request.full_path.removesuffix("?"),
        about=about,
        headers={name.lower(): value for name, value in request.headers.items()},
        form=form.to_dict(),
        body=b"" if is_form else request.get_data(),
    )


def _hearing(texts: Iterable[Inbound]) -> Iterator[Callable[[], None]]:
    for each in texts:
        sid, sender = clean(each.sid)[:64], clean(each.sender)[:64]
        if sid and sender:
            yield partial(_hear, Heard(sid, sender, each.text, each.media, each.opt_out))


def _hear(heard: Heard) -> None:
    with citizen_work() as work:
        conversing.hear(work, heard)


def _note(receipt: Receipt) -> None:
    """A text that is not ours any more is no fault."""
    with citizen_work() as work:
        known = delivering.receipt(work.act_as(SYSTEM), receipt)
    if not known:
        log.warning("receipt_for_unknown_text", fate=receipt.fate)


def _do_all(jobs: Iterable[Callable[[], None]]) -> None:
    """Each in a transaction of its own: one that fails stops no other, and the carrier is asked to come again."""
    fault: Exception | None = None
    for job in jobs:
        try:
            job()
        except Exception as error:
            log.error("callback_not_taken", error=type(error).__name__)
            fault = fault or error
    if fault is not None:
        raise fault
