"""The documents are true: links lead somewhere, commands exist, what can be run at once runs as it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.settings import VARIABLES
from hotline.domain.actors import STAFF_ROLES
from hotline.models import UnitKind
from hotline.services.seeding import ROOT_KEY

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
names = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


def known_commands() -> set[str]:
    """The words that `./run help` lists."""
    told = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"^  ([\w-]+) ", told.stdout, re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=names)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert not missing


def test_every_command_in_the_documents_exists() -> None:
    known = known_commands()
    used = {
        (path.name, command)
        for path in DOCUMENTS
        for command in re.findall(r"\./run ([a-z]+(?:-[a-z]+)*)", path.read_text(encoding="utf-8"))
    }
    assert {(name, command) for name, command in used if command not in known} == set()
    assert {"up", "demo", "test", "bench"} <= {command for _, command in used}


def test_every_setting_in_the_documents_exists() -> None:
    for path in DOCUMENTS:
        used = set(re.findall(r"\b(HOTLINE_[A-Z_]+|TWILIO_[A-Z_]+)\b", path.read_text(encoding="utf-8")))
        assert used <= set(VARIABLES), f"{path.name}: {used - set(VARIABLES)}"


def test_modules_named_in_the_architecture_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:hotline|services|domain|web|workers|config|tests)/[\w/]+\.py)`", text))
    assert named
    missing = [name for name in named if not (ROOT / name).exists() and not (ROOT / "hotline" / name).exists()]
    assert not missing


@pytest.mark.parametrize("document", ["README.md"])
def test_the_quick_examples_run(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    examples = re.findall(r"`(\./run (?:due|help)[^`]*)`", text)
    assert len(examples) >= 2
    for example in examples:
        words = shlex.split(example)
        told = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        assert told.stdout.strip()


def test_the_example_of_a_limit_says_what_it_should() -> None:
    words = ["./run", "due", "--start", "2026-02-13T17:00", "--limit", "3 working_days"]
    told = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "2026-02-25 18:00" in told.stdout, "after the make-up Saturday and the festival"


def test_the_city_file_of_the_documents_is_complete() -> None:
    text = (ROOT / "docs" / "city.md").read_text(encoding="utf-8")
    example = tomllib.loads(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])
    assert example["unit"][0]["key"] == ROOT_KEY
    for kind in UnitKind:
        assert kind.value in text
    for role in STAFF_ROLES:
        assert role.value in text
