"""查询进度: number and key open a complaint; its page shows where it stands and takes what the citizen has to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response

from hotline.domain.actors import a_citizen
from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.texts import clean
from hotline.models import Channel, Complaint, Ticket
from hotline.services import accepting, attaching, citizens, surveying
from hotline.services.attaching import Kept
from hotline.services.work import Work
from hotline.web import uploads
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.page import status_context
from hotline.web.door import citizen_work, now
from hotline.web.limits import limiter

LONGEST_COMMENT = 1000
TRIES = "10/minute;60/hour"
WORDS = "30/hour"
WRITTEN = ("text", "reason", "comment")  # fields of words that must not be lost
WRONG = "编号或查询码不对，请对照短信或回执再输入一次。"

Answer = Response | str | tuple[str, int]
Doing = Callable[[Work, Complaint, Ticket], str]


@blueprint.get("/q")
def lookup() -> str:
    """Asks for number and key."""
    return _lookup("")


@blueprint.post("/q")
@limiter.limit(TRIES)
def look_up() -> Answer:
    """Number and key from the form."""
    return _try(clean(request.form.get("number", "")))


@blueprint.get("/q/<number>")
def status(number: str) -> Answer:
    """The complaint, for a browser that has shown its key; any other is asked for it, whatever the number."""
    if not memory.is_open(number, now()):
        return _lookup(clean(number))
    return _show(number)


@blueprint.post("/q/<number>")
@limiter.limit(TRIES)
def open_up(number: str) -> Answer:
    """The key for this number."""
    return _try(clean(number))


@blueprint.post("/q/<number>/leaving")
def leave(number: str) -> Response:
    """结束查询: a telephone or a computer that others use, too."""
    memory.forget(number)
    flash("已退出。再次查看请输入编号和查询码。", "success")
    return redirect(url_for("citizen.lookup"), 303)


@blueprint.get("/q/<number>/<step>")
def back(number: str, step: str) -> Response:
    """A page that came back with errors has the address of its form; asked for anew it is the complaint's page."""
    return redirect(url_for("citizen.status", number=number), 303)


def _try(number: str) -> Answer:
    key = clean(request.form.get("key", ""))
    wanted = {"number": "请填写编号。", "key": "请填写查询码。"}
    missing = {name: text for name, text in wanted.items() if not {"number": number, "key": key}[name]}
    if missing:
        return _lookup(number, missing), 422
    try:
        with citizen_work() as work:
            complaint, _ = citizens.open_complaint(work, number, key)
            number = complaint.number
    except NotFound:
        return _lookup(number, {"form": WRONG}), 404
    memory.open_up(number, now())
    return redirect(url_for("citizen.status", number=number), 303)


def _lookup(number: str, errors: dict[str, str] | None = None) -> str:
    # The key is not shown again, however wrong: somebody may look over the shoulder.
    return render_template("citizen/lookup.html", values={"number": number}, errors=errors or {})


def _show(
    number: str, form: str = "", typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None
) -> str:
    """The page; an answer that stands on it has reached the citizen. `form` is the one that comes back with errors."""
    with citizen_work() as work:
        complaint = citizens.find_complaint(work, number)
        if complaint is None:
            raise NotFound(WRONG)
        if complaint.answered_at is not None and complaint.reached_at is None:
            citizens.read(work, complaint, citizens.ticket_of(work, complaint))
        ticket = work.session.get_one(Ticket, complaint.ticket_id)
        context = status_context(work, complaint, ticket)
    if form and context.get(form) and "form" not in (errors or {}):
        context[form] |= {"typed": typed or {}, "errors": errors or {}}
    elif errors:
        context["errors"] = {"form": "；".join(errors.values())}
        context["unsent"] = [text for name, text in (typed or {}).items() if name in WRITTEN and text]
    return render_template("citizen/status.html", **context)


def _too_often(limit: RequestLimit) -> FlaskResponse | None:
    """Slowed down, with the words kept; who has not shown the key gets the plain page."""
    number = (request.view_args or {}).get("number", "")
    if not memory.is_open(number, now()):
        return None
    typed = {name: clean(request.form.get(name, "")) for name in WRITTEN}
    return make_response(_show(number, "", typed, {"form": "操作过于频繁，请稍后再试。"}), 429)


@blueprint.post("/q/<number>/additions")
@limiter.limit(WORDS, on_breach=_too_often)
def add(number: str) -> Answer:
    """补充情况: words, photos or both."""
    text = clean(request.form.get("text", ""))
    photos, fault = uploads.received("photos", request.form.getlist("kept_photo"))

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if fault:
            raise Invalid({"photos": fault})
        citizens.add(work, complaint, ticket, text or (f"补充照片{len(photos)}张。" if photos else ""), Channel.WEB)
        _attach(work, complaint, photos)
        return "已收到您的补充，并转告办理单位。"

    return _do(number, do, "add", {"text": text}, photos)


@blueprint.post("/q/<number>/urging")
@limiter.limit(WORDS, on_breach=_too_often)
def urge(number: str) -> Answer:
    """催办."""

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        citizens.urge(work, complaint, ticket)
        return "已记入您的催办，并转告办理单位。"

    return _do(number, do, "urge", {})


@blueprint.post("/q/<number>/withdrawal")
@limiter.limit(WORDS, on_breach=_too_often)
def withdraw(number: str) -> Answer:
    """撤回. The reason, if one is given, is kept as the citizen's last words to it."""
    reason = clean(request.form.get("reason", ""))

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if reason:
            citizens.add(work, complaint, ticket, f"撤回原因：{reason}", Channel.WEB)
        accepting.withdraw(work, ticket.number)
        return "已撤回。如仍需办理，请重新反映。"

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
        return "十分抱歉。已重新办理，结果会再次答复您。"

    return _do(number, do, "unsolved", {"reason": reason}, photos)


@blueprint.post("/q/<number>/survey")
@limiter.limit(WORDS, on_breach=_too_often)
def survey(number: str) -> Answer:
    """评价: solved or not, 1 to 5, a word. Not solved is a new round, and asks what is still wrong."""
    typed = {name: clean(request.form.get(name, "")) for name in ("solved", "satisfaction", "comment")}

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        if faults := _survey_faults(typed):
            raise Invalid(faults)
        score = int(typed["satisfaction"])
        if typed["solved"] == "no":
            citizens.not_solved(work, complaint, ticket, typed["comment"], score=score)
            return "十分抱歉。已重新办理，结果会再次答复您。"
        surveying.answer(work, ticket, complaint, solved=True, score=score, comment=typed["comment"], by="web")
        return "感谢您的评价，我们已如实登记。"

    return _do(number, do, "survey", typed)


def _survey_faults(typed: dict[str, str]) -> dict[str, str]:
    faults = {}
    if typed["solved"] not in ("yes", "no"):
        faults["solved"] = "请选择问题是否已经解决。"
    if typed["satisfaction"] not in ("1", "2", "3", "4", "5"):
        faults["satisfaction"] = "请选择满意程度。"
    if len(typed["comment"]) > LONGEST_COMMENT:
        faults["comment"] = f"请控制在{LONGEST_COMMENT}字以内。"
    elif typed["solved"] == "no" and len(typed["comment"]) < 2:
        faults["comment"] = "请写明哪里还没有解决，我们会重新办理。"
    return faults


def _attach(work: Work, complaint: Complaint, photos: list[Kept]) -> None:
    for photo in photos:
        attaching.attach(work, photo, complaint_id=complaint.id, by_citizen=True)


def _do(number: str, doing: Doing, form: str, typed: dict[str, Any], photos: list[Kept] | None = None) -> Answer:
    """One step of the citizen on the locked ticket; what was typed comes back with whatever is wrong."""
    if not memory.is_open(number, now()):
        return _lookup(clean(number), {"form": "请重新输入查询码，然后再提交一次。"}), 403
    try:
        with citizen_work() as work:
            complaint = citizens.find_complaint(work, number)
            if complaint is None:
                raise NotFound(WRONG)
            work.actor = a_citizen(complaint.citizen_id)
            done = doing(work, complaint, citizens.ticket_of(work, complaint))
    except Invalid as fault:
        kept = {"kept_photos": uploads.notes_of(photos)} if photos else {}
        return _show(number, form, typed | kept, fault.fields), 422
    except Refused as fault:
        return _show(number, form, typed, {"form": fault.message}), 409
    flash(done, "success")
    return redirect(url_for("citizen.status", number=number), 303)
