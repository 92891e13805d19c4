"""The numbers that change while a page stands open: counted once for all pages that one person has open.

GET /desk/live answers them as JSON with an ETag, and 304 while they are the same. What costs (the counting) is done
only when the sign of change (`services.waiting.sign`: the ends of three indexes) is another one, or a promise has
become due since, or after `OLDEST`; and where there are many, not every time. `bench/desk.py` measures a hundred open
desks: each asks every 20 seconds while it is looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from hotline.domain.actors import Actor
from hotline.services import waiting
from hotline.services.waiting import Sign
from hotline.services.work import Work
from hotline.web.door import now, work
from hotline.web.staff import numbers

OLDEST: Final = timedelta(seconds=60)
EACH: Final = timedelta(seconds=1)  # for each hundred tickets counted the numbers may be so old without another look,
LONGEST: Final = timedelta(seconds=20)  # and no older: less than a hundred are always right
KEPT: Final = 2000  # persons of whom this process remembers the numbers

Scope = tuple[int | None, str, frozenset[str]]


@dataclass(frozen=True)
class Counted:
    """What was counted for one person, when, and by which sign of change."""

    counts: Mapping[str, int]
    sign: Sign
    at: datetime

    def holds(self, sign: Sign, moment: datetime) -> bool:
        """Whether it is still so at this moment, as far as anybody can tell without counting; or nearly so, where there
        is so much that one more makes no difference: in a capital something changes every second."""
        if self.is_many(moment):
            return True
        due = self.sign.until is not None and self.sign.until <= moment
        changed = self.sign[:-1] != sign[:-1]
        return not due and not changed and self.is_young(moment)

    def is_many(self, moment: datetime) -> bool:
        """Whether there is so much that what was counted a little before may stand."""
        return abs(moment - self.at) < min(LONGEST, sum(self.counts.values()) // 100 * EACH)

    def is_young(self, moment: datetime) -> bool:
        """Whether it may be shown without asking at all; the clock of tests is turned back, too."""
        return abs(moment - self.at) <= OLDEST


class Remembered:
    """The numbers of the persons who were here last; the longest away are forgotten first."""

    def __init__(self) -> None:
        self._counted: OrderedDict[Scope, Counted] = OrderedDict()
        self._lock = Lock()

    def get(self, actor: Actor) -> Counted | None:
        """What was counted last for this person, who has the roles and the unit of today."""
        with self._lock:
            return self._counted.get(_scope(actor))

    def keep(self, actor: Actor, counted: Counted) -> None:
        """In the place of what was there."""
        with self._lock:
            self._counted[_scope(actor)] = counted
            self._counted.move_to_end(_scope(actor))
            while len(self._counted) > KEPT:
                self._counted.popitem(last=False)


def register(app: Flask) -> None:
    """Each process remembers for itself."""
    app.extensions["desk_numbers"] = Remembered()


def show() -> Response:
    """GET /desk/live."""
    with work() as unit:
        counted = current(unit)
        answer = Response(_body(unit.actor, counted), mimetype="application/json")
    answer.set_etag(hashlib.sha256(answer.data).hexdigest()[:16])
    return answer.make_conditional(request)


def current(work: Work) -> Counted:
    """The person's numbers as they are now: counted only if something may have changed."""
    sign = waiting.sign(work)
    known = _remembered().get(work.actor)
    return known if known is not None and known.holds(sign, work.now) else _count(work, sign)


def anew(work: Work) -> Counted:
    """Counted in any case, for the page that is about them; where there are many, not all the time."""
    known = _remembered().get(work.actor)
    return known if known is not None and known.is_many(work.now) else _count(work, waiting.sign(work))


def shown(actor: Actor) -> dict[str, str]:
    """The numbers above nothing that are remembered of this person, as they are written, by key. Asks nobody."""
    counted = _remembered().get(actor)
    if counted is None or not counted.is_young(now()):
        return {}
    return {key: numbers.shown(count) for key, count in counted.counts.items() if count}


def in_menu(endpoint: str) -> str:
    """The key of the number beside this entry of the menu, or nothing."""
    return numbers.IN_MENU.get(endpoint, "")


def _count(work: Work, sign: Sign) -> Counted:
    wanted = {key: number.counts for key, number in numbers.of(work.actor).items()}
    counted = Counted(waiting.count(work, wanted), sign, work.now)
    _remembered().keep(work.actor, counted)
    return counted


def _body(actor: Actor, counted: Counted) -> bytes:
    """By key: the count, how it is written, and what it is called where one more is worth a sentence."""
    mine = numbers.of(actor)
    told = {
        key: {"count": count, "shown": numbers.shown(count), "told": mine[key].label if mine[key].is_told else ""}
        for key, count in counted.counts.items()
    }
    return json.dumps({"numbers": told}, ensure_ascii=False, separators=(",", ":")).encode()


def _scope(actor: Actor) -> Scope:
    return actor.id, actor.unit_path, frozenset(role.value for role in actor.roles)


def _remembered() -> Remembered:
    remembered: Any = current_app.extensions["desk_numbers"]
    assert isinstance(remembered, Remembered)
    return remembered
