"""LibreOffice, as the reader of a workbook or a circular has it: what it makes of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from runner import checks

PACKAGES = "libreoffice-calc-nogui libreoffice-writer-nogui poppler-utils"
MISSING = f"请先安装 LibreOffice 和 poppler（Debian：apt install {PACKAGES}）"


def convert(folder: Path, files: Mapping[Path, str]) -> None:
    """Open each file and save it in that form into the folder, all at once, each in a LibreOffice of its own."""
    program = checks.office()
    if program is None:
        if os.environ.get("CI") or os.geteuid() == 0:  # `./run test` has tried to get it
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    started = []
    for number, (file, form) in enumerate(files.items()):
        profile = f"-env:UserInstallation=file://{folder / f'profile-{number}'}"
        command = [program, "--headless", profile, "--convert-to", form, "--outdir", str(folder), str(file)]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    for process in started:
        assert process.wait(timeout=120) == 0


def pages_of(pdf: Path) -> list[str]:
    """The words of each page."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    return done.stdout.split("\f")[:-1]


def fonts_of(pdf: Path) -> list[str]:
    """The fonts whose letters are in it, each embedded."""
    done = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, text=True)
    return [line.split()[0] for line in done.stdout.splitlines()[2:]]
