"""工作台: what staff see and do. The addresses stand in `addresses`; what answers in the modules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, make_response, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.web import away, login
from hotline.web.sessions import manager
from hotline.web.staff import addresses, context, field, live, rights

blueprint = Blueprint("staff", __name__, url_prefix="/desk")

for _method, _rule, _endpoint, _view, _whose in addresses.PAGES:
    blueprint.add_url_rule(_rule, _endpoint, _view, methods=[_method])
    rights.OF_PAGES[f"staff.{_endpoint}"] = _whose


def register(app: Flask) -> None:
    """The pages, and the frame around them: who is here and where to go."""
    app.register_blueprint(blueprint)
    away.register(app)
    live.register(app)
    field.register(app)
    app.context_processor(context.desk)


@blueprint.url_value_preprocessor
def _only_text(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """An address with a NUL in it is nobody's; the database would not even be asked."""
    if any("\x00" in value for value in (values or {}).values() if isinstance(value, str)):
        abort(404)


@blueprint.before_request
def _only_staff() -> Response | None:
    """Nothing here is for who is not logged in: the log-in page comes first, and leads back. What is another role's
    does not exist."""
    if current_user.is_authenticated:
        if not rights.may(current_user.actor, request.endpoint or ""):
            abort(404)
        return None
    if request.endpoint == "staff.live" or "HX-Request" in request.headers:
        abort(401)  # asked for by a page's script: the page stays, and says by itself that the log-in has ended
    if request.method == "POST":
        return make_response(login.ended())
    answer: Response = manager.unauthorized()
    return answer


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """No shared cache and no later reader of the browser's keeps what staff have read."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.after_request
def _taken(response: Response) -> Response:
    """What was sent to this address is taken: the next page tells the device, which has kept it, to forget it."""
    if request.method == "POST" and response.status_code == 303:
        session[context.TAKEN] = request.path
    return response
