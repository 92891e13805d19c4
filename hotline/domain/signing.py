"""Signatures of what other systems are told: Standard Webhooks 1.0.0, `v1` (symmetric, HMAC-SHA256)."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

PREFIX = "whsec_"  # before a secret, so that one found in a file is known for what it is
LENGTH = 32  # bytes of a secret; the standard asks for 24 to 64


def secret_of(data: bytes) -> str:
    """A secret as it is handed over."""
    return PREFIX + base64.b64encode(data).decode()


def headers(secret: str, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message. `moment`: of this try, aware; whoever listens refuses what is too old."""
    stamp = str(int(moment.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
