"""The ticket page's content: the matter, what is promised, who has it, what happened, what can be done now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import url_for

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.domain.dates import spoken
from hotline.domain.limits import Limit
from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Ending, Part, Ticket
from hotline.services import asking, desk, matching, reviewing, screening, viewing
from hotline.services.covering import is_of_centre
from hotline.services.work import Work
from hotline.web.staff import alike, history, steps, words
from hotline.web.staff.inbox import level_of, over
from hotline.web.staff.steps import Sent

#: What a unit owes; the other steps are the centre's and are not its business.
UNITS_OWN = (DeadlineKind.SIGN, DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE, DeadlineKind.EXPLAIN)

MERGER = "merger"

Row = Mapping[str, Any]


def context(work: Work, ticket: Ticket, sent: Sent | None = None) -> dict[str, Any]:
    """All that staff/ticket.html shows."""
    read = viewing.ticket_dict(work, ticket)
    deadlines = _deadlines(work, ticket, read["deadlines"])
    levels = {rung.level: rung.name for rung in work.rules.policy(ticket.policy_version_id).ladder}
    zone = cast(ZoneInfo, work.rules.zone)
    reader = work.actor.roles & frozenset(STAFF_ROLES)
    note_sent = sent if sent is not None and sent.resource.noun == steps.NOTE else None
    offered = steps.offered(work, ticket, read["requests"], _explanation(read["orders"]), sent)
    return {
        "ticket": _head(work, ticket, read, deadlines),
        "risks": read["risks"],
        "review": _review(work, ticket, offered, sent),
        "alike": _alike(work, ticket, offered),
        "merge_url": url_for("staff.act", number=ticket.number, noun=MERGER),
        "facts": _facts(read, _place(work, ticket, read["place"])),
        "complaints": [_complaint(work, ticket, each, read, deadlines) for each in read["complaints"]],
        "deadlines": deadlines,
        "steps": offered,
        "assignments": [_turn(turn) for turn in reversed(read["assignments"])],
        "orders": [_order(work, order) for order in read["orders"]],
        "requests": [_request(request) for request in reversed(read["requests"])],
        "history": history.lines(read["history"], zone, levels),
        "notes": history.notes(read["history"]),
        "note_url": _note_url(work, ticket),
        "note_typed": note_sent.typed if note_sent else {},
        "note_errors": dict(note_sent.errors) if note_sent else {},
        "photos": _evidence(ticket, read["attachments"]),
        "reads_only": reader <= {Role.LEADER, Role.ADMINISTRATOR},
        "publication_url": url_for("staff.publication", number=ticket.number) if screening.may(work, ticket) else None,
        "back_url": url_for("staff.tickets"),
    }


def _head(work: Work, ticket: Ticket, read: Row, deadlines: Sequence[Row]) -> dict[str, Any]:
    level, level_label = level_of(work, ticket.policy_version_id, ticket.level)
    lead = next((turn for turn in reversed(read["assignments"]) if _counts_as_lead(turn)), None)
    return {
        "number": ticket.number,
        "version": ticket.version,
        "matter": read["matter"],
        "place": read["place"],
        "state": read["state"],
        "state_label": read["state_label"],
        "unit": lead["unit"]["name"] if lead else None,
        "urgency": read["urgency"],
        "urgency_label": words.URGENCIES[ticket.urgency],
        "source": read["source"],
        "source_label": words.SOURCES[ticket.source],
        "level": level,
        "level_label": level_label,
        "heat": ticket.heat,
        "confidential": ticket.confidential,
        "due": _main_due(work, ticket, deadlines),
        "outcome": read["outcome"],
        "answer": read["answer"],
        "declined": read["decline_reason"],
        "merged_into": read["merged_into"],
        "merged_url": url_for("staff.ticket", number=read["merged_into"]) if read["merged_into"] else None,
    }


def _alike(work: Work, ticket: Ticket, offered: Sequence[Row]) -> list[dict[str, Any]]:
    """可能是同一件事, for who can join it to one now."""
    if not any(step["name"] == MERGER for step in offered):
        return []
    return alike.lines(matching.for_ticket(work, ticket, alike.MOST))


def _review(work: Work, ticket: Ticket, offered: Sequence[Row], sent: Sent | None) -> list[dict[str, Any]]:
    """核查提示 on the unit's result, or on the reply that is being written, with the address of a copied one."""
    writing = sent is not None and sent.resource.noun in ("reply", "answer")
    typed = str(sent.typed.get("text") or "") if sent is not None and writing else ""
    found = reviewing.of_ticket(work, ticket, {each["name"] for each in offered}, typed)
    return [
        each | {"url": url_for("staff.ticket", number=each["copied_from"]) if each["copied_from"] else None}
        for each in found
    ]


def _counts_as_lead(turn: Row) -> bool:
    return turn["part"] == Part.LEAD and turn["ending"] in (None, Ending.SUBMITTED)


def _main_due(work: Work, ticket: Ticket, deadlines: Sequence[Row]) -> dict[str, Any] | None:
    """What falls due next of what concerns the reader; of a ticket that has ended, how its closing stood."""
    of_centre = is_of_centre(work.actor, ticket)
    ours = [row for row in deadlines if row["due"] and (of_centre or row["kind"] in UNITS_OWN)]
    waiting = [row for row in ours if row["open"]]
    chosen = min(waiting, key=lambda row: row["due"]["due_at"], default=None)
    if chosen is None:
        chosen = next((row for row in reversed(ours) if row["kind"] == DeadlineKind.CLOSE), None)
    return {**chosen["due"], "label": chosen["label"]} if chosen else None


def _deadlines(work: Work, ticket: Ticket, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """时限 still running first, then the newest round. What is no longer owed says why, and counts on no more."""
    warned = {
        row.id: desk.warned_at(row)
        for row in work.session.execute(
            sa.select(Deadline.id, Deadline.kind, Deadline.rank, Deadline.next_at, Deadline.due_at, Deadline.started_at)
            .where(Deadline.ticket_id == ticket.id)
        )
    }  # fmt: skip
    shown = [_deadline(work, ticket, row, warned[row["id"]]) for row in sorted(rows, key=lambda row: row["due_at"])]
    return sorted(shown, key=lambda row: (not row["open"], -row["round"]))


def _deadline(work: Work, ticket: Ticket, row: Row, warn_at: datetime) -> dict[str, Any]:
    void = row["void_at"] is not None
    is_open = not (void or row["met_at"] or row["offered_at"])
    return {
        "kind": row["kind"],
        "complaint": row["complaint"],
        "round": row["round"],
        "label": row["label"],
        "owner": row["unit"]["name"],
        "open": is_open,
        "due": None if void else _due(work, ticket, row, is_open, warn_at),
        "due_at": row["due_at"],
        "original_due_at": row["original_due_at"],
        "note": _remark(ticket, row),
        "why_url": _why_url(ticket, row["id"]),
    }


def _due(work: Work, ticket: Ticket, row: Row, is_open: bool, warn_at: datetime) -> dict[str, Any]:
    paused = is_open and ticket.state is State.PAUSED and row["kind"] in ("handle", "reply", "close")
    done = row["met_at"] or row["offered_at"]
    return {
        "due_at": row["due_at"],
        "met_at": done,
        "warn_at": warn_at,
        "paused": paused,
        "paused_until": ticket.paused_until if paused else None,
        "over": over(work, row["limit"], row["due_at"], done or work.now),
        "why_url": _why_url(ticket, row["id"]),
    }


def _why_url(ticket: Ticket, deadline_id: int) -> str:
    return url_for("staff.why", number=ticket.number, deadline_id=deadline_id)


def _remark(ticket: Ticket, row: Row) -> str | None:
    told = []
    if row["round"] != ticket.round:
        told.append(f"第 {row['round']} 轮")
    if row["complaint"] and row["kind"] in ("reply", "survey"):
        told.append(f"诉求 {row['complaint']}")
    if row["extensions"]:
        told.append(f"已延期 {row['extensions']} 次")
    if row["void_reason"]:
        told.append(words.VOIDS.get(row["void_reason"], "不再计算"))
    elif row["offered_at"] and not row["met_at"]:
        told.append("已提交，等待审核")
    if row["exempt_reason"]:
        told.append(f"免于考核（{row['exempt_reason']}）")
    return " · ".join(told) or None


def _place(work: Work, ticket: Ticket, shown: str) -> str:
    """Where, as it is `shown` to this reader; where our question for it is open, until when its answer is waited for.

    The operator need not wait.
    """
    question = asking.asked(work, ticket)
    if question is None:
        return shown or "未写明"
    if work.now < question.until:
        waiting = f"已短信询问，等候答复至{spoken(question.until, work.rules.zone)}"
    else:
        waiting = f"地点未答复（{spoken(question.at, work.rules.zone)}已短信询问）"
    return " · ".join(part for part in (shown, waiting) if part)


def _facts(read: Row, place: str) -> list[dict[str, Any]]:
    category, standard = read["category"], read["case_standard"]
    told = [
        (
            _category_label(read),
            f"{category['kind']} · {category['parent_name']} · {category['name']}" if category else "未分类",
        ),
        ("立案条件", f"{standard['condition']}（{Limit.parse(standard['limit']).label}）" if standard else None),
        ("结案条件", standard["closing"] if standard else None),
        ("诉求类型", words.REQUEST_TYPES.get(read["request_type"])),
        ("位置", place),
        ("区域", read["area"] or None),
        ("被反映对象", read["against"] or None),
        ("渠道", words.CHANNELS.get(read["channel"])),
        ("受理中心", read["centre"]["name"]),
        ("轮次", f"第 {read['round']} 轮"),
        ("流转次数", read["hops"] or None),
        ("催办次数", read["urgings"] or None),
        ("紧急原因", read["urgency_reason"] or None),
        ("被反映单位", "、".join(unit["name"] for unit in read["named_units"]) or None),
    ]
    return [{"label": label, "value": value} for label, value in told if value is not None]


def _category_label(read: Row) -> str:
    return "类别（系统建议，待核对）" if read["category_guessed"] else "类别"


def _complaint(work: Work, ticket: Ticket, row: Row, read: Row, deadlines: Sequence[Row]) -> dict[str, Any]:
    reply = next((each for each in deadlines if (each["kind"], each["complaint"]) == ("reply", row["number"])), None)
    contact = row["has_contact"]
    hidden = (row["confidential"] or ticket.confidential) and not is_of_centre(work.actor, ticket)
    return {
        "number": row["number"],
        "arrived_at": row["received_at"],
        "channel_label": words.CHANNELS.get(row["channel"]),
        "source_label": words.SOURCES.get(row["source"]),
        "text": row["text"],
        "additions": row["additions"],
        "place": row["place"],
        "caller": "保密" if hidden else row["name"] or ("未留姓名" if contact else None),
        "phone": row["phone"],
        "confidential": row["confidential"] or ticket.confidential,
        "photos": _photos(read["attachments"], row["number"]),
        "reply_due": reply["due"] if reply else None,
        "reached": words.REACHED.get(row["reached_by"] or ""),
        "reached_at": row["reached_at"],
        "wants_reply": row["wants_reply"],
        "language": words.LANGUAGES.get(row["language"] or ""),
        "withdrawn_at": row["withdrawn_at"],
        "repeats": row["repeats"],
        "reveal_url": url_for("staff.reveal", number=ticket.number, complaint=row["number"]) if contact else None,
    }


def _photos(attachments: Sequence[Row], complaint: str | None) -> list[dict[str, Any]]:
    return [
        {"url": url_for("attachments.show", token=each["token"]), "alt": each["name"]}
        for each in attachments
        if each["complaint"] == complaint and each["size"]
    ]


def _evidence(ticket: Ticket, attachments: Sequence[Row]) -> list[dict[str, Any]]:
    """The pictures of the unit's results, numbered in their round as the form of the reply has them."""
    shown = []
    places: Counter[int | None] = Counter()
    for each in attachments:
        if each["complaint"] is not None or not each["size"]:
            continue
        places[each["round"]] += 1
        earlier = f"第 {each['round']} 轮 " if each["round"] not in (None, ticket.round) else ""
        note = f"{earlier}照片{places[each['round']]}" + ("，不公开" if each["withheld"] else "")
        alt = f"{note}：{each['name']}"
        shown.append({"url": url_for("attachments.show", token=each["token"]), "alt": alt, "note": note})
    return shown


def _turn(turn: Row) -> dict[str, Any]:
    if turn["ending"]:
        state = words.ENDINGS[turn["ending"]]
    elif turn["submitted_at"]:
        state = "已提交"
    else:
        state = "已签收" if turn["signed_at"] else "待签收"
    return {
        "unit": turn["unit"]["name"],
        "part_label": words.PARTS[turn["part"]],
        "state_label": state,
        "since": turn["assigned_at"],
        "designated": turn["designated"],
        "handler": turn["handler"],
        "instruction": turn["instruction"],
        "opinion": turn["opinion"],
    }


def _order(work: Work, order: Row) -> dict[str, Any]:
    due = None
    if order["explain_due_at"]:
        due = {"due_at": order["explain_due_at"], "met_at": order["explanation_accepted_at"] or order["explained_at"]}
    return {
        "number": f"DB{order['id']:08}",
        "level": order["level"],
        "level_label": order["level_label"],
        "issued_at": order["issued_at"],
        "by": order["issued_by"],
        "unit": order["unit"]["name"],
        "ground": words.GROUNDS[order["ground"]],
        "demand": order["demand"],
        "copies": "、".join(words.COPIES.get(each, each) for each in order["copies"]),
        "deduction": order["deduction"].rstrip("0").rstrip(".") if "." in order["deduction"] else order["deduction"],
        "due": due,
        "explanation": order["explanation"],
        "accepted": order["explanation_accepted_at"] is not None,
        "lifted_at": order["lifted_at"],
    }


def _explanation(orders: Sequence[Row]) -> str:
    """The explanation that waits for a decision."""
    waiting = [order for order in orders if order["explained_at"] and not order["explanation_accepted_at"]]
    return str(waiting[0]["explanation"]) if waiting else ""


def _request(request: Row) -> dict[str, Any]:
    verdict = {None: "待审批", True: "已同意", False: "不同意"}[request["granted"]]
    if request["kind"] == "return" and request["granted"] and request["decided_by"] is None:
        verdict = "已退回"
    return {**request, "verdict": verdict}


def _note_url(work: Work, ticket: Ticket) -> str | None:
    if steps.NOTE not in steps.allowed(work, ticket):
        return None
    return url_for("staff.act", number=ticket.number, noun=steps.NOTE)
