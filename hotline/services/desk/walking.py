"""A long list is read along an index until the page is full.

PostgreSQL guesses how many tickets a condition leaves, and where it guesses too few it reads and sorts all of them. For
these statements it is told that it may not; that they are for long lists was found out by `probing`, which itself reads
no more than the beginnings of indexes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from hotline.services.work import Work

OTHER_WAYS: Final = ("enable_sort", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_seqscan")


def _choose(word: str, *ways: str) -> sa.TextClause:
    return sa.text("SELECT " + ", ".join(f"set_config('{way}', '{word}', true)" for way in ways))


_ALONG, _AS_EVER = _choose("off", *OTHER_WAYS), _choose("on", *OTHER_WAYS)


@contextmanager
def along_an_index(work: Work) -> Iterator[None]:
    """Within the block, in this transaction: one row after the other, in the order of an index."""
    work.session.execute(_ALONG)
    yield
    work.session.execute(_AS_EVER)
