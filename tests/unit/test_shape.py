"""The shape of the code (design §8): imports only point down, the rules know nothing but the standard library, one
subject fits in a module, nothing below a door asks the clock, only the settings read the environment."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400  # lines

#: What each room may import of the project, besides itself.
ROOMS: dict[str, set[str]] = {
    "hotline.domain": set(),
    "hotline.models": {"hotline.domain"},
    "hotline.carriers": {"hotline.domain"},
    "hotline.services": {"hotline.domain", "hotline.models", "hotline.carriers"},
    "hotline.bell": set(),
    "hotline.driver": set(),
    "hotline.office": {
        "hotline.domain",
        "hotline.models",
        "hotline.services",
        "hotline.carriers",
        "hotline.bell",
        "hotline.driver",
    },
    "hotline.assembly": {
        "hotline.domain",
        "hotline.office",
        "hotline.services",
        "hotline.carriers",
        "hotline.bell",
        "config",
    },
    "config": {"hotline.domain"},
    "migrations": {"hotline.models"},
}
INSIDE = {"hotline.domain", "hotline.models", "hotline.services", "hotline.carriers", "hotline.bell", "hotline.office"}
DOORS = INSIDE | {"hotline.assembly", "config", "migrations"}
ROOMS |= {"hotline.web": DOORS, "hotline.cli": DOORS, "workers": DOORS, "wsgi": DOORS | {"hotline.web"}}

CLOCK = re.compile(r"\b(datetime|date)\.(now|utcnow|today)\(|\btime\.time\(|\bfunc\.(now|current_timestamp)\(")
MAY_ASK_THE_CLOCK = {"hotline/web/door.py"}


def modules() -> Iterator[tuple[str, Path]]:
    """The product's modules by their dotted names."""
    for folder in ("hotline", "config", "migrations", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path
    yield "wsgi", ROOT / "wsgi.py"


def room_of(name: str) -> str | None:
    """The room that a module stands in; None for what is not of the project."""
    return next((room for room in ROOMS if name == room or name.startswith(f"{room}.")), None)


def imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_down(name: str, path: Path) -> None:
    room = room_of(name)
    if room is None:
        assert name == "hotline", f"{name} stands in no room"
        return
    up = {target for target in map(room_of, imports(path)) if target not in {None, room, *ROOMS[room]}}
    assert not up, f"{name} must not import {sorted(map(str, up))}"


def test_the_rules_know_only_the_standard_library() -> None:
    for path in (ROOT / "hotline" / "domain").rglob("*.py"):
        foreign = {
            name.split(".")[0]
            for name in imports(path)
            if not name.startswith("hotline.domain") and name.split(".")[0] not in sys.stdlib_module_names
        }
        assert not foreign, f"{path.name} imports {foreign}"


@pytest.mark.parametrize("folder", ["hotline", "config", "workers", "runner", "demo", "bench", "tests"])
def test_a_module_fits_in_a_head(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_time_is_an_argument() -> None:
    asking = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "hotline").rglob("*.py")
        if CLOCK.search(path.read_text(encoding="utf-8")) and "cli" not in path.parts
    ]
    assert set(asking) == MAY_ASK_THE_CLOCK


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for name, path in modules()
        if re.search(r"\bos\.environ\b|\bgetenv\(", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["config/settings.py"]


def test_services_never_commit() -> None:
    for path in (ROOT / "hotline" / "services").rglob("*.py"):
        assert ".commit(" not in path.read_text(encoding="utf-8"), path.name
