"""搁置: files that could not be read lie in broken/, each with the reason beside it, until put back or too old.

broken/<name>    broken/<name>.reason.txt    broken/<name>.json (what stood beside it, if anything did)
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from hotline.services.watching import BROKEN, Taken, drop, inside, move

REASON: Final = ".reason.txt"
LONGEST_NAME: Final = 180  # bytes, so that what we write after it still fits
NO_REASON: Final = "原因没有写成（可能磁盘已满），请检查后放回。"


class Aside(NamedTuple):
    """One file that was set aside. `name` is fit to be shown; `token` names the file to `collecting.put_back`."""

    name: str
    reason: str
    at: datetime
    token: str


def set_aside(taken: Taken, reason: str, now: datetime) -> None:
    """Into broken/, with the reason beside it. A file of that name which lies there already stays."""
    if not os.path.lexists(taken.path):
        return  # another worker has it, who thought this one dead
    broken = taken.box / BROKEN
    broken.mkdir(exist_ok=True, mode=0o700)
    place = _free_place(broken, taken.name)
    note = place.with_name(place.name + REASON)
    with suppress(OSError):  # a full disk: the file is moved all the same
        note.write_text(reason + "\n", encoding="utf-8")
        os.utime(note, (now.timestamp(), now.timestamp()))
    if os.path.lexists(taken.beside):
        taken.beside.rename(place.with_name(place.name + ".json"))
    taken.path.rename(place)
    drop(taken.path.parent)


def _free_place(broken: Path, name: str) -> Path:
    """Where nothing lies yet, nor its reason: under its own name, or with a number before its ending."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    while len(os.fsencode(stem + ending)) > LONGEST_NAME and stem:
        stem = stem[:-1]
    number = 1
    while True:
        place = broken / (f"{stem}{ending}" if number == 1 else f"{stem} ({number}){ending}")
        if not os.path.lexists(place) and not os.path.lexists(place.with_name(place.name + ".json")):
            with suppress(FileExistsError), suppress(OSError):
                os.close(os.open(place.with_name(place.name + REASON), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                return place
            if not os.path.lexists(place.with_name(place.name + REASON)):
                return place  # no room for a reason
        number += 1


def broken(box: Path) -> list[Path]:
    """The files that were set aside, without what lies beside them."""
    found = inside(box / BROKEN)
    names = {path.name for path in found}
    notes = {name + REASON for name in names} | {name + ".json" for name in names}
    return [path for path in found if path.name not in notes and not path.name.endswith(REASON)]


def why(path: Path) -> tuple[str, datetime]:
    """Why a file was set aside, and when."""
    try:
        note = path.with_name(path.name + REASON)
        return note.read_text(encoding="utf-8").strip() or NO_REASON, _written(note)
    except (OSError, UnicodeDecodeError):
        return NO_REASON, _written(path)


def _written(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def put_back(box: Path, path: Path) -> None:
    """Out of broken/ into the box, with what lies beside it. Raises FileExistsError where its name is taken."""
    if os.path.lexists(box / path.name):
        raise FileExistsError(path.name)
    companion = path.with_name(path.name + ".json")
    if companion.exists():
        move(companion, box / companion.name)
    move(path, box / path.name)
    path.with_name(path.name + REASON).unlink(missing_ok=True)


def throw_away(box: Path, before: datetime) -> int:
    """What was set aside before then, for good, and what lies beside it; how many files it was."""
    thrown = 0
    for path in broken(box):
        if why(path)[1] < before and _is_gone(path):
            thrown += 1
            _is_gone(path.with_name(path.name + ".json"))
    for note in inside(box / BROKEN):  # of the files just thrown away, and of those that were taken away by hand
        if note.name.endswith(REASON) and _written(note) < before:
            _is_gone(note)
    return thrown


def _is_gone(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
