"""What the citizen does with an open complaint: find it with number and key, add words, urge, take back, not solved.

The number and the key prove whose it is; a wrong pair is told nothing, not even whether the number exists (design §7).
"""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain.dates import spoken
from hotline.domain.errors import Invalid, NotFound, Refused, say
from hotline.domain.texts import clean
from hotline.domain.workflow import State
from hotline.models import Addition, Channel, Complaint, Event, Ticket
from hotline.services import accepting, clueing, messaging, reaching, reworking, risking, surveying
from hotline.services.closing import close_if_finished
from hotline.services.hand import find, record, take_found
from hotline.services.receiving import LONGEST
from hotline.services.vault import hash_key
from hotline.services.work import Work

URGE_EVERY = timedelta(hours=24)


def open_complaint(work: Work, number: str, key: str) -> tuple[Complaint, Ticket]:
    """The complaint and the ticket it is on, locked. Raises NotFound for a wrong number or key alike."""
    complaint = find_complaint(work, number)
    known = complaint.key_hash if complaint is not None else hash_key("")
    if not hmac.compare_digest(known, hash_key(clean(key))) or complaint is None:
        raise NotFound(say("编号或查询码不对，请核对短信或回执上的内容。"))
    return complaint, ticket_of(work, complaint)


def find_complaint(work: Work, number: str) -> Complaint | None:
    """The complaint of that number, however it is typed: in full-width digits, with blanks. Whose it is must have been
    proved, or be proved next."""
    typed = "".join(unicodedata.normalize("NFKC", clean(number)).split())
    return work.session.scalar(sa.select(Complaint).where(Complaint.number == typed))


def ticket_of(work: Work, complaint: Complaint) -> Ticket:
    """The ticket that the complaint is on now, locked, and the complaint as it is then; a merge may have moved it.

    Raises Refused if it is being moved at this moment.
    """
    number = work.session.scalar(sa.select(Ticket.number).where(Ticket.id == complaint.ticket_id))
    ticket = find(work, number or "", lock=True)
    work.session.refresh(complaint)
    if complaint.ticket_id != ticket.id:
        raise Refused(say("您的诉求刚刚与同一事项并案办理，请再试一次。"), code="moved")
    return ticket


def read(work: Work, complaint: Complaint, ticket: Ticket) -> None:
    """The status page was opened with the key: an answer that stands there has reached the citizen."""
    if reaching.reach(work, complaint, work.now, reaching.OPENED):
        close_if_finished(work, ticket)


def add(
    work: Work,
    complaint: Complaint,
    ticket: Ticket,
    text: str,
    channel: Channel,
    *,
    tell: bool = True,
    taken_by: str = "",
) -> Addition:
    """补充说明, of which the unit is told unless `tell` is False (one of too many texts). A danger in it counts.

    `taken_by`: who wrote it down, where it was said on the telephone.
    Raises Invalid for an empty or overlong text, Refused for a ticket that has ended.
    """
    cleaned = clean(text).strip()
    if not cleaned:
        raise Invalid({"text": say("请写下要补充的内容。")})
    if len(cleaned) > LONGEST:
        raise Invalid({"text": say("内容过长，请精简到{longest}字以内。", longest=LONGEST)})
    _refuse_withdrawn(complaint)
    hand = take_found(work, ticket, "add")
    addition = Addition(complaint_id=complaint.id, channel=channel, text=cleaned, added_at=work.now)
    work.session.add(addition)
    work.session.flush()
    record(hand, complaint=complaint.number, addition=addition.id, bump=False, **_by(taken_by))
    clueing.add(work, ticket, cleaned)
    risking.heed(work, ticket, cleaned)
    if tell and hand.lead is not None:
        messaging.tell_unit(work, ticket, hand.lead.unit_id, "unit_added")
    return addition


def urge(work: Work, complaint: Complaint, ticket: Ticket, *, taken_by: str = "") -> None:
    """催办: counted, told to the unit; once a day for each complaint. Moves no clock. `taken_by`: who took the call."""
    _refuse_withdrawn(complaint)
    hand = take_found(work, ticket, "urge")
    if (again := urge_again_at(work, complaint)) > work.now:
        when = spoken(again, work.rules.zone)
        raise Refused(say("今天已经催办过，{when}后可以再次催办。", when=when), code="urged")
    ticket.urgings += 1
    record(hand, complaint=complaint.number, bump=False, **_by(taken_by))
    if hand.lead is not None:
        messaging.tell_unit(work, ticket, hand.lead.unit_id, "unit_urged")


def _by(taken_by: str) -> dict[str, Any]:
    return {"taken_by": taken_by} if taken_by else {}


def urge_again_at(work: Work, complaint: Complaint) -> datetime:
    """From when on the complaint may be urged (again), on whichever ticket it was urged before."""
    last = work.session.scalar(
        sa.select(sa.func.max(Event.happened_at)).where(
            Event.step == "urge",
            Event.ticket_id.in_([complaint.ticket_id, complaint.first_ticket_id]),
            Event.data["complaint"].astext == complaint.number,
        )
    )
    return work.now if last is None else last + URGE_EVERY


def withdraw(work: Work, complaint: Complaint, ticket: Ticket) -> None:
    """撤回: the matter with it, if nobody else complains of the same; else it goes on for the others.

    Raises Refused for what has ended, or was taken back before.
    """
    _refuse_withdrawn(complaint)
    if len(accepting.complaints_of(work, ticket)) > 1:
        accepting.take_back(work, ticket, complaint)
        close_if_finished(work, ticket)
    else:
        accepting.withdraw(work, ticket.number)


def not_solved(
    work: Work, complaint: Complaint, ticket: Ticket, reason: str, *, score: int | None = None, by: str = "web"
) -> None:
    """未解决: a new round. The verdict is written down first, if it was still asked for."""
    _refuse_withdrawn(complaint)
    if ticket.state is State.REPLIED:
        try:
            surveying.answer(work, ticket, complaint, solved=False, score=score, comment=reason, by=by)
        except Refused:
            pass  # nobody had asked, or it was answered: the rework stands by itself
    reworking.rework(work, ticket.number, reason, own=complaint.number)


def score(work: Work, complaint: Complaint, ticket: Ticket, points: int, comment: str, by: str) -> None:
    """评分 1 to 5 with a word."""
    _refuse_withdrawn(complaint)
    surveying.answer(work, ticket, complaint, solved=None, score=points, comment=comment, by=by)


def _refuse_withdrawn(complaint: Complaint) -> None:
    if complaint.withdrawn_at is not None:
        raise Refused(say("您已撤回这件诉求。如仍需办理，请重新反映。"), code="withdrawn")
