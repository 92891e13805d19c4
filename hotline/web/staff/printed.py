"""工单 on paper: the official sheet, A4, one page for an ordinary ticket, in black and white."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for

from hotline.domain.dates import spoken
from hotline.models import Complaint, Event, Part, Survey, Ticket
from hotline.services import viewing
from hotline.services.covering import Cover
from hotline.services.hand import find
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import sheet, words

Row = Mapping[str, Any]

SIGNED = ("accept", "assign", "approve", "send_back", "reply", "answer")


def show(number: str) -> str:
    """GET /desk/tickets/<number>/sheet."""
    with work() as unit:
        ticket = find(unit, number)
        return render_template("staff/sheet.html", **context(unit, ticket))


def context(work: Work, ticket: Ticket) -> dict[str, Any]:
    """All that staff/sheet.html shows, covered for the reader as on the ticket's page."""
    sight = viewing.sight(work, ticket)
    read, latest = sight.told, _latest(work, ticket)
    accepted = latest.get("accept")
    lead = next(reversed(sheet.standing(ticket, read["assignments"], Part.LEAD)), None)
    assists = [turn["unit"]["name"] for turn in sheet.standing(ticket, read["assignments"], Part.ASSIST)]
    category = read["category"]
    return {
        "number": ticket.number,
        "ticket_url": url_for("staff.ticket", number=ticket.number),
        "state_label": read["state_label"],
        "round": read["round"],
        "received_at": read["received_at"],
        "accepted_at": accepted.happened_at if accepted else None,
        "channel": words.CHANNELS.get(read["channel"]),
        "source": words.SOURCES.get(read["source"]),
        "urgency": words.URGENCIES[ticket.urgency],
        "confidential": read["confidential"],
        "callers": [_caller(each) for each in read["complaints"]],
        "matter": read["matter"],
        "said": [_said(each) for each in read["complaints"]],
        "place": read["place"] or "未写明",
        "area": read["area"],
        "category": f"{category['kind']} · {category['parent_name']} · {category['name']}" if category else "未分类",
        "standard": read["case_standard"]["condition"] if read["case_standard"] else "",
        "unit": lead["unit"]["name"] if lead else "尚未交办",
        "assists": "、".join(dict.fromkeys(assists)),
        "promises": _promises(work, read["deadlines"], ticket.round),
        "instruction": lead["instruction"] if lead else "",
        "assigned": _signed(work, latest.get("assign") if lead else None),
        "handler": (lead["handler"] if lead else None) or "",
        "outcome": read["outcome"],
        "submitted_at": read["submitted_at"],
        "orders": [_order(work, each) for each in reversed(read["orders"]) if each["round"] == ticket.round],
        "check": _check(work, _newer(latest.get("approve"), latest.get("send_back")), sight.cover),
        "answer": read["answer"] or read["decline_reason"],
        "replied": _signed(work, _newer(latest.get("reply"), latest.get("answer"))),
        "surveys": _surveys(work, ticket, sight.cover),
        "accepted": _signed(work, accepted),
    }


def _caller(row: Row) -> str:
    told = "　".join(part for part in (row["name"], row["phone"]) if part)
    return told or ("保密" if row["confidential"] else "未留姓名")


def _said(row: Row) -> dict[str, Any]:
    return {"number": row["number"], "text": row["text"], "additions": [each["text"] for each in row["additions"]]}


def _promises(work: Work, deadlines: Sequence[Row], round: int) -> list[str]:
    """办理时限: the unit's and the city's, of this round."""
    shown = [row for row in deadlines if row["round"] == round and row["void_at"] is None]
    wanted = [row for kind in ("handle", "close") for row in shown if row["kind"] == kind]
    return [f"{row['label']}：{spoken(row['due_at'], work.rules.zone)}前" for row in wanted]


def _order(work: Work, order: Row) -> str:
    """A 督办单 of this round in a line: its number and level, when and why, what it demands."""
    when = spoken(order["issued_at"], work.rules.zone)
    said = f"DB{order['id']:08} {order['level_label']}　{when}　{order['issued_by']}"
    lifted = f"（{spoken(order['lifted_at'], work.rules.zone)}解除）" if order["lifted_at"] else ""
    return f"{said}　{words.GROUNDS[order['ground']]}：{order['demand']}{lifted}"


def _latest(work: Work, ticket: Ticket) -> dict[str, Event]:
    """By step who took it last in this round; 受理 is of the first, and holds for all."""
    rows = work.session.scalars(
        sa.select(Event)
        .where(
            Event.ticket_id == ticket.id,
            Event.step.in_(SIGNED),
            sa.or_(Event.round == ticket.round, Event.step == "accept"),
        )
        .order_by(Event.happened_at, Event.id)
    )
    return {event.step: event for event in rows}


def _newer(*events: Event | None) -> Event | None:
    there = [event for event in events if event is not None]
    return max(there, key=lambda event: (event.happened_at, event.id), default=None)


def _signed(work: Work, event: Event | None) -> str:
    return f"{event.actor_name}　{spoken(event.happened_at, work.rules.zone)}" if event else ""


def _check(work: Work, event: Event | None, cover: Cover) -> dict[str, str]:
    """核查意见 with who gave it."""
    if event is None:
        return {"text": "", "signed": ""}
    opinion = cover(str(event.data.get("opinion") or event.data.get("reason") or ""))
    verdict = "核查通过" if event.step == "approve" else "退回重新办理"
    return {"text": f"{verdict}。{opinion}" if opinion else f"{verdict}。", "signed": _signed(work, event)}


def _surveys(work: Work, ticket: Ticket, cover: Cover) -> list[str]:
    """回访 of this round: whether it was solved, and how satisfied they are."""
    rows = work.session.execute(
        sa.select(Survey, Complaint.number)
        .join(Complaint, Complaint.id == Survey.complaint_id)
        .where(Survey.ticket_id == ticket.id, Survey.round == ticket.round, Survey.answered_at.is_not(None))
        .order_by(Survey.id)
    )
    return [_survey(survey, number, cover(survey.comment or "")) for survey, number in rows]


def _survey(survey: Survey, number: str, comment: str) -> str:
    solved = {True: "已解决", False: "未解决", None: "未说明是否解决"}[survey.solved]
    score = f"，满意度{survey.score}分" if survey.score else ""
    return f"{number}：{solved}{score}" + (f"，{comment}" if comment else "") + "。"
