"""打开链接: an address in somebody's words is never a link; a button beside it leads to a page that warns first.

What strangers send may lead anywhere. The target is signed, so that our own page never leads where nobody has written.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup, escape

from hotline.domain.errors import NotFound

MOST = 20  # buttons beside one text
LONGEST = 2000
_ENDS = r"\s<>\"'“”‘’，。；、！？：（）()【】《》「」\u4e00-\u9fff"
_ADDRESS = re.compile(
    rf"https?://[^{_ENDS}]+|(?<![\w.@/-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}"
    rf"(?:com|cn|net|org|top|xyz|cc|info|vip|club|shop|site|online|ltd|io|me|co|hk|tw)(?![\w-])(?:[:/?][^{_ENDS}]*)?",
    re.IGNORECASE | re.ASCII,
)


def register(app: Flask) -> None:
    """The filter `as_said`, for citizens' words wherever staff read them."""
    app.jinja_env.filters["as_said"] = as_said


def as_said(words: str | None) -> Markup:
    """The words as they were written, escaped; behind each address a button that opens it on purpose."""
    text, made, last = words or "", Markup(), 0
    for count, match in enumerate(_ADDRESS.finditer(text)):
        address = match.group().rstrip(".,;:!?")
        if count == MOST:
            break
        end = match.start() + len(address)
        made += escape(text[last:end]) + _button(address)
        last = end
    return made + escape(text[last:])


def _button(address: str) -> Markup:
    if len(address) > LONGEST:
        return Markup()
    url = url_for("staff.away", to=_signer().dumps(address))
    return Markup(' <a class="away" href="{}" target="_blank" rel="noreferrer nofollow noopener">打开链接</a>').format(
        url
    )


def show() -> str:
    """The page between: the whole address, where it leads, and one link that goes there. Raises NotFound."""
    try:
        address = str(_signer().loads(request.args.get("to", "")))
    except BadSignature:
        raise NotFound("没有这个链接，请回到工单重新打开。") from None
    target = address if "://" in address else f"http://{address}"
    return render_template("staff/away.html", address=address, target=target, host=_host(target))


def _host(target: str) -> str:
    """Where it leads; letters that only look like others are shown as what they are (Punycode)."""
    try:
        host = urlsplit(target).hostname or ""
        return host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return ""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="away")
