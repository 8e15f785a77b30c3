"""What an account held, packed small: about one byte for a permission row, and nothing new for an unchanged account.

The permission rows of an account are a grid: a line for each role, a column for each permission that any of them has,
a character for the level. Rows that fit into no grid (a level that is none of the five, two rows of one permission)
stay rows. The other tables are MessagePack. All of it is deflated.

Coverage and times are not part of it: they differ each night, and two reads of the same rows must be the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby, repeat
from operator import attrgetter

import msgspec
from msgspec import Struct

from auditor.errors import HistoryError
from auditor.model import (
    AccessToken,
    Level,
    Permission,
    Role,
    Snapshot,
    User,
)

FORM = 1
"""Goes up whenever packed bytes change their meaning; the digest is of the form, too."""

ABSENT = "."
"""The character of a column that a role has no row for."""
_LEVELS = "01234"
_OF_CHARACTER = dict(zip(_LEVELS, Level, strict=True))
_encoder = msgspec.msgpack.Encoder()


class Grid(Struct, frozen=True, array_like=True):
    """The permission rows of all roles. ``columns``: permission id, label, restriction, each once and sorted."""

    columns: tuple[tuple[str, str, str], ...]
    lines: dict[str, str]
    """For each role's key a character for each column: the level's rank, or a dot where there is no row."""
    odd: tuple[Permission, ...]
    """Rows that fit into no grid, as they stood."""

    def rows(self, role: str) -> Iterator[Permission]:
        """The rows of one role, by column; the odd ones last."""
        for (permission, label, restriction), character in zip(self.columns, self.lines.get(role, ""), strict=False):
            if character != ABSENT:
                yield Permission(role, permission, _OF_CHARACTER[character], label, "", restriction)
        yield from (row for row in self.odd if row.role == role)

    def roles(self) -> set[str]:
        """The keys of all roles that have rows."""
        return {*self.lines, *(row.role for row in self.odd)}


class Packed(Struct, frozen=True, array_like=True):
    """The rows of one account. Tables are MessagePack by themselves, so that equal ones are never unpacked."""

    form: int
    roles: bytes
    permissions: bytes
    tokens: bytes
    users: bytes
    assignments: bytes
    global_permissions: bytes
    features: bytes
    notes: bytes
    not_collected: tuple[str, ...]
    privacy: str = ""
    """How people are named in it: names of two reads say nothing of each other where this differs."""


def digest(snapshot: Snapshot) -> bytes:
    """32 bytes that are the same for two reads of the same rows, whenever and with whatever coverage they were read."""
    rows = (
        FORM,
        snapshot.roles,
        snapshot.permissions,
        snapshot.tokens,
        snapshot.users,
        snapshot.assignments,
        snapshot.global_permissions,
        snapshot.features,
        snapshot.notes,
        snapshot.not_collected,
        *((snapshot.privacy,) if snapshot.privacy else ()),
    )
    return hashlib.sha256(_encoder.encode(rows)).digest()


def pack(snapshot: Snapshot) -> Packed:
    """The rows of *snapshot*."""
    return Packed(
        form=FORM,
        roles=_encoder.encode(snapshot.roles),
        permissions=_encoder.encode(grid(snapshot.permissions)),
        tokens=_encoder.encode(snapshot.tokens),
        users=_encoder.encode(snapshot.users),
        assignments=_encoder.encode(snapshot.assignments),
        global_permissions=_encoder.encode(snapshot.global_permissions),
        features=_encoder.encode(snapshot.features),
        notes=_encoder.encode(snapshot.notes),
        not_collected=snapshot.not_collected,
        privacy=snapshot.privacy,
    )


def deflate(packed: Packed) -> bytes:
    """*packed* as it is kept."""
    return zlib.compress(_encoder.encode(packed), 6)


def inflate(data: bytes) -> Packed:
    """What :func:`deflate` made *data* of.

    Raises:
        HistoryError: the bytes are damaged, or of a later form.
    """
    try:
        packed = msgspec.msgpack.decode(zlib.decompress(data), type=Packed)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HistoryError("A snapshot in the history is damaged.", "Restore the history from a backup.") from error
    if packed.form != FORM:
        raise HistoryError(
            f"A snapshot in the history is of form {packed.form}, and this program reads form {FORM}.",
            "Use the version of the program that wrote it.",
        )
    return packed


def grid(permissions: Iterable[Permission]) -> Grid:
    """*permissions* as a grid; the rows of a role need not stand side by side."""
    numbers: dict[tuple[str, str, str], int] = {}
    lines: dict[str, dict[int, str]] = {}
    odd: list[Permission] = []
    for role, group in groupby(permissions, attrgetter("role")):
        held = lines.setdefault(role, {})
        for row in group:
            level = row.level
            # The hot loop: a column's number, then the level's character under it.
            number = numbers.setdefault((row.id, row.label, row.restriction), len(numbers))
            if level is None or row.raw_level or number in held:
                odd.append(row)
            else:
                held[number] = _LEVELS[level.rank]
    columns = sorted(numbers)
    order = [numbers[column] for column in columns]
    absent = repeat(ABSENT)
    return Grid(
        tuple(columns),
        {role: "".join(map(held.get, order, absent)) for role, held in lines.items() if held},
        tuple(odd),
    )


def permissions_of(packed: Packed) -> Grid:
    """The permission rows of *packed*."""
    return msgspec.msgpack.decode(packed.permissions, type=Grid)


def roles_of(packed: Packed) -> tuple[Role, ...]:
    """The roles of *packed*."""
    return msgspec.msgpack.decode(packed.roles, type=tuple[Role, ...])


def users_of(packed: Packed) -> tuple[User, ...]:
    """The users of *packed*."""
    return msgspec.msgpack.decode(packed.users, type=tuple[User, ...])


def tokens_of(packed: Packed) -> tuple[AccessToken, ...]:
    """The access tokens of *packed*."""
    return msgspec.msgpack.decode(packed.tokens, type=tuple[AccessToken, ...])
