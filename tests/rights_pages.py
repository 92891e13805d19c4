"""Whose each page is, and about what: the rules of design §7 as a table of the tests, written by hand.

A page that is not entered here fails `tests/integration/test_rights.py`: whoever makes one says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hotline.domain.actors import Role

OPE, DIS, HAN, SUP = Role.OPERATOR, Role.DISPATCHER, Role.HANDLER, Role.SUPERVISOR
LEA, ADM = Role.LEADER, Role.ADMINISTRATOR
ALL = frozenset({OPE, DIS, HAN, SUP, LEA, ADM})
TICKETS = ALL - {ADM}  # who reads tickets

Roles = frozenset[Role]


@dataclass(frozen=True)
class Page:
    """For whom a page is there, and which kind of thing stands in its address (`tests.rights_cast`), if any.

    `at`: the ticket by where it stands in the chain; a page of things that wait has only those. `more`: the other
    arguments of the address. `city`: it holds for the whole city; a county's people
    change nothing there.
    """

    roles: Roles
    kind: str = ""
    at: str = "worked"
    more: Mapping[str, Any] = field(default_factory=dict)
    city: bool = False
    query: str = ""


def _pages(
    roles: Roles, names: str, kind: str = "", at: str = "worked", city: bool = False, **more: Any
) -> dict[str, Page]:
    return {f"staff.{name}": Page(roles, kind, at, more, city) for name in names.split()}


def _each(names: str, page: Page) -> dict[str, Page]:
    return dict.fromkeys(names.split(), page)


MONTH = "2026-11"
FROZEN = "2026-10"  # twice

#: The desk. Another role's page does not exist.
DESK: dict[str, Page] = {
    **_pages(ALL, "home live find help me save_me quick_texts add_quick_text rules texts"),
    "staff.guide_picture": Page(frozenset(), more={"name": "no-such.webp"}),
    **_pages(ALL, "own_password change_own_password own_second_factor begin_second_factor end_second_factor"),
    "staff.away": Page(frozenset()),  # behind a signature of its own
    **_pages(ALL, "quick_text change_quick_text remove_quick_text restore_quick_text", kind="text"),
    **_pages(TICKETS, "tickets count columns views save_view exports export report"),
    **_pages(TICKETS, "board board_items briefs save_briefs"),
    **_pages(TICKETS, "brief", kind="brief"),
    **_pages(TICKETS, "change_view remove_view", kind="own view"),
    **_pages(TICKETS, "exported", kind="export"),
    **_pages(TICKETS, "ticket sheet presence", kind="ticket"),
    **_pages(TICKETS, "why", kind="deadline"),
    **_pages(TICKETS, "reveal", kind="complaint"),
    **_pages(TICKETS, "step act", kind="ticket", noun="note"),
    **_pages(TICKETS, "month items versions export_items export_cases export_month", month=MONTH),
    "staff.cases": Page(TICKETS, more={"month": MONTH}, query="?indicator=repeat_rate"),
    **_pages(TICKETS, "papers make_paper circular", month=MONTH),
    **_pages(TICKETS, "paper", kind="paper", month=MONTH),
    **_pages(TICKETS, "since_frozen", month=FROZEN),
    **_pages(TICKETS, "compare_versions", month=FROZEN, version=2),
    **_pages(frozenset({SUP}), "freeze_month restatement restate", city=True, month=FROZEN),
    **_pages(TICKETS, "latest_ranking"),
    **_pages(TICKETS, "ranking points_month", month=MONTH),
    **_pages(TICKETS, "score", kind="scored unit", month=MONTH),
    **_pages(TICKETS, "point_tickets", kind="point", month=MONTH),
    **_pages(ALL, "points"),
    **_pages(frozenset({SUP, ADM}), "add_point import_points"),
    **_pages(frozenset({SUP, ADM}), "point change_point close_point", kind="point"),
    **_pages(frozenset({ADM}), "scoring choose_scoring freeze_days save_freeze_days", city=True),
    **_pages(TICKETS - {LEA}, "bulk bulk_again"),
    **_pages(TICKETS - {LEA}, "bulk_act bulk_step", noun="note"),
    **_pages(frozenset({OPE}), "drafts upload_transcript new_call receive_call caller beside_call"),
    **_pages(frozenset({OPE}), "read_again", token="none"),
    **_pages(frozenset({OPE}), "draft confirm_draft join_draft answer_draft discard_draft", kind="draft"),
    **_pages(frozenset({OPE}), "call_taken", kind="ticket", at="new"),
    **_pages(frozenset({OPE, SUP}), "calls next_call"),
    **_pages(frozenset({OPE, SUP}), "call call_number call_result reveal_call log_call", kind="complaint", at="called"),
    **_pages(frozenset({OPE, SUP}), "public"),
    **_pages(frozenset({OPE, SUP}), "publication screen", kind="ticket"),
    **_pages(frozenset({OPE, SUP}), "checks"),
    **_pages(frozenset({OPE, SUP}), "check", kind="ticket", at="checked"),
    **_pages(frozenset({OPE, SUP}), "decide_check", kind="ticket", at="checked", name="approval"),
    **_pages(frozenset({HAN}), "ours ours_due ours_held field field_token field_worker"),
    "staff.ours_used": Page(frozenset({HAN}), more={"kind": "extension"}),
    **_pages(frozenset({HAN}), "field_sheet", kind="ticket"),
    **_pages(frozenset({HAN}), "field_act", kind="ticket", noun="signature"),
    **_pages(frozenset({OPE, DIS, SUP, LEA}), "hot"),
    **_pages(frozenset({OPE, DIS, SUP, LEA}), "hot_matter", kind="hot"),
    **_pages(frozenset({OPE, DIS}), "merge_hot", kind="hot"),
    **_pages(frozenset({SUP}), "supervise_hot", kind="hot"),
    **_pages(frozenset({SUP, LEA}), "cockpit closed"),
    **_pages(frozenset({SUP, LEA}), "supervision expected held cards verdicts instructions samples"),
    **_pages(frozenset({SUP, LEA}), "instruction", kind="instruction"),
    **_pages(frozenset({SUP, LEA}), "sample", kind="sample", at="drawn"),
    **_pages(frozenset({SUP}), "explanations enter_instruction draw_samples"),
    **_pages(frozenset({SUP}), "explanation", kind="ticket", at="late"),
    **_pages(frozenset({SUP}), "decide_explanation", kind="ticket", at="late", name="acceptance"),
    **_pages(frozenset({SUP}), "report_instruction", kind="instruction"),
    **_pages(frozenset({SUP}), "record_sample", kind="sample", at="drawn"),
    **_pages(frozenset({SUP, DIS}), "appeals decided_appeals dispatching"),
    **_pages(frozenset({SUP, DIS}), "appeal", kind="ticket", at="done"),
    **_pages(frozenset({SUP, DIS}), "decide_appeal", kind="ticket", at="done", name="upheld"),
    **_pages(frozenset({SUP, DIS}), "dispatch_pane assign_dispatch decide_dispatch", kind="ticket", at="waiting"),
    **_pages(frozenset({DIS}), "recall_dispatch", kind="ticket"),
    **_pages(frozenset({DIS, ADM}), "dispatch add_line dispatch_file"),
    **_pages(frozenset({DIS, ADM}), "line change_line remove_line", kind="line"),
    **_pages(frozenset({ADM}), "units add_unit new_unit people add_person new_person import_people preview_people"),
    **_pages(frozenset({ADM}), "confirm_people invitations people_template security require_second_factor"),
    **_pages(frozenset({ADM}), "unit change_unit close_unit reopen_unit", kind="unit"),
    **_pages(frozenset({ADM}), "person change_person lock_person unlock_person end_sessions", kind="person"),
    **_pages(frozenset({ADM}), "invite_person reset_second_factor", kind="person"),
    **_pages(frozenset({ADM}), "clients issue_token changes"),
    **_pages(frozenset({ADM}), "lock_client unlock_client", kind="client"),
    **_pages(frozenset({ADM}), "undo_change", kind="change"),
    **_pages(frozenset({ADM}), "edit_text change_text preview_text reset_text", city=True, name="received"),
    **_pages(frozenset({ADM}), "policy policy_draft save_policy_draft policy_ladder save_policy_ladder", city=True),
    **_pages(frozenset({ADM}), "review_policy measure_policy publish_policy discard_policy take_up_policy", city=True),
    **_pages(frozenset({ADM}), "policy_version begin_policy remove_policy", city=True, version_id=1),
    **_pages(frozenset({ADM}), "standards save_standard take_standards standards_file", city=True),
    **_pages(frozenset({ADM}), "calendar office_hours save_office_hours retention save_retention", city=True),
    **_pages(frozenset({ADM}), "calendar_year save_calendar_year", city=True, year=2027),
    **_pages(frozenset({ADM}), "categories add_category import_categories preview_categories", city=True),
    **_pages(frozenset({ADM}), "confirm_categories categories_template", city=True),
    **_pages(frozenset({ADM}), "category change_category lock_category unlock_category", city=True, category_id=1),
    **_pages(frozenset({ADM, LEA}), "learning"),
    **_pages(frozenset({ADM}), "webhooks add_webhook"),
    **_pages(frozenset({ADM}), "webhook lock_webhook unlock_webhook try_webhook replay_webhook", kind="webhook"),
    **_pages(frozenset({ADM}), "replay_delivery", kind="webhook", delivery_id=1),
}

STEPS = (
    "acceptance answer appeal appeal_review approval assignment assistance call closure declination explanation"
    " explanation_decision extension extension_decision handler merger note pause pause_decision recall rejection reply"
    " resumption return return_decision rework separation signature submission supervision supervision_lifting survey"
    " transfer voiding"
)

#: The API: who asks is told by 401; what is not his is not found.
API: dict[str, Page] = {
    **_each(
        "api_lists.list_categories api_lists.list_units api_tickets.list_tickets api_drafts.list_drafts "
        "api_complaints.file_complaint api_drafts.send_transcript api_transcripts.send_transcripts",
        Page(ALL),
    ),
    **_each(
        "api_drafts.show_draft api_drafts.answer_draft api_drafts.confirm_draft api_drafts.discard_draft",
        Page(ALL, "operators' draft"),
    ),
    "api_lists.list_people": Page(ALL, "unit key"),
    "api_reports.show_month": Page(ALL, more={"month": MONTH}),
    "api_reports.list_items": Page(ALL, more={"month": MONTH}, query="?kind=handle"),
    "api_reports.show_indicators": Page(ALL, more={"month": MONTH}),
    "api_reports.list_cases": Page(ALL, more={"month": MONTH}, query="?sort=turn"),
    "api_board.show_board": Page(ALL),
    "api_board.list_board_items": Page(ALL),
    "api_reports.list_versions": Page(ALL, more={"month": FROZEN}),
    "api_reports.compare_versions": Page(ALL, more={"month": FROZEN, "version": 2}),
    **_each(
        "api_tickets.show_ticket api_tickets.list_deadlines api_suggestions.show_suggestions "
        "api_tickets.disclose_contact",
        Page(ALL, "ticket"),
    ),
    "api_tickets.explain_deadline": Page(ALL, "deadline"),
    **{f"api_steps.{noun}": Page(ALL, "ticket") for noun in STEPS.split()},
}

#: What anybody may open. What stands behind a key, a token or a release of its own is walked with things, too.
OPEN: dict[str, Page] = {
    **_each(
        "citizen.home citizen.hints citizen.complain citizen.lookup citizen.look_up citizen.lost "
        "citizen.send_code citizen.code citizen.redeem citizen.privacy public.tickets public.feed "
        "public.rates_csv public.rates_json public.months login.show login.enter login.code login.give_code "
        "login.onward login.password login.change_password login.second_factor login.begin_second_factor "
        "login.leave ops.healthz ops.readyz ops.metrics robots api_page.show api-docs.openapi_json",
        Page(ALL),
    ),
    **_each("login.invitation login.accept", Page(ALL, more={"key": "no-such-key"})),
    "static": Page(ALL, more={"filename": "hotline.css"}),
    **_each("public.month public.month_json public.month_csv", Page(frozenset(), more={"month": MONTH})),  # not frozen
    "citizen.privacy_version": Page(ALL, more={"version": "1"}),
    "public.ticket": Page(frozenset(), "ticket"),
    "public.photo": Page(frozenset(), "picture of ticket"),
    "attachments.show": Page(TICKETS, "picture"),
    **_each(
        "citizen.received citizen.status citizen.open_up citizen.add citizen.own_data "
        "citizen.own_data_file citizen.correct_own_data citizen.erase_own_data citizen.leave "
        "citizen.rework citizen.survey citizen.urge citizen.withdraw",
        Page(frozenset(), "ticket"),
    ),
    "citizen.back": Page(frozenset(), "ticket", more={"step": "urging"}),
    "citizen.back_to_own_data": Page(frozenset(), "ticket", more={"step": "correction"}),
    "sms.called": Page(ALL, more={"name": "console", "about": "sms"}),
    "sms.twilio": Page(ALL, more={"about": "sms"}),
    "console.show": Page(frozenset({OPE, ADM})),
    "console.send": Page(frozenset({OPE, ADM})),
}

PAGES = DESK | API | OPEN

#: One of everything that any form asks for, so that a form is refused for whose it is and not for what it lacks.
NO = "不应看到的工单，不应有任何回应"
FORM: dict[str, Any] = {
    "text": NO, "reason": NO, "opinion": NO, "name": NO, "answer": NO, "outcome": NO, "explanation": NO, "report": NO,
    "finding": NO, "demand": NO, "matter": NO, "place": NO, "channel": "向有关部门反映", "leader": "副市长",
    "granted": "true", "solved": "true", "upheld": "true", "passed": "true", "result": "passed", "deed": "hide",
    "level": "order", "until": "2026-12-20", "given_on": "2026-11-01", "choice": "1::", "noun": "pause/decision",
    "number": "x", "complaint": "x", "into": "x", "unit_id": "1", "staff_id": "1", "lead_id": "1", "parent_id": "1",
    "category": "", "words": "路灯", "kind": "station", "roles": "handler", "step": "", "since": "0",
}  # fmt: skip

#: Where something is asked for besides what stands in the address: another's is answered as what there is not. In
#: braces stands a thing of 西县 or one of 东县's own; who asks is of 东县.
ASKED: tuple[tuple[Role, str, str, dict[str, str]], ...] = (
    *(
        (SUP, "GET", path, {})
        for path in (
            "/desk/tickets?view=all&unit={unit}",
            "/desk/tickets?view=all&handler={person}",
            "/desk/tickets?view=all&q={number}",
            "/desk/tickets?view=all&q={word}",
            "/desk/tickets?view=all&q={tail}",
            "/desk/count?view=all&q={word}",
            "/desk/find?q={number}",
            "/desk/find?q={word}",
            "/desk/find?q={list}",
            "/desk/views?list=view%3Dall%26q%3D{word}",
            "/desk/tickets/{worked}?from=view%3Dall%26q%3D{word}",
            f"/desk/reports/{MONTH}?unit={{unit}}",
            f"/desk/reports/{MONTH}/items?kind=handle&unit_id={{unit}}",
            f"/desk/reports/{MONTH}/papers?unit={{unit}}",
            f"/desk/reports/{MONTH}/circular?unit={{unit}}",
            f"/desk/reports/{MONTH}/items?kind=handle&unit={{unit}}",
            f"/desk/reports/{FROZEN}/items?kind=handle&unit={{unit}}",
            f"/desk/reports/{MONTH}/cases?indicator=repeat_rate&unit={{unit}}",
            f"/desk/reports/{FROZEN}/cases?indicator=repeat_rate&unit={{unit}}",
            "/desk/supervision?unit={unit}",
            "/desk/supervision/items?unit={unit}",
            "/desk/supervision/held?unit={unit}",
            "/desk/supervision/cards?unit={unit}",
            "/desk/supervision/verdicts?show=all&unit={unit}",
            "/desk/samples?unit={unit}",
            "/desk/instructions?number={number}",
            "/desk/dispatching?assigned={number}",
            "/api/v1/tickets?q={number}",
            "/api/v1/tickets?q={word}",
            "/api/v1/tickets?unit_id={unit}",
            f"/api/v1/reports/monthly/{MONTH}?unit_id={{unit}}",
            f"/api/v1/reports/monthly/{MONTH}/items?kind=handle&unit_id={{unit}}",
            f"/api/v1/reports/monthly/{MONTH}/indicators?unit_id={{unit}}",
            f"/api/v1/reports/monthly/{MONTH}/cases?sort=repeat&unit_id={{unit}}",
            "/api/v1/reports/board?unit_id={unit}",
            "/api/v1/reports/board/items?unit_id={unit}",
        )
    ),
    (DIS, "GET", "/desk/dispatch?unit={unit}", {}),
    (DIS, "GET", "/desk/dispatch?lead_id={unit}", {}),
    (HAN, "GET", "/desk/ours/held?staff={person}", {}),
    (HAN, "GET", "/desk/ours/due?unit={unit}", {}),
    (ADM, "GET", "/desk/people?unit={unit}", {}),
    (ADM, "GET", "/desk/people?text={idle}", {}),
    (ADM, "GET", "/desk/people/new?unit={unit}", {}),
    (ADM, "GET", "/desk/units/new?parent={unit}", {}),
    (ADM, "GET", "/desk/changes?subject=unit&subject_id={unit}", {}),
    (ADM, "GET", "/desk/changes?name={changed}", {}),
    (OPE, "POST", "/desk/calls/caller", {"phone": "{phone}"}),
    (OPE, "POST", "/desk/calls/beside", {"text": "{word}路口路灯不亮", "place": "{place}路"}),
    (OPE, "POST", "/desk/calls/new", {"text": "{word}路口路灯不亮三天了", "into": "{number}", "phone": "{phone}"}),
    (OPE, "POST", "/desk/tickets/{new}/merger", {"into": "{number}", "look": "yes"}),
    (OPE, "POST", "/desk/tickets/{new}/merger", {"into": "{number}"}),
    (OPE, "POST", "/api/v1/tickets/{new}/merger", {"into": "{number}"}),
    (DIS, "POST", "/desk/tickets/{waiting}/assignment", {"unit_id": "{unit}", "look": "yes"}),
    (DIS, "POST", "/desk/tickets/{waiting}/assignment", {"unit_id": "{unit}"}),
    (DIS, "POST", "/desk/dispatching/{waiting}/assignment", {"choice": "{unit}::"}),
    (DIS, "POST", "/desk/dispatch", {"lead_id": "{unit}", "words": "路灯"}),
    (HAN, "POST", "/desk/tickets/{called}/handler", {"staff_id": "{person}"}),
    (HAN, "POST", "/desk/tickets/{worked}/handler", {"staff_id": "{person}"}),
    (HAN, "POST", "/desk/tickets/{worked}/transfer", {"unit_id": "{unit}"}),
    (SUP, "POST", "/desk/bulk", {"noun": "note", "number": "{number}"}),
    (SUP, "POST", "/desk/bulk/note", {"ticket": "{number}~3", "text": NO, "key": str(UUID(int=1))}),
    (SUP, "POST", "/desk/exports", {"query": "view=all&q={word}", "file": "csv"}),
    (SUP, "POST", "/desk/exports", {"query": "view=all&unit={unit}", "file": "csv"}),
    (SUP, "POST", f"/desk/reports/{MONTH}/deadlines", {"kind": "handle", "unit_id": "{unit}"}),
    (SUP, "POST", f"/desk/reports/{MONTH}/items", {"kind": "handle", "unit": "{unit}", "file": "csv"}),
    (SUP, "POST", f"/desk/reports/{FROZEN}/cases", {"indicator": "repeat_rate", "unit": "{unit}", "file": "csv"}),
    (SUP, "POST", "/desk/instructions", FORM | {"number": "{number}"}),
    (SUP, "POST", "/desk/samples", {"unit_id": "{unit}", "number": "3", "since": "2026-11-01", "until": "2026-11-30"}),
    (ADM, "POST", "/desk/units", {"parent_id": "{unit}", "name": "新站", "kind": "station"}),
    (ADM, "POST", "/desk/units/{own_unit}", {"parent_id": "{unit}", "name": "新站", "kind": "station"}),
    (ADM, "POST", "/desk/people", {"unit_id": "{unit}", "name": "新人", "login": "newcomer", "roles": "handler"}),
    (ADM, "POST", "/desk/people/{own_person}", {"unit_id": "{unit}", "name": "新人", "roles": "handler"}),
    (ADM, "POST", "/desk/clients", {"unit_id": "{unit}", "name": "新系统", "roles": "handler"}),
    (ADM, "POST", "/desk/webhooks", {"unit_id": "{unit}", "name": "新通知", "url": "https://hook.invalid/"}),
)

#: Lists as files: with everything in them that the reader may have.
WHOLE: tuple[dict[str, str], ...] = ({"query": "view=all", "file": "csv"}, {"query": "view=all", "file": "xlsx"})
