"""The carrier for trying out: texts go to a page instead of a telephone network, and are delivered at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from hotline.carriers.base import Callback, CarrierError, Forged, Inbound, Receipt, Reply, Sent

SETTINGS: dict[str, str] = {}
OPTIONAL: dict[str, str] = {}


class ConsoleCarrier:
    """Takes every text and delivers it; the console page reads the outbox itself, and nobody calls back."""

    name = "console"
    at_once = 1
    fills_templates = False

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        """Taken and delivered."""
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


def open_carrier(settings: Mapping[str, str], site: str) -> ConsoleCarrier:
    """It has no settings."""
    return ConsoleCarrier()
