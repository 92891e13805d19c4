"""Downloads of pictures: on a path of their own, never run, only for whom they concern (design §7)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, send_file
from flask_login import current_user

from hotline.domain.actors import Actor
from hotline.domain.errors import HotlineError, NotFound, say
from hotline.domain.texts import clean
from hotline.models import Attachment, Complaint, Ticket
from hotline.services import attaching, citizens, evidencing, picturing
from hotline.services.hand import find
from hotline.services.work import Work
from hotline.web.citizen import memory
from hotline.web.door import citizen_work, now, office

blueprint = Blueprint("attachments", __name__)


def register(app: Flask) -> None:
    """`/files/<token>`."""
    app.register_blueprint(blueprint)


@blueprint.get("/files/<token>")
def show(token: str) -> Response:
    """A picture, for staff who may see its ticket and for the citizen whom it concerns; else 404."""
    with citizen_work() as work:
        attachment = attaching.find(work, clean(token))
        for_citizen = _is_for_citizen(work, attachment)
        if not for_citizen:
            _check_staff(_ticket_of(work, attachment))
        path = attaching.place_of(office().files, attachment.digest or "")
        name = attachment.name if for_citizen and attachment.by_citizen else picturing.name_for_others(work, attachment)
        media_type = attachment.media_type
    response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name, conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _is_for_citizen(work: Work, attachment: Attachment) -> bool:
    """Of a complaint that this browser has opened with its key: its own pictures, and those of its answers."""
    for number in memory.opened(now()):
        complaint = citizens.find_complaint(work, number)
        if complaint is None or not memory.holds(number, complaint.key_hash):
            continue
        if attachment.complaint_id == complaint.id and attachment.by_citizen:
            return True
        if evidencing.is_shown_to(work, complaint, attachment):
            return True
    return False


def _ticket_of(work: Work, attachment: Attachment) -> str:
    """The ticket that it belongs to: that which the complaint is on now."""
    if attachment.complaint_id is not None:
        on = sa.select(Complaint.ticket_id).where(Complaint.id == attachment.complaint_id).scalar_subquery()
        return work.session.scalar(sa.select(Ticket.number).where(Ticket.id == on)) or ""
    return work.session.scalar(sa.select(Ticket.number).where(Ticket.id == attachment.ticket_id)) or ""


def _check_staff(number: str) -> None:
    """Raises NotFound also where it is only not theirs."""
    actor: Actor | None = getattr(current_user, "actor", None)
    if actor is None:
        raise NotFound(say("没有找到这个附件。"))
    try:
        with office().work(actor, now()) as work:
            find(work, number)
    except HotlineError:
        raise NotFound(say("没有找到这个附件。")) from None
