"""A unit's turn at a ticket as the plot has it: signed, passed down, extended, paused, submitted, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from demo.company import Company
from demo.scene import Asked, Plot, Reworked, SentBack, dated
from demo.stage import Stage, Story
from hotline.domain.errors import Invalid
from hotline.domain.workflow import State
from hotline.models import Deadline, DeadlineKind, Ticket
from hotline.services import attaching, checking, extending, handling, pausing
from hotline.services.attaching import Kept
from hotline.services.work import Work

ASSISTED = (
    "我单位已于{day}派人到场配合，涉及本单位的部分已处理完毕。",
    "{day}已安排专人与主办单位对接，提供了所需资料并参加现场处置。",
    "经{day}核查，本单位管辖部分无异常，已将情况告知主办单位。",
)
SEEN = "已到现场核实，情况与办理结果一致。"


@dataclass(frozen=True, slots=True)
class Effort:
    """What the unit does in one round; shares are of the limit that it has."""

    sign_share: float | None
    submit_share: float | None
    result: str
    transfer_to: str | None = None
    transfer_after: timedelta = timedelta()
    extension: Asked | None = None
    pause: Asked | None = None
    sent_back: SentBack | None = None

    @classmethod
    def of(cls, plot: Plot) -> Effort:
        """The first round's."""
        return cls(
            plot.sign_share,
            plot.submit_share,
            plot.result,
            plot.transfer_to,
            plot.transfer_after,
            plot.extension,
            plot.pause,
            plot.sent_back,
        )

    @classmethod
    def again(cls, rework: Reworked) -> Effort:
        """重办: the same unit, forewarned."""
        return cls(0.3, rework.share, rework.result)


class Turn:
    """One lead unit's turn; `played` runs from the assignment to the approval, or ends early where the plot does."""

    def __init__(
        self, stage: Stage, company: Company, number: str, unit: str, assists: Sequence[str], photo: Kept | None
    ) -> None:
        """`photo`: proves what was done."""
        self.stage = stage
        self.company = company
        self.number = number
        self.unit = unit
        self.assists = assists
        self.photo = photo
        self.approved = False

    def played(self, effort: Effort, check_after: timedelta) -> Story:
        """Sign, work, submit, be checked. `approved` tells afterwards whether there is something to answer."""
        yield from self._begin(effort)
        if effort.sign_share is None:
            return
        handle = self._owed(DeadlineKind.HANDLE)
        if handle is None:
            return
        whole = handle.due_at - handle.started_at
        spent = timedelta()
        if effort.extension is not None:
            yield self.stage.desk(handle.started_at + effort.extension.share * whole, handle.due_at)
            yield from self._extend(effort.extension)
        if effort.pause is not None:
            yield self.stage.desk(handle.started_at + effort.pause.share * whole, handle.due_at)
            asked = self.stage.now
            yield from self._pause(effort.pause)
            spent = self.stage.now - asked
        if effort.submit_share is None:
            yield from self._assist(self.stage.now + 0.3 * whole, handle.due_at)
            return
        submits = self.stage.desk(handle.started_at + spent + effort.submit_share * whole, handle.due_at)
        yield from self._assist(self.stage.now + 0.6 * (submits - self.stage.now), submits)
        yield submits
        yield from self._submit(effort, check_after, again_within=whole / 4)

    def _begin(self, effort: Effort) -> Story:
        if effort.transfer_to is not None:
            yield self.stage.desk(self.stage.now + effort.transfer_after)
            unit = self.company.units[effort.transfer_to].id
            lead = self.company.handler(self.unit)
            if self.stage.attempt(lead, handling.transfer, self.number, unit, "属本单位下属站所作业范围") is not None:
                self.unit = effort.transfer_to
        if effort.sign_share is None:
            return
        sign = self._owed(DeadlineKind.SIGN)
        if sign is not None:
            yield self.stage.desk(_at(sign, effort.sign_share), sign.due_at)
            self.stage.attempt(self.company.handler(self.unit), handling.sign, self.number)

    def _extend(self, asked: Asked) -> Story:
        handler = self.company.handler(self.unit)
        if self.stage.attempt(handler, extending.request, self.number, asked.reason) is None:
            return
        yield self.stage.desk(self.stage.now + asked.decided_after)
        self.stage.attempt(self.company.supervisor, extending.decide, self.number, asked.granted, asked.answer)

    def _pause(self, asked: Asked) -> Story:
        """To the agreed day, when the clock takes it up again by itself."""
        handler = self.company.handler(self.unit)
        until = (self.stage.now + timedelta(days=asked.days)).date()
        if self.stage.attempt(handler, pausing.request, self.number, asked.reason, until) is None:
            return
        yield self.stage.desk(self.stage.now + asked.decided_after)
        decided = self.stage.attempt(self.company.supervisor, pausing.decide, self.number, asked.granted, asked.answer)
        if decided is not None and decided.paused_until is not None:
            yield self.stage.desk(decided.paused_until + timedelta(hours=2))

    def _assist(self, when: datetime, before: datetime) -> Story:
        for order, unit in enumerate(self.assists):
            yield self.stage.desk(when, before)
            text = ASSISTED[(order + int(self.number[-6:])) % len(ASSISTED)]
            self.stage.attempt(self.company.handler(unit), handling.assist, self.number, self._dated(text))

    def _submit(self, effort: Effort, check_after: timedelta, again_within: timedelta) -> Story:
        """A poor result comes back once, and then is done properly."""
        if effort.sent_back is not None:
            if not self._hand_in(effort.sent_back.result, None):
                return
            yield self._check_at(check_after)
            self.stage.attempt(self.company.supervisor, checking.send_back, self.number, effort.sent_back.reason)
            again = self.stage.now + min(effort.sent_back.again_after, again_within)
            yield self.stage.desk(again, again + again_within)
        if not self._hand_in(effort.result, self.photo):
            return
        yield self._check_at(check_after)
        self.approved = self.stage.attempt(self.company.supervisor, self._approve) is not None

    def _approve(self, work: Work) -> Ticket:
        """核查通过. Who is asked why says what he has seen."""
        try:
            return checking.approve(work, self.number)
        except Invalid:
            return checking.approve(work, self.number, SEEN)

    def _check_at(self, check_after: timedelta) -> datetime:
        """What is urgent is checked at any hour."""
        check = self._owed(DeadlineKind.CHECK)
        moment = self.stage.now + check_after
        return moment if check is not None and "urgent" in check.limit_text else self.stage.desk(moment)

    def _hand_in(self, result: str, photo: Kept | None) -> bool:
        def handed_in(work: Work) -> Ticket:
            ticket = handling.submit(work, self.number, self._dated(result))
            if photo is not None:
                attaching.attach(work, photo, ticket_id=ticket.id, by_citizen=False, round=ticket.round)
            return ticket

        return self.stage.attempt(self.company.handler(self.unit), handed_in) is not None

    def _dated(self, text: str) -> str:
        return dated(text, self.stage.now.date())

    def _owed(self, kind: DeadlineKind) -> Deadline | None:
        """The open promise of the lead unit, or to check; None once the ticket has gone another way."""
        rows = self.stage.look(
            sa.select(Deadline)
            .join(Ticket, Ticket.id == Deadline.ticket_id)
            .where(
                Ticket.number == self.number,
                Ticket.state.in_((State.ASSIGNED, State.HANDLING, State.SUPERVISED, State.SUBMITTED)),
                Deadline.kind == kind,
                sa.or_(Deadline.assignment_id.is_not(None), Deadline.kind == DeadlineKind.CHECK),
                Deadline.met_at.is_(None),
                Deadline.void_at.is_(None),
            )
            .order_by(Deadline.id.desc())
            .limit(1)
        )
        return rows[0] if rows else None


def _at(promise: Deadline, share: float) -> datetime:
    return promise.started_at + share * (promise.due_at - promise.started_at)
