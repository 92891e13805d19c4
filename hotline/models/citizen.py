"""诉求人: contact data, apart from the ticket and encrypted; each opening of it is logged (design §7)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference


class Citizen(Base):
    """`phone_print` is a keyed fingerprint: the same number is found again without being readable.

    The name stands with each complaint: whoever types a stranger's number neither learns nor changes their name.
    """

    __tablename__ = "citizen"
    __table_args__ = (
        # The last four digits, which the centre may search by (services/desk/words.py).
        sa.Index("ix_citizen_phone_end", sa.text("right(phone_masked, 4)"),
                 postgresql_where=sa.text("phone_masked IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[Id]
    phone_sealed: Mapped[bytes | None]
    phone_print: Mapped[str | None] = mapped_column(unique=True)
    phone_masked: Mapped[str | None]
    opted_out_at: Mapped[datetime | None]  # 退订
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]  # then only the fingerprint of who wants no texts is left


class AccessCode(Base):
    """A code by text for who has lost the key: only its hash, for minutes, a few tries, once."""

    __tablename__ = "access_code"
    id: Mapped[Id]
    complaint_id: Mapped[int] = reference("complaint", index=True)
    code_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    used_at: Mapped[datetime | None]


class Disclosure(Base):
    """One opening of a citizen's data by one person or one API client, with the reason given."""

    __tablename__ = "disclosure"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(staff_id, client_id) = 1", name="one_opener"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )
    id: Mapped[Id]
    citizen_id: Mapped[int] = reference("citizen", index=True)
    ticket_id: Mapped[int] = reference("ticket")
    staff_id: Mapped[int | None] = reference("staff", nullable=True)
    client_id: Mapped[int | None] = reference("api_client", nullable=True)
    reason: Mapped[str]
    opened_at: Mapped[datetime]
