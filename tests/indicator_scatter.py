"""Rows at random around the ends of months, by a microsecond on both sides: turns, pauses, answers, complaints, and
promises of every kind, as no history would bring them together so closely.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from hotline.domain.actors import ActorKind
from hotline.domain.workflow import State
from hotline.models import (
    Assignment,
    Category,
    Channel,
    Complaint,
    Deadline,
    DeadlineKind,
    Ending,
    Event,
    Part,
    Pause,
    Source,
    Survey,
    Ticket,
    Unit,
)
from hotline.services.work import Work
from tests.city import City, at

TICK = timedelta(microseconds=1)
EDGES = [at(f"2026-{month}-01 00:00") + shift for month in ("09", "10", "11") for shift in (-TICK, 0 * TICK, TICK)]
PHONES = ("", "+8619900000001", "+8619900000002", "+8619900000003")
PLACES = ("香溪路", "滨江路", "人民广场")


def scatter(city: City, seed: int, tickets: int = 40) -> None:
    """The same seed gives the same rows."""
    Scatter(city, Random(seed)).play(tickets)


class Scatter:
    """What is drawn from."""

    def __init__(self, city: City, random: Random) -> None:
        self.city, self.random = city, random
        self.units = city.rows(sa.select(Unit))
        self.categories = [None, *city.rows(sa.select(Category.id).order_by(Category.id).limit(2))]

    def play(self, tickets: int) -> None:
        random = self.random
        receipts = [
            self.city.receive(f"{random.choice(PLACES)}第{number}处路灯不亮", phone=random.choice(PHONES))
            for number in range(tickets)
        ]
        with self.city.work() as work:
            for receipt in receipts:
                ticket = work.session.get_one(Ticket, receipt.ticket_id)
                complaint = work.session.get_one(Complaint, receipt.complaint_id)
                self._settle(ticket, complaint)
                work.session.execute(sa.delete(Deadline).where(Deadline.ticket_id == ticket.id))
                for round_ in range(1, ticket.round + 1):
                    self._turns(work, ticket, round_)
                    self._verdict(work, ticket, complaint, round_)
                work.session.add_all(self._promise(ticket) for _ in range(8))
                work.session.flush()
            self._join(work, [receipt.complaint_id for receipt in receipts])

    def moment(self) -> datetime:
        edge = self.random.choice(EDGES)
        return edge if self.random.random() < 0.4 else edge + timedelta(minutes=self.random.randrange(-40_000, 40_000))

    def _settle(self, ticket: Ticket, complaint: Complaint) -> None:
        random = self.random
        ticket.round = random.choice((1, 1, 1, 2))
        ticket.channel = complaint.channel = random.choice(list(Channel))
        ticket.source = complaint.source = random.choice(list(Source))
        ticket.area, ticket.category_id = random.choice(("", "东城", "西城")), random.choice(self.categories)
        ticket.received_at = complaint.received_at = self.moment()
        if random.random() < 0.1:
            ticket.state, ticket.ended_at = State.VOIDED, self.moment()
        if random.random() < 0.1:
            complaint.withdrawn_at = self.moment()

    def _turns(self, work: Work, ticket: Ticket, round_: int) -> None:
        for number in range(self.random.choice((0, 1, 2, 3))):
            unit, begins, ends = self.random.choice(self.units), *sorted((self.moment(), self.moment()))
            is_over = number > 0 or self.random.random() < 0.7
            turn = Assignment(
                ticket_id=ticket.id,
                round=round_,
                part=Part.LEAD,
                unit_id=unit.id,
                unit_path=unit.path,
                assigned_at=begins,
                ended_at=ends if is_over or round_ > 1 else None,
                ending=self.random.choice(list(Ending)) if is_over or round_ > 1 else None,
            )
            work.session.add(turn)
            work.session.flush()
            self._pause(work, turn)
        if round_ > 1:
            moment = self.moment()
            told = {"actor_kind": ActorKind.SYSTEM, "actor_name": "", "data": {}, "version": 9}
            work.session.add(
                Event(
                    ticket_id=ticket.id,
                    round=round_,
                    step="rework",
                    from_state="closed",
                    to_state="accepted",
                    happened_at=moment,
                    noticed_at=moment,
                    **told,
                )
            )

    def _pause(self, work: Work, turn: Assignment) -> None:
        if self.random.random() < 0.5:
            return
        begins, ends = sorted((self.moment(), self.moment()))
        granted = self.random.random() < 0.9
        work.session.add(
            Pause(
                ticket_id=turn.ticket_id,
                assignment_id=turn.id,
                round=turn.round,
                reason="等待开挖许可",
                asked_at=begins,
                granted=granted,
                until=ends,
                from_at=begins if granted else None,
                resumed_at=self.random.choice((None, ends, begins + (ends - begins) / 2)),
            )
        )

    def _verdict(self, work: Work, ticket: Ticket, complaint: Complaint, round_: int) -> None:
        answered_at = self.random.choice((None, self.moment(), self.moment()))
        work.session.add(
            Survey(
                ticket_id=ticket.id,
                complaint_id=complaint.id,
                round=round_,
                answered_at=answered_at,
                solved=self.random.choice((True, True, False, None)) if answered_at else None,
                score=self.random.choice((None, 1, 2, 3, 5)),
            )
        )

    def _promise(self, ticket: Ticket) -> Deadline:
        random, unit, original = self.random, self.random.choice(self.units), self.moment()
        extensions, void, exempt = random.choice((0, 0, 0, 1)), random.random() < 0.1, random.random() < 0.1
        return Deadline(
            ticket_id=ticket.id,
            kind=random.choice(list(DeadlineKind)),
            round=1,
            unit_id=unit.id,
            unit_path=unit.path,
            limit_text="1 working_days",
            extensions=extensions,
            started_at=original - timedelta(minutes=random.randrange(1, 9000)),
            due_at=original + extensions * timedelta(days=9),
            original_due_at=original,
            met_at=random.choice((None, self.moment(), self.moment())),
            void_at=self.city.now if void else None,
            void_reason="returned" if void else None,
            exempt_at=self.city.now if exempt else None,
            exempt_reason="申诉成立" if exempt else None,
        )

    def _join(self, work: Work, complaint_ids: list[int]) -> None:
        """Some are on another's ticket."""
        for one, other in zip(complaint_ids[::5], complaint_ids[1::5], strict=False):
            complaint, joined = work.session.get_one(Complaint, one), work.session.get_one(Complaint, other)
            ticket = work.session.get_one(Ticket, joined.ticket_id)
            if ticket.state is State.VOIDED:
                continue
            joined.first_ticket_id, joined.ticket_id = ticket.id, complaint.ticket_id
            ticket.state, ticket.merged_into_id = State.MERGED, complaint.ticket_id
            ticket.ended_at, ticket.former_state = self.moment(), "received"
