"""What a carrier of texts must be able to do: hand a text over, and understand what the network calls back.

A carrier is one module with `SETTINGS`, `OPTIONAL` and `open_carrier` (docs/carriers.md). It knows nothing of the
database, of the web server or of the environment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Sent:
    """The carrier has taken the text over. `delivered` where it says so at once, without a receipt."""

    sid: str
    delivered: bool = False


class CarrierError(Exception):
    """The text was not taken. `final`: trying again will not help (no such number, blocked, 退订).

    `unsubscribed`: the carrier itself keeps 退订 for that number, and sends nothing more to it. `wait`: how many
    seconds the carrier asks to be left alone.
    """

    def __init__(self, code: str, message: str, *, final: bool, unsubscribed: bool = False, wait: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.final = final
        self.unsubscribed = unsubscribed
        self.wait = wait


@dataclass(frozen=True)
class Callback:
    """One request of the carrier's to our server, as far as a carrier needs to see it."""

    method: str  # GET or POST
    url: str  # the public one with its query, whatever address a proxy has called us by
    about: str  # what follows /carriers/<name>/
    headers: Mapping[str, str]  # names in lower case
    form: Mapping[str, str]  # of a POST with a form; else what stands in the query
    body: bytes  # as it came; empty where a form was read


@dataclass(frozen=True)
class Inbound:
    """A text from a citizen. `sid` is the carrier's id of it, which no other text has, whether in or out.

    `media`: https addresses of pictures that `fetch` gets. `opt_out`: STOP, START or HELP where the carrier has
    understood that word by itself, and answered it.
    """

    sid: str
    sender: str
    text: str
    media: tuple[str, ...] = ()
    opt_out: str = ""


class Fate(StrEnum):
    """What has become of a text, as far as anything follows from it. Nothing else is worth a receipt."""

    SENT = "sent"  # the network has it
    DELIVERED = "delivered"  # the telephone has it
    FAILED = "failed"  # it never will


@dataclass(frozen=True)
class Receipt:
    """状态报告: what became of one text of ours, named by our own token, or by the carrier's id if it knows no other.

    A receipt with our token finds its text also when it is faster than the answer to `send`; that with an id may not.
    """

    fate: Fate | None  # None: it is still on its way
    token: str = ""
    sid: str = ""
    error: str = ""
    unsubscribed: bool = False


@dataclass(frozen=True)
class Reply:
    """What a callback that was taken is answered with. One that was not taken is answered 4xx or 5xx by the door."""

    body: str = ""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


class Forged(Exception):
    """The callback is not the carrier's. The message is Chinese and says what to check."""


class Unreadable(Exception):
    """The callback is the carrier's, but cannot be understood. The message is Chinese."""


class Carrier(Protocol):
    """`to` and the sender of a text are E.164. Safe to use from several threads."""

    name: str
    at_once: int  # how many texts it is handed at the same time
    fills_templates: bool  # it sends approved templates: `fields` must be kept until the text is sent

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        """Hand one text over. Raises CarrierError. Never called inside a transaction.

        `token`: our own id, for the address of the receipt or as the carrier's "out id". `body` is the whole text with
        its signature; `wording` and `fields` are what it was made of, for carriers that send approved templates only.
        """
        ...

    def fetch(self, url: str) -> tuple[bytes, str]:
        """A picture that came with a text: its bytes and media type. Raises CarrierError."""
        ...

    def verify(self, callback: Callback) -> None:
        """Raises Forged for what the carrier has not sent itself. Asked first, always."""
        ...

    def hear(self, callback: Callback) -> Sequence[Inbound]:
        """上行短信 in the callback, none if it is about something else. Raises Unreadable."""
        ...

    def receipts(self, callback: Callback) -> Sequence[Receipt]:
        """状态报告 in the callback, none if it is about something else. Raises Unreadable."""
        ...

    def answer(self, callback: Callback) -> Reply:
        """What tells the carrier that it need not call again about this."""
        ...
