"""The tables, step by step, from the first day. Alembic without a file of its own: the connection is handed over."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

HERE = Path(__file__).resolve().parent


def upgrade(engine: sa.Engine) -> None:
    """All migrations that are missing, in one transaction under a lock: of two at once, one waits for the other."""
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(123190)"))
        command.upgrade(configuration(connection), "head")


def configuration(connection: sa.Connection) -> Config:
    """What Alembic's commands want to be given."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


@cache
def newest() -> str | None:
    """The revision that a database should be at."""
    return ScriptDirectory(str(HERE)).get_current_head()
