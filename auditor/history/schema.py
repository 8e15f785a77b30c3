"""The tables of the history. The migrations make them; a test holds the two to each other.

Runs have a number of their own beside their id: two runs of different folders may bear the same id. Whatever belongs
to a run that never finished does not count, which is why nothing is reckoned into ``periods`` before the run's end.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only what is called INTEGER."""

runs = Table(
    "runs",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False),
    Column("place", String, nullable=False, doc="Machine and run folder: with the id, what makes a run one."),
    Column("started", String, nullable=False, doc="UTC, ISO 8601 with seconds."),
    Column("tool_version", String, nullable=False),
    Column("verdict", String, nullable=False, doc="Empty until the run is finished."),
    Column("finished", Boolean, nullable=False, doc="Only finished runs count."),
    UniqueConstraint("place", "id", name="runs_place_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("run", Number, ForeignKey("runs.number"), primary_key=True),
    Column("account", String, primary_key=True),
    Column("verdict", String, nullable=False, doc="As in run.json; 'not audited' where the account failed."),
    Column("cause", Text, nullable=False, doc="Why it was not audited."),
    Column("taken", String, nullable=False),
    Column("source", String, nullable=False),
    Column("origin", Text, nullable=False),
    Column("rows_digest", LargeBinary, nullable=True, doc="Of the blob with the account's rows; null: not audited."),
    Column("terms_digest", LargeBinary, nullable=True, doc="Of the blob that says what it was held against."),
    Column("coverage_digest", LargeBinary, nullable=True, doc="Of the coverage rows."),
    Column("steps", LargeBinary, nullable=True, doc="What the run's end will do to the findings; null once done."),
    Index("accounts_by_account", "account", "run"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", LargeBinary, primary_key=True, doc="SHA-256 of what the data stands for."),
    Column("kind", String, nullable=False, doc="rows or terms."),
    Column("data", LargeBinary, nullable=False, doc="Deflated MessagePack."),
)

coverage = Table(
    "coverage",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("what", String, primary_key=True, doc="The table of the account, in the words of the reports."),
    Column("state", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("columns_dropped", Text, nullable=False, doc="JSON list."),
)

findings = Table(
    "findings",
    metadata,
    Column("account", String, primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("check_name", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_key", Text, nullable=False),
    Column("subject_name", Text, nullable=False),
    Column("requirement", Text, nullable=False),
    Column("baseline", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("title", Text, nullable=False),
)

periods = Table(
    "periods",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("account", String, nullable=False),
    Column("finding", String(16), nullable=False),
    Column("severity", String, nullable=False, doc="As of the last run that saw it fail."),
    Column("opened", Number, ForeignKey("runs.number"), nullable=False, doc="The run that saw it fail first."),
    Column("last", Number, ForeignKey("runs.number"), nullable=False, doc="The last run that saw it fail."),
    Column("nights", Integer, nullable=False, doc="Runs that saw it fail in this period."),
    Column("resolved", Number, ForeignKey("runs.number"), nullable=True, doc="The run that found it resolved."),
    Column("how", String, nullable=False, doc="Empty while it is open."),
    Index("periods_by_finding", "account", "finding"),
)


def storable(text: str) -> str:
    """*text* as both databases can hold it: PostgreSQL takes no NUL, and neither takes a lone surrogate."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\u2400").encode("utf-8", "replace").decode()
