"""Tickets: the list, one with all that hangs on it, why a promise is due then, and each step as a resource."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify
from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.domain import days
from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.domain.workflow import STAGES, STATE_LABELS, State
from hotline.models import Channel, DeadlineKind, Source, Ticket, Urgency
from hotline.services import browsing, desk, disclosing, hand, reviewing, viewing
from hotline.services.desk import DueWithin
from hotline.services.scoping import visible
from hotline.services.work import Work
from hotline.web import door, resources
from hotline.web.api import photos
from hotline.web.api.answers import ContactView, DeadlineView, Problem, TicketPage, TicketView, WhyView
from hotline.web.api.parsing import LARGEST_NUMBER, Blueprint, header_version
from hotline.web.api.steps import offered
from hotline.web.resources import MESSAGES, RESOURCES, Resource

blueprint = Blueprint("tickets", "工单")
steps = Blueprint("steps", "办理")

ID = f"<int(max={LARGEST_NUMBER}):deadline_id>"
_ticket_view = TicketView()


class Sized(Schema):
    """How many on a page, at most 100."""

    class Meta:
        unknown = EXCLUDE

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, browsing.MOST, error="应在 1 到 100 之间。"),
        error_messages=MESSAGES,
    )


class Paging(Sized):
    """`after` is what the last page gave."""

    after = fields.Integer(
        load_default=None,
        validate=validate.Range(1, LARGEST_NUMBER, error="应为上一页给出的 after。"),
        error_messages=MESSAGES,
    )


TRUTH = MESSAGES | {"invalid": "应为 true 或 false。"}
DAY = MESSAGES | {"invalid": "应为日期，如 2026-10-12。"}
COUNTABLE = validate.Range(date(days.FIRST_YEAR, 1, 1), date(days.LAST_YEAR, 12, 31), error=days.TOO_FAR)
LONGEST = validate.Length(max=100, error="请控制在100字以内。")


def _one_of(enum: type[StrEnum]) -> fields.Enum[Any]:
    return fields.Enum(enum, by_value=True, load_default=None, error_messages={"unknown": "可用的有：{choices}。"})


def _at_least(least: int) -> fields.Integer:
    bounds = validate.Range(least, 999_999, error=f"应为不小于 {least} 的整数。")
    return fields.Integer(load_default=None, validate=bounds, error_messages=MESSAGES)


class TicketQuery(Paging):
    """Which tickets; `state` may name several, with commas. The filters are those of the desk."""

    state = fields.String(load_default="")
    stage = fields.String(load_default="", validate=validate.OneOf(["", *STAGES], error="可用的有：{choices}。"))
    unit = fields.String(load_default=None)
    overdue = fields.Boolean(load_default=None, error_messages=TRUTH)
    kind = _one_of(DeadlineKind)
    due = _one_of(DueWithin)
    category = fields.String(load_default="", validate=LONGEST)
    area = fields.String(load_default="", validate=LONGEST)
    source = _one_of(Source)
    channel = _one_of(Channel)
    urgency = _one_of(Urgency)
    level = _at_least(0)
    heat = _at_least(1)
    rework = fields.Boolean(load_default=None, error_messages=TRUTH)
    since = fields.Date(load_default=None, validate=COUNTABLE, error_messages=DAY)
    until = fields.Date(load_default=None, validate=COUNTABLE, error_messages=DAY)
    q = fields.String(load_default="", validate=LONGEST)


_FILTERS = (
    "kind",
    "due",
    "category",
    "area",
    "source",
    "channel",
    "urgency",
    "level",
    "heat",
    "rework",
    "since",
    "until",
)


@blueprint.route("/tickets")
@blueprint.arguments(TicketQuery, location="query")
@blueprint.response(200, TicketPage)
def list_tickets(query: dict[str, Any]) -> dict[str, Any]:
    """本单位可见的工单，最新的在前

    unit 为单位代号（含下级）；q 为编号、编号末四至六位或文字中的任意片段；overdue 为是否有已到期未完成的时限；
    kind、due 为本单位所欠的某种时限何时到期；category 为类别代码或大类名称；since、until 为收到的日期，都含当日。
    """
    filters = desk.Search(
        states=_states(query["state"]),
        stages=[query["stage"]] if query["stage"] else (),
        text=clean(query["q"]),
        **{name: query[name] for name in _FILTERS},
    )
    search = browsing.Search(filters, query["unit"], query["overdue"], query["after"], query["limit"])
    with door.work() as work:
        tickets, after = browsing.browse(work, search)
    return {"tickets": tickets, "after": after}


def _states(text: str) -> list[State]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        return [State(word) for word in words]
    except ValueError as fault:
        raise Invalid({"state": f"没有这个状态，可用的有 {'、'.join(State)}。"}) from fault


@blueprint.route("/tickets/<number>")
@blueprint.response(200, TicketView)
def show_ticket(number: str) -> Response:
    """工单全貌：诉求、时限、交办、督办、申请、台账，以及现在可以办理的步骤"""
    with door.work() as work:
        return _answer(work, hand.find(work, number))


@blueprint.route("/tickets/<number>/deadlines")
@blueprint.response(200, DeadlineView(many=True))
def list_deadlines(number: str) -> list[dict[str, Any]]:
    """工单的全部时限"""
    with door.work() as work:
        return viewing.deadlines_of(work, hand.find(work, number))


@blueprint.route(f"/tickets/<number>/deadlines/{ID}/why")
@blueprint.response(200, WhyView)
def explain_deadline(number: str, deadline_id: int) -> dict[str, Any]:
    """为何是这个时限：起算、逐日计算、挂账、延期"""
    with door.work() as work:
        return viewing.why(work, hand.find(work, number), deadline_id)


class Opening(Schema):
    """Whose contact is opened, and why."""

    class Meta:
        unknown = EXCLUDE

    complaint = fields.String(required=True, error_messages=MESSAGES)
    reason = fields.String(required=True, error_messages=MESSAGES)


@blueprint.route("/tickets/<number>/contact-disclosure", methods=["POST"])
@blueprint.arguments(Opening)
@blueprint.response(200, ContactView)
def disclose_contact(data: dict[str, Any], number: str) -> tuple[disclosing.Contact, int, dict[str, str]]:
    """查看一名诉求人的姓名和电话；每次查看都记入台账"""
    with door.work() as work:
        contact = disclosing.disclose(work, number, data["complaint"], data["reason"])
    return contact, 200, {"Cache-Control": "no-store"}


def _add_step(resource: Resource) -> None:
    """`POST /tickets/<number>/<noun>`, documented by the step's own schema; with photos as a form, too."""

    @steps.arguments(resource.schema, location="json_or_form" if resource.takes_photos else "json")
    @steps.response(200, TicketView)
    @steps.alt_response(409, schema=Problem, description="工单已变化（stale），或规则不允许（code 说明原因）")
    @steps.doc(**photos.described(resource))
    def take_step(data: dict[str, Any], number: str) -> Response:
        found = photos.received(resource)
        with door.work() as work:
            ticket = resources.run(work, number, resource, header_version(data), found)
            work.session.flush()
            return _answer(work, ticket)

    take_step.__doc__ = resource.label
    endpoint = resource.noun.replace("/", "_")
    steps.add_url_rule(f"/tickets/<number>/{resource.noun}", endpoint, take_step, methods=["POST"])


def _answer(work: Work, ticket: Ticket) -> Response:
    """The ticket as the actor may read it now; little of it when the step has given it out of the actor's hands."""
    if work.session.scalar(sa.select(Ticket.id).where(Ticket.id == ticket.id, visible(work.actor))) is None:
        told: dict[str, Any] = {
            "number": ticket.number,
            "version": ticket.version,
            "state": ticket.state.value,
            "state_label": STATE_LABELS[ticket.state],
        }
    else:
        possible = offered(work, ticket)
        review = reviewing.of_ticket(work, ticket, {step["noun"] for step in possible})
        told = viewing.ticket_dict(work, ticket) | {"steps": possible, "review": review}
    response = jsonify(_ticket_view.dump(told))
    response.headers["ETag"] = f'"{ticket.version}"'
    return response


for _resource in RESOURCES:
    _add_step(_resource)
