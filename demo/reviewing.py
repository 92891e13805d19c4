"""公开审核: every morning the supervisor looks at some of the matters that everybody can read, and keeps one back."""

from __future__ import annotations

import re
from datetime import timedelta

from demo.company import Company
from demo.stage import Stage, Story
from hotline.models import Ticket
from hotline.services import screening
from hotline.services.screening import Decision, Line, View
from hotline.services.work import Work

LOOKED_AT = 3  # a day
REASON = "涉及具体住户，不宜公开。"
COVERED = re.compile(r"\[[^\]]*已隐去\]")


class Reviewer:
    """Reads over what the machine has made of answered matters."""

    def __init__(self, stage: Stage, company: Company) -> None:
        self.stage = stage
        self.actor = company.supervisor

    def looks(self) -> Story:
        """Each working day, for ever. What tells where somebody lives is hidden, the rest released."""
        while True:
            tomorrow = (self.stage.now + timedelta(days=1)).replace(hour=9, minute=20)
            yield self.stage.desk(tomorrow)
            answered = [line for line in self._waiting() if line.ticket.replied_at is not None]
            for line in answered[:LOOKED_AT]:
                hides = COVERED.search(line.matter) is not None
                self.stage.attempt(self.actor, _hidden if hides else _released, line.ticket.number)

    def _waiting(self) -> list[Line]:
        return self.stage.do(self.actor, lambda work: screening.queue(work, View.WAITING))


def _hidden(work: Work, number: str) -> Ticket:
    return screening.hide(work, number, REASON, screening.sheet(work, number).seen)


def _released(work: Work, number: str) -> Ticket:
    """In the machine's words, without its marks."""
    sheet = screening.sheet(work, number)
    words = {each.name: COVERED.sub("", each.shown) for each in sheet.words}
    return screening.release(
        work, number, Decision(words.get("matter", ""), words.get("place", ""), words.get("answer", ""), sheet.seen)
    )
