"""Applications that outlast a test: to make one takes as long as a page or two, and its templates are read anew.

Whoever asks for one has it to himself until his city is given back. It is then as it was made: settings and views are
put back, and what a test does to its rows or its clock was never in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask

from hotline.web.app import create_app
from hotline.web.limits import limiter
from tests.city import City

Key = tuple[Any, ...]

#: What an application remembers of the city for a while; what it has not been given when it is made is forgotten, too.
MEMORIES = ("public_shelf", "desk_numbers")


@dataclass(frozen=True)
class Made:
    """An application, and what tests turn on it as it was."""

    key: Key
    app: Flask
    config: dict[str, Any]
    views: dict[str, Callable[..., Any]]
    extensions: dict[str, Any]


_free: dict[Key, list[Made]] = defaultdict(list)
_lent: dict[City, list[Made]] = defaultdict(list)


def lend(city: City, *, secret_key: str, proxies: int = 0) -> Flask:
    """The application on the city's database, with the city's clock. Which pages it has hangs on who carries texts and
    calls, and how it writes times on the zone."""
    office = city.office
    telephone = office.switchboard and office.switchboard.carrier is not None
    key = (secret_key, proxies, office.site, str(office.zone), office.carrier.name, telephone)
    made = _free[key].pop() if _free[key] else _make(key, city)
    _lent[city].append(made)
    made.app.config.clear()
    made.app.config.update(made.config, CLOCK=_clock_of(city))
    made.app.view_functions = dict(made.views)
    made.app.extensions.clear()
    made.app.extensions.update(made.extensions, hotline=office)
    for name in MEMORIES:
        made.app.extensions[name] = type(made.extensions[name])()
    return made.app


def give_back(city: City) -> None:
    """What was lent to this city may be another's."""
    for made in _lent.pop(city, []):
        _free[made.key].append(made)


def new(city: City, *, secret_key: str, **more: Any) -> Flask:
    """One of its own, for settings of its own: with another Redis all that were made before would count there, too."""
    _free.clear()
    _lent.clear()
    limiter.enabled = True
    return create_app(city.office, secret_key=secret_key, clock=_clock_of(city), **more)


def _make(key: Key, city: City) -> Made:
    secret_key, proxies, *_ = key
    limiter.enabled = True  # else it would never count in this application
    app = create_app(city.office, secret_key=secret_key, proxies=proxies)
    return Made(key, app, dict(app.config), dict(app.view_functions), dict(app.extensions))


def _clock_of(city: City) -> Callable[[], datetime]:
    return lambda: city.now
