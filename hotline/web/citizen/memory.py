"""What a citizen's browser remembers in its signed session: receipts just given, complaints opened with their key."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import session

from hotline.services.vault import hash_key

OPEN_FOR = timedelta(hours=12)
MOST = 8  # complaints remembered; a cookie is small
MARK = 12  # letters of the key's hash: which key it was that opened the complaint


def give_receipt(number: str, key: str, now: datetime) -> None:
    """The receipt may be shown again in this browser, and the complaint is open."""
    receipts: dict[str, str] = session.get("receipts", {})
    session["receipts"] = dict([*((n, k) for n, k in receipts.items() if n != number), (number, key)][-MOST:])
    open_up(number, key, now)


def receipt(number: str) -> str | None:
    """The key on the receipt of that number, if it was given to this browser."""
    receipts: dict[str, str] = session.get("receipts", {})
    return receipts.get(number)


def give_new_key(number: str, key: str, now: datetime) -> None:
    """The same for a key that takes the place of a lost one. It is shown once."""
    give_receipt(number, key, now)
    session["new_key"] = number


def take_new_key(number: str) -> str | None:
    """The key to be shown, the first time that it is asked for."""
    if session.get("new_key") != number:
        return None
    session.pop("new_key")
    return receipt(number)


def open_up(number: str, key: str, now: datetime) -> None:
    """The key was right."""
    if (given := receipt(number)) is not None and hash_key(given) != hash_key(key):
        _drop("receipts", number)  # its key was replaced by this one
    opened: dict[str, list[object]] = session.get("keys", {})
    entry = [int((now + OPEN_FOR).timestamp()), hash_key(key)[:MARK]]
    session["keys"] = dict([*((n, e) for n, e in opened.items() if n != number), (number, entry)][-MOST:])


def is_open(number: str, now: datetime) -> bool:
    """Whether this browser has shown the key of that complaint lately."""
    return number in opened(now)


def holds(number: str, key_hash: str) -> bool:
    """Whether the key that it has shown is still the one of the complaint: a lost one may have been replaced."""
    _, mark = session.get("keys", {}).get(number, (0, ""))
    return bool(mark) and key_hash.startswith(mark)


def holds_any(number: str, key_hash: str) -> bool:
    """The same, also of a receipt whose time to open the complaint is over."""
    key = receipt(number)
    return holds(number, key_hash) or (key is not None and hash_key(key) == key_hash)


def had_key(number: str) -> bool:
    """Whether it was this browser that once had a key of that complaint, whether or not it is the key still."""
    return number in session.get("receipts", {}) or number in session.get("keys", {})


def opened(now: datetime) -> list[str]:
    """The numbers of all complaints that this browser has opened lately."""
    return [number for number, (until, _) in session.get("keys", {}).items() if until > now.timestamp()]


def forget(number: str) -> None:
    """Somebody else may use this telephone next."""
    for name in ("receipts", "keys"):
        _drop(name, number)


def _drop(name: str, number: str) -> None:
    kept = dict(session.get(name, {}))
    kept.pop(number, None)
    session[name] = kept
