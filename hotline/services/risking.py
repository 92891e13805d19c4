"""风险: looked for in all that citizens say, through every channel; a ticket carries what was found, with the reason.

Nothing here lowers anything: a person may, who has seen it (受理 settles the urgency); a mark stays with the ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain import risks
from hotline.domain.actors import SYSTEM
from hotline.domain.risks import UNSAID, Level, Risk
from hotline.domain.workflow import State
from hotline.models import DeadlineKind, Event, Ticket, Urgency
from hotline.services import promising
from hotline.services.covering import needs_the_words
from hotline.services.hand import log
from hotline.services.holding import deadlines_of
from hotline.services.work import Work

BEFORE = timedelta(days=90)  # how long ago the same person may have brought up the same matter, for 多次反映


def of_words(work: Work, *texts: str) -> list[Risk]:
    """What the words tell of: the dangers that hold everywhere, and the city's own rules."""
    return risks.find("\n".join(text for text in texts if text), work.risks)


def heed(work: Work, ticket: Ticket, *texts: str, anew: bool = False) -> None:
    """Words were added to what a ticket is about. It becomes urgent while nobody has accepted it, or where it begins
    `anew` (重办): then the promises are made after that."""
    found = of_words(work, *texts)
    _carry(work, ticket, found, risks.why_urgent(found), said_at=work.now, anew=anew)


def recount(work: Work, ticket: Ticket) -> None:
    """The same telephone complained anew, the same was said again, somebody joined, or a new round began. The ticket is
    locked."""
    if not any(rule.times or rule.callers for rule in work.risks):
        return
    work.session.flush()
    earlier = work.session.scalar(_TIMES, {"ticket_id": ticket.id, "before": BEFORE})
    times = ticket.round + (earlier or 0)
    _carry(work, ticket, risks.counted(work.risks, times=times, callers=ticket.heat))


#: How often it was brought up before or again by who did so most often: complaints of the same telephone about the
#: same place that were not filed as another kind of matter, and the same words again.
_TIMES = sa.text("""
    SELECT max(own.repeats + (
        SELECT count(*) FROM (
            SELECT id FROM complaint WHERE citizen_id = own.citizen_id AND id < own.id ORDER BY id DESC LIMIT 200
        ) AS newest JOIN complaint USING (id) JOIN ticket ON ticket.id = complaint.ticket_id
        WHERE complaint.received_at > own.received_at - :before AND complaint.withdrawn_at IS NULL
          AND ticket.place_keys && own.place_keys AND coalesce(ticket.category_id = own.category_id, true)))
    FROM (
        SELECT complaint.*, ticket.place_keys, ticket.category_id
        FROM complaint JOIN ticket ON ticket.id = coalesce(complaint.first_ticket_id, complaint.ticket_id)
        WHERE complaint.ticket_id = :ticket_id AND complaint.withdrawn_at IS NULL
        ORDER BY complaint.repeats DESC, complaint.id DESC LIMIT 20) AS own
""").bindparams(sa.bindparam("before", type_=sa.Interval))


def bring(work: Work, source: Ticket, target: Ticket) -> None:
    """What is known of a ticket goes over to the one that it is joined to, and so does its urgency, which runs from
    when it did there."""
    why = source.urgency_reason if source.urgency is Urgency.URGENT else ""
    said_at = min((row.started_at for row in deadlines_of(work, source, DeadlineKind.ACCEPT)), default=work.now)
    _carry(work, target, risks.read(source.risks), why, said_at=said_at)
    recount(work, target)


def _carry(
    work: Work,
    ticket: Ticket,
    found: Sequence[Risk],
    why: str = "",
    *,
    said_at: datetime | None = None,
    anew: bool = False,
) -> None:
    """The ticket carries it from now on; what is new stands in the history, and that it has become urgent, and by when
    it is to be accepted since (`why` it is urgent, `said_at` from when on)."""
    after, new = risks.merged(ticket.risks, found)
    if after != ticket.risks:
        ticket.risks = after
    data: dict[str, Any] = {"risks": told(new)} if new else {}
    if _is_raised(work, ticket, why, anew):
        ticket.urgency, ticket.urgency_reason = Urgency.URGENT, why
        data |= {"urgency": Urgency.URGENT.value}
        if not anew:  # the promises of a new round are made after this
            ticket.version += 1  # who has it open has not seen it
            data |= promising.hasten(work, ticket, said_at or work.now)
    if data:
        log(work.act_as(SYSTEM), ticket, "risk", **data)


def _is_raised(work: Work, ticket: Ticket, why: str, anew: bool) -> bool:
    """Not what somebody has accepted as it is; nor a ticket whose history is played in, which has its own urgency."""
    open_to_it = ticket.state is State.RECEIVED or anew
    return bool(why) and open_to_it and work.closes and ticket.urgency is not Urgency.URGENT


def was_raised(work: Work, ticket: Ticket, *, since: int = 0) -> bool:
    """Whether it has become urgent since that version (0: since it was taken in), which who saw that cannot know."""
    raised = sa.exists().where(
        Event.ticket_id == ticket.id, Event.version > since, Event.step == "risk", Event.data.has_key("urgency")
    )
    return bool(work.session.scalar(sa.select(raised)))


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
