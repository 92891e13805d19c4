"""The ticket page's content: the matter, what is promised, who has it, what happened, what can be done now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from flask import url_for

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid
from hotline.domain.limits import Limit
from hotline.domain.workflow import Facts
from hotline.models import DeadlineKind, Ending, Part, Phase, Ticket
from hotline.services import asking, foretelling, matching, publishing, reviewing, screening
from hotline.services.covering import is_of_centre
from hotline.services.facts import gather
from hotline.services.tabulating import level_of
from hotline.services.viewing import Sight
from hotline.services.work import Work
from hotline.web.staff import alike, instructions, leading, presence, promises, steps, words
from hotline.web.staff.phrases import Phrases
from hotline.web.staff.steps import Sent

MERGER = "merger"

Row = Mapping[str, Any]


def context(work: Work, ticket: Ticket, sight: Sight, sent: Sent | None = None) -> dict[str, Any]:
    """All that staff/ticket.html shows, but its course and the line of time."""
    read = sight.told
    work = replace(work, held=sight.held)  # for the guards and the forms: read once
    facts, _, _ = gather(work, ticket)
    deadlines = promises.lines(work, ticket, read["deadlines"], sight.held.deadlines)
    reader = work.actor.roles & frozenset(STAFF_ROLES)
    head = _head(work, ticket, read, deadlines)
    phrases = Phrases(work, phrase_values(work, head, deadlines))
    explanation = _explanation(read["orders"])
    offered = steps.offered(work, ticket, facts, read["requests"], explanation, phrases, sent)
    review = _review(work, ticket, offered, sent)
    return {
        "ticket": head,
        "risks": read["risks"],
        "review": review,
        "alike": _alike(work, ticket, offered),
        "merge_url": url_for("staff.act", number=ticket.number, noun=MERGER),
        "facts": _facts(read, _place(work, ticket, read["place"])),
        "points": _points(ticket, sight),
        "complaints": [_complaint(work, ticket, each, read, deadlines) for each in read["complaints"]],
        "deadlines": deadlines,
        "steps": [steps.asking_why(step, reviewing.say_why(review)) for step in offered],
        "refused": steps.refused(work.actor, facts),
        "assignments": [_turn(turn) for turn in reversed(read["assignments"])],
        "orders": [_order(work, order) for order in read["orders"]],
        "instructions": instructions.of_ticket(work, ticket, sight.cover) if sight.instructed else [],
        "instruct_url": instructions.enter_url(work, ticket),
        "requests": [_request(request) for request in reversed(read["requests"])],
        "note": _note(work, ticket, facts, phrases, sent),
        "photos": _evidence(ticket, read["attachments"]),
        "reads_only": reader <= {Role.LEADER, Role.ADMINISTRATOR},
        "publication_url": url_for("staff.publication", number=ticket.number) if screening.may(work, ticket) else None,
        "print_url": url_for("staff.sheet", number=ticket.number),
        "presence": presence.context(ticket, sight.newest),
    }


def phrase_values(work: Work, head: Row, deadlines: Sequence[Row]) -> dict[str, str]:
    """What the fields of the texts at hand are filled in with, as this reader may read it."""
    promised = [row for row in deadlines if row["open"] and row["kind"] in (DeadlineKind.HANDLE, DeadlineKind.CLOSE)]
    due = min(promised, key=lambda row: (row["kind"] != DeadlineKind.HANDLE, row["due_at"]), default=None)
    return {
        "编号": head["number"],
        "事项": head["matter"],
        "地点": head["place"],
        "承办单位": head["unit"] or "",
        "办理结果": head["outcome"],
        "到期时间": spoken(due["due_at"], work.rules.zone) if due else "",
    }


def _head(work: Work, ticket: Ticket, read: Row, deadlines: Sequence[Row]) -> dict[str, Any]:
    level, level_label = level_of(work, ticket.policy_version_id, ticket.level)
    lead = standing(ticket, read["assignments"], Part.LEAD)[-1:]
    return {
        "number": ticket.number,
        "version": ticket.version,
        "matter": read["matter"],
        "place": read["place"],
        "state": read["state"],
        "state_label": read["state_label"],
        "unit": lead[0]["unit"]["name"] if lead else None,
        "urgency": read["urgency"],
        "urgency_label": words.URGENCIES[ticket.urgency],
        "source": read["source"],
        "source_label": words.SOURCES[ticket.source],
        "level": level,
        "level_label": level_label,
        "heat": ticket.heat,
        "confidential": ticket.confidential,
        "due": promises.main(work, ticket, deadlines),
        "outcome": read["outcome"],
        "answer": read["answer"],
        "declined": read["decline_reason"],
        "channel": read["decline_channel"],
        "merged_into": read["merged_into"],
        "merged_url": url_for("staff.ticket", number=read["merged_into"]) if read["merged_into"] else None,
    }


def _alike(work: Work, ticket: Ticket, offered: Sequence[Row]) -> list[dict[str, Any]]:
    """可能是同一件事, for who can join it to one now."""
    if not any(step["name"] == MERGER for step in offered):
        return []
    found = matching.for_ticket(work, ticket, alike.MOST)
    lines = alike.lines(found)
    for line in lines:
        line["told"] = _told_on_joining(work, ticket, line["number"]) if line["joins"] else None
    return lines


def _told_on_joining(work: Work, ticket: Ticket, into: str) -> str:
    """What those who complained in this ticket will read when it is joined to that one: it is done with one key."""
    try:
        told = foretelling.merge(work, ticket.number, into).tellings
    except Invalid as error:
        return error.message
    texts = [each.text for each in told if each.text]
    if not texts:
        return "；".join(dict.fromkeys(each.why_not.rstrip("。") for each in told)) + "。"
    several = f"（共{len(texts)}人，各用自己的诉求编号）" if len(texts) > 1 else ""
    return f"诉求人将收到：{texts[0]}{several}"


def _review(work: Work, ticket: Ticket, offered: Sequence[Row], sent: Sent | None) -> list[dict[str, Any]]:
    """核查提示 on the unit's result, or on the reply that is being written, with the address of a copied one."""
    writing = sent is not None and sent.resource.noun in ("reply", "answer")
    typed = str(sent.typed.get("text") or "") if sent is not None and writing else ""
    found = reviewing.of_ticket(work, ticket, {each["name"] for each in offered}, typed)
    return [
        each | {"url": url_for("staff.ticket", number=each["copied_from"]) if each["copied_from"] else None}
        for each in found
    ]


def standing(ticket: Ticket, turns: Sequence[Row], part: Part) -> list[Row]:
    """Of the turns, oldest first, those of this round that were not given back or taken away."""
    return [
        turn
        for turn in turns
        if turn["round"] == ticket.round and turn["part"] == part and turn["ending"] in (None, Ending.SUBMITTED)
    ]


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
    """The pictures of the unit's results by round, newest first: those before and after the work side by side.

    They are numbered in their round as the form of the reply has them.
    """
    rounds: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in attachments:
        if each["complaint"] is None and each["size"]:
            shown = rounds[each["round"] or ticket.round]
            shown.append(_picture(each, len(shown) + 1, each["round"] not in (None, ticket.round)))
    return [_paired(round, rounds[round]) for round in sorted(rounds, reverse=True)]


def _picture(each: Row, place: int, is_earlier: bool) -> dict[str, Any]:
    earlier = f"第 {each['round']} 轮 " if is_earlier else ""
    note = f"{earlier}照片{place}" + ("，不公开" if each["withheld"] else "")
    url = url_for("attachments.show", token=each["token"])
    return {"url": url, "alt": f"{note}：{each['name']}", "note": note, "phase": each["phase"]}


def _paired(round: int, pictures: Sequence[Row]) -> dict[str, Any]:
    before = [each for each in pictures if each["phase"] is Phase.BEFORE]
    after = [each for each in pictures if each["phase"] is Phase.AFTER]
    return {
        "round": round,
        "pairs": list(zip_longest(before, after)),
        "others": [each for each in pictures if each["phase"] is None],
    }


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


def _note(work: Work, ticket: Ticket, facts: Facts, phrases: Phrases, sent: Sent | None) -> dict[str, Any] | None:
    """The form of a note, which stands at the head of the line of time; None for who writes none."""
    if steps.NOTE not in steps.allowed(work.actor, facts):
        return None
    mine = sent if sent is not None and sent.resource.noun == steps.NOTE else None
    typed = mine.typed if mine else {}
    return {
        "url": url_for("staff.act", number=ticket.number, noun=steps.NOTE),
        "typed": phrases.inserted(typed, mine.form) if mine else {},
        "errors": dict(mine.errors) if mine else {},
        "phrases": phrases.choices(steps.NOTE),
        "key": steps.KEYS[steps.NOTE],
        "hidden": {leading.FROM: leading.back()} if leading.back() else {},
        "open": mine is not None,
    }


def _points(ticket: Ticket, sight: Sight) -> list[dict[str, Any]]:
    """Where it is, for the map. Who needs not do anything about it sees no nearer than strangers do."""
    if ticket.latitude is None or ticket.longitude is None:
        return []
    position = (ticket.latitude, ticket.longitude)
    if not sight.needed:
        coarse = publishing.public_position(ticket)
        if coarse is None:
            return []
        position = coarse
    return [{"latitude": position[0], "longitude": position[1], "title": sight.told["place"] or sight.told["matter"]}]
