"""What one input file gives: its rows, and how far they can be trusted. Readers make pieces, merging is above them."""

from __future__ import annotations

import enum
import hashlib
from functools import cached_property
from pathlib import PurePosixPath
from typing import Protocol

from msgspec import Struct

from auditor.catalog import Catalog
from auditor.errors import SourceError
from auditor.model import (
    AccessToken,
    GlobalPermission,
    Note,
    Permission,
    Role,
    RoleAssignment,
    Snapshot,
    Table,
    User,
)

ROLE_TABLES = (Table.ROLES, Table.ROLE_PERMISSIONS)
FILE_TABLES = (
    *ROLE_TABLES,
    Table.ACCESS_TOKENS,
    Table.USERS,
    Table.ROLE_ASSIGNMENTS,
    Table.GLOBAL_PERMISSIONS,
)
"""Every table that some file can give."""


class InputFile:
    """One file as it was found: ``name`` is its path relative to the input, with ``/`` on every system."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()


class BrokenFileError(SourceError):
    """A file, or a part of it, cannot be used. ``tables`` are those that it could have held: none of them is whole."""

    def __init__(self, message: str, remedy: str, tables: tuple[Table, ...] = FILE_TABLES) -> None:
        super().__init__(message, remedy)
        self.tables = tables


class Rank(enum.IntEnum):
    """Whose word counts when two files speak of the same role: the lower number's."""

    ROLE_FILE = 0
    """One role with permission ids, exported in one piece."""
    PERMISSION_LIST = 1
    """Labels of many roles, as a saved search shows them."""
    COMPARISON = 2
    """Labels of a few roles side by side, perhaps only where they differ."""


class RoleRows(Struct, frozen=True):
    """One role as one file tells it. The permissions bear the role's provisional key."""

    role: Role
    permissions: tuple[Permission, ...]


class Given(Struct, frozen=True, kw_only=True):
    """What a piece says of one table."""

    table: Table
    rows: int = 0
    """Rows read for this table; a record that several rows speak of counts several times."""
    selection: str = ""
    """Why this can never be all that the account has, however whole the file is; empty if it can be all."""
    remark: str = ""
    """What a reader of the report should know of these rows although nothing is wrong with them."""


class Piece(Struct, frozen=True, kw_only=True):
    """What one file, or one sheet of a workbook, gives."""

    name: str
    sha256: str
    given: tuple[Given, ...] = ()
    problem: str = ""
    """Why it could not be read, or not in full. Every table in ``given`` is then less than whole."""
    passed_over: str = ""
    """What it is, if it is well and simply not ours to read, such as the definition of a custom record."""
    rank: Rank = Rank.ROLE_FILE
    roles: tuple[RoleRows, ...] = ()
    tokens: tuple[AccessToken, ...] = ()
    users: tuple[User, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()
    global_permissions: tuple[GlobalPermission, ...] = ()
    notes: tuple[Note, ...] = ()
    snapshot: Snapshot | None = None
    """A whole account that an earlier run read; it stands alone and is never merged."""


class Reader(Protocol):
    """Reads one format. Goes by what a file holds; its name counts only where the content is beyond recognition."""

    def __call__(self, file: InputFile, catalog: Catalog, /) -> tuple[Piece, ...] | None:
        """The pieces of *file*, or None if it is not of this reader's format.

        Raises:
            BrokenFileError: it is of this format, or may be, and nothing of it can be used.
        """
        ...


def broken_piece(name: str, sha256: str, error: BrokenFileError) -> Piece:
    """The trace that a file leaves of which nothing could be used."""
    return Piece(
        name=name, sha256=sha256, given=tuple(Given(table=table) for table in error.tables), problem=str(error)
    )


def is_custom_object(permission: str) -> bool:
    """Whether a permission's key is that of a custom record, transaction or segment: no catalogue can know it."""
    return permission.lower().startswith(("[", "custom", "cseg"))


def listed(items: list[str], most: int = 10, separator: str = ", ") -> str:
    """*items* in one line, at most so many of them, and how many more there are."""
    shown = separator.join(items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown


def counted(number: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
