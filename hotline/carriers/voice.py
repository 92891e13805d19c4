"""What a carrier of calls must be able to do: say who has called and what was understood, and speak.

It puts the caller's words into text as they are spoken, a turn at a time, and calls back about each. It knows nothing
of the database, of the web server or of what is said (docs/voice.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hotline.carriers.base import Callback, Reply
from hotline.domain.interviewing import Script


@dataclass(frozen=True)
class Ringing:
    """Somebody calls. `sid` is the carrier's id of the call; `caller` as the network gives it, empty where withheld."""

    sid: str
    caller: str = ""


@dataclass(frozen=True)
class Said:
    """A turn has been spoken: no text where nothing was understood. `confidence`: 0 to 1, where the carrier tells."""

    sid: str
    caller: str
    number: int
    text: str = ""
    keys: str = ""
    confidence: float | None = None


@dataclass(frozen=True)
class Partial:
    """The beginning of a turn; the highest `sequence` is the newest, whichever comes last."""

    sid: str
    number: int
    sequence: int
    text: str


@dataclass(frozen=True)
class HandedOver:
    """转人工 has ended. `reached`: somebody spoke with the caller."""

    sid: str
    reached: bool


@dataclass(frozen=True)
class Ended:
    """The call is over, whoever has hung up."""

    sid: str
    caller: str = ""


@dataclass(frozen=True)
class Recorded:
    """The recording can be heard at the carrier, by this reference."""

    sid: str
    reference: str


News = Ringing | Said | Partial | HandedOver | Ended | Recorded


@dataclass(frozen=True)
class Speech:
    """What is to be said, and what then: listen for turn `listen_for`, or hand over to one of `seats` (E.164), or, with
    neither, hang up. `greets`: it is the first thing said."""

    text: str
    listen_for: int = 0
    seats: Sequence[str] = ()
    greets: bool = False


class VoiceCarrier(Protocol):
    """Safe to use from several threads."""

    name: str

    def verify(self, callback: Callback) -> None:
        """Raises Forged for what the carrier has not sent itself. Asked first, always."""
        ...

    def read(self, callback: Callback) -> News | None:
        """What the callback tells; None for what nothing follows from. Raises Unreadable."""
        ...

    def speak(self, speech: Speech) -> Reply:
        """The answer to a callback that waits for one."""
        ...

    def note(self) -> Reply:
        """The answer to a callback that only tells."""
        ...


@dataclass(frozen=True)
class Switchboard:
    """总机: what is said to callers, who can take over, and the carrier that their calls come by, if any does.

    `seats`: E.164.
    """

    script: Script
    seats: tuple[str, ...] = ()
    carrier: VoiceCarrier | None = None
