"""The pictures of the guides: each is of a page that still says what the guide says of it.

`PICTURES=yes ./run test tests/browser` writes them anew into docs/guides/images. Without it a journey only holds the
page against the words in “…” of the picture's description.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect

GUIDES: Final = Path(__file__).resolve().parents[2] / "docs" / "guides"
MOST: Final = 80_000  # bytes
PICTURE: Final = re.compile(r"!\[(.*?)\]\(images/([a-z-]+)\.webp\)")


def described() -> dict[str, str]:
    """Every picture in the guides, with what is said of it."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(GUIDES.glob("*.md"))]
    return {name: told for text in texts for told, name in PICTURE.findall(text)}


def take(page: Page, name: str) -> None:
    """The window as it stands is what the guide says; written into the guides where that was asked for."""
    for word in re.findall(r"“(.+?)”", described()[name]):
        expect(page.locator("body")).to_contain_text(word)
    if "PICTURES" in os.environ:
        _write(page, GUIDES / "images" / f"{name}.webp")


def _write(page: Page, path: Path) -> None:
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    for quality in (80, 60, 40):
        image.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= MOST:
            return
    raise AssertionError(f"{path.name} is larger than {MOST} bytes")
