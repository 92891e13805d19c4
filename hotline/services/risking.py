"""风险: looked for in all that citizens say, through every channel; a ticket carries what was found, with the reason.

Nothing here lowers anything: a person may (受理 settles the urgency), a mark stays with the ticket.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain import risks
from hotline.domain.actors import SYSTEM
from hotline.domain.risks import UNSAID, Level, Risk
from hotline.domain.workflow import State
from hotline.models import Complaint, Ticket, Urgency
from hotline.services.covering import needs_the_words
from hotline.services.hand import log
from hotline.services.work import Work

BEFORE = timedelta(days=90)  # how long ago the same person may have brought up the same matter, for 多次反映


def of_words(work: Work, *texts: str) -> list[Risk]:
    """What the words tell of: the dangers that hold everywhere, and the city's own rules."""
    return risks.find("\n".join(text for text in texts if text), work.risks)


def what_is_counted(work: Work) -> dict[str, Any]:
    """For the intake, which counts for itself: from when on complaints of the same telephone about the same place, and
    not under another category, are the same matter; and the city's rules of 多次反映."""
    rules = [{"name": rule.name, "level": rule.level.value, "times": rule.times} for rule in work.risks if rule.times]
    return {"counted": json.dumps(rules), "counted_since": work.now - BEFORE}


def heed(work: Work, ticket: Ticket, *texts: str, anew: bool = False) -> None:
    """Words were added to what a ticket is about. It becomes urgent while nobody has accepted it, or where it begins
    `anew` (重办): then the promises are made after that."""
    carry(work, ticket, of_words(work, *texts), anew=anew)


def recount(work: Work, ticket: Ticket, *, anew: bool = False) -> None:
    """The same was said again, somebody joined, or a new round began (`anew`). The ticket is locked."""
    if not any(rule.times or rule.callers for rule in work.risks):
        return
    work.session.flush()
    repeats = work.session.scalar(sa.select(sa.func.max(Complaint.repeats)).where(Complaint.ticket_id == ticket.id))
    times = ticket.round + (repeats or 0)
    carry(work, ticket, risks.counted(work.risks, times=times, callers=ticket.heat), anew=anew)


def bring(work: Work, source: Ticket, target: Ticket) -> None:
    """What is known of a ticket goes over to the one that it is joined to, and so does its urgency."""
    carry(work, target, risks.read(source.risks))
    if source.urgency is Urgency.URGENT and target.state is State.RECEIVED:
        _raise(target, source.urgency_reason)
    recount(work, target)


def carry(work: Work, ticket: Ticket, found: Iterable[Risk], *, anew: bool = False) -> None:
    """The ticket carries it from now on; what is new stands in the history."""
    found = list(found)
    if not found:
        return
    after, new = risks.merged(ticket.risks, found)
    if after != ticket.risks:
        ticket.risks = after
    if ticket.state is State.RECEIVED or anew:
        _raise(ticket, risks.why_urgent(found))
    if new:
        log(work.act_as(SYSTEM), ticket, "risk", risks=told(new))


def _raise(ticket: Ticket, reason: str) -> None:
    if reason and ticket.urgency is not Urgency.URGENT:
        ticket.urgency, ticket.urgency_reason = Urgency.URGENT, reason


def told(found: Iterable[Risk]) -> list[str]:
    """What the history says of it, which more people read than the ticket's own page."""
    return list(dict.fromkeys(UNSAID if risk.sensitive else risk.name for risk in found))


def shown(work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """What the actor may read of the ticket's risks, on its own page: {"name", "level", "words"}, the graver first."""
    return risks.shown(ticket.risks, all_of_it=not is_sensitive(ticket.risks) or needs_the_words(work, ticket))


def in_list(ticket: Ticket) -> list[dict[str, Any]]:
    """The same for a line of a list."""
    return risks.shown(ticket.risks, all_of_it=False)


def reason_shown(work: Work, ticket: Ticket) -> str:
    """紧急原因 as the actor may read it: nothing of a sensitive risk for who does not work on the ticket."""
    urgent = [each for each in ticket.risks if each["level"] == Level.URGENT]
    if is_sensitive(urgent) and not needs_the_words(work, ticket):
        return UNSAID
    return ticket.urgency_reason


def is_sensitive(kept: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of them is for few eyes."""
    return any(each.get("sensitive", False) for each in kept)


def forget(ticket: Ticket, gone: str) -> None:
    """When the persons of a ticket are removed, what was sensitive of them goes with them; `gone` takes its place."""
    if not is_sensitive(ticket.risks):
        return
    if any(each.get("sensitive", False) and each["level"] == Level.URGENT for each in ticket.risks):
        ticket.urgency_reason = gone if ticket.urgency_reason else ""
    ticket.risks = [each for each in ticket.risks if not each.get("sensitive", False)]
