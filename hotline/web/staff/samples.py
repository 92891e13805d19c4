"""抽查: draw closed tickets at random, work through the list, and see how each unit came out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.domain.errors import Invalid, NotAllowed, Refused
from hotline.domain.workflow import STATE_LABELS
from hotline.models import Unit
from hotline.services import covering, sampling, viewing
from hotline.services.month import reporting
from hotline.services.paging import FIRST, Stretch
from hotline.services.sampling import Pool, Sample, Standing
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.problems import status_of
from hotline.web.resources import MESSAGES, ROW, choice, text, verdict
from hotline.web.staff import expected, forms, options, pictures, rights, watch
from hotline.web.staff.queue import Answer

USUAL = 10
BACK = timedelta(days=30)
STANDINGS = {Standing.OPEN: "待抽查", Standing.FAILED: "不合格", Standing.PASSED: "合格", Standing.ALL: "全部"}
SEED = validate.Length(max=sampling.LONGEST_SEED, error="请控制在40个字符以内。")
NO_LAST = "表单已损坏，还没有抽取。请核对后再次提交。"
_DAY = MESSAGES | {"invalid": "请填写日期，例如 2026-12-01。"}


class Draw(Schema):
    """What is to be drawn."""

    class Meta:
        unknown = EXCLUDE

    number = fields.Integer(required=True, error_messages=MESSAGES | {"invalid": "请填写件数，例如：10。"}, metadata={
        "label": "抽取件数", "widget": "number"})  # fmt: skip
    since = fields.Date(required=True, error_messages=_DAY, metadata={"label": "办结日期从", "widget": "date"})
    until = fields.Date(required=True, error_messages=_DAY, metadata={"label": "到", "widget": "date"})
    unit_id = choice("承办单位", "units", hint="不选则从全部单位中抽取。")
    category_id = choice("类别", "categories")
    seed = fields.String(load_default="", validate=SEED, error_messages=MESSAGES, metadata={
        "label": "现场公布的数字", "widget": "text",
        "hint": "可以不填。与系统给出的随机数合成随机种子，同抽取范围一并记录，凭此可以复核抽取结果。"})  # fmt: skip
    last = fields.Integer(
        required=True, validate=ROW, error_messages=MESSAGES | {"required": NO_LAST}, metadata={"widget": "hidden"}
    )


class Finding(Schema):
    """What was found."""

    class Meta:
        unknown = EXCLUDE

    passed = verdict("抽查结果", "合格", "不合格")
    finding = text("抽查情况", hint="不合格的必填：哪里没有办好，现场是什么情况。")
    rework = fields.Boolean(load_default=False, metadata={
        "label": "同时退回重办", "widget": "checkbox",
        "hint": "仅限不合格的；按新一轮重新交办，并告知诉求人。"})  # fmt: skip


def show() -> Answer:
    """GET /desk/samples."""
    with work() as unit:
        asked = request.args.get("state", "")
        standing = Standing(asked) if asked in list(Standing) else Standing.OPEN
        unit_id = expected.id_of(request.args, "unit")
        of = reporting.chosen(reporting.overseen(unit), unit_id)
        found = sampling.listed(unit, standing, place_of(request.args), unit_id=unit_id)
        if found.astray:
            return redirect(url_for("staff.samples", state=standing, unit=unit_id))
        return _list(unit, standing, of, found, {})


def draw() -> Answer:
    """POST /desk/samples."""
    try:
        data = forms.parse(Draw, request.form)
        with work() as unit:
            reporting.chosen(reporting.overseen(unit), data.get("unit_id"))
            pool = Pool(data["since"], data["until"], data.get("unit_id"), data.get("category_id"))
            drawn = sampling.draw(unit, data["number"], pool, data["seed"], last=data["last"])
    except Invalid as error:
        with work() as unit:
            return _list(unit, Standing.OPEN, None, sampling.listed(unit, Standing.OPEN, FIRST), error.fields), 422
    except Refused as error:
        flash(error.message, "info")
        return redirect(url_for("staff.samples", _anchor="main"), 303)
    if not drawn:
        flash("没有可抽的工单：所选范围内没有办结的工单，或者都已抽查过。", "info")
    elif len(drawn) < data["number"]:
        flash(f"所选范围内只有{len(drawn)}件可抽，已全部抽取，列在下面。", "success")
    else:
        flash(f"已抽取{len(drawn)}件，列在下面。", "success")
    return redirect(url_for("staff.samples", _anchor="main"), 303)


def show_one(check_id: int) -> Answer:
    """GET /desk/samples/<id>."""
    with work() as unit:
        return _page(unit, check_id)


def record(check_id: int) -> Answer:
    """POST /desk/samples/<id>: what was found; the next one comes by itself."""
    try:
        data = forms.parse(Finding, request.form)
        with work() as unit:
            check = sampling.record(unit, check_id, data["passed"], data["finding"], rework=data["rework"])
            passed, then = check.passed, sampling.next_open(unit)
    except Invalid as error:
        with work() as unit:
            return _page(unit, check_id, error.fields), 422
    except (Refused, NotAllowed) as error:
        with work() as unit:
            return _page(unit, check_id, message=error.message), status_of(error)
    flash(f"已登记：抽查{'合格' if passed else '不合格'}。" + ("工单已退回重办。" if data["rework"] else ""), "success")
    target = url_for("staff.sample", check_id=then) if then else url_for("staff.samples")
    return redirect(f"{target}#main", 303)


def _list(
    work: Work, standing: Standing, of: Unit | None, found: Stretch[Sample, int], errors: Mapping[str, str]
) -> str:
    unit_id = of.id if of else None
    may = rights.may(work.actor, "staff.draw_samples")
    return render_template(
        "staff/samples.html",
        tabs=watch.tabs(),
        of=of.name if of else None,
        parts=[
            {"label": label, "url": url_for("staff.samples", state=each, unit=unit_id), "current": each is standing,
             "count": None}
            for each, label in STANDINGS.items()
        ],
        samples=[_line(each) for each in found],
        figures=[_figures(each) for each in sampling.figures(work)],
        draw=_draw(work, errors) if may else None,
        next_url=url_for("staff.samples", state=standing, unit=unit_id, after=found.after) if found.after else None,
        prev_url=url_for("staff.samples", state=standing, unit=unit_id, before=found.before) if found.before else None,
    )  # fmt: skip


def _draw(work: Work, errors: Mapping[str, str]) -> dict[str, Any]:
    today = work.now.astimezone(work.rules.zone).date()
    usual = {
        "number": USUAL,
        "since": (today - BACK).isoformat(),
        "until": today.isoformat(),
    }
    lists = {"units": options.subtree, "categories": options.categories}
    return {
        "name": "draw",
        "label": "抽取",
        "url": url_for("staff.draw_samples"),
        "hidden": {"last": sampling.last_drawn(work)},
        "fields": forms.specs(Draw, lambda name: lists[name](work)),
        "typed": forms.typed(Draw, request.form) if errors else usual,
        "errors": errors,
        "primary": True,
        "open": bool(errors),
    }


def _figures(each: sampling.Figures) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "drawn": _of(each, Standing.ALL, each.drawn),
        "checked": {"count": each.checked, "url": None},
        "open": _of(each, Standing.OPEN, each.drawn - each.checked),
        "failed": _of(each, Standing.FAILED, each.failed),
    }


def _of(each: sampling.Figures, standing: Standing, count: int) -> dict[str, Any]:
    return {"count": count, "url": url_for("staff.samples", state=standing, unit=each.unit_id) if count else None}


def _line(sample: Sample) -> dict[str, Any]:
    check, ticket = sample.check, sample.ticket
    return {
        "url": url_for("staff.sample", check_id=check.id),
        "number": ticket.number,
        "ticket_url": url_for("staff.ticket", number=ticket.number),
        "matter": sample.matter,
        "unit": sample.unit,
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "seed": check.seed,
        "drawn_at": check.drawn_at,
        "drawn_by": sample.drawn_by,
        "passed": check.passed,
        "finding": check.finding,
        "checked_at": check.checked_at,
        "checked_by": sample.checked_by,
        "reworked": ticket.round > check.round,
    }


def _page(work: Work, check_id: int, errors: Mapping[str, str] | None = None, message: str | None = None) -> str:
    sample = sampling.one(work, check_id)
    ticket = sample.ticket
    attachments = viewing.attachments_of(work, ticket)
    cover = covering.cover_for(work, ticket)
    own = sampling.is_own(work, sample.check, ticket)
    may = rights.may(work.actor, "staff.record_sample") and sample.check.checked_at is None and not own
    return render_template(
        "staff/sample.html",
        tabs=watch.tabs(),
        sample=_line(sample),
        scope=sampling.scope_of(work, sample.check),
        message=message,
        typed=forms.kept(Finding, request.form, lambda name: []) if message else [],
        place=cover(ticket.place),
        complaints=pictures.complaints(work, ticket, attachments),
        outcome=cover(ticket.outcome) or cover(ticket.answer),
        photos=pictures.photos(pictures.of_result(attachments, ticket.round)),
        step=_step(sample, errors or {}) if may else None,
        back_url=url_for("staff.samples"),
    )


def _step(sample: Sample, errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "finding",
        "label": "登记抽查结果",
        "url": url_for("staff.record_sample", check_id=sample.check.id),
        "fields": forms.specs(Finding, lambda name: []),
        "typed": forms.typed(Finding, request.form) if errors else {},
        "errors": errors,
        "primary": True,
    }
