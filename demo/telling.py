"""Puts a matter into somebody's words: a text message, a letter on the web, a telephone call, an official note."""

from __future__ import annotations

from random import Random

from demo.cast import Matter, dialogues, phrases
from demo.plotting import Slots


def tell_sms(rng: Random, matter: Matter, slots: Slots) -> str:
    return (rng.choice(matter.sms) + rng.choice(phrases()["sms"]["closers"])).format(**slots)


def tell_web(rng: Random, matter: Matter, slots: Slots) -> str:
    words = phrases()["web"]
    return (rng.choice(words["openers"]) + matter.web + rng.choice(words["closers"])).format(**slots)


def tell_staff(rng: Random, matter: Matter, slots: Slots, source: str) -> str:
    web = matter.web.format(**slots)
    spoken = "".join(matter.said).format(**slots)
    return str(rng.choice(phrases()["staff"][source])).format(**{**slots, "web": web, "said": spoken})


def tell_phone(rng: Random, matter: Matter, slots: Slots, place_kind: str, who: str, night: bool) -> str:
    """A transcript 坐席/市民 by one of the dialogues for this sort of caller, kind of place and time of day."""
    fitting = [d for d in dialogues() if d.who == who and place_kind in d.at and (night or not d.night)]
    frame = rng.choice(fitting).text
    first, second = (line.format(**slots) for line in matter.said)
    return frame.format(**{**slots, "first": first, "second": second})
