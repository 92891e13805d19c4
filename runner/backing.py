"""The database and the Redis of a data directory: our own, or those given by DATABASE_URL and REDIS_URL."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import redis

from config.settings import Settings, SettingsError
from runner.servers import embedded_postgres, embedded_redis

OLDEST_POSTGRES = 150000  # 15.0
PATIENCE = 10  # seconds for a given server to answer


@contextmanager
def backing_servers(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the URLs of PostgreSQL and Redis. What was given is tried first, and all that is wrong with it named.

    Raises SettingsError (a given server) or ServerError (our own).
    """
    check_given(settings)
    with ExitStack() as stack:
        database_url, redis_url = settings.database_url, settings.redis_url
        if database_url is None:
            database_url = stack.enter_context(embedded_postgres(settings.data_dir / "postgres"))
        if redis_url is None:
            redis_url = stack.enter_context(embedded_redis(settings.data_dir / "redis"))
        yield database_url, redis_url


def check_given(settings: Settings) -> None:
    """Whether the servers that were given answer. Raises SettingsError with every fault."""
    faults = []
    if settings.database_url and (fault := _database_fault(settings.database_url)):
        faults.append(fault)
    if settings.redis_url and (fault := _redis_fault(settings.redis_url)):
        faults.append(fault)
    if faults:
        raise SettingsError(faults)


def _database_fault(url: str) -> str | None:
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=PATIENCE) as connection:
            if connection.info.server_version < OLDEST_POSTGRES:
                return f"DATABASE_URL 的数据库是 PostgreSQL {connection.info.server_version // 10000},需要 15 以上。"
    except psycopg.Error as failed:
        return f"DATABASE_URL 的数据库连不上:{str(failed).strip()}"
    return None


def _redis_fault(url: str) -> str | None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as client:
            client.ping()
    except (redis.RedisError, ValueError) as failed:
        return f"REDIS_URL 的 Redis 连不上:{failed}"
    return None
