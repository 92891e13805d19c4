"""短信: the outbox. Writing a row is sending; the workers claim, send and write down (design §8)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from hotline.domain.texts import mask_phone, segments
from hotline.domain.wordings import Written
from hotline.models import Base, Citizen, Complaint, Direction, Message, MessageState, Ticket, Unit
from hotline.services.covering import passing
from hotline.services.work import Work

DELIVER = "deliver"  # the bell of the outbox
ANSWERS = frozenset({"answered", "declined"})  # texts whose delivery meets the promise to reply
#: Other texts that tell a citizen what he must know or do: where they do not arrive, somebody calls him.
NEWS = frozenset(
    [
        "received",
        "emergency",
        "ask_matter",
        "ask_place",
        "another",
        "accepted",
        "joined",
        "separated",
        "assigned",
        "extended",
        "extended_within",
        "paused",
        "resumed",
        "reworked",
        "sorry",
        "too_late",
        "picture_refused",
        "pictures_full",
    ]
)
#: What no longer holds once the matter is open again or gone.
AFTERWARDS = ("answered", "survey", "survey_again", "survey_why")


def tell_citizen(work: Work, ticket: Ticket, complaint: Complaint, wording: str, **fields: object) -> bool:
    """Queue a text to the one who complained. False without a number, after 退订, or while history is played in."""
    if not work.texts or complaint.citizen_id is None:
        return False
    citizen = work.session.get(Citizen, complaint.citizen_id)
    if citizen is None or citizen.phone_sealed is None or citizen.opted_out_at is not None:
        return False
    write(
        work,
        wording,
        written_to(work, complaint, wording, **fields),
        citizen=citizen,
        ticket_id=ticket.id,
        complaint_id=complaint.id,
    )
    return True


def written_to(work: Work, complaint: Complaint, wording: str, **fields: object) -> Written:
    """The text to the one who complained, as it leaves."""
    return work.rules.wordings.write(wording, number=complaint.number, url=page_of(work, complaint.number), **fields)


def page_of(work: Work, number: str) -> str:
    """The address of a complaint's status page, which every text to its citizen may name."""
    return f"{work.site}/q/{number}"


def tell_unit(
    work: Work, ticket: Ticket, unit_id: int, wording: str, *, dedupe_key: str | None = None, **fields: object
) -> bool:
    """Queue a notice to the unit's duty phone. False without one, or while history is played in.

    Its matter, and what somebody has written as a `reason`, go out without names, numbers and plates: a text lies open
    on a telephone. `unit` is the unit that is told, if no other is named.
    """
    unit = work.session.get_one(Unit, unit_id) if work.texts else None
    if unit is None or not unit.duty_phone:
        return False
    cover = passing(work, ticket)
    if "reason" in fields:
        fields["reason"] = cover(str(fields["reason"]).strip().rstrip("。")) or "见工单"
    about = {"number": ticket.number, "unit": unit.name, "matter": cover(ticket.matter)}
    written = work.rules.wordings.write(wording, **{**about, **fields})
    write(work, wording, written, unit=unit, ticket_id=ticket.id, dedupe_key=dedupe_key)
    return True


def write(
    work: Work,
    purpose: str,
    written: Written,
    *,
    citizen: Citizen | None = None,
    unit: Unit | None = None,
    caller: str | None = None,
    ticket_id: int | None = None,
    complaint_id: int | None = None,
    dedupe_key: str | None = None,
) -> None:
    """One row of the outbox, unless its dedupe key is there already. `purpose` is the name of the wording.

    It goes to the citizen, to the unit's duty phone, or back to a number (E.164) that has just written: `caller`.
    """
    work.session.flush()
    work.session.execute(
        _ADD,
        {
            "token": new_token(),
            "direction": Direction.OUT,
            "state": MessageState.QUEUED,
            "purpose": purpose,
            "dedupe_key": dedupe_key,
            "ticket_id": ticket_id,
            "complaint_id": complaint_id,
            "unit_id": unit.id if unit is not None else None,
            **_to(work, citizen, unit, caller),
            **sealed(work, written),
            "created_at": work.now,
            "next_at": work.now,
        },
    )
    work.ring(DELIVER)


def sealed(work: Work, written: Written) -> dict[str, Any]:
    """The text in the columns of a message; for a carrier that sends templates only, also what it was made of."""
    fields = json.dumps([written.form, written.fields], ensure_ascii=False) if work.fills_templates else None
    return {
        "body_sealed": work.vault.seal(written.text),
        "fields_sealed": work.vault.seal(fields) if fields is not None else None,
        "segments": segments(written.text),
    }


def made_of(work: Work, purpose: str, fields_sealed: bytes | None) -> tuple[str, Mapping[str, str]]:
    """Which form of a wording a message has, and what fills it. Raises Unopened."""
    if fields_sealed is None:
        return purpose, {}
    form, fields = json.loads(work.vault.open(fields_sealed))
    return form, fields


_ADD = insert(Base.metadata.tables[Message.__tablename__]).on_conflict_do_nothing(index_elements=["dedupe_key"])


def _to(work: Work, citizen: Citizen | None, unit: Unit | None, caller: str | None) -> dict[str, Any]:
    if citizen is not None:
        sealed, mark, masked = citizen.phone_sealed, citizen.phone_print, citizen.phone_masked
    elif caller is not None:
        sealed, mark, masked = work.vault.seal(caller), work.vault.fingerprint(caller), mask_phone(caller)
    else:
        phone = unit.duty_phone if unit is not None else None
        sealed, mark, masked = work.vault.seal(phone or ""), None, phone
    return {"phone_sealed": sealed, "phone_print": mark, "phone_masked": masked}


def new_token() -> str:
    """Our own id of a message in the carrier's callback address."""
    return secrets.token_urlsafe(18)


def cancel_queued(work: Work, complaint_id: int, *purposes: str) -> None:
    """What has not left yet and is no longer true is not sent."""
    work.session.execute(
        sa.update(Message)
        .where(
            Message.complaint_id == complaint_id,
            Message.purpose.in_(purposes),
            Message.state == MessageState.QUEUED,
        )
        .values(state=MessageState.CANCELLED, next_at=None)
    )


def cancel_notices(work: Work, ticket_id: int, *purposes: str) -> None:
    """The same for what units are told of a ticket."""
    work.session.execute(
        sa.update(Message)
        .where(
            Message.ticket_id == ticket_id,
            Message.unit_id.is_not(None),
            Message.purpose.in_(purposes),
            Message.state == MessageState.QUEUED,
        )
        .values(state=MessageState.CANCELLED, next_at=None)
    )


def was_noticed(work: Work, ticket_id: int, unit_id: int, since: datetime, *purposes: str) -> bool:
    """Whether such a notice to the unit has left, or is leaving, since it was written then."""
    gone = sa.exists().where(
        Message.ticket_id == ticket_id,
        Message.unit_id == unit_id,
        Message.purpose.in_(purposes),
        Message.created_at >= since,
        Message.state.in_((MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)),
    )
    return bool(work.session.scalar(sa.select(gone)))


def was_told(work: Work, complaint_id: int, purpose: str) -> bool:
    """Whether such a text has left, or is leaving."""
    gone = sa.exists().where(
        Message.complaint_id == complaint_id,
        Message.purpose == purpose,
        Message.state.in_((MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)),
    )
    return bool(work.session.scalar(sa.select(gone)))
