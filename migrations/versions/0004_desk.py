"""The desk: saved lists, exports, quick texts, instructions, samples, changes, webhooks, people's second factor"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.TIMESTAMP(timezone=True)

#: What tickets are found by in a search of words: see hotline/models/found_words.py.
PAIRS = """
CREATE FUNCTION found_pairs(ticket_id bigint, words text, marks text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    WITH chars AS MATERIALIZED (
        SELECT one, two, three
        FROM unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:],
                    (string_to_array(words, NULL))[3:]) AS chars (one, two, three)
        WHERE one <> E'\\n'
    )
    SELECT array_to_tsvector(array_agg((ticket_id >> 14)::text || ':' || entry))
    FROM (
        SELECT one || CASE WHEN two <> E'\\n' THEN two ELSE '' END AS entry FROM chars
        UNION ALL
        SELECT one || two || three FROM chars
        WHERE two <> E'\\n' AND three <> E'\\n'
          AND (ascii(one) BETWEEN 48 AND 57 OR ascii(two) BETWEEN 48 AND 57 OR ascii(three) BETWEEN 48 AND 57)
        UNION ALL SELECT unnest(marks)
    ) AS entries
$$
"""
STALE = """
CREATE FUNCTION stale_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'ticket' THEN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO found_words (ticket_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
        ELSE
            UPDATE found_words SET words = NULL, covered = NULL, marks = NULL
            WHERE ticket_id = NEW.id AND words IS NOT NULL;
        END IF;
    ELSIF TG_TABLE_NAME = 'complaint' THEN
        UPDATE found_words SET words = NULL, covered = NULL, marks = NULL
        WHERE ticket_id IN (OLD.ticket_id, NEW.ticket_id) AND words IS NOT NULL;
    ELSE
        UPDATE found_words SET words = NULL, covered = NULL, marks = NULL
        WHERE ticket_id = (SELECT complaint.ticket_id FROM complaint WHERE complaint.id = NEW.complaint_id)
          AND words IS NOT NULL;
    END IF;
    RETURN NULL;
END $$
"""
FINDS_WORDS = (
    "CREATE TRIGGER ticket_finds_words AFTER INSERT ON ticket FOR EACH ROW EXECUTE FUNCTION stale_words()",
    "CREATE TRIGGER ticket_stales_words AFTER UPDATE OF matter, place, against, outcome, answer, area, category_id, source, channel, urgency ON ticket FOR EACH ROW WHEN ((OLD.matter, OLD.place, OLD.against, OLD.outcome, OLD.answer, OLD.area, OLD.category_id, OLD.source, OLD.channel, OLD.urgency) IS DISTINCT FROM (NEW.matter, NEW.place, NEW.against, NEW.outcome, NEW.answer, NEW.area, NEW.category_id, NEW.source, NEW.channel, NEW.urgency)) EXECUTE FUNCTION stale_words()",
    "CREATE TRIGGER complaint_stales_words AFTER UPDATE OF text, place, ticket_id, name_sealed, citizen_id, number ON complaint FOR EACH ROW WHEN ((OLD.text, OLD.place, OLD.ticket_id, OLD.name_sealed, OLD.citizen_id, OLD.number) IS DISTINCT FROM (NEW.text, NEW.place, NEW.ticket_id, NEW.name_sealed, NEW.citizen_id, NEW.number)) EXECUTE FUNCTION stale_words()",
    "CREATE TRIGGER addition_stales_words AFTER INSERT OR UPDATE OF text ON addition FOR EACH ROW EXECUTE FUNCTION stale_words()",
)
STALES = (
    ("ticket_finds_words", "ticket"),
    ("ticket_stales_words", "ticket"),
    ("complaint_stales_words", "complaint"),
    ("addition_stales_words", "addition"),
)


def upgrade() -> None:
    op.execute(PAIRS)
    op.execute(STALE)
    _tables()
    for trigger in FINDS_WORDS:
        op.execute(trigger)
    op.execute("INSERT INTO found_words (ticket_id) SELECT id FROM ticket")  # the workers read them, the newest first
    _ways_of_calls("'api', 'upload', 'folder', 'voice', 'desk'")
    op.execute(
        "CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change"
        " EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("UPDATE draft SET came_by = 'api' WHERE came_by = 'desk'")
    _ways_of_calls("'api', 'upload', 'folder', 'voice'")
    for trigger, table in STALES:
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    _drop_tables()
    op.execute("DROP FUNCTION found_pairs(bigint, text, text[])")
    op.execute("DROP FUNCTION stale_words()")


def _ways_of_calls(words: str) -> None:
    """How a call can have come to be written down: also by an operator who answered it on the spot."""
    op.drop_constraint(op.f("ck_draft_came_by"), "draft")
    op.create_check_constraint(op.f("ck_draft_came_by"), "draft", f"came_by IN ({words})")


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
        "found_words",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("covered", sa.Text(), nullable=True),
        sa.Column("marks", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_found_words")),
    )
    op.create_index(
        "ix_found_words_pairs",
        "found_words",
        [sa.literal_column("found_pairs(ticket_id, words, marks)")],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("words IS NOT NULL"),
    )
    op.create_index(
        "ix_found_words_stale", "found_words", ["ticket_id"], unique=False, postgresql_where=sa.text("words IS NULL")
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
        sa.Column("unit_path", sa.Text(), nullable=True),
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
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
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
        sa.Column("removed_at", TIME, nullable=True),
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
    op.create_index("ix_webhook_delivery_again", "webhook_delivery", ["webhook_id", "event_id", "id"], unique=False)
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_webhook_delivery_failed",
        "webhook_delivery",
        ["webhook_id"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
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
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_path", sa.Text(), nullable=False),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", TIME, nullable=True),
        sa.Column("checked_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["checked_by_id"], ["staff.id"], name=op.f("fk_sample_check_checked_by_id_staff")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["staff.id"], name=op.f("fk_sample_check_drawn_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sample_check_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_sample_check_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_check")),
        sa.UniqueConstraint("ticket_id", "round", name=op.f("uq_sample_check_ticket_id_round")),
    )
    op.create_index("ix_sample_check_drawn_at", "sample_check", ["drawn_at"], unique=False)
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
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sent_form_staff_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_sent_form_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )
    op.create_index("ix_sent_form_sent_at", "sent_form", ["sent_at"], unique=False)
    op.create_table(
        "out_call",
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("missed", sa.String(length=24), nullable=True),
        sa.Column("tried_at", TIME, nullable=True),
        sa.Column("again_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_out_call_complaint_id_complaint")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["staff.id"], name=op.f("fk_out_call_taken_by_id_staff")),
        sa.CheckConstraint("missed IN ('no_answer', 'off', 'void', 'refused')", name=op.f("ck_out_call_missed")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_out_call")),
    )
    op.add_column("api_client", sa.Column("last_used_at", TIME, nullable=True))
    op.create_index(
        "ix_appeal_undecided", "appeal", ["ticket_id"], unique=False, postgresql_where=sa.text("granted IS NULL")
    )
    op.create_index(
        "ix_assignment_handler_id",
        "assignment",
        ["handler_id"],
        unique=False,
        postgresql_where=sa.text("handler_id IS NOT NULL"),
    )
    op.create_index(
        "ix_assignment_open",
        "assignment",
        ["part", "unit_path"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_assignment_standing",
        "assignment",
        ["unit_id"],
        unique=False,
        postgresql_where=sa.text("part = 'lead' AND ended_at IS NULL"),
    )
    op.add_column("attachment", sa.Column("phase", sa.String(length=24), nullable=True))
    op.create_check_constraint(op.f("ck_attachment_phase"), "attachment", "phase IN ('before', 'after')")
    op.add_column("category", sa.Column("own", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_citizen_phone_end",
        "citizen",
        [sa.literal_column("right(phone_masked, 4)")],
        unique=False,
        postgresql_where=sa.text("phone_masked IS NOT NULL"),
    )
    op.create_index(
        "ix_deadline_running",
        "deadline",
        ["due_at", "ticket_id", "unit_path"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL AND offered_at IS NULL"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_deadline_warned",
        "deadline",
        ["due_at", "ticket_id", "unit_path"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL AND offered_at IS NULL AND rank >= -1"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_extension_undecided", "extension", ["ticket_id"], unique=False, postgresql_where=sa.text("granted IS NULL")
    )
    op.create_index(
        "ix_pause_undecided", "pause", ["ticket_id"], unique=False, postgresql_where=sa.text("granted IS NULL")
    )
    op.create_index(
        "ix_return_request_undecided",
        "return_request",
        ["ticket_id"],
        unique=False,
        postgresql_where=sa.text("granted IS NULL"),
    )
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
    op.add_column("staff", sa.Column("own_failures", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("staff", sa.Column("own_locked_until", TIME, nullable=True))
    op.add_column("staff", sa.Column("last_login_at", TIME, nullable=True))
    op.create_unique_constraint(op.f("uq_staff_invitation_hash"), "staff", ["invitation_hash"])
    op.create_index("ix_supervision_issued_at", "supervision", ["issued_at"], unique=False)
    op.create_index(
        "ix_supervision_standing",
        "supervision",
        ["unit_path"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_supervision_unexplained",
        "supervision",
        ["explain_deadline_id"],
        unique=False,
        postgresql_where=sa.text("explain_deadline_id IS NOT NULL AND explanation_accepted_at IS NULL"),
    )
    op.create_index(
        "ix_survey_answered_at",
        "survey",
        ["answered_at"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_county",
        "ticket",
        ["centre_path"],
        unique=False,
        postgresql_where=sa.text("centre_path LIKE '%/%/%'"),
        postgresql_ops={"centre_path": "text_pattern_ops"},
    )
    op.create_index("ix_ticket_heat", "ticket", ["heat", "id"], unique=False, postgresql_where=sa.text("heat > 1"))
    op.create_index("ix_ticket_level", "ticket", ["level", "id"], unique=False, postgresql_where=sa.text("level > 0"))
    op.create_index("ix_ticket_round", "ticket", ["id"], unique=False, postgresql_where=sa.text("round > 1"))
    op.create_index("ix_ticket_running", "ticket", ["id"], unique=False, postgresql_where=sa.text("ended_at IS NULL"))


def _drop_tables() -> None:
    """The same, taken back."""
    op.drop_index("ix_ticket_running", table_name="ticket", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_ticket_round", table_name="ticket", postgresql_where=sa.text("round > 1"))
    op.drop_index("ix_ticket_level", table_name="ticket", postgresql_where=sa.text("level > 0"))
    op.drop_index("ix_ticket_heat", table_name="ticket", postgresql_where=sa.text("heat > 1"))
    op.drop_index(
        "ix_ticket_county",
        table_name="ticket",
        postgresql_where=sa.text("centre_path LIKE '%/%/%'"),
        postgresql_ops={"centre_path": "text_pattern_ops"},
    )
    op.drop_index("ix_survey_answered_at", table_name="survey", postgresql_where=sa.text("answered_at IS NOT NULL"))
    op.drop_index(
        "ix_supervision_unexplained",
        table_name="supervision",
        postgresql_where=sa.text("explain_deadline_id IS NOT NULL AND explanation_accepted_at IS NULL"),
    )
    op.drop_index(
        "ix_supervision_standing",
        table_name="supervision",
        postgresql_where=sa.text("lifted_at IS NULL"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.drop_index("ix_supervision_issued_at", table_name="supervision")
    op.drop_constraint(op.f("uq_staff_invitation_hash"), "staff", type_="unique")
    op.drop_column("staff", "last_login_at")
    op.drop_column("staff", "own_locked_until")
    op.drop_column("staff", "own_failures")
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
    op.drop_index(
        "ix_return_request_undecided", table_name="return_request", postgresql_where=sa.text("granted IS NULL")
    )
    op.drop_index("ix_pause_undecided", table_name="pause", postgresql_where=sa.text("granted IS NULL"))
    op.drop_index("ix_extension_undecided", table_name="extension", postgresql_where=sa.text("granted IS NULL"))
    op.drop_index(
        "ix_deadline_warned",
        table_name="deadline",
        postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL AND offered_at IS NULL AND rank >= -1"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.drop_index(
        "ix_deadline_running",
        table_name="deadline",
        postgresql_where=sa.text("met_at IS NULL AND void_at IS NULL AND offered_at IS NULL"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.drop_index("ix_citizen_phone_end", table_name="citizen", postgresql_where=sa.text("phone_masked IS NOT NULL"))
    op.drop_column("category", "own")
    op.drop_column("attachment", "phase")
    op.drop_index(
        "ix_assignment_standing",
        table_name="assignment",
        postgresql_where=sa.text("part = 'lead' AND ended_at IS NULL"),
    )
    op.drop_index(
        "ix_assignment_open",
        table_name="assignment",
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_ops={"unit_path": "text_pattern_ops"},
    )
    op.drop_index(
        "ix_assignment_handler_id", table_name="assignment", postgresql_where=sa.text("handler_id IS NOT NULL")
    )
    op.drop_index("ix_appeal_undecided", table_name="appeal", postgresql_where=sa.text("granted IS NULL"))
    op.drop_column("api_client", "last_used_at")
    op.drop_table("out_call")
    op.drop_index("ix_sent_form_sent_at", table_name="sent_form")
    op.drop_table("sent_form")
    op.drop_index("ix_sample_check_open", table_name="sample_check", postgresql_where=sa.text("checked_at IS NULL"))
    op.drop_index("ix_sample_check_drawn_at", table_name="sample_check")
    op.drop_table("sample_check")
    op.drop_index(op.f("ix_instruction_ticket_id"), table_name="instruction")
    op.drop_index("ix_instruction_open", table_name="instruction", postgresql_where=sa.text("reported_at IS NULL"))
    op.drop_table("instruction")
    op.drop_index(
        "uq_webhook_delivery_event", table_name="webhook_delivery", postgresql_where=sa.text("replays_id IS NULL")
    )
    op.drop_index("ix_webhook_delivery_newest", table_name="webhook_delivery")
    op.drop_index(
        "ix_webhook_delivery_failed", table_name="webhook_delivery", postgresql_where=sa.text("state = 'failed'")
    )
    op.drop_index(
        "ix_webhook_delivery_due", table_name="webhook_delivery", postgresql_where=sa.text("state = 'queued'")
    )
    op.drop_index("ix_webhook_delivery_again", table_name="webhook_delivery")
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
    op.drop_index("ix_found_words_stale", table_name="found_words", postgresql_where=sa.text("words IS NULL"))
    op.drop_index(
        "ix_found_words_pairs",
        table_name="found_words",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("words IS NOT NULL"),
    )
    op.drop_table("found_words")
    op.drop_index("ix_change_subject", table_name="change")
    op.drop_table("change")
