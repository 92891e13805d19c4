"""What the timetable does between the steps of people: enforcement, resumption, surveys, the outbox — hour by hour."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from demo.life import Life
from demo.stage import Stage, Story
from demo.together import Meeting
from hotline.carriers.base import CarrierError, Sent
from hotline.domain.actors import SYSTEM
from hotline.domain.quiet import Quiet
from hotline.models import Deadline, Supervision, Ticket
from hotline.services import delivering, enforcing, sweeping
from hotline.services.delivering import Outcome, Parcel

HOUR = timedelta(hours=1)
NIGHT = (23, 6)  # when an hour is as quiet as three by day
PASSES = (
    (enforcing.run_pass, enforcing.BATCH),
    (sweeping.resume_paused, sweeping.BATCH),
    (sweeping.ask_surveys, sweeping.BATCH),
)


class Clockwork:
    """The passes of the workers, with the clock turned."""

    def __init__(
        self, stage: Stage, lives: dict[str, Life], meeting: Meeting, leads: bool, quiet: Quiet | None
    ) -> None:
        """`lives` by the ticket's number; it grows while the stage plays. Of several players one `leads`: it does the
        passes while the others wait. `quiet`: no texts to citizens then."""
        self.stage = stage
        self.lives = lives
        self.meeting = meeting
        self.leads = leads
        self.quiet = quiet
        self._last_order = 0

    def runs(self) -> Story:
        """All passes each hour, at night every third, for ever."""
        while True:
            self.meeting.wait()
            if self.leads:
                self._pass_over()
            self.meeting.wait()
            self._hand_out_orders()
            by_night = self.stage.now.hour >= NIGHT[0] or self.stage.now.hour < NIGHT[1] - 2
            yield self.stage.now + (3 * HOUR if by_night else HOUR)

    def _pass_over(self) -> None:
        for step, batch in PASSES:
            while self.stage.do(SYSTEM, step) == batch:
                pass
        self._deliver()

    def _deliver(self) -> None:
        while parcels := self.stage.do(SYSTEM, delivering.claim, self.quiet):
            outcomes = [Outcome(parcel, self._send(parcel)) for parcel in parcels]
            self.stage.do(SYSTEM, delivering.write_down, [each for each in outcomes if each.parcel.answers is None])
            for outcome in outcomes:
                if outcome.parcel.answers is not None:
                    self.stage.do(SYSTEM, delivering.write_down_answer, outcome)

    def _send(self, parcel: Parcel) -> Sent | CarrierError:
        if parcel.fault is not None:
            return parcel.fault
        return self.stage.office.carrier.send(parcel.to, parcel.body, parcel.token)

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
