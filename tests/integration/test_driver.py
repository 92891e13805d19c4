"""The cursor describes the columns of an answer as psycopg's own does, only later."""

from __future__ import annotations

import psycopg
import pytest

from hotline.driver import LateCursor
from tests.city import City


@pytest.mark.parametrize("asked", ["SELECT 1 AS one, 'a'::text AS word", "SELECT id, number FROM ticket", "SELECT"])
def test_columns_are_described_as_the_driver_does(city: City, asked: str) -> None:
    with psycopg.connect(city.database_url.replace("+psycopg", "", 1)) as connection:
        late, own = LateCursor(connection), psycopg.Cursor(connection)
        described = [list(map(tuple, cursor.execute(asked).description or ())) for cursor in (late, own)]
    assert described[0] == described[1]


def test_what_answers_with_no_columns_has_no_description(city: City) -> None:
    with psycopg.connect(city.database_url.replace("+psycopg", "", 1)) as connection:
        late = LateCursor(connection)
        assert late.description is None
        assert late.execute("SET LOCAL jit = off").description is None
