"""简报: made in the morning, the people of one unit in a transaction of their own; whoever is killed is found again."""

from __future__ import annotations

from hotline.domain.actors import SYSTEM
from hotline.services.month import briefing
from workers.shift import Shift


def make(shift: Shift) -> int:
    """The briefs of one unit; 0 when all that are due are made."""
    if shift.briefs_at is None:
        return 0
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return briefing.make(work, shift.briefs_at, shift.quiet)
