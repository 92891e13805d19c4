"""What has just come in when the play ends, and waits: calls for the operator, results to be checked, requests to be
decided and what was given back (`today.toml`).

Each comes by its own way: dropped in the folder, sent by the recording system, uploaded, or spoken to the machine.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from redis import Redis

from config.wordings.voice import load_script
from demo.cast import HERE
from demo.company import ROOT, Company
from demo.stage import Stage
from hotline.bell import SilentBell
from hotline.domain.actors import SYSTEM, Actor, ActorKind, Role
from hotline.domain.interviewing import Then
from hotline.domain.workflow import State
from hotline.models import Assignment, CameBy, LiveCall, Part, Staff, Ticket
from hotline.services import assigning, entering, extending, handling, pausing, returning, talking, transcribing
from hotline.services.phones import normalise_phone
from hotline.services.transcribing import Call
from hotline.services.transcripts.beside import is_beside
from hotline.services.work import Work
from workers import batches, folder
from workers.shift import Shift

SAMPLES = HERE / "calls"
SYSTEM_OF_CALLS = "录音平台"
WRITTEN = timedelta(minutes=1)  # ago, when the folder is looked into: such a file is whole
HOUR = timedelta(hours=1)
A_TURN = timedelta(seconds=12)
AGREED = "对的。"  # to what nobody has foreseen that the machine would ask
SURE = 0.91  # of the recogniser


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A file of `calls/`, `ago` minutes before the end, `by` folder, api or upload."""

    file: str
    by: str
    ago: float
    caller: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """A call that the machine answers. `says`: to which question what; `breaks_off`: the last words, cut short."""

    ago: float
    caller: str
    says: Mapping[str, str]
    breaks_off: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that nobody can read."""

    ago: float
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a unit submits; without a text, what it has written of another matter."""

    ago: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a unit asks for: an extension, or a pause of so many days."""

    ago: float
    what: str
    text: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class Returned:
    """What a unit gives back; and, where it is given to the unit `then`, what that one says when it does the same."""

    ago: float
    text: str
    then: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """All of it."""

    call: tuple[Transcribed, ...]
    live: tuple[Live, ...]
    broken: tuple[Broken, ...]
    result: tuple[Result, ...]
    asked: tuple[Asked, ...]
    returned: tuple[Returned, ...]


@cache
def today() -> Today:
    """As it is written."""
    raw = tomllib.loads((HERE / "today.toml").read_text(encoding="utf-8"))
    kinds = {
        "call": Transcribed,
        "live": Live,
        "broken": Broken,
        "result": Result,
        "asked": Asked,
        "returned": Returned,
    }
    return Today(**{name: tuple(kind(**each) for each in raw[name]) for name, kind in kinds.items()})


def samples() -> list[str]:
    """The names of the sample transcripts, without those of the files that tell of a call."""
    return sorted(path.name for path in SAMPLES.iterdir() if not is_beside(path.name))


@dataclass
class LastHour:
    """Plays it, with the clock a little before the end of the stage; `refused` is the stage's."""

    stage: Stage
    company: Company
    taken: set[int] = field(default_factory=set)

    def play(self) -> None:
        """In the order in which it happens; then 热点 is counted once."""
        self._begin_work()
        what = today()
        happens: list[Transcribed | Live | Broken | Result | Asked | Returned] = []
        for kind in (what.call, what.live, what.broken, what.result, what.asked, what.returned):
            happens += kind
        for each in sorted(happens, key=lambda each: -each.ago):
            self.stage.now = self.stage.ends - timedelta(minutes=each.ago)
            match each:
                case Transcribed():
                    self._transcribed(each)
                case Live():
                    self._answered(each)
                case Broken():
                    self._dropped(each.name, each.text.encode())
                case Result():
                    self._handed_in(each)
                case Asked():
                    self._asked(each)
                case Returned():
                    self._returned(each)
        self.stage.now = self.stage.ends
        batches.heat(self._shift())

    def _begin_work(self) -> None:
        """Everybody of the cast has logged in today."""
        logins = [person.login for person in self.company.city.staff]
        with self.stage.office.session() as session:
            for staff_id in session.scalars(sa.select(Staff.id).where(Staff.login.in_(logins))).all():
                entering.enter(session, staff_id, now=self.stage.ends - HOUR, own=False)

    def _transcribed(self, call: Transcribed) -> None:
        data = (SAMPLES / call.file).read_bytes()
        if call.by == "folder":
            known = f"{self.stage.now:%Y%m%d-%H%M%S}_{call.caller}_{call.recording}".replace("__", "_")
            self._dropped(f"{known}.{call.file.rpartition('.')[2]}", data)
            return
        told = Call(
            called_at=self.stage.now,
            recording=call.recording,
            caller=call.caller,
            filename=call.file,
            came_by=CameBy(call.by),
        )
        sender = self._recording_system() if call.by == "api" else self.company.operator(self.stage.now)
        self.stage.do(sender, transcribing.send, data, told)

    def _recording_system(self) -> Actor:
        root = self.company.units[ROOT]
        return Actor(ActorKind.CLIENT, SYSTEM_OF_CALLS, None, frozenset({Role.OPERATOR}), root.id, root.path)

    def _dropped(self, name: str, data: bytes) -> None:
        """Into the folder, and a worker looks there."""
        box = self.stage.office.transcripts
        box.mkdir(parents=True, exist_ok=True)
        path = box / name
        path.write_bytes(data)
        written = (self.stage.now - WRITTEN).timestamp()
        os.utime(path, (written, written))
        folder.collect(self._shift())

    def _answered(self, call: Live) -> None:
        """By the machine, question by question, until it says good-bye or the line breaks."""
        switchboard = self.stage.office.switchboard
        script = switchboard.script if switchboard is not None else load_script()
        desk = talking.Desk(self.stage.office.carrier.name, script, seats=False)
        sid, caller = f"demo-{call.caller}", normalise_phone(call.caller)
        said = self.stage.do(SYSTEM, talking.answer, desk, sid, caller)
        while said.then is Then.LISTEN:
            self.stage.now += A_TURN
            asked = self.stage.look(sa.select(LiveCall.asked).where(LiveCall.sid == sid))[0][-1]
            words = call.says.get(asked.removesuffix("_recorded"))
            if words is None and call.breaks_off:
                self.stage.do(SYSTEM, talking.half_heard, desk.carrier, sid, said.turn, 1, call.breaks_off)
                break
            spoken = talking.Words(words or AGREED, confidence=SURE)
            said = self.stage.do(SYSTEM, talking.heard, desk, sid, said.turn, spoken, caller)
        self.stage.do(SYSTEM, talking.hung_up, desk.carrier, sid, caller)

    def _handed_in(self, result: Result) -> None:
        """Without a text of its own: by a unit that has written to another matter already."""

        def hand_in(work: Work, ticket: Ticket, unit: str) -> Ticket | None:
            text = result.text or self._written_elsewhere(ticket, unit)
            return handling.submit(work, ticket.number, text) if text else None

        self._by_a_unit(hand_in)

    def _asked(self, asked: Asked) -> None:
        until = (self.stage.now + timedelta(days=asked.days)).date()

        def ask(work: Work, ticket: Ticket, unit: str) -> Ticket:
            if asked.what == "pause":
                return pausing.request(work, ticket.number, asked.text, until)
            return extending.request(work, ticket.number, asked.text)

        self._by_a_unit(ask)

    def _returned(self, returned: Returned) -> None:
        def give_back(work: Work, ticket: Ticket, unit: str) -> Ticket:
            return returning.give_back_to_centre(work, ticket.number, returned.text)

        ticket = self._by_a_unit(give_back)
        if ticket is None or not returned.then:
            return
        dispatcher = self.company.dispatcher(self.company.key_of(ticket.centre_path))
        then = self.company.units[returned.then].id
        if self.stage.attempt(dispatcher, assigning.assign, ticket.number, then) is not None:
            handler = self.company.handler(returned.then)
            self.stage.attempt(handler, returning.give_back_to_centre, ticket.number, returned.again)

    def _by_a_unit(self, step: Callable[[Work, Ticket, str], Ticket | None]) -> Ticket | None:
        """The first matter of which a unit can take this step; each time another one. `step` is told who leads it."""
        for ticket, unit in self._worked_on():
            handler = self.company.handler(self.company.key_of(unit))
            if self.stage.attempt(handler, step, ticket, unit) is not None:
                self.taken.add(ticket.id)
                return ticket
        return None

    def _worked_on(self) -> list[tuple[Ticket, str]]:
        """Tickets with who leads them, the newest first."""
        with self.stage.office.session() as session:
            rows = session.execute(
                sa.select(Ticket, Assignment.unit_path)
                .join(Assignment, Assignment.ticket_id == Ticket.id)
                .where(
                    Ticket.state == State.HANDLING,
                    Ticket.id.not_in(self.taken),
                    Ticket.heat == 1,
                    Assignment.part == Part.LEAD,
                    Assignment.ended_at.is_(None),
                    Assignment.signed_at < self.stage.now,
                )
                .order_by(Ticket.id.desc())
            )
            return [(ticket, path) for ticket, path in rows]

    def _written_elsewhere(self, ticket: Ticket, unit: str) -> str:
        """The unit's newest result of another matter; empty where there is none."""
        rows = self.stage.look(
            sa.select(Ticket.outcome)
            .join(Assignment, Assignment.ticket_id == Ticket.id)
            .where(
                Ticket.id != ticket.id,
                Ticket.outcome != "",
                Assignment.unit_path == unit,
                Assignment.part == Part.LEAD,
                Assignment.submitted_at.is_not(None),
            )
            .order_by(Assignment.id.desc())
            .limit(1)
        )
        return rows[0] if rows else ""

    def _shift(self) -> Shift:
        return Shift(self.stage.office, Redis(), SilentBell(), None, lambda: self.stage.now)  # never called, that Redis
