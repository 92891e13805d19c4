"""A change that may move a unit, at the door: the move in one transaction, what was written meanwhile in a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hotline.services import moving
from hotline.services.work import Work
from hotline.web.door import office, work


@contextmanager
def moving_work() -> Iterator[Work]:
    """The transaction of this request. After it, what was written at the former place of a unit that has moved is
    carried too, and the rules, to which the tree belongs, are read anew."""
    with work() as unit:
        yield unit
    office().forget_rules()
    if moves := moving.moved(unit):
        with work() as after:
            moving.carry_again(after, moves)
