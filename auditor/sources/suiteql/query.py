"""How one table is asked for: its columns, its key, what opens it, and the text of the query."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from auditor.model import Table
from auditor.sources.suiteql.pages import Row

DATE = "TO_CHAR({}, 'YYYY-MM-DD HH24:MI:SS')"
"""Without this a date comes in the format of the user's preferences (several independent sources)."""


class Opener(Struct, frozen=True):
    """The permission that lets a role read a table, and where an administrator gives it."""

    permission: str
    label: str
    subtab: str
    level: str
    besides: str = ""
    """What else must be so, such as a feature that must be on."""

    @property
    def called(self) -> str:
        """The permission as a person finds it, with its id."""
        return f"{self.label} ({self.permission})" if self.label else f"{self.permission} (its label is not confirmed)"

    @property
    def path(self) -> str:
        """The clicks that lead to where it is given."""
        return f"Setup > Users/Roles > Manage Roles > the auditor's role > Edit > Permissions > {self.subtab}"

    def __str__(self) -> str:
        return f"It is opened by the permission {self.called} at {self.level}: {self.path}.{self.besides}"


class Query(Struct, frozen=True, kw_only=True):
    """How one table is asked for."""

    table: Table
    source: str
    """NetSuite's name of the table."""
    row: type[Row]
    key: tuple[str, ...]
    """Columns that together are unique, the one to page by first."""
    numeric: bool = True
    """The first column of the key is a whole number."""
    shapes: dict[str, str] = {}
    """Columns that are not read as they are: their name in the row and the expression that gives it."""
    needed: tuple[str, ...] = ()
    """Columns that every row has: a table without one of them is not whole."""
    few: dict[str, tuple[str, ...]] = {}
    """Needed columns that say one of a few words as a rule. It is for speed alone: any other word is taken too."""
    somewhere: tuple[str, ...] = ()
    """Columns that at least one row has."""
    ended: str = ""
    """The column that says T of a record that is over, whose other columns may be empty."""
    where: str = ""
    """What a row must fulfil to be asked for; empty: all of them."""
    grouped: bool = False
    """The rows are those of the table that share the key, put together as one."""
    opener: Opener
    empty_doubt: str = "nothing else shows that there is none"
    """Why an answer without any row is not believed."""
    may_be_empty: bool = False
    """Many accounts have no such record: no row makes the table "not available", and not "partial"."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.row.__struct_fields__ if name != "links")

    def select(self, dropped: Collection[str] = (), after: int | None = None) -> str:
        """The query for the rows whose leading key is beyond *after*, without the columns *dropped*.

        *after* is written into the text: it is a number that we made, and nowhere is it documented that the REST
        service takes parameters for a query.
        """
        columns = ", ".join(self._shaped(name) for name in self.columns if name not in dropped)
        beyond = "" if after is None else f"{self._asked(self.key[0])} > {after:d}"
        order = ", ".join(map(self._asked, self.key))
        return " ".join(("SELECT", columns, *self._from(beyond), "ORDER BY", order))

    def count(self) -> str:
        """The query for the number of rows."""
        if self.grouped:
            shared = ", ".join(map(self._shaped, self.key))
            return "".join(("SELECT COUNT(*) AS counted FROM (SELECT ", " ".join((shared, *self._from())), ")"))
        return " ".join(("SELECT COUNT(*) AS counted", *self._from()))

    def reading(self, identifier: str) -> tuple[str, ...]:
        """The columns of the row that are read from NetSuite's column *identifier*."""
        whole = re.compile(rf"\b{re.escape(identifier)}\b", re.IGNORECASE)
        return tuple(name for name in self.columns if whole.search(self.shapes.get(name, name)))

    def _from(self, beyond: str = "") -> tuple[str, ...]:
        conditions = " AND ".join(filter(None, (self.where, beyond)))
        where = ("WHERE", conditions) if conditions else ()
        group = ("GROUP BY", ", ".join(map(self._asked, self.key))) if self.grouped else ()
        return ("FROM", self.source, *where, *group)

    def _asked(self, name: str) -> str:
        return self.shapes.get(name, name)

    def _shaped(self, name: str) -> str:
        return f"{self.shapes[name]} AS {name}" if name in self.shapes else name
