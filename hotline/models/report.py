"""月报: frozen figures with the items behind them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class MonthlyReport(Base):
    """One version of one month; a restatement is the next version, with its reason."""

    __tablename__ = "monthly_report"
    __table_args__ = (sa.UniqueConstraint("month", "version"),)
    id: Mapped[Id]
    month: Mapped[date]
    version: Mapped[int] = mapped_column(sa.SmallInteger)
    figures: Mapped[dict[str, Any]]
    checksum: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str]


class MonthlyReportItem(Base):
    """One promise owed in that month, as it stood when the month was frozen."""

    __tablename__ = "monthly_report_item"
    __table_args__ = (sa.UniqueConstraint("report_id", "deadline_id"),)
    id: Mapped[Id]
    report_id: Mapped[int] = reference("monthly_report")
    deadline_id: Mapped[int] = reference("deadline")
    item: Mapped[dict[str, Any]]
