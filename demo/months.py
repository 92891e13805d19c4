"""考核: months are frozen on their day, one is restated; briefs come each working morning; points have their chiefs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from demo.centre import centre, moment
from demo.company import Company
from demo.script import CITY_TIME
from demo.stage import Stage, Story, waking
from hotline.services.month import freezing, points
from workers import briefs, months
from workers.shift import Shift

DAY = timedelta(days=1)
MORNING = time(8, 10)  # city time
BRIEFS_FOR = 8  # days back from the end: who reads briefs that are older


class Keeper:
    """What the timetable does with months, and the supervisor with a month and with points."""

    def __init__(self, stage: Stage, company: Company, shift: Shift) -> None:
        self.stage = stage
        self.company = company
        self.shift = shift

    def stories(self) -> Iterator[Story]:
        """Of the mornings, of the points, of the restatement."""
        yield self._mornings()
        yield self._points()
        yield self._restates()

    def _mornings(self) -> Story:
        while True:
            yield datetime.combine(self.stage.now + DAY, MORNING, CITY_TIME)
            months.freeze_all(self.shift)
            while self.stage.now > self.stage.ends - BRIEFS_FOR * DAY and briefs.make(self.shift):
                pass  # the people of one unit after the other

    def _points(self) -> Story:
        yield waking(self.stage.now + DAY)
        for point in centre().point:
            unit = self.company.units[point.unit].id
            wanted = points.Wanted(
                point.name, point.chief, unit, point.kind, point.area, tuple(point.words), point.office
            )
            self.stage.attempt(self.company.supervisor, points.add, wanted)

    def _restates(self) -> Story:
        what = centre().restatement
        yield self.stage.desk(moment(what.ago, self.stage.ends))
        month = (self.stage.now.replace(day=1) - DAY).strftime("%Y-%m")
        self.stage.attempt(self.company.supervisor, freezing.restate, month, what.reason)
        months.freeze_all(self.shift)
