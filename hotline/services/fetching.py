"""彩信图片: what came with a text is fetched from the carrier outside of any transaction, checked and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from hotline.carriers.base import Carrier, CarrierError
from hotline.domain.errors import Invalid
from hotline.models import Attachment, Complaint, Ticket
from hotline.services import attaching, messaging
from hotline.services.attaching import Kept
from hotline.services.work import Work

FETCH = "fetch"  # the bell of the pictures
BATCH = 3  # each may take half a minute, and a job has three
LEASE = timedelta(minutes=5)
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
TRIES = len(BACK_OFF) + 1
GONE = "图片已无法从运营商取得。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that still lies at the carrier, claimed for five minutes."""

    id: int
    url: str
    name: str
    tries: int


def claim(work: Work, limit: int = BATCH) -> list[Wanted]:
    """Take pictures that are due; empty when there are none."""
    rows = work.session.execute(
        sa.select(Attachment.id, Attachment.remote_url, Attachment.name, Attachment.tries)
        .where(Attachment.next_try_at <= work.now)
        .order_by(Attachment.next_try_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    if rows:
        work.session.execute(
            sa.update(Attachment)
            .where(Attachment.id.in_([row.id for row in rows]))
            .values(tries=Attachment.tries + 1, next_try_at=work.now + LEASE)
        )
    return [Wanted(row.id, row.remote_url or "", row.name, row.tries + 1) for row in rows]


def fetch(carrier: Carrier, files: Path, wanted: Wanted) -> Kept | CarrierError | Invalid:
    """Get the bytes and keep them, or say why not. No transaction is open."""
    try:
        data, media_type = carrier.fetch(wanted.url)
        suffix = attaching.SUFFIXES.get(media_type.partition(";")[0].strip().lower(), "")
        return attaching.keep(files, f"{wanted.name}{suffix}", data)
    except (CarrierError, Invalid) as fault:
        return fault


def write_down(work: Work, wanted: Wanted, found: Kept | CarrierError | Invalid) -> None:
    """The picture is the complaint's; or it is tried again later; or it never will be, and the citizen is told."""
    lock = sa.select(Attachment).where(Attachment.id == wanted.id).with_for_update(key_share=True)
    attachment = work.session.scalars(lock).one()
    if attachment.next_try_at is None:
        return  # another fetcher, whose lease had ended, was there in the end
    if isinstance(found, Kept):
        attaching.fill(attachment, found)
    elif isinstance(found, CarrierError) and not found.final and wanted.tries < TRIES:
        attachment.next_try_at = work.now + BACK_OFF[wanted.tries - 1]
        attachment.failure = str(found)[:200]
    else:
        attachment.next_try_at = None
        attachment.failure = found.message if isinstance(found, Invalid) else f"{GONE}{found}"[:200]
        _tell(work, attachment)


def _tell(work: Work, attachment: Attachment) -> None:
    complaint = work.session.get(Complaint, attachment.complaint_id) if attachment.complaint_id else None
    if complaint is not None:
        ticket = work.session.get_one(Ticket, complaint.ticket_id)
        messaging.tell_citizen(work, ticket, complaint, "picture_refused")
