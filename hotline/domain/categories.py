"""Categories: two trees of two levels. A code means nothing without its scheme and version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """One leaf. `kind` is 部件, 事件 or 诉求; the parent has no row of its own, it is a code and a name.

    Never translate a code by its digits: 大类 04 / 05 are 突发事件 / 街面秩序 in CJ/T 214-2007, but
    街面秩序 / 突发事件 in GB/T 30428.2-2013. `confidence` is `published`, `unverified` (number inferred from its
    neighbours: compare with the standard first) or `local` (made for this project).
    """

    code: str
    kind: str
    parent_code: str
    parent_name: str
    name: str
    level: str
    confidence: str
    scheme: str
    version: str
