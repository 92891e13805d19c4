"""收取目录: how a file becomes one worker's alone, with the side-car that stands beside it. No database here.

    taking/<moment>-<random>[-<mark>]/<name>    and <name>.json, if <mark> says that one stood beside it
    taking/done-<random>/                       sealed in the database, and being removed

By renaming only, which one process does and no other. The file goes first: who has it has the side-car too. Killed
before the side-car has come along, that is fetched by whoever takes over the claim, as a whole and by its mark: no
side-car that was dropped meanwhile, for the next call of that name, is taken for it or removed with it.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from hotline.services.transcripts.beside import is_beside, name_beside

TAKING: Final = "taking"
LEFT: Final = timedelta(minutes=5)  # a worker that has not finished with a file by now is dead
DONE: Final = "done"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Taken:
    """A file that is this process's alone. `name` is as it was dropped, `beside` the JSON that stood beside it."""

    box: Path
    path: Path
    beside: Path | None = None

    @property
    def name(self) -> str:
        return self.path.name


def claims(box: Path) -> list[Path]:
    """The folders of what is taken."""
    return inside(box / TAKING)


def left_behind(box: Path, now: datetime) -> list[Path]:
    """The claims of workers that were killed: they may be taken over."""
    return [claim for claim in claims(box) if _is_left(claim.name, now) and claim.is_dir() and not claim.is_symlink()]


def _is_left(claim: str, now: datetime) -> bool:
    try:
        taken_at = datetime.strptime(claim.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return True
    return abs(now - taken_at) > LEFT


def inside(folder: Path) -> list[Path]:
    """What lies in it; nothing where somebody has just removed it, or may not be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def drop(claim: Path) -> None:
    """An empty folder; what is not empty is looked at again later."""
    with suppress(OSError):
        claim.rmdir()


def take(box: Path, path: Path, now: datetime) -> list[Taken]:
    """Make a file, or the claim of a dead worker, ours alone; nothing where somebody was faster.

    Raises OSError for what cannot be moved: it is where it was.
    """
    return _take_over(box, path, now) if path.parent == box / TAKING else _take(box, path, now)


def _take(box: Path, path: Path, now: datetime) -> list[Taken]:
    mark = _mark(box / name_beside(path.name)) if is_beside(name_beside(path.name)) else ""
    claim = _new_claim(box, mark, now)
    claim.parent.mkdir(mode=0o700, exist_ok=True)
    claim.mkdir(mode=0o700)
    place = claim / path.name
    try:
        path.rename(place)
    except OSError as fault:
        drop(claim)
        if isinstance(fault, FileNotFoundError):
            return []
        raise
    try:
        return [Taken(box, place, _fetch_beside(box, place, mark))]
    except OSError:
        with suppress(OSError):
            give_back(Taken(box, place))
        raise


def _new_claim(box: Path, mark: str, now: datetime) -> Path:
    name = f"{now.astimezone(UTC).strftime(_STAMP)}-{secrets.token_hex(6)}"
    return box / TAKING / (f"{name}-{mark}" if mark else name)


def _mark(beside: Path) -> str:
    """By what a side-car is told from one that is dropped later under its name; "" where there is none."""
    try:
        told = beside.lstat()
    except OSError:
        return ""
    return f"{told.st_mtime_ns % 2**64:x}.{told.st_size:x}"


def _fetch_beside(box: Path, taken: Path, mark: str) -> Path | None:
    """The side-car of that mark beside what was taken; None where there is none, or not any more."""
    place, dropped = taken.with_name(name_beside(taken.name)), box / name_beside(taken.name)
    if mark and not os.path.lexists(place) and _mark(dropped) == mark:
        with suppress(FileNotFoundError):
            dropped.rename(place)
    return place if mark and os.path.lexists(place) else None


def _take_over(box: Path, claim: Path, now: datetime) -> list[Taken]:
    if claim.name.startswith(DONE):
        _clear(claim)
        return []
    mark = "".join(claim.name.split("-")[2:])
    mine = _new_claim(box, mark, now)
    try:
        claim.rename(mine)
    except FileNotFoundError:
        return []
    found = inside(mine)
    names = {name_beside(path.name) for path in found} if mark else set()
    taken = [Taken(box, path, _fetch_beside(box, path, mark)) for path in found if path.name not in names]
    if not taken:
        drop(mine)
    return taken


def remove(taken: Taken) -> None:
    """The words are sealed in the database: nothing of them stays here.

    Killed in between, what is left of it is no call without a side-car, nor a side-car without a call.
    """
    if taken.beside is None:
        taken.path.unlink(missing_ok=True)
        drop(taken.path.parent)
        return
    done = taken.path.parent.with_name(f"{DONE}-{secrets.token_hex(6)}")
    with suppress(FileNotFoundError):  # another worker has it, who thought this one dead
        taken.path.parent.rename(done)
    _clear(done)


def _clear(done: Path) -> None:
    for path in inside(done):
        path.unlink(missing_ok=True)
    drop(done)


def give_back(taken: Taken) -> None:
    """As if it had not been taken; what was dropped under its name meanwhile stays, and this waits for its turn."""
    place = taken.box / taken.name
    if os.path.lexists(place):
        return
    with suppress(FileExistsError):
        if taken.beside is not None:  # first, so that nobody takes the one without the other
            move(taken.beside, taken.box / taken.beside.name)
        try:
            move(taken.path, place)
        except OSError:
            if taken.beside is not None:
                move(taken.box / taken.beside.name, taken.beside)
            raise
        drop(taken.path.parent)


def move(path: Path, place: Path) -> None:
    """Rename, but never over another file. Raises FileExistsError."""
    try:
        os.link(path, place, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(place):
            raise FileExistsError(place) from None
        path.rename(place)
    else:
        path.unlink()
