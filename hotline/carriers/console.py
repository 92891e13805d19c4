"""短信台: no carrier at all. Texts stay on a page; only one to a number that somebody plays there arrives.

In the demo every number is played. Elsewhere those are that are set aside for trying out; a text to anybody else fails
for good, so that it is told on the telephone: nobody may count as answered whom nothing has reached.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from hotline.carriers.base import Callback, Carrier, CarrierError, Forged, Inbound, Receipt, Reply, Sent

SETTINGS: dict[str, str] = {}
OPTIONAL: dict[str, str] = {}
TRIAL = "+861990000"  # what the numbers begin with that are set aside for trying out
NOT_SENT = "没有接入短信通道，短信没有发出，请打电话告知。"


def is_trial(phone: str) -> bool:
    """Whether that number (E.164) is one that is set aside for trying out."""
    return phone.startswith(TRIAL)


def is_connected(carrier: Carrier) -> bool:
    """Whether its texts go to whom they are for; if not, only trial numbers get any."""
    return not isinstance(carrier, ConsoleCarrier) or carrier.trying_out


def reaches(carrier: Carrier, phone: str) -> bool:
    """Whether a text to that number (E.164) can arrive at all."""
    return is_connected(carrier) or is_trial(phone)


class ConsoleCarrier:
    """Delivers at once to numbers that are played: the console page reads the outbox itself, and nobody calls back."""

    name = "console"
    at_once = 1
    fills_templates = False

    def __init__(self, *, trying_out: bool = False) -> None:
        """`trying_out`: the demo, where whoever is written to is played."""
        self.trying_out = trying_out

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        """Taken and delivered to a number that is played. Raises CarrierError for any other."""
        if not reaches(self, to):
            raise CarrierError("no_carrier", NOT_SENT, final=True)
        return Sent(sid=f"console-{uuid.uuid4().hex}", delivered=True)

    def fetch(self, url: str) -> tuple[bytes, str]:
        """There is nothing to fetch from."""
        raise CarrierError("no_media", "控制台短信没有可下载的图片。", final=True)

    def verify(self, callback: Callback) -> None:
        """No network, so no callback is genuine."""
        raise Forged("没有接入短信运营商，不接收回调。")

    def hear(self, callback: Callback) -> Sequence[Inbound]:
        """Never."""
        return ()

    def receipts(self, callback: Callback) -> Sequence[Receipt]:
        """Never."""
        return ()

    def answer(self, callback: Callback) -> Reply:
        """Never."""
        return Reply()
