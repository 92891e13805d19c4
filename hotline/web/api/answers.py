"""What the API answers, as schemas: they make the JSON and the OpenAPI description alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields


class Moment(fields.AwareDateTime):
    """ISO 8601 in UTC: 2026-10-12T01:00:00+00:00."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat()


class Problem(Schema):
    """RFC 9457. `code` is stable; `title` is for people; `errors` by field."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.String())
    version = fields.Integer()
    changes = fields.List(fields.Dict())


class UnitRef(Schema):
    id = fields.Integer()
    key = fields.String()
    name = fields.String()


class UnitLine(UnitRef):
    kind = fields.String()
    parent = fields.String(allow_none=True)


class Person(Schema):
    id = fields.Integer()
    name = fields.String()
    unit = fields.String()
    roles = fields.List(fields.String())


class CaseStandardRef(Schema):
    id = fields.Integer()
    condition = fields.String()
    closing = fields.String()
    limit = fields.String()


class CategoryRef(Schema):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    parent_name = fields.String()
    scheme = fields.String()
    scheme_version = fields.String()


class CategoryLine(CategoryRef):
    standards = fields.List(fields.Nested(CaseStandardRef))


class DeadlineView(Schema):
    id = fields.Integer()
    kind = fields.String()
    label = fields.String()
    complaint = fields.String(allow_none=True)
    round = fields.Integer()
    unit = fields.Nested(UnitRef)
    limit = fields.String()
    extensions = fields.Integer()
    overdue = fields.Boolean()
    started_at = Moment()
    due_at = Moment()
    original_due_at = Moment()
    offered_at = Moment(allow_none=True)
    met_at = Moment(allow_none=True)
    void_at = Moment(allow_none=True)
    void_reason = fields.String(allow_none=True)
    exempt_at = Moment(allow_none=True)
    exempt_reason = fields.String(allow_none=True)


class RiskView(Schema):
    """风险提示: why somebody should look. `level`: urgent or attention; what is sensitive has no name in a list."""

    name = fields.String()
    level = fields.String()
    words = fields.String()


class RemarkView(Schema):
    """核查提示: one thing to look at in the unit's result before it is approved. A note, never a decision."""

    code = fields.String()
    label = fields.String()
    serious = fields.Boolean()
    text = fields.String()
    words = fields.List(fields.String())
    copied_from = fields.String(allow_none=True)


class TicketLine(Schema):
    number = fields.String()
    version = fields.Integer()
    state = fields.String()
    state_label = fields.String()
    matter = fields.String()
    place = fields.String()
    category_code = fields.String(allow_none=True)
    category_name = fields.String(allow_none=True)
    channel = fields.String()
    source = fields.String()
    urgency = fields.String()
    risks = fields.List(fields.Nested(RiskView))
    confidential = fields.Boolean()
    unit = fields.Nested(UnitRef)
    level = fields.Integer()
    heat = fields.Integer()
    received_at = Moment()
    ended_at = Moment(allow_none=True)
    due = fields.Nested(DeadlineView, allow_none=True)


class TicketPage(Schema):
    tickets = fields.List(fields.Nested(TicketLine))
    after = fields.Integer(allow_none=True)


class AdditionView(Schema):
    text = fields.String()
    channel = fields.String()
    added_at = Moment()


class ComplaintView(Schema):
    number = fields.String()
    channel = fields.String()
    source = fields.String()
    text = fields.String()
    place = fields.String()
    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    has_contact = fields.Boolean()
    wants_reply = fields.Boolean()
    confidential = fields.Boolean()
    received_at = Moment()
    withdrawn_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    reached_at = Moment(allow_none=True)
    reached_by = fields.String(allow_none=True)
    additions = fields.List(fields.Nested(AdditionView))


class AttachmentView(Schema):
    id = fields.Integer()
    complaint = fields.String(allow_none=True)
    name = fields.String()
    media_type = fields.String(allow_none=True)
    size = fields.Integer(allow_none=True)
    by_citizen = fields.Boolean()
    round = fields.Integer(allow_none=True)
    phase = fields.String(allow_none=True)  # before or after
    withheld = fields.Boolean()
    added_at = Moment()


class AssignmentView(Schema):
    id = fields.Integer()
    unit = fields.Nested(UnitRef)
    part = fields.String()
    round = fields.Integer()
    designated = fields.Boolean()
    instruction = fields.String()
    handler = fields.String(allow_none=True)
    assigned_at = Moment()
    signed_at = Moment(allow_none=True)
    submitted_at = Moment(allow_none=True)
    opinion = fields.String()
    ended_at = Moment(allow_none=True)
    ending = fields.String(allow_none=True)


class OrderView(Schema):
    id = fields.Integer()
    unit = fields.Nested(UnitRef)
    round = fields.Integer()
    level = fields.String()
    level_label = fields.String()
    ground = fields.String()
    demand = fields.String()
    copies = fields.List(fields.String())
    deduction = fields.String()
    issued_at = Moment()
    issued_by = fields.String()
    explain_due_at = Moment(allow_none=True)
    explanation = fields.String()
    explained_at = Moment(allow_none=True)
    explanation_accepted_at = Moment(allow_none=True)
    lifted_at = Moment(allow_none=True)


class RequestView(Schema):
    kind = fields.String()
    label = fields.String()
    round = fields.Integer()
    reason = fields.String()
    asked_by = fields.String(allow_none=True)
    asked_at = Moment()
    granted = fields.Boolean(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_at = Moment(allow_none=True)
    opinion = fields.String()
    until = Moment(allow_none=True)
    from_at = Moment(allow_none=True)
    resumed_at = Moment(allow_none=True)
    due_before = Moment(allow_none=True)
    due_after = Moment(allow_none=True)


class EventView(Schema):
    id = fields.Integer()
    step = fields.String()
    label = fields.String()
    from_state = fields.String(allow_none=True)
    to_state = fields.String()
    state_label = fields.String()
    round = fields.Integer()
    version = fields.Integer()
    actor = fields.String()
    actor_kind = fields.String()
    unit = fields.String(allow_none=True)
    data = fields.Dict()
    happened_at = Moment()
    noticed_at = Moment()


class StepField(Schema):
    name = fields.String()
    label = fields.String()
    type = fields.String()
    required = fields.Boolean()
    hint = fields.String()
    options = fields.Raw(allow_none=True)


class StepView(Schema):
    """A step that the asker may take now: POST the fields to `url`."""

    noun = fields.String()
    label = fields.String()
    primary = fields.Boolean()
    url = fields.String()
    fields_ = fields.List(fields.Nested(StepField), data_key="fields")


class TicketView(Schema):
    number = fields.String()
    version = fields.Integer()
    state = fields.String()
    state_label = fields.String()
    round = fields.Integer()
    matter = fields.String()
    place = fields.String()
    area = fields.String()
    against = fields.String()
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    channel = fields.String()
    source = fields.String()
    urgency = fields.String()
    urgency_reason = fields.String()
    risks = fields.List(fields.Nested(RiskView))
    request_type = fields.String()
    category = fields.Nested(CategoryRef, allow_none=True)
    case_standard = fields.Nested(CaseStandardRef, allow_none=True)
    confidential = fields.Boolean()
    named_units = fields.List(fields.Nested(UnitRef))
    centre = fields.Nested(UnitRef)
    unit = fields.Nested(UnitRef)
    level = fields.Integer()
    heat = fields.Integer()
    urgings = fields.Integer()
    hops = fields.Integer()
    direct = fields.Boolean()
    outcome = fields.String()
    answer = fields.String()
    decline_reason = fields.String()
    decline_channel = fields.String()
    merged_into = fields.String(allow_none=True)
    received_at = Moment()
    accepted_at = Moment(allow_none=True)
    submitted_at = Moment(allow_none=True)
    resolved_at = Moment(allow_none=True)
    replied_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    paused_until = Moment(allow_none=True)
    complaints = fields.List(fields.Nested(ComplaintView))
    attachments = fields.List(fields.Nested(AttachmentView))
    deadlines = fields.List(fields.Nested(DeadlineView))
    assignments = fields.List(fields.Nested(AssignmentView))
    orders = fields.List(fields.Nested(OrderView))
    requests = fields.List(fields.Nested(RequestView))
    history = fields.List(fields.Nested(EventView))
    steps = fields.List(fields.Nested(StepView))
    review = fields.List(fields.Nested(RemarkView))


class SuggestedUnit(Schema):
    """`assists` and `limit` are those of the line of the dispatch catalogue, if one fits."""

    unit = fields.Nested(UnitRef)
    assists = fields.List(fields.Nested(UnitRef))
    limit = fields.String(allow_none=True)
    score = fields.Float()
    reasons = fields.List(fields.String())


class SuggestedCategory(Schema):
    """`precedents`: numbers of tickets alike that were filed so."""

    category = fields.Nested(CategoryRef)
    score = fields.Float()
    reasons = fields.List(fields.String())
    precedents = fields.List(fields.String())


class SuggestionsView(Schema):
    """The likeliest first. `avoided`: why units are left out for which the same speaks."""

    categories = fields.List(fields.Nested(SuggestedCategory))
    units = fields.List(fields.Nested(SuggestedUnit))
    avoided = fields.List(fields.String())


class PolicyView(Schema):
    version = fields.String()
    effective_from = fields.String()
    condition = fields.String(allow_none=True)


class WhyView(Schema):
    ticket = fields.String()
    deadline = fields.Nested(DeadlineView)
    policy = fields.Nested(PolicyView)
    requests = fields.List(fields.Nested(RequestView))
    explanation = fields.Dict()


class ReceiptView(Schema):
    """`key` is told once, and missing when the same complaint had been received before."""

    number = fields.String()
    key = fields.String()
    accept_due_at = Moment()
    status_url = fields.String()


class ContactView(Schema):
    complaint = fields.String()
    name = fields.String()
    phone = fields.String()
