"""What every request brings: the office, its moment, its actor. Only here does `hotline.web` ask the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import cast

from flask import current_app, g
from flask_login import current_user

from hotline.domain.actors import Actor, a_citizen
from hotline.domain.errors import NotAllowed
from hotline.office import Office
from hotline.services.work import Work


def office() -> Office:
    """The parts of this city."""
    return cast(Office, current_app.extensions["hotline"])


def now() -> datetime:
    """The moment of the request: one for all that is done in it. The app's clock can be turned in tests."""
    if "now" not in g:
        clock = current_app.config.get("CLOCK")
        g.now = clock() if clock else datetime.now(UTC)
    return cast(datetime, g.now)


def today() -> date:
    """The city's day of the request."""
    return now().astimezone(current_app.config["ZONE"]).date()


def actor() -> Actor:
    """The person or client of this request. Raises NotAllowed for nobody: such a view must use `citizen_work`."""
    if "actor" in g:
        return cast(Actor, g.actor)
    if current_user.is_authenticated:
        return cast(Actor, current_user.actor)
    raise NotAllowed("请先登录。", code="not_logged_in")


@contextmanager
def work(*, at_once: bool = False) -> Iterator[Work]:
    """The transaction of this request, in the name of who is logged in. `at_once`: it writes one statement only."""
    with office().work(actor(), now(), at_once=at_once) as unit:
        yield unit


@contextmanager
def citizen_work(citizen_id: int | None = None) -> Iterator[Work]:
    """The transaction of a citizen's request: whose the complaint is has been proved by its key."""
    with office().work(a_citizen(citizen_id), now()) as unit:
        yield unit
