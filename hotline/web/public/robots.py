"""What search engines may read: the first page, the form and what is public; nothing that is somebody's."""

from __future__ import annotations

from flask import Response, url_for

from hotline.domain.publicity import Publicity
from hotline.web.door import office

CLOSED = ("/q", "/files/", "/desk", "/login", "/console", "/complaints/", "/api/", "/twilio/")


def robots() -> Response:
    """GET /robots.txt."""
    lines = ["User-agent: *", f"Allow: {url_for('citizen.complain')}$"]
    if office().publicity is not Publicity.OFF:
        lines.append(f"Allow: {url_for('public.tickets')}")
    lines += [f"Disallow: {path}" for path in CLOSED]
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
