"""The log: every process tells from the level of the settings on, and nothing below it."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

import config.settings
import hotline.assembly
import hotline.web.app
from config.settings import Settings, load
from workers import shift, timetable, worker

ROOT = Path(__file__).resolve().parents[2]


def tell(*_: object, **__: object) -> None:
    """What a process does here instead of its work."""
    structlog.get_logger().info("below")
    structlog.get_logger().error("above")


def run_worker(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    for name, instead in {"current": lambda: settings, "settle_in": lambda *_: None, "work": tell}.items():
        patch.setattr(worker, name, instead)
    patch.setattr(shift, "begin", lambda: None)
    patch.setattr("signal.signal", lambda *_: None)
    worker.main()


def run_timetable(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(timetable, "current", lambda: settings)
    patch.setattr(timetable, "keep", tell)
    patch.setattr("signal.signal", lambda *_: None)
    timetable.main()


def run_web(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(config.settings, "current", lambda: settings)
    patch.setattr(hotline.assembly, "open_office", lambda *_, **__: None)
    patch.setattr(hotline.web.app, "create_app", tell)
    runpy.run_path(str(ROOT / "wsgi.py"))


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("run", [run_worker, run_timetable, run_web])
def test_what_is_below_the_level_is_not_told(
    run: Callable[[Settings, pytest.MonkeyPatch], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = replace(load({"HOTLINE_DATA": str(tmp_path)}), redis_url="redis://127.0.0.1:1")
    run(settings, monkeypatch)
    assert "below" in capsys.readouterr().out
    run(replace(settings, log_level="WARNING"), monkeypatch)
    told = capsys.readouterr().out
    assert "above" in told
    assert "below" not in told
