"""已收到: number and key, what happens by when, and a picture of the link. Only in the browser that has sent it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from hotline.models import Citizen, Complaint, Deadline, DeadlineKind, Ticket, Urgency
from hotline.services import citizens, standing
from hotline.services.work import Work
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.linking import link_to, qr_of
from hotline.web.door import citizen_work
from hotline.web.languages import gettext as _


@blueprint.get("/complaints/<number>/received")
def received(number: str) -> Response | str:
    """The receipt, as often as it is looked at."""
    key = memory.receipt(number)
    if key is None:
        return redirect(url_for("citizen.status", number=number), 303)
    with citizen_work() as work:
        complaint, ticket = citizens.open_complaint(work, number, key)
        context = _receipt(work, complaint, ticket)
    link = link_to(number, key)
    return render_template(
        "citizen/received.html",
        number=number,
        key=key,
        status_url=url_for("citizen.status", number=number),
        link=link,
        qr=qr_of(link),
        **context,
    )


def _receipt(work: Work, complaint: Complaint, ticket: Ticket) -> dict[str, Any]:
    citizen = work.session.get(Citizen, complaint.citizen_id) if complaint.citizen_id else None
    texted = citizen is not None and citizen.opted_out_at is None
    return {
        "promises": _promises(standing.promised(work, complaint, ticket)),
        "phone_masked": citizen.phone_masked if citizen is not None and texted else None,
        "wants_reply": complaint.wants_reply,
        "others": ticket.heat - 1 if ticket.number != complaint.number else 0,
        "urgent": ticket.urgency is Urgency.URGENT,
    }


def _promises(owed: dict[DeadlineKind, Deadline]) -> list[dict[str, Any]]:
    """What is still to come, in order; of what it joined some may have happened already."""
    labels = {
        DeadlineKind.ACCEPT: _("受理，告诉您由谁办理"),
        DeadlineKind.CLOSE: _("办结"),
        DeadlineKind.REPLY: _("答复您"),
    }
    open_ones = [(owed[kind], label) for kind, label in labels.items() if kind in owed and owed[kind].met_at is None]
    promises = [{"label": label, "due_at": deadline.due_at} for deadline, label in open_ones]
    return sorted(promises, key=lambda promise: promise["due_at"])
