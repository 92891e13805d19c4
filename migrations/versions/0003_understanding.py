"""Understanding: how a call came, live calls, clues to the same matter, risks, what was learned, who does what"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from hotline.domain import marks

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.TIMESTAMP(timezone=True)

COLUMNS: list[tuple[str, sa.Column[Any]]] = [
    ("draft", sa.Column("came_by", sa.String(length=24), server_default="api", nullable=False)),
    ("draft", sa.Column("filename", sa.Text(), server_default="", nullable=False)),
    ("draft", sa.Column("taken_by_id", sa.BigInteger(), nullable=True)),
    ("draft", sa.Column("taken_at", TIME, nullable=True)),
    ("draft", sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False)),
    ("ticket", sa.Column("against", sa.Text(), server_default="", nullable=False)),
    ("ticket", sa.Column("category_guessed", sa.Boolean(), server_default=sa.text("false"), nullable=False)),
    ("ticket", sa.Column("risks", postgresql.JSONB(), server_default="[]", nullable=False)),
]

#: As `hotline/domain/clues.py` writes them: names without dots, and communities by what they are called for short.
NAMES = """
INSERT INTO clue (key, ticket_id)
SELECT DISTINCT key, id FROM ticket
CROSS JOIN LATERAL unnest(place_keys) AS name
CROSS JOIN LATERAL (
    SELECT regexp_replace(lower(normalize(name, NFKC)), '[[:space:]·•・．.。－—–_-]', '', 'g') AS folded
) AS written
CROSS JOIN LATERAL (
    SELECT regexp_replace(folded, '(小区|社区|花园|花苑|家园|公寓|嘉园|佳苑|雅苑|名苑|豪庭|华庭|苑){1,3}$', '') AS stem
) AS called
CROSS JOIN LATERAL (
    VALUES (folded), (CASE WHEN length(stem) >= 3 AND stem <> folded THEN stem || '~' END)
) AS keys (key)
WHERE key <> '' AND erased_at IS NULL
"""

#: What was said of each ticket: by each of its complainants, in what they added, and where it is.
SAID = """
SELECT complaint.ticket_id, left(said.words, :length) AS words
FROM complaint JOIN ticket ON ticket.id = complaint.ticket_id
CROSS JOIN LATERAL (
    SELECT concat_ws(chr(10), complaint.place, complaint.text) AS words
    UNION ALL SELECT ticket.place WHERE ticket.place <> complaint.place
    UNION ALL SELECT text FROM addition WHERE complaint_id = complaint.id
) AS said
WHERE complaint.id BETWEEN :first AND :last AND ticket.erased_at IS NULL AND said.words <> ''
"""
MARKED = """
INSERT INTO clue (key, ticket_id)
SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:tickets AS bigint[])) ON CONFLICT DO NOTHING
"""
AT_ONCE = 5000  # complaints


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.create_check_constraint(op.f("ck_draft_came_by"), "draft", "came_by IN ('api', 'upload', 'folder', 'voice')")
    op.create_foreign_key(op.f("fk_draft_taken_by_id_staff"), "draft", "staff", ["taken_by_id"], ["id"])
    _create_clues()
    _create_live_calls()
    _create_dispatch_rules()
    _create_learned_models()
    _create_hot_matters()
    op.create_index(
        "ix_ticket_risks",
        "ticket",
        ["risks"],
        postgresql_using="gin",
        postgresql_ops={"risks": "jsonb_path_ops"},
        postgresql_where=sa.text("risks <> '[]'::jsonb"),
    )
    op.create_index("ix_complaint_citizen", "complaint", ["citizen_id", sa.literal_column("id DESC")])
    op.drop_index(op.f("ix_complaint_citizen_id"), table_name="complaint")
    op.create_index(
        "ix_assignment_led",
        "assignment",
        ["unit_id", sa.literal_column("id DESC")],
        postgresql_where=sa.text("part = 'lead' AND submitted_at IS NOT NULL"),
    )


def _create_clues() -> None:
    """What a ticket is found by again: it takes the place of the indexes of names and of spots."""
    op.create_table(
        "clue",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_clue_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("key", "ticket_id", name=op.f("pk_clue")),
    )
    op.create_index(op.f("ix_clue_ticket_id"), "clue", ["ticket_id"])
    op.execute(NAMES)
    op.execute(
        "INSERT INTO clue (key, ticket_id) SELECT '@' || floor(latitude * 200) || ':' || floor(longitude * 200), id"
        " FROM ticket WHERE latitude IS NOT NULL AND longitude IS NOT NULL AND erased_at IS NULL"
    )
    _write_marks()
    op.drop_index("ix_ticket_position", table_name="ticket")
    op.drop_index("ix_ticket_place_keys", table_name="ticket")


def _write_marks() -> None:
    """Number plates, shops and topics are found in the words as the software finds them that is being installed: with
    no others would the ticket be sought. A third of a millisecond for each complaint."""
    connection = op.get_bind()
    newest = connection.scalar(sa.text("SELECT max(id) FROM complaint")) or 0
    for first in range(1, newest + 1, AT_ONCE):
        asked = {"first": first, "last": first + AT_ONCE - 1, "length": marks.LOOKED_THROUGH}
        said = connection.execute(sa.text(SAID), asked)
        found = [(key, row.ticket_id) for row in said for key in marks.marks_of(row.words)]
        if found:
            keys, tickets = zip(*found, strict=True)
            connection.execute(sa.text(MARKED), {"keys": list(keys), "tickets": list(tickets)})


def _create_live_calls() -> None:
    op.create_table(
        "live_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("caller_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("heard_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("recording", sa.Text(), server_default="", nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("heard_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('talking', 'handed_over', 'ended')", name=op.f("ck_live_call_state")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_live_call_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_call")),
        sa.UniqueConstraint("sid", name=op.f("uq_live_call_sid")),
    )
    op.create_index("ix_live_call_heard_at", "live_call", ["heard_at"], postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "live_turn",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("said_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["live_call.id"], name=op.f("fk_live_turn_call_id_live_call")),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_live_turn")),
    )


def _create_dispatch_rules() -> None:
    op.create_table(
        "dispatch_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.Text(), server_default="", nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("area", sa.Text(), server_default="", nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("assist_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("limit_text", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["unit.id"], name=op.f("fk_dispatch_rule_lead_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_rule")),
    )


def _create_learned_models() -> None:
    op.create_table(
        "learned_model",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("trained_at", TIME, nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("top1", sa.Float(), nullable=False),
        sa.Column("top3", sa.Float(), nullable=False),
        sa.Column("before_top1", sa.Float(), nullable=False),
        sa.Column("before_top3", sa.Float(), nullable=False),
        sa.Column("adopted_at", TIME, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('category', 'unit')", name=op.f("ck_learned_model_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_model")),
    )
    op.create_index(
        "ix_learned_model_adopted",
        "learned_model",
        ["kind", sa.literal_column("id DESC")],
        postgresql_where=sa.text("adopted_at IS NOT NULL"),
    )


def _create_hot_matters() -> None:
    op.create_table(
        "hot_matter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("counted_at", TIME, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("this_week", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("ticket_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_hot_matter_category_id_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_matter")),
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_led", table_name="assignment")
    op.create_index(op.f("ix_complaint_citizen_id"), "complaint", ["citizen_id"])
    op.drop_index("ix_complaint_citizen", table_name="complaint")
    op.drop_index("ix_ticket_risks", table_name="ticket")
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
    for table in ("hot_matter", "learned_model", "dispatch_rule", "live_turn", "live_call", "clue"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_draft_came_by"), "draft")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.name)
