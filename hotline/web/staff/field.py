"""现场办理: a crew's list and sheets on a phone in the street, and the forms that may be sent late, once.

What the worker of the page (static/field_worker.js) keeps of it is told here: each page says whose it is and is kept
for half a day at most, for that person only. The cookie says whom this device is now; the worker compares. With the
log-out all of it goes, but nothing that was not sent yet goes unasked.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotFound, Stale
from hotline.services import crews
from hotline.services.attaching import MOST, Kept
from hotline.services.hand import find
from hotline.services.paging import Place
from hotline.services.sending_once import digest, has_arrived
from hotline.web import resources, uploads
from hotline.web.door import actor, work
from hotline.web.problems import status_of
from hotline.web.resources import BY_NOUN, PHOTO_FIELDS, PHOTOS_FIELD, Resource
from hotline.web.staff import field_sheet, forms, rights

Answer = str | AnyResponse | tuple[str, int]

NOUNS = ("signature", "submission")  # what can be done in the street
USED = "field"  # the cookie of a device that has kept something: who is logged in there
FORGET = "forget"  # of the log-out's form: yes, all that the device keeps; no, none of it
WHOSE = "X-Field-Whose"
SCRIPTS = ("shrink.js", "map.js", "field_queue.js", "field.js", "hotline.js")
STYLES = ("vendor/bootstrap-5.3.8/bootstrap.min.css", "hotline.css", "desk.css")
PARTS = (*STYLES, *SCRIPTS, "vendor/tabler-icons-3.51.0/sprite.svg", "icon.svg")
DONE = {"signature": "已签收。", "submission": "办理结果已提交，等待核查。"}


def register(app: Flask) -> None:
    """With the log-out the device forgets what the worker kept, whichever page it was done on; and is told who came."""
    app.before_request(_ask_first)
    app.after_request(_follow)


def show() -> Answer:
    """GET /desk/field: what is mine, or my unit's, the earliest promise first."""
    with work() as unit:
        own, all_ = crews.counts(unit)
        is_own = request.args.get("of", "mine" if own else "unit") == "mine"
        narrowed = [crews.own(unit)] if is_own else []
        after, before = (request.args.get(name) or None for name in ("after", "before"))
        found = crews.jobs(unit, *narrowed, place=Place(after) if after else Place(before=before))
        if found.astray:
            return redirect(url_for("staff.field", of="mine" if is_own else "unit"))
        leaving = request.args.get("leaving") == "yes"
        shown = field_sheet.listed(unit, found, is_own, own, all_)
        page = render_template("staff/field.html", **shown, **_page(), leaving=leaving)
        return page if leaving else _kept(page)


def sheet(number: str) -> Answer:
    """GET /desk/field/<number>."""
    with work() as unit:
        shown = field_sheet.sheet(unit, find(unit, number))
        return _kept(render_template("staff/field_sheet.html", **shown, **_page()))


def act(number: str, noun: str) -> Answer:
    """POST /desk/field/<number>/<noun>: sign or submit, once for each key. A page for who has no scripts, JSON for the
    device's own queue."""
    resource = BY_NOUN[noun] if noun in NOUNS else None
    if resource is None:
        raise NoPage
    photos, fault = uploads.received_in(PHOTO_FIELDS, request.form.getlist("kept_photo")[:MOST])
    try:
        _take(number, resource, photos if resource.takes_photos else [], fault)
    except HotlineError as error:
        return _refused(number, resource, photos, error)
    target = url_for("staff.field_sheet", number=number) if noun == "signature" else url_for("staff.field")
    if _is_for_queue():
        return jsonify(state="taken", said=DONE[noun], next=target)
    flash(f"工单{number}{DONE[noun]}", "success")
    return redirect(target, 303)


def token() -> Response:
    """GET /desk/field/token: a fresh token for what was filled in long ago, and whose session this is."""
    return jsonify(csrf=generate_csrf(), whose=whose())


def worker() -> Response:
    """GET /desk/field/worker.js. Its version is that of all it keeps: a new one takes the place of the old."""
    addresses = [url_for("static", filename=name) for name in PARTS]
    version = hashlib.sha256("".join([*addresses, _worker_text()]).encode()).hexdigest()[:12]
    told = {
        "version": version,
        "parts": addresses,
        "field": url_for("staff.field"),
        "pictures": url_for("attachments.show", token="x").removesuffix("x"),  # noqa: S106
        "fixed": url_for("static", filename="x").partition("x")[0],
        "queue": url_for("static", filename="field_queue.js"),
        "whose": WHOSE,
        "cookie": USED,
        "nothing": render_template("staff/field_nothing.html", list_url=url_for("staff.field")),
    }
    body = f"self.FIELD = {current_app.json.dumps(told)};\n{_worker_text()}"
    response = Response(body, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = url_for("staff.field")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _worker_text() -> str:
    return (Path(__file__).parents[1] / "static" / "field_worker.js").read_text(encoding="utf-8")


def whose() -> str:
    """The person of this session, for a device to tell people apart by; it says nothing else."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"field {actor().staff_id}".encode(), hashlib.sha256).hexdigest()[:16]


def _take(number: str, resource: Resource, photos: list[Kept], fault: str) -> None:
    """Take the step, unless this very form was taken before. Raises what the services raise."""
    data = forms.parse(resource.schema, request.form)
    said = digest(data, (photo.digest for photo in photos))
    with work() as unit:
        if has_arrived(unit, request.form.get("key", ""), number, said):
            return
        if fault:
            raise Invalid({PHOTOS_FIELD: fault})
        resources.run(unit, number, resource, data, photos)


def _refused(number: str, resource: Resource, photos: list[Kept], error: HotlineError) -> Answer:
    changes = field_sheet.changes(error) if isinstance(error, Stale) else []
    if _is_for_queue():
        state = next(name for kind, name in _STATES if isinstance(error, kind))
        version = error.version if isinstance(error, Stale) else None
        answer = jsonify(state=state, said=error.message, version=version, changes=changes)
        return make_response(answer, status_of(error))
    if isinstance(error, NotFound):
        raise error
    errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
    kept = uploads.notes_of(photos) if resource.takes_photos else []
    typed = forms.typed(resource.schema, request.form) | {"kept_photos": kept}
    with work() as unit:
        shown = field_sheet.sheet(unit, find(unit, number), resource.noun, typed, errors)
        unsent = forms.kept(resource.schema, request.form, lambda name: []) if shown["submit"] is None else []
        page = render_template("staff/field_sheet.html", **shown, **_page(), changes=changes, unsent=unsent)
    return page, status_of(error)


_STATES: tuple[tuple[type[HotlineError], str], ...] = (
    (Stale, "stale"),
    (Invalid, "invalid"),
    (NotFound, "gone"),
    (HotlineError, "refused"),
)


def _is_for_queue() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _page() -> dict[str, Any]:
    """What both pages hand to their script."""
    return {
        "whose": whose(),
        "worker_url": url_for("staff.field_worker"),
        "token_url": url_for("staff.field_token"),
        "list_url": url_for("staff.field"),
    }


def _kept(page: str) -> Response:
    """A page that the worker may keep, of whom."""
    response = make_response(page)
    response.headers[WHOSE] = whose()
    _name(response, whose())
    return response


def _ask_first() -> AnyResponse | None:
    """A log-out on any page of a device that may hold what was not sent: the page of the field looks, and asks."""
    is_leaving = request.endpoint == "login.leave" and request.method == "POST"
    if not is_leaving or USED not in request.cookies or request.form.get(FORGET) in ("yes", "no"):
        return None
    if not current_user.is_authenticated or not rights.may(actor(), "staff.field"):
        return None
    return redirect(url_for("staff.field", leaving="yes"), 303)


def _follow(response: Response) -> Response:
    """Whoever comes after another one is shown nothing that was kept for that one."""
    if request.blueprint != "login" or USED not in request.cookies or response.status_code >= 400:
        return response
    if current_user.is_authenticated:
        _name(response, whose())
    elif request.endpoint == "login.leave":
        if request.form.get(FORGET) == "yes":
            response.headers["Clear-Site-Data"] = '"storage"'
            response.delete_cookie(USED)
        else:
            _name(response, "nobody")
    return response


def _name(response: Response, value: str) -> None:
    """The worker reads it: it is no secret, and opens nothing."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(USED, value, samesite="Lax", secure=secure)
