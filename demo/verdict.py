"""What the one who complained says in the end: the survey, 未解决, 撤回 — by text, by page or to the one who calls."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime, timedelta

import sqlalchemy as sa

from demo.arriving import Door, Known
from demo.company import Company
from demo.scene import Reworked, Scene, Surveyed
from demo.stage import Stage, Story, waking
from hotline.domain.actors import a_citizen
from hotline.domain.workflow import ENDED, State
from hotline.models import Complaint, Ticket
from hotline.services import citizens, closing, surveying
from hotline.services.work import Work

PATIENCE = timedelta(hours=6)


class Verdict:
    """The word of one complainant on one complaint."""

    def __init__(self, stage: Stage, company: Company, door: Door, scene: Scene, known: Known) -> None:
        self.stage = stage
        self.company = company
        self.door = door
        self.scene = scene
        self.known = known
        self.reopened = False

    def surveyed(self, survey: Surveyed | None) -> Story:
        """回访, once the answer has reached. What is said to be unsolved is looked into and closed by a person."""
        if survey is None:
            return
        yield waking(self.stage.now + survey.after)
        if not (yield from self._answered()):
            return
        self._answer(survey)
        if not survey.solved:
            yield self.stage.desk(self.stage.now + timedelta(days=1))
            ticket = self._ticket()
            if ticket.state is State.REPLIED:
                self.stage.attempt(self.company.surveyor, closing.close, ticket.number)

    def not_solved(self, rework: Reworked, survey: Surveyed | None) -> Story:
        """未解决: first perhaps in answer to the survey, then by itself."""
        answered_at = self.stage.now
        if survey is not None and survey.after < rework.after:
            yield waking(answered_at + survey.after)
            if (yield from self._answered()) and self._ticket().state is State.REPLIED:
                self._answer(survey)
        yield waking(answered_at + rework.after)
        if not (yield from self._answered()):
            return
        if self.scene.channel == "sms":
            self.door.text(self.scene, f"未解决，{rework.words}")
        else:
            self._on_page(lambda work, mine, ticket: citizens.not_solved(work, mine, ticket, rework.words))
        self.reopened = self._ticket().state is State.ACCEPTED

    def withdraw(self) -> None:
        """撤回."""
        if self.scene.channel == "sms":
            self.door.text(self.scene, "撤回")
        else:
            self._on_page(citizens.withdraw)

    def _answered(self) -> Generator[datetime, None, bool]:
        """Wait until the answer has reached this complainant; False if it never will."""
        while True:
            complaint, ticket = self._complaint(), self._ticket()
            if complaint.reached_at is not None:
                return True
            if ticket.state in ENDED:
                return False
            yield waking(self.stage.now + PATIENCE)

    def _answer(self, survey: Surveyed) -> None:
        if self._ticket().state is not State.REPLIED:
            return
        if not survey.solved or self.scene.channel == "phone":
            self.stage.attempt(
                self.company.surveyor,
                surveying.log,
                self._ticket().number,
                self.known.number,
                survey.solved,
                survey.score,
                survey.comment,
            )
        elif self.scene.channel == "sms":
            self.door.text(self.scene, f"解决{survey.score}")
        else:
            self._on_page(
                lambda work, mine, ticket: surveying.answer(
                    work, ticket, mine, solved=True, score=survey.score, comment=survey.comment, by="web"
                )
            )

    def _on_page(self, step: Callable[[Work, Complaint, Ticket], object]) -> None:
        """On the status page, with number and key."""

        def opened(work: Work) -> None:
            complaint, ticket = citizens.open_complaint(work, self.known.number, self.known.key)
            step(work, complaint, ticket)

        self.stage.attempt(a_citizen(), opened)

    def _complaint(self) -> Complaint:
        rows: list[Complaint] = self.stage.look(sa.select(Complaint).where(Complaint.number == self.known.number))
        return rows[0]

    def _ticket(self) -> Ticket:
        """The ticket that the complaint is on now."""
        query = sa.select(Ticket).join(Complaint, Complaint.ticket_id == Ticket.id)
        rows: list[Ticket] = self.stage.look(query.where(Complaint.number == self.known.number))
        return rows[0]
