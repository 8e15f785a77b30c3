"""Who is meant: finds the role or user behind a reference, and tells whether two references mean the same one.

A match by internal id is certain. A match by e-mail or name is certain only against a list that was read in full, in
which nobody else bears it. Anything weaker is "perhaps", never yes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from auditor.checks.texts import shown
from auditor.model import (
    Ambiguous,
    Directory,
    GlobalPermission,
    Reference,
    Role,
    RoleAssignment,
    Snapshot,
    Table,
    User,
    folded,
)

Row = TypeVar("Row", RoleAssignment, GlobalPermission)
Record = TypeVar("Record", Role, User)


class Unresolved(Struct, frozen=True):
    """No one record is certainly meant, and why."""

    reason: str


class Person(Struct, frozen=True):
    """All that is known of the user behind a reference; ``key`` is empty where the user was not found for certain."""

    key: str
    id: str
    email: str
    name: str


class Identities:
    """Resolves references over one snapshot."""

    def __init__(self, snapshot: Snapshot, directory: Directory) -> None:
        self._directory = directory
        self._roles_complete = snapshot.covered(Table.ROLES).complete
        self._users_complete = snapshot.covered(Table.USERS).complete

    def role(self, reference: Reference) -> Role | Unresolved:
        """The role that *reference* means."""
        return _certain(reference, self._directory.role(reference), Table.ROLES, complete=self._roles_complete)

    def user(self, reference: Reference) -> User | Unresolved:
        """The user that *reference* means."""
        return _certain(reference, self._directory.user(reference), Table.USERS, complete=self._users_complete)

    def person(self, reference: Reference) -> Person:
        """*reference* with what the list of users adds to it."""
        user = self.user(reference)
        key, number, email, name = "", reference.id, reference.email, reference.name
        if isinstance(user, User):
            key, number, email, name = user.key, user.id or number, user.email or email, user.name or name
        return Person(key, number, folded(email), folded(name))

    def same_role(self, first: Reference, second: Reference) -> bool | None:
        """Whether two references mean the same role; None if that cannot be told."""
        one, other = self._role_marks(first), self._role_marks(second)
        if one[0] and other[0]:
            return one[0] == other[0]
        if one[1] and other[1]:
            return one[1] == other[1]
        return False if one[2] and other[2] and one[2] != other[2] else None

    def _role_marks(self, reference: Reference) -> tuple[str, str, str]:
        """Key (empty if not found for certain), internal id and name of the role behind *reference*."""
        role = self.role(reference)
        if isinstance(role, Unresolved):
            return "", reference.id, folded(reference.name)
        return role.key, role.id or reference.id, folded(role.name)


def same_person(first: Person, second: Person) -> bool | None:
    """Whether two are one person; None if that cannot be told. Only ids and found users make it certain."""
    if first.key and second.key:
        return first.key == second.key
    if first.id and second.id:
        return first.id == second.id
    if first.email and second.email:
        return None if first.email == second.email else False
    return False if first.name and second.name and first.name != second.name else None


class ByPerson(Generic[Row]):
    """Rows about users, found by person: those that are certainly that person's, and those that perhaps are."""

    def __init__(self, rows: Iterable[Row], identities: Identities) -> None:
        self._identities = identities
        by_reference: defaultdict[Reference, list[Row]] = defaultdict(list)
        for row in rows:
            by_reference[row.user].append(row)
        self._groups: list[tuple[Person, list[Row]]] = [
            (identities.person(reference), group) for reference, group in by_reference.items()
        ]
        self._index: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, (person, _) in enumerate(self._groups):
            for mark in _marks(person):
                self._index[mark].append(number)

    def of(self, reference: Reference) -> tuple[list[Row], list[Row]]:
        """The rows that are certainly about *reference*, and those that perhaps are."""
        person = self._identities.person(reference)
        certain: list[Row] = []
        perhaps: list[Row] = []
        for number in sorted({number for mark in _comparable(person) for number in self._index.get(mark, ())}):
            other, rows = self._groups[number]
            same = same_person(person, other)
            if same is not False:
                (certain if same else perhaps).extend(rows)
        return certain, perhaps


def _marks(person: Person) -> list[tuple[str, str]]:
    """Under what the index holds a person: all that is known of it, and what is not, split by whether it has an id."""
    known = "id" if person.id else ""
    marks = [("key", person.key), ("id", person.id), ("email", person.email), ("name", person.name)]
    return [mark if mark[1] else (f"no {mark[0]}", known) for mark in marks]


def _comparable(person: Person) -> list[tuple[str, str]]:
    """Every mark under which somebody may stand whom :func:`same_person` does not call another.

    These share something with *person*, or have nothing by which the two could be compared. Who has an id is
    compared by it if *person* has one too.
    """
    marks = [mark for mark in _marks(person) if mark[1] and not mark[0].startswith("no ")]
    weakest = "name" if person.name else "email" if person.email else "id"
    nothing_shared = [(f"no {weakest}", "")]
    return marks + nothing_shared if person.id else [*marks, *nothing_shared, (f"no {weakest}", "id")]


def _certain(
    reference: Reference, found: Record | Ambiguous | None, table: Table, *, complete: bool
) -> Record | Unresolved:
    what, name = "role" if table is Table.ROLES else "user", shown(str(reference))
    if found is None:
        if not (reference.id or reference.name or reference.email):
            return Unresolved(f"The {what} is not given.")
        return Unresolved(f"The {what} {name} is not among the {table.value} that were read.")
    if isinstance(found, Ambiguous):
        return Unresolved(f"{len(found.keys)} {what}s bear the name {name}, and no internal id tells them apart.")
    if not complete and not (reference.id and found.id == reference.id):
        return Unresolved(
            f"The {what} {name} is given by name only, and the list of {table.value} was not read in full, "
            f"so another {what} may bear the same name."
        )
    return found
