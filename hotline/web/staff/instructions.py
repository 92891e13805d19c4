"""领导批示: what leaders have written, by when it is to be reported back, and the report, which prints as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.domain.errors import Invalid, NotFound, Refused
from hotline.domain.workflow import BY_NAME, STATE_LABELS
from hotline.models import Ticket
from hotline.services import covering, instructing
from hotline.services.covering import Cover
from hotline.services.hand import find
from hotline.services.instructing import Instructed, Standing
from hotline.services.paging import FIRST, Stretch
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.problems import status_of
from hotline.web.resources import MESSAGES, text
from hotline.web.staff import forms, rights, watch
from hotline.web.staff.queue import Answer

STANDINGS = {Standing.OPEN: "待反馈", Standing.LATE: "已逾期", Standing.DONE: "已反馈", Standing.ALL: "全部"}
EMPTY = {
    Standing.OPEN: "没有待反馈的领导批示。登记的批示会按反馈期限列在这里。",
    Standing.LATE: "没有逾期未反馈的领导批示。",
    Standing.DONE: "还没有已反馈的领导批示。",
    Standing.ALL: "还没有登记过领导批示。",
}
SHORT = validate.Length(max=100, error="请控制在100字以内。")
_DAY = MESSAGES | {"invalid": "请填写日期，例如 2026-12-01。"}


class Entry(Schema):
    """A leader's words on a ticket."""

    class Meta:
        unknown = EXCLUDE

    number = fields.String(required=True, validate=SHORT, error_messages=MESSAGES, metadata={
        "label": "工单编号", "widget": "text",
        "hint": "批示所指的工单。还没有登记的事项，请先登记，来源选领导批示。"})  # fmt: skip
    leader = fields.String(required=True, validate=SHORT, error_messages=MESSAGES, metadata={
        "label": "批示领导", "widget": "text", "hint": "姓名和职务，例如：副市长张某某。"})  # fmt: skip
    text = text("批示内容", missing="请照录批示的原文。", hint="照录原文。", rows=4)
    given_on = fields.Date(required=True, error_messages=_DAY, metadata={"label": "批示日期", "widget": "date"})
    due_on = fields.Date(load_default=None, allow_none=True, error_messages=_DAY, metadata={
        "label": "反馈期限", "widget": "date",
        "hint": "批示中写明日期的填写；不填则按政策中领导批示的时限计算。"})  # fmt: skip


class Report(Schema):
    """The report back."""

    class Meta:
        unknown = EXCLUDE

    report = text(
        "办理情况反馈",
        missing="请写明办理过程、结果和下一步措施。",
        hint="办理过程、结果和下一步措施，报送批示领导。",
        rows=6,
    )


def show() -> Answer:
    """GET /desk/instructions; `number` opens the form for that ticket."""
    with work() as unit:
        standing = _standing()
        found = instructing.listed(unit, standing, place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.instructions", state=standing))
        return _list(unit, standing, found, {})


def enter() -> Answer:
    """POST /desk/instructions."""
    try:
        data = forms.parse(Entry, request.form)
        with work() as unit:
            entered = instructing.enter(
                unit, data["number"].strip(), data["leader"], data["text"], data["given_on"], data["due_on"]
            )
            target = url_for("staff.instruction", instruction_id=entered.id, _anchor="main")
    except Invalid as error:
        with work() as unit:
            return _again(unit, error.fields), 422
    except NotFound as error:
        with work() as unit:
            return _again(unit, {"number": error.message}), 422
    flash("批示已登记，并记入工单台账。", "success")
    return redirect(target, 303)


def show_one(instruction_id: int) -> Answer:
    """GET /desk/instructions/<id>."""
    with work() as unit:
        return _page(unit, instruction_id)


def report(instruction_id: int) -> Answer:
    """POST /desk/instructions/<id>: reported back."""
    try:
        data = forms.parse(Report, request.form)
        with work() as unit:
            instructing.report(unit, instruction_id, data["report"])
    except Invalid as error:
        with work() as unit:
            return _page(unit, instruction_id, error.fields), 422
    except Refused as error:
        with work() as unit:
            return _page(unit, instruction_id, message=error.message), status_of(error)
    flash("已反馈，并记入工单台账。可以打印反馈单。", "success")
    return redirect(url_for("staff.instruction", instruction_id=instruction_id, _anchor="main"), 303)


def of_ticket(work: Work, ticket: Ticket, cover: Cover) -> list[dict[str, Any]]:
    """For the ticket's page; only who has the pages of instructions is led there."""
    shown = [_line(work, each) for each in instructing.of_ticket(work, ticket, cover)]
    return shown if rights.may(work.actor, "staff.instruction") else [each | {"url": None} for each in shown]


def enter_url(work: Work, ticket: Ticket) -> str | None:
    """Where one is entered for this ticket, for who may."""
    return url_for("staff.instructions", number=ticket.number, _anchor="step-entry") if _may(work) else None


def _standing() -> Standing:
    asked = request.args.get("state", "")
    return Standing(asked) if asked in list(Standing) else Standing.OPEN


def _again(work: Work, errors: Mapping[str, str]) -> str:
    return _list(work, Standing.OPEN, instructing.listed(work, Standing.OPEN, FIRST), errors)


def _list(work: Work, standing: Standing, found: Stretch[Instructed, int], errors: Mapping[str, str]) -> str:
    return render_template(
        "staff/instructions.html",
        tabs=watch.tabs(),
        parts=[_part(label, each, standing) for each, label in STANDINGS.items()],
        instructions=[_line(work, each) for each in found],
        entry=_entry(work, errors) if _may(work) else None,
        empty_text=EMPTY[standing],
        next_url=url_for("staff.instructions", state=standing, after=found.after) if found.after else None,
        prev_url=url_for("staff.instructions", state=standing, before=found.before) if found.before else None,
    )


def _part(label: str, standing: Standing, here: Standing) -> dict[str, Any]:
    url = url_for("staff.instructions", state=standing)
    return {"label": label, "url": url, "current": standing is here, "count": None}


def _entry(work: Work, errors: Mapping[str, str]) -> dict[str, Any]:
    number = request.args.get("number", "")
    usual = {"number": number, "given_on": work.now.astimezone(work.rules.zone).date().isoformat()}
    return {
        "name": "entry",
        "label": "登记批示",
        "url": url_for("staff.enter_instruction"),
        "fields": forms.specs(Entry, lambda name: []),
        "typed": forms.typed(Entry, request.form) if errors else usual,
        "errors": errors,
        "primary": True,
        "open": bool(errors or number),
    }


def _page(work: Work, instruction_id: int, errors: Mapping[str, str] | None = None, message: str | None = None) -> str:
    found = instructing.one(work, instruction_id)
    ticket = find(work, found.ticket.number)
    cover = covering.cover_for(work, ticket)
    step = None
    supervises = _may(work) and ticket.state in BY_NAME["supervise"].states
    if _may(work) and found.instruction.reported_at is None:
        step = {
            "name": "report",
            "label": "反馈",
            "url": url_for("staff.report_instruction", instruction_id=instruction_id),
            "fields": forms.specs(Report, lambda name: []),
            "typed": forms.typed(Report, request.form) if errors else {},
            "errors": errors or {},
            "primary": True,
        }
    return render_template(
        "staff/instruction.html",
        tabs=watch.tabs(),
        instruction=_line(work, found),
        about={
            "matter": cover(ticket.matter),
            "place": cover(ticket.place),
            "received_at": ticket.received_at,
            "outcome": cover(ticket.outcome),
            "answer": cover(ticket.answer),
        },
        message=message,
        typed=forms.kept(Report, request.form, lambda name: []) if message else [],
        step=step,
        supervise_url=url_for("staff.ticket", number=ticket.number, _anchor="step-supervision") if supervises else None,
        back_url=url_for("staff.instructions"),
    )


def _line(work: Work, found: Instructed) -> dict[str, Any]:
    row, ticket = found.instruction, found.ticket
    return {
        "url": url_for("staff.instruction", instruction_id=row.id),
        "number": ticket.number,
        "ticket_url": url_for("staff.ticket", number=ticket.number),
        "matter": found.matter,
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "unit": found.unit,
        "leader": row.leader,
        "text": found.text,
        "given_at": row.given_at,
        "entered_by": found.entered_by,
        "due": {"due_at": row.due_at, "met_at": row.reported_at},
        "late": row.reported_at is None and row.due_at < work.now,
        "report": found.report,
        "reported_at": row.reported_at,
        "reported_by": found.reported_by,
    }


def _may(work: Work) -> bool:
    """Supervisors enter and report; leaders read."""
    return rights.may(work.actor, "staff.enter_instruction")
