"""Many hands at once: threads that wait for each other at a barrier, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.domain.errors import HotlineError
from hotline.services.work import Work
from tests.city import City

T = TypeVar("T")
Deed = Callable[[Work], object]

PATIENCE = 120  # seconds: a busy machine starts the last thread late, and only what fails waits so long


def together(*acts: Callable[[], T]) -> list[T]:
    """All start at the same moment; what each gave. When all have ended the first exception of any is raised."""
    barrier = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], T]) -> T:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [hand.result() for hand in [pool.submit(run, act) for act in acts]]


def doing(service: Callable[..., object], *args: object, **more: object) -> Deed:
    """The service, to be called with these words."""
    return lambda work: service(work, *args, **more)


def at_once(city: City, deeds: Sequence[tuple[str | Actor, Deed]]) -> list[Any]:
    """Do them all at the same moment; what each gave, or the HotlineError that it was refused with.

    Every transaction is open and has read something before any of them goes on. What is not a HotlineError, a
    deadlock among them, is raised.
    """
    barrier = threading.Barrier(len(deeds), timeout=PATIENCE)
    with ThreadPoolExecutor(len(deeds)) as pool:
        hands = [pool.submit(_act, city, barrier, who, deed) for who, deed in deeds]
        return [hand.result() for hand in hands]


def _act(city: City, barrier: threading.Barrier, who: str | Actor, deed: Deed) -> object:
    try:
        with city.work(who) as work:
            work.session.execute(sa.text("SELECT 1"))
            barrier.wait()
            return deed(work)
    except HotlineError as refusal:
        return refusal


def refused(results: Sequence[object]) -> list[HotlineError]:
    """Those that were told no."""
    return [each for each in results if isinstance(each, HotlineError)]


def done(results: Sequence[object]) -> list[object]:
    """Those that went through."""
    return [each for each in results if not isinstance(each, HotlineError)]
