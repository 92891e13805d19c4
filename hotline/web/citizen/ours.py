"""Whether a form is one that this browser was given: told by the view itself, so that what was typed is not lost."""

from __future__ import annotations

from flask import request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError


def is_ours() -> bool:
    """The form's token is that of the session, which may have ended meanwhile."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
