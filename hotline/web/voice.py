"""The telephone's door: calls come in turn by turn, and what is said to them goes out.

Whoever is on the line hears something whatever happens: where we fail, an apology and a person. Only who has not called
as the carrier does is turned away.
"""

from __future__ import annotations

import structlog
from flask import Blueprint, Flask, Response, request

from hotline.carriers.base import Callback, Forged, Reply, Unreadable
from hotline.carriers.voice import (
    Ended,
    HandedOver,
    News,
    Partial,
    Ringing,
    Said,
    Speech,
    Switchboard,
    VoiceCarrier,
)
from hotline.domain.actors import SYSTEM
from hotline.domain.interviewing import Then
from hotline.domain.texts import clean
from hotline.office import Office
from hotline.services import talking
from hotline.services.talking import Answer, Desk, Words, desk_of
from hotline.web.door import now, office
from hotline.web.problems import problem

log = structlog.get_logger()
blueprint = Blueprint("voice", __name__)

LARGEST = 256 * 1024  # bytes of one callback; a minute's speech is two thousand
LONGEST_SID = 64


def register(app: Flask) -> None:
    """The addresses that the carrier calls, where one is connected."""
    connected: Office = app.extensions["hotline"]
    if connected.switchboard is not None and connected.switchboard.carrier is not None:
        app.register_blueprint(blueprint)
        app.extensions["csrf"].exempt(blueprint)


@blueprint.post("/voice/<name>/<path:about>")
def called(name: str, about: str) -> Response:
    """One callback. If it comes again it is answered as before."""
    switchboard = office().switchboard
    if switchboard is None or (carrier := switchboard.carrier) is None or carrier.name != name:
        return problem(403, "no_carrier", "没有接入这个电话运营商，不接收回调。")
    request.max_content_length = LARGEST
    callback = _read(about)
    try:
        carrier.verify(callback)
    except Forged as fault:
        return problem(403, "bad_signature", str(fault))
    try:
        news = carrier.read(callback)
        return _answered(_take_in(switchboard, carrier, news) if news is not None else carrier.note())
    except Unreadable as fault:
        log.warning("voice_callback_unreadable", about=about[:40], reason=str(fault))
    except Exception as fault:  # somebody is on the line
        log.error("voice_callback_not_taken", about=about[:40], error=type(fault).__name__)
    return _answered(_speak(switchboard, carrier, talking.apology(desk_of(switchboard))))


def _read(about: str) -> Callback:
    return Callback(
        method=request.method,
        url=office().site + request.full_path.removesuffix("?"),
        about=about,
        headers={name.lower(): value for name, value in request.headers.items()},
        form=request.form.to_dict(),
        body=b"",
    )


def _take_in(switchboard: Switchboard, carrier: VoiceCarrier, news: News) -> Reply:
    sid = clean(news.sid)
    if not 0 < len(sid) <= LONGEST_SID:
        raise Unreadable("通话编号不正确。")
    if isinstance(news, Ringing | Said | HandedOver):
        answer = _converse(desk_of(switchboard), sid, news)
        return _speak(switchboard, carrier, answer, greets=isinstance(news, Ringing))
    with office().work(SYSTEM, now()) as work:
        if isinstance(news, Partial):
            talking.half_heard(work, carrier.name, sid, news.number, news.sequence, news.text)
        elif isinstance(news, Ended):
            talking.hung_up(work, carrier.name, sid, news.caller)
        else:
            talking.recorded(work, carrier.name, sid, news.reference)
    return carrier.note()


def _converse(desk: Desk, sid: str, news: Ringing | Said | HandedOver) -> Answer:
    with office().work(SYSTEM, now()) as work:
        if isinstance(news, Ringing):
            return talking.answer(work, desk, sid, news.caller)
        if isinstance(news, HandedOver):
            return talking.handed_over(work, desk, sid, reached=news.reached)
        words = Words(news.text, news.keys, news.confidence)
        return talking.heard(work, desk, sid, news.number, words, news.caller)


def _speak(switchboard: Switchboard, carrier: VoiceCarrier, answer: Answer, *, greets: bool = False) -> Reply:
    seats = switchboard.seats if answer.then is Then.HAND_OVER else ()
    return carrier.speak(Speech(answer.text, answer.turn, seats, greets))


def _answered(reply: Reply) -> Response:
    return Response(reply.body or None, reply.status, content_type=reply.content_type)
