"""The citizens' side: codes for lost keys, places that are alike, publication, erasure"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS: list[tuple[str, sa.Column[Any]]] = [
    ("attachment", sa.Column("round", sa.SmallInteger(), nullable=True)),
    ("attachment", sa.Column("withheld", sa.Boolean(), server_default=sa.text("false"), nullable=False)),
    ("citizen", sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True)),
    ("complaint", sa.Column("name_sealed", sa.LargeBinary(), nullable=True)),
    ("complaint", sa.Column("notice_version", sa.Text(), server_default="", nullable=False)),
    ("complaint", sa.Column("language", sa.Text(), server_default="zh", nullable=False)),
    ("complaint", sa.Column("repeats", sa.Integer(), server_default="0", nullable=False)),
    ("complaint", sa.Column("withdrawn_at", sa.TIMESTAMP(timezone=True), nullable=True)),
    ("complaint", sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True)),
    ("draft", sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True)),
    ("message", sa.Column("fields_sealed", sa.LargeBinary(), nullable=True)),
    ("ticket", sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True)),
    ("ticket", sa.Column("place_keys", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)),
]

#: What is looked for when its time is over.
TO_BE_ERASED = [
    ("ix_ticket_ended_at", "ticket", "ended_at", "ended_at IS NOT NULL AND erased_at IS NULL"),
    ("ix_draft_settled_at", "draft", "settled_at", "erased_at IS NULL AND complaint_id IS NULL"),
    ("ix_attachment_erased", "attachment", "added_at", "failure = 'erased' AND digest IS NOT NULL"),
    ("ix_attachment_digest", "attachment", "digest", "digest IS NOT NULL"),
    ("ix_draft_complaint_id", "draft", "complaint_id", "complaint_id IS NOT NULL"),
    (
        "ix_message_loose",
        "message",
        "created_at",
        "complaint_id IS NULL AND unit_id IS NULL AND octet_length(body_sealed) > 0",
    ),
]

REFUSE = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
#: Words in the history may be erased, by a transaction that says so; nothing else of a line ever changes.
ALL_BUT_WORDS = """
    IF TG_OP = 'UPDATE' AND current_setting('hotline.erasing', true) = 'on' THEN
        IF TG_LEVEL = 'STATEMENT' THEN
            RETURN NULL;
        ELSIF to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data' THEN
            RETURN NEW;
        END IF;
    END IF;
"""


def refuse_change(but: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {but} {REFUSE} END $$;"
    )


PUBLIC_LISTS = {"ix_ticket_public_category": "category_id", "ix_ticket_public_area": "area"}


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.execute(
        "UPDATE complaint SET name_sealed = citizen.name_sealed FROM citizen"
        " WHERE citizen.id = complaint.citizen_id AND citizen.name_sealed IS NOT NULL"
    )
    op.drop_column("citizen", "name_sealed")
    op.alter_column("survey", "deadline_id", existing_type=sa.BigInteger(), nullable=True)
    op.execute(refuse_change(ALL_BUT_WORDS))
    op.execute(
        "CREATE TRIGGER event_keeps_all_but_words BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    for name, table, moment, where in TO_BE_ERASED:
        op.create_index(name, table, [moment], postgresql_where=sa.text(where))
    op.create_index(
        "ix_message_failed",
        "message",
        ["complaint_id"],
        postgresql_where=sa.text("state = 'failed' AND complaint_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_place_keys",
        "ticket",
        ["place_keys"],
        postgresql_using="gin",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_position",
        "ticket",
        [sa.text("point(longitude, latitude)")],
        postgresql_using="gist",
        postgresql_where=sa.text("ended_at IS NULL AND latitude IS NOT NULL"),
    )
    for name, narrowed_by in PUBLIC_LISTS.items():
        op.create_index(
            name,
            "ticket",
            [narrowed_by, sa.literal_column("id DESC")],
            postgresql_where=sa.text("accepted_at IS NOT NULL AND NOT confidential"),
        )
    op.create_table(
        "access_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_access_code_complaint_id_complaint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_code")),
    )
    op.create_index(op.f("ix_access_code_complaint_id"), "access_code", ["complaint_id"])
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("matter", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("reviewed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reviewed_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["staff.id"], name=op.f("fk_publication_reviewed_by_id_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_publication_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_publication_ticket_id")),
    )


def downgrade() -> None:
    op.drop_table("publication")
    op.drop_table("access_code")
    for name in PUBLIC_LISTS:
        op.drop_index(name, table_name="ticket")
    op.drop_index("ix_ticket_position", table_name="ticket")
    op.drop_index("ix_ticket_place_keys", table_name="ticket")
    op.drop_index("ix_message_failed", table_name="message")
    for name, table, _, _ in TO_BE_ERASED:
        op.drop_index(name, table_name=table)
    op.execute("DROP TRIGGER event_keeps_all_but_words ON event")
    op.execute(refuse_change(""))
    op.execute("DELETE FROM survey WHERE deadline_id IS NULL")  # verdicts that nobody had asked for
    op.alter_column("survey", "deadline_id", existing_type=sa.BigInteger(), nullable=False)
    op.add_column("citizen", sa.Column("name_sealed", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE citizen SET name_sealed = complaint.name_sealed FROM complaint WHERE complaint.citizen_id = citizen.id"
    )
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
