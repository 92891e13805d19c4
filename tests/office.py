"""LibreOffice, as the reader of a workbook or a circular has it: what it makes of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from runner import checks

MISSING = "请先安装 LibreOffice 和 poppler（Debian：apt install libreoffice-calc-nogui libreoffice-writer-nogui poppler-utils）"


def convert(files: Sequence[Path], form: str, folder: Path) -> None:
    """Open the files and save them in another form into the folder, all in one start."""
    program = checks.office()
    if program is None:
        if os.environ.get("CI") or os.geteuid() == 0:  # `./run test` has tried to get it
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program, "--headless", profile, "--convert-to", form, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def pages_of(pdf: Path) -> list[str]:
    """The words of each page."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    return done.stdout.split("\f")[:-1]


def fonts_of(pdf: Path) -> list[str]:
    """The fonts whose letters are in it, each embedded."""
    done = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True)
    return [line.split()[0] for line in done.stdout.splitlines()[2:]]
