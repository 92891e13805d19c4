"""待联系: whom to call because no text has arrived; and writing down that it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, NotFound, Refused, Stale
from hotline.domain.workflow import State
from hotline.models import Complaint, Deadline, DeadlineKind, Ticket
from hotline.services import calling, disclosing, replying
from hotline.services.calling import Call
from hotline.services.covering import mask_name
from hotline.services.scoping import visible
from hotline.services.work import Work
from hotline.web.door import actor, work
from hotline.web.problems import status_of
from hotline.web.resources import BY_NOUN
from hotline.web.staff import forms
from hotline.web.staff.context import CALL_ROLES

Answer = str | AnyResponse | tuple[str, int]

LOGGED = BY_NOUN["call"].schema


def show() -> str:
    """GET /desk/calls."""
    _check_role()
    with work() as unit:
        return _page(unit)


def log(complaint: str) -> Answer:
    """POST /desk/calls/<complaint>: the citizen was told on the phone; now the promise to reply is kept."""
    _check_role()
    try:
        data = forms.parse(LOGGED, request.form.copy() | {"complaint": complaint})
        with work() as unit:
            number = _ticket_of(unit, complaint)
            replying.log_call(unit, number, complaint, data["note"], version=data["version"])
    except (Invalid, Stale, Refused, NotAllowed) as error:
        return _again(complaint, error)
    flash(f"已登记：诉求{complaint}已电话答复。", "success")
    return redirect(url_for("staff.calls", _anchor="main"), 303)


def reveal(complaint: str) -> Answer:
    """POST /desk/calls/<complaint>/contact: the number to call, for a reason that is written down."""
    _check_role()
    try:
        with work() as unit:
            number = _ticket_of(unit, complaint)
            contact = disclosing.disclose(unit, number, complaint, request.form.get("reason", ""))
    except Invalid as error:
        flash(error.message, "error")
        return redirect(url_for("staff.calls"), 303)
    back_url = url_for("staff.calls")
    return render_template("staff/contact.html", contact=contact, complaint=complaint, back_url=back_url)


def _check_role() -> None:
    if not actor().is_any(CALL_ROLES):
        raise NotAllowed("电话答复由受理员和督办员登记，您没有这项权限。")


def _again(complaint: str, error: HotlineError) -> tuple[str, int]:
    errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
    with work() as unit:
        sent = {"complaint": complaint, "errors": errors, "typed": {"note": request.form.get("note", "")}}
        return _page(unit, sent), status_of(error)


def _page(work: Work, sent: Mapping[str, Any] | None = None) -> str:
    before = request.args.get("before", "")
    found = calling.call_list(work, before=int(before) if _is_id(before) else None)
    shown = {call.complaint_number for call in found}
    lost = sent if sent is not None and sent["complaint"] not in shown else None
    following = found[-1].complaint_id if len(found) == calling.PAGE else None
    return render_template(
        "staff/calls.html",
        calls=[_line(call, row, name, sent) for call, row, name in _told(work, found)],
        total=None,
        next_url=url_for("staff.calls", before=following) if following else None,
        prev_url=url_for("staff.calls") if before else None,
        message="；".join(lost["errors"].values()) if lost else None,
        typed=[{"label": "通话记录", "value": lost["typed"]["note"]}] if lost and lost["typed"]["note"] else [],
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _told(work: Work, calls: Sequence[Call]) -> list[tuple[Call, Any, str | None]]:
    """Each call with what is to be said and by when, the earliest promise first."""
    rows = work.session.execute(
        sa.select(Complaint.id, Ticket, Complaint.name_sealed, Deadline.due_at)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .outerjoin(Deadline, sa.and_(Deadline.complaint_id == Complaint.id, Deadline.kind == DeadlineKind.REPLY))
        .where(Complaint.id.in_([call.complaint_id for call in calls]))
    )
    told = {row.id: row for row in rows}
    names = {key: mask_name(work.vault.open(row.name_sealed)) for key, row in told.items()}
    found = [(call, told[call.complaint_id], names[call.complaint_id]) for call in calls]
    found.sort(key=lambda each: (each[1].due_at is None, each[1].due_at))
    return found


def _line(call: Call, row: Any, name: str | None, sent: Mapping[str, Any] | None) -> dict[str, Any]:
    back = sent if sent is not None and sent["complaint"] == call.complaint_number else {}
    ticket: Ticket = row.Ticket
    declined = f"不予受理：{ticket.decline_reason}。请向{ticket.decline_channel}反映。"
    return {
        "number": call.complaint_number,
        "url": url_for("staff.ticket", number=call.ticket_number),
        "matter": call.matter,
        "caller": name,
        "phone": call.phone_masked,
        "answer": declined if ticket.state is State.DECLINED else ticket.answer,
        "why": "诉求人不接收短信" if call.opted_out else "短信没有送达",
        "due": {"due_at": row.due_at} if row.due_at else None,
        "reveal_url": url_for("staff.reveal_call", complaint=call.complaint_number),
        "step": {
            "name": f"call-{call.complaint_number}",
            "label": "登记电话答复",
            "url": url_for("staff.log_call", complaint=call.complaint_number),
            "hidden": {"version": ticket.version},
            "fields": [spec for spec in forms.specs(LOGGED, lambda name: []) if spec["name"] != "complaint"],
            "typed": back.get("typed", {}),
            "errors": back.get("errors", {}),
            "anchored": True,
        },
    }


def _ticket_of(work: Work, complaint: str) -> str:
    """The number of the ticket that the complaint is on. Raises NotFound if it is not there or not the actor's."""
    number = work.session.scalar(
        sa.select(Ticket.number)
        .join(Complaint, Complaint.ticket_id == Ticket.id)
        .where(Complaint.number == complaint, visible(work.actor))
    )
    if number is None:
        raise NotFound("没有找到这件诉求，请核对编号。")
    return number
