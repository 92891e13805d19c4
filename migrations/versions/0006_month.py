"""The month: frozen reports with their items and cases, what became known later, papers, briefs, points"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.TIMESTAMP(timezone=True)
JSON = postgresql.JSONB()

#: Whatever changes a promise of a frozen month is remembered as it was: see hotline/models/report.py.
REMEMBER = """
CREATE OR REPLACE FUNCTION remember_standing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen_until timestamptz := (SELECT max(ends_at) FROM monthly_report);
BEGIN
    IF frozen_until IS NULL THEN
        RETURN NULL;
    ELSIF TG_TABLE_NAME = 'ticket' THEN
        IF OLD.received_at <= frozen_until OR EXISTS (SELECT FROM deadline
            WHERE ticket_id = OLD.id AND LEAST(due_at, original_due_at) <= frozen_until) THEN
            INSERT INTO hindsight (ticket_id, was) VALUES (OLD.id,
                jsonb_build_object('id', OLD.id, 'category_id', OLD.category_id, 'area', OLD.area,
                    'channel', OLD.channel, 'source', OLD.source, 'urgency', OLD.urgency));
        END IF;
    ELSIF LEAST(OLD.due_at, OLD.original_due_at) <= frozen_until
        OR (TG_OP = 'UPDATE' AND LEAST(NEW.due_at, NEW.original_due_at) <= frozen_until) THEN
        INSERT INTO hindsight (deadline_id, ticket_id, was)
            VALUES (OLD.id, OLD.ticket_id, to_jsonb(OLD) - 'exempt_reason');
        IF TG_OP = 'DELETE' OR NEW.ticket_id <> OLD.ticket_id THEN
            INSERT INTO hindsight (ticket_id, was) SELECT id,
                jsonb_build_object('id', id, 'category_id', category_id, 'area', area,
                    'channel', channel, 'source', source, 'urgency', urgency)
                FROM ticket WHERE id = OLD.ticket_id;
        END IF;
    END IF;
    RETURN NULL;
END $$
"""
REMEMBERS = (
    "CREATE TRIGGER deadline_remembers AFTER UPDATE OF ticket_id, round, unit_id, unit_path, started_at, due_at, original_due_at, offered_at, met_at, void_at, void_reason, exempt_at, extensions, direct ON deadline FOR EACH ROW WHEN ((OLD.ticket_id, OLD.round, OLD.unit_id, OLD.unit_path, OLD.started_at, OLD.due_at, OLD.original_due_at, OLD.offered_at, OLD.met_at, OLD.void_at, OLD.void_reason, OLD.exempt_at, OLD.extensions, OLD.direct) IS DISTINCT FROM (NEW.ticket_id, NEW.round, NEW.unit_id, NEW.unit_path, NEW.started_at, NEW.due_at, NEW.original_due_at, NEW.offered_at, NEW.met_at, NEW.void_at, NEW.void_reason, NEW.exempt_at, NEW.extensions, NEW.direct)) EXECUTE FUNCTION remember_standing()",
    "CREATE TRIGGER deadline_remembers_all AFTER DELETE ON deadline FOR EACH ROW EXECUTE FUNCTION remember_standing()",
    "CREATE TRIGGER ticket_remembers AFTER UPDATE OF category_id, area, channel, source, urgency ON ticket FOR EACH ROW WHEN ((OLD.category_id, OLD.area, OLD.channel, OLD.source, OLD.urgency) IS DISTINCT FROM (NEW.category_id, NEW.area, NEW.channel, NEW.source, NEW.urgency)) EXECUTE FUNCTION remember_standing()",
)
STAYS = (
    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)

#: Answered by the centre itself, in the round that the promise is of: kept with the promise from now on.
DIRECT = """
UPDATE deadline SET direct = true FROM ticket
WHERE ticket.id = deadline.ticket_id AND CASE WHEN deadline.round = ticket.round THEN ticket.direct ELSE EXISTS (
    SELECT FROM event WHERE event.ticket_id = ticket.id AND event.step = 'answer' AND event.round = deadline.round) END
"""
COUNTED = ["unit_path", "original_due_at", "met_at", "void_at", "exempt_at", "extensions", "direct", "ticket_id"]
LATE = ["due_at", *(name for name in COUNTED if name != "met_at")]
#: Columns, what it holds besides, of which rows.
INDEXES = {
    "ix_deadline_kind_due_at": (["kind", "due_at"], COUNTED, ""),
    "ix_deadline_unmet": (["kind", "due_at"], COUNTED, "met_at IS NULL AND void_at IS NULL"),
    "ix_deadline_late": (["kind", "met_at"], LATE, "met_at > due_at AND void_at IS NULL"),
    "ix_deadline_extended": (["kind", "due_at"], COUNTED, "extensions > 0 AND void_at IS NULL"),
}
BEFORE: dict[str, tuple[list[str], list[str], str]] = {
    "ix_deadline_kind_due_at": (["kind", "due_at"], ["unit_path"], ""),
    "ix_deadline_unmet": (["kind", "due_at"], [], "met_at IS NULL AND void_at IS NULL"),
    "ix_deadline_late": (["kind", "met_at"], [], "met_at > due_at AND void_at IS NULL"),
    "ix_deadline_extended": (["kind", "original_due_at"], [], "extensions > 0 AND void_at IS NULL"),
}
#: By which the cases of a month are found.
MONTHLY = (
    ("assignment", "assigned_at", "part = 'lead'"),
    ("complaint", "received_at", None),
    ("pause", "until", "from_at IS NOT NULL"),
)


def upgrade() -> None:
    op.add_column("deadline", sa.Column("direct", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(DIRECT)
    _index_deadlines(INDEXES)
    op.drop_table("monthly_report_item")  # nothing was ever written into these two
    op.drop_table("monthly_report")
    op.create_table(
        "hindsight",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("was", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hindsight")),
    )
    op.create_index(
        "ix_hindsight_deadline_id",
        "hindsight",
        ["deadline_id", "id"],
        unique=False,
        postgresql_where=sa.text("deadline_id IS NOT NULL"),
    )
    op.create_index(
        "ix_hindsight_ticket_id",
        "hindsight",
        ["ticket_id", "id"],
        unique=False,
        postgresql_where=sa.text("deadline_id IS NULL"),
    )
    op.create_table(
        "monthly_report_case",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "sms",
                "phone",
                "staff",
                "api",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "citizen",
                "leader",
                "petition",
                "media",
                "opinion",
                "inspection",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", TIME, nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("report_id", "sort", "ref_id", name=op.f("pk_monthly_report_case")),
        postgresql_partition_by="LIST (report_id)",
    )
    op.create_table(
        "monthly_report_item",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("complaint", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "accept",
                "dispatch",
                "sign",
                "handle",
                "check",
                "reply",
                "survey",
                "close",
                "explain",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("original_due_at", TIME, nullable=False),
        sa.Column("offered_at", TIME, nullable=True),
        sa.Column("met_at", TIME, nullable=True),
        sa.Column("void_at", TIME, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("exempt_at", TIME, nullable=True),
        sa.Column("exempt_reason", sa.Text(), nullable=True),
        sa.Column("extensions", sa.SmallInteger(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("category_code", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "sms",
                "phone",
                "staff",
                "api",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "citizen",
                "leader",
                "petition",
                "media",
                "opinion",
                "inspection",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "urgency",
            sa.Enum("normal", "urgent", name="urgency", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("report_id", "deadline_id", name=op.f("pk_monthly_report_item")),
        postgresql_partition_by="LIST (report_id)",
    )
    op.create_index(
        "ix_monthly_report_item_due_at",
        "monthly_report_item",
        ["report_id", "kind", "due_at"],
        unique=False,
        postgresql_include=["unit_path"],
    )
    op.create_table(
        "monthly_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("counting", "frozen", name="state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("known", JSON, server_default="{}", nullable=False),
        sa.Column("policies", JSON, server_default="[]", nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=True),
        sa.Column("figures", JSON, server_default="{}", nullable=False),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("previous_checksum", sa.Text(), server_default="", nullable=False),
        sa.Column("checksum", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", TIME, nullable=False),
        sa.Column("frozen_at", TIME, nullable=True),
        sa.Column("frozen_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar_version.id"], name=op.f("fk_monthly_report_calendar_id_calendar_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report")),
        sa.UniqueConstraint("month", "version", name=op.f("uq_monthly_report_month_version")),
    )
    op.create_table(
        "month_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("sees_all", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("counted_at", TIME, nullable=True),
        sa.Column("figures", JSON, server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_month_count_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_count")),
        sa.UniqueConstraint(
            "month",
            "version",
            "unit_path",
            "sees_all",
            "unit_id",
            name=op.f("uq_month_count_month_version_unit_path_sees_all_unit_id"),
        ),
    )
    op.create_table(
        "point",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("area", sa.Text(), server_default="", nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("chief", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_point_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point")),
    )
    op.create_index("uq_point_name", "point", ["name"], unique=True, postgresql_where=sa.text("active"))
    op.create_table(
        "brief",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum("day", "week", name="rhythm", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("of_day", sa.Date(), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_brief_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        sa.UniqueConstraint("staff_id", "rhythm", "of_day", name=op.f("uq_brief_staff_id_rhythm_of_day")),
    )
    op.add_column("staff", sa.Column("briefs", sa.Boolean(), nullable=True))
    op.add_column("staff", sa.Column("brief_phone_sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "report_paper",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "form",
            sa.Enum("xlsx", "docx", name="form", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("given", JSON, server_default="{}", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("written", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("kept_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_report_paper_staff_id_staff")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_paper_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_paper")),
        sa.UniqueConstraint("token", name=op.f("uq_report_paper_token")),
    )
    op.create_index(
        "ix_report_paper_kept_until",
        "report_paper",
        ["kept_until"],
        unique=False,
        postgresql_where=sa.text("kept_until IS NOT NULL"),
    )
    op.create_index("ix_report_paper_staff_id", "report_paper", ["staff_id", sa.text("id DESC")], unique=False)
    op.create_index(
        "ix_report_paper_waiting",
        "report_paper",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("ix_event_rework", "event", ["happened_at"], postgresql_where=sa.text("step = 'rework'"))
    for table, column, where in MONTHLY:
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=where and sa.text(where))
    op.execute(REMEMBER)
    for statement in REMEMBERS:
        op.execute(statement)
    for table in ("hindsight", "monthly_report_item", "monthly_report_case"):
        for statement in STAYS:
            op.execute(statement.format(table=table))


def _index_deadlines(indexes: dict[str, tuple[list[str], list[str], str]]) -> None:
    for name, (columns, besides, where) in indexes.items():
        op.drop_index(name, table_name="deadline")
        more: dict[str, Any] = {"postgresql_where": sa.text(where)} if where else {}
        op.create_index(name, "deadline", columns, postgresql_include=besides or None, **more)


def downgrade() -> None:
    for table, name in (
        ("ticket", "ticket_remembers"),
        ("deadline", "deadline_remembers"),
        ("deadline", "deadline_remembers_all"),
    ):
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.drop_index(
        "ix_report_paper_waiting", table_name="report_paper", postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.drop_index("ix_report_paper_staff_id", table_name="report_paper")
    op.drop_index(
        "ix_report_paper_kept_until", table_name="report_paper", postgresql_where=sa.text("kept_until IS NOT NULL")
    )
    op.drop_table("report_paper")
    op.drop_column("staff", "brief_phone_sealed")
    op.drop_column("staff", "briefs")
    op.drop_table("brief")
    op.drop_index("uq_point_name", table_name="point", postgresql_where=sa.text("active"))
    op.drop_table("point")
    op.drop_table("month_count")
    op.drop_table("monthly_report")
    op.drop_index("ix_monthly_report_item_due_at", table_name="monthly_report_item", postgresql_include=["unit_path"])
    op.drop_table("monthly_report_item")
    op.drop_table("monthly_report_case")
    op.drop_index("ix_hindsight_ticket_id", table_name="hindsight", postgresql_where=sa.text("deadline_id IS NULL"))
    op.drop_index(
        "ix_hindsight_deadline_id", table_name="hindsight", postgresql_where=sa.text("deadline_id IS NOT NULL")
    )
    op.drop_table("hindsight")
    op.execute("DROP FUNCTION remember_standing()")
    op.create_table(
        "monthly_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("frozen_at", TIME, nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report")),
        sa.UniqueConstraint("month", "version", name=op.f("uq_monthly_report_month_version")),
    )
    op.create_table(
        "monthly_report_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("item", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_monthly_report_item_deadline_id_deadline")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["monthly_report.id"], name=op.f("fk_monthly_report_item_report_id_monthly_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report_item")),
        sa.UniqueConstraint("report_id", "deadline_id", name=op.f("uq_monthly_report_item_report_id_deadline_id")),
    )
    _index_deadlines(BEFORE)
    op.drop_column("deadline", "direct")
    op.drop_index("ix_event_rework", table_name="event")
    for table, column, _ in MONTHLY:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
