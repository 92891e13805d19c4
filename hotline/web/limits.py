"""How often: log-in, forms, status page and texts, by address and by telephone number, counted in Redis.

When Redis is away each process counts for itself, and one line of the log says so: nobody is turned away for it.
"""

from __future__ import annotations

import logging

import structlog
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

log = structlog.get_logger()

limiter = Limiter(get_remote_address, headers_enabled=False, in_memory_fallback_enabled=True, swallow_errors=True)

PATIENCE = 1  # seconds; nobody waits longer to be counted


def register(app: Flask, redis_url: str | None) -> None:
    """Count in Redis, so that all web processes count together."""
    url = redis_url or "memory://"
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{url}" if url.startswith("unix://") else url
    if redis_url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    limiter.init_app(app)


class _Line(logging.Handler):
    """What the library has to warn of, as one line of our log; it warns when Redis goes, not with each request."""

    def emit(self, record: logging.LogRecord) -> None:
        log.warning("rate_limits_counted_per_process", reason=record.getMessage())


limiter.logger.addHandler(_Line(logging.WARNING))
