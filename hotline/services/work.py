"""One use case, one transaction: what every service is handed (design §8)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from hotline.domain.actors import Actor
from hotline.domain.advising import Advisor
from hotline.domain.calendar import Calendar
from hotline.domain.checklist import Checklist
from hotline.domain.circular import Sentences
from hotline.domain.guessing import Guesser, Subject
from hotline.domain.learned import BodyError, Learned
from hotline.domain.phone_script import PhoneScript
from hotline.domain.policy import Policy
from hotline.domain.privacy import Privacy
from hotline.domain.publicity import Publicity, Withheld
from hotline.domain.reply_check import Manners
from hotline.domain.risks import Rule
from hotline.domain.scoring import Scheme
from hotline.domain.wordings import Wordings
from hotline.models import ModelKind
from hotline.services.vault import Vault

if TYPE_CHECKING:
    from hotline.services.holding import Held


RECENT = timedelta(days=30)  # how long what has ended is told of where nothing else is set


@dataclass(frozen=True)
class Root:
    """The unit at the top of the tree, which takes in what no county has taken in itself."""

    id: int
    path: str
    name: str


@dataclass(frozen=True)
class Rules:
    """The data that decides, as it stands in the database: policies, calendar, wordings, and the top of the tree."""

    calendar: Calendar
    calendar_id: int
    policies: Sequence[tuple[int, Policy]]  # by effective date, oldest first
    wordings: Wordings
    root: Root
    category_ids: Mapping[str, int] = field(default_factory=dict)
    subjects: Sequence[Subject] = ()  # the categories that a citizen chooses from, in the order of the tree
    models: Mapping[ModelKind, bytes] = field(default_factory=dict)  # what was learned and is in use
    keeps: Mapping[str, str] = field(default_factory=dict)  # 保存期限 as the city has put them on the desk, by class

    @property
    def zone(self) -> tzinfo:
        """City time."""
        return self.calendar.zone

    def policy_at(self, moment: datetime) -> tuple[int, Policy]:
        """The policy in force on that city day; before the first one, the first."""
        day = moment.astimezone(self.zone).date()
        in_force = [entry for entry in self.policies if entry[1].effective_from <= day]
        return in_force[-1] if in_force else self.policies[0]

    def policy(self, policy_id: int) -> Policy:
        """A version by its id; KeyError if it is not there."""
        return self._by_id[policy_id]

    @cached_property
    def guesser(self) -> Guesser:
        """Made ready at the first guess, and kept as long as these rules stand."""
        return Guesser(self.subjects)

    @cached_property
    def advisor(self) -> Advisor:
        """The same with what was learned of categories."""
        return Advisor(self.guesser, self._learned(ModelKind.CATEGORY))

    @cached_property
    def learned_units(self) -> Learned | None:
        """What was learned of who handles what; None before there is enough."""
        return self._learned(ModelKind.UNIT)

    def _learned(self, kind: ModelKind) -> Learned | None:
        """None also for one that an older version wrote: the next night learns anew."""
        try:
            return Learned(self.models[kind])
        except (KeyError, BodyError):
            return None

    def kind_of(self, category_id: int) -> int:
        """What kind of matter that is, whichever tree it was filed in: the request that the street category is like
        (路灯 is filed as 路灯不亮); itself where it is like none, or like several."""
        return self._requests_like.get(category_id, category_id)

    @cached_property
    def _requests_like(self) -> dict[int, int]:
        likes: dict[int, list[int]] = {}
        for subject in self.subjects:
            for code in subject.like:
                if code in self.category_ids:
                    likes.setdefault(self.category_ids[code], []).append(subject.id)
        return {id: found[0] for id, found in likes.items() if len(found) == 1}

    @cached_property
    def known_category_ids(self) -> frozenset[int]:
        """All that can be filed under."""
        return frozenset(self.category_ids.values())

    @cached_property
    def _by_id(self) -> dict[int, Policy]:
        return dict(self.policies)


@dataclass
class Work:
    """A transaction with its actor, its time and its rules. `ring` is heard only after the commit."""

    session: Session
    actor: Actor
    now: datetime
    rules: Rules
    vault: Vault
    site: str  # the public address, for links in texts
    files: Path  # the folder of attachments
    privacy: Privacy  # what citizens are told of their data, and how long it is kept
    transcripts: Path  # the folder that recording systems drop transcripts in
    publicity: Publicity = Publicity.REDACTED
    withheld: Withheld = field(default_factory=Withheld)
    risks: Sequence[Rule] = ()  # what the desk is told of, besides the dangers that hold everywhere
    manners: Manners = field(default_factory=Manners)  # by which answers are checked
    phone_script: PhoneScript = field(default_factory=PhoneScript)  # what is said to citizens on the telephone
    checklist: Checklist = field(default_factory=Checklist)  # what is asked before a result is submitted
    circular: Sentences = field(default_factory=lambda: Sentences({}))  # what the 通报 says
    schemes: Mapping[str, Scheme] = field(default_factory=dict)  # by which units and points may be scored, by key
    recent: timedelta = RECENT  # how long what has ended is told of, as the same matter (design §6)
    fills_templates: bool = False  # the carrier sends approved templates: what fills them is kept with each text
    texts: bool = True  # False while history is played in: nobody is texted about last year
    bells: dict[str, None] = field(default_factory=dict)
    serials: deque[int] = field(default_factory=deque)  # drawn for the next tickets by the intakes before
    closes: bool = True  # False while history is played in that tells itself what was closed when
    held: Held | None = None  # the ticket whose history is played in, read whole

    @property
    def notice_version(self) -> str:
        """The version of the privacy notice in force on this city day."""
        return self.privacy.notices.at(self.now.astimezone(self.rules.zone).date()).version

    def ring(self, bell: str) -> None:
        """Ask that the workers look at this kind of work as soon as the transaction stands."""
        self.bells[bell] = None

    def act_as(self, actor: Actor) -> Work:
        """The same transaction in somebody else's name: what follows from a person's step is done by the system."""
        return replace(self, actor=actor)

    def at(self, now: datetime, held: Held | None = None) -> Work:
        """The same transaction with the clock turned, to play in history: nothing closes before the history says so.

        `held`: the ticket whose history it is, read beforehand.
        """
        return replace(self, now=now, closes=False, held=held)
