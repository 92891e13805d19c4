"""Random hands on a few tickets: any of the cast takes any step, with believable words, at the door of the steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from hotline.domain.errors import HotlineError
from hotline.domain.workflow import BY_NAME, allowed
from hotline.models import Channel, Complaint, Ticket
from hotline.services import citizens, closing, enforcing, reaching, sweeping
from hotline.services.facts import gather
from hotline.services.scoping import visible
from hotline.services.work import Work
from hotline.web import resources
from tests.city import PEOPLE, City

UNITS = ("lamps", "lamps-east", "parks", "county", "county-roads")
LEVELS = ("remind", "order", "yellow", "red", "exposure")
SELDOM = frozenset(
    ["withdraw", "void", "decline", "note", "merge", "unmerge", "answer", "recall", "transfer", "transfer_supervised"]
)
ONWARD = frozenset(
    ["accept", "assign", "sign", "sign_supervised", "submit", "approve", "reply", "log_call", "survey", "close"]
)
TEXT = "已到现场处理，照片附后，联系电话0320-0002101。"
BY_CITIZEN = ("withdrawal", "addition", "urging", "not_solved", "score", "opened", "delivered")
BY_CLOCK = ("sweep", "resume", "ask")


class Hands:
    """The cast and the tickets of one example. `random` decides; the same seed plays the same history."""

    def __init__(self, city: City, random: Random, numbers: list[str]) -> None:
        self.city, self.random, self.numbers = city, random, numbers
        self.people = {login: city.actor(login) for login in PEOPLE}
        self.units = {key: city.unit_id(key) for key in UNITS}

    def move(self) -> str:
        """One attempt. The name of what was done, or the code of the refusal; anything else is raised."""
        name, attempt = self._choose()
        try:
            attempt()
        except HotlineError as refusal:
            assert refusal.message, "a refusal says why"
            return f"! {name}: {refusal.code}"
        return name

    def _choose(self) -> tuple[str, Callable[[], object]]:
        number = self.random.choice(self.numbers)
        kind = self.random.random()
        if kind < 0.08:
            clock = self.random.choice(BY_CLOCK)
            return clock, lambda: self._clock(clock)
        if kind < 0.18:
            doing = self.random.choice(BY_CITIZEN)
            return doing, lambda: self._citizen(number, doing)
        if kind < 0.24:  # whoever tries whatever
            noun, who = self.random.choice(resources.RESOURCES).noun, self.random.choice(list(PEOPLE))
            return noun, lambda: self._step(number, who, noun, self.random.random() < 0.5)
        return self._offered(number)

    def _offered(self, number: str) -> tuple[str, Callable[[], object]]:
        """One of the steps that are offered to somebody on this ticket."""
        offered: dict[str, list[str]] = {}
        with self.city.work() as work:
            facts, _, _ = gather(work, self._ticket(work, number))
        for who, actor in self.people.items():
            for step in allowed(actor, facts):
                if step.noun in resources.BY_NOUN:
                    offered.setdefault(step.name, []).append(who)
        wanted = [name for name in offered if name not in SELDOM or self.random.random() < 0.15]
        if not wanted:
            return "sweep", lambda: self._clock("sweep")
        onward = [name for name in wanted if name in ONWARD]
        name = self.random.choice(onward if onward and self.random.random() < 0.5 else wanted)
        who = self._somebody_who_sees(number, offered[name])
        noun = BY_NAME[name].noun
        return name, lambda: self._step(number, who, noun, not name.startswith("refuse"))

    def _somebody_who_sees(self, number: str, logins: list[str]) -> str:
        """One of them; of those who see the ticket, if there are any."""
        self.random.shuffle(logins)
        for who in logins:
            if self.city.scalar(sa.select(Ticket.id).where(Ticket.number == number, visible(self.people[who]))):
                return who
        return logins[0]

    def _ticket(self, work: Work, number: str) -> Ticket:
        return work.session.scalars(sa.select(Ticket).where(Ticket.number == number)).one()

    def _step(self, number: str, who: str, noun: str, yes: bool) -> None:
        resource = resources.BY_NOUN[noun]
        fields, schema = self._fields(number, yes), resource.schema()
        data = schema.load({key: value for key, value in fields.items() if key in schema.fields})
        with self.city.work(self.people[who]) as work:
            resources.run(work, number, resource, data)

    def _fields(self, number: str, yes: bool) -> dict[str, Any]:
        """Something believable for every field of every form."""
        random, city = self.random, self.city
        complaint = self._complaint(number)
        units = list(self.units.values())
        fields: dict[str, Any] = dict.fromkeys(("text", "reason", "channel", "outcome", "opinion", "note"), TEXT)
        fields |= dict.fromkeys(("demand", "explanation", "comment", "instruction"), TEXT)
        fields |= {
            "unit_id": random.choice(units),
            "assist_ids": random.sample(units, random.choice((0, 0, 0, 1, 2))),
            "named_unit_ids": [self.units["parks"]] if random.random() < 0.1 else [],
            "designated": random.random() < 0.15,
            "limit": random.choice(("", "", "3 working_days", "无期限")),
            "into": random.choice(self.numbers),
            "level": random.choice(LEVELS),
            "ground": random.choice(("leader", "repeated", "refusal")),
            "granted": yes,
            "upheld": yes,
            "solved": random.random() < 0.7,
            "score": random.choice((1, 3, 5, None)),
            "until": (city.now.date() + timedelta(days=random.randrange(0, 12))).isoformat(),
            "complaint": complaint.number,
            "staff_id": random.choice(list(self.people.values())).id,
            "confidential": random.random() < 0.2,
        }
        return fields

    def _complaint(self, number: str) -> Complaint:
        """One of those on the ticket; of a merged one its own, which is elsewhere."""
        on_it = sa.select(Complaint).join(Ticket, Ticket.id == Complaint.ticket_id).where(Ticket.number == number)
        found = self.city.rows(on_it.order_by(Complaint.id))
        own = sa.select(Complaint).where(Complaint.number == number)
        return self.random.choice(found) if found else self.city.rows(own)[0]

    def _citizen(self, number: str, doing: str) -> None:
        complaint_id = self._complaint(number).id
        with self.city.work("citizen") as work:
            complaint = work.session.get_one(Complaint, complaint_id)
            ticket = citizens.ticket_of(work, complaint)
            if doing == "withdrawal":
                if self.random.random() < 0.2:
                    citizens.withdraw(work, complaint, ticket)
            elif doing == "addition":
                citizens.add(work, complaint, ticket, "补充：在加油站旁", Channel.WEB)
            elif doing == "urging":
                citizens.urge(work, complaint, ticket)
            elif doing == "not_solved":
                citizens.not_solved(work, complaint, ticket, "昨晚又不亮了", score=self.random.choice((None, 1)))
            elif doing == "score":
                citizens.score(work, complaint, ticket, self.random.choice((0, 2, 5)), "", "sms")
            elif doing == "opened":
                citizens.read(work, complaint, ticket)
            else:
                reaching.reach(work, complaint, work.now, reaching.DELIVERED)
                closing.close_if_finished(work, ticket)

    def _clock(self, which: str) -> None:
        due = {"sweep": enforcing.run_pass, "resume": sweeping.resume_paused, "ask": sweeping.ask_surveys}[which]
        with self.city.work() as work:
            while due(work):
                pass
