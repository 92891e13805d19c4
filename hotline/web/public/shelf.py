"""What is dear to make and the same for everybody is made once in a while, by one of those who ask for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar, cast

from flask import current_app

from hotline.web.door import now

T = TypeVar("T")

LASTS = timedelta(minutes=5)


class Shelf:
    """One of an application. While something is being made anew, the others are given the old one."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, object]] = {}
        self._locks: dict[str, Lock] = {}

    def fetch(self, name: str, moment: datetime, make: Callable[[], T]) -> T:
        """The thing of that name, at most `LASTS` old or being made anew by somebody else just now."""
        if (fresh := self._fresh(name, moment)) is not None:
            return cast(T, fresh)
        lock = self._locks.setdefault(name, Lock())
        old = self._kept.get(name)
        if not lock.acquire(blocking=old is None):
            assert old is not None
            return cast(T, old[1])
        try:
            if (fresh := self._fresh(name, moment)) is not None:  # somebody was first
                return cast(T, fresh)
            made = make()
            self._kept[name] = (moment, made)
            return made
        finally:
            lock.release()

    def _fresh(self, name: str, moment: datetime) -> object | None:
        made_at, thing = self._kept.get(name, (moment - LASTS, None))
        return thing if abs(moment - made_at) < LASTS else None


def kept(name: str, make: Callable[[], T]) -> T:
    """From this application's shelf, at the moment of the request."""
    shelf: Shelf = current_app.extensions["public_shelf"]
    return shelf.fetch(name, now(), make)
