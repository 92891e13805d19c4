"""更正: the citizen's name and number (个人信息保护法 46). What was said is never edited: there are additions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.errors import Invalid, Refused, say
from hotline.domain.texts import as_dialled, clean, mask_phone
from hotline.models import AccessCode, Citizen, Complaint, Message, MessageState, Ticket
from hotline.services.forgetting import forget_contact
from hotline.services.hand import log
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.work import Work

CORRECTED = "contact_corrected"  # the line of the history
LONGEST_NAME = 50


def correct(work: Work, complaint: Complaint, ticket: Ticket, *, name: str, phone: str) -> list[str]:
    """How to address and to reach the citizen from now on; what was changed. The ticket is locked.

    An empty number takes the old one back. Raises Invalid for a number that cannot be called or an overlong name,
    Refused for somebody who was erased.
    """
    if complaint.erased_at is not None:
        raise Refused(say("个人信息已经删除，不能更正。"), code="erased")
    number, name = _checked(name, phone)
    changed = []
    if name != work.vault.open(complaint.name_sealed):
        complaint.name_sealed = work.vault.seal(name) if name else None
        changed.append("name")
    former = work.session.get(Citizen, complaint.citizen_id) if complaint.citizen_id else None
    if number != (work.vault.open(former.phone_sealed) if former else ""):
        _move(work, complaint, former, number)
        changed.append("phone")
    elif former is None and name:
        complaint.citizen_id = _citizen_of(work, "")
    if changed:
        log(work, ticket, CORRECTED, complaint=complaint.number, changed=changed)
    return changed


def _checked(name: str, phone: str) -> tuple[str, str]:
    faults: dict[str, str] = {}
    name, number = clean(name).strip(), ""
    if len(name) > LONGEST_NAME:
        faults["name"] = say("称呼请在{most}字以内。", most=LONGEST_NAME)
    if phone.strip():
        try:
            number = normalise_phone(phone)
        except PhoneError as fault:
            faults["phone"] = fault.message
    if faults:
        raise Invalid(faults)
    return number, name


def _move(work: Work, complaint: Complaint, former: Citizen | None, number: str) -> None:
    """Texts go to the new number from now on, also those that wait; the old one is forgotten if nothing needs it."""
    complaint.citizen_id = _citizen_of(work, number) if number or complaint.name_sealed else None
    work.session.flush()
    work.session.execute(sa.delete(AccessCode).where(AccessCode.complaint_id == complaint.id))
    waiting = sa.update(Message).where(Message.complaint_id == complaint.id, Message.state == MessageState.QUEUED)
    if number:
        work.session.execute(waiting.values(**_contact(work, number)))
    else:
        work.session.execute(waiting.values(state=MessageState.CANCELLED, next_at=None))
    if former is not None:
        forget_contact(work, former.id)


def _citizen_of(work: Work, number: str) -> int:
    """The row of that number, for this complaint alone; the name stands with the complaint."""
    if not number:
        return work.session.execute(_ADD.values(created_at=work.now).returning(Citizen.id)).scalar_one()
    contact = _contact(work, number)
    added = _ADD.values(**contact, created_at=work.now)
    kept = {name: contact[name] for name in ("phone_sealed", "phone_masked")}
    known = added.on_conflict_do_update(index_elements=[Citizen.phone_print], set_={**kept, "erased_at": None})
    return work.session.execute(known.returning(Citizen.id)).scalar_one()


_ADD = insert(Citizen)


def _contact(work: Work, number: str) -> dict[str, bytes | str]:
    return {
        "phone_sealed": work.vault.seal(number),
        "phone_print": work.vault.fingerprint(number),
        "phone_masked": mask_phone(as_dialled(number)),
    }
