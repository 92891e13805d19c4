"""派单目录: which unit leads for what kind of matter in which area, who assists, and within what limit."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class DispatchRule(Base):
    """Empty `category_code`, `words` or `area` mean any. `category_code` may be that of a leaf or of its parent."""

    __tablename__ = "dispatch_rule"
    id: Mapped[Id]
    position: Mapped[int]  # in the city's file
    category_code: Mapped[str] = mapped_column(server_default="")
    words: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")  # one of which must be said
    area: Mapped[str] = mapped_column(server_default="")
    lead_id: Mapped[int] = reference("unit")
    assist_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.BigInteger), server_default="{}")
    limit_text: Mapped[str | None]  # "5 working_days"
    note: Mapped[str] = mapped_column(server_default="")  # the clause or order that says so
