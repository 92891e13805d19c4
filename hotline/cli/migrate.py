"""`python -m hotline.cli.migrate`: bring the tables to the newest migration."""

from __future__ import annotations

import sys

import sqlalchemy as sa

from config.settings import current
from migrations import upgrade


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
