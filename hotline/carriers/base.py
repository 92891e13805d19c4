"""What a carrier of texts must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Sent:
    """The carrier has taken the text over. `delivered` where it says so at once, without a receipt."""

    sid: str
    delivered: bool = False


class CarrierError(Exception):
    """The text was not taken. `final`: trying again will not help (no such number, blocked, 退订)."""

    def __init__(self, code: str, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.code = code
        self.final = final


class Carrier(Protocol):
    """`to` and `from` are E.164. `token` is our own id, for the address of the receipt."""

    name: str
    at_once: int  # how many texts it is handed at the same time

    def send(self, to: str, body: str, token: str) -> Sent:
        """Hand one text over. Raises CarrierError. Never called inside a transaction."""
        ...

    def fetch(self, url: str) -> tuple[bytes, str]:
        """A picture that came with a text: its bytes and media type. Raises CarrierError."""
        ...
