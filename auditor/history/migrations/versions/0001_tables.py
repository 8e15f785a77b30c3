"""The first tables: runs, accounts, findings with their open periods, coverage, blobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. What stands here stays as it is for ever: a change is a further step."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "runs",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("started", sa.String, nullable=False),
        sa.Column("tool_version", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.UniqueConstraint("place", "id", name="runs_place_id"),
    )
    op.create_table(
        "accounts",
        sa.Column("run", number, sa.ForeignKey("runs.number"), primary_key=True),
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("taken", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("rows_digest", sa.LargeBinary, nullable=True),
        sa.Column("terms_digest", sa.LargeBinary, nullable=True),
        sa.Column("coverage_digest", sa.LargeBinary, nullable=True),
        sa.Column("steps", sa.LargeBinary, nullable=True),
    )
    op.create_index("accounts_by_account", "accounts", ["account", "run"])
    op.create_table(
        "blobs",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "coverage",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("what", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("columns_dropped", sa.Text, nullable=False),
    )
    op.create_table(
        "findings",
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("check_name", sa.String, nullable=False),
        sa.Column("subject_kind", sa.String, nullable=False),
        sa.Column("subject_key", sa.Text, nullable=False),
        sa.Column("subject_name", sa.Text, nullable=False),
        sa.Column("requirement", sa.Text, nullable=False),
        sa.Column("baseline", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
    op.create_table(
        "periods",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("finding", sa.String(16), nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("opened", number, sa.ForeignKey("runs.number"), nullable=False),
        sa.Column("last", number, sa.ForeignKey("runs.number"), nullable=False),
        sa.Column("nights", sa.Integer, nullable=False),
        sa.Column("resolved", number, sa.ForeignKey("runs.number"), nullable=True),
        sa.Column("how", sa.String, nullable=False),
    )
    op.create_index("periods_by_finding", "periods", ["account", "finding"])


def downgrade() -> None:
    """There is no way back: an earlier program refuses a later history."""
    raise NotImplementedError
