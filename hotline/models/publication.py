"""公开: what a person decided about showing a ticket to everybody."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class Publication(Base):
    """The words as reviewed; empty ones stand as the machine redacts them. Without a row nobody has looked yet."""

    __tablename__ = "publication"
    id: Mapped[Id]
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("ticket.id"), unique=True)
    shown: Mapped[bool]
    matter: Mapped[str] = mapped_column(server_default="")
    place: Mapped[str] = mapped_column(server_default="")
    answer: Mapped[str] = mapped_column(server_default="")
    reviewed_at: Mapped[datetime]
    reviewed_by_id: Mapped[int] = reference("staff")
