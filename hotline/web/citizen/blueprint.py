"""The blueprint that the citizen's pages share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("citizen", __name__)
