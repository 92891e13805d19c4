"""变更记录: what administrators change, with before and after. Append-only, like the history of tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.domain.actors import ActorKind
from hotline.models.base import Base, Id, reference, words


class Change(Base):
    """One change of what the city works by. `subject` is the kind of thing (unit, staff, policy …), `name` what it is
    called; `before` is empty for what was added, `after` for what was removed."""

    __tablename__ = "change"
    __table_args__ = (sa.Index("ix_change_subject", "subject", "subject_id", sa.text("id DESC")),)
    id: Mapped[Id]
    happened_at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind, "actor_kind"))
    actor_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    actor_name: Mapped[str]
    unit_path: Mapped[str] = mapped_column(server_default="")  # the subtree that it concerns; empty: the whole city
    subject: Mapped[str]
    subject_id: Mapped[str]
    name: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    undoes_id: Mapped[int | None] = mapped_column(
        sa.BigInteger, sa.ForeignKey("change.id"), unique=True
    )  # what is undone once cannot be undone again


sa.event.listen(
    Change.__table__,
    "after_create",
    sa.DDL("CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change"
           " EXECUTE FUNCTION refuse_change()"),
)  # fmt: skip


class Wording(Base):
    """A text as the city has put it, in the place of the one that the project brings."""

    __tablename__ = "wording"
    name: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True, server_default="zh")
    text: Mapped[str]
    changed_at: Mapped[datetime]


class Setting(Base):
    """A rule of the city that has no table of its own (保存期限 …), in the place of the one in its files."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = reference("staff", nullable=True)
