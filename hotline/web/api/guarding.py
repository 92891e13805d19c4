"""Who asks: an API client by its token, or a person by the session of the staff pages. Nobody else gets past here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from flask import abort, current_app, g, request
from flask_login import current_user

from hotline.domain.actors import ActorKind
from hotline.domain.texts import clean
from hotline.services import clients
from hotline.services.clients import Client
from hotline.web import door
from hotline.web.problems import problem

TOKENS_STAND = timedelta(seconds=5)  # how long a token just looked up is taken as it was: a lock-out holds after that
KEPT = 1000  # tokens remembered at most

Remembered = dict[str, tuple[datetime, Client]]


def guard() -> None:
    """Runs before every view of the API. Answers 401, or 404 for an address that cannot be anything's name."""
    authorization = request.headers.get("Authorization", "")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and (client := _client(token.strip())) is not None:
        g.actor, g.centre = client.actor, client.centre
    elif authorization or not current_user.is_authenticated:
        _refuse()
    elif current_app.config.get("WTF_CSRF_ENABLED", True):  # a page of another site must not use the person's session
        current_app.extensions["csrf"].protect()
    for value in (request.view_args or {}).values():
        if isinstance(value, str) and value != clean(value):
            abort(404)


def _client(token: str) -> Client | None:
    remembered: Remembered = current_app.extensions.setdefault("hotline_tokens", {})
    known = remembered.get(token)
    if known is not None and abs(door.now() - known[0]) < TOKENS_STAND:
        return known[1]
    with door.office().session() as session:
        client = clients.find(session, token, door.now())
    if client is None:
        remembered.pop(token, None)
        return None
    if len(remembered) >= KEPT:
        remembered.clear()
    remembered[token] = (door.now(), client)
    return client


def _refuse() -> None:
    response = problem(401, "not_logged_in", "请先登录，或提供有效的令牌（Authorization: Bearer …）。")
    response.headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    abort(response)


def centre() -> tuple[int, str]:
    """Id and path of the centre that takes in what this client or person sends."""
    if "centre" not in g:
        with door.office().session() as session:
            g.centre = clients.centre_above(session, door.actor().unit_path)
    return cast(tuple[int, str], g.centre)


def own_key(header: str | None) -> str | None:
    """The Idempotency-Key as it is stored: no client can meet the key of another. None without one."""
    if header is None or not header.strip():
        return None
    key = header.strip()
    if len(key) > 200:
        abort(problem(422, "invalid", "Idempotency-Key 过长，请控制在200个字符以内。"))
    actor = door.actor()
    kind = "client" if actor.kind is ActorKind.CLIENT else "staff"
    return f"{kind}:{actor.id}:{clean(key)}"
