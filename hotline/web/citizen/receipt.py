"""已收到: number and key, what happens by when, and a picture of the link. Only in the browser that has sent it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from hotline.carriers.console import is_connected, is_trial
from hotline.domain.errors import NotFound
from hotline.models import Citizen, Complaint, Deadline, DeadlineKind, Ticket, Urgency
from hotline.services import citizens, standing
from hotline.services.standing import Standing
from hotline.services.work import Work
from hotline.web.citizen import memory
from hotline.web.citizen.blueprint import blueprint
from hotline.web.citizen.linking import link_to, qr_of
from hotline.web.door import citizen_work, office
from hotline.web.languages import gettext as _

LANDLINE = "0"  # an area code


@blueprint.get("/complaints/<number>/received")
def received(number: str) -> Response | str:
    """The receipt, as often as it is looked at. One whose key was replaced is none: the status page says so."""
    key = memory.receipt(number)
    if key is None:
        return redirect(url_for("citizen.status", number=number), 303)
    try:
        with citizen_work() as work:
            complaint, ticket = citizens.open_complaint(work, number, key)
            context = _receipt(work, complaint, ticket)
    except NotFound:
        return redirect(url_for("citizen.status", number=number), 303)
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
    masked = citizen.phone_masked if citizen is not None else None
    return {
        "promises": _promises(standing.promised(work, complaint, ticket), standing.stand(work, complaint, ticket)),
        "phone_masked": masked,
        "texted": citizen is not None and _is_texted(work, citizen),
        "wants_reply": complaint.wants_reply,
        "others": ticket.heat - 1 if ticket.number != complaint.number else 0,
        "urgent": ticket.urgency is Urgency.URGENT,
    }


def _is_texted(work: Work, citizen: Citizen) -> bool:
    """Whether texts reach that telephone. Where no carrier is connected, only one for trying out."""
    masked = citizen.phone_masked
    if masked is None or masked.startswith(LANDLINE) or citizen.opted_out_at is not None:
        return False
    return is_connected(office().carrier) or is_trial(work.vault.open(citizen.phone_sealed))


def _promises(owed: dict[DeadlineKind, Deadline], now: Standing) -> list[dict[str, Any]]:
    """What is still to come, in order; of what it joined some may have happened already.

    Who joined late is answered after the day by which the matter was to be closed: that day is none of his. And where
    the unit was granted more time, nothing is promised for a day before that.
    """
    labels = {
        DeadlineKind.ACCEPT: _("受理，告诉您由谁办理"),
        DeadlineKind.REPLY: _("答复您"),
        DeadlineKind.CLOSE: _("办结这件事"),
    }
    coming = [(owed[kind], label) for kind, label in labels.items() if kind in owed and owed[kind].met_at is None]
    last = owed.get(DeadlineKind.REPLY)
    if now.due is not None and now.overtaken is not None:
        last = now.due
        coming = [(last, _("经批准延期，承办单位办完后答复您")), *coming]
    if last is not None and last.met_at is None:
        coming = [(deadline, label) for deadline, label in coming if _is_news(deadline, last)]
    promises = [{"label": label, "due_at": deadline.due_at} for deadline, label in coming]
    return sorted(promises, key=lambda promise: promise["due_at"])


def _is_news(deadline: Deadline, last: Deadline) -> bool:
    """Something beside the promise to answer, or to be done with it."""
    if deadline is last or deadline.kind is DeadlineKind.ACCEPT:
        return True
    return deadline.due_at > last.due_at
