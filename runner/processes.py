"""The one process manager: honcho's, made to restart what falls over and to leave nothing behind
(docs/decisions/0003-process-manager.md)."""

import contextlib
import functools
import multiprocessing
import os
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from honcho.compat import ProcessManager
from honcho.manager import Manager
from honcho.printer import Message
from honcho.process import Process

from runner.tether import adopt_orphans, tie, tied_to_parent

STOP_WITHIN = 6  # seconds between asking everything to stop and killing what did not
ORPHANS_LEAVE_WITHIN = 2  # seconds, where the manager was killed
MOST_RESTARTS = 5
RESTARTS_COUNTED_FOR = 60  # seconds: this many restarts in this time and something is really wrong
PAUSE_BEFORE_RESTART = 0.5


class Processes(Manager):
    """Runs all processes until a signal comes, one cannot be kept alive, or `give_up` is called.

    Afterwards `returncode` is 0 (SIGTERM), 130 (Ctrl-C) or 1, and `reason` says what happened.
    """

    def __init__(self, environ: dict[str, str], directory: Path, when_started: Callable[[], None]) -> None:
        multiprocessing.set_start_method("fork", force=True)  # the ties below go from child to this very process
        super().__init__()
        adopt_orphans()
        self.reason = ""
        self._environ = environ
        self._directory = directory
        self._when_started = when_started
        self._stopping = multiprocessing.Event()
        self._killer = threading.Timer(STOP_WITHIN, self.kill)
        self._killer.daemon = True
        self._others: set[int] = set()  # the servers: ended by whoever started them
        self._procmgr = _Sessions()
        self._process_ctor = functools.partial(_Restarted, stopping=self._stopping, manager=os.getpid())

    def add(self, name: str, command: Sequence[str]) -> None:
        """Have `command` run under `name`, which is also what its lines of output begin with."""
        self.add_process(name, "exec " + shlex.join(command), env=self._environ, cwd=str(self._directory))

    def run(self) -> int:
        """Start everything; return when everything is gone. The exit code is also in `returncode`."""
        self._others = {child.pid for child in psutil.Process().children()}
        try:
            self.loop()
        finally:
            self._killer.cancel()
            self.kill()
        return int(self.returncode or 0)

    def say(self, text: str) -> None:
        """Print a line among those of the processes. From any thread."""
        self.events.put(Message(type="line", data=text, time=self._clock.now(), name="run", colour=None))

    def give_up(self, reason: str) -> None:
        """Stop everything because of `reason`; the exit code will be 1. From any thread."""
        if not self._stopping.is_set():
            self.reason, self.returncode = reason, 1
            self.terminate()

    def terminate(self) -> None:
        """Ask everything to stop, and kill what has not after a while."""
        if self._stopping.is_set():
            return
        if not self.reason:
            self._explain_end()
        self._stopping.set()
        self._killall()
        self._killer.start()

    def kill(self) -> None:
        """Kill everything, and what lost its parent and is in no session that we know: it made one of its own, or its
        minder was killed before it could tell."""
        super().kill()
        minders = {process["process"].pid for process in self._processes.values() if "process" in process}
        for child in psutil.Process().children():
            if child.pid not in self._others | minders:
                _kill_with_all_below(child)

    def _start(self) -> None:
        # Here and not earlier: `loop` has just put its own handlers in place.
        signal.signal(signal.SIGTERM, self._stop_on_signal)
        signal.signal(signal.SIGINT, self._stop_on_signal)
        super()._start()
        self._when_started()  # threads only now: before, they would be forked

    def _stop_on_signal(self, signum: int, frame: FrameType | None) -> None:
        if not self._stopping.is_set():
            self.reason, self.returncode = "收到停止信号", 130 if signum == signal.SIGINT else 0
            self.terminate()

    def _explain_end(self) -> None:
        ended = [name for name, process in self._processes.items() if "returncode" in process]
        self.reason, self.returncode = f"{'、'.join(ended)} 意外退出,已全部停止", 1

    def _killall(self, force: bool = False) -> None:
        # One without a pid is only just starting; it looks at `_stopping` itself.
        for process in self._processes.values():
            if "pid" in process and (force or "returncode" not in process):
                (self._procmgr.kill if force else self._procmgr.terminate)(process["pid"])

    def _all_started(self) -> bool:
        # Asked in every turn of honcho's loop. A minder that was itself killed has not told that its command ended.
        for process in self._processes.values():
            if process["process"].exitcode not in (None, 0):
                process.setdefault("pid", process["process"].pid)
                process.setdefault("returncode", process["process"].exitcode)
        return bool(super()._all_started())

    def _system_print(self, data: str) -> None:
        """Honcho's own remarks (English, per process) are left out; `reason` says what matters."""


class _Restarted(Process):
    """One command, started again when it ends unasked. Runs in a process of its own, as honcho has it."""

    def __init__(self, *args: Any, stopping: Any, manager: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stopping = stopping
        self._manager = manager
        self._restarts: deque[float] = deque(maxlen=MOST_RESTARTS)

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        # Only the manager takes signals; where it is killed, SIGHUP comes.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, self._end_orphaned)
        tie(self._manager, signal.SIGHUP)
        self._events = events
        while True:
            code = self._run_once()
            if self._stopping.is_set() or not self._may_restart():
                break
            self._send_message(f"意外退出({_in_words(code)}),重新启动\n")
            time.sleep(PAUSE_BEFORE_RESTART)
        self._send_message({"returncode": code}, type="stop")

    def _run_once(self) -> int:
        command = subprocess.Popen(
            ["/bin/sh", "-c", self.cmd],
            env=self.env,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tied_to_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call
        )
        self._child = command
        self._send_message({"pid": command.pid}, type="start")
        if self._stopping.is_set():  # the stop came while it was starting
            _Sessions().terminate(command.pid)
        assert command.stdout is not None
        for line in command.stdout:
            self._send_message(line)
        return command.wait()

    def _end_orphaned(self, signum: int, frame: FrameType | None) -> None:
        """The manager is gone: end the command with all it started, then this."""
        if self._child is not None:
            sessions = _Sessions()
            sessions.terminate(self._child.pid)
            time.sleep(ORPHANS_LEAVE_WITHIN)
            sessions.kill(self._child.pid)
        os._exit(1)

    def _may_restart(self) -> bool:
        now = time.monotonic()
        if len(self._restarts) == MOST_RESTARTS and now - self._restarts[0] < RESTARTS_COUNTED_FOR:
            return False
        self._restarts.append(now)
        return True


class _Sessions(ProcessManager):
    """Ends a command with all it started: RQ puts each job into a process group of its own, but in the same session."""

    def kill(self, pid: int) -> None:
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == pid:
                    process.kill()
            except (ProcessLookupError, psutil.Error):
                continue


def _kill_with_all_below(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        for each in (*process.children(recursive=True), process):
            with contextlib.suppress(psutil.Error):
                each.kill()


def _in_words(code: int) -> str:
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"退出码 {code}"
