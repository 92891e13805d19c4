"""The guides of the desk speak of what is there: pages, buttons and words, each with the key that it has; their
pictures, and those of README.md, are taken by a browser journey."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from hotline.domain.actors import STAFF_ROLES, Role
from hotline.web.resources import BY_NOUN
from hotline.web.staff import appeals, checks, explanations, guides, queue, steps
from hotline.web.staff.context import MENU
from hotline.web.staff.places import PLACES
from tests.browser.pictures import MOST, described

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "hotline" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
JOURNEYS = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/browser/test_*_journeys.py"))
GUIDES = {role: (guides.FOLDER / f"{name}.md").read_text(encoding="utf-8") for role, name in guides.FILES.items()}
#: Where each role's day begins, after 今日.
STARTS = {
    Role.OPERATOR: "来电草稿",
    Role.DISPATCHER: "派单台",
    Role.HANDLER: "本单位",
    Role.SUPERVISOR: "督办台",
    Role.LEADER: "月报",
    Role.ADMINISTRATOR: "今日",
}
#: Keys of the frame, the queues and the browser (keys.js, dispatching.js), which no word stands beside.
FREE = {"Enter", "↓", "↑", "/", "Ctrl K", "Alt 1", "Alt 4", "1", "2", "3"}
#: Of the button that a macro puts above a list for what is ticked; its caller words it.
SEVERAL = re.findall(r'data-key="(\w)"', (WEB / "templates/macros/watch.html").read_text(encoding="utf-8"))[0]
QUEUES = (appeals, checks, explanations)
SECTIONS = ("常做的事", "颜色和文字", "遇到这些情况")


@cache
def words() -> frozenset[str]:
    """Every text between two tags or in a string of the pages' modules, whole."""
    found: set[str] = set()
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found |= {part.strip() for part in re.split(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}", text)}
        found |= set(re.findall(r"[\"']([^\"'<>{}]+)[\"']", text))
    for path in [*(ROOT / "hotline/web").rglob("*.py"), *(ROOT / "hotline/domain").rglob("*.py")]:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found |= {node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return frozenset(found)


@cache
def keys() -> dict[str, set[str]]:
    """By the word on the screen, the keys that press it."""
    found: dict[str, set[str]] = {}
    for label, key in [*_of_places(), *_of_steps(), *_of_pages()]:
        found.setdefault(label, set()).add(key)
    return found


def _of_places() -> Iterator[tuple[str, str]]:
    for label, _, prefixes in MENU:
        for prefix in prefixes or ("/desk/",):
            place = PLACES.get(prefix.removeprefix("/desk/").partition("/")[0], PLACES[""])
            yield label, f"g {place.key}"


def _of_steps() -> Iterator[tuple[str, str]]:
    for noun, key in steps.KEYS.items():
        yield BY_NOUN[noun].label, key
    for line in [each for module in QUEUES for each in vars(module).values() if isinstance(each, queue.Line)]:
        yield from ((move.label, f"Alt {move.key.upper()}") for move in line.moves)  # the letter alone only aims


def _of_pages() -> Iterator[tuple[str, str]]:
    """Both what the key is listed as and what stands on the button."""
    for text in (path.read_text(encoding="utf-8") for path in TEMPLATES):
        yield from ((label, key) for key, label in re.findall(r'data-key="(\w)" data-key-label="([^"{]+)"', text))
        yield from ((label, SEVERAL) for label in re.findall(r'for_several\("([^"]+)"', text))
        yield from ((label, "Alt Enter") for label in re.findall(r'data-key="Enter">(?:\{\{.*?\}\})?([^<]+)<kbd', text))
        yield from ((label, key) for key, label in re.findall(r'data-key="(\w)"[^>]*>(?:\{\{.*?\}\})?([^<{]+)<', text))
        yield from re.findall(r"<summary[^>]*>([^<{]+)<kbd[^>]*>(Alt \w)</kbd>", text.replace("Alt+", "Alt "))


def test_every_role_has_a_guide_of_a_page_or_two() -> None:
    assert set(GUIDES) == set(STAFF_ROLES)
    for role, text in GUIDES.items():
        assert text.startswith("# ") and "一天算好：" in text, role
        assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == SECTIONS, role
        assert len(text) < 2400, role


@pytest.mark.parametrize("role", GUIDES)
def test_it_says_where_the_day_begins(role: Role) -> None:
    before = GUIDES[role].partition(f"## {SECTIONS[0]}")[0]
    assert f"**{STARTS[role]}**" in before
    assert STARTS[role] in {label for label, _, _ in MENU}


@pytest.mark.parametrize("role", GUIDES)
def test_what_it_names_is_there(role: Role) -> None:
    named = re.findall(r"\*\*(.+?)\*\*", GUIDES[role])
    assert named and not {word for word in named if word not in words()}


@pytest.mark.parametrize("role", GUIDES)
def test_every_key_is_the_one_of_that_word(role: Role) -> None:
    pairs = re.findall(r"\*\*([^*]+)\*\*（`([^`]+)`[^）]*）", GUIDES[role])
    pairs += [(word, key) for key, word in re.findall(r"`([^`]+)` \*\*([^*]+)\*\*", GUIDES[role]) if key not in FREE]
    wrong = [(word, key) for word, key in pairs if key not in keys().get(word, set())]
    assert not wrong
    told = set(re.findall(r"`([^`]+)`", GUIDES[role]))
    assert told - {key for _, key in pairs} <= FREE


def test_every_picture_is_there_and_taken_by_a_journey() -> None:
    shown = [path for path, _ in described()]
    folders = {guides.PICTURES, ROOT / "docs" / "screenshots"}
    assert set(shown) == {path for folder in folders for path in folder.iterdir()}
    names = [path.stem for path in shown]
    assert len(names) == len(set(names))
    assert set(names) == set(re.findall(r'take(?:_on_phone)?\(\w+, "([a-z-]+)"\)', JOURNEYS))
    assert all(path.stat().st_size <= MOST for path in shown)
    assert [path.parent for path in shown].count(guides.PICTURES) >= 2 * len(GUIDES)


def test_every_picture_says_what_is_to_be_seen_on_it() -> None:
    """The journeys look for these words on the page."""
    for path, told in described():
        assert re.search(r"“.+?”|：", told), path.name
