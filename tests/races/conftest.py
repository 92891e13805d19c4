"""Nobody waits for ever: a deadlock, or a lock that is never let go, is an error that fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import applications
from tests.city import City

#: Long, because on a busy machine the last of eight waits for seven that are slow; only what fails waits so long.
PATIENCE = "-c lock_timeout=60s -c statement_timeout=90s -c deadlock_timeout=500ms"


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[City]:
    """The city, on connections that lose their patience."""
    impatient = sa.make_url(database_url).update_query_dict({"options": PATIENCE})
    city = City(impatient.render_as_string(hide_password=False), tmp_path / "files")
    yield city
    applications.give_back(city)
