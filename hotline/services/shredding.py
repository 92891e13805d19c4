"""Photos of erased persons are taken off the disk, after the erasure stands: a file cannot be rolled back.

Killed between file and row, the next pass finds the row again and no file, and goes on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from hotline.models import Attachment
from hotline.services.attaching import place_of, take_away
from hotline.services.forgetting import ERASED
from hotline.services.work import Work

BATCH: Final = 100
#: A picture that was sent again lately may belong to somebody who has not pressed the button yet.
LATELY: Final = timedelta(days=1)


def shred(work: Work, limit: int = BATCH) -> int:
    """One batch: remove the files that nobody else has sent, and forget where they were."""
    rows = work.session.scalars(
        sa.select(Attachment)
        .where(Attachment.failure == ERASED, Attachment.digest.is_not(None), Attachment.added_at < work.now - LATELY)
        .order_by(Attachment.added_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_shred(work, row) for row in rows)


def _shred(work: Work, row: Attachment) -> int:
    """1, or 0 for what must wait for another day."""
    digest = row.digest or ""
    if not _is_anybody_elses(work, digest) and not take_away(place_of(work.files, digest), work.now - LATELY):
        return 0
    row.digest = row.size = None
    work.session.flush()
    return 1


def _is_anybody_elses(work: Work, digest: str) -> bool:
    living = sa.exists().where(Attachment.digest == digest, Attachment.failure.is_distinct_from(ERASED))
    return bool(work.session.scalar(sa.select(living)))
