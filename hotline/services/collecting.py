"""收取: transcripts that recording systems drop in a folder become drafts (design §6; docs/transcripts.md).

`<folder>/` is the box of the city's centre, `<folder>/<unit key>/` that of a county's. A file is taken by one worker
(`claiming.py`), sealed in the database under a key made of its name, its bytes and those of the JSON beside it, and
then removed. Killed in between, it is taken again, and the key finds the draft that is there already: never lost,
never two of it. Two calls in which the same was said are two as long as anything told of them differs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from hotline.domain.actors import Actor, ActorKind, Role
from hotline.domain.errors import NotFound, Refused
from hotline.domain.retention import CALLS
from hotline.models import CameBy, Unit
from hotline.services import claiming, setting_aside, watching
from hotline.services.claiming import Taken
from hotline.services.clients import CENTRES
from hotline.services.setting_aside import Aside
from hotline.services.transcribing import AHEAD, LONGEST_AGO, Call, check_role, send
from hotline.services.transcripts import TranscriptError
from hotline.services.transcripts.beside import Known, is_beside, name_beside, read_beside, read_name, shown
from hotline.services.work import Work

__all__ = ["Aside", "Box", "boxes", "draft", "forget_set_aside", "how_many", "put_back", "set_aside", "take_all"]

KEPT_ASIDE: Final = timedelta(days=30)  # what nobody has put back by then is removed: citizens' words do not lie about
LISTED: Final = 50  # of what was set aside: when a folder goes wrong it does so by the thousand
NAME: Final = "收取目录"
WRONG_TIME: Final = "文件名中的时间有误，请核对来电时间。"
NO_SUCH_CENTRE: Final = "没有代号为“{name}”的市、县中心，文件夹里的文件没有收取，请改成中心的代号。"
NO_LINKS: Final = "这是链接，里面的文件没有收取，请改成真正的文件夹。"
NOT_USABLE: Final = "没有读写权限，里面的文件没有收取，请联系管理员。"


@dataclass(frozen=True)
class Box:
    """The folder of one centre, and in whose name what lies there comes in."""

    folder: Path
    actor: Actor


def boxes(work: Work) -> list[Box]:
    """The boxes that are there: the folder itself, made where it is missing, and one for each centre that has one."""
    work.transcripts.mkdir(mode=0o700, parents=True, exist_ok=True)  # whoever else writes there is let in by hand
    found = [Box(work.transcripts, _in_name_of(work.rules.root.id, work.rules.root.path))]
    for unit in _centres(work):
        folder = work.transcripts / unit.key
        if _is_plain(unit.key) and watching.is_folder(folder) and not folder.is_symlink():
            found.append(Box(folder, _in_name_of(unit.id, unit.path)))
    return found


def _centres(work: Work) -> list[Unit]:
    return list(work.session.scalars(sa.select(Unit).where(Unit.kind.in_(CENTRES), Unit.active).order_by(Unit.id)))


def _is_plain(key: str) -> bool:
    """A folder of its own below ours, and none of those that we make."""
    return key not in watching.OURS and not key.startswith(".") and os.sep not in key and "\0" not in key


def _in_name_of(unit_id: int, unit_path: str) -> Actor:
    """The folder does what an operator of that centre would: it sends a transcript."""
    roles = frozenset({Role.SYSTEM, Role.OPERATOR})
    return Actor(ActorKind.SYSTEM, NAME, roles=roles, unit_id=unit_id, unit_path=unit_path)


def take_all(box: Box, now: datetime) -> Iterator[Taken]:
    """Each file that is ready, taken the moment that it is asked for; first what a killed worker has left.

    Raises OSError for a folder that cannot be read and, after all others, for a file that cannot be moved.
    """
    fault = None
    for path in (*claiming.left_behind(box.folder, now), *watching.ready(box.folder, now)):
        try:
            taken = claiming.take(box.folder, path, now)
        except OSError as refusal:
            fault = refusal
            continue
        yield from taken
    if fault is not None:
        raise fault


def draft(work: Work, taken: Taken) -> bool:
    """Make a draft of a taken file; whether there was none of it before.

    Raises TranscriptError or Invalid for what cannot be read, with the reason for the operator; StillWritten, OSError.
    """
    if is_beside(taken.name):
        raise TranscriptError(watching.NO_TRANSCRIPT)
    data, written_at = watching.read(taken.path)
    beside = watching.read_beside(taken)
    known = _known(work, taken, beside)
    call = Call(
        called_at=known.called_at or _if_possible(work, written_at),
        recording=known.recording,
        caller=known.caller,
        filename=shown(taken.name),
        idempotency_key=_key(work.actor, taken.name, data, beside),
        came_by=CameBy.FOLDER,
    )
    made, before = send(work, data, call)
    if known.wrong_time and known.called_at is None and not before:
        made.warnings = [*made.warnings, {"text": WRONG_TIME}]
    return not before


def _known(work: Work, taken: Taken, beside: bytes | None) -> Known:
    by_name = read_name(taken.name, work.rules.zone)
    if beside is None:
        return by_name
    told = read_beside(beside, shown(name_beside(taken.name)))
    given = {name: value for name in ("called_at", "caller", "recording") if (value := getattr(told, name))}
    return replace(by_name, **given)


def _if_possible(work: Work, written_at: datetime) -> datetime | None:
    """When the file was written stands for when the call was; a clock that is years off tells nothing."""
    return written_at if work.now - LONGEST_AGO <= written_at <= work.now + AHEAD else None


def _key(actor: Actor, name: str, data: bytes, beside: bytes | None) -> str:
    """The same file with the same JSON beside it, for the same centre, has the same key; who called is told apart by
    the JSON alone where systems use one name for all files. No name and no number can be read from it."""
    whole = hashlib.sha256(b"%d\0%s\0" % (actor.unit_id or 0, os.fsencode(name)))
    whole.update(data)
    if beside is not None:
        whole = hashlib.sha256(whole.digest() + beside)
    return f"folder:{whole.hexdigest()}"


def set_aside(work: Work) -> list[Aside]:
    """What could not be taken in, the newest `LISTED` first: of the centres that the actor oversees, with the reason
    in Chinese; before them the folders whose files nobody takes. `how_many` there are in all.

    `Aside` is (name, reason, at, token); without a token it cannot be put back.
    """
    folders = _folders_not_taken(work)
    files = sorted(_files(work), key=lambda path: (setting_aside.when(path), path.name), reverse=True)
    return [*folders, *(_aside(work, path) for path in files)][:LISTED]


def how_many(work: Work) -> int:
    """How much could not be taken in, of the centres that the actor oversees, listed or not."""
    return len(_folders_not_taken(work)) + len(_files(work))


def _files(work: Work) -> list[Path]:
    check_role(work)
    return [path for box in _visible(work) for path in setting_aside.broken(box.folder)]


def _folders_not_taken(work: Work) -> list[Aside]:
    check_role(work)
    found = []
    for box in _visible(work):
        if not os.access(box.folder, os.R_OK | os.W_OK | os.X_OK):
            found.append(Aside(f"{box.folder.name}/", NOT_USABLE, work.now, ""))
    if work.actor.oversees(work.rules.root.path):
        found += _strange_folders(work)
    return found


def _visible(work: Work) -> list[Box]:
    if not watching.is_folder(work.transcripts):
        return []
    return [box for box in boxes(work) if work.actor.oversees(box.actor.unit_path)]


def _aside(work: Work, path: Path) -> Aside:
    return Aside(shown(path.name), setting_aside.why(path), setting_aside.when(path), _token(work, path))


def _token(work: Work, path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.relative_to(work.transcripts))).hexdigest()[:20]


def _strange_folders(work: Work) -> list[Aside]:
    if not os.access(work.transcripts, os.R_OK):
        return []
    known = {unit.key for unit in _centres(work)} | watching.OURS
    found = []
    for path in work.transcripts.iterdir():
        if watching.is_folder(path) and not path.name.startswith("."):
            name = shown(path.name)
            if path.is_symlink():
                found.append(Aside(f"{name}/", NO_LINKS, work.now, ""))
            elif path.name not in known:
                found.append(Aside(f"{name}/", NO_SUCH_CENTRE.format(name=name), work.now, ""))
    return found


def put_back(work: Work, token: str) -> str:
    """Try again: the file is moved back, and taken at the next look. Its name, as it is shown.

    Raises NotFound for one that is not there any more, Refused where another of its name lies in the folder.
    """
    check_role(work)
    for box in _visible(work):
        for path in setting_aside.broken(box.folder):
            if _token(work, path) == token:
                _put_back(box, path)
                work.ring("collect")
                return shown(path.name)
    raise NotFound("没有找到这个文件，可能已被放回或删除，请刷新页面。")


def _put_back(box: Box, path: Path) -> None:
    try:
        setting_aside.put_back(box.folder, path)
    except FileNotFoundError as fault:
        raise NotFound("没有找到这个文件，可能已被放回或删除，请刷新页面。") from fault
    except FileExistsError as fault:
        raise Refused("收取目录里已有同名文件，请等它收取后再放回。", code="name_taken") from fault
    except OSError as fault:
        raise Refused("文件没有放回成功，请联系管理员检查收取目录的权限。", code="not_moved") from fault


def forget_set_aside(work: Work) -> int:
    """到期删除: what was set aside too long ago; how many. Not kept longer than calls that led to no complaint."""
    if not watching.is_folder(work.transcripts):
        return 0
    before = max(work.now - KEPT_ASIDE, work.privacy.retention.cutoff(CALLS, work.now, work.rules.zone))
    return sum(setting_aside.throw_away(box.folder, before) for box in boxes(work))
