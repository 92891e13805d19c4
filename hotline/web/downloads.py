"""A file as an answer: the one place that names it, so that a Chinese name goes through every server."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Response, send_file


def sent(data: bytes | BytesIO | Path, name: str, media_type: str) -> Response:
    """A download that nobody keeps on the way. Headers are Latin-1: a name in Chinese travels as RFC 6266 has it."""
    source = BytesIO(data) if isinstance(data, bytes) else data
    response = send_file(source, mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response
