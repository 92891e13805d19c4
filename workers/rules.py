"""What follows from a change of the rules, batch by batch: open promises counted again, a month foreseen."""

from __future__ import annotations

from hotline.domain.actors import SYSTEM
from hotline.services import foreseeing, recounting
from workers.shift import Shift


def recount(shift: Shift) -> int:
    """重新推算: by the calendar as it is now, and not as this process remembers it."""
    shift.office.forget_rules()
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return int(recounting.go_on(work))


def foresee(shift: Shift) -> int:
    """测算: what a month would have been under the draft of the policy."""
    shift.office.forget_rules()  # a ticket may be of a policy that is younger than what this process remembers
    with shift.office.work(SYSTEM, shift.clock()) as work:
        return int(foreseeing.go_on(work))
