"""月报的版本: which versions of a month there are and what differs between them, 更正 and 现在冻结, and what has
changed since it was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.actors import Actor, Role
from hotline.domain.errors import HotlineError, Invalid, NotFound, Refused
from hotline.domain.rates import Month, RateKind, percentage_text
from hotline.models import KIND_LABELS, DeadlineKind, MonthlyReport, Ticket
from hotline.services.month import comparing_versions, freeze_days, freezing, frozen, since_frozen
from hotline.services.month.comparing_versions import Comparison, FigureChange, ItemChange
from hotline.services.month.figures import MonthFigures
from hotline.services.month.since_frozen import Changed
from hotline.services.scoping import is_root, visible
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.staff import report_items, report_links, report_state, rights, words

HOWS: Final = {"came": "新计入", "went": "不再列入", "changed": "有变化"}
LONGEST: Final = 500  # characters of a reason
SHOWN: Final = 100  # promises of a comparison, on the page


def show(month: str) -> str:
    """GET /desk/reports/<YYYY-MM>/versions."""
    with work() as unit:
        return render_template("reports/versions.html", **_context(unit, report_state.month_of(unit, month)))


def compare(month: str, version: int) -> str:
    """GET /desk/reports/<YYYY-MM>/versions/<version>: with the one before it, or the one that is named."""
    with work() as unit:
        name = report_state.checked(unit, month)
        other = _number(request.args.get("with", ""))
        if other == version or (version == 1 and other is None):
            raise NotFound("第一版没有更早的版本可以对照。")
        found = comparing_versions.compare(unit, name, version, other)
        return render_template("reports/comparison.html", **_compared(unit, found))


def changes(month: str) -> str | AnyResponse:
    """GET /desk/reports/<YYYY-MM>/changes: what would count otherwise now than it did when the month was frozen."""
    with work() as unit:
        report = _frozen(unit, report_state.checked(unit, month))
        found = since_frozen.items(unit, report, place_of(request.args))
        if found.astray:
            return redirect(url_for("staff.since_frozen", month=month))
        return render_template("reports/changes.html", **_changed(unit, report, found))


def freeze(month: str) -> AnyResponse:
    """POST /desk/reports/<YYYY-MM>/freezing: 现在冻结; a worker counts it."""
    with work() as unit:
        _only_supervisors(unit.actor)
        name = report_state.checked(unit, month)
        try:
            claimed = freezing.claim(unit, name)
        except HotlineError as error:
            flash(error.message, "error")
        else:
            unit.ring("freeze")
            flash(
                "已开始冻结，完成后这里会显示校验码。" if claimed else "这个月已经冻结，或正在冻结。",
                "success" if claimed else "info",
            )
    return redirect(url_for("staff.versions", month=month, _anchor="main"), 303)


def restatement(month: str) -> str:
    """GET /desk/reports/<YYYY-MM>/restatement: the form, with what would change."""
    with work() as unit:
        _only_supervisors(unit.actor)
        return _form(unit, report_state.checked(unit, month))


def restate(month: str) -> str | AnyResponse | tuple[str, int]:
    """POST /desk/reports/<YYYY-MM>/restatement."""
    reason = request.form.get("reason", "")[: 2 * LONGEST]
    with work() as unit:
        _only_supervisors(unit.actor)
        name = report_state.checked(unit, month)
        try:
            version = freezing.restate(unit, name, reason)
        except Invalid as error:
            return _form(unit, name, reason, dict(error.fields)), 422
        except Refused as error:  # somebody else was quicker: what was typed stays
            return _form(unit, name, reason, {"reason": error.message}), 409
        flash(f"已开始更正，完成后是第{version}版；以前的版本不变。", "success")
    return redirect(url_for("staff.versions", month=month, _anchor="main"), 303)


def _only_supervisors(actor: Actor) -> None:
    if not _may(actor):
        abort(404)


def _may(actor: Actor) -> bool:
    """Supervisors of the city's centre: a frozen month is the whole city's."""
    return is_root(actor) and actor.is_any(frozenset({Role.SUPERVISOR}))


def _frozen(work: Work, month: str) -> MonthlyReport:
    report = frozen.find(work, month)
    if report is None:
        raise NotFound("这个月还没有冻结，数字就是现在的。")
    return report


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


# --- the versions


def _context(work: Work, month: Month) -> dict[str, Any]:
    versions = frozen.versions(work, str(month))
    newest = versions[-1] if versions else None
    counting = frozen.claimed_at(work, month)
    may, over = _may(work.actor), work.now > month.ends
    return {
        "title": f"{month.year}年{month.number}月 月报版本",
        "state": report_state.badge(work, month, newest.version if newest else None),
        "back_url": report_links.month_url(month),
        "counting": counting,
        "here_url": url_for("staff.versions", month=str(month)),
        "versions": [_version(work, month, report, versions) for report in reversed(versions)],
        "changed": since_frozen.count(work, newest) if newest else 0,
        "changes_url": url_for("staff.since_frozen", month=str(month)),
        "day": freeze_days.rule(work).day,
        "day_url": url_for("staff.freeze_days") if rights.may(work.actor, "staff.freeze_days") else None,
        "freeze_url": url_for("staff.freeze_month", month=str(month))
        if may and over and not (newest or counting)
        else None,
        "restate_url": url_for("staff.restatement", month=str(month)) if may and newest and not counting else None,
    }


def _version(work: Work, month: Month, report: MonthlyReport, versions: Sequence[MonthlyReport]) -> dict[str, Any]:
    compared = report.version > versions[0].version
    return {
        **report_state.sealed(work, report, versions[-1]),
        "compare_url": url_for("staff.compare_versions", month=str(month), version=report.version)
        if compared
        else None,
    }


# --- two versions beside each other


def _compared(work: Work, found: Comparison) -> dict[str, Any]:
    open_ones = _open(work, [item.ticket for item in found.items[:SHOWN]])
    month = found.after.month
    return {
        "title": f"{month.year}年{month.month}月 第{found.before.version}版与第{found.after.version}版",
        "back_url": url_for("staff.versions", month=found.month),
        "reason": found.after.reason,
        "by": found.after.frozen_by,
        "at": found.after.frozen_at,
        "figures": [_figure(each) for each in found.figures],
        "items": [_differing(each, open_ones) for each in found.items[:SHOWN]],
        "total": found.total,
    }


def _figure(change: FigureChange) -> dict[str, Any]:
    return {
        "unit": change.unit if change.unit_id is not None else "合计",
        "label": f"{change.kind.label.removesuffix('率')} · {report_items.FIGURES[change.figure]}",
        "before": change.before,
        "after": change.after,
    }


def _differing(item: ItemChange, open_ones: Mapping[str, bool]) -> dict[str, Any]:
    can_open = open_ones.get(item.ticket, False)
    return {
        "number": item.ticket,
        "url": url_for("staff.ticket", number=item.ticket) if can_open else None,
        "kind": words.KINDS[item.kind],
        "how": HOWS[item.how],
        "why": item.why,
    }


def _open(work: Work, numbers: Sequence[str]) -> dict[str, bool]:
    query = sa.select(Ticket.number, visible(work.actor)).where(Ticket.number.in_(numbers))
    return dict(work.session.execute(query).all())


# --- what has changed since


def _changed(work: Work, report: MonthlyReport, found: Any) -> dict[str, Any]:
    month = f"{report.month:%Y-%m}"
    return {
        "title": f"{report.month.year}年{report.month.month}月 冻结后的变化",
        "back_url": url_for("staff.versions", month=month),
        "version": report.version,
        "at": report.frozen_at,
        "total": since_frozen.count(work, report),
        "items": [_change(item) for item in found],
        "next_url": url_for("staff.since_frozen", month=month, after=found.after) if found.after else None,
        "prev_url": url_for("staff.since_frozen", month=month, before=found.before) if found.before else None,
    }


def _change(item: Changed) -> dict[str, Any]:
    return {
        "number": item.ticket,
        "url": url_for("staff.ticket", number=item.ticket) if item.ticket_open else None,
        "matter": item.matter or report_items.UNSEEN,
        "unit": item.unit,
        "kind": KIND_LABELS[DeadlineKind(item.kind)],
        "then": item.then,
        "now": item.now if item.now != item.then else f"{item.now}（责任单位、类别等有变）",
    }


# --- 更正


def _form(work: Work, month: str, reason: str = "", errors: Mapping[str, str] | None = None) -> str:
    report = _frozen(work, month)
    then, now = since_frozen.anew(work, report)
    return render_template(
        "reports/restatement.html",
        title=f"{report.month.year}年{report.month.month}月 更正",
        back_url=url_for("staff.versions", month=month),
        url=url_for("staff.restate", month=month),
        version=report.version,
        at=report.frozen_at,
        rates=[_beside(kind, then, now) for kind in RateKind],
        changed=since_frozen.count(work, report),
        changes_url=url_for("staff.since_frozen", month=month),
        reason=reason,
        errors=errors or {},
        longest=LONGEST,
    )


def _beside(kind: RateKind, then: MonthFigures, now: MonthFigures) -> dict[str, Any]:
    """A rate as it was frozen, and as it would be."""
    counts = [figures.scope.tallies[kind].all for figures in (then, now)]
    return {
        "label": kind.label,
        "then": _told(counts[0]),
        "now": _told(counts[1]),
        "same": counts[0] == counts[1],
    }


def _told(counts: Mapping[str, int]) -> str:
    rate = percentage_text(counts["kept"], counts["owed"])
    on_time = percentage_text(counts["on_time"], counts["owed"])
    return f"{rate}（{counts['kept']}/{counts['owed']}），按时 {on_time}（{counts['on_time']}/{counts['owed']}）"
