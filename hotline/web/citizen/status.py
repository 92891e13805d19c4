"""查询进度: number and key open a complaint; its page shows where it stands and takes what the citizen has to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response

from hotline.domain.actors import a_citizen
from hotline.domain.errors import Invalid, NotFound, Refused, say
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
from hotline.web.citizen.page import status_context
from hotline.web.door import citizen_work, now
from hotline.web.languages import all_translated, translated
from hotline.web.languages import gettext as _
from hotline.web.limits import limiter

LONGEST_COMMENT = 1000
TRIES = "10/minute;60/hour"  # keys that one address may try
WRONG_KEYS = "60/hour"  # keys that may be wrong for one number, from however many addresses
WORDS = "30/hour"
WRITTEN = ("text", "reason", "comment")  # fields of words that must not be lost
TYPED = (*WRITTEN, "solved", "satisfaction")
FORMS = frozenset({"add", "urge", "withdraw", "unsolved", "survey"})
WRONG = say("编号或查询码不对，请对照短信或回执再输入一次。")
EXPIRED = say("页面停留时间过长，请再提交一次，您填写的内容都在。")
AGAIN = say("请重新输入查询码，您刚才填写的内容都在，打开后再提交一次。")
REOPENED = say("已重新打开，您刚才填写的内容都在，请再提交一次。")
TOO_MANY = say("输入次数过多，请稍后再试，或用短信验证码找回查询码。")
TOO_OFTEN = say("操作过于频繁，请稍后再试。")

Answer = Response | str | tuple[str, int]
Doing = Callable[[Work, Complaint, Ticket], str]


def register(app: Flask) -> None:
    """These views check the token themselves, to keep what was typed."""
    for view in (look_up, open_up, leave, add, urge, withdraw, rework, survey):
        app.extensions["csrf"].exempt(view)


def number_asked() -> str:
    """The number that a form is about, for counting: the same however it is written."""
    number = (request.view_args or {}).get("number") or request.form.get("number", "")
    return f"number:{clean(number).strip().upper()[:40]}"


def _is_wrong(response: FlaskResponse) -> bool:
    return response.status_code == 404


def _slowed_down(limit: RequestLimit) -> FlaskResponse:
    number = (request.view_args or {}).get("number") or request.form.get("number", "")
    return make_response(_lookup(clean(number), {"form": TOO_MANY}, _carried()), 429)


by_address = limiter.shared_limit(TRIES, "keys", on_breach=_slowed_down)
by_number = limiter.shared_limit(
    WRONG_KEYS, "wrong-keys", key_func=number_asked, deduct_when=_is_wrong, on_breach=_slowed_down
)


@blueprint.get("/q")
def lookup() -> str:
    """Asks for number and key."""
    return _lookup("")


@blueprint.post("/q")
@by_address
@by_number
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
@by_address
@by_number
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
        return _lookup(number, missing, carried), 422
    if not is_ours():
        return _lookup(number, {"form": EXPIRED}, carried), 422
    try:
        with citizen_work() as work:
            complaint, _ticket = citizens.open_complaint(work, number, key)
            number = complaint.number
    except NotFound:
        return _lookup(number, {"form": WRONG}, carried), 404
    except Refused as fault:
        return _lookup(number, {"form": fault.message}, carried), 409
    memory.open_up(number, key, now())
    if carried is None:
        return redirect(url_for("citizen.status", number=number), 303)
    photos, _fault = uploads.received("photos", carried["kept_photos"])
    return _show(number, carried["form"], _kept(carried["typed"], photos), {"form": REOPENED})


def _lookup(number: str, errors: dict[str, str] | None = None, carried: dict[str, Any] | None = None) -> str:
    # The key is not shown again, however wrong: somebody may look over the shoulder.
    return render_template(
        "citizen/lookup.html",
        values={"number": number},
        errors=all_translated(errors or {}),
        lost_url=url_for("citizen.lost", number=number or None),
        carried=carried,
    )


def _carried() -> dict[str, Any] | None:
    """What was typed into a form of the page before the key was asked for again; it goes along until it is shown."""
    form = request.form.get("carried", "")
    if form not in FORMS:
        return None
    typed = {name: clean(request.form[name]) for name in TYPED if request.form.get(name)}
    return {"form": form, "typed": typed, "kept_photos": request.form.getlist("kept_photo")[: attaching.MOST]}


def _show(
    number: str, form: str = "", typed: dict[str, Any] | None = None, errors: dict[str, str] | None = None
) -> Answer:
    """The page; an answer that stands on it has reached the citizen. `form` is the one that comes back with errors."""
    with citizen_work() as work:
        complaint = _opened(work, number)
        if complaint is None:
            return _lookup(number)
        if complaint.answered_at is not None and complaint.reached_at is None:
            citizens.read(work, complaint, citizens.ticket_of(work, complaint))
        ticket = work.session.get_one(Ticket, complaint.ticket_id)
        context = status_context(work, complaint, ticket)
    told = all_translated(errors or {})
    if form and context.get(form):
        context[form] |= {"typed": typed or {}, "errors": told}
    elif told:
        context["errors"] = {"form": _("；").join(told.values())}
        context["unsent"] = [text for name, text in (typed or {}).items() if name in WRITTEN and text]
    return render_template("citizen/status.html", **context)


def _opened(work: Work, number: str) -> Complaint | None:
    """The complaint, if the key that this browser has shown is still its key."""
    complaint = citizens.find_complaint(work, number)
    if complaint is None or not memory.holds(complaint.number, complaint.key_hash):
        memory.forget(number)
        return None
    return complaint


def _too_often(limit: RequestLimit) -> FlaskResponse | None:
    """Slowed down, with the words kept; who has not shown the key gets the plain page."""
    number = (request.view_args or {}).get("number", "")
    if not memory.is_open(number, now()):
        return None
    typed = {name: clean(request.form.get(name, "")) for name in WRITTEN}
    return make_response(_show(number, "", typed, {"form": TOO_OFTEN}), 429)


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
        return say("已收到您的补充，并转告办理单位。")

    return _do(number, do, "add", {"text": text}, photos)


@blueprint.post("/q/<number>/urging")
@limiter.limit(WORDS, on_breach=_too_often)
def urge(number: str) -> Answer:
    """催办."""

    def do(work: Work, complaint: Complaint, ticket: Ticket) -> str:
        citizens.urge(work, complaint, ticket)
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
        return say("十分抱歉。已重新办理，结果会再次答复您。")

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
            return say("十分抱歉。已重新办理，结果会再次答复您。")
        surveying.answer(work, ticket, complaint, solved=True, score=score, comment=typed["comment"], by="web")
        return say("感谢您的评价，我们已如实登记。")

    return _do(number, do, "survey", typed)


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


def _kept(typed: dict[str, Any], photos: list[Kept] | None) -> dict[str, Any]:
    return typed | ({"kept_photos": uploads.notes_of(photos)} if photos else {})


def _do(number: str, doing: Doing, form: str, typed: dict[str, Any], photos: list[Kept] | None = None) -> Answer:
    """One step of the citizen on the locked ticket; what was typed comes back with whatever is wrong."""
    notes = [note["token"] for note in uploads.notes_of(photos or [])]
    carried = {"form": form, "typed": typed, "kept_photos": notes}
    if not memory.is_open(number, now()):
        return _lookup(clean(number), {"form": AGAIN}, carried), 403
    if not is_ours():
        return _show(number, form, _kept(typed, photos), {"form": EXPIRED}), 422
    try:
        with citizen_work() as work:
            complaint = _opened(work, number)
            if complaint is None:
                return _lookup(clean(number), {"form": AGAIN}, carried), 403
            work.actor = a_citizen(complaint.citizen_id)
            done = doing(work, complaint, citizens.ticket_of(work, complaint))
    except Invalid as fault:
        return _show(number, form, _kept(typed, photos), fault.fields), 422
    except Refused as fault:
        return _show(number, form, _kept(typed, photos), {"form": fault.message}), 409
    flash(translated(done), "success")
    return redirect(url_for("citizen.status", number=number), 303)
