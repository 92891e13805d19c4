"""What becomes of one complaint: its plot, step by step, each at its time and by the one whose step it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from demo.album import Album
from demo.arriving import CALL, Door, Known
from demo.company import Company
from demo.scene import Asked, Plot, Reworked, Scene, Supervised, dated
from demo.stage import Stage, Story, waking
from demo.turns import Effort, Turn
from demo.verdict import Verdict
from hotline.domain.actors import Actor
from hotline.domain.workflow import WITH_UNIT, State
from hotline.models import Channel, Deadline, Ground, RequestType, Supervision, Ticket, Urgency
from hotline.services import accepting, appealing, assigning, merging, replying, returning, supervising
from hotline.services.accepting import Classification

LOOK_AGAIN = timedelta(minutes=15)
DAY = timedelta(days=1)
ORDER_RANK = 2  # 督办, of the default policy's ladder
EXPLAINED_ANYWAY = 0.6  # of the time for it, where the plot has not foreseen an order
EXPLANATION = "情况说明：因内部交接不及时造成超期，{day}已明确专人负责，后续将提前报告进度。"
AGAIN = "再次说明："
ON_THE_SPOT = 0.5  # of the questions by telephone: answered while the caller is still there


class Lives:
    """All scenes of the demo: by their order in the script, and by their ticket's number once they have one."""

    def __init__(self, stage: Stage, company: Company, scenes: Sequence[Scene], seed: int) -> None:
        door = Door(stage, company, Album(stage.office.files))
        self.stage = stage
        self.by_number: dict[str, Life] = {}
        self.by_scene = [
            Life(stage, company, door, self, scene, Random(f"{seed}/{index}"))  # noqa: S311  a story, not a secret
            for index, scene in enumerate(scenes)
        ]

    def begin(self, mine: Callable[[int], bool]) -> None:
        """Let those that are `mine`, by their index, wait for their first moment."""
        for index, life in enumerate(self.by_scene):
            if mine(index):
                self.stage.enter(life.played())


class Life:
    """A scene being played. `receipt` is there once the complaint has come in."""

    def __init__(self, stage: Stage, company: Company, door: Door, lives: Lives, scene: Scene, rng: Random) -> None:
        self.stage = stage
        self.company = company
        self.door = door
        self.lives = lives
        self.scene = scene
        self.rng = rng
        self.receipt: Known | None = None
        self.turn: Turn | None = None
        self.over = False  # nothing more comes of it: answered on the telephone, or told how the first one stands

    @property
    def number(self) -> str:
        """The ticket's number, once there is one."""
        assert self.receipt is not None
        return self.receipt.number

    @property
    def is_done_in_time(self) -> bool:
        """Whether the plot has the unit submit within its limit."""
        share = self.scene.plot.submit_share
        return share is not None and share <= 1

    def ticket(self) -> Ticket:
        """As it stands now."""
        rows: list[Ticket] = self.stage.look(sa.select(Ticket).where(Ticket.number == self.number))
        return rows[0]

    def played(self) -> Story:
        """From the first word to the last step of the plot."""
        yield self.scene.arrives
        yield from self._arrive()
        if self.over:
            return
        self.lives.by_number.setdefault(self.number, self)
        plot = self.scene.plot
        if plot.void is not None:
            self._as_operator(accepting.void, self.number, plot.void)
        elif plot.declined is not None:
            self._as_operator(accepting.decline, self.number, plot.declined.reason, plot.declined.channel)
        elif plot.merge or plot.told:
            yield from self._join()
        else:
            yield from self._take_on()

    def _arrive(self) -> Story:
        """In by its channel, and in front of an operator at `accept_after`. Who asks again is told at once, or, where
        that was not understood, joined to what he has said before."""
        scene = self.scene
        if scene.plot.told:
            self.receipt = self.door.texted(scene)
            self.over = self._first.receipt is not None and self._first.number == self.receipt.number
            yield scene.arrives + scene.plot.accept_after
            return
        if scene.channel != "phone":
            self.receipt = self.door.take_in(scene, self._same_matter())
            yield scene.arrives + scene.plot.accept_after
            return
        yield scene.arrives + CALL
        draft = self.door.called(scene)
        yield max(scene.arrives + scene.plot.accept_after, self.stage.now + timedelta(minutes=1))
        if scene.plot.answer and scene.type == "question" and self.rng.random() < ON_THE_SPOT:
            self.door.answer_call(draft, self._dated(scene.plot.answer))
            self.over = True
            return
        self.receipt = self.door.confirm(scene, draft)

    def _join(self) -> Story:
        """并案 with the one who complained first, unless that is settled already: then told at once. Who has said
        "me too" is with them from the beginning."""
        if self.receipt is not None and self.receipt.joined:
            yield from self._verdict().surveyed(self.scene.plot.survey)
            return
        first = self._first
        while first.receipt is None and not first.over:
            yield self.stage.now + LOOK_AGAIN
        joins = None if first.over else self.stage.attempt(self._operator, merging.merge, self.number, first.number)
        if joins is not None:
            yield from self._verdict().surveyed(self.scene.plot.survey)
            return
        self._accept()
        yield self.stage.desk(self.stage.now + self.scene.plot.dispatch_after)
        self._as_operator(replying.answer, self.number, self._dated(self.scene.plot.reply))

    def _same_matter(self) -> str | None:
        """The ticket to which this one says "me too"."""
        if not self.scene.me_too:
            return None
        return self._first.receipt.number if self._first.receipt is not None else None

    @property
    def _first(self) -> Life:
        """The one whose matter this is, too."""
        scene = self.scene
        index = scene.duplicates_of if scene.same_person_repeat is None else scene.same_person_repeat
        return self.lives.by_scene[index or 0]

    def _take_on(self) -> Story:
        plot = self.scene.plot
        self._accept()
        yield self._soon(plot.dispatch_after)
        if plot.answer:
            self._as_operator(replying.answer, self.number, self._dated(plot.answer))
            yield from self._verdict().surveyed(plot.survey)
            return
        yield from self._give_around(plot)
        if not self._assign(self.scene.unit, self.scene.assist, designated=plot.designated):
            return
        if plot.supervised is not None:
            self.stage.enter(self._supervise(plot.supervised))
        if plot.withdrawn is not None:
            self.stage.enter(self._withdraw())
        yield from self._work(Effort.of(plot), plot.reply)
        if self.turn is not None and self.turn.approved:
            yield from self._aftermath(plot)

    def _accept(self) -> None:
        scene = self.scene
        settled = Classification(
            category_id=self.stage.rules.category_ids[scene.category],
            case_standard_id=self.company.standard(scene.category, scene.urgency, self.rng),
            urgency=Urgency(scene.urgency),
            request_type=RequestType(scene.type),
            matter=scene.title,
            place=scene.place,
            area=self.company.area_names[scene.area],
            confidential=scene.confidential,
        )
        self._as_operator(accepting.accept, self.number, settled)

    def _give_around(self, plot: Plot) -> Story:
        """退单: to the wrong unit first, or to the right one that disputes it."""
        for returned in plot.returned:
            if not self._assign(returned.unit, ()):
                return
            yield self.stage.desk(self.stage.now + returned.after)
            handler = self.company.handler(returned.unit)
            given_back = self.stage.attempt(handler, returning.give_back_to_centre, self.number, returned.reason)
            if given_back is not None and given_back.state is State.SUPERVISED:  # then the supervisor has the word
                yield self.stage.desk(self.stage.now + LOOK_AGAIN)
                self.stage.attempt(self.company.supervisor, returning.decide, self.number, True, "情况属实，同意退回。")
            yield self._soon(returned.again_after)

    def _assign(self, unit: str, assists: tuple[str, ...], *, designated: bool = False) -> bool:
        ids = [self.company.units[key].id for key in assists]
        dispatcher = self.company.dispatcher(self.company.centre_of(self.scene))
        assigned = self.stage.attempt(
            self.company.supervisor if designated else dispatcher,
            assigning.assign,
            self.number,
            self.company.units[unit].id,
            assist_ids=ids,
            designated=designated,
        )
        if assigned is not None:
            self.turn = Turn(self.stage, self.company, self.number, unit, assists, self.door.album.of_unit(self.scene))
        return assigned is not None

    def _work(self, effort: Effort, reply: str) -> Story:
        """The unit's turn, and the answer that follows from it."""
        assert self.turn is not None
        yield from self.turn.played(effort, self.scene.plot.check_after)
        if self.turn.approved:
            yield self._soon(self.scene.plot.reply_after)
            self.stage.attempt(self._operator, replying.reply, self.number, self._dated(reply))

    def _aftermath(self, plot: Plot) -> Story:
        """What the citizen says to the answer, and what the unit says to the lateness."""
        verdict = self._verdict()
        if plot.rework is not None:
            yield from verdict.not_solved(plot.rework, plot.survey)
            if verdict.reopened:
                yield from self.again(plot.rework)
            return
        yield from verdict.surveyed(plot.survey)
        if plot.appeal is not None:
            yield from self._appeal(plot.appeal)

    def again(self, rework: Reworked) -> Story:
        """重办: assigned once more, to the same unit."""
        assert self.turn is not None
        yield self.stage.desk(self.stage.now + timedelta(minutes=20))
        if self._assign(self.turn.unit, ()):
            yield from self._work(Effort.again(rework), rework.reply)

    def _appeal(self, appeal: Asked) -> Story:
        """申诉 once it is closed. A yes needs a second reviewer's yes."""
        assert self.turn is not None
        for _ in range(5):
            if self.ticket().state is State.CLOSED:
                break
            yield self.stage.desk(self.stage.now + DAY)
        handler = self.company.handler(self.turn.unit)
        if self.stage.attempt(handler, appealing.appeal, self.number, appeal.reason) is None:
            return
        yield self.stage.desk(self.stage.now + appeal.decided_after)
        reviewers = [self.company.supervisor, self.company.surveyor][: 2 if appeal.granted else 1]
        for reviewer in reviewers:
            self.stage.attempt(reviewer, appealing.review, self.number, appeal.granted, appeal.answer)
            yield self.stage.desk(self.stage.now + timedelta(hours=2))

    def _supervise(self, order: Supervised) -> Story:
        """督办 by a person, while the unit has it."""
        yield self.stage.desk(self.stage.now + order.after)
        ticket = self.ticket()
        if ticket.state in WITH_UNIT and ticket.level < ORDER_RANK:
            self.stage.attempt(
                self.company.supervisor,
                supervising.supervise,
                self.number,
                "order",
                Ground(order.ground),
                order.demand,
            )

    def _withdraw(self) -> Story:
        """撤回: the citizen does not need it any more."""
        yield waking(self.stage.now + timedelta(hours=self.rng.randint(20, 60)))
        self._verdict().withdraw()

    def explain(self, order: Supervision, owed: Deadline) -> Story:
        """书面说明 to an order, and the supervisor's word on it. Without a share nobody writes one."""
        plot = self.scene.plot
        share = plot.explain_share if plot.explanation else EXPLAINED_ANYWAY
        if share is None:
            return
        yield self.stage.desk(owed.started_at + share * (owed.due_at - owed.started_at))
        waiting = sa.select(Supervision).where(Supervision.id == order.id, Supervision.explained_at.is_(None))
        if not self.stage.look(waiting):  # an explanation counts for all orders that are open
            return
        text = self._dated(plot.explanation or EXPLANATION)
        handler = self.company.handler(self.company.key_of(order.unit_path))
        if self.stage.attempt(handler, supervising.explain, self.number, AGAIN * (order.rank > ORDER_RANK) + text):
            yield self.stage.desk(self.stage.now + timedelta(hours=self.rng.randint(2, 7)))
            supervisor = self.company.supervisor
            self.stage.attempt(supervisor, supervising.decide_explanation, self.number, True, "说明属实，限期整改。")

    def _verdict(self) -> Verdict:
        assert self.receipt is not None
        return Verdict(self.stage, self.company, self.door, self.scene, self.receipt)

    @property
    def _operator(self) -> Actor:
        return self.company.operator(self.stage.now)

    def _as_operator(self, step: Callable[..., object], *args: object) -> None:
        self.stage.do(self._operator, step, *args)

    def _soon(self, after: timedelta) -> datetime:
        """At the centre's desk; what is urgent or came from above does not wait for it to open."""
        moment = self.stage.now + after
        presses = self.scene.urgency == Urgency.URGENT or self.scene.channel == Channel.STAFF
        return moment if presses else self.stage.desk(moment)

    def _dated(self, text: str) -> str:
        return dated(text, self.stage.now.date())
