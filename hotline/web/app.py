"""The web application, put together: pages for citizens and staff, the JSON API, the carrier's callbacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, current_app, request, url_for
from flask_wtf.csrf import CSRFProtect
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from hotline.office import Office
from hotline.web import (
    api,
    citizen,
    console,
    filters,
    frame,
    handset,
    languages,
    limits,
    login,
    ops,
    packing,
    problems,
    public,
    sms,
    staff,
    static_files,
    voice,
)
from hotline.web.door import now
from hotline.web.mapping import MapSettings
from hotline.web.naming import city_name
from migrations import newest

LARGEST_REQUEST = 70 * 1024 * 1024  # six photos of ten megabytes and a form
LARGEST_FORM = 2 * 1024 * 1024  # its texts, and so all of a form that can bring no photos

NO_MAP = MapSettings()
NO_NAME: Mapping[str, str] = MappingProxyType({})

csrf = CSRFProtect()


def create_app(
    office: Office,
    *,
    secret_key: str,
    proxies: int = 0,
    redis_url: str | None = None,
    demo_logins: Sequence[Mapping[str, Any]] = (),
    map_settings: MapSettings = NO_MAP,
    city_names: Mapping[str, str] = NO_NAME,
    clock: Callable[[], datetime] | None = None,
) -> Flask:
    """The app of one office.

    `proxies`: so many stand before us and say for whom they ask; what others say of that is not believed.
    `city_names`: the name of the city by language. `clock` is turned by hand in tests and in the demo; the door asks
    the real one without it.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=office.site.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch is not lost
        WTF_CSRF_SSL_STRICT=False,  # behind a proxy that rewrites the referrer the token alone decides
        DEMO_LOGINS=list(demo_logins),
        CLOCK=clock,
        MAP=map_settings,
        CITY=city_names,
        NEWEST_MIGRATION=newest(),
        REDIS=Redis.from_url(redis_url, socket_timeout=1) if redis_url else None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["hotline"] = office
    packing.register(app)
    static_files.register(app)
    app.before_request(_limit)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    csrf.init_app(app)
    limits.register(app, redis_url)
    languages.register(app)
    problems.register(app)
    app.config["ZONE"] = office.zone
    filters.register(app, app.config["ZONE"])
    office.engine.dispose()  # the application may be loaded before a fork: no connection may cross it
    for door in (login, citizen, public, staff, api, sms, voice, console, handset):
        door.register(app)
    app.register_blueprint(ops.blueprint)
    app.context_processor(_everywhere)
    frame.register(app)
    app.after_request(_headers)
    return app


def _limit() -> None:
    """Werkzeug holds `MAX_FORM_MEMORY_SIZE` against forms in parts only."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = LARGEST_FORM


def _everywhere() -> dict[str, Any]:
    return {
        "now": now(),
        "map_settings": current_app.config["MAP"],
        "city": city_name(),
        "urls": {
            "home": url_for("citizen.home"),
            "complain": url_for("citizen.complain"),
            "lookup": url_for("citizen.lookup"),
            "login": url_for("login.show"),
            "logout": url_for("login.leave"),
        },
    }


def _headers(response: Response) -> Response:
    """Nothing from elsewhere, no frames, no guessing of types."""
    pictures = f"img-src 'self' data: blob: {current_app.config['MAP'].source}".rstrip()
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; {pictures}; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
