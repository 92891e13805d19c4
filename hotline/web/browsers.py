"""认得的浏览器: in which browser a person has been logged in, kept there in a signed cookie (a device cookie, as OWASP
calls it). It opens nothing: whoever has it is only counted apart where passwords are tried (`services/entering`).

The cookie names persons by their numbers and the epoch of their sessions: when those are ended, it is worth nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from hotline.services.entering import Known

COOKIE: Final = "known"
KEPT: Final = timedelta(days=180)
MOST: Final = 8  # persons of one browser, as at a desk that is shared; the latest


def has_let_in(known: Known) -> bool:
    """Whether this person has been logged in here, since his sessions were last ended."""
    return _name(known) in _names()


def remember(known: Known) -> None:
    """With the answer to this request."""
    others = [(staff_id, epoch) for staff_id, epoch in _names() if staff_id != known.actor.id]
    names = [_name(known), *others][:MOST]

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE, _signer().dumps(names), max_age=KEPT, httponly=True, samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )  # fmt: skip
        return response


def _name(known: Known) -> tuple[int, int]:
    return int(known.actor.id or 0), known.epoch


def _names() -> list[tuple[int, int]]:
    """The latest first; none of a cookie that is not ours."""
    try:
        kept = _signer().loads(request.cookies.get(COOKIE, ""), max_age=int(KEPT.total_seconds()))
    except BadData:
        return []
    return [(int(staff_id), int(epoch)) for staff_id, epoch in kept]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="known-browser")
