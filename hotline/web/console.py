"""短信台: the console carrier's telephone. Whatever is typed goes into the very conversation that real texts go into.

Only where no real carrier is connected. The demo's visitors play whom they like; elsewhere operators and administrators
play the numbers that are set aside for it: what citizens were told, keys included, is nobody's to read here.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.carriers.console import TRIAL, is_trial
from hotline.domain.actors import Actor
from hotline.domain.texts import as_dialled, clean
from hotline.models import Attachment, Direction, Message, MessageState
from hotline.office import Office
from hotline.services import conversing
from hotline.services.listening import Heard
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.work import Work
from hotline.web import uploads
from hotline.web.door import citizen_work
from hotline.web.limits import limiter
from hotline.web.staff import rights
from hotline.web.trying import WORDS, next_step

blueprint = Blueprint("console", __name__)

HOTLINE = "12319"
FIRST = f"{TRIAL}5678"  # the number that the page begins with
NOT_ONES_OWN = "这里只能用 199 0000 开头的试用号码。发给诉求人的短信，在工单页查看。"
LONGEST_TEXT = 1600  # characters: as much as a carrier takes as one text
LONGEST_TALK = 200  # texts shown
PHONES = 12  # other telephones offered
STATES = {
    MessageState.RECEIVED: "已收到",
    MessageState.QUEUED: "待发送",
    MessageState.SENDING: "发送中",
    MessageState.SENT: "已发出",
    MessageState.DELIVERED: "已送达",
    MessageState.FAILED: "未送达",
    MessageState.CANCELLED: "已取消",
}


def register(app: Flask) -> None:
    """The page, where texts go to a page. With a real carrier there is none."""
    office: Office = app.extensions["hotline"]
    if office.carrier.name == "console":
        app.register_blueprint(blueprint)


@blueprint.before_request
def let_in() -> None:
    """Only the demo's visitors, and who may play a citizen."""
    actor: Actor | None = getattr(current_user, "actor", None)
    if not _is_demo() and (actor is None or not actor.is_any(rights.CONSOLE)):
        abort(404)


def _is_demo() -> bool:
    return bool(current_app.config["DEMO_LOGINS"])


@blueprint.get("/console/sms")
def show() -> str | tuple[str, int]:
    """The conversation of one number."""
    typed = clean(request.args.get("phone", ""))
    try:
        return _page(playable(typed) if typed else chosen(), {}, {})
    except PhoneError as fault:
        return _page(chosen(), {}, {"phone": str(fault)}), 422


@blueprint.post("/console/sms")
@limiter.limit("60/minute")
def send() -> Response | tuple[str, int]:
    """A text from that number to the hotline."""
    text = clean(request.form.get("text", ""))
    try:
        phone = playable(request.form.get("phone", ""))
    except PhoneError as fault:
        return _page(chosen(), {"text": text}, {"phone": str(fault)}), 422
    pictures, fault_of_photos = uploads.received()
    errors = {"photos": fault_of_photos} if fault_of_photos else {}
    if not text and not pictures and not errors:
        errors["text"] = "请写短信内容，或选择照片。"
    if len(text) > LONGEST_TEXT:
        errors["text"] = f"短信最多{LONGEST_TEXT}字，现有{len(text)}字。"
    if errors:
        return _page(phone, {"text": text}, errors), 422
    heard = Heard(f"console-{secrets.token_hex(16)}", phone, text, pictures=tuple(pictures))
    with citizen_work() as work:
        conversing.hear(work, heard)
    return redirect(url_for("console.show", phone=phone), 303)


def playable(typed: str) -> str:
    """The number (E.164) that is to be played. Raises PhoneError, outside of the demo for a citizen's too."""
    phone = normalise_phone(typed)
    if not _is_playable(phone):
        raise PhoneError(NOT_ONES_OWN)
    return phone


def chosen() -> str:
    """The number that this browser played last."""
    phone: str = session.get("telephone", FIRST)
    return phone if _is_playable(phone) else FIRST


def _is_playable(phone: str) -> bool:
    return _is_demo() or is_trial(phone)


def _page(phone: str, values: dict[str, str], errors: dict[str, str]) -> str:
    session["telephone"] = phone
    with citizen_work() as work:
        rows = _rows(work, phone)
        messages = [_shown_text(work, row) for row in rows]
        phones = _phones(work, phone)
    return render_template(
        "console/sms.html",
        phone=_shown(phone),
        hotline=HOTLINE,
        any_phone=_is_demo(),
        phones=phones,
        messages=messages,
        next_step=next_step(rows),
        call_url=url_for("handset.show") if "handset.show" in current_app.view_functions else None,
        words=WORDS,
        values=values,
        errors=errors,
        **({} if current_user.is_authenticated else {"nav": [], "user": None}),
    )


def _rows(work: Work, phone: str) -> list[Message]:
    """Oldest first, as a telephone shows it."""
    rows = work.session.scalars(
        sa.select(Message)
        .where(Message.phone_print == work.vault.fingerprint(phone))
        .order_by(Message.id.desc())
        .limit(LONGEST_TALK)
    ).all()
    return list(reversed(rows))


def _shown_text(work: Work, row: Message) -> dict[str, Any]:
    return {
        "at": row.created_at,
        "direction": row.direction.value,
        "text": work.vault.open(row.body_sealed),
        "status_label": STATES[row.state],
        "segments": row.segments,
        "media": _media(work, row),
    }


def _media(work: Work, message: Message) -> list[dict[str, str]]:
    """Pictures that were attached in the moment of this text."""
    if message.direction is not Direction.IN or message.complaint_id is None:
        return []
    rows = work.session.scalars(
        sa.select(Attachment)
        .where(Attachment.complaint_id == message.complaint_id, Attachment.added_at == message.created_at)
        .order_by(Attachment.id)
    )
    return [{"url": url_for("attachments.show", token=row.token), "name": row.name} for row in rows]


def _phones(work: Work, phone: str) -> list[dict[str, Any]]:
    """Telephones played lately: this browser's own, and in the demo everybody's."""
    played: list[str] = [each for each in session.get("telephones", []) if each != phone and _is_playable(each)]
    session["telephones"] = [phone, *played][:PHONES]
    numbers = [phone, *played]
    if _is_demo():
        newest = sa.func.max(Message.id)
        rows = work.session.scalars(
            sa.select(Message)
            .where(
                Message.id.in_(
                    sa.select(newest)
                    .where(Message.phone_print.is_not(None), Message.direction == Direction.IN)
                    .group_by(Message.phone_print)
                    .order_by(newest.desc())
                    .limit(PHONES)
                )
            )
            .order_by(Message.id.desc())
        )
        numbers += [number for row in rows if (number := work.vault.open(row.phone_sealed)) not in numbers]
    return [
        {"number": _shown(each), "url": url_for("console.show", phone=each), "current": each == phone, "label": None}
        for each in numbers[:PHONES]
    ]


def _shown(phone: str) -> str:
    """Without the country's own code, as people here write it."""
    return as_dialled(phone)
