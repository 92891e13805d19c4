"""The link to a complaint's page, and its QR code. A key stands behind the #: no server and no log ever sees it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import segno
from flask import url_for

from hotline.web.door import office

#: So many pictures are remembered, of some KB each: to draw one takes as long as half of its page.
DRAWN: Final = 500


def link_to(number: str, key: str | None) -> str:
    """The public address of the page; with the key, if it is known."""
    address = office().site + url_for("citizen.status", number=number)
    return f"{address}#{key}" if key else address


@lru_cache(maxsize=DRAWN)
def qr_of(link: str) -> str:
    """The picture as an address: black on white also on dark pages, with the quiet border that cameras need."""
    return segno.make(link, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff", border=4)
