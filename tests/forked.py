"""Processes of the product, forked from one that has loaded it: to load it again takes each longer than its test.

That they also start from nothing is shown where `./run up` is tried (tests/run).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

from sqlalchemy.orm import configure_mappers

_forking = get_context("forkserver")
_forking.set_forkserver_preload(["workers.worker", "workers.timetable", __name__])


def fork(module: str, environ: Mapping[str, str], directory: str) -> ForkServerProcess:
    """`python -m module` with this environment in this directory, as a process with nothing open yet."""
    process = _forking.Process(target=_become, args=(module, dict(environ), directory))
    process.start()
    return process


def _become(module: str, environ: Mapping[str, str], directory: str) -> None:
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    sys.exit(import_module(module).main())


configure_mappers()  # once, where it is forked from
