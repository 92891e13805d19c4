"""pyproject.toml, the requirements and docs/dependencies.md say the same, and everything is pinned."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"

#: Where it must work: this machine, Debian 12 as it comes, and the same on ARM.
ENVIRONMENTS = [
    {},
    {"python_full_version": "3.11.2", "python_version": "3.11"},
    {"platform_machine": "aarch64"},
]


def direct(section: str) -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    listed = project["dependencies"] if section == RUNTIME else project["optional-dependencies"]["dev"]
    return [Requirement(line) for line in listed]


def pinned(*files: str) -> dict[str, Requirement]:
    lines = [line for file in files for line in (PROJECT / file).read_text().splitlines()]
    requirements = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def closure(wanted: list[Requirement], environment: dict[str, str]) -> set[str]:
    """The names of all that `wanted` needs in such an environment, as far as it is installed here."""
    found: set[str] = set()
    todo = [(requirement, "") for requirement in wanted]
    while todo:
        requirement, extra = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name in found and not requirement.extras:
            continue
        found.add(name)
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # needed there, but not here
            continue
        for group in ("", *requirement.extras):
            todo += [(Requirement(line), group) for line in needed]
    return found


def test_what_is_needed_is_pinned_and_nothing_else() -> None:
    pins = pinned(RUNTIME, DEVELOPMENT)
    needed_somewhere = set()
    for environment in ENVIRONMENTS:
        there = {name: str(value) for name, value in default_environment().items()} | environment
        installed = {name for name, pin in pins.items() if pin.marker is None or pin.marker.evaluate(there)}
        needed = closure(direct(RUNTIME) + direct(DEVELOPMENT), there)
        assert needed <= installed, environment
        needed_somewhere |= needed
    assert needed_somewhere == set(pins)


@pytest.mark.parametrize("file", [RUNTIME, DEVELOPMENT])
def test_every_pin_is_exact_and_what_is_asked_for(file: str) -> None:
    pins = pinned(file)
    assert all(re.fullmatch(r"==[0-9][0-9a-z.]*", str(pin.specifier)) for pin in pins.values())
    for requirement in direct(file):
        pin = pins[canonicalize_name(requirement.name)]
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version)
        assert pin.extras == requirement.extras


def test_this_environment_is_the_pinned_one() -> None:
    for name, pin in pinned(RUNTIME, DEVELOPMENT).items():
        if pin.marker is None or pin.marker.evaluate():
            assert pin.specifier.contains(metadata.version(name)), f"{name} {metadata.version(name)}, pinned {pin}"


@pytest.mark.parametrize(("file", "heading"), [(RUNTIME, "To run"), (DEVELOPMENT, "To test")])
def test_each_direct_dependency_is_explained_and_no_other(file: str, heading: str) -> None:
    page = (PROJECT / "docs" / "dependencies.md").read_text()
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9-]+)(?:\[[a-z]+\])? \| (.+) \| (.+) \|$", section, re.MULTILINE)
    explained = [name for name, _, _ in rows if name != "package"]
    assert explained == sorted(canonicalize_name(requirement.name) for requirement in direct(file))


def test_no_file_decides_where_packages_come_from() -> None:
    for file in [*PROJECT.glob("requirements*.txt"), PROJECT / "pyproject.toml", *PROJECT.glob("runner/**/*.py")]:
        assert not re.search(r"index-url\s*=|--index-url|find-links|pypi\.org", file.read_text()), file
