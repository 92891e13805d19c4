"""工作台: what staff see and do. One table of addresses; what they do stands in the modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, abort
from flask_login import current_user
from werkzeug.wrappers import Response

from hotline.web import away
from hotline.web.login import manager
from hotline.web.staff import (
    administration,
    calls,
    context,
    dispatch,
    drafts,
    hot,
    inbox,
    learning,
    new_call,
    publication,
    reports,
    texts,
    ticket,
)

MOST = 2**63 - 1  # no id is larger

blueprint = Blueprint("staff", __name__, url_prefix="/desk")

PAGES: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("GET", "/", "home", inbox.home),
    ("GET", "/tickets", "tickets", inbox.show),
    ("GET", "/tickets/<number>", "ticket", ticket.show),
    ("GET", f"/tickets/<number>/deadlines/<int(max={MOST}):deadline_id>", "why", ticket.why),
    ("POST", "/tickets/<number>/complaints/<complaint>/contact", "reveal", ticket.reveal),
    ("GET", "/tickets/<number>/<path:noun>", "step", ticket.step_page),
    ("POST", "/tickets/<number>/<path:noun>", "act", ticket.act),
    ("GET", "/drafts", "drafts", drafts.show_all),
    ("POST", "/drafts", "upload_transcript", drafts.upload),
    ("POST", "/drafts/files/<token>", "read_again", drafts.read_again),
    ("GET", f"/drafts/<int(max={MOST}):draft_id>", "draft", drafts.show),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/confirmation", "confirm_draft", drafts.confirm),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/join", "join_draft", drafts.join),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/answer", "answer_draft", drafts.answer),
    ("POST", f"/drafts/<int(max={MOST}):draft_id>/discard", "discard_draft", drafts.discard),
    ("GET", "/calls", "calls", calls.show),
    ("GET", "/calls/new", "new_call", new_call.show),
    ("POST", "/calls/new", "receive_call", new_call.receive),
    ("POST", "/calls/<complaint>/contact", "reveal_call", calls.reveal),
    ("POST", "/calls/<complaint>", "log_call", calls.log),
    ("GET", "/reports", "report", reports.current),
    ("GET", "/reports/<month>", "month", reports.show),
    ("GET", "/reports/<month>/items", "items", reports.items),
    ("GET", "/reports/<month>/deadlines.csv", "month_csv", reports.items_csv),
    ("GET", "/public", "public", publication.show_all),
    ("GET", "/public/<number>", "publication", publication.show),
    ("POST", "/public/<number>", "screen", publication.decide),
    ("GET", "/hot", "hot", hot.show_all),
    ("GET", f"/hot/<int(max={MOST}):hot_id>", "hot_matter", hot.show),
    ("POST", f"/hot/<int(max={MOST}):hot_id>/merger", "merge_hot", hot.merge),
    ("POST", f"/hot/<int(max={MOST}):hot_id>/supervision", "supervise_hot", hot.supervise),
    ("GET", "/away", "away", away.show),
    ("GET", "/dispatch", "dispatch", dispatch.show),
    ("POST", "/dispatch", "add_line", dispatch.add),
    ("GET", "/dispatch.toml", "dispatch_file", dispatch.download),
    ("GET", f"/dispatch/<int(max={MOST}):line_id>", "line", dispatch.edit),
    ("POST", f"/dispatch/<int(max={MOST}):line_id>", "change_line", dispatch.change),
    ("POST", f"/dispatch/<int(max={MOST}):line_id>/removal", "remove_line", dispatch.remove),
    ("GET", "/units", "units", administration.units),
    ("GET", "/rules", "rules", administration.rules),
    ("GET", "/learning", "learning", learning.show),
    ("GET", "/rules/texts", "texts", texts.show),
)
for _method, _rule, _endpoint, _view in PAGES:
    blueprint.add_url_rule(_rule, _endpoint, _view, methods=[_method])


def register(app: Flask) -> None:
    """The pages, and the frame around them: who is here and where to go."""
    app.register_blueprint(blueprint)
    away.register(app)
    app.context_processor(context.desk)


@blueprint.url_value_preprocessor
def _only_text(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """An address with a NUL in it is nobody's; the database would not even be asked."""
    if any("\x00" in value for value in (values or {}).values() if isinstance(value, str)):
        abort(404)


@blueprint.before_request
def _only_staff() -> Response | None:
    """Nothing here is for who is not logged in: the log-in page comes first, and leads back."""
    if current_user.is_authenticated:
        return None
    answer: Response = manager.unauthorized()
    return answer


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    """No shared cache and no later reader of the browser's keeps what staff have read."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response
