"""An account's rows, in an embedded SQL engine in memory: one connection under one lock, for callers of any thread."""

from __future__ import annotations

import random
import re
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from auditor.simulator.schema import TABLES, ColumnKind, TableSchema

Value = str | int | None
Row = Mapping[str, Value]
Parameter = str | int | float | bool | None

QUERY_SECONDS = 30.0
"""After so long a query is broken off."""
_LONGEST_VALUE = 16_000_000
_STEPS_BETWEEN_LOOKS = 200_000
_ISO = "%Y-%m-%d %H:%M:%S"
_SURROGATE = re.compile("[\ud800-\udfff]")
_STAND_IN = re.compile("[\U0010f000-\U0010f7ff]")


class Store:
    """Tables of one account. The engine cannot hold lone surrogates: private characters stand in for them inside."""

    def __init__(self, *, seed: str, now: Callable[[], float]) -> None:
        self.version = 0
        """Goes up with every change."""
        self._lock = threading.RLock()
        self.caller = 0
        """Employee on whose behalf the query of the moment runs; changed under the lock alone."""
        self._displays: dict[str, tuple[int, dict[int, str]]] = {}
        self.now = now
        self._shuffle = random.Random(seed)
        self._connection = sqlite3.connect(
            ":memory:", check_same_thread=False, isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES
        )
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        self._connection.execute("PRAGMA case_sensitive_like = ON")
        for table in TABLES.values():
            if table.name != "useroauthtoken":
                self._connection.execute(_definition(table))
        self._create_functions()
        weakref.finalize(self, self._connection.close)

    def query(self, sql: str, parameters: Sequence[Parameter], *, caller: int) -> tuple[tuple[str, ...], list[Any]]:
        """Names of the columns and rows of an engine query, asked on behalf of the employee *caller*.

        Raises:
            sqlite3.Error: the query cannot be run, or took too long.
        """
        bound = ["T" if value is True else "F" if value is False else value for value in parameters]
        with self._lock:
            self.caller = caller
            deadline = time.monotonic() + QUERY_SECONDS
            self._connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
            self._connection.execute("PRAGMA query_only = ON")
            try:
                cursor = self._connection.execute(sql, bound)
                rows = cursor.fetchall()
            finally:
                self._connection.execute("PRAGMA query_only = OFF")
                self._connection.set_progress_handler(None, 0)
            return tuple(column[0] for column in cursor.description), rows

    def rows(self, table: str) -> list[dict[str, str | int]]:
        """All rows in the order of the key, null columns left out, dates as ``YYYY-MM-DD HH:MM:SS``."""
        schema = TABLES[table]
        columns = ", ".join(f"\"{name}\" || ''" if _is_text(schema, name) else f'"{name}"' for name in schema.columns)
        order = ", ".join(f'"{name}"' for name in schema.key) or "rowid"
        with self._lock:
            found = self._connection.execute(f'SELECT {columns} FROM "{table}" ORDER BY {order}').fetchall()
        return [
            {name: revive(value) for name, value in zip(schema.columns, row, strict=True) if value is not None}
            for row in found
        ]

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows; a column that a row leaves out is null, and so is an empty text, as in NetSuite's own engine."""
        columns = tuple(TABLES[table].columns)
        marks = ", ".join("?" * len(columns))
        values = [_values(table, columns, row) for row in rows]
        with self._lock, self._connection:
            self._connection.execute("BEGIN")
            self._connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', values)
            self.version += 1

    def update(self, table: str, changes: Row, where: Mapping[str, Value]) -> int:
        """Change the rows whose columns equal *where*; gives how many they were."""
        columns = tuple(changes)
        assignments = ", ".join(f'"{column}" = ?' for column in columns)
        values = [*_values(table, columns, changes), *where.values()]
        return self._change(f'UPDATE "{table}" SET {assignments}{_condition(where)}', values)

    def delete(self, table: str, where: Mapping[str, Value]) -> int:
        """Delete the rows whose columns equal *where*; gives how many they were."""
        return self._change(f'DELETE FROM "{table}"{_condition(where)}', list(where.values()))

    def one(self, table: str, **where: Value) -> dict[str, Any] | None:
        """A row whose columns equal *where*, null columns as None; None if there is none."""
        columns = tuple(TABLES[table].columns)
        names = ", ".join(f'"{column}"' for column in columns)
        with self._lock:
            row = self._connection.execute(
                f'SELECT {names} FROM "{table}"{_condition(where)} LIMIT 1', list(where.values())
            ).fetchone()
        return dict(zip(columns, row, strict=True)) if row else None

    def _change(self, sql: str, values: Sequence[Value]) -> int:
        with self._lock:
            changed = self._connection.execute(sql, values).rowcount
            self.version += 1
        return changed

    def _create_functions(self) -> None:
        store = weakref.proxy(self)  # the engine holds its functions where no garbage collector looks
        functions: list[tuple[str, int, Callable[..., Any]]] = [
            ("shuffle", 0, self._shuffle.random),
            ("caller_user", 0, lambda: store.caller),
            ("display", 2, partial(Store.display, store)),
            ("format_date", 2, _format_date),
            ("parse_date", 2, _parse_date),
            ("present_date", 0, lambda: datetime.fromtimestamp(store.now(), UTC).strftime(_ISO)),
        ]
        for name, arguments, function in functions:
            self._connection.create_function(name, arguments, function)

    def display(self, table: str, key: Value) -> Value:
        """What BUILTIN.DF shows for a reference. Runs inside a query, so the lock is held."""
        version, names = self._displays.get(table, (-1, {}))
        if version != self.version:
            sql = f'SELECT "id", "{TABLES[table].display}" FROM "{table}"'
            names = dict(self._connection.execute(sql).fetchall())
            self._displays[table] = (self.version, names)
        return names.get(key) if isinstance(key, int) else key


def revive(value: Any) -> Any:
    """A value as it was inserted, lone surrogates included."""
    if isinstance(value, str) and _STAND_IN.search(value):
        return _STAND_IN.sub(lambda found: chr(ord(found.group()) - 0x10F000 + 0xD800), value)
    return value


def _values(table: str, columns: Sequence[str], row: Row) -> list[Value]:
    unknown = set(row) - set(TABLES[table].columns)
    if unknown:
        raise KeyError(f"The table {table} has no column {', '.join(sorted(unknown))}.")
    return [_stored(row.get(column)) for column in columns]


def _stored(value: Value) -> Value:
    if isinstance(value, str) and not value.isascii() and _SURROGATE.search(value):
        return _SURROGATE.sub(lambda found: chr(ord(found.group()) - 0xD800 + 0x10F000), value)
    return None if value == "" else value


def _condition(where: Mapping[str, Value]) -> str:
    return " WHERE " + " AND ".join(f'"{column}" = ?' for column in where) if where else ""


def _is_text(schema: TableSchema, column: str) -> bool:
    return schema.columns[column].kind is not ColumnKind.INTEGER


def _definition(table: TableSchema) -> str:
    columns = ", ".join(f'"{column.name}" {column.kind.value}' for column in table.columns.values())
    if not table.key:
        return f'CREATE TABLE "{table.name}" ({columns})'
    key = ", ".join(f'"{column}"' for column in table.key)
    return f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID'


def _format_date(value: Value, form: str) -> str | None:
    """TO_CHAR of a date; *form* in the words of strftime. Anything that is no date is given as it is."""
    if value is None:
        return None
    try:
        return datetime.strptime(str(value), _ISO).replace(tzinfo=UTC).strftime(form) if form != _ISO else str(value)
    except ValueError:
        return str(value)


def _parse_date(text: Value, form: str) -> str | None:
    """TO_DATE; NetSuite refuses what does not fit the format, and so does this."""
    return None if text is None else datetime.strptime(str(text), form).replace(tzinfo=UTC).strftime(_ISO)


def _user_date(stored: bytes) -> str:
    """A date as a query shows it that does not ask for a format: the user's, here month/day/year, without the time."""
    year, month, day = stored[:10].decode().split("-")
    return f"{int(month)}/{int(day)}/{year}"


sqlite3.register_converter("nsdate", _user_date)
