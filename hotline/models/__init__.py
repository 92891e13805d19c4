"""The tables. Importing this package makes all of them known to the metadata."""

from hotline.models.base import Base
from hotline.models.change import Change, Setting, Wording
from hotline.models.citizen import AccessCode, Citizen, Disclosure
from hotline.models.clue import Clue
from hotline.models.deadline import KIND_LABELS, Alert, Deadline, DeadlineKind, Ground, Supervision
from hotline.models.desk import ExportForm, ExportState, ListExport, Presence, QuickText, SavedView, SentForm
from hotline.models.dispatch_rule import DispatchRule
from hotline.models.draft import CameBy, Draft, DraftState
from hotline.models.event import Event
from hotline.models.found_words import FoundWords
from hotline.models.hot_matter import HotMatter
from hotline.models.learned_model import LearnedModel, ModelKind
from hotline.models.live_call import CallState, LiveCall, LiveTurn
from hotline.models.message import Direction, Message, MessageState
from hotline.models.out_call import Missed, OutCall
from hotline.models.point import Point
from hotline.models.publication import Publication
from hotline.models.report import (
    Brief,
    Hindsight,
    MonthCount,
    MonthlyReport,
    MonthlyReportCase,
    MonthlyReportItem,
    PaperForm,
    ReportPaper,
    ReportState,
    Rhythm,
)
from hotline.models.rulebook import CalendarVersion, CaseStandard, Category, PolicyVersion
from hotline.models.survey import Survey
from hotline.models.ticket import (
    TICKET_NUMBERS,
    Addition,
    Attachment,
    Channel,
    Complaint,
    Phase,
    RequestType,
    Source,
    Ticket,
    Urgency,
)
from hotline.models.turn import Appeal, Assignment, Ending, Extension, Part, Pause, Return
from hotline.models.unit import ApiClient, Staff, Unit, UnitKind
from hotline.models.watch import Instruction, SampleCheck
from hotline.models.webhook import DeliveryState, Webhook, WebhookDelivery

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
    "Brief",
    "CalendarVersion",
    "CallState",
    "CameBy",
    "CaseStandard",
    "Category",
    "Change",
    "Channel",
    "Citizen",
    "Clue",
    "Complaint",
    "Deadline",
    "DeadlineKind",
    "DeliveryState",
    "Direction",
    "Disclosure",
    "DispatchRule",
    "Draft",
    "DraftState",
    "Ending",
    "Event",
    "ExportForm",
    "ExportState",
    "Extension",
    "FoundWords",
    "Ground",
    "Hindsight",
    "HotMatter",
    "Instruction",
    "LearnedModel",
    "ListExport",
    "LiveCall",
    "LiveTurn",
    "Message",
    "MessageState",
    "Missed",
    "ModelKind",
    "MonthCount",
    "MonthlyReport",
    "MonthlyReportCase",
    "MonthlyReportItem",
    "OutCall",
    "PaperForm",
    "Part",
    "Pause",
    "Phase",
    "Point",
    "PolicyVersion",
    "Presence",
    "Publication",
    "QuickText",
    "ReportPaper",
    "ReportState",
    "RequestType",
    "Return",
    "Rhythm",
    "SampleCheck",
    "SavedView",
    "SentForm",
    "Setting",
    "Source",
    "Staff",
    "Supervision",
    "Survey",
    "Ticket",
    "Unit",
    "UnitKind",
    "Urgency",
    "Webhook",
    "WebhookDelivery",
    "Wording",
]
