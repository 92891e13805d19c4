"""Nobody waits for ever: a deadlock, or a lock that is never let go, is an error that fails the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.city import City

#: Long, because on a busy machine the last of eight waits for seven that are slow; only what fails waits so long.
PATIENCE = {"lock_timeout": "60s", "statement_timeout": "90s", "deadlock_timeout": "500ms"}


@pytest.fixture
def city(city: City) -> Iterator[City]:
    """The city, on connections that lose their patience; the tests that come after have theirs back."""
    name = sa.make_url(city.database_url).database
    with city.office.session() as session:
        for setting, length in PATIENCE.items():
            session.execute(sa.text(f"ALTER DATABASE \"{name}\" SET {setting} = '{length}'"))
    city.office.engine.dispose()
    yield city
    with city.office.session() as session:
        session.execute(sa.text(f'ALTER DATABASE "{name}" RESET ALL'))
