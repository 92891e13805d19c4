"""What the citizen says on the page of his complaint: words and photos, 催办, 撤回, not solved, a verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, make_response, redirect, request, url_for
from flask import Response as FlaskResponse
from flask_limiter import RequestLimit

from hotline.domain.actors import a_citizen
from hotline.domain.errors import Invalid, Refused, say
from hotline.domain.texts import clean
from hotline.domain.written import photos_added, reason_to_withdraw
from hotline.models import Channel, Complaint, Ticket
from hotline.services import attaching, citizens, surveying
from hotline.services.attaching import Kept
from hotline.services.work import Work
from hotline.web import uploads
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.ours import is_ours
from hotline.web.citizen.stages import WITH_NOBODY
from hotline.web.citizen.status import EXPIRED, WRITTEN, Answer, ask_key, kept, opened, show
from hotline.web.door import citizen_work, now
from hotline.web.languages import translated
from hotline.web.limits import limiter

LONGEST_COMMENT = 1000
WORDS = "30/hour"
AGAIN = say("请重新输入查询码，您刚才填写的内容都在，打开后再提交一次。")
REWORKED = say("十分抱歉。现重新办理，结果会再次答复您。")
TOO_OFTEN = say("操作过于频繁，请稍后再试。")

Doing = Callable[[Work, Complaint, Ticket], str]


def register(app: Flask) -> None:
    """These views check the token themselves, to keep what was typed."""
    for view in (add, urge, withdraw, rework, survey):
        app.extensions["csrf"].exempt(view)


def _too_often(limit: RequestLimit) -> FlaskResponse | None:
    """Slowed down, with the words kept; who has not shown the key gets the plain page."""
    number = (request.view_args or {}).get("number", "")
    if not memory.is_open(number, now()):
        return None
    typed = {name: clean(request.form.get(name, "")) for name in WRITTEN}
    return make_response(show(number, "", typed, {"form": TOO_OFTEN}), 429)


@blueprint.post("/q/<number>/additions")
@limiter.limit(WORDS, on_breach=_too_often)
def add(number: str) -> Answer:
    """补充情况: words, photos or both."""
    text = clean(request.form.get("text", ""))
    photos, fault = uploads.received("photos", request.form.getlist("kept_photo"))

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if fault:
            raise Invalid({"photos": fault})
        citizens.add(work, complaint, ticket, text or (photos_added(len(photos)) if photos else ""), Channel.WEB)
        _attach(work, complaint, photos)
        if ticket.state in WITH_NOBODY:
            return say("已收到您的补充，将随件转给办理单位。")
        return say("已收到您的补充，并转告办理单位。")

    return _do(number, do, "add", {"text": text}, photos)


@blueprint.post("/q/<number>/urging")
@limiter.limit(WORDS, on_breach=_too_often)
def urge(number: str) -> Answer:
    """催办."""

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        citizens.urge(work, complaint, ticket)
        if ticket.state in WITH_NOBODY:
            return say("已记入您的催办，我们会尽快处理。")
        return say("已记入您的催办，并转告办理单位。")

    return _do(number, do, "urge", {})


@blueprint.post("/q/<number>/withdrawal")
@limiter.limit(WORDS, on_breach=_too_often)
def withdraw(number: str) -> Answer:
    """撤回. The reason, if one is given, is kept as the citizen's last words to it."""
    reason = clean(request.form.get("reason", ""))

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if reason:
            citizens.add(work, complaint, ticket, reason_to_withdraw(reason), Channel.WEB)
        citizens.withdraw(work, complaint, ticket)
        return say("已撤回。如仍需办理，请重新反映。")

    return _do(number, do, "withdraw", {"reason": reason})


@blueprint.post("/q/<number>/rework")
@limiter.limit(WORDS, on_breach=_too_often)
def rework(number: str) -> Answer:
    """没有解决，要求重办."""
    reason = clean(request.form.get("reason", ""))
    photos, fault = uploads.received("photos", request.form.getlist("kept_photo"))

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if fault:
            raise Invalid({"photos": fault})
        citizens.not_solved(work, complaint, ticket, reason)
        _attach(work, complaint, photos)
        return REWORKED

    return _do(number, do, "unsolved", {"reason": reason}, photos)


@blueprint.post("/q/<number>/survey")
@limiter.limit(WORDS, on_breach=_too_often)
def survey(number: str) -> Answer:
    """评价: solved or not, 1 to 5, a word. Not solved is a new round, and asks what is still wrong."""
    typed = {name: clean(request.form.get(name, "")) for name in ("solved", "satisfaction", "comment")}
    photos, fault = uploads.received("photos", request.form.getlist("kept_photo"))

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if faults := _survey_faults(typed) | ({"photos": fault} if fault else {}):
            raise Invalid(faults)
        done = _judge(work, complaint, ticket, typed)
        _attach(work, complaint, photos)
        return done

    return _do(number, do, "survey", typed, photos)


def _judge(work: Work, complaint: Complaint, ticket: Ticket, typed: dict[str, str]) -> str:
    score = int(typed["satisfaction"])
    if typed["solved"] == "no":
        return _not_solved(work, complaint, ticket, score, typed["comment"])
    surveying.answer(work, ticket, complaint, solved=True, score=score, comment=typed["comment"], by="web")
    return say("感谢您的评价，我们已如实登记。")


def _not_solved(work: Work, complaint: Complaint, ticket: Ticket, score: int, comment: str) -> str:
    """A new round; after the limit for that the verdict counts, and moves nothing."""
    try:
        citizens.not_solved(work, complaint, ticket, comment, score=score)
    except Refused as fault:
        if fault.code != "reopen_limit":
            raise
        surveying.answer(work, ticket, complaint, solved=False, score=score, comment=comment, by="web")
        return say("已如实登记您的评价。已超过重办时限，如仍需办理，请重新反映。")
    return REWORKED


def _survey_faults(typed: dict[str, str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if typed["solved"] not in ("yes", "no"):
        faults["solved"] = say("请选择问题是否已经解决。")
    if typed["satisfaction"] not in ("1", "2", "3", "4", "5"):
        faults["satisfaction"] = say("请选择满意程度。")
    if len(typed["comment"]) > LONGEST_COMMENT:
        faults["comment"] = say("请控制在{longest}字以内。", longest=LONGEST_COMMENT)
    elif typed["solved"] == "no" and len(typed["comment"]) < 2:
        faults["comment"] = say("请写明哪里还没有解决，我们会重新办理。")
    return faults


def _attach(work: Work, complaint: Complaint, photos: list[Kept]) -> None:
    for photo in photos:
        attaching.attach(work, photo, complaint_id=complaint.id, by_citizen=True)


def _do(number: str, doing: Doing, form: str, typed: dict[str, Any], photos: list[Kept] | None = None) -> Answer:
    """One step of the citizen on the locked ticket; what was typed comes back with whatever is wrong."""
    notes = [note["token"] for note in uploads.notes_of(photos or [])]
    carried = {"form": form, "typed": typed, "kept_photos": notes}
    if not memory.is_open(number, now()):
        return ask_key(clean(number), {"form": AGAIN}, carried), 403
    if not is_ours():
        return show(number, form, kept(typed, photos), {"form": EXPIRED}), 422
    try:
        with citizen_work() as work:
            complaint = opened(work, number)
            if complaint is None:
                return ask_key(clean(number), {"form": AGAIN}, carried), 403
            work.actor = a_citizen(complaint.citizen_id)
            done = doing(work, complaint, citizens.ticket_of(work, complaint))
    except Invalid as fault:
        return show(number, form, kept(typed, photos), fault.fields), 422
    except Refused as fault:
        return show(number, form, kept(typed, photos), {"form": fault.message}), 409
    flash(translated(done), "success")
    return redirect(url_for("citizen.status", number=number), 303)
