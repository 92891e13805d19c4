"""The JSON API under /api/v1: the chain's steps, drafts and rates for other systems (docs/api.md)."""

from __future__ import annotations

from flask import Flask

from hotline.web.api import board, complaints, documenting, drafts, lists, reports, suggestions, tickets, transcripts

PARTS = (
    complaints.blueprint,
    tickets.blueprint,
    tickets.steps,
    suggestions.blueprint,
    drafts.blueprint,
    transcripts.blueprint,
    reports.blueprint,
    board.blueprint,
    lists.blueprint,
)


def register(app: Flask) -> None:
    """All parts of the API. The check of forms' tokens must be there already; the guard asks it for sessions only."""
    api = documenting.make_api(app)
    for part in PARTS:
        app.extensions["csrf"].exempt(part)
        api.register_blueprint(part)
