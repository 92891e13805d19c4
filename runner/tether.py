"""Ties a child's life to its parent's, so that nothing is left running when the parent is killed with -9."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def tied_to_parent(on_parent_death: signal.Signals) -> Callable[[], None]:
    """For `subprocess.Popen(preexec_fn=…)`: the child gets `on_parent_death` when this very process ends, however.

    The kernel watches the *thread* that forks: start tied children from the main thread only.
    """
    parent = os.getpid()

    def between_fork_and_exec() -> None:
        for ignored_by_the_parent in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored_by_the_parent, signal.SIG_DFL)
        tie(parent, on_parent_death)

    return between_fork_and_exec


def tie(parent: int, on_parent_death: signal.Signals) -> None:
    """Tie the calling process to `parent`; where the parent is gone already, end at once."""
    _libc.prctl(PR_SET_PDEATHSIG, int(on_parent_death), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Make this process the new parent of grandchildren whose own parent died, so that it can find and end them."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
