"""本月看板: where the running month will end if nothing more is done, and the promises behind each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify
from marshmallow import EXCLUDE, Schema, fields

from hotline.domain.foresight import Foresight
from hotline.domain.rates import RateKind, percentage, percentage_text
from hotline.services import carding
from hotline.services.month import board, remaining
from hotline.services.month.board import Board, DayLine, Foresights, UnitLine
from hotline.services.month.remaining import Asked, Item
from hotline.services.paging import Place
from hotline.services.work import Work
from hotline.web import door
from hotline.web.api.parsing import Blueprint
from hotline.web.api.reports import a_day, row_id
from hotline.web.api.tickets import Sized
from hotline.web.resources import MESSAGES

blueprint = Blueprint("board", "本月看板")
ITEMS = "/api/v1/reports/board/items"
COUNTS = ("owed", "kept", "on_time", "missing", "over", "offered", "gone", "reachable")


class BoardQuery(Schema):
    """Whose: the asker's own subtree if not said."""

    class Meta:
        unknown = EXCLUDE

    unit_id = row_id()


class ItemQuery(Sized):
    """Which promises; the addresses stand ready in the board itself. Days are those of the due time."""

    figure = fields.String(load_default="missing")
    kind = fields.Enum(RateKind, by_value=True, load_default=None, error_messages=MESSAGES)
    unit_id = row_id()
    alone = fields.Boolean(load_default=False, error_messages=MESSAGES)
    since = a_day()
    until = a_day()
    by_unit = fields.Boolean(load_default=False, error_messages=MESSAGES)
    after = row_id()


@blueprint.route("/reports/board")
@blueprint.arguments(BoardQuery, location="query")
@blueprint.response(200, {"type": "object"})
def show_board(query: dict[str, Any]) -> Response:
    """本月到此刻的三率和到月底的预计，合计与分单位、逐日"""
    with door.work() as work:
        return jsonify(_board(work, board.look(work, query["unit_id"]), query["unit_id"]))


@blueprint.route("/reports/board/items")
@blueprint.arguments(ItemQuery, location="query")
@blueprint.response(200, {"type": "object"})
def list_board_items(query: dict[str, Any]) -> Response:
    """看板上一个数字背后的每一项承诺，现在由谁办"""
    place, limit = Place(query.pop("after")), query.pop("limit")
    with door.work() as work:
        asked, month = Asked(**query), carding.this_month(work)
        found = remaining.items(work, asked, month, place=place, size=limit)
        promises, tickets = remaining.count(work, asked, month)
        told = [_item(each, work.rules.zone) for each in found]
    return jsonify({"month": str(month), "total": promises, "tickets": tickets, "items": told, "after": found.after})


def _board(work: Work, found: Board, unit_id: int | None) -> dict[str, Any]:
    asked = {} if unit_id is None else {"unit_id": unit_id}
    return {
        "month": str(found.month),
        "as_of": _city(work.now, work.rules.zone),
        "ends": _city(found.month.ends, work.rules.zone),
        "unit_id": found.top.id,
        "unit": found.top.name,
        "missing": found.missing,
        "tickets": found.tickets,
        "rates": _rates(found.rates, asked),
        "days": [_day(line, asked) for line in found.days],
        "units": [_unit(line) for line in found.units],
    }


def _rates(rates: Foresights, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"kind": kind.value, "name": kind.label, **_shares(of), "items": _items({**asked, "kind": kind.value})}
        for kind, of in rates.items()
    ]


def _shares(of: Foresight) -> dict[str, Any]:
    """The counts; the rate and the on-time rate if nothing more is done; the best that the latter can still be."""
    parts = {"rate": of.kept, "on_time_rate": of.on_time, "on_time_best": of.reachable}
    told: dict[str, Any] = {name: getattr(of, name) for name in COUNTS}
    for name, part in parts.items():
        told |= {name: percentage(part, of.owed), f"{name}_text": percentage_text(part, of.owed)}
    return told


def _day(line: DayLine, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Without a day: what is past due already."""
    day = line.day and line.day.isoformat()
    which = {"figure": "over"} if day is None else {"figure": "ahead", "since": day, "until": day}
    missing = {kind.value: count for kind, count in line.missing.items()}
    return {"day": day, "missing": missing, "items": _items({**asked, **which})}


def _unit(line: UnitLine) -> dict[str, Any]:
    asked = {"unit_id": line.unit.id} | ({"alone": "true"} if line.alone else {})
    return {"id": line.unit.id, "name": line.unit.name, "alone": line.alone, "rates": _rates(line.rates, asked)}


def _items(asked: Mapping[str, Any]) -> str:
    return f"{ITEMS}?{urlencode(asked)}"


def _item(item: Item, zone: tzinfo) -> dict[str, Any]:
    return {
        "deadline_id": item.deadline_id,
        "ticket": item.ticket,
        "ticket_open": item.ticket_open,
        "matter": item.matter,
        "state": item.state.value,
        "kind": item.kind.value,
        "unit_id": item.unit_id,
        "unit": item.unit,
        "handler": item.handler,
        "day": item.day.isoformat(),
        "due_at": _city(item.due_at, zone),
        "offered_at": _city(item.offered_at, zone),
        "met_at": _city(item.met_at, zone),
    }


def _city(moment: datetime | None, zone: tzinfo) -> str | None:
    """City time with its offset."""
    return None if moment is None else moment.astimezone(zone).isoformat()
