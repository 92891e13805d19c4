"""短信: the carrier's webhook at one connection, each text signed as Twilio signs."""

from __future__ import annotations

from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.driving import Request, drive, get, post
from bench.ground import Ground, settle
from bench.serving import EMPTY, free_port, served
from bench.table import Line

TOKEN = "bench-token-of-no-carrier"  # noqa: S105 - of a carrier that is never called
CARRIER = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_FROM_NUMBER": "+8655112319",
}
PATH, FORM = "/twilio/sms", "application/x-www-form-urlencoded"
AGO = 50_000_000  # the numbers of those who wrote before
WORDS = ("香溪路与大桥路口路灯不亮三天了，请派人修。", "进度")


def texts(site: str, words: str) -> Request:
    """The same words, each time from another telephone."""
    validator = RequestValidator(TOKEN)

    def request(number: int) -> bytes:
        form = {"MessageSid": f"SM{words[0].encode().hex()}{number:024d}", "From": f"+86138{number:08d}", "Body": words}
        form |= {"To": "+8655112319", "NumMedia": "0"}
        signature = validator.compute_signature(f"{site}{PATH}", form)
        return post(PATH, urlencode(form).encode(), media_type=FORM, X_Twilio_Signature=signature)

    return request


def measure(ground: Ground, *, quick: bool) -> list[Line]:
    """First a complaint from each number, then a question about it from the same numbers."""
    seconds = 0.1 if quick else 8.0
    with served(ground.environ, EMPTY, workers=1) as port:
        floor = drive(port, lambda _: get("/"), status=200, seconds=seconds, connections=1)
    port = free_port()
    with ground.copy() as url:
        environ = {**ground.environ, **CARRIER, "DATABASE_URL": url}
        with served(environ, workers=1, port=port):
            site = f"http://127.0.0.1:{port}"
            drive(port, texts(site, WORDS[0]), status=200, seconds=seconds / 2, connections=1, first=AGO)
            settle(url)  # a city that has texts already, and whose database knows how many
            new, asked = (
                drive(port, texts(site, words), status=200, seconds=seconds, connections=1) for words in WORDS
            )
    p50, p99 = new.at(0.5), new.at(0.99)
    met = None if quick else p50 <= 3 and p99 <= 15
    return [
        Line(
            "短信回调，1 个连接，新诉求",
            f"p50 {p50:.1f}，p99 {p99:.1f} 毫秒",
            f"空 Flask 路由 p50 {floor.at(0.5):.1f}，p99 {floor.at(0.99):.1f} 毫秒",
            "",
            "p50 ≤ 3，p99 ≤ 15 毫秒",
            met,
        ),
        Line("短信回调，查进度", f"p50 {asked.at(0.5):.1f}，p99 {asked.at(0.99):.1f} 毫秒"),
    ]
