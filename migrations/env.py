"""Alembic's door to the database: `hotline.cli.migrate` hands the connection over."""

from alembic import context

from hotline.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, compare_server_default=True)
with context.begin_transaction():
    context.run_migrations()
