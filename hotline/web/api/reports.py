"""The month's rates and the promises behind each figure (design §5)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.domain.rates import Month
from hotline.models import MonthlyReport
from hotline.services.month import comparing_versions, frozen, indicating, listing, listing_cases, reporting
from hotline.services.month.comparing_versions import Comparison
from hotline.services.paging import Place
from hotline.services.work import Work
from hotline.web import door
from hotline.web.api.parsing import LARGEST_NUMBER, Blueprint
from hotline.web.api.tickets import COUNTABLE, DAY, Sized
from hotline.web.resources import MESSAGES

blueprint = Blueprint("reports", "月度三率与指标")
MOST_VERSIONS = 32_767


def row_id() -> fields.Integer:
    """One row by its id."""
    within = validate.Range(0, LARGEST_NUMBER, error="应为列表中的编号。")
    return fields.Integer(load_default=None, validate=within, error_messages=MESSAGES)


def a_version() -> fields.Integer:
    """Of a frozen month: the newest if not said."""
    within = validate.Range(1, MOST_VERSIONS, error="应为这个月的一个版本，如 1。")
    return fields.Integer(load_default=None, validate=within, error_messages=MESSAGES)


def a_day() -> fields.Date:
    """A city day."""
    return fields.Date(load_default=None, validate=COUNTABLE, error_messages=DAY)


class MonthQuery(Schema):
    """Whose figures: those of the asker's own subtree if not said."""

    class Meta:
        unknown = EXCLUDE

    unit_id = row_id()
    version = a_version()


class ListQuery(Sized):
    """What a list is narrowed to; category 0 and an empty area ask for what has none."""

    unit_id = row_id()
    category_id = row_id()
    area = fields.String(load_default=None)
    channel = fields.String(load_default=None)
    source = fields.String(load_default=None)
    since = a_day()
    until = a_day()
    version = a_version()
    after = fields.String(load_default=None)


class ItemQuery(ListQuery):
    """Which figure of which line; the addresses stand ready in the report itself. Days are those of the due time."""

    kind = fields.String(required=True, error_messages=MESSAGES)
    figure = fields.String(load_default="owed")
    direct = fields.Boolean(load_default=None, error_messages=MESSAGES)
    age = fields.String(load_default=None)
    sort = fields.String(load_default="missing")


class CaseQuery(ListQuery):
    """Cases of which sort: all, only those in the numerator, or only the others."""

    sort = fields.String(required=True, error_messages=MESSAGES)
    counted = fields.Boolean(load_default=None, error_messages=MESSAGES)
    begun = fields.Boolean(load_default=None, error_messages=MESSAGES)
    order = fields.String(load_default=listing_cases.WORST_FIRST)


class ComparisonQuery(Schema):
    """With which version: the one before if not said."""

    class Meta:
        unknown = EXCLUDE

    with_version = a_version()


@blueprint.route("/reports/monthly/<month>")
@blueprint.arguments(MonthQuery, location="query")
@blueprint.response(200, {"type": "object"})
def show_month(query: dict[str, Any], month: str) -> Response:
    """一个月的处理率、回复率、办结率，合计与分单位、类别、区域、渠道、来源"""
    with door.work() as work:
        return jsonify(reporting.monthly(work, month, **query).as_dict())


@blueprint.route("/reports/monthly/<month>/items")
@blueprint.arguments(ItemQuery, location="query")
@blueprint.response(200, {"type": "object"})
def list_items(query: dict[str, Any], month: str) -> Response:
    """一个数字背后的每一项承诺，未完成的在前"""
    place, limit = Place(query.pop("after")), query.pop("limit")
    with door.work() as work:
        return jsonify(listing.items(work, month, listing.Asked(**query), place=place, limit=limit).as_dict())


@blueprint.route("/reports/monthly/<month>/indicators")
@blueprint.arguments(MonthQuery, location="query")
@blueprint.response(200, {"type": "object"})
def show_indicators(query: dict[str, Any], month: str) -> Response:
    """三率以外的指标、各环节用时、逐日逐周、积案、集中反映"""
    with door.work() as work:
        return jsonify(indicating.of_month(work, month, **query).as_dict())


@blueprint.route("/reports/monthly/<month>/cases")
@blueprint.arguments(CaseQuery, location="query")
@blueprint.response(200, {"type": "object"})
def list_cases(query: dict[str, Any], month: str) -> Response:
    """一个指标背后的每一件：交办、重办、回答、诉求、挂账"""
    place, limit = Place(query.pop("after")), query.pop("limit")
    with door.work() as work:
        asked = listing_cases.Asked(**query)
        return jsonify(listing_cases.listed(work, month, asked, place=place, limit=limit).as_dict())


@blueprint.route("/reports/monthly/<month>/versions")
@blueprint.response(200, {"type": "object"})
def list_versions(month: str) -> Response:
    """已冻结的各版，带校验码"""
    with door.work() as work:
        told = [_version(work, report) for report in frozen.versions(work, month)]
    return jsonify({"month": month, "versions": told})


@blueprint.route("/reports/monthly/<month>/versions/<int(max=32767):version>/comparison")
@blueprint.arguments(ComparisonQuery, location="query")
@blueprint.response(200, {"type": "object"})
def compare_versions(query: dict[str, Any], month: str, version: int) -> Response:
    """两版之间变了哪些数字、哪些承诺，为什么"""
    with door.work() as work:
        return jsonify(_compared(comparing_versions.compare(work, month, version, query["with_version"])))


def _version(work: Work, report: MonthlyReport) -> dict[str, Any]:
    month = Month.of_day(report.month, work.rules.zone)
    return {
        "version": report.version,
        "checksum": report.checksum,
        "previous_checksum": report.previous_checksum,
        "frozen_at": report.frozen_at and report.frozen_at.astimezone(month.zone).isoformat(),
        "frozen_by": report.frozen_by,
        "reason": report.reason,
        "policies": report.policies,
        "calendar_id": report.calendar_id,
        "items": report.items,
        "cases": report.cases,
    }


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "month": found.month,
        "before": found.before.version,
        "after": found.after.version,
        "reason": found.after.reason,
        "figures": [
            {
                "kind": each.kind.value,
                "figure": each.figure,
                "unit_id": each.unit_id,
                "unit": each.unit,
                "before": each.before,
                "after": each.after,
            }
            for each in found.figures
        ],
        "total": found.total,
        "items": [
            {
                "deadline_id": each.deadline_id,
                "ticket": each.ticket,
                "kind": each.kind.value,
                "how": each.how,
                "why": each.why,
            }
            for each in found.items
        ],
    }
