"""What a citizen's browser remembers in its signed session: receipts just given, complaints opened with their key."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import session

OPEN_FOR = timedelta(hours=12)
MOST = 8  # complaints remembered; a cookie is small


def give_receipt(number: str, key: str, now: datetime) -> None:
    """The receipt may be shown again in this browser, and the complaint is open."""
    receipts: dict[str, str] = session.get("receipts", {})
    session["receipts"] = dict([*((n, k) for n, k in receipts.items() if n != number), (number, key)][-MOST:])
    open_up(number, now)


def receipt(number: str) -> str | None:
    """The key on the receipt of that number, if it was given to this browser."""
    receipts: dict[str, str] = session.get("receipts", {})
    return receipts.get(number)


def open_up(number: str, now: datetime) -> None:
    """The key was right."""
    opened: dict[str, int] = session.get("opened", {})
    until = int((now + OPEN_FOR).timestamp())
    session["opened"] = dict([*((n, u) for n, u in opened.items() if n != number), (number, until)][-MOST:])


def is_open(number: str, now: datetime) -> bool:
    """Whether this browser has shown the key of that complaint lately."""
    opened: dict[str, int] = session.get("opened", {})
    return opened.get(number, 0) > now.timestamp()


def forget(number: str) -> None:
    """Somebody else may use this telephone next."""
    for name in ("receipts", "opened"):
        kept = dict(session.get(name, {}))
        kept.pop(number, None)
        session[name] = kept
