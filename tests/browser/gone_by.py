"""A month of the tests' city that is over and frozen, for what is looked at in a browser."""

from __future__ import annotations

from tests.city import City, at
from tests.freezing import freeze, restate


def october(city: City) -> None:
    """One matter was not done; November has begun. The report was restated once."""
    city.handling(text="香溪路口路灯不亮三天了", area="城中区")
    city.now = at("2026-11-03 09:00")
    freeze(city)
    restate(city)
