"""The blueprint of the public pages: who may read them, and how long they may be kept on the way."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, session

from hotline.domain.publicity import Publicity
from hotline.web.door import office

MAX_AGE = 60  # seconds in any cache on the way …
STALE = 300  # … and so long may the old page be shown while a new one is fetched

blueprint = Blueprint("public", __name__, url_prefix="/public")


@blueprint.before_request
def _only_where_public() -> Response | None:
    """A city that has switched this off says so; no address here leads anywhere."""
    if office().publicity is not Publicity.OFF:
        return None
    return make_response(render_template("public/off.html"), 404)


@blueprint.after_request
def _may_be_kept(response: Response) -> Response:
    """Everybody reads the same, so every cache may keep it; not for who has a session, whose language it may show.

    The tag is weak: it stands for the words, however they are packed on the way.
    """
    if response.status_code != 200:
        return response
    if session or session.modified:
        response.headers["Cache-Control"] = "private, no-cache"
    else:
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}, stale-while-revalidate={STALE}"
    if not response.is_streamed:
        response.add_etag(weak=True)
    response.make_conditional(request)
    return response
