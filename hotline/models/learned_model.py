"""学习结果: what was learned from the city's own decisions, version by version, adopted or not and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base, Id, words


class ModelKind(StrEnum):
    CATEGORY = "category"  # 类别
    UNIT = "unit"  # 主办单位


class LearnedModel(Base):
    """`top1`, `top3`: share right on the tickets held back, 0 to 1; `before_*`: of what was in use, on the same ones.

    In use is the newest that was adopted, and only its `body` is kept, as `hotline/domain/learned.py` reads it: no
    person's words.
    """

    __tablename__ = "learned_model"
    __table_args__ = (
        sa.Index("ix_learned_model_adopted", "kind", sa.text("id DESC"),
                 postgresql_where=sa.text("adopted_at IS NOT NULL")),
    )  # fmt: skip
    id: Mapped[Id]
    kind: Mapped[ModelKind] = mapped_column(words(ModelKind, "kind"))
    trained_at: Mapped[datetime]
    tickets: Mapped[int]
    held_back: Mapped[int]
    top1: Mapped[float]
    top3: Mapped[float]
    before_top1: Mapped[float]
    before_top3: Mapped[float]
    adopted_at: Mapped[datetime | None]
    verdict: Mapped[str]  # why it was adopted or not, in Chinese
    body: Mapped[bytes]
    checksum: Mapped[str]
