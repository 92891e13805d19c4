"""The carrier for trying out: texts go to a page instead of a telephone network, and are delivered at once."""

from __future__ import annotations

import uuid

from hotline.carriers.base import CarrierError, Sent


class ConsoleCarrier:
    """Takes every text and delivers it; the console page reads the outbox itself. Pictures have no network address."""

    name = "console"
    at_once = 1

    def send(self, to: str, body: str, token: str) -> Sent:
        """Taken and delivered."""
        return Sent(sid=f"console-{uuid.uuid4().hex}", delivered=True)

    def fetch(self, url: str) -> tuple[bytes, str]:
        """There is nothing to fetch from."""
        raise CarrierError("no_media", "控制台短信没有可下载的图片。", final=True)
