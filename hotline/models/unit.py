"""承办单位: a tree, city centre → county centre → department → station, and the people who work there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class UnitKind(StrEnum):
    CENTRE = "centre"  # 市中心
    COUNTY_CENTRE = "county_centre"  # 区县中心
    DEPARTMENT = "department"  # 部门
    STATION = "station"  # 站所


class Unit(Base):
    """`path` is the ids from the root, `1/4/9/`, so that a subtree is a prefix. `key` is the name in files."""

    __tablename__ = "unit"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[UnitKind] = mapped_column(words(UnitKind, "kind"))
    parent_id: Mapped[int | None] = reference("unit", index=True, nullable=True)
    path: Mapped[str] = mapped_column(unique=True)
    head_name: Mapped[str | None]
    head_phone: Mapped[str | None]
    duty_phone: Mapped[str | None]  # where its notices go
    active: Mapped[bool] = mapped_column(server_default=sa.true())


class Staff(Base):
    """A person with a log-in. One may hold several roles; all of them count in the person's own unit's subtree."""

    __tablename__ = "staff"
    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    unit_id: Mapped[int] = reference("unit", index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    created_at: Mapped[datetime]
    session_epoch: Mapped[int] = mapped_column(server_default="0")  # raised to end all sessions
    must_change_password: Mapped[bool] = mapped_column(server_default=sa.false())
    password_changed_at: Mapped[datetime | None]
    invitation_hash: Mapped[str | None] = mapped_column(unique=True)  # SHA-256 of the key in the link
    invited_until: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None]  # the secret of the second factor, once confirmed
    totp_counter: Mapped[int | None] = mapped_column(sa.BigInteger)  # the last one taken: none works twice
    recovery_hashes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    failures: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")  # wrong passwords in a row
    locked_until: Mapped[datetime | None]
    own_failures: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")  # … from browsers that are known
    own_locked_until: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    briefs: Mapped[bool | None]  # whether 简报 are wanted; empty: as the role has it (services/month/briefing.py)
    brief_phone_sealed: Mapped[bytes | None]  # to which they are texted


class ApiClient(Base):
    """A machine that may act: only the hash of its token is kept."""

    __tablename__ = "api_client"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of a 256-bit random token
    unit_id: Mapped[int] = reference("unit")
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]  # to the hour: it is not written with every call
