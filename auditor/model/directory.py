"""Finds the role or user that a reference means. A name that two bear is ambiguous: said so, never guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from auditor.model.account import Permission, Reference, Role, User
from auditor.model.snapshot import Snapshot

T = TypeVar("T", Role, User)


class Ambiguous(Struct, frozen=True):
    """More than one record fits a reference; ``keys`` are theirs, sorted."""

    keys: tuple[str, ...]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """*text* as two people would agree that it is the same name: case and runs of white space do not count."""
    return " ".join(text.split()).casefold()


class Directory:
    """Look-ups over one snapshot, built once and shared by every check."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._roles_by_key = {role.key: role for role in snapshot.roles}
        self._roles_by_id = {role.id: role for role in snapshot.roles if role.id}
        self._roles_by_name = _grouped((folded(role.name), role) for role in snapshot.roles)
        self._users_by_id = {user.id: user for user in snapshot.users if user.id}
        self._users_by_email = _grouped((folded(user.email), user) for user in snapshot.users if user.email)
        self._users_by_name = _grouped((folded(user.name), user) for user in snapshot.users)
        self._held: dict[str, dict[str, Permission]] = {}
        self._unnamed: defaultdict[str, list[Permission]] = defaultdict(list)
        self._repeated: Counter[str] = Counter()
        self._take(snapshot.permissions)

    def _take(self, permissions: Iterable[Permission]) -> None:
        # Tens of thousands of rows, a role's side by side. Only where a role's ids are not all there and different is
        # each row looked at; elsewhere a table is made of them in one go.
        for role, group in groupby(permissions, attrgetter("role")):
            rows = list(group)
            held = dict(zip(map(attrgetter("id"), rows), rows, strict=True))
            if role not in self._held and len(held) == len(rows) and "" not in held:
                self._held[role] = held
            else:
                self._take_singly(role, rows)

    def _take_singly(self, role: str, permissions: list[Permission]) -> None:
        rows = self._held.setdefault(role, {})
        for permission in permissions:
            if not permission.id:
                self._unnamed[role].append(permission)
            elif permission.id in rows:
                rows[permission.id] = _joined(rows[permission.id], permission)
                self._repeated[role] += 1
            else:
                rows[permission.id] = permission

    def role(self, reference: Reference) -> Role | Ambiguous | None:
        """The role that *reference* means, by internal id, else by name; None if there is no such role.

        A role whose own id differs from the reference's is another one, even if it bears the name.
        """
        if reference.id and reference.id in self._roles_by_id:
            return self._roles_by_id[reference.id]
        return _single(_not_another(reference, self.roles_named(reference.name))) if reference.name else None

    def role_by_key(self, key: str) -> Role | None:
        return self._roles_by_key.get(key)

    def roles_named(self, name: str) -> tuple[Role, ...]:
        """Every role that bears *name* (case and white space do not count)."""
        return self._roles_by_name.get(folded(name), ())

    def user(self, reference: Reference) -> User | Ambiguous | None:
        """The user that *reference* means, by internal id, else by e-mail, else by name.

        A user whose own id differs from the reference's is another one, even with the same e-mail or name.
        """
        if reference.id and reference.id in self._users_by_id:
            return self._users_by_id[reference.id]
        if reference.email:
            found = self._users_by_email.get(folded(reference.email), ())
        else:
            found = self._users_by_name.get(folded(reference.name), ()) if reference.name else ()
        return _single(_not_another(reference, found))

    def permissions(self, role_key: str) -> dict[str, Permission]:
        """The permission rows of a role by permission id (rows without an id are not among them).

        Two rows of one permission that disagree stand as one with level None, and ``raw_level`` names both.
        """
        return self._held.get(role_key, {})

    def unnamed(self, role_key: str) -> tuple[Permission, ...]:
        """The permission rows of a role whose label names no single permission id."""
        return tuple(self._unnamed.get(role_key, ()))

    def row_count(self, role_key: str) -> int:
        """How many permission rows a role has, those without an id and repeated ones included."""
        return len(self.permissions(role_key)) + len(self.unnamed(role_key)) + self._repeated[role_key]


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for name, record in pairs:
        groups[name].append(record)
    return {name: tuple(records) for name, records in groups.items()}


def _not_another(reference: Reference, found: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(record for record in found if not (reference.id and record.id and record.id != reference.id))


def _joined(first: Permission, second: Permission) -> Permission:
    if first.level is None or first.level is second.level:
        return first
    return replace(first, level=None, raw_level=f"{first.level.value} and {_shown(second)}")


def _shown(row: Permission) -> str:
    return row.raw_level or (row.level.value if row.level else "(empty)")


def _single(found: tuple[T, ...]) -> T | Ambiguous | None:
    if len(found) > 1:
        return Ambiguous(tuple(sorted(record.key for record in found)))
    return found[0] if found else None
