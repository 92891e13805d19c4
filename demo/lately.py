"""What several people have complained of in the last days of the play, and is still open at its end: `lately.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from demo.cast import HERE
from demo.scene import Plot, Scene

ACCEPTED_AFTER = timedelta(minutes=9)
NOT_YET = timedelta(days=365)  # longer than any play goes on


@dataclass(frozen=True, slots=True)
class Voice:
    """One who complains, `ago` hours before the end. Without a text the words are put together as for any call."""

    ago: float
    channel: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One matter at one place, by the key in `matters/*.toml` and the name in `places.toml`; the first voice first."""

    matter: str
    category: str
    place: str
    voice: tuple[Voice, ...]


@cache
def groups() -> tuple[Group, ...]:
    """All of them, as written."""
    raw = tomllib.loads((HERE / "lately.toml").read_text(encoding="utf-8"))
    return tuple(Group(**{**each, "voice": tuple(Voice(**one) for one in each["voice"])}) for each in raw["group"])


def moment(voice: Voice, ends: datetime) -> datetime:
    """When it comes."""
    return ends - timedelta(hours=voice.ago)


def begun(scene: Scene, group: Group, voice: Voice) -> Scene:
    """The first voice: taken on, signed, and not done by the end."""
    plot = Plot(ACCEPTED_AFTER, sign_share=0.4, result=scene.plot.result, reply=scene.plot.reply)
    return _told(scene, group, voice, plot)


def joined(scene: Scene, group: Group, voice: Voice, first: int) -> Scene:
    """Another voice: joined to the scene at index `first`, or, if it is the last one, not yet looked at."""
    looked_at = NOT_YET if voice is group.voice[-1] else ACCEPTED_AFTER
    plot = Plot(looked_at, merge=True, reply=scene.plot.reply)
    return replace(_told(scene, group, voice, plot), duplicates_of=first)


def _told(scene: Scene, group: Group, voice: Voice, plot: Plot) -> Scene:
    text = voice.text or scene.text
    return replace(scene, text=text, category=group.category, confidential=False, plot=plot)
