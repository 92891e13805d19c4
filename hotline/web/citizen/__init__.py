"""The citizen's pages: complain, look up, follow, answer back. No account; number and key say whose it is."""

from __future__ import annotations

from flask import Flask, render_template

from hotline.web import attachments
from hotline.web.citizen import complain, lost, own_data, privacy, receipt, status, telling
from hotline.web.citizen.blueprint import blueprint
from hotline.web.encodings import AnyEncodingRequest


def register(app: Flask) -> None:
    """All of the citizen's addresses."""
    app.request_class = AnyEncodingRequest
    app.register_blueprint(blueprint)
    attachments.register(app)
    for views in (status, telling, lost):
        views.register(app)
    app.extensions["csrf"].exempt(complain.complain)  # checks the token itself, to keep what was typed


@blueprint.get("/")
def home() -> str:
    """What this is, and the two doors: complain, look up."""
    return render_template("citizen/home.html")


__all__ = ["complain", "lost", "own_data", "privacy", "receipt", "register", "status", "telling"]
