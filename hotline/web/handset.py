"""打电话: the console's telephone. What is typed goes into the very conversation that spoken words go into.

Only where texts go to the console too, for the same people (`console.py`): nothing of a telephone network is in it, so
the recogniser's mistakes are the typist's own.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.domain.actors import SYSTEM
from hotline.domain.cues import PERSON_KEY
from hotline.domain.interviewing import GREETING, READBACKS, SEATS_BUSY
from hotline.domain.texts import as_dialled, clean
from hotline.domain.transcript import OPERATOR
from hotline.models import CallState, LiveCall
from hotline.office import Office
from hotline.services import talking
from hotline.services.phones import PhoneError
from hotline.services.talking import Desk, Words
from hotline.services.work import Work
from hotline.web.console import HOTLINE, chosen, let_in, playable
from hotline.web.door import now, office
from hotline.web.limits import limiter
from hotline.web.staff import rights

blueprint = Blueprint("handset", __name__)
blueprint.before_request(let_in)

CARRIER = "console"
LONGEST_WORDS = 500  # characters typed as one turn
CALL, FROM = "handset", "handset_from"  # where the session keeps the call, and the number that it comes from

#: What could be said next, by what was asked last.
TO_SAY: dict[str, tuple[str, ...]] = {
    GREETING: (
        "香溪路和大桥路口的路灯坏了，三天了都不亮",
        "喂，你好，我要反映个问题",
        "楼下烧烤店油烟太大了，天天熏得开不了窗",
        "香溪路有一股很大的燃气味",
        "我想咨询一下，养犬证怎么办理",
        "转人工",
    ),
    "matter": ("垃圾堆了一个星期没人清", "路灯不亮"),
    "place": ("建设路老粮站对面", "在建国路，不对，是建设路", "不知道"),
    "since": ("昨天晚上十点多开始的", "上个礼拜三"),
    "wants_reply": ("需要，给我回电话", "不用回复"),
    "phone_same": ("可以", "不是，打幺三九，零零零零，五六七八", "这是我单位的电话，别打"),
    "phone": ("幺三九，零零零零，五六七八", "幺三九"),
    "phone_other": ("幺三九，零零零零，五六七八", "没有别的号码"),
    "phone_rest": ("零零零零，五六七八", "等一下啊"),
    "correct": ("是建设路老粮站对面的路灯不亮",),
    "further": ("没有了", "还有，大桥路的垃圾没人清"),
    "go_on": ("大桥路的井盖也坏了",),
} | dict.fromkeys(READBACKS, ("对的", "不对，是建设路，不是建国路", "不对", "对，还有一个事，大桥路的井盖也坏了"))


def register(app: Flask) -> None:
    """The page, where texts go to a page and there is anything to say to callers."""
    here: Office = app.extensions["hotline"]
    if here.carrier.name == CARRIER and here.switchboard is not None:
        app.register_blueprint(blueprint)


@blueprint.get("/console/call")
def show() -> str:
    """The call that this browser is in, or the telephone before one."""
    return _page({}, {})


@blueprint.post("/console/call")
@limiter.limit("60/minute")
def dial() -> Response | tuple[str, int]:
    """A new call from that number; no number is a withheld one."""
    typed = clean(request.form.get("phone", ""))
    try:
        phone = playable(typed) if typed else ""
    except PhoneError as fault:
        return _page({"phone": typed}, {"phone": str(fault)}), 422
    _hang_up()
    session[CALL] = sid = f"console-{secrets.token_hex(16)}"
    session[FROM] = phone
    with office().work(SYSTEM, now()) as work:
        talking.answer(work, _desk(), sid, phone)
    return _back()


@blueprint.post("/console/call/turns/<int(min=1, max=999):number>")
@limiter.limit("60/minute")
def say(number: int) -> Response | tuple[str, int]:
    """A turn: words, the key for a person, or silence."""
    text = clean(request.form.get("text", ""))
    if len(text) > LONGEST_WORDS:
        return _page({"text": text}, {"text": f"一次最多说{LONGEST_WORDS}字，现有{len(text)}字。"}), 422
    if sid := _sid():
        words = Words(text, keys=PERSON_KEY if request.form.get("key") else "")
        with office().work(SYSTEM, now()) as work:
            talking.heard(work, _desk(), sid, number, words, "")
    return _back()


@blueprint.post("/console/call/end")
def end() -> Response:
    """挂断; what is typed but not said yet is half a sentence."""
    _hang_up(clean(request.form.get("text", ""))[:LONGEST_WORDS])
    return _back()


@blueprint.post("/console/call/person")
def person() -> Response:
    """转人工: somebody answers and later hangs up, or nobody does."""
    if sid := _sid():
        with office().work(SYSTEM, now()) as work:
            talking.handed_over(work, _desk(), sid, reached=bool(request.form.get("reached")))
    return _back()


def _hang_up(half: str = "") -> None:
    if not (sid := _sid()):
        return
    with office().work(SYSTEM, now()) as work:
        call = _call(work, sid)
        if call is not None and half:
            talking.half_heard(work, CARRIER, sid, _next_turn(work, call), 0, half)
        talking.hung_up(work, CARRIER, sid)


def _desk() -> Desk:
    """Here there always is a person to hand over to: whoever tries it out."""
    switchboard = office().switchboard
    assert switchboard is not None
    return Desk(CARRIER, switchboard.script, seats=True)


def _sid() -> str:
    return str(session.get(CALL, ""))


def _call(work: Work, sid: str) -> LiveCall | None:
    return work.session.scalar(sa.select(LiveCall).where(LiveCall.sid == sid, LiveCall.carrier == CARRIER))


def _next_turn(work: Work, call: LiveCall) -> int:
    return max((turn.line for turn in talking.turns_of(work, call)), default=0) + 1


def _back() -> Response:
    return redirect(url_for("handset.show"), 303)


def _page(values: dict[str, str], errors: dict[str, str]) -> str:
    with office().work(SYSTEM, now()) as work:
        call = _call(work, _sid())
        shown = _shown(work, call) if call is not None else {"state": None, "turns": []}
    may_see_drafts = current_user.is_authenticated and current_user.actor.is_any(rights.OPERATORS)
    return render_template(
        "console/call.html",
        **shown,
        phone=as_dialled(session.get(FROM, chosen())),
        hotline=HOTLINE,
        sms_url=url_for("console.show"),
        draft_url=url_for("staff.draft", draft_id=call.draft_id)
        if call is not None and call.draft_id is not None and may_see_drafts
        else None,
        values=values,
        errors=errors,
        **({} if current_user.is_authenticated else {"nav": [], "user": None}),
    )


def _shown(work: Work, call: LiveCall) -> dict[str, Any]:
    turns = talking.turns_of(work, call)
    asked = next((name for name in reversed(call.asked) if name in TO_SAY), GREETING)
    said = [{"by_machine": turn.speaker == OPERATOR, "text": turn.text} for turn in turns if turn.text]
    if SEATS_BUSY in call.asked:  # said after the draft was made
        said.append({"by_machine": True, "text": _desk().script.wordings.render(SEATS_BUSY)})
    return {
        "state": call.state.value,
        "has_draft": call.draft_id is not None,
        "turns": said,
        "number": max((turn.line for turn in turns), default=0) + 1,
        "to_say": TO_SAY[asked] if call.state is CallState.TALKING else (),
    }
