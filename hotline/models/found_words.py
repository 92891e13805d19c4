"""What a ticket is found by in a search of words: its texts, folded, and what of it does not change with its steps.

A table of its own, so that steps on a ticket do not rewrite it. The database itself keeps it true: whatever changes a
text empties the row (`_STALE`), and `hotline.services.wording` fills it again, at the latest when somebody searches.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base
from hotline.models.ticket import Addition, Complaint, Ticket

#: Tickets by sixteen thousand: a list reads the newest shelf first, and stops when it has enough.
SHELF_BITS = 14


class FoundWords(Base):
    """`words` is everything that was said and written, `covered` what units may search, where that is less; all empty
    until the texts have been read. `marks` are facts like `area=城中区` and the ends of numbers.

    No foreign key: tickets are never deleted, and intake is spared the check.
    """

    __tablename__ = "found_words"
    __table_args__ = (
        sa.Index("ix_found_words_pairs", sa.text("found_pairs(ticket_id, words, marks)"), postgresql_using="gin",
                 postgresql_with={"fastupdate": "off"}, postgresql_where=sa.text("words IS NOT NULL")),
        sa.Index("ix_found_words_stale", "ticket_id", postgresql_where=sa.text("words IS NULL")),
    )  # fmt: skip
    ticket_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    words: Mapped[str | None]
    covered: Mapped[str | None]
    marks: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text))


#: Every two characters that follow each other, and the marks, each on the shelf of its ticket: `61:路灯`, `61:area=…`.
#: Where a digit is among them every three, too, for two digits stand nearly everywhere. The last character of a line
#: stands alone, so that every character is the beginning of an entry.
PAIRS = """
CREATE OR REPLACE FUNCTION found_pairs(ticket_id bigint, words text, marks text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    WITH chars AS MATERIALIZED (
        SELECT one, two, three
        FROM unnest(string_to_array(words, NULL), (string_to_array(words, NULL))[2:],
                    (string_to_array(words, NULL))[3:]) AS chars (one, two, three)
        WHERE one <> E'\\n'
    )
    SELECT array_to_tsvector(array_agg((ticket_id >> SHELF_BITS)::text || ':' || entry))
    FROM (
        SELECT one || CASE WHEN two <> E'\\n' THEN two ELSE '' END AS entry FROM chars
        UNION ALL
        SELECT one || two || three FROM chars
        WHERE two <> E'\\n' AND three <> E'\\n'
          AND (ascii(one) BETWEEN 48 AND 57 OR ascii(two) BETWEEN 48 AND 57 OR ascii(three) BETWEEN 48 AND 57)
        UNION ALL SELECT unnest(marks)
    ) AS entries
$$
""".replace("SHELF_BITS", str(SHELF_BITS))

STALE = """
CREATE OR REPLACE FUNCTION stale_words() RETURNS trigger LANGUAGE plpgsql AS $$
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

_ENTERED = (
    ("matter", "place", "against", "outcome", "answer"),
    ("area", "category_id", "source", "channel", "urgency"),
)
_SAID = ("text", "place", "ticket_id", "name_sealed", "citizen_id", "number")


def _changed(table: str, columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER {table}_stales_words AFTER UPDATE OF {', '.join(columns)} ON {table}"
        f" FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION stale_words()"
    )


#: A complaint comes in with its ticket; one that joins another ticket is moved there.
TRIGGERS = {
    Ticket: (
        "CREATE TRIGGER ticket_finds_words AFTER INSERT ON ticket FOR EACH ROW EXECUTE FUNCTION stale_words()",
        _changed("ticket", (*_ENTERED[0], *_ENTERED[1])),
    ),
    Complaint: (_changed("complaint", _SAID),),
    Addition: (
        "CREATE TRIGGER addition_stales_words AFTER INSERT OR UPDATE OF text ON addition"
        " FOR EACH ROW EXECUTE FUNCTION stale_words()",
    ),
}

for _function in (PAIRS, STALE):
    sa.event.listen(Base.metadata, "before_create", sa.DDL(_function.replace("%", "%%")))
for _table, _triggers in TRIGGERS.items():
    for _trigger in _triggers:
        sa.event.listen(_table.__table__, "after_create", sa.DDL(_trigger))
