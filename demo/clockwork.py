"""What the timetable does between the steps of people: enforcement, resumption, surveys, the outbox — hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from redis import Redis

from demo.life import Life
from demo.stage import Stage, Story
from demo.together import Meeting
from hotline.bell import SilentBell
from hotline.domain.quiet import Quiet
from hotline.models import Deadline, Supervision, Ticket
from workers import batches
from workers.shift import Batch, Shift

HOUR = timedelta(hours=1)
NIGHT = (23, 4)  # from and to which hour the passes come every third
PASSES = (batches.sweep, batches.deliver, batches.survey, batches.resume)  # what one leaves over comes an hour later


class Clockwork:
    """The workers' own batches, with the clock turned."""

    def __init__(
        self, stage: Stage, lives: dict[str, Life], meeting: Meeting, passes: Sequence[Batch], quiet: Quiet | None
    ) -> None:
        """`lives` by the ticket's number; it grows while the stage plays. `passes`: this player's part of them; all
        players do theirs at the same time, as workers do. `quiet`: no texts to citizens then."""
        self.stage = stage
        self.lives = lives
        self.meeting = meeting
        self.passes = passes
        self.shift = Shift(stage.office, Redis(), SilentBell(), quiet, lambda: stage.now)  # this Redis is never called
        self._last_order = 0

    def runs(self) -> Story:
        """All passes each hour, at night every third, for ever."""
        while True:
            self.meeting.wait()
            for batch in self.passes:
                batch(self.shift)
            self.meeting.wait()
            self._hand_out_orders()
            by_night = self.stage.now.hour >= NIGHT[0] or self.stage.now.hour < NIGHT[1]
            yield self.stage.now + (3 * HOUR if by_night else HOUR)

    def _hand_out_orders(self) -> None:
        """Each new 督办 order that demands an explanation goes to the life of its ticket."""
        with self.stage.office.session() as session:
            rows = session.execute(
                sa.select(Supervision, Deadline, Ticket.number)
                .join(Deadline, Deadline.id == Supervision.explain_deadline_id)
                .join(Ticket, Ticket.id == Supervision.ticket_id)
                .where(Supervision.id > self._last_order)
                .order_by(Supervision.id)
            ).all()
        for order, owed, number in rows:
            self._last_order = order.id
            if number in self.lives:
                self.stage.enter(self.lives[number].explain(order, owed))
