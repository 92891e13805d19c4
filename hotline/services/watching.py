"""收取目录, the folder itself: which files are ready to be taken, and what is read of them. No database here.

A box is the folder of one centre. In it lie the files as they were dropped, and two folders of ours:

    taking/    taken by a worker; after `claiming.LEFT` that worker is dead, and another one may take it (`claiming.py`)
    broken/    could not be read (`setting_aside.py`)

A file changes its place by renaming only, which one process does and no other: none is read by two, none is lost.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from hotline.services.claiming import TAKING, Taken, claims
from hotline.services.setting_aside import BROKEN
from hotline.services.transcripts import MAX_BYTES, TranscriptError
from hotline.services.transcripts.beside import LARGEST, is_beside, name_beside, told_of

OURS: Final = frozenset({TAKING, BROKEN})
SETTLED: Final = timedelta(seconds=5)  # unchanged for so long, a file is whole
EMPTY: Final = timedelta(minutes=10)  # an empty one may be opened when the call begins and written when it ends
ALONE: Final = timedelta(hours=1)  # a side-car whose transcript has not come by now has none
HALF_WRITTEN = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".download", ".swp", ".lock", "~")
NEVER_MEANT = frozenset({"thumbs.db", "desktop.ini"})
NOT_A_FILE = "不是普通文件（可能是链接），没有读取，请放入文件本身。"
NOT_READABLE = "没有读取权限，请修改文件权限后放回。"
NO_TRANSCRIPT = "这是转写的说明文件，一小时内没有等到它所说的转写文件，请补放转写文件后一起放回。"


class StillWritten(Exception):
    """The file has changed while it was read: whoever writes it has not finished."""


def ready(box: Path, now: datetime) -> list[Path]:
    """The files that may be taken, oldest first. Raises OSError for a folder that cannot be read."""
    found = []
    with os.scandir(box) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # somebody was faster
                if _is_meant(entry) and (written := _settled(entry, now)) is not None:
                    found.append((written, entry.name))
    return [box / name for _, name in sorted(found, key=lambda each: (each[0], os.fsencode(each[1])))]


def _is_meant(entry: os.DirEntry[str]) -> bool:
    name = entry.name.lower()
    hidden = name.startswith((".", "~")) or name.endswith(HALF_WRITTEN) or name in NEVER_MEANT
    return not hidden and not entry.is_dir()


def _settled(entry: os.DirEntry[str], now: datetime) -> float | None:
    """When it was written, in seconds, if that is long enough ago for what it is; else None."""
    told = entry.stat(follow_symlinks=False)
    written = told.st_mtime
    if written > now.timestamp() and stat.S_ISREG(told.st_mode):
        if _is_set_right(entry.path, now):
            return None
        written = told.st_ctime
    wait = SETTLED
    if is_beside(entry.name):
        if _has_transcript(Path(entry.path)):
            return None  # goes with it
        wait = ALONE
    elif told.st_size == 0 and stat.S_ISREG(told.st_mode):
        wait = EMPTY
    latest = max(written, _beside_written(entry.path))
    return written if now.timestamp() - latest >= wait.total_seconds() else None


def _has_transcript(beside: Path) -> bool:
    """Whether that which it stands beside is there: as it was dropped or, looked at next, taken by somebody."""
    name = told_of(beside.name)
    return os.path.lexists(beside.with_name(name)) or any(
        os.path.lexists(claim / name) for claim in claims(beside.parent)
    )


def _beside_written(path: str) -> float:
    """When the JSON beside it was written: it may not be whole yet."""
    try:
        return os.lstat(name_beside(path)).st_mtime
    except OSError:
        return 0.0


def _is_set_right(path: str, now: datetime) -> bool:
    """The writer's clock is ahead of ours: whoever still writes sets it ahead again, and what is whole is seen next."""
    try:
        os.utime(path, (now.timestamp(), now.timestamp()), follow_symlinks=False)
    except OSError:  # a file of somebody else's
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether it is one; also False where we may not look."""
    with suppress(OSError):
        return path.is_dir()
    return False


def read(path: Path, most: int = MAX_BYTES) -> tuple[bytes, datetime]:
    """Its bytes, at most one more than `most`, and when it was written.

    Raises TranscriptError for what is no file that can be read, StillWritten, OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except PermissionError as fault:
        raise TranscriptError(NOT_READABLE) from fault
    except OSError as fault:
        if path.is_symlink() or not path.is_file():
            raise TranscriptError(NOT_A_FILE) from fault
        raise
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise TranscriptError(NOT_A_FILE)
        data = file.read(most + 1)
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillWritten
    return data, datetime.fromtimestamp(before.st_mtime, UTC)


def read_beside(taken: Taken) -> bytes | None:
    """The JSON beside it; None where there was none. Raises TranscriptError, StillWritten, OSError."""
    return None if taken.beside is None else read(taken.beside, LARGEST)[0]
