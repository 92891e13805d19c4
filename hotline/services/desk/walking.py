"""A long list is read along an index until the page is full.

PostgreSQL guesses how many tickets a condition leaves, and where it guesses too few it reads and sorts all of them. For
these statements it is told that it may not; that they are for long lists was found out by `probing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from hotline.services.work import Work

WAYS: Final = ("enable_sort", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_seqscan")


@contextmanager
def along_an_index(work: Work) -> Iterator[None]:
    """Within the block, in this transaction: one row after the other, in the order of an index."""
    work.session.execute(_choose("off"))
    yield
    work.session.execute(_choose("on"))


def _choose(word: str) -> sa.Select[tuple[str, ...]]:
    return sa.select(*(sa.func.set_config(way, word, sa.true()) for way in WAYS))
