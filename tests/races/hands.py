"""Eight hands at once: threads that wait for each other at a barrier, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from hotline.domain.actors import Actor
from hotline.domain.errors import HotlineError
from hotline.services.work import Work
from tests.city import City

Deed = Callable[[Work], object]


def doing(service: Callable[..., object], *args: object, **more: object) -> Deed:
    """The service, to be called with these words."""
    return lambda work: service(work, *args, **more)


def at_once(city: City, deeds: Sequence[tuple[str | Actor, Deed]]) -> list[Any]:
    """Do them all at the same moment; what each gave, or the HotlineError that it was refused with.

    Every transaction is open and has read something before any of them goes on. What is not a HotlineError, a
    deadlock among them, is raised.
    """
    barrier = threading.Barrier(len(deeds), timeout=20)
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
