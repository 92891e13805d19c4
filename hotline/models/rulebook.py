"""What an administrator can replace: categories with their scheme, case standards, deadline policy, calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class Category(Base):
    """A code means nothing without its scheme: 04/05 swapped between CJ/T 214-2007 and GB/T 30428.2-2013."""

    __tablename__ = "category"
    __table_args__ = (sa.UniqueConstraint("scheme", "scheme_version", "code"),)
    id: Mapped[Id]
    scheme: Mapped[str]
    scheme_version: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]  # 部件, 事件 or 诉求
    parent_name: Mapped[str]  # 大类
    confidence: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    own: Mapped[bool] = mapped_column(server_default=sa.false())  # put so on the desk: no file corrects it any more


class PolicyVersion(Base):
    """Limits, ladder and counts, as read from the policy file; a ticket keeps the version it was accepted under."""

    __tablename__ = "policy_version"
    id: Mapped[Id]
    name: Mapped[str]
    effective_from: Mapped[date]
    body: Mapped[dict[str, Any]]
    checksum: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class CaseStandard(Base):
    """立案条件, 结案条件 and the limit that hangs on the condition, not on the category."""

    __tablename__ = "case_standard"
    __table_args__ = (sa.UniqueConstraint("policy_version_id", "category_id", "number"),)
    id: Mapped[Id]
    policy_version_id: Mapped[int] = reference("policy_version")
    category_id: Mapped[int] = reference("category", index=True)
    number: Mapped[int]
    condition: Mapped[str]
    closing: Mapped[str]
    limit_text: Mapped[str]  # "4 office_hours"


class CalendarVersion(Base):
    """Office hours, holidays and make-up days; a new notice is a new version and open deadlines are recounted."""

    __tablename__ = "calendar_version"
    id: Mapped[Id]
    body: Mapped[dict[str, Any]]
    checksum: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
