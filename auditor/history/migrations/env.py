"""Alembic runs this file: it takes the steps on the connection that the program has opened."""

from __future__ import annotations

from alembic import context

from auditor.history.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
)
context.run_migrations()
