"""The steps that the asker may take now, each with its address and its fields: what a client needs to make a form."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from hotline.models import Ticket
from hotline.services import self_checking, viewing
from hotline.services.work import Work
from hotline.web.resources import BEFORE_FIELD, BEFORE_LABEL, PHOTOS_FIELD, PHOTOS_HINT, PHOTOS_LABEL, RESOURCES, Form

TYPES: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.List, "list"),
    (fields.Boolean, "boolean"),
    (fields.Integer, "integer"),
    (fields.Date, "date"),
    (fields.Enum, "word"),
)
#: Where the choices of a field are listed, if they are rows.
LISTS = {
    "categories": "/api/v1/categories",
    "case_standards": "/api/v1/categories",
    "units": "/api/v1/units",
    "assignable": "/api/v1/units",
    "below": "/api/v1/units",
    "people": "/api/v1/units/{key}/people",
    "evidence": "/api/v1/tickets/{number}",
}
#: Sent as files, in a form.
PHOTOS = {
    "name": PHOTOS_FIELD,
    "label": PHOTOS_LABEL,
    "type": "files",
    "required": False,
    "hint": PHOTOS_HINT,
    "options": None,
}
BEFORE = PHOTOS | {"name": BEFORE_FIELD, "label": BEFORE_LABEL, "hint": ""}


def offered(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """One entry for each resource of which the actor may take a step now."""
    allowed = {step.name for step in viewing.steps_allowed(work, ticket)}
    return [
        {
            "noun": resource.noun,
            "label": resource.label,
            "primary": resource.primary,
            "url": f"/api/v1/tickets/{ticket.number}/{resource.noun}",
            "fields_": _fields_of(resource.schema, work, ticket) + ([BEFORE, PHOTOS] if resource.takes_photos else []),
        }
        for resource in RESOURCES
        if not allowed.isdisjoint(resource.steps)
    ]


def _fields_of(schema: type[Form], work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    found = []
    for name, field in schema().fields.items():
        options = field.metadata.get("options")
        if options == "checklist":
            options = [(point.code, point.text) for point in self_checking.questions(work, ticket)]
        found.append(
            {
                "name": name,
                "label": field.metadata.get("label", "版本" if name == "version" else name),
                "type": next((word for kind, word in TYPES if isinstance(field, kind)), "text"),
                "required": field.required,
                "hint": field.metadata.get("hint", ""),
                "options": LISTS.get(options, options) if isinstance(options, str) else _choices(options),
            }
        )
    return found


def _choices(options: Any) -> list[dict[str, Any]] | None:
    return [{"value": value, "label": label} for value, label in options] if options else None
