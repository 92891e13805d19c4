"""Lighthouse as its makers publish it, run by npx in a folder of packages of its own (`npm_config_cache`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.table import Line

PACKAGE: Final = "lighthouse@13.5.0"
PATIENCE: Final = 300  # seconds, the first time with fetching it
LEAST: Final = 95
#: What is asked for, and what only is shown.
CATEGORIES: Final = {"performance": "性能", "accessibility": "无障碍", "best-practices": "良好做法"}
SHOWN: Final = {"seo": "可被搜索"}


def measure(chromium: str, site: str, paths: Sequence[str]) -> list[Line]:
    """A line for each page; one that says what is missing where it cannot be run."""
    npx = shutil.which("npx")
    if npx is None:
        return [Line("Lighthouse", "没有测：本机没有 Node.js（npx）")]
    try:
        return [_line(path, scores(npx, chromium, site + path)) for path in paths]
    except NotRun as reason:
        return [Line("Lighthouse", f"没有测：{reason}")]


class NotRun(Exception):
    """It could not be fetched or did not finish; the text is what it said."""


def scores(npx: str, chromium: str, address: str) -> dict[str, int]:
    """Points of 100 for each category, on its slow 4G and a telephone four times slower than this machine."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [npx, "--yes", "--package", PACKAGE, "lighthouse", address, "--quiet", "--output=json"]
        command += [f"--output-path={report}", f"--only-categories={','.join([*CATEGORIES, *SHOWN])}"]
        command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        try:
            done = subprocess.run(
                command,
                env={**os.environ, "CHROME_PATH": chromium},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise NotRun(f"{PATIENCE} 秒没有完成") from late
        if done.returncode != 0 or not report.exists():
            raise NotRun(" ".join(done.stderr.split())[-200:] or f"退出码 {done.returncode}")
        return read(report.read_text())


def read(report: str) -> dict[str, int]:
    """The points in a report; a category that could not be judged counts as 0."""
    categories = json.loads(report)["categories"]
    return {name: round(100 * (categories[name]["score"] or 0)) for name in (*CATEGORIES, *SHOWN)}


def _line(path: str, found: dict[str, int]) -> Line:
    figures = "，".join(f"{label} {found[name]}" for name, label in (CATEGORIES | SHOWN).items())
    return Line(
        f"Lighthouse，手机，{path}",
        figures,
        goal=f"前三项 ≥ {LEAST}",
        met=all(found[name] >= LEAST for name in CATEGORIES),
    )
