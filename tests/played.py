"""Histories that are played once: whoever needs one again has its rows brought back, and its hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.city import City
from tests.databases import Founded


class Played:
    """The histories that have been played on a database."""

    def __init__(self, founded: Founded) -> None:
        self._founded = founded
        self._hours: dict[str, datetime] = {}

    def on(self, city: City, play: Callable[[City], None]) -> City:
        """The city after that history, known by the name of who plays it; nothing but rows and the clock may be
        different afterwards."""
        name = f"{play.__module__}.{play.__qualname__}".replace(".", "_").lower()
        if name in self._hours:
            self._founded.put_back(name)
            city.now = self._hours[name]
        else:
            play(city)
            self._founded.remember(name)
            self._hours[name] = city.now
        return city
