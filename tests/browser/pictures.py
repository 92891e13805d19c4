"""The pictures of the guides and of README.md: each is of a page that still says what is said of it there.

`PICTURES=yes ./run test tests/browser` writes them anew. Without it a journey only holds the page against the words in
“…” of the picture's description.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.citizen_visit import PHONE

ROOT: Final = Path(__file__).resolve().parents[2]
TEXTS: Final = (ROOT / "README.md", *sorted((ROOT / "docs" / "guides").glob("*.md")))
MOST: Final = 80_000  # bytes
PICTURE: Final = re.compile(r"!\[(.*?)\]\(((?:[a-z]+/)+[a-z-]+\.webp)\)")


def described() -> list[tuple[Path, str]]:
    """Every picture that is shown, with what is said of it."""
    read = ((text.parent, PICTURE.findall(text.read_text(encoding="utf-8"))) for text in TEXTS)
    return [(folder / place, told) for folder, found in read for told, place in found]


def take(page: Page, name: str) -> None:
    """The window as it stands is what is said of it; written into its place where that was asked for."""
    path, told = next(each for each in described() if each[0].stem == name)
    for word in re.findall(r"“(.+?)”", told):
        expect(page.locator("body")).to_contain_text(word)
    if "PICTURES" in os.environ:
        _write(page, path)


def take_on_phone(page: Page, name: str) -> None:
    """The top of the page, in a journey that is made at both widths."""
    if page.viewport_size == PHONE:
        page.evaluate("scrollTo(0, 0)")
        take(page, name)


def _write(page: Page, path: Path) -> None:
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    for quality in (80, 60, 40):
        image.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= MOST:
            return
    raise AssertionError(f"{path.name} is larger than {MOST} bytes")
