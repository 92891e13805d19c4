"""The embedded PostgreSQL and Redis: durable, private, and back after a crash."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from runner import servers
from runner.servers import LONGEST_SOCKET_DIRECTORY, ServerError, cache_size, embedded_postgres, embedded_redis
from tests.run.command import PATIENCE, PROJECT
from tests.run.conftest import place


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """The data directory of a PostgreSQL that has been started from nothing, and stopped."""
    with place() as folder:
        with embedded_postgres(folder / "postgres"):
            pass
        yield folder / "postgres"


@pytest.fixture
def made(made_once: Path, folder: Path) -> Path:
    """The same for this test alone, with its owner and its rights."""
    subprocess.run(["cp", "-a", made_once, folder / "postgres"], check=True)
    return folder / "postgres"


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_postgres_is_durable_knows_chinese_and_counts_in_utc(made: Path) -> None:
    with embedded_postgres(made) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            for setting, value in {"fsync": "on", "synchronous_commit": "on", "TimeZone": "UTC"}.items():
                assert connection.execute(text(f"SHOW {setting}")).scalar() == value
            assert connection.execute(text("SELECT length('投诉路灯😀')")).scalar() == 5
            assert connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one() >= 180000
        engine.dispose()


@pytest.mark.parametrize(
    ("machine", "container", "megabytes"),
    [
        (512, None, 64),  # a small machine does everything
        (4096, None, 256),
        (4096, "max\n", 256),
        (65536, None, 1024),  # what is left caches the files
        (65536, f"{2 * 2**30}\n", 128),  # a container knows its own measure
    ],
)
def test_the_cache_is_measured_by_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: int, container: str | None, megabytes: int
) -> None:
    limit = tmp_path / "memory.max"
    if container is not None:
        limit.write_text(container)
    monkeypatch.setattr(servers, "CONTAINER", limit)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=machine * 2**20))
    assert cache_size() == megabytes


def test_nobody_else_reaches_either_server(made: Path, folder: Path) -> None:
    with embedded_postgres(made) as url, embedded_redis(folder / "redis") as redis_url:
        directory = Path(parse_qs(urlsplit(url).query)["host"][0])
        assert stat.S_IMODE(directory.stat().st_mode) & 0o007 == 0
        with connect(url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert stat.S_IMODE(Path(unquote(urlsplit(redis_url).path)).stat().st_mode) == 0o700
        with redis.Redis.from_url(redis_url) as client:
            assert client.config_get("port") == {"port": "0"}


def test_what_was_committed_outlives_a_kill_of_owner_and_server(made: Path) -> None:
    program = (
        "import os, sys, psycopg; from pathlib import Path; from runner.servers import embedded_postgres\n"
        "with embedded_postgres(Path(sys.argv[1])) as url:\n"
        "    with psycopg.connect(url.replace('+psycopg', '')) as connection:\n"
        "        connection.execute('CREATE TABLE kept AS SELECT 12319 AS number')\n"
        "    connection.close()\n"
        "    postmaster = int(Path(sys.argv[1], 'postmaster.pid').read_text().split()[0])\n"
        "    os.kill(postmaster, 9)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    owner = subprocess.run([sys.executable, "-c", program, str(made)], cwd=PROJECT, check=False, timeout=PATIENCE)
    assert owner.returncode == -signal.SIGKILL
    with embedded_postgres(made) as url, connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (12319,)


def test_servers_left_over_by_a_killed_owner_are_replaced(made: Path, folder: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from runner.servers import embedded_postgres, embedded_redis\n"
        "with embedded_postgres(Path(sys.argv[1], 'postgres')), embedded_redis(Path(sys.argv[1], 'redis')):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], cwd=PROJECT, check=False, timeout=PATIENCE)
    with embedded_postgres(made) as url, embedded_redis(folder / "redis") as redis_url:
        with connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(redis_url) as client:
            assert client.ping()


def test_awkward_paths(folder: Path) -> None:
    directory = folder / "资料 1,第二份" / ("很长" * LONGEST_SOCKET_DIRECTORY)[:60]
    directory.mkdir(parents=True)
    with embedded_postgres(directory / "postgres") as url, embedded_redis(directory / "redis") as redis_url:
        with connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(redis_url) as client:
            assert client.ping()


def test_a_server_that_cannot_start_shows_its_log(made: Path) -> None:
    (made / "postgresql.conf").write_text("nonsense = yes\n")
    with pytest.raises(ServerError, match="nonsense"), embedded_postgres(made):
        pass


def test_nothing_is_left_running(made: Path, folder: Path) -> None:
    with embedded_postgres(made), embedded_redis(folder / "redis"):
        pids = [int((folder / file).read_text().split()[0]) for file in ("postgres/postmaster.pid", "redis/redis.pid")]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
