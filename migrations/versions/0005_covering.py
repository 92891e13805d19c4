"""Indexes that tell a unit's tickets and promises without a look at the rows"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PATH: dict[str, Any] = {"postgresql_ops": {"unit_path": "text_pattern_ops"}}
OPEN: dict[str, Any] = {"postgresql_where": sa.text("ended_at IS NULL")}
#: Name, table, columns, what it holds besides, how else it is made.
INDEXES: list[tuple[str, str, list[str], list[str], dict[str, Any]]] = [
    ("ix_assignment_unit_path", "assignment", ["unit_path"], ["ticket_id"], PATH),
    ("ix_assignment_open", "assignment", ["part", "unit_path"], ["ticket_id"], PATH | OPEN),
    ("ix_deadline_kind_due_at", "deadline", ["kind", "due_at"], ["unit_path"], {}),
]


def upgrade() -> None:
    for name, table, columns, besides, more in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, postgresql_include=besides, **more)


def downgrade() -> None:
    for name, table, columns, _, more in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, **more)
