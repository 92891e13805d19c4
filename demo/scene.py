"""What a month is made of: scenes (somebody complains) and their plots (what becomes of it).

Durations are `timedelta` after the step before. Where a limit decides (sign, handle, explain) the plot gives a *share*
of that limit instead, so that careful and late stay so under any policy: 0.6 = with 40 % left, 1.3 = late, None = not
done. Steps that fall behind the end of the played time are simply not played: the month's tail stays unfinished.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Returned:
    """退单: `unit` had it, gives it back `after` the dispatch; it is dispatched again `again_after` the consent."""

    unit: str
    after: timedelta
    reason: str
    again_after: timedelta


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that somebody else decides: extension 延期 (asked at `share` of the limit), pause 挂账, appeal 申诉.

    `days` is the length of a pause.
    """

    share: float
    reason: str
    granted: bool
    decided_after: timedelta
    answer: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class SentBack:
    """核查不通过: what was submitted first, why it came back, and how long until it is submitted properly."""

    result: str
    reason: str
    again_after: timedelta


@dataclass(frozen=True, slots=True)
class Supervised:
    """督办 by a person, `after` the dispatch (by the clock it needs no plot)."""

    after: timedelta
    ground: str  # leader, repeated
    demand: str


@dataclass(frozen=True, slots=True)
class Declining:
    reason: str
    channel: str


@dataclass(frozen=True, slots=True)
class Surveyed:
    """回访: `score` 1 (不满意) to 5 (非常满意)."""

    after: timedelta
    solved: bool
    score: int
    comment: str


@dataclass(frozen=True, slots=True)
class Reworked:
    """重办: the citizen says 未解决 `after` the reply; the unit submits at `share` of the new limit, or not at all."""

    after: timedelta
    words: str
    share: float | None
    result: str
    reply: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What happens to one complaint. Texts of units contain `{day}`: see `dated`."""

    accept_after: timedelta
    dispatch_after: timedelta = timedelta(minutes=10)
    void: str | None = None
    declined: Declining | None = None
    answer: str | None = None  # answered directly
    merge: bool = False  # joins the ticket of `Scene.duplicates_of`
    told: bool = False  # same person, nothing new: told the state of `Scene.same_person_repeat`
    withdrawn: str | None = None  # the citizen's words, after the unit has signed
    returned: tuple[Returned, ...] = ()
    designated: bool = False  # 指定承办 at the last dispatch
    sign_share: float | None = None
    transfer_to: str | None = None
    transfer_after: timedelta = timedelta(minutes=20)
    extension: Asked | None = None
    pause: Asked | None = None
    supervised: Supervised | None = None
    explanation: str | None = None  # given if a 督办 asks for it
    explain_share: float | None = None
    submit_share: float | None = None
    result: str = ""
    sent_back: SentBack | None = None
    check_after: timedelta = timedelta(hours=2)
    reply_after: timedelta = timedelta(hours=1)
    reply: str = ""
    survey: Surveyed | None = None
    rework: Reworked | None = None
    appeal: Asked | None = None

    @property
    def kinds(self) -> frozenset[str]:
        """The turns this plot takes, by the names of its fields, and `late`, `never`, `never_signed`."""
        turns = {name for name in TURNS if getattr(self, name)}
        if self.sign_share is not None:
            turns |= {"late"} if (self.submit_share or 0) > 1 else set()
            turns |= {"never"} if self.submit_share is None and not self.withdrawn else set()
            turns |= {"late_signed"} if self.sign_share > 1 else set()
        return frozenset(turns)


TURNS = (
    *("void", "declined", "answer", "merge", "told", "withdrawn", "returned", "designated", "transfer_to"),
    *("extension", "pause", "supervised", "explanation", "sent_back", "survey", "rework", "appeal"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody complains. `duplicates_of` and `same_person_repeat` are indexes of earlier scenes of the same month."""

    arrives: datetime  # aware, city time
    channel: str  # web, sms, phone, staff
    source: str  # citizen, leader, petition, media, opinion, inspection
    matter: str
    title: str
    text: str
    place: str
    area: str
    lat: float
    lon: float
    caller: str | None
    phone: str | None
    wants_reply: bool
    confidential: bool
    anonymous: bool
    category: str
    type: str
    urgency: str
    unit: str
    assist: tuple[str, ...]
    plot: Plot
    duplicates_of: int | None = None
    same_person_repeat: int | None = None
    language: str = "zh"
    photo: str | None = None  # what the citizen has photographed …
    evidence: str | None = None  # … and the unit, when it was done; a kind of `demo/photos.py`
    variant: int = 0  # which street the photos show
    me_too: bool = False  # says "me too" to the first one's matter, if it can be joined by then


def dated(text: str, day: date) -> str:
    """The unit's text with the day on which the step is really taken (city time)."""
    return text.replace("{day}", f"{day.month}月{day.day}日")
