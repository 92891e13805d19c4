"""How often: log-in, forms, status page and texts, by address and by telephone number, counted in Redis.

When Redis is away each process counts for itself, and one line of the log says so: nobody is turned away for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

log = structlog.get_logger()

View = TypeVar("View", bound=Callable[..., Any])

limiter = Limiter(get_remote_address, headers_enabled=False, in_memory_fallback_enabled=True, swallow_errors=True)

#: Wrong passwords and codes: of one person at one address, and of one address, behind which a whole centre may sit.
OF_PERSON = "10/minute;60/hour"
OF_ADDRESS = "60/minute;300/hour"
WRONG = frozenset({404, 422})

PATIENCE = 1  # seconds; nobody waits longer to be counted


def register(app: Flask, redis_url: str | None) -> None:
    """Count in Redis, so that all web processes count together."""
    url = redis_url or "memory://"
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{url}" if url.startswith("unix://") else url
    if redis_url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    limiter.init_app(app)


def against_guessing(view: View, whose: Callable[[], str] = lambda: "") -> View:
    """Too many failures shut the view (429) for `whose` at this address, and for the address; who gets in counts for
    nothing: a hundred desks log in at eight o'clock."""
    by_person = limiter.limit(OF_PERSON, key_func=lambda: f"{get_remote_address()} {whose()}", deduct_when=_is_wrong)
    by_address = limiter.limit(OF_ADDRESS, deduct_when=_is_wrong)
    return cast(View, by_address(by_person(view)))


def _is_wrong(response: Response) -> bool:
    return response.status_code in WRONG


class _Line(logging.Handler):
    """What the library has to warn of, as one line of our log; it warns when Redis goes, not with each request."""

    def emit(self, record: logging.LogRecord) -> None:
        log.warning("rate_limits_counted_per_process", reason=record.getMessage())


limiter.logger.addHandler(_Line(logging.WARNING))
