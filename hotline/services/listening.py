"""来信: one text from a number is written down once, and what is known of the number is read with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from hotline.carriers.base import Inbound
from hotline.domain.actors import a_citizen
from hotline.domain.hearing import Understood, understand
from hotline.domain.texts import clean, mask_phone, segments
from hotline.models import Complaint, Ticket
from hotline.services import messaging
from hotline.services.attaching import Kept
from hotline.services.phones import PhoneError, normalise_phone
from hotline.services.work import Work

TOGETHER = timedelta(hours=24)  # further words belong to the open ticket so long after the last exchange about it
ASKED_ABOUT = timedelta(days=7)  # what was last said to a number is so long what a short answer means
MOST_AN_HOUR = 30  # texts of one number that are listened to: two machines could talk for ever
RECENT = 20  # complaints of one number that a text can be about


@dataclass(frozen=True)
class Heard(Inbound):
    """A text as the carrier hands it over. `pictures`: those that are here already, not at the carrier."""

    pictures: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class Talk:
    """One text with what is known of its sender. `told` is the wording last sent to the number, `told_about` the
    complaint it was about: what a short answer means. `lately` counts the texts of the last hour before this one."""

    work: Work
    heard: Heard
    wish: Understood
    phone: str
    message_id: int
    citizen_id: int | None
    opted_out: bool
    told: str
    told_about: int | None
    told_lately: bool
    lately: int


def number_of(sender: str) -> str:
    """E.164, or nothing for a sender that is no telephone: a company's name, a short code."""
    if re.fullmatch(r"\+[1-9]\d{6,14}", sender):
        return sender
    if not re.fullmatch(r"[\d+() -]+", sender):
        return ""
    try:
        return normalise_phone(sender)
    except PhoneError:
        return ""


def write_down(work: Work, heard: Heard) -> Talk | None:
    """The row of the text, and in the same statement what is known of its number. None if the row was there already.

    Texts of one number wait here for each other; those of different numbers do not.
    """
    text, phone = clean(heard.text), number_of(heard.sender)
    sender = phone or clean(heard.sender)[:40]
    mark = work.vault.fingerprint(sender)
    work.session.execute(_ONE_AFTER_THE_OTHER, {"phone_print": mark})
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
    remembered = row.told_at is not None and row.told_at > work.now - ASKED_ABOUT
    return Talk(
        work=work.act_as(a_citizen(row.citizen_id)),
        heard=heard,
        wish=understand(text),
        phone=phone,
        message_id=row.id,
        citizen_id=row.citizen_id,
        opted_out=row.opted_out_at is not None,
        told=row.told if remembered else "",
        told_about=row.told_about if remembered else None,
        told_lately=remembered and row.told_at > work.now - TOGETHER,
        lately=row.lately,
    )


def complaints_of(talk: Talk) -> list[tuple[Complaint, Ticket]]:
    """The number's own complaints, newest first, each with the ticket it is on."""
    if talk.citizen_id is None:
        return []
    rows = talk.work.session.execute(
        sa.select(Complaint, Ticket)
        .join(Ticket, Ticket.id == Complaint.ticket_id)
        .where(Complaint.citizen_id == talk.citizen_id)
        .order_by(Complaint.id.desc())
        .limit(RECENT)
    )
    return [(complaint, ticket) for complaint, ticket in rows]


_ONE_AFTER_THE_OTHER = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:phone_print, 12319))").columns(
    sa.column("pg_advisory_xact_lock", sa.Text)
)

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
""").columns(
    sa.column("id", sa.BigInteger),
    sa.column("citizen_id", sa.BigInteger),
    sa.column("opted_out_at", sa.TIMESTAMP(timezone=True)),
    sa.column("told", sa.Text),
    sa.column("told_about", sa.BigInteger),
    sa.column("told_at", sa.TIMESTAMP(timezone=True)),
    sa.column("lately", sa.BigInteger),
)
