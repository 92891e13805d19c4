"""搁置: files that could not be read lie in broken/, each with the reason beside it, until put back or too old.

broken/<name>    broken/<name>.reason.txt    broken/<name>.json (what stood beside it, if anything did)
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from hotline.services.claiming import Taken, drop, inside, move
from hotline.services.transcripts.beside import is_beside, name_beside, told_of

BROKEN: Final = "broken"
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
    taken.path.rename(place)  # first: a side-car that comes later is still one, a file without it is another call
    if taken.beside is not None:
        taken.beside.rename(place.with_name(name_beside(place.name)))
    drop(taken.path.parent)


def _free_place(broken: Path, name: str) -> Path:
    """Where nothing lies yet, nor what would stand beside it: under its own name, or with a number before its ending.

    Its reason is there, empty, unless there is no room for one.
    """
    stem, ending = _parted(name)
    while len(os.fsencode(stem + ending)) > LONGEST_NAME and stem:
        stem = stem[:-1]
    number = 1
    while True:
        place = broken / (f"{stem}{ending}" if number == 1 else f"{stem} ({number}){ending}")
        number += 1
        note, beside = place.with_name(place.name + REASON), place.with_name(name_beside(place.name))
        if _would_be_mistaken(place) or os.path.lexists(place) or os.path.lexists(beside):
            continue
        with suppress(OSError):
            os.close(os.open(note, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return place
        if not os.path.lexists(note) and not place.name.endswith(REASON):
            return place


def _parted(name: str) -> tuple[str, str]:
    """Stem and ending; the ending of a side-car is that of both files."""
    if is_beside(name):
        stem, ending = _parted(told_of(name))
        return stem, name_beside(ending)
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem else (name, "")


def _would_be_mistaken(place: Path) -> bool:
    """Whether it would seem to be the reason, or the side-car, of another file that lies there."""
    name = place.name
    return (name.endswith(REASON) and os.path.lexists(place.with_name(name.removesuffix(REASON)))) or (
        is_beside(name) and os.path.lexists(place.with_name(told_of(name)))
    )


def broken(box: Path) -> list[Path]:
    """The files that were set aside, without what lies beside them."""
    found = inside(box / BROKEN)
    names = {path.name for path in found}
    return [path for path in found if not _is_reason(path.name, names) and not _goes_with_another(path.name, names)]


def _is_reason(name: str, names: set[str]) -> bool:
    """A file may have been dropped under such a name: then no other is there for it, but a reason of its own."""
    return name.endswith(REASON) and (name.removesuffix(REASON) in names or name + REASON not in names)


def _goes_with_another(name: str, names: set[str]) -> bool:
    return is_beside(name) and told_of(name) in names


def why(path: Path) -> str:
    """Why a file was set aside."""
    try:
        return path.with_name(path.name + REASON).read_text(encoding="utf-8").strip() or NO_REASON
    except (OSError, UnicodeDecodeError):
        return NO_REASON


def when(path: Path) -> datetime:
    """When a file was set aside; without a reason beside it, when it was written."""
    note = path.with_name(path.name + REASON)
    return _written(note if os.path.lexists(note) else path)


def _written(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def put_back(box: Path, path: Path) -> None:
    """Out of broken/ into the box, with what lies beside it. Raises FileExistsError where its name is taken."""
    if os.path.lexists(box / path.name):
        raise FileExistsError(path.name)
    companion = path.with_name(name_beside(path.name))
    beside = box / companion.name
    if has_companion := is_beside(companion.name) and os.path.lexists(companion):
        move(companion, beside)  # first, so that nobody takes the one without the other
    try:
        move(path, box / path.name)
    except OSError:
        if has_companion:
            move(beside, companion)
        raise
    path.with_name(path.name + REASON).unlink(missing_ok=True)


def throw_away(box: Path, before: datetime) -> int:
    """What was set aside before then, for good, and what lies beside it; how many files it was."""
    thrown = 0
    for path in broken(box):
        if when(path) < before and _is_gone(path):
            thrown += 1
            companion = path.with_name(name_beside(path.name))
            if is_beside(companion.name):
                _is_gone(companion)
            _is_gone(path.with_name(path.name + REASON))
    kept = set(broken(box))
    for note in inside(box / BROKEN):  # of those that were taken away by hand
        if note not in kept and note.name.endswith(REASON) and _written(note) < before:
            _is_gone(note)
    return thrown


def _is_gone(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
