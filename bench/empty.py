"""The floor: a route of Flask that does nothing, under the same server. `gunicorn bench.empty:app`."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def nothing() -> str:
    """An empty answer."""
    return ""
