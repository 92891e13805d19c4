"""The workers' work, done at once and at the city's clock: what the queue would do a moment later."""

from __future__ import annotations

from redis import Redis

from hotline.bell import SilentBell
from tests.city import City
from workers import batches
from workers.shift import Shift


def shift_of(city: City) -> Shift:
    """A worker's shift at the city's clock, without quiet hours."""
    nobody = Redis(port=1)  # never spoken to: the batches are called, not queued
    return Shift(office=city.office, redis=nobody, bell=SilentBell(), quiet=None, clock=lambda: city.now)


def deliver_everything(city: City) -> None:
    """Every text that is due leaves, and what follows from its arrival happens."""
    while batches.deliver(shift_of(city)):
        pass
