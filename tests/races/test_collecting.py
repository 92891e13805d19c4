"""Several workers at one folder: each file is one draft, whoever takes it, and whoever is killed over it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.models import Draft
from hotline.services import claiming, collecting, watching
from tests.city import City
from tests.races.hands import together
from tests.work import shift_of
from workers import folder


class Killed(BaseException):
    """What no `except Exception` holds up."""


@pytest.fixture
def box(city: City) -> Path:
    folder.collect(shift_of(city))
    return city.office.transcripts


def drop(city: City, box: Path, count: int) -> None:
    for number in range(count):
        path = box / f"call-{number}.txt"
        path.write_text(f"坐席：您好，12319\n市民：香溪路第{number}盏路灯不亮\n", encoding="utf-8")
        beside = path.with_name(f"{path.name}.json")
        beside.write_text(json.dumps({"recording": f"R-{number}"}))
        for each in (path, beside):
            age(city, each)


def age(city: City, path: Path, ago: float = 60) -> None:
    moment = city.now.timestamp() - ago
    os.utime(path, (moment, moment))


def names(city: City) -> list[str]:
    found = list(city.rows(sa.select(Draft)))
    assert all(draft.filename == f"call-{draft.recording.removeprefix('R-')}.txt" for draft in found), "its own JSON"
    return sorted(draft.filename for draft in found)


def left(box: Path) -> list[Path]:
    return [path for path in box.rglob("*") if path.is_file()]


def test_four_workers_make_each_file_one_draft(city: City, box: Path) -> None:
    drop(city, box, 24)
    dealt = together(*[lambda: folder.collect(shift_of(city))] * 4)
    assert sum(dealt) == 24
    assert names(city) == sorted(f"call-{number}.txt" for number in range(24))
    assert left(box) == []


@pytest.mark.parametrize("after", ["send", "remove"])
def test_killed_before_or_after_the_commit_there_is_one_draft(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    drop(city, box, 3)

    def kill(*_: object) -> Iterator[None]:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*(collecting, "draft") if after == "send" else (claiming, "remove"), kill)
        with pytest.raises(Killed):
            folder.collect(shift_of(city))
    assert len(names(city)) == (0 if after == "send" else 1)
    folder.collect(shift_of(city))
    assert len(left(box)) == 2, "who took it may still be at work"
    city.now += claiming.LEFT * 1.1
    together(*[lambda: folder.collect(shift_of(city))] * 4)
    assert names(city) == [f"call-{number}.txt" for number in range(3)]
    assert left(box) == []


def test_a_worker_that_was_only_slow_makes_no_second_draft(city: City, box: Path) -> None:
    drop(city, box, 1)
    with city.work() as work:
        (at_root, *_) = collecting.boxes(work)
    (slow,) = collecting.take_all(at_root, city.now)
    city.now += claiming.LEFT * 1.1
    (fast,) = collecting.take_all(at_root, city.now)
    assert not slow.path.exists()
    assert folder._take_in(shift_of(city), at_root, fast)
    assert not folder._take_in(shift_of(city), at_root, slow), "it is gone"
    assert names(city) == ["call-0.txt"]
    assert left(box) == []


def test_a_worker_that_lost_the_file_while_it_read_makes_no_draft_without_its_json(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(city, box, 1)
    with city.work() as work:
        (at_root, *_) = collecting.boxes(work)
    (slow,) = collecting.take_all(at_root, city.now)
    city.now += claiming.LEFT * 1.1
    really = watching.read_beside

    def late(taken: claiming.Taken) -> bytes | None:
        if taken is slow:
            (fast,) = collecting.take_all(at_root, city.now)
            assert folder._take_in(shift_of(city), at_root, fast)
        return really(taken)

    monkeypatch.setattr(watching, "read_beside", late)
    assert not folder._take_in(shift_of(city), at_root, slow)
    assert names(city) == ["call-0.txt"]
    assert left(box) == []


def steps(patch: pytest.MonkeyPatch, last: int) -> None:
    """The process is killed before it changes anything in the folder once more."""
    done = 0

    def counted(really: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **options: Any) -> Any:
            nonlocal done
            done += 1
            if done > last:
                raise Killed
            return really(*args, **options)

        return act

    for name in ("rename", "unlink", "rmdir", "mkdir", "write_text"):
        patch.setattr(Path, name, counted(getattr(Path, name)))
    patch.setattr(os, "link", counted(os.link))


def killed_after(city: City, monkeypatch: pytest.MonkeyPatch, last: int) -> bool:
    with monkeypatch.context() as patch:
        steps(patch, last)
        try:
            folder.collect(shift_of(city))
        except Killed:
            return True
    return False


def dropped(city: City, box: Path, words: str, beside: str, ago: float = 60) -> None:
    """By a system that has one name for all calls."""
    for name, text in (("call.txt.json", beside), ("call.txt", words)):
        (box / f"{name}.part").write_text(text, encoding="utf-8")
        age(city, box / f"{name}.part", ago)
        (box / f"{name}.part").rename(box / name)


def test_killed_at_any_step_each_call_is_one_draft_with_its_own_json(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, last, killed = [], 0, True
    while killed:
        dropped(city, box, "市民：喂\n", json.dumps({"recording": f"R-{last}"}))
        killed = killed_after(city, monkeypatch, last)
        if killed and not (box / "call.txt").exists():  # the next call, which was the same words
            expected.append("" if (box / "call.txt.json").exists() else f"R-{last}")  # written over by its owner
            dropped(city, box, "市民：喂\n", json.dumps({"recording": f"next-{last}"}), 30)
            expected.append(f"next-{last}")
        else:
            expected.append(f"R-{last}")
        last += 1
        city.now += claiming.LEFT * 1.1
        for _ in range(2):
            folder.collect(shift_of(city))
        assert left(box) == []
        assert sorted(city.rows(sa.select(Draft.recording))) == sorted(expected), last
    assert last > 5
    assert expected.count("") == 1


def test_killed_at_any_step_nothing_that_is_set_aside_is_lost(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, killed = 0, True
    while killed:
        dropped(city, box, f"市民：喂{last}", f"{{{last}")
        killed = killed_after(city, monkeypatch, last)
        city.now += claiming.LEFT * 1.1
        folder.collect(shift_of(city))
        kept = [path.read_text(encoding="utf-8") for path in (box / "broken").iterdir()]
        assert [kept.count(text) for text in (f"市民：喂{last}", f"{{{last}")] == [1, 1], last
        last += 1
    assert last > 5
    assert city.rows(sa.select(Draft)) == []
    with city.work("olga") as work:
        assert collecting.how_many(work) >= last
