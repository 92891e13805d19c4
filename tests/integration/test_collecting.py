"""收取目录: what is dropped in the folder is a draft once, what cannot be read is set aside with the reason."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.domain.actors import Actor, ActorKind, Role
from hotline.domain.errors import NotAllowed
from hotline.models import CameBy, Draft, Unit
from hotline.services import claiming, collecting, transcribing, watching
from tests.city import City, at
from tests.work import shift_of
from workers import folder

CALL = "坐席：您好，12319，请问您有什么事？\n市民：香溪路的路灯坏了，三天了都不亮。\n"


@pytest.fixture
def box(city: City) -> Path:
    """The folder of the city's centre."""
    collect(city)
    return city.office.transcripts


def drop(city: City, path: Path, data: bytes | str = CALL, *, ago: float = 60) -> Path:
    """A file written so many seconds ago, by the city's clock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return age(city, path, ago)


def age(city: City, path: Path, ago: float) -> Path:
    moment = city.now.timestamp() - ago
    os.utime(path, (moment, moment), follow_symlinks=False)
    return path


def collect(city: City) -> int:
    return folder.collect(shift_of(city))


def drafts(city: City) -> list[Draft]:
    return city.rows(sa.select(Draft).order_by(Draft.id))


def files(box: Path) -> list[str]:
    return sorted(str(path.relative_to(box)) for path in box.rglob("*") if not path.is_dir() or path.is_symlink())


def put_aside(city: City, who: str = "olga") -> list[tuple[str, str, datetime]]:
    with city.work(who) as work:
        return [(each.name, each.reason, each.at) for each in collecting.set_aside(work)]


def test_a_file_becomes_a_draft_and_nothing_of_it_stays_in_the_folder(city: City, box: Path) -> None:
    drop(city, box / "20261012-083015_13800001111_REC-0001.txt", CALL.encode("gb18030"))
    assert collect(city) == 1
    (draft,) = drafts(city)
    assert (draft.came_by, draft.encoding, draft.recording) == (CameBy.FOLDER, "gb18030", "REC-0001")
    assert draft.called_at == at("2026-10-12 08:30:15")
    assert draft.centre_id == city.unit_id("center")
    assert (draft.sent_by, draft.filename) == ("收取目录", "20261012-083015_138****1111_REC-0001.txt")
    assert "13800001111" not in str(draft.idempotency_key)
    with city.work("olga") as work:
        assert transcribing.read_content(work, draft)["caller"] == "+8613800001111"
    assert [path for path in box.rglob("*") if path.name != "taking"] == []
    assert put_aside(city) == []


def test_without_anything_told_the_call_was_when_the_file_was_written(city: City, box: Path) -> None:
    drop(city, box / "call.txt", ago=600)
    drop(city, box / "copied.txt", "坐席：您好\n市民：井盖没了", ago=800 * 86400)
    collect(city)
    called = {draft.filename: draft.called_at for draft in drafts(city)}
    assert called["call.txt"] == city.now - timedelta(minutes=10)
    assert called["copied.txt"] == city.now, "a clock that is years off tells nothing"


def test_a_json_beside_it_tells_of_the_call_and_goes_with_it(city: City, box: Path) -> None:
    drop(city, box / "20261011-080000_call.txt")
    told = {"called_at": "2026-10-12T07:00:00+08:00", "caller": "0551-62345678", "recording": "R-9"}
    drop(city, box / "20261011-080000_call.txt.json", json.dumps(told))
    collect(city)
    (draft,) = drafts(city)
    assert (draft.called_at, draft.recording) == (at("2026-10-12 07:00"), "R-9")
    assert files(box) == []


def test_a_transcript_that_is_json_is_no_side_car(city: City, box: Path) -> None:
    segments = {"segments": [{"start": 0, "end": 1, "text": "路灯坏了", "speaker": "customer"}]}
    drop(city, box / "call.wav.json", json.dumps(segments))
    drop(city, box / "other.json", json.dumps(segments))
    drop(city, box / "other.json.json", json.dumps({"recording": "R-1"}))
    collect(city)
    assert {draft.filename: draft.recording for draft in drafts(city)} == {"call.wav.json": "", "other.json": "R-1"}


def test_a_side_car_waits_an_hour_for_its_transcript(city: City, box: Path) -> None:
    drop(city, box / "late.txt.json", '{"recording": "R-1"}', ago=3500)
    collect(city)
    assert files(box) == ["late.txt.json"]
    city.turn(minutes=5)
    collect(city)
    ((name, reason, _),) = put_aside(city)
    assert name == "late.txt.json"
    assert "转写文件" in reason


def test_a_file_still_being_written_is_left_alone(city: City, box: Path) -> None:
    drop(city, box / "now.txt", ago=2)
    drop(city, box / "ahead.txt", ago=-7200)
    drop(city, box / "opened.txt", b"", ago=300)
    drop(city, box / "with.txt")
    drop(city, box / "with.txt.json", "{", ago=1)
    hidden = [".call.txt", "call.txt.part", "call.TMP", "call.filepart", "call.txt~", "~call.txt", "Thumbs.db"]
    for name in hidden:
        drop(city, box / name, ago=9999)
    assert collect(city) == 0
    assert len(files(box)) == 5 + len(hidden)
    city.turn(seconds=10)
    drop(city, box / "with.txt.json", '{"recording": "R-2"}', ago=6)
    assert collect(city) == 3
    assert {draft.filename for draft in drafts(city)} == {"now.txt", "ahead.txt", "with.txt"}
    assert files(box) == sorted(["opened.txt", *hidden])


def test_a_rename_into_the_folder_is_taken_at_once(city: City, box: Path) -> None:
    drop(city, box / "call.txt.part").rename(box / "call.txt")
    assert collect(city) == 1


def test_a_file_that_changes_while_it_is_read_goes_back(city: City, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(city, box / "call.txt")

    def still_written(*_: Any) -> None:
        raise watching.StillWritten

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "send", still_written)
        assert collect(city) == 0
    assert files(box) == ["call.txt"]
    assert collect(city) == 1


def test_the_same_file_dropped_again_is_the_same_draft(city: City, box: Path) -> None:
    for _ in range(2):
        drop(city, box / "call.txt")
        assert collect(city) == 1
    drop(city, box / "call.txt", CALL + "市民：谢谢\n")
    drop(city, box / "county" / "call.txt")
    assert collect(city) == 2
    assert [draft.centre_id for draft in drafts(city)] == [city.unit_id(key) for key in ("center", "center", "county")]
    assert files(box) == []


def told(recording: str, **more: str) -> str:
    return json.dumps({"recording": recording} | more)


def test_the_same_words_under_the_same_name_are_another_call_if_the_json_tells_of_another(
    city: City, box: Path
) -> None:
    for beside in (None, told("R-1"), told("R-2"), told("R-2", caller="13800001111"), told("R-1"), None):
        drop(city, box / "call.txt")
        if beside is not None:
            drop(city, box / "call.txt.json", beside)
        assert collect(city) == 1
        assert files(box) == []
    assert [draft.recording for draft in drafts(city)] == ["", "R-1", "R-2", "R-2"], "sent again, no new one"


def test_what_is_dropped_while_a_file_is_taken_keeps_its_json(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(city, box / "call.txt")
    drop(city, box / "call.txt.json", told("R-1"))
    really = collecting.draft

    def meanwhile(work: Any, taken: Any) -> bool:
        drop(city, box / "call.txt")
        drop(city, box / "call.txt.json", told("R-2"))
        return really(work, taken)

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "draft", meanwhile)
        assert collect(city) == 1
    assert files(box) == ["call.txt", "call.txt.json"]
    assert collect(city) == 1
    assert [draft.recording for draft in drafts(city)] == ["R-1", "R-2"]


@pytest.mark.parametrize("dropped", [["call.txt.json"], ["call.txt.json", "call.txt"]])
def test_what_cannot_go_back_stays_with_its_json(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch, dropped: list[str]
) -> None:
    drop(city, box / "call.txt")
    drop(city, box / "call.txt.json", told("R-1"))

    def still_written(*_: Any) -> None:
        for name in dropped:
            drop(city, box / name, CALL if name.endswith(".txt") else told("R-2"))
        raise watching.StillWritten

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "send", still_written)
        assert collect(city) == 0
    drop(city, box / "call.txt")
    city.now += claiming.LEFT * 1.1
    assert collect(city) == 2
    assert sorted(draft.recording for draft in drafts(city)) == ["R-1", "R-2"]
    assert files(box) == []


def test_a_file_whose_json_may_not_be_moved_waits_for_it(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(city, box / "call.txt")
    drop(city, box / "call.txt.json", told("R-1"))
    really = Path.rename

    def refuse(path: Path, place: Path) -> Path:
        if path.name.endswith(".json"):
            raise PermissionError(1, "Operation not permitted")
        return really(path, place)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        assert collect(city) == 0
    assert files(box) == ["call.txt", "call.txt.json"]
    assert collect(city) == 1
    assert [draft.recording for draft in drafts(city)] == ["R-1"]


def test_a_time_that_cannot_be_loses_nothing_else_of_the_name(city: City, box: Path) -> None:
    drop(city, box / "20261012-250000_13800001111_REC9.txt", ago=600)
    drop(city, box / "20261012-256000_13800001111_REC8.txt")
    drop(city, box / "20261012-256000_13800001111_REC8.txt.json", '{"called_at": "2026-10-12T07:00:00+08:00"}')
    collect(city)
    with city.work("olga") as work:
        for draft in drafts(city):
            assert transcribing.read_content(work, draft)["caller"] == "+8613800001111"
    warned = {
        draft.recording: (draft.called_at, any("文件名中的时间有误" in warning["text"] for warning in draft.warnings))
        for draft in drafts(city)
    }
    assert warned == {"REC9": (city.now - timedelta(minutes=10), True), "REC8": (at("2026-10-12 07:00"), False)}


def test_each_centre_has_its_folder_and_sees_its_own(city: City, box: Path) -> None:
    drop(city, box / "county" / "call.txt")
    drop(city, box / "county" / "broken.txt", b"%PDF-1.7")
    drop(city, box / "nowhere" / "call.txt")
    drop(city, box / "lamps" / "call.txt")
    drop(city, box / "broken.txt", b"PK\x03\x04")
    collect(city)
    assert [draft.centre_id for draft in drafts(city)] == [city.unit_id("county")]
    names = [name for name, _, _ in put_aside(city)]
    assert sorted(names) == ["broken.txt", "broken.txt", "lamps/", "nowhere/"]
    with city.work() as work:
        county = work.session.scalars(sa.select(Unit).where(Unit.key == "county")).one()
        actor = Actor(ActorKind.STAFF, "县受理", 1, frozenset({Role.OPERATOR}), county.id, county.path)
    with city.work(actor) as work:
        ((name, reason, _, _),) = collecting.set_aside(work)
    assert (name, "PDF" in reason) == ("broken.txt", True)
    with city.work("hans") as work, pytest.raises(NotAllowed):
        collecting.set_aside(work)


def test_twenty_mixed_files_are_twenty_drafts(city: City, box: Path) -> None:
    subtitles = "1\n00:00:01,000 --> 00:00:03,000\n坐席：您好\n\n2\n00:00:04,000 --> 00:00:09,000\n市民：{}号灯不亮\n"
    for number in range(20):
        kind = number % 4
        name, data = {
            0: ("txt", f"坐席：您好\n市民：香溪路第{number}盏路灯不亮\n".encode("gb18030")),
            1: ("srt", subtitles.format(number).encode("utf-8-sig")),
            2: ("json", json.dumps({"segments": [{"text": f"香溪路第{number}盏路灯不亮"}]}).encode()),
            3: ("vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v 市民>第{number}盏路灯不亮".encode("utf-16")),
        }[kind]
        drop(city, box / f"call-{number}.{name}", data)
    assert collect(city) == 20
    assert len(drafts(city)) == 20
    assert {draft.format for draft in drafts(city)} == {"plain", "srt", "json/whisper", "vtt"}
    assert files(box) == []
