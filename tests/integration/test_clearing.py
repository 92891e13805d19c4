"""照片清理: what was sent with a form that was never filed does not stay, and nothing else goes."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from hotline.services import attaching, clearing
from hotline.services.attaching import Kept
from tests.citizen import photo
from tests.city import City
from tests.races.hands import together
from tests.work import shift_of
from workers import batches


def keep(city: City, size: int, *, days_ago: float) -> Kept:
    """A photo that was last touched so long ago, by the city's clock."""
    kept = attaching.keep(city.office.files, "a.jpg", photo((size, size)))
    age(city, path_of(city, kept), days_ago)
    return kept


def age(city: City, path: Path, days_ago: float) -> None:
    moment = (city.now - timedelta(days=days_ago)).timestamp()
    os.utime(path, (moment, moment))


def path_of(city: City, kept: Kept) -> Path:
    return attaching.place_of(city.office.files, kept.digest)


def clear(city: City) -> None:
    assert batches.clear(shift_of(city)) == 0


def test_photos_of_forms_that_were_never_sent_go_after_two_days(city: City) -> None:
    old, young = keep(city, 20, days_ago=2.1), keep(city, 21, days_ago=1.9)
    clear(city)
    assert not path_of(city, old).exists() and path_of(city, young).exists()
    assert [path for path in city.office.files.rglob("*") if path.is_file()] == [path_of(city, young)]


def test_photos_of_complaints_stay_for_as_long_as_their_rows(city: City) -> None:
    kept = keep(city, 20, days_ago=400)
    complaint_id = city.receive().complaint_id
    with city.work("citizen") as work:
        attaching.attach(work, kept, complaint_id=complaint_id, by_citizen=True)
    clear(city)
    assert path_of(city, kept).exists()


def test_a_photo_that_a_form_still_carries_stays(city: City) -> None:
    kept = keep(city, 20, days_ago=9)
    age(city, path_of(city, kept), 9)
    assert attaching.touch(path_of(city, kept))
    age(city, path_of(city, kept), 0)  # the city's clock is not the machine's
    clear(city)
    assert path_of(city, kept).exists()


def test_what_a_killed_writer_has_left_goes_too(city: City) -> None:
    folder = city.office.files / "ab"
    folder.mkdir(parents=True)
    old, young = folder / f"{attaching.HALF_WRITTEN}1", folder / f"{attaching.HALF_WRITTEN}2"
    for path, days in ((old, 3), (young, 0)):
        path.write_bytes(b"half")
        age(city, path, days)
    clear(city)
    assert not old.exists() and young.exists()


def test_without_any_photo_there_is_nothing_to_do(city: City) -> None:
    assert clearing.folders(city.office.files) == []
    clear(city)


def test_a_photo_taken_away_while_it_is_touched_is_written_anew(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    data = photo((30, 30))
    kept = attaching.keep(city.office.files, "a.jpg", data)
    age(city, path_of(city, kept), 9)
    monkeypatch.setattr(os, "utime", lambda path: attaching.take_away(path, city.now - clearing.KEPT))
    attaching.keep(city.office.files, "a.jpg", data)
    assert path_of(city, kept).read_bytes()


def test_a_form_sent_at_the_same_moment_keeps_its_photo(city: City) -> None:
    """The old photo of a form never sent is sent again while it is taken away: touched in time or written anew."""
    data = photo((30, 30))
    for _ in range(30):
        kept = attaching.keep(city.office.files, "a.jpg", data)
        path = path_of(city, kept)
        age(city, path, 9)
        send = partial(attaching.keep, city.office.files, "a.jpg", data)
        together(send, partial(attaching.take_away, path, city.now - clearing.KEPT))
        assert path.read_bytes()
        assert len([each for each in city.office.files.rglob("*") if each.is_file()]) == 1
