"""By when, if it were sent now: the policy's limits on the city's calendar, as the receipt will promise them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotline.models import DeadlineKind, RequestType
from hotline.services.promising import draw
from hotline.services.work import Work


@dataclass(frozen=True)
class Outlook:
    """The latest moments for an ordinary complaint that arrives now."""

    accept_by: datetime
    reply_by: datetime
    close_by: datetime


def outlook(work: Work) -> Outlook:
    """As `receiving` draws them: reply and closing run from the last moment for accepting."""
    _, policy = work.rules.policy_at(work.now)

    def due(kind: DeadlineKind, start: datetime) -> datetime:
        limit = policy.limit(kind.value, request_type=RequestType.COMPLAINT.value)
        moment: datetime = draw(work.rules.calendar, policy, kind, start, limit)["due_at"]
        return moment

    accept_by = due(DeadlineKind.ACCEPT, work.now)
    return Outlook(accept_by, due(DeadlineKind.REPLY, accept_by), due(DeadlineKind.CLOSE, accept_by))
