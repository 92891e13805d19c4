"""One instance at a time on one data directory, and where the running one is found. Standard library only."""

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

FILE = "running.json"


@dataclass(frozen=True)
class Instance:
    """Who holds a data directory: its process, its command, and, once they are up, its addresses."""

    pid: int
    command: str
    address: str = ""
    database_url: str = ""
    redis_url: str = ""


class AlreadyRunning(Exception):
    """Another process holds the data directory."""

    def __init__(self, data_dir: Path, instance: Instance) -> None:
        where = f",地址 {instance.address}" if instance.address else ""
        super().__init__(
            f"数据目录 {data_dir} 正由 ./run {instance.command} 使用(进程号 {instance.pid}{where})。"
            "要另开一个,请用 HOTLINE_DATA 另选数据目录;要停止它,请在它的窗口按 Ctrl-C,"
            f"或执行 kill {instance.pid}。"
        )
        self.instance = instance


class PortTaken(Exception):
    """Something else listens where the web server is to listen."""


class Hold:
    """The data directory in our hands; tells others who we are. A killed holder loses it at once: the kernel sees to
    that, so no stale file ever has to be believed."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def tell(self, instance: Instance) -> None:
        """Write down, whole, who holds the directory now."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps(asdict(instance), ensure_ascii=False))
        self._file.flush()


@contextmanager
def held(data_dir: Path, command: str) -> Iterator[Hold]:
    """Take the data directory for as long as the block runs. Raises AlreadyRunning.

    The lock is POSIX's (`lockf`), which children do not inherit: what they leave running cannot keep it.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / FILE
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise AlreadyRunning(data_dir, _read(file)) from taken
        hold = Hold(file)
        hold.tell(Instance(os.getpid(), command))
        try:
            yield hold
        finally:
            file.seek(0)
            file.truncate()


def running(data_dir: Path) -> Instance | None:
    """Who holds the data directory now, if anybody. Not for the holder itself: looking would let go of its lock."""
    try:
        file = (data_dir / FILE).open("r+", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return _read(file)
    return None


def was_killed(data_dir: Path) -> bool:
    """Whether the last holder had no time to say good-bye; what it started may just be leaving."""
    try:
        return (data_dir / FILE).stat().st_size > 0
    except FileNotFoundError:
        return False


def wait_for_port(host: str, port: int, seconds: float) -> None:
    """`check_port`, after giving somebody who is leaving the time to leave."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            return check_port(host, port)
        except PortTaken:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def check_port(host: str, port: int) -> None:
    """Whether the web server can listen there. Raises PortTaken with what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except PermissionError as refused:
            raise PortTaken(
                f"端口 {port} 只有 root 能用:请换一个 1024 以上的,例如 HOTLINE_PORT=8319 ./run up。"
            ) from refused
        except socket.gaierror as unknown:
            raise PortTaken(f"HOTLINE_HOST={host} 不是本机的地址。") from unknown
        except OSError as taken:
            if taken.errno != errno.EADDRINUSE:
                raise PortTaken(f"不能在 {host}:{port} 上提供服务({taken.strerror}):请检查 HOTLINE_HOST。") from taken
            other = port + 1 if port < 65535 else port - 1
            raise PortTaken(
                f"端口 {port} 已被别的程序占用。请换一个端口,例如 HOTLINE_PORT={other} ./run up。"
            ) from taken


def _read(file: TextIO) -> Instance:
    file.seek(0)
    try:
        return Instance(**json.loads(file.read()))
    except (ValueError, TypeError):  # caught in the middle of writing
        return Instance(0, "…")
