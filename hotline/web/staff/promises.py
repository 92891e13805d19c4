"""时限 on the ticket page: every promise with who owes it, and the one that concerns the reader next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Ticket
from hotline.services import desk
from hotline.services.covering import is_of_centre
from hotline.services.work import Work
from hotline.web.staff import words
from hotline.web.staff.rows import over

Row = Mapping[str, Any]

#: What a unit owes; the other steps are the centre's and are not its business.
UNITS_OWN = (DeadlineKind.SIGN, DeadlineKind.HANDLE, DeadlineKind.REPLY, DeadlineKind.CLOSE, DeadlineKind.EXPLAIN)


def main(work: Work, ticket: Ticket, deadlines: Sequence[Row]) -> dict[str, Any] | None:
    """What falls due next of what concerns the reader; of a ticket that has ended, how its closing stood."""
    of_centre = is_of_centre(work.actor, ticket)
    ours = [row for row in deadlines if row["due"] and (of_centre or row["kind"] in UNITS_OWN)]
    waiting = [row for row in ours if row["open"]]
    chosen = min(waiting, key=lambda row: row["due"]["due_at"], default=None)
    if chosen is None:
        chosen = next((row for row in reversed(ours) if row["kind"] == DeadlineKind.CLOSE), None)
    return {**chosen["due"], "label": chosen["label"]} if chosen else None


def lines(work: Work, ticket: Ticket, rows: Sequence[Row], held: Sequence[Deadline]) -> list[dict[str, Any]]:
    """时限 still running first, then the newest round. What is no longer owed says why, and counts on no more.

    `held`: the promises themselves, which also say from when on each is warned of.
    """
    warned = {row.id: desk.warned_at(row) for row in held}
    shown = [_deadline(work, ticket, row, warned[row["id"]]) for row in sorted(rows, key=lambda row: row["due_at"])]
    return sorted(shown, key=lambda row: (not row["open"], -row["round"]))


def _deadline(work: Work, ticket: Ticket, row: Row, warn_at: datetime) -> dict[str, Any]:
    void = row["void_at"] is not None
    is_open = not (void or row["met_at"] or row["offered_at"])
    why_url = url_for("staff.why", number=ticket.number, deadline_id=row["id"])
    return {
        "kind": row["kind"],
        "complaint": row["complaint"],
        "round": row["round"],
        "label": row["label"],
        "owner": row["unit"]["name"],
        "open": is_open,
        "due": None if void else _due(work, ticket, row, is_open, warn_at) | {"why_url": why_url},
        "due_at": row["due_at"],
        "original_due_at": row["original_due_at"],
        "note": _remark(ticket, row),
        "why_url": why_url,
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
    }


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
