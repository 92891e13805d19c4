"""查询进度: number and key open a complaint; its page shows where it stands and takes what the citizen has to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response

from hotline.domain.errors import NotFound, Refused, say
from hotline.domain.texts import clean
from hotline.models import Complaint, Ticket
from hotline.services import attaching, citizens
from hotline.services.attaching import Kept
from hotline.services.work import Work
from hotline.web import uploads
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.ours import is_ours
from hotline.web.citizen.page import status_context
from hotline.web.door import citizen_work, now
from hotline.web.languages import all_translated, together, translated
from hotline.web.languages import gettext as _
from hotline.web.limits import limiter

#: Wrong keys of one address. No limit for one number from all addresses: it would let anybody shut its owner out, and
#: a key has 49 bits.
WRONG_KEYS = "10/minute;60/hour"
WRITTEN = ("text", "reason", "comment")  # fields of words that must not be lost
TYPED = (*WRITTEN, "solved", "satisfaction")
FORMS = frozenset({"add", "urge", "withdraw", "unsolved", "survey"})
WRONG = say("编号或查询码不对，请对照短信或回执再输入一次。")
RENEWED = say("这件反映的查询码已经换过，这里原来的查询码不再有效。请输入新的查询码；没有新的，可以用短信再找回。")
ERASED = say("这件反映的个人信息已经删除，查询码随之失效，进度不能再查看。")
EXPIRED = say("页面停留时间过长，请再提交一次，您填写的内容都在。")
REOPENED = say("已重新打开，您刚才填写的内容都在，请再提交一次。")
TOO_MANY = say("输入次数过多，请稍后再试，或用短信验证码找回查询码。")

Answer = Response | str | tuple[str, int]


def register(app: Flask) -> None:
    """These views check the token themselves, to keep what was typed."""
    for view in (look_up, open_up, leave):
        app.extensions["csrf"].exempt(view)


def is_wrong(response: FlaskResponse) -> bool:
    """Only wrong keys and codes are counted."""
    return response.status_code == 404


def _slowed_down(limit: RequestLimit) -> FlaskResponse:
    number = (request.view_args or {}).get("number") or request.form.get("number", "")
    return make_response(ask_key(clean(number), {"form": TOO_MANY}, _carried()), 429)


by_address = limiter.shared_limit(WRONG_KEYS, "keys", deduct_when=is_wrong, on_breach=_slowed_down)


@blueprint.get("/q")
def lookup() -> str:
    """Asks for number and key."""
    return ask_key("")


@blueprint.post("/q")
@by_address
def look_up() -> Answer:
    """Number and key from the form."""
    return _try(clean(request.form.get("number", "")))


@blueprint.get("/q/<number>")
def status(number: str) -> Answer:
    """The complaint, for a browser that has shown its key; any other is asked for it, whatever the number."""
    if not memory.is_open(number, now()):
        return ask_key(clean(number), outdated=why_outdated(number))
    return show(number)


@blueprint.post("/q/<number>")
@by_address
def open_up(number: str) -> Answer:
    """The key for this number."""
    return _try(clean(number))


@blueprint.post("/q/<number>/leaving")
def leave(number: str) -> Response:
    """结束查询: a telephone or a computer that others use, too. It harms nobody when another page asks for it."""
    memory.forget(number)
    flash(_("已退出。再次查看请输入编号和查询码。"), "success")
    return redirect(url_for("citizen.lookup"), 303)


@blueprint.get("/q/<number>/<step>")
def back(number: str, step: str) -> Response:
    """A page that came back with errors has the address of its form; asked for anew it is the complaint's page."""
    return redirect(url_for("citizen.status", number=number), 303)


def _try(number: str) -> Answer:
    key, carried = clean(request.form.get("key", "")), _carried()
    wanted = {"number": say("请填写编号。"), "key": say("请填写查询码。")}
    missing = {name: text for name, text in wanted.items() if not {"number": number, "key": key}[name]}
    if missing:
        return ask_key(number, missing, carried), 422
    if not is_ours():
        return ask_key(number, {"form": EXPIRED}, carried), 422
    try:
        with citizen_work() as work:
            complaint, _ticket = citizens.open_complaint(work, number, key)
            number = complaint.number
    except NotFound:
        return ask_key(number, {"form": WRONG}, carried, why_outdated(number)), 404
    except Refused as fault:
        return ask_key(number, {"form": fault.message}, carried), 409
    memory.open_up(number, key, now())
    if carried is None:
        return redirect(url_for("citizen.status", number=number), 303)
    photos, _fault = uploads.received("photos", carried["kept_photos"])
    return show(number, carried["form"], kept(carried["typed"], photos), {"form": REOPENED})


def why_outdated(number: str) -> str:
    """Why the key that this browser was given opens the complaint no more; nothing for any browser that had none."""
    number = number.strip()
    if not memory.had_key(number):
        return ""
    with citizen_work() as work:
        complaint = citizens.find_complaint(work, number)
        if complaint is None or memory.holds_any(number, complaint.key_hash):
            return ""
        return ERASED if complaint.erased_at is not None else RENEWED


def ask_key(
    number: str, errors: Mapping[str, str] | None = None, carried: dict[str, Any] | None = None, outdated: str = ""
) -> str:
    """The form for number and key. `outdated`: said above it."""
    # The key is not shown again, however wrong: somebody may look over the shoulder.
    return render_template(
        "citizen/lookup.html",
        values={"number": number},
        errors=all_translated(errors or {}),
        lost_url=url_for("citizen.lost", number=number or None),
        carried=carried,
        outdated=translated(outdated),
    )


def _carried() -> dict[str, Any] | None:
    """What was typed into a form of the page before the key was asked for again; it goes along until it is shown."""
    form = request.form.get("carried", "")
    if form not in FORMS:
        return None
    typed = {name: clean(request.form[name]) for name in TYPED if request.form.get(name)}
    return {"form": form, "typed": typed, "kept_photos": request.form.getlist("kept_photo")[: attaching.MOST]}


def show(
    number: str, form: str = "", typed: dict[str, Any] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    """The page; an answer that stands on it has reached the citizen. `form` is the one that comes back with errors."""
    with citizen_work() as work:
        complaint = opened(work, number)
        if complaint is None:
            return ask_key(number, outdated=why_outdated(number))
        if complaint.answered_at is not None and complaint.reached_at is None:
            citizens.read(work, complaint, citizens.ticket_of(work, complaint))
        ticket = work.session.get_one(Ticket, complaint.ticket_id)
        context = status_context(work, complaint, ticket)
    told = all_translated(errors or {})
    if form and context.get(form):
        context[form] |= {"typed": typed or {}, "errors": told}
    elif told:
        context["errors"] = {"form": together(told.values())}
        context["unsent"] = [text for name, text in (typed or {}).items() if name in WRITTEN and text]
    return render_template("citizen/status.html", **context)


def opened(work: Work, number: str) -> Complaint | None:
    """The complaint, if the key that this browser has shown is still its key."""
    complaint = citizens.find_complaint(work, number)
    if complaint is None or not memory.holds(complaint.number, complaint.key_hash):
        return None
    return complaint


def kept(typed: dict[str, Any], photos: Sequence[Kept] | None) -> dict[str, Any]:
    """What was typed, with the notes of the pictures that came with it."""
    return typed | ({"kept_photos": uploads.notes_of(photos)} if photos else {})
