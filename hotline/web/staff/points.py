"""点位: the register with the persons in charge, the month's order of points, and the tickets at each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, fields
from werkzeug.wrappers import Response as AnyResponse

from hotline.domain.errors import Invalid, Refused
from hotline.domain.score_terms import number
from hotline.domain.workflow import STATE_LABELS
from hotline.models import Point, Ticket
from hotline.services.covering import passing, read_ahead
from hotline.services.month import point_ranking, points
from hotline.services.month.point_ranking import PointRanking, Spot, Stood
from hotline.services.month.points import HEADS, Wanted
from hotline.services.roster import LARGEST
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.paging import place_of
from hotline.web.resources import LONG, MESSAGES, choice
from hotline.web.staff import forms, options, report_links, report_state, rights
from hotline.web.staff.ranking import line, score_of

Answer = str | AnyResponse | tuple[str, int]
ADDING: Final = "新增点位"
EMPTY_THEN: Final = "这个月冻结时还没有登记点位。"
EMPTY: Final = "还没有点位。登记农贸市场、主干道、小区等点位和点长后，每月按涉及的工单评分排名。"


def _line(label: str, hint: str = "", *, required: bool = False) -> fields.String:
    meta = {"label": label, "hint": hint, "widget": "text"}
    if required:
        return fields.String(required=True, validate=LONG, error_messages=MESSAGES, metadata=meta)
    return fields.String(load_default="", validate=LONG, error_messages=MESSAGES, metadata=meta)


class PointForm(Schema):
    """A point as it is written."""

    class Meta:
        unknown = EXCLUDE

    name = _line("点位", "地点的名称，例如：中心农贸市场。工单的位置里写着它，就算这个点位的。", required=True)
    words = _line("别名", "位置里还会怎样写，用顿号隔开，例如：中心菜场、农贸街。")
    unit_id = choice("负责单位", "units", required=True)
    chief = _line("点长", "负责人的姓名。", required=True)
    office = _line("点长职务")
    kind = _line("类型", "例如：农贸市场、主干道、小区。")
    area = _line("区域", "写了区域的，只算这个区域的工单。")


def show() -> str:
    """GET /desk/points: the register; those that are closed too with `closed`."""
    with work() as unit:
        return _page(unit, {})


def add() -> Answer:
    """POST /desk/points."""
    try:
        with work() as unit:
            points.add(unit, _wanted())
    except Invalid as error:
        with work() as unit:
            return _page(unit, forms.typed(PointForm, request.form), error.fields), 422
    flash("已登记，本月起参加月评。", "success")
    return redirect(url_for("staff.points"), 303)


def take_in() -> Answer:
    """POST /desk/points/import: a spreadsheet, all of it or nothing."""
    try:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid({"file": "请选择 Excel 或 CSV 文件。"})
        with sent.stream as stream:
            data = stream.read(LARGEST + 1)
        with work() as unit:
            added, changed = points.take_in(unit, data)
    except Invalid as error:
        with work() as unit:
            return _page(unit, {}, file_error=error.fields.get("file", "；".join(error.fields.values()))), 422
    flash(f"新增 {added} 个点位，修改 {changed} 个。", "success")
    return redirect(url_for("staff.points"), 303)


def edit(point_id: int) -> str:
    """GET /desk/points/<id>."""
    with work() as unit:
        point = points.find(unit, point_id)
        return _point_page(unit, point, _typed(point))


def change(point_id: int) -> Answer:
    """POST /desk/points/<id>."""
    try:
        with work() as unit:
            changed = points.change(unit, point_id, _wanted())
    except Invalid as error:
        with work() as unit:
            point = points.find(unit, point_id)
            return _point_page(unit, point, forms.typed(PointForm, request.form), error.fields), 422
    flash("已保存。" if changed else "内容没有变化。", "success")
    return redirect(url_for("staff.points"), 303)


def close(point_id: int) -> Answer:
    """POST /desk/points/<id>/closing: out of the ranking, or back in with `active`."""
    active = request.form.get("active") == "yes"
    try:
        with work() as unit:
            points.close(unit, point_id, active=active)
    except Refused as error:
        with work() as unit:
            point = points.find(unit, point_id)
            return _point_page(unit, point, _typed(point), {"form": error.message}), 409
    flash("已恢复，参加月评。" if active else "已停用，不再参加月评。要恢复，请显示已停用的点位。", "success")
    return redirect(url_for("staff.points", closed=None if active else "yes"), 303)


def month(month: str) -> str:
    """GET /desk/points/<YYYY-MM>: 点位达标月评; of a frozen month as it was frozen, by the register as it was."""
    with work() as unit:
        asked = report_state.month_of(unit, month)
        found = point_ranking.ranked(unit, str(asked), version=report_links.version())
        earlier, later = asked.turned(-1), asked.turned(1)
        return render_template(
            "staff/points_month.html",
            month=f"{asked.year}年{asked.number}月",
            state=_state(unit, found),
            begun=asked.seen_at(unit.now).begun,
            rows=[_row(found, each) for each in found.points],
            best=_named(found, found.best),
            worst=_named(found, found.worst),
            shown=found.scheme.shown,
            scheme=found.scheme.name,
            prev_url=url_for("staff.points_month", month=str(earlier)),
            next_url=url_for("staff.points_month", month=str(later)) if later.begins <= unit.now else None,
            register_url=url_for("staff.points"),
            empty_text=EMPTY if found.report is None else EMPTY_THEN,
        )


def tickets(month: str, point_id: int) -> Answer:
    """GET /desk/points/<YYYY-MM>/<id>: why it has its score, and the tickets that were at it."""
    with work() as unit:
        asked = report_state.month_of(unit, month)
        found = point_ranking.ranked(unit, str(asked), version=report_links.version())
        stood = found.point(point_id)
        page = point_ranking.tickets(unit, found, point_id, place_of(request.args))
        here: dict[str, Any] = {"month": str(asked), "point_id": point_id, "version": report_links.version()}
        if page.astray:
            return redirect(url_for("staff.point_tickets", **here))
        read_ahead(unit, page)
        lines = stood.score.lines if stood.score.total is not None else ()
        return render_template(
            "staff/point.html",
            month=f"{asked.year}年{asked.number}月",
            state=_state(unit, found),
            point=_about(stood.point, stood.point.unit),
            row=_row(found, stood),
            of=sum(each.rank is not None for each in found.points),
            full=number(found.scheme.full),
            lines=[line(asked, {"point_id": point_id}, each) for each in lines],
            told=stood.score.told,
            tickets=[_ticket(unit, each) for each in page],
            total=stood.tickets,
            next_url=url_for("staff.point_tickets", **here, after=page.after) if page.after else None,
            prev_url=url_for("staff.point_tickets", **here, before=page.before) if page.before else None,
            back_url=url_for("staff.points_month", month=str(asked), version=here["version"]),
        )


def _state(work: Work, found: PointRanking) -> dict[str, Any]:
    return report_state.badge(work, found.month, found.report.version if found.report else None)


def _wanted() -> Wanted:
    data = forms.parse(PointForm, request.form)
    return Wanted(**data | {"words": points.words_in(data["words"])})


def _typed(point: Point) -> dict[str, Any]:
    values = {name: getattr(point, name) for name in PointForm().fields}
    return values | {"words": "、".join(point.words)}


def _page(
    work: Work, typed: Mapping[str, Any], errors: Mapping[str, str] | None = None, *, file_error: str = ""
) -> str:
    closed = request.args.get("closed") == "yes"
    listed = points.listed(work, closed=closed)
    may_keep = points.may_keep(work.actor)
    this_month = f"{work.now.astimezone(work.rules.zone):%Y-%m}"
    may_rank = rights.may(work.actor, "staff.points_month")
    return render_template(
        "staff/points.html",
        points=[
            _about(point, unit.name) | {"active": point.active, "url": _edit_url(point) if may_keep else None}
            for point, unit in listed
        ],
        closed=closed,
        closed_url=url_for("staff.points", closed=None if closed else "yes"),
        step=_step(work, url_for("staff.add_point"), ADDING, typed, errors or {}) if may_keep else None,
        import_url=url_for("staff.import_points") if may_keep else None,
        file_error=file_error,
        heads="、".join(HEADS),
        month_url=url_for("staff.points_month", month=this_month) if may_rank else None,
        empty_text=EMPTY,
    )


def _point_page(work: Work, point: Point, typed: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> str:
    url = url_for("staff.change_point", point_id=point.id)
    return render_template(
        "staff/point_edit.html",
        name=point.name,
        active=point.active,
        step=_step(work, url, "保存", typed, errors or {}),
        close_url=url_for("staff.close_point", point_id=point.id),
        back_url=url_for("staff.points"),
    )


def _step(work: Work, url: str, label: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    units = options.subtree(work)
    specs = forms.specs(PointForm, lambda name: units)
    return {"name": "add", "label": label, "url": url, "fields": specs, "typed": typed, "errors": errors}


def _edit_url(point: Point) -> str:
    return url_for("staff.point", point_id=point.id)


def _about(point: Point | Spot, unit: str) -> dict[str, Any]:
    return {
        "name": point.name,
        "kind": point.kind,
        "area": point.area,
        "words": "、".join(point.words),
        "unit": unit,
        "chief": point.chief,
        "office": point.office,
    }


def _row(found: PointRanking, stood: Stood) -> dict[str, Any]:
    here: dict[str, Any] = {"month": str(found.month), "point_id": stood.point.id, "version": report_links.version()}
    before = found.before.get(stood.point.id)
    up = before - stood.rank if before is not None and stood.rank is not None else None
    return {
        **_about(stood.point, stood.point.unit),
        **score_of(stood.score),
        "rank": stood.rank,
        "tickets": stood.tickets,
        "url": url_for("staff.point_tickets", **here),
        "change": {"rank": before, "up": up} if before is not None else None,
    }


def _named(found: PointRanking, ids: Any) -> list[dict[str, Any]]:
    return [_row(found, found.point(each)) for each in ids]


def _ticket(work: Work, ticket: Ticket) -> dict[str, Any]:
    cover = passing(work, ticket)
    return {
        "number": ticket.number,
        "url": url_for("staff.ticket", number=ticket.number),
        "matter": cover(ticket.matter),
        "place": cover(ticket.place),
        "state": ticket.state.value,
        "state_label": STATE_LABELS[ticket.state],
        "received_at": ticket.received_at,
    }
