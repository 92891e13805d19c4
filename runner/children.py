"""What the started programs are given, and programs that are waited for."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from config.settings import PROJECT
from runner.tether import tied_to_parent

#: Settings that are paths: relative to where `./run` was called, which is not where its children run.
PATHS = ("HOTLINE_DATA", "HOTLINE_CALENDAR", "HOTLINE_POLICY", "HOTLINE_TRANSCRIPTS")


class StepFailed(Exception):
    """A program that had to succeed did not; it has said why itself."""


def child_environment(environ: Mapping[str, str], database_url: str, redis_url: str) -> dict[str, str]:
    """The environment of everything that `./run` starts: as it was given, with both servers' addresses."""
    paths = {name: str(Path(environ[name]).expanduser().absolute()) for name in PATHS if environ.get(name)}
    return (
        dict(environ)
        | paths
        | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PYTHONPATH": str(PROJECT),
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # threads share their memory pools: a third less for the web server
        }
    )


def python_module(module: str, *arguments: str) -> list[str]:
    """The command for a module of this project in this environment, never importing from the caller's directory."""
    return [sys.executable, "-P", "-m", module, *arguments]


def prepare_data(environ: Mapping[str, str], output: TextIO = sys.stdout) -> None:
    """Bring the tables up to date and put in what a new database needs to begin with. Raises StepFailed."""
    run_step("hotline.cli.prepare", environ, output)


def run_step(module: str, environ: Mapping[str, str], output: TextIO = sys.stdout) -> None:
    """Run a module that has to succeed. Raises StepFailed."""
    code = run_module(module, [], environ, output)
    if code != 0:
        raise StepFailed(f"{module} 没有成功(退出码 {code}),原因见上。")


def run_module(module: str, arguments: Sequence[str], environ: Mapping[str, str], output: TextIO = sys.stdout) -> int:
    """Run a module to its end and return its exit code; it ends with us, however we end."""
    process = subprocess.Popen(
        python_module(module, *arguments),
        env=dict(environ),
        stdout=output,
        preexec_fn=tied_to_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, made from the main thread
    )
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def leave_on_sigterm() -> None:
    """From here on SIGTERM unwinds the program like Ctrl-C does, so that all that was started is stopped in order."""

    def leave(signum: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: do not disturb the leaving
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
