"""What the API answers about drafts of calls, as schemas."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.web.api.answers import Moment


class DraftLine(Schema):
    id = fields.Integer()
    state = fields.String()
    state_label = fields.String()
    called_at = Moment()
    received_at = Moment()
    came_by = fields.String()
    gist = fields.String()
    place = fields.String()
    caller = fields.String(allow_none=True)
    lines = fields.Integer()
    urgent = fields.Boolean()
    question = fields.Boolean()
    warnings = fields.List(fields.String())
    complaint = fields.String(allow_none=True)
    settled_at = Moment(allow_none=True)
    settled_by = fields.String(allow_none=True)


class DraftPage(Schema):
    drafts = fields.List(fields.Nested(DraftLine))
    after = fields.Integer(allow_none=True)


class PartView(Schema):
    value = fields.Raw(allow_none=True)
    line = fields.Integer()
    confidence = fields.Float()
    said = fields.String()


class TurnView(Schema):
    speaker = fields.String()
    text = fields.String()
    line = fields.Integer()
    start_ms = fields.Integer(allow_none=True)
    end_ms = fields.Integer(allow_none=True)


class ProposedView(Schema):
    text = fields.String()
    matter = fields.String()
    place = fields.String()
    area = fields.String()
    against = fields.String()
    name = fields.String()
    phone = fields.String()
    urgency = fields.String()
    request_type = fields.String()
    wants_reply = fields.Boolean()
    confidential = fields.Boolean()


class DraftView(DraftLine):
    """`parts`: each with its value, the line it came from and how sure it is; null where nothing was said."""

    recording = fields.String()
    format = fields.String()
    encoding = fields.String()
    parts = fields.Dict(keys=fields.String(), values=fields.Nested(PartView, allow_none=True))
    category_words = fields.List(fields.String())
    questions = fields.List(fields.String())
    turns = fields.List(fields.Nested(TurnView))
    proposed = fields.Nested(ProposedView)
    answer = fields.String()
