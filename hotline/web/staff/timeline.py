"""时间线 on the ticket page: one list of what happened, narrowed by a line of choices, read a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from hotline.models import MessageState, Ticket
from hotline.services import chronicling, viewing
from hotline.services.chronicling import Filter, Kind, Line, Page
from hotline.services.viewing import Sight
from hotline.services.work import Work
from hotline.web.staff import history, leading

LABELS = {
    Filter.ALL: "全部",
    Filter.STEPS: "办理",
    Filter.TEXTS: "短信电话",
    Filter.NOTES: "备注",
    Filter.ORDERS: "督办",
}
EMPTY = {
    Filter.ALL: "还没有记录。",
    Filter.STEPS: "还没有办理记录。",
    Filter.TEXTS: "没有短信往来，也没有电话记录。",
    Filter.NOTES: "还没有备注。备注只有工作人员能看到，不影响时限。",
    Filter.ORDERS: "没有督办记录。",
}
#: What stands for a carrier's code where there was no carrier to give one.
OUR_OWN = {"no_carrier": "没有接通短信运营商", "no_connection": "连不上短信运营商"}
#: Label, tone and icon of a text's state, as macros/status.html mark() takes them.
STATES = {
    MessageState.QUEUED: ("待发", "wait", "send"),
    MessageState.SENDING: ("发送中", "wait", "send"),
    MessageState.SENT: ("已发出", "wait", "send"),
    MessageState.DELIVERED: ("已送达", "ok", "circle-check"),
    MessageState.FAILED: ("未送达", "over", "alert-triangle"),
    MessageState.CANCELLED: ("已取消", "", "ban"),
}
ICONS = {"note": "edit", "supervise": "flag", "warn": "bell", "breach": "alert-triangle", "log_call": "phone",
         "told": "phone"}  # fmt: skip


def page(work: Work, ticket: Ticket, sight: Sight, args: MultiDict[str, str]) -> Page:
    """What is to be shown: narrowed and turned over by `line` and `before` of the address."""
    return chronicling.page(work, ticket, _chosen(args), args.get("before", ""), sight)


def context(work: Work, ticket: Ticket, page: Page, args: MultiDict[str, str]) -> dict[str, Any]:
    """`line` of staff/ticket.html."""
    chosen = _chosen(args)
    levels = {rung.level: rung.name for rung in work.rules.policy(ticket.policy_version_id).ladder}
    return {
        "choices": [_choice(ticket, each, chosen) for each in Filter],
        "lines": [_line(work, ticket, line, levels) for line in page.lines],
        "older_url": _url(ticket, chosen, page.older) if page.older else None,
        "newest_url": _url(ticket, chosen) if args.get("before") else None,
        "empty": EMPTY[chosen],
    }


def _chosen(args: MultiDict[str, str]) -> Filter:
    asked = args.get("line", "")
    return Filter(asked) if asked in list(Filter) else Filter.ALL


def _choice(ticket: Ticket, each: Filter, chosen: Filter) -> dict[str, Any]:
    return {"label": LABELS[each], "url": _url(ticket, each), "current": each is chosen}


def _url(ticket: Ticket, chosen: Filter, before: str | None = None) -> str:
    line = None if chosen is Filter.ALL else chosen.value
    return leading.to(ticket.number, anchor="line", line=line, before=before)


def _line(work: Work, ticket: Ticket, line: Line, levels: Mapping[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": line.kind.value, "at": line.at, "mark": None, "words": None, "photo_url": None}
    if line.kind is Kind.EVENT:
        return shown | _event(work, ticket, line, levels)
    if line.kind is Kind.PHOTO:
        return shown | {
            "icon": "photo",
            "what": "诉求人照片" if line.by_citizen else "办理照片",
            "who": f"诉求 {line.complaint}" if line.complaint else "",
            "photo_url": url_for("attachments.show", token=line.token),
            "alt": line.name,
        }
    return shown | _text(line)


def _event(work: Work, ticket: Ticket, line: Line, levels: Mapping[str, str]) -> dict[str, Any]:
    is_note = line.step == chronicling.NOTE
    earlier = line.round is not None and line.round != ticket.round
    return {
        "icon": ICONS.get(line.step),
        "what": viewing.event_label(line.step) + (f"（第{line.round}轮）" if earlier else ""),
        "who": history.who({"actor": line.actor, "unit": line.unit}),
        "words": line.data.get("text", "") if is_note else history.note(line.step, line.data, work.rules.zone, levels),
    }


def _text(line: Line) -> dict[str, Any]:
    who = "　".join(part for part in (line.to, line.phone, f"诉求 {line.complaint}" if line.complaint else "") if part)
    state = STATES.get(line.state) if line.state is not None and not line.incoming else None
    why = f"（{OUR_OWN.get(line.error, f'错误码 {line.error}')}）" if line.error else ""
    return {
        "icon": "message",
        "what": "收到短信" if line.incoming else "发出短信",
        "who": who,
        "words": line.text,
        "mark": {"label": state[0] + why, "tone": state[1], "icon": state[2]} if state else None,
        "settled_at": line.settled_at if state else None,
    }
