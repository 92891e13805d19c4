"""照片清理: photos that were sent with a form which was never filed are taken off the disk after two days.

A form that comes back with an error carries its photos for a day (`web/uploads`), and each time that it does they are
touched. So what nobody has touched for two days, and no row names, belongs to nobody.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from hotline.models import Attachment
from hotline.services.attaching import HALF_WRITTEN, place_of, take_away
from hotline.services.work import Work

KEPT = timedelta(days=2)
AT_ONCE = 1000  # digests that the database is asked about in one go


def folders(files: Path) -> list[str]:
    """The folders that photos lie in, one for each beginning of a digest; each is a pass of its own."""
    return sorted(path.name for path in files.glob("[0-9a-f][0-9a-f]") if path.is_dir())


def clear(work: Work, folder: str) -> int:
    """Remove what lies in that folder and belongs to nobody; how many files there were."""
    before = work.now - KEPT
    old = [path for path in (work.files / folder).iterdir() if path.stat().st_mtime < before.timestamp()]
    left = [path for path in old if path.name.startswith(HALF_WRITTEN)]  # whoever wrote them was killed
    kept = [folder + path.name for path in old if path not in left]
    for start in range(0, len(kept), AT_ONCE):
        digests = kept[start : start + AT_ONCE]
        named = set(work.session.scalars(sa.select(Attachment.digest).where(Attachment.digest.in_(digests))))
        left += [place_of(work.files, digest) for digest in digests if digest not in named]
    return sum(take_away(path, before) for path in left)
