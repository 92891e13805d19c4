"""打电话: one call with what is to be said, sentence by sentence, and what came of it; no two make the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain import phone_script
from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid, NotAllowed, Refused, Stale
from hotline.models import Assignment, Complaint, Ending, Missed, Part, Ticket, Unit
from hotline.services import calling, covering, disclosing, phoning, surveying
from hotline.services.calling import Why
from hotline.services.disclosing import Contact
from hotline.services.phoning import Standing, Which
from hotline.services.work import Work
from hotline.web.door import now, work
from hotline.web.problems import status_of
from hotline.web.resources import BY_NOUN
from hotline.web.staff import forms

Answer = str | AnyResponse | tuple[str, int]

CALL, SURVEY = BY_NOUN["call"].schema, BY_NOUN["survey"].schema
REASONS = {Which.ANSWERS: "电话答复", Which.SURVEYS: "回访"}
TITLES = {Which.ANSWERS: "电话告知", Which.SURVEYS: "电话回访"}
REACHED, LATER = "reached", "later"
GONE = "这件诉求已经联系上，或不再需要打电话。"


@dataclass(frozen=True)
class Sent:
    """What came back with the page: what was typed, what is wrong with it, or the number that was opened."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    contact: Contact | None = None


def show(complaint: str) -> Answer:
    """GET /desk/calls/<complaint>: the call is the reader's from now on, unless somebody else is making it."""
    with work() as unit:
        return _page(unit, complaint, which_of(request.args.get("list")), Sent())


def following() -> AnyResponse:
    """POST /desk/calls/next: the call that is due first and that nobody is making."""
    which = which_of(request.form.get("list"))
    with work() as unit:
        return _onwards(unit, which, request.form.get("besides", ""))


def number(complaint: str) -> Answer:
    """POST /desk/calls/<complaint>/number: name and number on the page of the call; the reason is written down."""
    which = which_of(request.form.get("list"))
    try:
        with work() as unit:
            _, ticket = phoning.find_complaint(unit, complaint)
            contact = disclosing.disclose(unit, ticket.number, complaint, request.form.get("reason", ""))
            return _page(unit, complaint, which, Sent(contact=contact))
    except Invalid as error:
        flash(error.message, "error")
        return redirect(url_for("staff.call", complaint=complaint, list=which.value), 303)


def result(complaint: str) -> Answer:
    """POST /desk/calls/<complaint>/result: what came of the call; then the next one."""
    which = which_of(request.form.get("list"))
    try:
        with work() as unit:
            flash(_write_down(unit, complaint, which), "success")
            return _onwards(unit, which, complaint)
    except (Invalid, Stale, Refused, NotAllowed) as error:
        errors = error.fields if isinstance(error, Invalid) else {"form": error.message}
        with work() as unit:
            return _page(unit, complaint, which, Sent(request.form.to_dict(), errors)), status_of(error)


def which_of(text: str | None) -> Which:
    """The list that an address or a form names; the first one where it names none."""
    return Which(text) if text in list(Which) else Which.ANSWERS


def missed_words(standing: Standing | None) -> str | None:
    """What came of the tries so far."""
    if standing is None or not standing.tries or standing.missed is None:
        return None
    return f"已打{standing.tries}次，上次{phoning.LABELS[standing.missed]}"


def _write_down(unit: Work, complaint: str, which: Which) -> str:
    outcome = request.form.get("outcome", "")
    if outcome == LATER:
        at = _moment(request.form.get("again_at", ""), unit)
        phoning.put_off(unit, complaint, at, which, _said())
        return f"诉求{complaint}：约定{spoken(at, unit.rules.zone)}再打。"
    if outcome in list(Missed):
        why = Missed(outcome)
        return f"诉求{complaint}：{phoning.LABELS[why]}。{phoning.missed(unit, complaint, why, which, _said())}"
    if outcome != REACHED:
        raise Invalid({"form": "请选择通话结果。"})
    row, ticket = phoning.find_complaint(unit, complaint)
    form = request.form.copy() | {"complaint": complaint}
    if which is Which.SURVEYS:
        data = forms.parse(SURVEY, form)
        surveying.log(
            unit, ticket.number, complaint, data["solved"], data["score"], data["comment"], version=data["version"]
        )
    else:
        data = forms.parse(CALL, form)
        calling.log(unit, ticket.number, complaint, data["note"], version=data["version"])
    phoning.done(unit, row.id)
    return f"诉求{complaint}：已登记{TITLES[which]}。"


def _said() -> str:
    """What was written down of the call, whatever has come of it. Raises Invalid."""
    words = request.form.get("note") or request.form.get("comment", "")
    said: str = forms.parse(CALL, request.form.copy() | {"complaint": "-", "note": words})["note"]
    return said.strip()


def _moment(text: str, unit: Work) -> datetime:
    """As the browser sends it, in city time. Raises Invalid."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=unit.rules.zone)
    except ValueError:
        raise Invalid({"again_at": "请填写再打的日期和时间。"}) from None


def _onwards(unit: Work, which: Which, besides: str) -> AnyResponse:
    following = phoning.next_call(unit, which, besides)
    if following is None:
        flash("名单上没有其他现在要打的电话了。", "info")
        return redirect(url_for("staff.calls", list=which.value, _anchor="main"), 303)
    return redirect(url_for("staff.call", complaint=following, list=which.value), 303)


def _page(unit: Work, complaint: str, which: Which, sent: Sent) -> str:
    row, ticket = phoning.find_complaint(unit, complaint)
    waits, kind, said = _what(unit, row, ticket, which)
    standing = phoning.take(unit, row.id) if waits else Standing()
    secret = covering.is_secret(unit.actor, ticket, row)
    matter = covering.passing(unit, ticket)(ticket.matter)
    about = {
        "operator": unit.actor.name,
        "day": spoken(row.received_at, unit.rules.zone).partition("日")[0] + "日",
        "matter": matter,
        "number": row.number,
        "unit": _unit_of(unit, ticket),
        "answer": said,
    }
    schema = SURVEY if which is Which.SURVEYS else CALL
    return render_template(
        "staff/call.html",
        title=TITLES[which],
        which=which.value,
        number=row.number,
        ticket_url=url_for("staff.ticket", number=ticket.number),
        matter=matter,
        waits=waits,
        gone=GONE,
        other=standing.by_other,
        before=missed_words(standing),
        again_at=standing.again_at if standing.again_at and standing.again_at > now() else None,
        lines=unit.phone_script.read(kind, **about) if waits else [],
        contact=sent.contact,
        caller=None if secret else _caller(unit, row),
        reason=REASONS[which],
        fields=[spec for spec in forms.specs(schema, lambda name: []) if spec["name"] != "complaint"],
        values=sent.typed,
        result_errors=sent.errors,
        missed=[{"value": each.value, "label": label} for each, label in phoning.LABELS.items()],
        version=ticket.version,
        number_url=url_for("staff.call_number", complaint=row.number),
        result_url=url_for("staff.call_result", complaint=row.number),
        next_url=url_for("staff.next_call"),
        back_url=url_for("staff.calls", list=which.value),
    )


def _what(unit: Work, row: Complaint, ticket: Ticket, which: Which) -> tuple[bool, str, str]:
    """Whether the call is still to be made, of which kind it is, and what is to be told."""
    if which is Which.SURVEYS:
        return phoning.question_of(unit, row.number) is not None, phone_script.SURVEY, answer_of(ticket)
    call = calling.call_of(unit, row.id)
    if call is None or call.why is Why.WORDS:
        return False, phone_script.ANSWER, answer_of(ticket)
    if call.why is Why.TEXT:
        return True, phone_script.TEXT, call.said
    return True, phone_script.ANSWER, answer_of(ticket)


def answer_of(ticket: Ticket) -> str:
    """What the citizen is told: the answer, or why it is not taken on and who can help."""
    if ticket.decline_reason:
        return f"不予受理：{ticket.decline_reason}。请向{ticket.decline_channel}反映。"
    return ticket.answer or ""


def _unit_of(unit: Work, ticket: Ticket) -> str:
    """Who did the work; the hotline, where it answered by itself."""
    name = unit.session.scalar(
        sa.select(Unit.name)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(Assignment.ticket_id == ticket.id, Assignment.part == Part.LEAD)
        .where(Assignment.ending == Ending.SUBMITTED)
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return name or "热线中心"


def _caller(unit: Work, row: Complaint) -> str:
    return covering.mask_name(unit.vault.open(row.name_sealed)) or "未留姓名"
