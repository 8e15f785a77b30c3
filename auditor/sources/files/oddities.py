"""Names what is odd in the data and was kept as it stood: unknown ids, levels outside NetSuite's table, and more."""

from __future__ import annotations

from collections import Counter, defaultdict

from auditor.catalog import Catalog
from auditor.model import Directory, GlobalPermission, Note, Permission, Reference, Role, Snapshot, Table
from auditor.sources.files.records import role_names
from auditor.sources.files.roles import called
from auditor.sources.piece import counted, is_custom_object, listed


def permission_notes(roles: list[Role], permissions: list[Permission], catalog: Catalog) -> list[Note]:
    """One note for each oddity, with the roles in which it occurs."""
    names = {role.key: called(role) for role in roles}
    odd: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in permissions:
        for oddity in _oddities(row, catalog):
            odd[oddity].add(names[row.role])
    for (role, permission), count in Counter((row.role, row.id) for row in permissions).items():
        if permission and count > 1:
            odd[(permission, f"{count} rows for this permission, all kept")].add(names[role])
    return [
        Note(Table.ROLE_PERMISSIONS, permission, f"{text} ({counted(len(where), 'role')}): {listed(sorted(where))}.")
        for (permission, text), where in odd.items()
    ]


def _oddities(row: Permission, catalog: Catalog) -> list[tuple[str, str]]:
    """What is odd about *row*, each as the note's subject and text."""
    name = row.id or row.label
    found = []
    if not name:
        found.append(("permission key", "Not given; the row is kept"))
    elif row.id and catalog.get(row.id) is None and not is_custom_object(row.id):
        found.append((name, "The catalogue lacks this permission id; kept"))
    if row.level is None:
        found.append((name, f"The level '{row.raw_level}' is undecided or none of the five; kept as it stood"))
    elif row.id and catalog.offers(row.id, row.level) is False:
        found.append((name, f"The level {row.level.value} is not among those that NetSuite's table offers; kept"))
    return found


def global_permission_notes(rows: list[GlobalPermission]) -> list[Note]:
    """One note for each global permission whose level is none of the five, or undecided."""
    return [
        Note(
            Table.GLOBAL_PERMISSIONS,
            str(row.user),
            f"The level '{row.raw_level}' of {row.label or row.id} is undecided or none of the five; kept as it stood.",
        )
        for row in rows
        if row.level is None
    ]


def unread_role_notes(snapshot: Snapshot) -> list[Note]:
    """Names the roles that tokens and users hold and that no file gives."""
    directory = Directory(snapshot)

    def unread(references: list[Reference]) -> list[str]:
        return role_names(reference for reference in references if directory.role(reference) is None)

    notes = []
    for who, names in (
        ("access tokens", unread([token.role for token in snapshot.tokens])),
        ("users", unread([assignment.role for assignment in snapshot.assignments])),
    ):
        if names and snapshot.roles:
            count = counted(len(names), "role")
            text = f"{count} of {who} that no role file and no role export gives: {listed(names, 30)}."
            notes.append(Note(Table.ROLES, f"roles of {who}", text))
    return notes
