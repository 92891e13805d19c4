"""The stage: one clock that only goes forward, and many stories that wait for their turn on it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa

from demo.script import CITY_TIME
from hotline.domain.actors import SYSTEM, Actor
from hotline.domain.errors import NotAllowed, NotFound, Refused
from hotline.office import Office

T = TypeVar("T")
Story = Generator[datetime, None, None]  # yields the moment at which it wants to go on


class Stage:
    """Plays stories until `ends`; what they would do later stays undone. `now` is in city time.

    `refused` counts what the rules did not allow any more when its time had come: somebody had been quicker.
    """

    def __init__(self, office: Office, begins: datetime, ends: datetime) -> None:
        self.office = office
        self.now = begins.astimezone(CITY_TIME)
        self.ends = ends
        with office.work(SYSTEM, begins) as work:
            self.rules = work.rules
        self.refused: Counter[str] = Counter()
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._serial = count()

    def enter(self, story: Story) -> None:
        """Let a story begin. It runs to its first moment at once."""
        at = next(story, None)
        if at is not None:
            heapq.heappush(self._waiting, (at, next(self._serial), story))

    def play(self) -> None:
        """Turn the clock from story to story until the end."""
        while self._waiting and self._waiting[0][0] <= self.ends:
            at, _, story = heapq.heappop(self._waiting)
            self.now = max(self.now, at.astimezone(CITY_TIME))
            self.enter(story)

    def do(self, actor: Actor, step: Callable[..., T], *args: Any, **more: Any) -> T:
        """One use case of the services, in the actor's name, at the clock's time."""
        with self.office.work(actor, self.now) as work:
            return step(work, *args, **more)

    def attempt(self, actor: Actor, step: Callable[..., T], *args: Any, **more: Any) -> T | None:
        """The same for a step that may have become impossible: None then."""
        try:
            return self.do(actor, step, *args, **more)
        except (NotAllowed, NotFound, Refused) as no:
            self.refused[f"{step.__name__}: {no.code}"] += 1
            return None

    def look(self, query: sa.Select[Any]) -> list[Any]:
        """What the rows say, as plain objects."""
        with self.office.session() as session:
            return list(session.scalars(query))

    def desk(self, moment: datetime, due: datetime | None = None) -> datetime:
        """The moment itself in office hours, else when the office opens next.

        With `due`: not so that a closed office makes late what the plot has in time.
        """
        opening = self._opening(moment)
        return moment if due is not None and moment <= due < opening else opening

    def _opening(self, moment: datetime) -> datetime:
        calendar = self.rules.calendar
        day = calendar.date_of(moment)
        while True:
            for start, end in calendar.open_intervals(day):
                if moment < end:
                    return max(start, moment)
            day += timedelta(days=1)


def waking(moment: datetime) -> datetime:
    """The moment itself by day, else nine in the morning: nobody writes to an office at night about old matters."""
    moment = moment.astimezone(CITY_TIME)
    if 8 <= moment.hour < 21:
        return moment
    morning = moment + timedelta(days=1) if moment.hour >= 21 else moment
    return morning.replace(hour=9, minute=moment.minute % 50)
