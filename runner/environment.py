"""The project's own Python environment, made from the pinned requirements. Standard library only.

Debian's plain `python3` has `venv` but neither pip nor `ensurepip`; pip's own wheel, kept in runner/vendor, does that
part, for root and ordinary users alike. Which index the packages come from is decided by pip's own configuration.
"""

import fcntl
import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runner.tether import tied_to_parent

PROJECT = Path(__file__).resolve().parent.parent
VENDOR = Path(__file__).resolve().parent / "vendor"
RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")

LOCK = ".hotline-lock"
INSTALLED = ".hotline-installed"  # what was installed, whole: {file: checksum, "python": version}
INSTALLING = ".hotline-installing"  # an installation began and did not end


class EnvironmentFault(Exception):
    """The environment cannot be made; the text (Chinese) says why and what to do."""


def ensure_environment(venv: Path, requirements: Sequence[str] = RUNTIME, project: Path = PROJECT) -> Path:
    """Make or update the environment in `venv` where it is not what `requirements` say; return its Python.

    Needs no network when nothing changed. Two at once: the second waits. Raises EnvironmentFault.
    """
    wanted = _wanted(project, requirements)
    python = venv / "bin" / "python"
    if _installed(venv, wanted):
        return python
    try:
        with _locked(venv):
            if not _installed(venv, wanted):  # another `./run` may have done it while we waited
                _install(venv, python, project, requirements, wanted)
    except PermissionError as refused:
        raise EnvironmentFault(
            f"不能写入 {refused.filename}:请用拥有该目录的用户运行,或用 HOTLINE_VENV 另选环境目录。"
        ) from refused
    except OSError as failed:
        raise EnvironmentFault(f"不能建立运行环境 {venv}:{failed}") from failed
    return python


def _wanted(project: Path, requirements: Sequence[str]) -> dict[str, str]:
    version = ".".join(map(str, sys.version_info[:2]))
    return {"python": version} | {
        name: hashlib.sha256((project / name).read_bytes()).hexdigest() for name in requirements
    }


def _installed(venv: Path, wanted: dict[str, str]) -> bool:
    if (venv / INSTALLING).exists() or not (venv / "bin" / "python").exists():
        return False
    return wanted.items() <= _read_installed(venv).items()


def _read_installed(venv: Path) -> dict[str, str]:
    try:
        installed: dict[str, str] = json.loads((venv / INSTALLED).read_text())
    except (OSError, ValueError):
        return {}
    return installed


@contextmanager
def _locked(venv: Path) -> Iterator[None]:
    venv.mkdir(parents=True, exist_ok=True)
    with (venv / LOCK).open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            _say("另一个 ./run 正在准备运行环境,等它完成……")
            fcntl.lockf(lock, fcntl.LOCK_EX)
        yield


def _install(venv: Path, python: Path, project: Path, requirements: Sequence[str], wanted: dict[str, str]) -> None:
    if (venv / INSTALLING).exists() or not _works(python):
        _say(f"建立运行环境 {venv}")
        _clear(venv)
        _make(venv)
    (venv / INSTALLING).touch()
    for name in requirements:
        if _read_installed(venv).get(name) != wanted[name]:
            _pip_install(python, project / name)
    (venv / INSTALLED).write_text(json.dumps(_read_installed(venv) | wanted, indent=1))
    (venv / INSTALLING).unlink()
    _say("运行环境准备好了")


def _works(python: Path) -> bool:
    """Whether the environment's Python starts and is of the version that runs this."""
    try:
        asked = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _clear(venv: Path) -> None:
    """Empty the directory but for the lock, which must not change under those who wait for it.

    Refuses a directory that is no environment: HOTLINE_VENV may have been pointed at something dear.
    """
    others = [entry for entry in venv.iterdir() if entry.name != LOCK]
    if others and not any(entry.name in {"pyvenv.cfg", INSTALLING, INSTALLED} for entry in others):
        raise EnvironmentFault(f"{venv} 里有别的文件,不像运行环境;请用 HOTLINE_VENV 另选一个空目录。")
    for entry in others:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _make(venv: Path) -> None:
    (venv / INSTALLING).touch()
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(venv)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise EnvironmentFault(f"python3 -m venv 失败:\n{made.stdout}{made.stderr}")


def _pip_install(python: Path, requirements: Path) -> None:
    pip = next(VENDOR.glob("pip-*.whl")) / "pip"
    count = len(re.findall(r"^[a-z0-9].*==", requirements.read_text(), re.M | re.I))
    _say(f"安装 {requirements.name} 中的 {count} 个依赖(第一次约需几分钟)")
    # The list is complete, so nothing is resolved: what is installed is what is written there.
    command = [str(python), str(pip), "--disable-pip-version-check", "--no-input", "install", "--no-deps"]
    command += ["--progress-bar", "off", "--no-warn-script-location", "--root-user-action", "ignore"]
    with subprocess.Popen(
        [*command, "--requirement", requirements.name],
        cwd=requirements.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=tied_to_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, made from the main thread
    ) as process:
        lines = _show_progress(process, count)
    if process.returncode != 0:
        tail = "\n".join(lines[-20:])
        raise EnvironmentFault(
            f"依赖没有装好,pip 的输出是:\n{tail}\n"
            "请检查网络或 pip 的设置(pip config list、PIP_INDEX_URL),然后再运行一次。"
        )


def _show_progress(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    fetched = 0
    for line in process.stdout:
        lines.append(line.rstrip())
        if found := re.match(r"(?:Collecting|Requirement already satisfied:) ([^ \[=]+)", line):
            fetched += 1
            _say(f"  [{fetched}/{count}] {found[1]}")
        elif line.startswith("Installing collected packages"):
            _say("  下载完毕,正在安装……")
    return lines


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # not among what a command prints: `./run export … > file.csv`
