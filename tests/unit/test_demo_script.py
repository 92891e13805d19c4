"""The demo's month is believable: varied words, real categories and units, every turn of the chain, nobody's number."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from config.categories import load_categories
from demo import cast, lately, today
from demo.scene import TURNS, Scene, dated
from demo.script import CITY_TIME, OF_TODAY, month, until
from hotline.services.transcripts import read_transcript

FIRST, DAYS = date(2026, 10, 21), 30
NEVER_IN_A_REPLY = ("管不了", "不归我们管", "没办法", "研究研究", "尽量")
ENDS = datetime(2026, 11, 19, 15, 30, tzinfo=CITY_TIME)
PHONE = re.compile(r"199 ?0000 ?\d{4}")
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return month(20261021, FIRST, DAYS)


def unit_texts(scene: Scene) -> list[str]:
    """Everything that a unit writes in the course of the plot."""
    plot = scene.plot
    texts = [plot.result, plot.reply, plot.answer or "", plot.explanation or ""]
    texts += [turn.reason for turn in plot.returned]
    texts += [text for ask in (plot.extension, plot.pause, plot.appeal) if ask for text in (ask.reason, ask.answer)]
    texts += [plot.sent_back.reason, plot.sent_back.result] if plot.sent_back else []
    texts += [plot.rework.words, plot.rework.result, plot.rework.reply] if plot.rework else []
    return texts


def test_a_month_is_large() -> None:
    for seed in range(3):
        assert 620 <= len(month(seed, FIRST, DAYS)) <= 700


def test_same_seed_same_month(scenes: list[Scene]) -> None:
    assert month(20261021, FIRST, DAYS) == scenes
    assert month(20261022, FIRST, DAYS) != scenes


@pytest.mark.parametrize("first", [date(2026, n, 1) for n in range(1, 13)])
def test_every_season_has_its_month(first: date) -> None:
    written = month(3, first, 30)
    assert 620 <= len(written) <= 700
    for scene in written:
        matter = next(m for m in cast.matters() if m.key == scene.matter)
        assert scene.arrives.month in matter.months or scene.duplicates_of or scene.same_person_repeat


def test_too_short_a_month_is_refused() -> None:
    with pytest.raises(ValueError, match="seven days"):
        month(1, FIRST, 6)
    assert len(month(1, FIRST, 7)) > 100


def test_there_is_enough_to_tell() -> None:
    assert len(cast.matters()) >= 140
    assert len({matter.key for matter in cast.matters()}) == len(cast.matters())
    assert len(cast.dialogues()) >= 25
    for area in cast.city().areas:
        assert len([place for place in cast.places() if place.area == area]) >= 55
    assert len({place.name for place in cast.places()}) == len(cast.places())


def test_texts_are_varied_and_filled(scenes: list[Scene]) -> None:
    texts = [scene.text for scene in scenes]
    assert len(set(texts)) >= 0.95 * len(texts)
    assert not [text for text in texts if "{" in text or "None" in text or "了了" in text]
    assert all(scene.text.strip() and scene.place in scene.text + scene.title for scene in scenes)


def test_what_units_write_is_filled_but_for_the_day(scenes: list[Scene]) -> None:
    for text in (text for scene in scenes for text in unit_texts(scene)):
        assert "{" not in dated(text, FIRST) and "None" not in text
        assert not any(words in text for words in NEVER_IN_A_REPLY), text
    assert dated("{day}修复", date(2026, 11, 3)) == "11月3日修复"


def test_replies_name_the_matter_and_a_contact(scenes: list[Scene]) -> None:
    for scene in scenes:
        if scene.plot.sign_share is not None:
            assert scene.place in scene.plot.reply and "{day}" in scene.plot.reply
            assert cast.city().units[scene.unit].duty_phone in scene.plot.reply
    replies = Counter(s.plot.reply for s in scenes if s.plot.sign_share is not None)
    assert max(replies.values()) == 1


def test_every_category_is_known() -> None:
    known = {category.code for category in load_categories()}
    assert {matter.category for matter in cast.matters()} <= known
    assert len({matter.category for matter in cast.matters()}) >= 90


def test_every_unit_stands_in_the_tree(scenes: list[Scene]) -> None:
    units = cast.city().units
    for scene in scenes:
        named = {scene.unit, *scene.assist, *(turn.unit for turn in scene.plot.returned)}
        named |= {scene.plot.transfer_to} if scene.plot.transfer_to else set()
        assert named <= set(units)
        assert scene.unit not in scene.assist
    for unit in units.values():
        assert unit.parent is None or unit.parent in units
        assert unit.care in cast.city().care
    assert {member.unit for member in cast.city().staff} <= set(units)
    assert [unit.key for unit in units.values() if unit.parent is None] == ["center"]
    assert Counter(unit.kind for unit in units.values())["county_centre"] == 2


def test_a_dozen_log_ins_cover_every_role() -> None:
    staff = cast.city().staff
    assert len(staff) >= 12 and len({member.login for member in staff}) == len(staff)
    roles = Counter(role for member in staff for role in member.roles)
    assert roles["operator"] == 2 and roles["supervisor"] == 2 and roles["handler"] >= 4
    assert set(roles) == {"operator", "dispatcher", "handler", "supervisor", "leader", "administrator"}


def test_all_ways_in_sources_types_and_turns_occur(scenes: list[Scene]) -> None:
    assert {scene.channel for scene in scenes} == {"web", "sms", "phone", "staff"}
    assert {s.source for s in scenes} == {"citizen", "leader", "petition", "media", "opinion", "inspection"}
    assert {scene.type for scene in scenes} == {"question", "help", "complaint", "report", "suggestion"}
    assert {scene.area for scene in scenes} == {"core", "yunjin", "shilu"}
    turns = Counter(kind for scene in scenes for kind in scene.plot.kinds)
    assert set(turns) == {*TURNS, "late", "never", "late_signed"}
    assert turns["late"] + turns["never"] < 0.25 * len(scenes)
    for scene in scenes:
        assert (scene.channel == "staff") == (scene.source != "citizen")


def test_careless_units_are_worse_than_careful_ones(scenes: list[Scene]) -> None:
    def late(care: str) -> float:
        units = {key for key, unit in cast.city().units.items() if unit.care == care}
        plots = [s.plot for s in scenes if s.unit in units and s.plot.sign_share is not None]
        return len([plot for plot in plots if {"late", "never"} & plot.kinds]) / len(plots)

    assert late("careful") < late("average") < late("careless")


def test_duplicates_are_the_same_matter_from_somebody_else_in_other_words(scenes: list[Scene]) -> None:
    copies = [(index, scene) for index, scene in enumerate(scenes) if scene.duplicates_of is not None]
    assert len({scene.duplicates_of for _, scene in copies}) == 40
    for index, scene in copies:
        first = scenes[scene.duplicates_of or 0]
        assert scene.duplicates_of is not None and scene.duplicates_of < index and scene.plot.merge
        assert (first.matter, first.place, first.unit) == (scene.matter, scene.place, scene.unit)
        assert first.text != scene.text and (first.phone is None or first.phone != scene.phone)


def test_repeats_come_from_the_same_person(scenes: list[Scene]) -> None:
    repeats = [(index, scene) for index, scene in enumerate(scenes) if scene.same_person_repeat is not None]
    assert repeats
    for index, scene in repeats:
        assert scene.same_person_repeat is not None and scene.same_person_repeat < index
        assert scene.phone and scene.phone == scenes[scene.same_person_repeat].phone and scene.plot.told


def test_every_number_is_fictional(scenes: list[Scene]) -> None:
    assert all(PHONE.fullmatch(scene.phone) for scene in scenes if scene.phone)
    for text in (text for scene in scenes for text in (scene.text, *unit_texts(scene))):
        assert not MOBILE.search(PHONE.sub("", text)), text
    assert all(re.fullmatch(r"0320-000\d{4}", unit.duty_phone) for unit in cast.city().units.values())
    for scene in scenes:
        assert not (scene.anonymous and (scene.phone or scene.caller))


def test_the_week_has_a_rhythm(scenes: list[Scene]) -> None:
    arrivals = [scene.arrives for scene in scenes]
    assert arrivals == sorted(arrivals)
    assert all(at.tzinfo is CITY_TIME and FIRST <= at.date() < FIRST + timedelta(days=DAYS) for at in arrivals)
    hours, weekdays = Counter(at.hour for at in arrivals), Counter(at.weekday() for at in arrivals)
    assert hours[9] > 4 * hours[3]
    assert sum(weekdays[day] for day in range(5)) / 5 > sum(weekdays[day] for day in (5, 6)) / 2


def test_the_last_days_leave_the_month_as_it_is(scenes: list[Scene]) -> None:
    assert until(20261021, FIRST, ENDS)[: len(scenes)] == scenes


def test_each_group_is_of_one_matter_at_one_place_this_week(scenes: list[Scene]) -> None:
    added = until(20261021, FIRST, ENDS)[len(scenes) :]
    assert len(added) == sum(len(group.voice) for group in lately.groups())
    for group in lately.groups():
        voices = [scene for scene in added if (scene.matter, scene.place) == (group.matter, group.place)]
        assert len(voices) == len({voice.text for voice in voices}) == len(group.voice) >= 4
        first, *others = voices
        assert first.lat and not first.plot.submit_share, "on the map, and open at the end"
        assert {scenes_before(scenes, added, other) for other in others} == {first}
        assert all(ENDS - timedelta(days=7) < voice.arrives < ENDS and not voice.confidential for voice in voices)


def scenes_before(scenes: list[Scene], added: list[Scene], scene: Scene) -> Scene:
    """The one that a scene is a duplicate of."""
    assert scene.duplicates_of is not None
    return (scenes + added)[scene.duplicates_of]


def test_who_calls_today_is_nobody_of_the_month(scenes: list[Scene]) -> None:
    assert all(int(scene.phone[-4:]) >= OF_TODAY for scene in scenes if scene.phone)


def test_the_sample_calls_are_twenty_in_mixed_formats_and_of_nobody() -> None:
    read = {name: read_transcript((today.SAMPLES / name).read_bytes(), filename=name) for name in today.samples()}
    assert len(read) == 20
    assert len({transcript.format for transcript in read.values()}) >= 10
    assert {transcript.encoding for transcript in read.values()} >= {"utf-8", "gb18030", "utf-16-le"}
    for transcript in read.values():
        said = "".join(turn.text for turn in transcript.turns)
        assert not MOBILE.search(PHONE.sub("", said)), said


def test_what_is_played_of_the_sample_calls_is_there() -> None:
    written = today.today()
    assert {call.file for call in written.call} <= set(today.samples())
    assert {call.by for call in written.call} == {"folder", "api", "upload"}
    agos = [each.ago for each in written.call] + [each.ago for each in written.live]
    assert all(0 < ago < 60 for ago in agos)
