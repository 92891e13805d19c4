"""Light or dark by choice: the colours are those of the two appearances by the system, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hotline.web import filters

STATIC = Path(filters.__file__).parent / "static"


def colours(rules: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", rules))


@pytest.mark.parametrize(("place", "theme"), [(0, "light"), (1, "dark")])
def test_a_chosen_appearance_has_the_colours_of_the_system_s(place: int, theme: str) -> None:
    by_system = re.findall(r":root \{(.*?)\n *\}", (STATIC / "hotline.css").read_text(), re.DOTALL)[place]
    by_choice = re.search(rf':root\[data-theme="{theme}"\] \{{(.*?)\}}', (STATIC / "desk.css").read_text(), re.DOTALL)
    assert by_choice
    assert colours(by_choice[1]) == colours(by_system)
    assert f"color-scheme: {theme};" in by_choice[1]


def test_the_frame_stays_small() -> None:
    """Every page of the desk brings these; what is packed is a third of it."""
    sizes = {name: len((STATIC / name).read_bytes()) for name in ("keys.js", "palette.js", "live.js")}
    assert sum(sizes.values()) < 24_000, sizes
