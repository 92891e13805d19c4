"""Decides what becomes of a complaint: by the matter, and by how carefully the unit works."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from demo.cast import Care, City, Matter, phrases
from demo.scene import Asked, Declining, Plot, Returned, Reworked, SentBack, Supervised, Surveyed

Slots = dict[str, Any]


def minutes(rng: Random, low: int, high: int) -> timedelta:
    return timedelta(minutes=rng.randint(low, high))


def said(rng: Random, frames: list[str], slots: Slots) -> str:
    """One of the frames, filled; {day} stays."""
    return rng.choice(frames).format(**slots)


def plot_of(rng: Random, city: City, matter: Matter, unit: str, source: str, slots: Slots, reachable: bool) -> Plot:
    """The plot of a first complaint. `slots` also holds title, found, done, caller and the unit's contact."""
    accept_after = minutes(rng, 2, 28) if rng.random() > 0.03 else minutes(rng, 90, 420)
    if matter.void:
        return Plot(accept_after, void=matter.void)
    survey = _survey(rng, solved=True) if reachable and rng.random() < 0.62 else None
    if matter.declined:
        declining = Declining(matter.declined.reason, matter.declined.channel)
        return Plot(accept_after, declined=declining, reply=matter.declined.reply.format(**slots))
    if matter.answer:
        answer = said(rng, phrases()["reply"]["direct"], {**slots, "answer": matter.answer.format(**slots)})
        return Plot(accept_after, answer=answer, reply=answer, survey=survey)
    return _handled(rng, city, unit, source, slots, accept_after, survey, reachable)


def _handled(
    rng: Random,
    city: City,
    unit: str,
    source: str,
    slots: Slots,
    accept_after: timedelta,
    survey: Surveyed | None,
    reachable: bool,
) -> Plot:
    care = city.care_of(unit)
    share = _share(rng, care)
    late = share is None or share > 1
    extension = _extension(rng, slots) if not late and rng.random() < care.extension else None
    if extension and extension.granted and share is not None:
        share += 0.6
    pause = _pause(rng, slots) if not late and not extension and rng.random() < 0.022 else None
    returned = _returned(rng, city, unit, slots, care)
    supervised = _supervised(rng, slots) if source == "leader" or rng.random() < 0.015 else None
    withdrawn = said(rng, phrases()["citizen"]["withdrawn"], slots) if reachable and rng.random() < 0.018 else None
    stations = city.stations_of(unit)
    rework = _rework(rng, slots, share) if reachable and not late and rng.random() < 0.05 + care.poor / 4 else None
    if survey and (late or rework):
        survey = _survey(rng, solved=not rework and rng.random() < 0.7)
    return Plot(
        accept_after=accept_after,
        dispatch_after=minutes(rng, 4, 26) if rng.random() > 0.03 else minutes(rng, 120, 400),
        withdrawn=withdrawn,
        returned=returned,
        designated=any(turn.unit == unit for turn in returned),
        sign_share=rng.uniform(1.1, 3) if rng.random() < care.sign_late else rng.uniform(0.05, 0.8),
        transfer_to=rng.choice(stations) if stations and rng.random() < 0.35 else None,
        transfer_after=minutes(rng, 5, 50),
        extension=extension,
        pause=pause,
        supervised=supervised,
        explanation=said(rng, phrases()["supervised"]["explanation"], slots) if late or supervised else None,
        explain_share=None if share is None else rng.uniform(0.3, 1.2),
        submit_share=None if withdrawn else share,
        result=said(rng, phrases()["result"]["frames"], slots),
        sent_back=_sent_back(rng, slots) if share is not None and rng.random() < care.poor else None,
        check_after=minutes(rng, 15, 300),
        reply_after=minutes(rng, 5, 240),
        reply=said(rng, phrases()["reply"]["frames"], slots),
        survey=survey,
        rework=rework,
        appeal=_appeal(rng, slots) if late and share is not None and rng.random() < 0.3 else None,
    )


def _share(rng: Random, care: Care) -> float | None:
    """At what share of the limit the unit submits."""
    luck = rng.random()
    if luck < care.never:
        return None
    return rng.uniform(1.05, 2.4) if luck < care.never + care.late else rng.triangular(0.12, 0.97, 0.6)


def _returned(rng: Random, city: City, unit: str, slots: Slots, care: Care) -> tuple[Returned, ...]:
    """Sent to the wrong unit first, or disputed by the right one; now and then both."""
    words = phrases()["returned"]
    turns = []
    if rng.random() < 0.035:
        parent = city.units[unit].parent
        beside = [u.key for u in city.units.values() if u.kind == "department" and u.parent == parent]
        wrong = rng.choice([key for key in beside if key != unit])
        reason = said(rng, words["reasons"], {**slots, "right": city.units[unit].name})
        turns.append(Returned(wrong, minutes(rng, 25, 150), reason, minutes(rng, 5, 60)))
    if rng.random() < care.returned:
        reason = said(rng, words["disputed"], slots)
        turns.append(Returned(unit, minutes(rng, 30, 180), reason, minutes(rng, 5, 60)))
    return tuple(turns)


def _extension(rng: Random, slots: Slots) -> Asked:
    words, granted = phrases()["extension"], rng.random() < 0.75
    answer = said(rng, words["granted" if granted else "refused"], slots)
    return Asked(rng.uniform(0.4, 0.7), said(rng, words["reasons"], slots), granted, minutes(rng, 10, 90), answer)


def _pause(rng: Random, slots: Slots) -> Asked:
    words, granted = phrases()["pause"], rng.random() < 0.8
    answer = said(rng, words["granted" if granted else "refused"], slots)
    reason = said(rng, words["reasons"], slots)
    return Asked(rng.uniform(0.2, 0.6), reason, granted, minutes(rng, 20, 200), answer, days=rng.randint(4, 45))


def _supervised(rng: Random, slots: Slots) -> Supervised:
    demand = said(rng, phrases()["supervised"]["leader"], slots)
    return Supervised(minutes(rng, 60, 900), "leader", demand)


def _sent_back(rng: Random, slots: Slots) -> SentBack:
    reason = said(rng, phrases()["sent_back"]["reasons"], slots)
    return SentBack(said(rng, phrases()["result"]["poor"], slots), reason, minutes(rng, 120, 1400))


def _rework(rng: Random, slots: Slots, share: float | None) -> Reworked:
    words = phrases()["citizen"]
    return Reworked(
        after=minutes(rng, 180, 4000),
        words=said(rng, words["rework"], slots),
        share=share,
        result=words["redone"].format(**slots),
        reply=said(rng, phrases()["reply"]["frames"], slots),
    )


def _appeal(rng: Random, slots: Slots) -> Asked:
    words, granted = phrases()["appeal"], rng.random() < 0.4
    answer = said(rng, words["upheld" if granted else "rejected"], slots)
    return Asked(0, said(rng, words["reasons"], slots), granted, minutes(rng, 300, 2500), answer)


def _survey(rng: Random, solved: bool) -> Surveyed:
    words = phrases()["citizen"]
    if not solved:
        return Surveyed(minutes(rng, 60, 2400), False, rng.choice([1, 1, 2, 2, 3]), rng.choice(words["poor"]))
    score = rng.choice([5, 5, 5, 4, 4, 4, 3])
    return Surveyed(minutes(rng, 60, 2400), True, score, rng.choice(words["good" if score > 3 else "fair"]))
