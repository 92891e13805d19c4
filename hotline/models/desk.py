"""The desk's own tables: saved lists, lists on their way out, who has a ticket open, texts at hand, forms sent late."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, reference, words


class SavedView(Base):
    """常用列表: a list as somebody has narrowed it. `query` is what stands in its address behind the question mark."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name"),)
    id: Mapped[Id]
    owner_id: Mapped[int] = reference("staff")
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool] = mapped_column(server_default=sa.false())  # with everybody in the owner's unit and below
    unit_path: Mapped[str]  # the owner's, when it was shared
    created_at: Mapped[datetime]


class ExportForm(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


class ExportState(StrEnum):
    QUEUED = "queued"  # 等待
    RUNNING = "running"  # 正在导出
    DONE = "done"  # 完成
    FAILED = "failed"  # 未完成


class ListExport(Base):
    """导出: a list on its way into a file. The row is the work; the file lies in the data folder until `kept_until`."""

    __tablename__ = "list_export"
    __table_args__ = (
        sa.Index("ix_list_export_waiting", "asked_at", postgresql_where=sa.text("state IN ('queued', 'running')")),
        sa.Index("ix_list_export_staff_id", "staff_id", sa.text("id DESC")),
        sa.Index("ix_list_export_kept_until", "kept_until", postgresql_where=sa.text("kept_until IS NOT NULL")),
    )
    id: Mapped[Id]
    token: Mapped[str] = mapped_column(unique=True)  # in its address: not guessable
    staff_id: Mapped[int] = reference("staff")  # whose rights it has, as they are when it is written
    unit_path: Mapped[str | None]  # where that person stood when it was written: it is his as long as he sees all that
    query: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    form: Mapped[ExportForm] = mapped_column(words(ExportForm, "form"))
    state: Mapped[ExportState] = mapped_column(words(ExportState, "state"))
    written: Mapped[int] = mapped_column(server_default="0")  # rows so far
    total: Mapped[int | None]
    size: Mapped[int | None]  # bytes
    failure: Mapped[str] = mapped_column(server_default="")
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # when its writer last gave a sign of life
    tries: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")  # writers that have begun it
    finished_at: Mapped[datetime | None]
    kept_until: Mapped[datetime | None]


class Presence(Base):
    """Who has a ticket open, and whether he is writing. Lost in a crash, and made anew with the next look."""

    __tablename__ = "presence"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    staff_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    step: Mapped[str] = mapped_column(server_default="")  # the noun of the form that is being filled in, or nothing
    seen_at: Mapped[datetime]


class QuickText(Base):
    """快捷用语: a text at hand, with fields like {编号} that are filled in when it is taken."""

    __tablename__ = "quick_text"
    id: Mapped[Id]
    name: Mapped[str]
    text: Mapped[str]
    nouns: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")  # of the forms it is for; none: all
    unit_path: Mapped[str]  # whose it is, with everybody below
    owner_id: Mapped[int | None] = reference("staff", nullable=True)  # one's own; empty for the unit's
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # can be brought back


class SentForm(Base):
    """A form that a device may send again, because it did not hear whether it had arrived: it is taken once."""

    __tablename__ = "sent_form"
    __table_args__ = (sa.Index("ix_sent_form_sent_at", "sent_at"),)
    key: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = reference("staff")
    ticket_id: Mapped[int] = reference("ticket")
    digest: Mapped[str]  # of what it said: the same key with other words is another form
    sent_at: Mapped[datetime]
