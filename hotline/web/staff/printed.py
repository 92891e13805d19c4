"""工单 on paper: the official sheet, A4, one page for an ordinary ticket, in black and white."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for

from hotline.domain.dates import spoken
from hotline.models import Complaint, Event, Part, Survey, Ticket
from hotline.services import chronicling, viewing
from hotline.services.covering import cover_for
from hotline.services.hand import find
from hotline.services.work import Work
from hotline.web.door import work
from hotline.web.staff import words

Row = Mapping[str, Any]


def show(number: str) -> str:
    """GET /desk/tickets/<number>/sheet."""
    with work() as unit:
        ticket = find(unit, number)
        return render_template("staff/sheet.html", **context(unit, ticket))


def context(work: Work, ticket: Ticket) -> dict[str, Any]:
    """All that staff/sheet.html shows, covered for the reader as on the ticket's page."""
    read = viewing.page_dict(work, ticket)
    course = {(each["round"], each["step"]): each for each in chronicling.course(work, ticket)}
    lead = next((turn for turn in reversed(read["assignments"]) if turn["part"] == Part.LEAD), None)
    assists = [turn["unit"]["name"] for turn in read["assignments"] if turn["part"] == Part.ASSIST]
    category = read["category"]
    return {
        "number": ticket.number,
        "ticket_url": url_for("staff.ticket", number=ticket.number),
        "state_label": read["state_label"],
        "round": read["round"],
        "received_at": read["received_at"],
        "accepted_at": course[(1, "accept")]["happened_at"] if (1, "accept") in course else None,
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
        "assigned": _signed(work, course.get((ticket.round, "assign"))),
        "handler": (lead["handler"] if lead else None) or "",
        "outcome": read["outcome"],
        "submitted_at": read["submitted_at"],
        "orders": [_order(work, each) for each in reversed(read["orders"]) if each["round"] == ticket.round],
        "check": _check(work, ticket),
        "answer": read["answer"] or read["decline_reason"],
        "replied": _signed(work, course.get((ticket.round, "reply")) or course.get((ticket.round, "answer"))),
        "surveys": _surveys(work, ticket),
        "accepted": _signed(work, course.get((1, "accept"))),
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


def _signed(work: Work, reached: Row | None) -> str:
    if reached is None:
        return ""
    return f"{reached['actor_name']}　{spoken(reached['happened_at'], work.rules.zone)}"


def _check(work: Work, ticket: Ticket) -> dict[str, str]:
    """核查意见 of the last check of this round, with who gave it."""
    event = work.session.scalar(
        sa.select(Event)
        .where(Event.ticket_id == ticket.id, Event.round == ticket.round, Event.step.in_(("approve", "send_back")))
        .order_by(Event.id.desc())
        .limit(1)
    )
    if event is None:
        return {"text": "", "signed": ""}
    cover = cover_for(work, ticket)
    opinion = cover(str(event.data.get("opinion") or event.data.get("reason") or ""))
    verdict = "核查通过" if event.step == "approve" else "退回重新办理"
    signed = f"{event.actor_name}　{spoken(event.happened_at, work.rules.zone)}"
    return {"text": f"{verdict}。{opinion}" if opinion else f"{verdict}。", "signed": signed}


def _surveys(work: Work, ticket: Ticket) -> list[str]:
    """回访 of this round: whether it was solved, and how satisfied they are."""
    cover = cover_for(work, ticket)
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
