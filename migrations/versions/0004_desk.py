"""The desk: saved lists, exports, quick texts, instructions, samples, changes, webhooks, people's second factor"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _tables()
    op.execute(
        "CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change"
        " EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    _drop_tables()


def _tables() -> None:
    """What the models have more than before."""
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("actor_kind", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("unit_path", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["undoes_id"], ["change.id"], name=op.f("fk_change_undoes_id_change")),
        sa.CheckConstraint("actor_kind IN ('staff', 'client', 'citizen', 'system')", name=op.f("ck_change_actor_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_change_undoes_id")),
    )
    op.create_index(
        "ix_change_subject", "change", ["subject", "subject_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "presence",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "staff_id", name=op.f("pk_presence")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "wording",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", "language", name=op.f("pk_wording")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_event_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_webhook_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_name")),
    )
    op.create_table(
        "list_export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("written", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("kept_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_list_export_staff_id_staff")),
        sa.CheckConstraint("form IN ('xlsx', 'csv')", name=op.f("ck_list_export_form")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_list_export_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_export")),
        sa.UniqueConstraint("token", name=op.f("uq_list_export_token")),
    )
    op.create_index(
        "ix_list_export_kept_until",
        "list_export",
        ["kept_until"],
        unique=False,
        postgresql_where=sa.text("kept_until IS NOT NULL"),
    )
    op.create_index("ix_list_export_staff_id", "list_export", ["staff_id", sa.literal_column("id DESC")], unique=False)
    op.create_index(
        "ix_list_export_waiting",
        "list_export",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "quick_text",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("nouns", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_quick_text_owner_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quick_text")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_saved_view_owner_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["staff.id"], name=op.f("fk_setting_changed_by_id_staff")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("replays_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_try_at", TIME, nullable=True),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("queued_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_webhook_delivery_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_webhook_delivery_newest", "webhook_delivery", ["webhook_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "uq_webhook_delivery_event",
        "webhook_delivery",
        ["webhook_id", "event_id"],
        unique=True,
        postgresql_where=sa.text("replays_id IS NULL"),
    )
    op.create_table(
        "instruction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), server_default="", nullable=False),
        sa.Column("reported_at", TIME, nullable=True),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by_id"], ["staff.id"], name=op.f("fk_instruction_entered_by_id_staff")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["staff.id"], name=op.f("fk_instruction_reported_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_instruction_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    op.create_index(
        "ix_instruction_open", "instruction", ["due_at"], unique=False, postgresql_where=sa.text("reported_at IS NULL")
    )
    op.create_index(op.f("ix_instruction_ticket_id"), "instruction", ["ticket_id"], unique=False)
    op.create_table(
        "sample_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", TIME, nullable=True),
        sa.Column("checked_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["checked_by_id"], ["staff.id"], name=op.f("fk_sample_check_checked_by_id_staff")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["staff.id"], name=op.f("fk_sample_check_drawn_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sample_check_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_check")),
        sa.UniqueConstraint("ticket_id", "round", name=op.f("uq_sample_check_ticket_id_round")),
    )
    op.create_index(
        "ix_sample_check_open",
        "sample_check",
        ["drawn_at"],
        unique=False,
        postgresql_where=sa.text("checked_at IS NULL"),
    )
    op.create_table(
        "sent_form",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sent_form_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sent_form_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )
    op.add_column("attachment", sa.Column("phase", sa.String(length=24), nullable=True))
    op.create_check_constraint(op.f("ck_attachment_phase"), "attachment", "phase IN ('before', 'after')")
    op.add_column("staff", sa.Column("session_epoch", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "staff", sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("staff", sa.Column("password_changed_at", TIME, nullable=True))
    op.add_column("staff", sa.Column("invitation_hash", sa.Text(), nullable=True))
    op.add_column("staff", sa.Column("invited_until", TIME, nullable=True))
    op.add_column("staff", sa.Column("totp_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_counter", sa.BigInteger(), nullable=True))
    op.add_column(
        "staff", sa.Column("recovery_hashes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column("staff", sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("staff", sa.Column("locked_until", TIME, nullable=True))
    op.add_column("staff", sa.Column("last_login_at", TIME, nullable=True))
    op.create_unique_constraint(op.f("uq_staff_invitation_hash"), "staff", ["invitation_hash"])


def _drop_tables() -> None:
    """The same, taken back."""
    op.drop_constraint(op.f("uq_staff_invitation_hash"), "staff", type_="unique")
    op.drop_column("staff", "last_login_at")
    op.drop_column("staff", "locked_until")
    op.drop_column("staff", "failures")
    op.drop_column("staff", "recovery_hashes")
    op.drop_column("staff", "totp_counter")
    op.drop_column("staff", "totp_sealed")
    op.drop_column("staff", "invited_until")
    op.drop_column("staff", "invitation_hash")
    op.drop_column("staff", "password_changed_at")
    op.drop_column("staff", "must_change_password")
    op.drop_column("staff", "session_epoch")
    op.drop_column("attachment", "phase")
    op.drop_table("sent_form")
    op.drop_index("ix_sample_check_open", table_name="sample_check", postgresql_where=sa.text("checked_at IS NULL"))
    op.drop_table("sample_check")
    op.drop_index(op.f("ix_instruction_ticket_id"), table_name="instruction")
    op.drop_index("ix_instruction_open", table_name="instruction", postgresql_where=sa.text("reported_at IS NULL"))
    op.drop_table("instruction")
    op.drop_index(
        "uq_webhook_delivery_event", table_name="webhook_delivery", postgresql_where=sa.text("replays_id IS NULL")
    )
    op.drop_index("ix_webhook_delivery_newest", table_name="webhook_delivery")
    op.drop_index(
        "ix_webhook_delivery_due", table_name="webhook_delivery", postgresql_where=sa.text("state = 'queued'")
    )
    op.drop_table("webhook_delivery")
    op.drop_table("setting")
    op.drop_table("saved_view")
    op.drop_table("quick_text")
    op.drop_index(
        "ix_list_export_waiting", table_name="list_export", postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.drop_index("ix_list_export_staff_id", table_name="list_export")
    op.drop_index(
        "ix_list_export_kept_until", table_name="list_export", postgresql_where=sa.text("kept_until IS NOT NULL")
    )
    op.drop_table("list_export")
    op.drop_table("webhook")
    op.drop_table("wording")
    op.drop_table("presence")
    op.drop_index("ix_change_subject", table_name="change")
    op.drop_table("change")
