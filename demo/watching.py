"""抽查 and 领导批示: what the supervisor does about matters beyond their own course (`centre.toml`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from demo.centre import Instruction, centre, moment
from demo.company import Company
from demo.life import DAY, Life, Lives
from demo.scene import Reworked, Scene, dated
from demo.stage import Stage, Story, waking
from hotline.domain.workflow import WITH_UNIT
from hotline.models import Instruction as Instructed
from hotline.models import SampleCheck, Ticket
from hotline.services import instructing, sampling
from hotline.services.sampling import Pool

A_WHILE = timedelta(hours=6)  # between two looks at whether it is answered
REDONE_AT = 0.5  # of the limit


class Watcher:
    """The supervisor, who knows the lives of the player's own scenes."""

    def __init__(self, stage: Stage, company: Company, lives: Lives) -> None:
        self.stage = stage
        self.actor = company.supervisor
        self.lives = lives

    def stories(self) -> Iterator[Story]:
        """Of the samples, and of each instruction."""
        yield self._draws()
        for given in centre().instruction:
            yield self._instructs(given)

    def _draws(self) -> Story:
        """Of what was closed in the week before."""
        what = centre().sample
        for ordinal, at in enumerate(self._draw_days(), 1):
            yield self.stage.desk(at)
            today = self.stage.now.date()
            pool = Pool(today - timedelta(days=what.every), today - DAY)
            drawn = self.stage.attempt(self.actor, sampling.draw, what.number, pool, what.said.format(n=ordinal))
            self.stage.enter(self._looks(drawn or ()))

    def _draw_days(self) -> list[datetime]:
        what = centre().sample
        last, every = moment(what.since_end, self.stage.ends), timedelta(days=what.every)
        weeks = (last - self.stage.now) // every  # one is over before anything can be drawn
        return [last - every * back for back in reversed(range(weeks))]

    def _looks(self, drawn: Sequence[SampleCheck]) -> Story:
        """At one each day. One of them is found wanting: the first that the player can have done again."""
        what, found = centre().sample, False
        for check in drawn:
            yield self.stage.desk(self.stage.now + DAY)
            ticket = self._ticket(check)
            life = self.lives.by_number.get(ticket.number)
            if ticket.direct:
                self.stage.attempt(self.actor, sampling.record, check.id, True, what.answered)
            elif found or life is None or life.turn is None or ticket.round != check.round:
                self.stage.attempt(self.actor, sampling.record, check.id, True, _turn(what.passed, check))
            else:
                found = self._finds_wanting(check, life)

    def _finds_wanting(self, check: SampleCheck, life: Life) -> bool:
        finding = _turn(centre().sample.failed, check)
        written = self.stage.attempt(self.actor, sampling.record, check.id, False, finding, rework=True)
        if written is not None:
            self.stage.enter(life.again(_redone(life.scene, finding)))
        return written is not None

    def _ticket(self, check: SampleCheck) -> Ticket:
        rows: list[Ticket] = self.stage.look(sa.select(Ticket).where(Ticket.id == check.ticket_id))
        return rows[0]

    def _instructs(self, given: Instruction) -> Story:
        """On a matter that a unit has in hand; reported back once it is answered."""
        yield waking(moment(given.ago, self.stage.ends))
        life = self._matter_for(given)
        if life is None:
            return
        today = self.stage.now.date()
        due = today + timedelta(days=given.within)
        row = self.stage.attempt(self.actor, instructing.enter, life.number, given.leader, given.text, today, due)
        while row is not None:
            yield self.stage.desk(self.stage.now + A_WHILE)
            ticket = life.ticket()
            if ticket.replied_at is not None:
                text = dated(centre().report, self.stage.now.date()).format(outcome=ticket.outcome)
                self.stage.attempt(self.actor, instructing.report, row.id, text)
                return

    def _matter_for(self, given: Instruction) -> Life | None:
        """What most have complained of, the oldest first; by the plot it is done in time or, else, not at all."""
        instructed = sa.exists().where(Instructed.ticket_id == Ticket.id)
        query = sa.select(Ticket.number).where(Ticket.state.in_(WITH_UNIT), ~instructed)
        for number in self.stage.look(query.order_by(Ticket.heat.desc(), Ticket.id)):
            life = self.lives.by_number.get(number)
            if life is not None and life.is_done_in_time == given.done:
                return life
        return None


def _redone(scene: Scene, finding: str) -> Reworked:
    what = centre().sample
    return Reworked(
        after=timedelta(),
        words=finding,
        share=REDONE_AT,
        result=scene.plot.result + what.redone,
        reply=what.reply.format(title=scene.title),
    )


def _turn(sentences: Sequence[str], check: SampleCheck) -> str:
    return sentences[check.id % len(sentences)]
