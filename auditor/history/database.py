"""Opens the database that keeps the history: a SQLite file, or PostgreSQL by URL; and brings its tables up to date."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import ConfigurationError, HistoryError
from auditor.secrets import SecretReference, resolve

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

HEAD = "0001"
"""The newest migration; a test holds it to the folder."""
VERSION_TABLE = "auditor_history_version"
FILE = "history.sqlite"
PATIENCE = 30
"""Seconds to wait for another program that writes to the same SQLite file."""
_CONNECT = 10
"""Seconds to wait for PostgreSQL to answer."""
_LOCK = 0x61756469746F72
"""Any number: two programs that open an empty PostgreSQL at once make its tables one after the other."""


class Place:
    """Where a history is kept. Printing it shows no password; the password is looked up when the history is opened.

    Raises:
        ConfigurationError: *text* is neither a path nor a URL of SQLite or PostgreSQL, or holds a password.
    """

    def __init__(self, text: str, password: SecretReference | None = None) -> None:
        self._url = _url(text)
        self._password = password
        if password and self._url.get_backend_name() == "sqlite":
            raise ConfigurationError("A history in a SQLite file has no password.", "Take the password out.")

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None."""
        return Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None

    def __str__(self) -> str:
        return str(self.file) if self.file else self._url.render_as_string(hide_password=True)

    @contextlib.contextmanager
    def opened(self, *, make: bool) -> Iterator[Engine]:
        """The database with its tables up to date; *make*: a SQLite file that is not there is made.

        Raises:
            HistoryError: it cannot be opened, is not there, or was written by a later version of the program.
        """
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import SQLAlchemyError

        if self.file and not make and not self.file.is_file():
            raise HistoryError(
                f"{self.file}: there is no history.",
                "Run `auditor audit` first, or name the folder with --out or the history itself with --history.",
            )
        with said(str(self)):
            engine = create_engine(self._url, connect_args=self._connect_arguments())
        if self.file:
            event.listen(engine, "connect", _sqlite_as_it_is)
            event.listen(engine, "begin", _sqlite_writes if make else _sqlite_reads)
        try:
            with said(str(self)):
                _bring_up_to_date(engine, str(self))
            yield engine
        except SQLAlchemyError as error:
            raise broken(str(self), error) from None
        finally:
            engine.dispose()

    def _connect_arguments(self) -> dict[str, object]:
        if self.file:
            return {"timeout": PATIENCE}
        arguments: dict[str, object] = {"connect_timeout": _CONNECT, "application_name": "netsuite-auditor"}
        if self._password:
            arguments["password"] = resolve(self._password).reveal()
        return arguments


@contextlib.contextmanager
def said(place: str) -> Iterator[None]:
    """Turn a fault of the database into an error that a user can read."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as error:
        raise broken(place, error) from None
    except OSError as error:
        raise HistoryError(f"The history {place} cannot be used: {error.strerror}.") from error


def broken(place: str, error: Exception) -> HistoryError:
    """What the database said, on one line, without the statement and its values: those are the account's data."""
    told = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()
    return HistoryError(
        f"The history {place} cannot be used: {told[0] if told else type(error).__name__}.",
        "Look whether its disk has room, whether another program holds it, and whether this user may write there.",
    )


def _url(text: str) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.engine.url import URL
    from sqlalchemy.exc import ArgumentError

    if "://" not in text:
        return URL.create("sqlite+pysqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text is not repeated: it may hold a password.
        raise ConfigurationError("The history's URL cannot be read.", _FORMS) from None
    if url.drivername not in _DRIVERS:
        raise ConfigurationError(f"The history cannot be kept in {url.drivername!r}.", _FORMS)
    if url.password is not None or any("password" in key.casefold() for key in url.query):
        raise ConfigurationError("The history's URL holds a password.", _FORMS)
    if url.get_backend_name() == "sqlite" and not url.database:
        raise ConfigurationError("The history's URL names no file.", _FORMS)
    return url.set(drivername=_DRIVERS[url.drivername])


_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = (
    "Give a file, or postgresql://user@host/database without the password; the password comes by reference, as "
    '[history] password = "env:NAME" in accounts.toml, or as libpq takes it (PGPASSFILE, PGPASSWORD).'
)


def _sqlite_as_it_is(connection: object, _record: object) -> None:
    """Let the program itself begin transactions: the driver would begin them late, and not around tables."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]


def _sqlite_writes(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads first could not get it later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _sqlite_reads(connection: Connection) -> None:
    """Take no lock before it is needed: a history on a read-only disk can be read."""
    connection.exec_driver_sql("BEGIN")


def _bring_up_to_date(engine: Engine, place: str) -> None:
    from sqlalchemy import text

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        version = _version(connection)
        if version != HEAD:
            _migrate(connection, version, place)


def _version(connection: Connection) -> str:
    """The last migration that was made here; empty if none was."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar() or ""  # noqa: S608


def _migrate(connection: Connection, version: str, place: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "auditor.history:migrations")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version and version not in known:
        raise HistoryError(
            f"The history {place} is of version {version}, which a later version of this program wrote.",
            "Use that version of the program, or keep this history elsewhere with --history.",
        )
    command.upgrade(config, "head")
