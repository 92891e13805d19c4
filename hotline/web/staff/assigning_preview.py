"""交办预览: who would lead and assist, how long that gives them and until when, before it is sent.

On the ticket's own form `of_form` says it for whatever was chosen there; in the queue each suggestion has its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from hotline.domain.limits import Limit, LimitError
from hotline.models import Return, Ticket, Unit
from hotline.services import assigning, dispatching
from hotline.services.work import Work
from hotline.web.filters import due_by


def of_form(work: Work, ticket: Ticket, typed: Mapping[str, Any]) -> str | None:
    """The line for what stands in the form of 交办 (`unit_id`, `assist_ids`, `limit`, `designated`); None before a unit
    is chosen, or where a limit cannot be read: the form itself will say so. A unit that cannot be chosen is not there.
    """
    possible = {unit.id for unit in assigning.candidates(work, ticket)}
    lead = _id(typed.get("unit_id"))
    if lead not in possible or lead is None:
        return None
    try:
        limit = Limit.parse(str(typed["limit"]).strip()) if str(typed.get("limit") or "").strip() else None
    except LimitError:
        return None
    assists = [id for id in map(_id, typed.get("assist_ids") or ()) if id in possible and id is not None and id != lead]
    return line(work, ticket, lead, assists, limit, designated=bool(typed.get("designated")))


def line(
    work: Work,
    ticket: Ticket,
    unit_id: int,
    assist_ids: Sequence[int],
    own_limit: Limit | None,
    *,
    designated: bool = False,
) -> str | None:
    """The same for a choice; None for a lead unit that is not there."""
    wanted = sa.select(Unit.id, Unit.name).where(Unit.id.in_([unit_id, *assist_ids]))
    names = dict(work.session.execute(wanted).all())
    if unit_id not in names:
        return None
    returns = work.session.execute(
        sa.select(sa.func.count()).select_from(Return).where(Return.ticket_id == ticket.id, Return.granted.is_(True))
    ).scalar_one()
    limit, due = dispatching.would_be(work, ticket, own_limit)
    assists = [names[each] for each in assist_ids if each in names]
    designated = designated or dispatching.is_designated_by_rule(work, ticket, returns)
    return words(names[unit_id], assists, limit, due_by(due, work.now, zone=work.rules.zone), designated)


def words(lead: str, assists: Sequence[str], limit: Limit, due: str, designated: bool) -> str:
    """交市路灯管理处主办，园林局协办，4个工作日，10月14日 18:00 前."""
    parts = [f"交{lead}{'指定承办，不能退回' if designated else '主办'}"]
    parts += [f"{'、'.join(assists)}协办"] if assists else []
    return "，".join([*parts, limit.label, due])


def _id(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
