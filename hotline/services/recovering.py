"""查询码丢了: a code by text to the telephone that the complaint was made with; with it, a new key.

Whoever asks is told the same whether number and telephone belong together or not: nobody learns who complained. A code
is stored only as a keyed hash, holds for ten minutes and five tries, is used once, and the next one ends it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

import sqlalchemy as sa

from hotline.domain.actors import a_citizen
from hotline.domain.errors import Refused
from hotline.models import AccessCode, Citizen, Complaint, Ticket
from hotline.services import messaging
from hotline.services.citizens import find_complaint, ticket_of
from hotline.services.hand import log
from hotline.services.vault import hash_key, new_key
from hotline.services.work import Work

LASTS = timedelta(minutes=10)
TRIES = 5
MOST_AN_HOUR = 3  # codes for one complaint
DIGITS = 6
RENEWED = "key_renewed"  # the line of the history


def send_code(work: Work, number: str, phone: str) -> bool:
    """Text a code to the telephone (E.164), if the complaint is of that telephone. The door tells nobody whether.

    It is sent also after 退订, for it was asked for by the one who gets it.
    """
    complaint = find_complaint(work, number)
    citizen = _of_the_phone(work, complaint, phone)
    if complaint is None or citizen is None or not work.texts:
        return False
    ticket = ticket_of(work, complaint)  # held, so that of two codes asked for at once one is the newer
    if _sent_lately(work, complaint) >= MOST_AN_HOUR:
        return False
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    work.session.add(
        AccessCode(
            complaint_id=complaint.id,
            code_hash=_hashed(work, complaint, code),
            created_at=work.now,
            expires_at=work.now + LASTS,
        )
    )
    _text(work, ticket, complaint, citizen, code)
    return True


def renew_key(work: Work, number: str, code: str) -> tuple[Complaint, str] | None:
    """A new key for the right code; the old key holds no more. None for anything else, which counts as a try.

    It must not be raised: the try that was made is written down.
    """
    complaint = find_complaint(work, number)
    if complaint is None or not _has_code(work, complaint):  # so it is for nearly all, whether they exist or not
        return None
    try:
        ticket = ticket_of(work, complaint)
    except Refused:  # it is being joined to another ticket at this moment: the code still holds
        return None
    if not _is_right(work, complaint, code):
        return None
    key = new_key()
    complaint.key_hash = hash_key(key)
    log(work.act_as(a_citizen(complaint.citizen_id)), ticket, RENEWED, complaint=complaint.number)
    return complaint, key


def _of_the_phone(work: Work, complaint: Complaint | None, phone: str) -> Citizen | None:
    mark = work.vault.fingerprint(phone)
    citizen_id = complaint.citizen_id if complaint is not None else None
    return work.session.scalar(sa.select(Citizen).where(Citizen.id == citizen_id, Citizen.phone_print == mark))


def _sent_lately(work: Work, complaint: Complaint) -> int:
    lately = sa.select(sa.func.count()).where(
        AccessCode.complaint_id == complaint.id, AccessCode.created_at > work.now - timedelta(hours=1)
    )
    return work.session.scalar(lately) or 0


def _text(work: Work, ticket: Ticket, complaint: Complaint, citizen: Citizen, code: str) -> None:
    messaging.write(
        work,
        "access_code",
        work.rules.wordings.write("access_code", number=complaint.number, code=code),
        citizen=citizen,
        ticket_id=ticket.id,
        complaint_id=complaint.id,
    )


def _has_code(work: Work, complaint: Complaint) -> bool:
    held = sa.exists().where(AccessCode.complaint_id == complaint.id, AccessCode.expires_at > work.now)
    return bool(work.session.scalar(sa.select(held)))


def _is_right(work: Work, complaint: Complaint, code: str) -> bool:
    """Count the try, and compare with the newest code that still holds."""
    newest = work.session.scalar(
        sa.select(AccessCode)
        .where(AccessCode.complaint_id == complaint.id)
        .order_by(AccessCode.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if newest is None or newest.used_at is not None or newest.expires_at <= work.now or newest.tries >= TRIES:
        return False
    newest.tries += 1
    if not hmac.compare_digest(newest.code_hash, _hashed(work, complaint, code)):
        return False
    newest.used_at = work.now
    return True


def _hashed(work: Work, complaint: Complaint, code: str) -> str:
    """A million codes are soon tried out: without the city's own key the hash tells nothing."""
    return work.vault.fingerprint(f"access code {complaint.id} {''.join(code.split())}")
