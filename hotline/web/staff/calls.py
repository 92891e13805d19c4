"""电话名单: whom to call because no text has arrived, whom to ask whether it was solved; and writing down that it was
done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, NotFound, Refused, Stale
from hotline.domain.workflow import State
from hotline.models import Complaint, Deadline, DeadlineKind, Ticket
from hotline.services import calling, disclosing, phoning
from hotline.services.calling import Call, Why
from hotline.services.covering import is_of_centre, is_secret, mask_name, passing, read_ahead
from hotline.services.paging import Stretch
from hotline.services.phoning import Question, Standing, Which
from hotline.services.scoping import visible
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.problems import status_of
from hotline.web.resources import BY_NOUN
from hotline.web.staff import forms, phone_call

Answer = str | AnyResponse | tuple[str, int]

LOGGED = BY_NOUN["call"].schema
ON_A_PAGE = calling.PAGE
TABS = {Which.ANSWERS: "待联系", Which.SURVEYS: "待回访"}


def show() -> Answer:
    """GET /desk/calls: 待联系, or 待回访 with `list=surveys`."""
    with work() as unit:
        if phone_call.which_of(request.args.get("list")) is Which.SURVEYS:
            asked = phoning.survey_list(unit, place_of(request.args), ON_A_PAGE)
            again = url_for("staff.calls", list=Which.SURVEYS.value)
            return redirect(again) if asked.astray else _survey_page(unit, asked)
        calls = calling.call_list(unit, place_of(request.args), ON_A_PAGE)
        return redirect(url_for("staff.calls")) if calls.astray else _page(unit, calls)


def log(complaint: str) -> Answer:
    """POST /desk/calls/<complaint>: the citizen was told on the phone; if it was the answer, the promise is kept."""
    try:
        data = forms.parse(LOGGED, request.form.copy() | {"complaint": complaint})
        with work() as unit:
            number = _ticket_of(unit, complaint)
            calling.log(unit, number, complaint, data["note"], version=data["version"])
    except (Invalid, Stale, Refused, NotAllowed) as error:
        return _again(complaint, error)
    flash(f"已登记：诉求{complaint}已电话告知。", "success")
    return redirect(url_for("staff.calls", _anchor="main"), 303)


def reveal(complaint: str) -> Answer:
    """POST /desk/calls/<complaint>/contact: the number to call, for a reason that is written down."""
    try:
        with work() as unit:
            number = _ticket_of(unit, complaint)
            contact = disclosing.disclose(unit, number, complaint, request.form.get("reason", ""))
    except Invalid as error:
        flash(error.message, "error")
        return redirect(url_for("staff.calls"), 303)
    back_url = url_for("staff.calls")
    return render_template("staff/contact.html", contact=contact, complaint=complaint, back_url=back_url)


def _again(complaint: str, error: HotlineError) -> tuple[str, int]:
    errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
    with work() as unit:
        sent = {"complaint": complaint, "errors": errors, "typed": {"note": request.form.get("note", "")}}
        return _page(unit, calling.call_list(unit, size=ON_A_PAGE), sent), status_of(error)


def _page(work: Work, calls: Stretch[Call, int], sent: Mapping[str, Any] | None = None) -> str:
    shown = {call.complaint_number for call in calls}
    stand = phoning.standings(work, [call.complaint_id for call in calls])
    lost = sent if sent is not None and sent["complaint"] not in shown else None
    return render_template(
        "staff/calls.html",
        calls=[
            _line(call, row, name, sent) | _standing(call.complaint_number, stand.get(call.complaint_id), Which.ANSWERS)
            for call, row, name in _told(work, calls)
        ],
        **_frame(work, Which.ANSWERS),
        total=None,
        next_url=url_for("staff.calls", after=calls.after) if calls.after else None,
        prev_url=url_for("staff.calls", before=calls.before) if calls.before else None,
        message="；".join(lost["errors"].values()) if lost else None,
        typed=[{"label": "通话记录", "value": lost["typed"]["note"]}] if lost and lost["typed"]["note"] else [],
    )


def _survey_page(work: Work, asked: Stretch[Question, int]) -> str:
    stand = phoning.standings(work, [each.complaint_id for each in asked])
    read_ahead(work, (each.ticket for each in asked))
    return render_template(
        "staff/calls.html",
        calls=[
            _question(work, each) | _standing(each.complaint_number, stand.get(each.complaint_id), Which.SURVEYS)
            for each in asked
        ],
        **_frame(work, Which.SURVEYS),
        total=None,
        next_url=url_for("staff.calls", list=Which.SURVEYS.value, after=asked.after) if asked.after else None,
        prev_url=url_for("staff.calls", list=Which.SURVEYS.value, before=asked.before) if asked.before else None,
        message=None,
        typed=[],
    )


def _frame(work: Work, shown: Which) -> dict[str, Any]:
    counts = phoning.counts(work)
    return {
        "which": shown.value,
        "tabs": [
            {
                "label": label,
                "count": f"{phoning.MOST}+" if counts[which] >= phoning.MOST else counts[which],
                "url": url_for("staff.calls", list=which.value),
                "current": which is shown,
            }
            for which, label in TABS.items()
        ],
        "following_url": url_for("staff.next_call"),
    }


def _question(work: Work, asked: Question) -> dict[str, Any]:
    secret = (asked.confidential or asked.ticket.confidential) and not is_of_centre(work.actor, asked.ticket)
    return {
        "number": asked.complaint_number,
        "url": url_for("staff.ticket", number=asked.ticket.number),
        "matter": passing(work, asked.ticket)(asked.ticket.matter),
        "caller": "保密件" if secret else "诉求人",
        "phone": "请由热线中心联系" if secret else asked.phone_masked,
        "answer": passing(work, asked.ticket)(_answer(asked.ticket)),
        "why": "诉求人不接收短信" if asked.opted_out else "短信回访没有回复",
        "due": {"due_at": asked.due_at},
        "reveal_url": None,
        "settle_url": None,
        "step": None,
    }


def _standing(number: str, standing: Standing | None, which: Which) -> dict[str, Any]:
    """Who is calling just now, what came of the tries, and the way to the call itself."""
    return {
        "call_url": url_for("staff.call", complaint=number, list=which.value),
        "by_other": standing.by_other if standing else "",
        "before": phone_call.missed_words(standing),
        "again_at": standing.again_at if standing else None,
    }


def _told(work: Work, calls: Sequence[Call]) -> list[tuple[Call, Any, str | None]]:
    """Each call with what is to be said, by when and to whom, the earliest promise first. Secret ones unnamed."""
    promise = (
        sa.select(Deadline.due_at)
        .where(Deadline.complaint_id == Complaint.id, Deadline.kind == DeadlineKind.REPLY, Deadline.void_at.is_(None))
        .order_by(Deadline.id.desc())
        .limit(1)
    )
    rows = work.session.execute(
        sa.select(Complaint, Ticket, promise.scalar_subquery().label("due_at"))
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Complaint.id.in_([call.complaint_id for call in calls]))
    )
    told = {row.Complaint.id: row for row in rows}
    found = [(call, told[call.complaint_id], _name(work, told[call.complaint_id])) for call in calls]
    found.sort(key=lambda each: (each[1].due_at is None, each[1].due_at))
    return found


def _name(work: Work, row: Any) -> str | None:
    if is_secret(work.actor, row.Ticket, row.Complaint):
        return None
    return mask_name(work.vault.open(row.Complaint.name_sealed)) or "未留姓名"


def _line(call: Call, row: Any, name: str | None, sent: Mapping[str, Any] | None) -> dict[str, Any]:
    back = sent if sent is not None and sent["complaint"] == call.complaint_number else {}
    ticket: Ticket = row.Ticket
    url = url_for("staff.ticket", number=call.ticket_number)
    return {
        "number": call.complaint_number,
        "url": url,
        "matter": call.matter,
        "caller": name or "保密件",
        "phone": call.phone_masked if name else "请由热线中心联系",
        "answer": call.said if call.why is not Why.ANSWER else _answer(ticket),
        "why": _why(call),
        "due": {"due_at": row.due_at} if row.due_at and call.why is not Why.WORDS else None,
        "reveal_url": url_for("staff.reveal_call", complaint=call.complaint_number) if name else None,
        "settle_url": f"{url}#steps" if call.why is Why.WORDS else None,
        "step": _step(call, ticket.version, back) if call.why is not Why.WORDS else None,
    }


def _answer(ticket: Ticket) -> str:
    if ticket.state is State.DECLINED:
        return f"不予受理：{ticket.decline_reason}。请向{ticket.decline_channel}反映。"
    return ticket.answer


def _why(call: Call) -> str:
    if call.why is Why.WORDS:
        return "答复之后又来信，没有评价"
    if call.opted_out:
        return "诉求人不接收短信"
    return "答复短信没有送达" if call.why is Why.ANSWER else "告知短信没有送达"


def _step(call: Call, version: int, back: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": f"call-{call.complaint_number}",
        "label": "登记电话答复" if call.why is Why.ANSWER else "登记电话告知",
        "url": url_for("staff.log_call", complaint=call.complaint_number),
        "hidden": {"version": version},
        "fields": [spec for spec in forms.specs(LOGGED, lambda name: []) if spec["name"] != "complaint"],
        "typed": back.get("typed", {}),
        "errors": back.get("errors", {}),
        "anchored": True,
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
