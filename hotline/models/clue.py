"""线索: what a ticket is found by again when somebody speaks of the same: road, community, spot, plate, shop."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Clue(Base):
    """One name for one ticket. The newest of a name are read from the end of its stretch of the index, however many
    tickets there are of the longest road of a capital. What a key looks like: `hotline/domain/clues.py`."""

    __tablename__ = "clue"
    key: Mapped[str] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("ticket.id"), primary_key=True, index=True)
