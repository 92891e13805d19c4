"""Models and migrations agree: the two ways to the tables give the same columns, constraints, indexes and triggers."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from hotline.domain.workflow import State
from hotline.models import Base, Channel, Clue, Ticket
from hotline.services import citizens, merging
from migrations import configuration, newest, upgrade
from tests.city import City, found_city

CATALOGUE = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "sequences": "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'",
}


def catalogue(engine: sa.Engine) -> dict[str, set[tuple[object, ...]]]:
    """Everything that PostgreSQL says of the tables, Alembic's own aside."""
    with engine.connect() as connection:
        return {
            name: {tuple(row) for row in connection.execute(sa.text(query)) if "alembic" not in str(row[0])}
            for name, query in CATALOGUE.items()
        }


def test_models_and_migrations_agree(empty_database_url: str, database_url: str) -> None:
    by_models = sa.create_engine(empty_database_url)
    Base.metadata.create_all(by_models)
    by_migrations = sa.create_engine(database_url)
    made, migrated = catalogue(by_models), catalogue(by_migrations)
    for name in CATALOGUE:
        assert made[name] == migrated[name], name
    assert migrated["triggers"], "the history is append-only"
    by_models.dispose()
    by_migrations.dispose()


def test_migrations_go_down_and_up_again(empty_database_url: str) -> None:
    engine = sa.create_engine(empty_database_url)
    upgrade(engine)
    before = catalogue(engine)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert not catalogue(engine)["columns"]
    upgrade(engine)
    assert catalogue(engine) == before
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest()
    engine.dispose()


def test_what_was_there_before_is_found_again_by_all_its_clues(empty_database_url: str, tmp_path: Path) -> None:
    """A city that is upgraded knows its old tickets by names, spots, plates, shops and topics, as it does new ones."""
    engine = sa.create_engine(empty_database_url)
    found_city(engine)
    city = City(empty_database_url, tmp_path)
    city.receive("香溪路与大桥路口路灯不亮", latitude=36.19512, longitude=113.117)
    city.receive("金桂园·滨河苑旁边，晋E12345停着，老张头烧烤店油烟大", place="金桂园·滨河苑")
    city.receive("人才购房补贴申请不通过")
    one, other = city.accepted(text="建设路渣土车抛洒"), city.receive(text="建设路渣土车晋E54321抛洒")
    with city.work("olga") as work:
        merging.merge(work, other.number, one)
    with city.work("citizen") as work:
        complaint, ticket = citizens.open_complaint(work, other.number, other.key)
        citizens.add(work, complaint, ticket, "还有晋E67890", Channel.WEB)
    clues = sa.select(Clue.key).join(Ticket).where(Ticket.state != State.MERGED).add_columns(Clue.ticket_id)
    with engine.connect() as connection:
        before = set(map(tuple, connection.execute(clues)))
    city.office.engine.dispose()
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "0002")
    upgrade(engine)
    with engine.connect() as connection:
        assert set(map(tuple, connection.execute(clues))) == before
    assert {key[:2] for key, _ in before} >= {"车:", "店:", "题:"}
    engine.dispose()


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    engine = sa.create_engine(empty_database_url)
    upgrade(engine)
    before = catalogue(engine)
    upgrade(engine)
    assert catalogue(engine) == before
    engine.dispose()
