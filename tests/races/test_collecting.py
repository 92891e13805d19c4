"""Several workers at one folder: each file is one draft, whoever takes it, and whoever is killed over it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from hotline.models import Draft
from hotline.services import collecting, watching
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
        moment = city.now.timestamp() - 60
        os.utime(path, (moment, moment))


def names(city: City) -> list[str]:
    return sorted(city.rows(sa.select(Draft.filename)))


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
        patch.setattr(*(collecting, "draft") if after == "send" else (watching, "remove"), kill)
        with pytest.raises(Killed):
            folder.collect(shift_of(city))
    assert len(names(city)) == (0 if after == "send" else 1)
    folder.collect(shift_of(city))
    assert len(left(box)) == 1, "who took it may still be at work"
    city.now += watching.LEFT * 1.1
    together(*[lambda: folder.collect(shift_of(city))] * 4)
    assert names(city) == [f"call-{number}.txt" for number in range(3)]
    assert left(box) == []


def test_a_worker_that_was_only_slow_makes_no_second_draft(city: City, box: Path) -> None:
    drop(city, box, 1)
    with city.work() as work:
        (at_root, *_) = collecting.boxes(work)
    (slow,) = collecting.take_all(at_root, city.now)
    city.now += watching.LEFT * 1.1
    (fast,) = collecting.take_all(at_root, city.now)
    assert not slow.path.exists()
    assert folder._take_in(shift_of(city), at_root, fast)
    assert not folder._take_in(shift_of(city), at_root, slow), "it is gone"
    assert names(city) == ["call-0.txt"]
    assert left(box) == []
