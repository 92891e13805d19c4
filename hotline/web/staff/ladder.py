"""督办阶梯 where an order is issued: what each level brings with it, by when, and why a level is not offered."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from hotline.domain.deadlines import due_at
from hotline.domain.ladder import Rung
from hotline.models import Ticket
from hotline.services.work import Work
from hotline.web.staff import words
from hotline.web.staff.supervision import points


def lines(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """All levels of the ticket's own policy, lowest first; `explain_at` if the order went out now."""
    ladder = work.rules.policy(ticket.policy_version_id).ladder
    return [_line(work, ticket, rung, above) for rung, above in zip_longest(ladder, ladder[1:])]


def _line(work: Work, ticket: Ticket, rung: Rung, above: Rung | None) -> dict[str, Any]:
    return {
        "level": rung.level,
        "label": rung.name,
        "demand": rung.demand,
        "explain": rung.explain.label if rung.explain else None,
        "explain_at": due_at(work.rules.calendar, work.now, rung.explain) if rung.explain else None,
        "copies": "、".join(words.COPIES.get(each, each) for each in rung.copies),
        "deduction": points(rung.deduction),
        "why_not": _why_not(ticket, rung),
        "next": _next(above),
    }


def _why_not(ticket: Ticket, rung: Rung) -> str | None:
    if rung.rank == ticket.level:
        return "现在就是这一级，等级只升不降"
    return "低于现在的等级，等级只升不降" if rung.rank < ticket.level else None


def _next(above: Rung | None) -> str:
    if above is None:
        return "已是最高等级"
    after = f"超期{above.after.label}后" if above.after else "超期时"
    return f"{after}仍未完成的，系统升为{above.name}"
