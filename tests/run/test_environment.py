"""The environment is made once, updated when the requirements change, and survives interruptions; no network here."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from runner import environment
from runner.environment import INSTALLING, VENDOR, EnvironmentFault, ensure_environment
from tests.run.command import PATIENCE, PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one requirement: a package of one module."""
    folder = tmp_path / "project"
    folder.mkdir()
    require(folder, "1.0")
    return folder


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """Where nothing is yet."""
    return tmp_path / "venv"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment made for a project that requires `tiny` 1.0."""
    folder = tmp_path_factory.mktemp("made")
    require(folder, "1.0")
    ensure_environment(folder / "venv", project=folder)
    return folder / "venv"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same pip, out of its wheel: from a wheel Python compiles it anew each time, which takes half of its run."""
    folder = tmp_path_factory.mktemp("vendor")
    wheel = next(VENDOR.glob("pip-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / wheel.name)
    return folder


@pytest.fixture
def quick(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is shown once it has been shown with the wheel (`made_once`, and where two are at it)."""
    monkeypatch.setattr(environment, "VENDOR", unpacked)


@pytest.fixture
def made(made_once: Path, venv: Path) -> Path:
    """The same for the `project` of this test alone."""
    shutil.copytree(made_once, venv, symlinks=True)
    return venv


def require(project: Path, version: str) -> None:
    """Let the project require this version of `tiny`, from a wheel beside it."""
    wheel = project / f"tiny-{version}-py3-none-any.whl"
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"tiny.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    (project / "requirements.txt").write_text(f"./{wheel.name}\n")


def installed_version(python: Path) -> str:
    return subprocess.check_output([python, "-c", "import tiny; print(tiny.VERSION)"], text=True).strip()


def test_it_is_made_without_ensurepip(made: Path) -> None:
    assert installed_version(made / "bin" / "python") == "1.0"
    assert not list(made.rglob("ensurepip"))
    assert not (made / "bin" / "pip").exists()


def test_nothing_is_done_when_nothing_changed(project: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert ensure_environment(made, project=project) == made / "bin" / "python"


@pytest.mark.usefixtures("quick")
def test_changed_requirements_are_installed(project: Path, made: Path) -> None:
    require(project, "2.0")
    assert installed_version(ensure_environment(made, project=project)) == "2.0"


@pytest.mark.usefixtures("quick")
def test_an_interrupted_installation_begins_again(project: Path, made: Path) -> None:
    next(made.rglob("tiny.py")).write_text("half of it is miss")
    (made / INSTALLING).touch()
    assert installed_version(ensure_environment(made, project=project)) == "1.0"


@pytest.mark.usefixtures("quick")
def test_an_environment_of_another_python_is_made_anew(project: Path, made: Path) -> None:
    python = made / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python3.10")
    assert installed_version(ensure_environment(made, project=project)) == "1.0"


@pytest.mark.usefixtures("quick")
def test_what_fails_is_explained_and_works_the_next_time(project: Path, venv: Path) -> None:
    wanted = (project / "requirements.txt").read_text()
    (project / "requirements.txt").write_text("./missing-1.0-py3-none-any.whl\n")
    with pytest.raises(EnvironmentFault, match=r"missing-1\.0"):
        ensure_environment(venv, project=project)
    (project / "requirements.txt").write_text(wanted)
    assert installed_version(ensure_environment(venv, project=project)) == "1.0"


def test_a_directory_with_other_files_is_left_alone(project: Path, tmp_path: Path) -> None:
    dear = tmp_path / "photos"
    dear.mkdir()
    (dear / "wedding.jpg").write_text("irreplaceable")
    with pytest.raises(EnvironmentFault, match="别的文件"):
        ensure_environment(dear, project=project)
    assert (dear / "wedding.jpg").exists()


def test_two_at_once_install_once(project: Path, venv: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from runner.environment import ensure_environment\n"
        "ensure_environment(Path(sys.argv[1]), project=Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, str(venv), str(project)]
    both = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    output = "".join(process.communicate(timeout=PATIENCE)[1] for process in both)
    assert [process.returncode for process in both] == [0, 0], output
    assert output.count("建立运行环境") == 1
    assert installed_version(venv / "bin" / "python") == "1.0"
    assert json.loads((venv / ".hotline-installed").read_text())["requirements.txt"]
