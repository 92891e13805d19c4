"""短信往来: a text from a citizen becomes a complaint, or belongs to one; and is answered (design §6).

Everything happens in one transaction, told apart by the carrier's id of the text: a retry, also a simultaneous one,
finds the row and does nothing. Texts of one number wait for each other, so that a photo and its words sent in the same
breath make one complaint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.domain.dangers import URGENT, urgency_of
from hotline.domain.errors import Invalid, Refused
from hotline.domain.hearing import Understood, Want, understand
from hotline.domain.places import place_of
from hotline.domain.texts import clean, mask_phone, segments, summary
from hotline.domain.workflow import ENDED, State
from hotline.models import Channel, Complaint, Message, Survey, Ticket, Urgency
from hotline.services import accepting, attaching, citizens, messaging, receiving, standing, surveying
from hotline.services.attaching import Kept
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.work import Work

TOGETHER = timedelta(hours=24)  # further words belong to the open ticket so long after the last exchange about it
ASKED_ABOUT = timedelta(days=7)  # what was last said to a number is what a short answer means
MOST_AN_HOUR = 30  # texts of one number that are listened to: two machines could talk for ever
RECENT = 20  # complaints of one number that a text can be about
ONLY_PICTURES = "市民发来照片，尚未说明问题。"


@dataclass(frozen=True)
class Heard:
    """A text as the carrier hands it over. `media`: addresses of pictures still there; `pictures`: those here already.
    `opt_out`: STOP, START or HELP where the carrier has understood, and answered, that by itself."""

    sid: str
    sender: str
    text: str
    media: tuple[str, ...] = ()
    pictures: tuple[Kept, ...] = ()
    opt_out: str = ""


@dataclass
class _Talk:
    """One text with what is known of its sender."""

    work: Work
    heard: Heard
    wish: Understood
    phone: str
    message_id: int
    citizen_id: int | None
    opted_out: bool
    told: str  # the wording last sent to the number within `ASKED_ABOUT`
    told_about: int | None  # and the complaint it was about
    told_lately: bool  # within `TOGETHER`
    complaints: Sequence[tuple[Complaint, Ticket]] = field(default=())


def hear(work: Work, heard: Heard) -> bool:
    """Take one text in. False if it had been taken in before. Whoever cannot be answered (a name instead of a number)
    is only written down."""
    phone = _number(heard.sender)
    talk = _write_down(work, heard, phone)
    if talk is None:
        return False
    if not phone:
        return True
    if _stops_or_starts(talk) or _is_too_much(talk):
        return True
    talk.complaints = _complaints(talk)
    about = _answer(talk)
    if about is not None:
        _belongs(talk, *about)
    return True


def _number(sender: str) -> str:
    """E.164, or nothing for a sender that is no telephone."""
    if re.fullmatch(r"\+[1-9]\d{6,14}", sender):
        return sender
    try:
        return normalise_phone(sender)
    except PhoneError:
        return ""


def _write_down(work: Work, heard: Heard, phone: str) -> _Talk | None:
    """The row of the text, and in the same statement what is known of its number. None if the row was there."""
    text = clean(heard.text)
    sender = phone or clean(heard.sender)[:40]
    mark = work.vault.fingerprint(sender)
    work.session.execute(_ONE_AT_A_TIME, {"phone_print": mark})
    row = work.session.execute(
        _WRITE_DOWN,
        {
            "token": messaging.new_token(),
            "phone_sealed": work.vault.seal(sender),
            "phone_print": mark,
            "phone_masked": mask_phone(sender) if phone else sender,
            "body_sealed": work.vault.seal(text),
            "segments": max(segments(text), 1),
            "sid": heard.sid,
            "now": work.now,
            "an_hour_ago": work.now - timedelta(hours=1),
            "most": MOST_AN_HOUR + 2,
        },
    ).one_or_none()
    if row is None:
        return None
    told_lately = row.told_at is not None and row.told_at > work.now - TOGETHER
    asked = row.told_at is not None and row.told_at > work.now - ASKED_ABOUT
    talk = _Talk(
        work=work,
        heard=heard,
        wish=Understood(Want.NOTHING) if not text else understand(text),
        phone=phone,
        message_id=row.id,
        citizen_id=row.citizen_id,
        opted_out=row.opted_out_at is not None,
        told=row.told if asked else "",
        told_about=row.told_about if asked else None,
        told_lately=told_lately,
    )
    talk.heard_lately = row.lately  # type: ignore[attr-defined]
    return talk


_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:phone_print, 12319))")

_WRITE_DOWN = sa.text("""
WITH heard AS (
    INSERT INTO message (token, direction, state, purpose, phone_sealed, phone_print, phone_masked, body_sealed,
                         segments, carrier_sid, created_at)
    VALUES (:token, 'in', 'received', 'heard', :phone_sealed, :phone_print, :phone_masked, :body_sealed, :segments,
            :sid, :now)
    ON CONFLICT (carrier_sid) DO NOTHING
    RETURNING id
)
SELECT heard.id, citizen.id AS citizen_id, citizen.opted_out_at, told.purpose AS told,
       told.complaint_id AS told_about, told.created_at AS told_at,
       (SELECT count(*) FROM (SELECT 1 FROM message WHERE phone_print = :phone_print AND direction = 'in'
                              AND created_at > :an_hour_ago LIMIT :most) AS before) AS lately
FROM heard
LEFT JOIN citizen ON citizen.phone_print = :phone_print
LEFT JOIN LATERAL (SELECT purpose, complaint_id, created_at FROM message
                   WHERE phone_print = :phone_print AND direction = 'out' ORDER BY id DESC LIMIT 1) AS told ON true
""")
