"""The demo's photos and what else the web brings: of what can be seen, the same street before and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat

from demo import cast
from demo.dressing import ASTRAY, dressed
from demo.photos import KINDS, photo
from demo.scene import Scene
from demo.script import month


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return month(20261021, date(2026, 10, 21), 30)


@pytest.mark.parametrize("kind", KINDS)
def test_a_trouble_is_seen_and_then_seen_to(kind: str) -> None:
    before, after = (Image.open(BytesIO(photo(kind, 0, mended=mended))) for mended in (False, True))
    assert before.format == "JPEG" and before.size == after.size
    assert min(before.size) > 500
    different = ImageStat.Stat(ImageChops.difference(before.convert("L"), after.convert("L"))).mean[0]
    assert 1 < different < 60, "the same street, but not the same"


def test_the_same_photo_is_the_same_bytes() -> None:
    assert photo("pothole", 1, mended=False) == photo("pothole", 1, mended=False)
    assert photo("pothole", 1, mended=False) != photo("pothole", 2, mended=False)


def test_only_what_can_be_painted_is_photographed() -> None:
    used = Counter(matter.photo for matter in cast.matters() if matter.photo)
    assert set(used) == set(KINDS)


def test_english_words_have_only_the_place() -> None:
    written = [matter.english for matter in cast.matters() if matter.english]
    assert len(written) >= 6
    for text in written:
        assert text.isascii() and "东街" in text.format(place="东街")


def test_the_web_brings_positions_photos_and_company(scenes: list[Scene]) -> None:
    known = {place.name: place for place in cast.places()}
    for scene in scenes:
        place = known[scene.place]
        assert abs(scene.lat - place.lat) <= ASTRAY + 1e-6 and abs(scene.lon - place.lon) <= ASTRAY + 1e-6
        assert not scene.photo or (scene.channel in {"web", "sms"} and not scene.plot.told)
        assert not scene.me_too or (scene.channel == "web" and scene.duplicates_of is not None)
        assert scene.language == "zh" or scene.channel == "web"
    assert sum(scene.photo is not None for scene in scenes) > 30
    assert sum(scene.evidence is not None for scene in scenes) > 60
    assert sum(scene.me_too for scene in scenes) >= 8
    assert sum(scene.language == "en" for scene in scenes) >= 2


def test_what_is_dressed_is_the_same_month_beneath(scenes: list[Scene]) -> None:
    def bare(scene: Scene) -> Scene:
        seen = replace(scene, photo=None, evidence=None, variant=0)
        return replace(seen, lat=0, lon=0, text="", language="zh", me_too=False)

    again = dressed(Random(7), scenes)
    assert again != scenes
    assert [bare(scene) for scene in again] == [bare(scene) for scene in scenes]
