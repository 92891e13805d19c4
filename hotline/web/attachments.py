"""Downloads of pictures: on a path of their own, never run, only for whom they concern (design §7)."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, send_file
from flask_login import current_user

from hotline.domain.actors import Actor
from hotline.domain.errors import HotlineError, NotFound, say
from hotline.domain.texts import clean
from hotline.models import Attachment, Complaint, Ticket
from hotline.services import attaching
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
    """A picture, for staff who may see its ticket and for the citizen who has opened its complaint; else 404."""
    with citizen_work() as work:
        attachment = attaching.find(work, clean(token))
        number, complaint_number = _whose(work, attachment)
        if not (memory.is_open(complaint_number, now()) and attachment.by_citizen):
            _check_staff(number)
        path = attaching.place_of(office().files, attachment.digest or "")
        name, media_type = attachment.name, attachment.media_type
    response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name, conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _whose(work: Work, attachment: Attachment) -> tuple[str, str]:
    """Ticket and complaint that it belongs to; the ticket is the one that the complaint is on now."""
    if attachment.complaint_id is not None:
        row = work.session.execute(
            sa.select(Ticket.number, Complaint.number)
            .join(Complaint, Complaint.ticket_id == Ticket.id)
            .where(Complaint.id == attachment.complaint_id)
        ).one()
        return row[0], row[1]
    return work.session.scalar(sa.select(Ticket.number).where(Ticket.id == attachment.ticket_id)) or "", ""


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
