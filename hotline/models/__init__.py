"""The tables. Importing this package makes all of them known to the metadata."""

from hotline.models.base import Base
from hotline.models.citizen import AccessCode, Citizen, Disclosure
from hotline.models.deadline import KIND_LABELS, Alert, Deadline, DeadlineKind, Ground, Supervision
from hotline.models.draft import Draft, DraftState
from hotline.models.event import Event
from hotline.models.message import Direction, Message, MessageState
from hotline.models.publication import Publication
from hotline.models.report import MonthlyReport, MonthlyReportItem
from hotline.models.rulebook import CalendarVersion, CaseStandard, Category, PolicyVersion
from hotline.models.survey import Survey
from hotline.models.ticket import (
    TICKET_NUMBERS,
    Addition,
    Attachment,
    Channel,
    Complaint,
    RequestType,
    Source,
    Ticket,
    Urgency,
)
from hotline.models.turn import Appeal, Assignment, Ending, Extension, Part, Pause, Return
from hotline.models.unit import ApiClient, Staff, Unit, UnitKind

__all__ = [
    "KIND_LABELS",
    "TICKET_NUMBERS",
    "AccessCode",
    "Addition",
    "Alert",
    "ApiClient",
    "Appeal",
    "Assignment",
    "Attachment",
    "Base",
    "CalendarVersion",
    "CaseStandard",
    "Category",
    "Channel",
    "Citizen",
    "Complaint",
    "Deadline",
    "DeadlineKind",
    "Direction",
    "Disclosure",
    "Draft",
    "DraftState",
    "Ending",
    "Event",
    "Extension",
    "Ground",
    "Message",
    "MessageState",
    "MonthlyReport",
    "MonthlyReportItem",
    "Part",
    "Pause",
    "PolicyVersion",
    "Publication",
    "RequestType",
    "Return",
    "Source",
    "Staff",
    "Supervision",
    "Survey",
    "Ticket",
    "Unit",
    "UnitKind",
    "Urgency",
]
