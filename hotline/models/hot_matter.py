"""热点: matters of which more is heard this week than usual, as counted last."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class HotMatter(Base):
    """One group of tickets at one place about one kind of matter, as counted last."""

    __tablename__ = "hot_matter"
    id: Mapped[Id]
    counted_at: Mapped[datetime]
    place: Mapped[str]
    category_id: Mapped[int | None] = reference("category", nullable=True)
    words: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    this_week: Mapped[int]  # complaints within seven days
    usual: Mapped[float]  # complaints a week in the four weeks before
    ticket_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger))  # newest first
    latitude: Mapped[float | None]  # degrees, WGS 84
    longitude: Mapped[float | None]
