"""台账: one line of history. Rows are only added; the database itself refuses to change or delete them.

One thing may change, for the law says so (个人信息保护法 47): what a line says of a person, when the person is erased.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.domain.actors import ActorKind
from hotline.models.base import Base, Id, reference, words


class Event(Base):
    """`happened_at` is when it happened, `noticed_at` when it was written; they differ after a downtime."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index("ix_event_ticket_id_id", "ticket_id", "id"),
        # What was begun again in a month (services/month/live_cases.py).
        sa.Index("ix_event_rework", "happened_at", postgresql_where=sa.text("step = 'rework'")),
    )
    id: Mapped[Id]
    ticket_id: Mapped[int] = reference("ticket")
    version: Mapped[int]  # of the ticket after it
    round: Mapped[int] = mapped_column(sa.SmallInteger)
    step: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind, "actor_kind"))
    actor_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    actor_name: Mapped[str]
    unit_id: Mapped[int | None] = reference("unit", nullable=True)  # the actor's
    data: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    noticed_at: Mapped[datetime]


#: A transaction that says it erases may change `data`, and nothing but `data`: who did what when stays as it was.
ERASING = "SET LOCAL hotline.erasing = 'on'"
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('hotline.erasing', true) = 'on' THEN
        IF TG_LEVEL = 'STATEMENT' THEN
            RETURN NULL;
        ELSIF to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

sa.event.listen(
    Base.metadata,
    "before_create",
    sa.DDL(APPEND_ONLY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace("%", "%%")),
)
for _trigger in (
    "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER event_keeps_all_but_words BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()",
):
    sa.event.listen(Event.__table__, "after_create", sa.DDL(_trigger))
