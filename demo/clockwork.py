"""What the timetable does between the steps of people: enforcement, resumption, surveys, the outbox — hour by hour."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from demo.life import Life
from demo.stage import Stage, Story
from hotline.domain.actors import SYSTEM
from hotline.models import Deadline, Supervision, Ticket
from hotline.services import enforcing

HOUR = timedelta(hours=1)


class Clockwork:
    """The passes of the workers, with the clock turned."""

    def __init__(self, stage: Stage, lives: dict[str, Life]) -> None:
        """`lives` by the ticket's number; it grows while the stage plays."""
        self.stage = stage
        self.lives = lives
        self._last_order = 0

    def runs(self) -> Story:
        """One round of all passes each hour, for ever."""
        while True:
            self._enforce()
            self._hand_out_orders()
            yield self.stage.now + HOUR

    def _enforce(self) -> None:
        while self.stage.do(SYSTEM, enforcing.run_pass):
            pass

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
