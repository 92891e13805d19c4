"""搁置: what could not be read is listed with the reason, put back, and thrown away in the end; nothing is hidden."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hotline.domain.errors import NotAllowed, NotFound, Refused
from hotline.services import collecting, setting_aside
from tests.city import City
from tests.integration.test_collecting import CALL, age, collect, drafts, drop, files, put_aside, told
from tests.work import shift_of
from workers import batches


@pytest.fixture
def box(city: City) -> Path:
    """The folder of the city's centre."""
    collect(city)
    return city.office.transcripts


def test_put_back_it_is_tried_again(city: City, box: Path) -> None:
    drop(city, box / "call.txt", b"%PDF")
    collect(city)
    (box / "broken" / "call.txt").write_text(CALL)  # mended by hand
    age(city, box / "broken" / "call.txt", 60)
    with city.work("olga") as work:
        (aside,) = collecting.set_aside(work)
        assert collecting.put_back(work, aside.token) == "call.txt"
        assert "collect" in work.bells
    with city.work("olga") as work, pytest.raises(NotFound):
        collecting.put_back(work, aside.token)
    assert files(box) == ["call.txt"]
    collect(city)
    assert len(drafts(city)) == 1
    assert put_aside(city) == []


def test_a_file_put_back_overwrites_no_other(city: City, box: Path) -> None:
    for number in range(3):
        drop(city, box / "call.txt", b"%%PDF %d" % number)
        collect(city)
    assert sorted(name for name, _, _ in put_aside(city)) == ["call (2).txt", "call (3).txt", "call.txt"]
    drop(city, box / "call.txt", ago=1)
    with city.work("olga") as work:
        token = next(each.token for each in collecting.set_aside(work) if each.name == "call.txt")
        with pytest.raises(Refused):
            collecting.put_back(work, token)
    assert (box / "call.txt").read_text() == CALL


def put_back_one(city: City, name: str) -> None:
    with city.work("olga") as work:
        (token,) = [each.token for each in collecting.set_aside(work) if each.name == name]
        assert collecting.put_back(work, token) == name


def test_a_file_that_is_called_as_a_reason_is_listed_and_put_back(city: City, box: Path) -> None:
    drop(city, box / "call.txt.reason.txt", b"%PDF 1", ago=90 * 86400)
    collect(city)
    drop(city, box / "call.txt", b"%PDF 2")
    collect(city)
    drop(city, box / "call.txt.reason.txt", b"%PDF 3")
    collect(city)
    batches.erase(shift_of(city))
    names = ["call (2).txt", "call.txt.reason (2).txt", "call.txt.reason.txt"]
    assert sorted(name for name, _, _ in put_aside(city)) == names
    assert all("PDF" in reason for _, reason, _ in put_aside(city))
    put_back_one(city, "call.txt.reason.txt")
    assert (box / "call.txt.reason.txt").read_bytes() == b"%PDF 1"
    assert sorted(name for name, _, _ in put_aside(city)) == names[:2]


def test_with_no_room_for_its_reason_a_file_that_is_called_as_one_is_listed_too(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (box / "broken").mkdir()
    drop(city, box / "call.reason.txt", b"%PDF")
    really = os.open

    def full(path: Any, *more: Any, **options: Any) -> int:
        if str(path).endswith(".reason.txt") and "broken" in str(path):
            raise OSError(28, "No space left on device")
        return really(path, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        patch.setattr(Path, "write_text", lambda *_, **__: full("broken/.reason.txt"))
        collect(city)
    assert [(name, reason) for name, reason, _ in put_aside(city)] == [("call.reason (2).txt", setting_aside.NO_REASON)]


def test_a_file_is_hidden_by_no_other(city: City, box: Path) -> None:
    for name in ("other", "other.json", "call.txt"):
        drop(city, box / name, b"%PDF")
        collect(city)
    drop(city, box / "call.txt.json", told("of another call"), ago=7200)
    collect(city)
    assert sorted(name for name, _, _ in put_aside(city)) == ["call (2).txt.json", "call.txt", "other", "other.json"]
    put_back_one(city, "call.txt")
    assert [path for path in files(box) if not path.startswith("broken/")] == ["call.txt"]


def test_of_thousands_set_aside_the_newest_are_listed_and_all_are_counted(city: City, box: Path) -> None:
    for number in range(collecting.LISTED + 10):
        drop(city, box / f"call-{number:02}.txt", b"%PDF")
        if number % 10 == 9:
            collect(city)
            collect(city)
            city.turn(minutes=1)
    drop(city, box / "nowhere" / "call.txt")
    with city.work("olga") as work:
        listed = collecting.set_aside(work)
        assert collecting.how_many(work) == collecting.LISTED + 11
    assert len(listed) == collecting.LISTED
    assert listed[0].name == "nowhere/"
    assert sorted(each.name for each in listed[1:11]) == [f"call-{number}.txt" for number in range(50, 60)]
    assert "call-00.txt" not in [each.name for each in listed]
    with city.work("hans") as work, pytest.raises(NotAllowed):
        collecting.how_many(work)


def test_what_is_set_aside_does_not_lie_there_for_ever(city: City, box: Path) -> None:
    drop(city, box / "old.txt", b"%PDF")
    drop(city, box / "old.txt.json", b"{}")
    collect(city)
    city.turn(days=29)
    drop(city, box / "young.txt", b"%PDF")
    collect(city)
    batches.erase(shift_of(city))
    assert len(files(box)) == 5
    city.turn(days=2)
    batches.erase(shift_of(city))
    assert files(box) == ["broken/young.txt", "broken/young.txt.reason.txt"]
