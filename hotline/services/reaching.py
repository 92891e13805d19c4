"""An answer reaches the citizen: delivered, opened with the key, told on the phone, or published on the status page.

The promise to reply is kept when it reaches, not when it is sent (design §4).
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from hotline.models import Citizen, Complaint, Survey, Ticket
from hotline.services import messaging, promising
from hotline.services.work import Work

DELIVERED, OPENED, CALLED, PUBLISHED = "delivered", "opened", "call", "published"


def answer(work: Work, ticket: Ticket, complaint: Complaint, wording: str, **fields: object) -> None:
    """Issue the answer to one complainant. Without any contact it is published on the status page, and so reached."""
    complaint.answered_at = work.now
    complaint.reached_at = complaint.reached_by = None
    told = complaint.wants_reply and messaging.tell_citizen(work, ticket, complaint, wording, **fields)
    if not told and not _must_be_called(work, complaint):
        reach(work, complaint, work.now, PUBLISHED)


def _must_be_called(work: Work, complaint: Complaint) -> bool:
    """Somebody with a number who takes no texts (退订) is on the call list."""
    if not work.texts or not complaint.wants_reply or complaint.citizen_id is None:
        return False
    return work.session.get_one(Citizen, complaint.citizen_id).phone_sealed is not None


def reach(work: Work, complaint: Complaint, at: datetime, by: str) -> bool:
    """The answer has reached the citizen at that moment. False if there is none yet, or it had reached before."""
    if complaint.answered_at is None or complaint.reached_at is not None:
        return False
    complaint.reached_at, complaint.reached_by = at, by
    owed = promising.reply_owed(work, complaint)
    if owed is not None and owed.met_at is None:
        promising.meet(work, [owed], at)
    _ask_now(work, complaint)
    return True


def _ask_now(work: Work, complaint: Complaint) -> None:
    """Who has the answer can be asked whether it is true. Nobody is asked while history is played in."""
    if not work.texts:
        return
    waiting = (Survey.answered_at.is_(None), Survey.expired_at.is_(None), Survey.tries == 0)
    asked = sa.update(Survey).where(Survey.complaint_id == complaint.id, *waiting).values(next_at=work.now)
    if work.session.execute(asked.returning(Survey.id)).first() is not None:
        work.ring("survey")
