"""来信: one text from a number is written down once, and what is known of the number is read with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
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
QUESTIONS = ("survey", "survey_again", "survey_why")  # after which short words are a verdict
MOST_AN_HOUR = 30  # texts of one number that are answered: two machines could talk for ever
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


def masked(sender: str) -> str:
    """A sender as lists show it. With seven digits it is a telephone, whatever stands around it: whatsapp:138****5678;
    of a company's name or a short code two characters."""
    app = _APP.match(sender)
    prefix = app.group() if app else ""
    number = sender.removeprefix(prefix)
    if sum(char.isdecimal() for char in number) >= 7:
        return prefix + mask_phone(number)
    return prefix + number[: len(number) // 3][:2] + "****"


_APP = re.compile("[a-z]{2,12}:")


def write_down(work: Work, heard: Heard) -> Talk | None:
    """The row of the text, and with it what is known of its number. None if the row was there already.

    Texts of one number wait here for each other; those of different numbers do not.
    """
    text, phone = clean(heard.text), number_of(heard.sender)
    sender = phone or clean(heard.sender)[:40]
    mark = work.vault.fingerprint(sender)
    row = _written(
        work,
        {
            "token": messaging.new_token(),
            "phone_sealed": work.vault.seal(sender),
            "phone_print": mark,
            "phone_masked": masked(sender),
            "body_sealed": work.vault.seal(text),
            "segments": max(segments(text), 1),
            "sid": heard.sid,
            "now": work.now,
            "an_hour_ago": work.now - timedelta(hours=1),
            "most": MOST_AN_HOUR + 2,
        },
    )
    if row is None:
        return None
    message_id, citizen_id, opted_out_at, told, told_about, told_at, lately = row
    remembered = told_at is not None and told_at > work.now - ASKED_ABOUT
    return Talk(
        work=work.act_as(a_citizen(citizen_id)),
        heard=heard,
        wish=understand(text, asked=remembered and told in QUESTIONS),
        phone=phone,
        message_id=message_id,
        citizen_id=citizen_id,
        opted_out=opted_out_at is not None,
        told=told if remembered else "",
        told_about=told_about if remembered else None,
        told_lately=remembered and told_at > work.now - TOGETHER,
        lately=lately,
    )


def _written(work: Work, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """The lock, and behind it the row: two statements, so that what is read is read after the wait.

    Asked of psycopg itself: SQLAlchemy takes a tenth of the whole callback for these two (docs/performance.md).
    """
    driver = work.session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute(_ONE_AFTER_THE_OTHER, values)
    return driver.execute(_WRITE_DOWN, values).fetchone()


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


_ONE_AFTER_THE_OTHER = "SELECT pg_advisory_xact_lock(hashtextextended(%(phone_print)s, 12319))"  # as in `repeating`

_WRITE_DOWN = """
WITH heard AS (
    INSERT INTO message (token, direction, state, purpose, phone_sealed, phone_print, phone_masked, body_sealed,
                         segments, carrier_sid, created_at)
    VALUES (%(token)s, 'in', 'received', 'heard', %(phone_sealed)s, %(phone_print)s, %(phone_masked)s, %(body_sealed)s,
            %(segments)s, %(sid)s, %(now)s)
    ON CONFLICT (carrier_sid) DO NOTHING
    RETURNING id
)
SELECT heard.id, citizen.id, citizen.opted_out_at, told.purpose, told.complaint_id, told.created_at,
       (SELECT count(*) FROM (SELECT 1 FROM message WHERE phone_print = %(phone_print)s AND direction = 'in'
                              AND created_at > %(an_hour_ago)s LIMIT %(most)s) AS before)
FROM heard
LEFT JOIN citizen ON citizen.phone_print = %(phone_print)s
LEFT JOIN LATERAL (SELECT purpose, complaint_id, created_at FROM message
                   WHERE phone_print = %(phone_print)s AND direction = 'out' ORDER BY id DESC LIMIT 1) AS told ON true
"""
