"""随同反映, "me too": one more complaint of a matter that the city works on already, with a number and an answer of its
own (design §3). It comes in like any other and is joined at once, so all that holds for 并案 holds for it.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from hotline.domain.actors import a_citizen
from hotline.domain.risks import why_urgent
from hotline.domain.workflow import State
from hotline.models import Addition, Citizen, Complaint, Publication, RequestType, Ticket, Urgency
from hotline.services import citizens, merging, receiving, repeating, risking
from hotline.services.receiving import Intake, Receipt
from hotline.services.resembling import open_to_all
from hotline.services.work import Work


def join(work: Work, intake: Intake, number: str) -> Receipt:
    """Take the complaint in and join it to the open ticket of that number: `joined` says whether it was.

    It stands alone, as by `repeating.receive`, where strangers may not join that ticket or it has been answered or has
    ended meanwhile, and where it is confidential, a report, or tells of a danger that the ticket does not know of: that
    does not wait in another's file. Who is on the ticket already does not complain twice: new words are added to the
    first complaint, the same ones counted (`known`). The same idempotency key gives the same receipt.
    """
    if intake.phone:
        repeating.one_after_the_other(work, work.vault.fingerprint(intake.phone))
    target = _hold(work, number)
    if (retried := receiving.known(work, intake)) is not None:
        return retried
    if target is None or not _may_join(work, intake, target):
        return repeating.receive(work, intake)
    if (own := _own_on(work, target, intake)) is not None:
        return _say_again(work, intake, own, target)
    receipt = receiving.receive(work, intake)
    if receipt.repeated:
        return receipt
    merging.join(work, receipt.number, target)
    return replace(receipt, ticket_id=target.id, joined=True)


def _hold(work: Work, number: str) -> Ticket | None:
    """The ticket, locked, if it can be joined; whoever waited for it sees it as it is then."""
    return work.session.scalar(
        sa.select(Ticket)
        .outerjoin(Publication, Publication.ticket_id == Ticket.id)
        .where(Ticket.number == number, open_to_all(work))
        .with_for_update(key_share=True, of=Ticket)
        .execution_options(populate_existing=True)
    )


def _may_join(work: Work, intake: Intake, target: Ticket) -> bool:
    """What is dangerous is brought to a ticket that nobody has accepted yet: that is accepted as urgent."""
    urgent = intake.urgency is Urgency.URGENT or why_urgent(risking.of_words(work, intake.text, intake.place))
    dangerous = urgent and target.urgency is not Urgency.URGENT
    return not (
        intake.confidential
        or intake.request_type is RequestType.REPORT
        or (dangerous and target.state is not State.RECEIVED)
    )


def _own_on(work: Work, target: Ticket, intake: Intake) -> Complaint | None:
    """The complaint that the same telephone has on the ticket."""
    if not intake.phone:
        return None
    return work.session.scalar(
        sa.select(Complaint)
        .join(Citizen, Citizen.id == Complaint.citizen_id)
        .where(
            Complaint.ticket_id == target.id,
            Citizen.phone_print == work.vault.fingerprint(intake.phone),
            Complaint.withdrawn_at.is_(None),
        )
        .order_by(Complaint.id)
        .limit(1)
    )


def _say_again(work: Work, intake: Intake, own: Complaint, target: Ticket) -> Receipt:
    if _has_said(work, own, intake.text):
        own.repeats += 1
        risking.recount(work, target)
    else:
        citizens.add(work.act_as(a_citizen(own.citizen_id)), own, target, intake.text, intake.channel)
    repeating.tell(work, own)
    return replace(receiving.receipt_of(work, own), known=True)


def _has_said(work: Work, own: Complaint, text: str) -> bool:
    added = work.session.scalars(sa.select(Addition.text).where(Addition.complaint_id == own.id))
    return any(repeating.same_words(before, text) for before in (own.text, *added))
