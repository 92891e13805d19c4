"""How often: log-in, forms, status page and texts, by address. When Redis is away each process counts for itself."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=False, in_memory_fallback_enabled=True, swallow_errors=True)


def register(app: Flask, redis_url: str | None) -> None:
    """Count in Redis, so that all web processes count together."""
    url = redis_url or "memory://"
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{url}" if url.startswith("unix://") else url
    limiter.init_app(app)
