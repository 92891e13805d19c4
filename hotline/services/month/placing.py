"""Where a page of a list of the month begins: at a row, which is a number that it is grouped by, a moment and an id."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from hotline.domain.errors import Invalid
from hotline.services.paging import Place

ANY: Final = r"\d{1,18}"  # number that a list may be grouped by
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Order = tuple[Any, Any, Any]


def at(query: sa.Select[Any], by: Order, place: Place[str], *, falling: bool, groups: str) -> sa.Select[Any]:
    """The query in that order, read from the place on: downwards, or upwards on the way back.

    `groups`: which numbers there are, as a regular expression. Raises Invalid for a place that is not known.
    """
    downwards = falling is not place.back
    edge = place.before if place.back else place.after
    if edge is not None:
        here, there = sa.tuple_(*by), _read(edge, groups)
        query = query.where(here < there if downwards else here > there)
    return query.order_by(*(part.desc() for part in by)) if downwards else query.order_by(*by)


def text_of(group: int, moment: datetime, id_: int) -> str:
    """The place of a row, as the address of the next page has it."""
    return f"{group}-{(moment - _EPOCH) // timedelta(microseconds=1)}-{id_}"


def _read(text: str, groups: str) -> sa.Tuple:
    match = re.fullmatch(rf"({groups})-(\d{{1,17}})-(\d{{1,18}})", text, re.ASCII)
    if match is None:
        raise Invalid({"after": "翻页位置无效，请从第一页重新打开。"})
    group, microseconds, id_ = (int(part) for part in match.groups())
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return sa.tuple_(sa.literal(group, sa.BigInteger), sa.literal(moment), sa.literal(id_, sa.BigInteger))
