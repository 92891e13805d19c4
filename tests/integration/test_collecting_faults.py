"""收取目录: what cannot be read, moved or written down stops no other file, and no call is lost by it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hotline.services import collecting, transcribing
from hotline.services.transcripts import MAX_BYTES
from tests.city import City
from tests.integration.test_collecting import CALL, age, box, collect, drafts, drop, files, put_aside

__all__ = ["box"]

BROKEN = [
    ("sound.txt", b"RIFF\x00\x00\x00\x00WAVEfmt ", "录音"),
    ("empty.txt", b"", "空的"),
    ("blank.txt", b" \n\n ", "空的"),
    ("huge.txt", b"x" * (MAX_BYTES + 1), "MB"),
    ("cut.json", b'{"turns": [{"text": "\xe6\x82', "JSON"),
    ("other.json", b'{"hello": 1}', "不认识"),
    ("noise.txt", bytes(range(256)) * 20, "文本"),
    ("garbled.txt", CALL.encode().decode("gb18030", "replace").encode(), "乱码|文本"),
    ("20261013-080000.txt", CALL.encode(), "将来"),
    ("20240101-080000.txt", CALL.encode(), "一年"),
]


def test_what_cannot_be_read_is_set_aside_with_the_reason_and_stops_no_other(city: City, box: Path) -> None:
    for name, data, _ in BROKEN:
        drop(city, box / name, data, ago=3600)
    drop(city, box / "zz.txt", ago=10)
    assert collect(city) == len(BROKEN) + 1
    assert [draft.filename for draft in drafts(city)] == ["zz.txt"]
    told = {name: reason for name, reason, _ in put_aside(city)}
    for name, data, reason in BROKEN:
        assert any(word in told[name] for word in reason.split("|")), (name, told[name])
        assert (box / "broken" / name).read_bytes() == data
        assert (box / "broken" / f"{name}.reason.txt").read_text().strip() == told[name]
    assert {when for _, _, when in put_aside(city)} == {city.now}


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        (b"{", "格式"),
        (b"[]", "对象"),
        (b'{"time": "x"}', "time"),
        (b'{"called_at": "2026-10-12T07:00:00"}', "时区"),
        (b'{"called_at": "gestern"}', "不是时间"),
        (b'{"called_at": {}}', "文字"),
        (b"\xff\xfe\x00", "格式"),
    ],
)
def test_a_side_car_that_cannot_be_read_goes_aside_with_its_transcript(
    city: City, box: Path, beside: bytes, reason: str
) -> None:
    drop(city, box / "call.txt")
    drop(city, box / "call.txt.json", beside)
    collect(city)
    assert drafts(city) == []
    assert files(box) == [f"broken/call.txt{ending}" for ending in ("", ".json", ".reason.txt")]
    ((name, told, _),) = put_aside(city)
    assert (name, reason in told) == ("call.txt", True), told


def test_odd_files_are_set_aside_and_folders_left(city: City, box: Path, tmp_path: Path) -> None:
    secret = drop(city, tmp_path / "secret.txt", "坐席：您好\n市民：不该读到")
    (box / "link.txt").symlink_to(secret)
    os.mkfifo(box / "pipe.txt")
    for name in ("link.txt", "pipe.txt"):
        age(city, box / name, 60)
    odd = os.fsdecode("来电一.txt".encode("gb18030"))
    drop(city, box / odd)
    long = "路" * 83 + ".txt"
    drop(city, box / long, b"%PDF")
    (box / "a folder").mkdir()
    (box / "county").symlink_to(tmp_path, target_is_directory=True)
    collect(city)
    assert [draft.filename for draft in drafts(city)] == ["来电一.txt"]
    told = {name: reason for name, reason, _ in put_aside(city)}
    assert "链接" in told["link.txt"]
    assert "普通文件" in told["pipe.txt"]
    assert "PDF" in next(reason for name, reason in told.items() if name.startswith("路"))
    assert secret.exists()
    assert {"a folder/", "county/"} < told.keys()


def test_a_file_that_may_not_be_read_is_set_aside(city: City, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(city, box / "locked.txt")
    drop(city, box / "open.txt")
    really = os.open

    def refuse(path: Any, *more: Any, **options: Any) -> int:
        if str(path).endswith("locked.txt"):
            raise PermissionError(13, "Permission denied")
        return really(path, *more, **options)

    monkeypatch.setattr(os, "open", refuse)
    collect(city)
    ((name, reason, _),) = put_aside(city)
    assert (name, "权限" in reason) == ("locked.txt", True)
    assert len(drafts(city)) == 1


def test_an_unforeseen_fault_stops_no_other_file(city: City, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(city, box / "a.txt", ago=90)
    drop(city, box / "b.txt")
    really = transcribing.send

    def stumble(work: Any, data: bytes, call: transcribing.Call) -> Any:
        if call.filename == "a.txt":
            raise ZeroDivisionError("13800001111")
        return really(work, data, call)

    monkeypatch.setattr(collecting, "send", stumble)
    collect(city)
    assert [draft.filename for draft in drafts(city)] == ["b.txt"]
    assert [name for name, _, _ in put_aside(city)] == ["a.txt"]


def test_a_file_that_may_not_be_moved_stops_no_other(city: City, box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(city, box / "a.txt", ago=90)
    drop(city, box / "b.txt")
    really = Path.rename

    def refuse(path: Path, place: Path) -> Path:
        if path.name == "a.txt":
            raise PermissionError(1, "Operation not permitted")
        return really(path, place)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        assert collect(city) == 1
    assert files(box) == ["a.txt"]
    assert collect(city) == 1


def test_with_the_disk_full_the_file_waits_or_goes_aside_without_words(
    city: City, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(city, box / "a.txt", b"%PDF")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", full)
        assert collect(city) == 0
    assert files(box) == ["a.txt"]
    (box / "broken").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        assert collect(city) == 1
    ((name, reason, _),) = put_aside(city)
    assert (name, bool(reason)) == ("a.txt", True)
