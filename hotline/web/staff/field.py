"""现场办理: a crew's list and sheets on a phone in the street, and the forms that may be sent late, once.

What the worker of the page (static/field_worker.js) keeps of it is told here: each page says whose it is and is kept
for half a day at most, for that person only; a sheet with nothing left to do says so no more, and goes. The list names
the sheets that are fetched before anybody has opened them, each with its small photos. The cookie says whom this device
is now; the worker compares. With the log-out all of it goes, but nothing that was not sent yet goes unasked.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
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
from hotline.services.work import Work
from hotline.web import resources, uploads
from hotline.web.door import actor, work
from hotline.web.problems import status_of
from hotline.web.resources import BY_NOUN, PHOTO_FIELDS, PHOTOS_FIELD, Resource
from hotline.web.staff import field_sheet, forms, rights

Answer = str | AnyResponse | tuple[str, int]

NOUNS = ("signature", "submission")  # what can be done in the street
USED = "field"  # the cookie of a device that has kept something: who is logged in there
FORGET = "forget"  # of the log-out's form: yes, all that the device keeps; no, none of it
WHOSE, CLOCK, VERSION, PICTURES = "X-Field-Whose", "X-Field-Clock", "X-Field-Version", "X-Field-Pictures"
SCRIPTS = (
    "shrink.js", "library.js", "map.js", "field_queue.js", "field.js", "field_leave.js", "field_near.js", "hotline.js",
    "desk.js", "vendor/htmx-2.0.11/htmx.min.js",
)  # fmt: skip
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
        place = Place(after) if after else Place(before=before)
        found = crews.jobs(unit, *narrowed, place=place)
        if found.astray:
            return redirect(url_for("staff.field", of="mine" if is_own else "unit"))
        leaving = request.args.get("leaving") == "yes"
        shown = field_sheet.listed(unit, found, is_own, own, all_)
        tells = place.first and (is_own or not own) and not leaving
        ahead = field_sheet.ahead(found if is_own else []) if tells else None
        page = render_template("staff/field.html", **shown, **_page(), ahead=ahead, leaving=leaving)
        return page if leaving else _kept(unit, page)


def sheet(number: str) -> Answer:
    """GET /desk/field/<number>."""
    with work() as unit:
        ticket = find(unit, number)
        shown = field_sheet.sheet(unit, ticket)
        page = render_template("staff/field_sheet.html", **shown, **_page())
        if not (shown["sign"] or shown["submit"] or shown["why_not"]):
            return page
        response = _kept(unit, page)
        response.headers[VERSION] = str(ticket.version)
        response.headers[PICTURES] = " ".join(shown["small"])
        return response


def act(number: str, noun: str) -> Answer:
    """POST /desk/field/<number>/<noun>: sign or submit, once for each key. A page for who has no scripts, JSON for the
    device's own queue."""
    resource = BY_NOUN[noun] if noun in NOUNS else None
    if resource is None:
        raise NoPage
    photos, fault = uploads.received_in(PHOTO_FIELDS, request.form.getlist("kept_photo")[:MOST])
    try:
        taken_at = _take(number, resource, photos if resource.takes_photos else [], fault)
    except HotlineError as error:
        return _refused(number, resource, photos, error)
    target = url_for("staff.field_sheet", number=number) if noun == "signature" else url_for("staff.field")
    if _is_for_queue():
        return jsonify(state="taken", said=DONE[noun], at=taken_at.isoformat(), next=target)
    flash(f"工单{number}{DONE[noun]}", "success")
    return redirect(target, 303)


def token() -> Response:
    """GET /desk/field/token: a fresh token for what was filled in long ago, and whose session this is."""
    return jsonify(csrf=generate_csrf(), whose=whose())


def worker() -> Response:
    """GET /desk/field/worker.js. Its build is that of all it keeps: a new one takes the place of the old."""
    addresses = [url_for("static", filename=name) for name in PARTS]
    build = hashlib.sha256("".join([*addresses, _worker_text()]).encode()).hexdigest()[:12]
    told = {
        "build": build,
        "parts": addresses,
        "field": url_for("staff.field"),
        "pictures": url_for("attachments.show", token="x").removesuffix("x"),  # noqa: S106
        "fixed": url_for("static", filename="x").partition("x")[0],
        "queue": url_for("static", filename="field_queue.js"),
        "whose": WHOSE,
        "clock": CLOCK,
        "version": VERSION,
        "small": PICTURES,
        "cookie": USED,
        "nothing": render_template("staff/field_nothing.html", list_url=url_for("staff.field"), most=field_sheet.AHEAD),
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


def _take(number: str, resource: Resource, photos: list[Kept], fault: str) -> datetime:
    """Take the step, unless this very form was taken before; the time of the answer. Raises what the services raise."""
    data = forms.parse(resource.schema, request.form)
    said = digest(data, (photo.digest for photo in photos))
    with work() as unit:
        if not has_arrived(unit, request.form.get("key", ""), number, said):
            if fault:
                raise Invalid({PHOTOS_FIELD: fault})
            resources.run(unit, number, resource, data, photos)
        return unit.now


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
        "zone": str(current_app.config["ZONE"]),
        "worker_url": url_for("staff.field_worker"),
        "token_url": url_for("staff.field_token"),
        "list_url": url_for("staff.field"),
    }


def _kept(work: Work, page: str) -> Response:
    """A page that the worker may keep: of whom, and what the time is here."""
    response = make_response(page)
    response.headers[CLOCK] = work.now.isoformat()
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
