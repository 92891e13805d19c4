"""`python -m hotline.cli.migrate`: bring the tables to the newest migration. Two at once: one waits for the other."""

from __future__ import annotations

import sys
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from config.settings import current

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(engine: sa.Engine) -> None:
    """All migrations that are missing, in one transaction under a lock."""
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(123190)"))
        command.upgrade(configuration(connection), "head")


def configuration(connection: sa.Connection) -> Config:
    """Alembic's settings, without a file: the connection is handed over."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def main(argv: list[str]) -> int:
    """Upgrade the database of the settings."""
    url = current().database_url
    if url is None:
        print("没有设置 DATABASE_URL；请用 ./run up，它会启动自带的数据库并迁移。", file=sys.stderr)
        return 2
    upgrade(sa.create_engine(url))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
