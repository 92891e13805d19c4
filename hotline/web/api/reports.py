"""The month's rates and the promises behind each figure (design §5)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.services import listing, reporting
from hotline.services.paging import Place
from hotline.web import door
from hotline.web.api.parsing import LARGEST_NUMBER, Blueprint
from hotline.web.api.tickets import Sized
from hotline.web.resources import MESSAGES

blueprint = Blueprint("reports", "月度三率")


def row_id() -> fields.Integer:
    """One row by its id."""
    within = validate.Range(0, LARGEST_NUMBER, error="应为列表中的编号。")
    return fields.Integer(load_default=None, validate=within, error_messages=MESSAGES)


class MonthQuery(Schema):
    """Whose figures: those of the asker's own subtree if not said."""

    class Meta:
        unknown = EXCLUDE

    unit_id = row_id()


class ItemQuery(Sized):
    """Which figure of which line; the addresses stand ready in the report itself."""

    kind = fields.String(required=True, error_messages=MESSAGES)
    figure = fields.String(load_default="owed")
    unit_id = row_id()
    category_id = row_id()
    area = fields.String(load_default=None)
    channel = fields.String(load_default=None)
    source = fields.String(load_default=None)
    direct = fields.Boolean(load_default=None, error_messages=MESSAGES)
    after = fields.String(load_default=None)


@blueprint.route("/reports/monthly/<month>")
@blueprint.arguments(MonthQuery, location="query")
@blueprint.response(200, {"type": "object"})
def show_month(query: dict[str, Any], month: str) -> Response:
    """一个月的处理率、回复率、办结率，合计与分单位、类别、区域、渠道、来源"""
    with door.work() as work:
        return jsonify(reporting.monthly(work, month, unit_id=query["unit_id"]).as_dict())


@blueprint.route("/reports/monthly/<month>/items")
@blueprint.arguments(ItemQuery, location="query")
@blueprint.response(200, {"type": "object"})
def list_items(query: dict[str, Any], month: str) -> Response:
    """一个数字背后的每一项承诺，未完成的在前"""
    place, limit = Place(query.pop("after")), query.pop("limit")
    with door.work() as work:
        return jsonify(listing.items(work, month, listing.Asked(**query), place=place, limit=limit).as_dict())
