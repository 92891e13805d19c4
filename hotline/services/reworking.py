"""重办: a new round with new deadlines; the history and the lateness of the round before stay as they were."""

from __future__ import annotations

from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid, say
from hotline.models import DeadlineKind, Ticket
from hotline.services import messaging, promising, risking, surveying
from hotline.services.accepting import complaints_of
from hotline.services.assigning import begin_dispatch
from hotline.services.hand import record, take
from hotline.services.work import Work


def rework(work: Work, number: str, reason: str, *, own: str = "", version: int | None = None) -> Ticket:
    """重办, by a supervisor, or by a citizen within the limit after closing: `own` is his complaint's number.

    Everybody else who complains of it is told by text; who asked for it is answered where he asked. What is dangerous
    now is urgent from now on.
    """
    if len(reason.strip()) < 2:
        raise Invalid({"reason": say("请写明哪里还没有解决。")})
    hand = take(work, number, "rework", version=version)
    ticket = hand.ticket
    surveying.expire_open(work, ticket)
    ticket.round += 1
    ticket.level = 0
    ticket.closed_at = ticket.submitted_at = ticket.resolved_at = ticket.replied_at = None
    ticket.direct = False
    risking.heed(work, ticket, reason, anew=True)
    risking.recount(work, ticket)
    promising.hand_over(work, ticket, ticket.centre_id, ticket.centre_path)
    for complaint in complaints_of(work, ticket):
        complaint.answered_at = complaint.reached_at = complaint.reached_by = None
        messaging.cancel_queued(work, complaint.id, *messaging.AFTERWARDS)
    begin_dispatch(work, ticket)
    close = promising.promise(work, ticket, DeadlineKind.CLOSE, work.now)
    for complaint in complaints_of(work, ticket):
        if complaint.number != own:
            due = spoken(close.due_at, work.rules.zone)
            messaging.tell_citizen(work, ticket, complaint, "reworked", due=due)
    record(hand, reason=reason.strip(), complaint=own or None)
    return ticket
