"""Nobody waits for ever: a deadlock, or a lock that is never let go, is an error that fails the test."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.city import City

PATIENCE = {"lock_timeout": "10s", "statement_timeout": "20s", "deadlock_timeout": "500ms"}


@pytest.fixture
def city(city: City) -> City:
    """The city, on connections that lose their patience."""
    name = sa.make_url(city.database_url).database
    with city.office.session() as session:
        for setting, length in PATIENCE.items():
            session.execute(sa.text(f"ALTER DATABASE \"{name}\" SET {setting} = '{length}'"))
    city.office.engine.dispose()
    return city
