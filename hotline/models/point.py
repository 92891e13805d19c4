"""点位: a place that must be up to standard, with the person in charge (点长) and the unit that answers for it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class Point(Base):
    """Tickets belong to a point by what they say of the place: `words` are the names that it goes by."""

    __tablename__ = "point"
    __table_args__ = (sa.Index("uq_point_name", "name", unique=True, postgresql_where=sa.text("active")),)
    id: Mapped[Id]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="")  # 农贸市场, 主干道, 小区 …
    area: Mapped[str] = mapped_column(server_default="")
    words: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    unit_id: Mapped[int] = reference("unit")
    chief: Mapped[str]  # 点长
    office: Mapped[str] = mapped_column(server_default="")  # the office that the person holds
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    created_at: Mapped[datetime]
