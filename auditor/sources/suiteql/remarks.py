"""What a reader of the snapshot should know beside its rows: oddities that were kept, and what cannot be collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from auditor.catalog import Catalog
from auditor.model import GlobalPermission, Note, Permission, Role, Table

NOT_COLLECTED = (
    "OAuth 2.0 grants: no table of them was found, so an integration that signs in by OAuth 2.0 shows no token here."
    " Look at Setup > Users/Roles > OAuth 2.0 Authorized Applications, and at Setup > Integration > Manage"
    " Authentication > OAuth 2.0 Client Credentials (M2M) Setup.",
    "Accounting preferences: no table of them was found. Look at Setup > Accounting > Accounting Preferences; for"
    " expenses that are refused with NS0831 at the tab Time & Expenses there, whether Show Projects Only for Time and"
    " Expenses is ticked.",
    "Integration records and whether they are enabled (NS0123): no table of them was found. Look at Setup > Integration"
    " > Manage Integrations.",
    "Users that are no employees: vendors, partners, customers and contacts with access are not in the employee table."
    " Look at Setup > Users/Roles > Manage Users.",
    "Two-factor settings of roles: no column for them was seen. Look at Setup > Users/Roles > Two-Factor"
    " Authentication Roles.",
)
"""Things that this source can never give, each with where to look instead."""


def caller_note(role: Role | None, named: str) -> Note:
    """Which role read the account: its permissions bound what could be seen, and are themselves strong."""
    if role is None:
        who = f"named {named} in the configuration, and not among the roles that were read" if named else "not known"
        return Note(Table.ROLES, "the role that read this account", f"It is {who}.")
    return Note(
        Table.ROLES,
        role.name,
        f"This account was read with this role (internal id {role.id}). What opens roles and tokens is offered at Full"
        " only, so this is a strong credential and is to be guarded as one.",
    )


def permission_notes(
    permissions: Iterable[Permission], global_permissions: Iterable[GlobalPermission], catalog: Catalog
) -> list[Note]:
    """Permission ids that the catalogue lacks and levels outside NetSuite's table: kept as they stood."""
    notes: list[Note] = []
    for table, rows in (
        (Table.ROLE_PERMISSIONS, permissions),
        (Table.GLOBAL_PERMISSIONS, global_permissions),
    ):
        unknown: Counter[str] = Counter()
        outside: Counter[tuple[str, str]] = Counter()
        for row in rows:
            if row.level is None:
                outside[row.id, f"'{row.raw_level}', which is none of the five"] += 1
            elif catalog.get(row.id) is None:
                unknown[row.id] += 1
            elif catalog.offers(row.id, row.level) is False:
                outside[row.id, f"{row.level.value}, which NetSuite's table does not offer for it"] += 1
        notes += [Note(table, id_, f"Not in the catalogue; in {n} rows, kept.") for id_, n in sorted(unknown.items())]
        notes += [
            Note(table, id_, f"Its level is {what}; in {n} rows, kept.") for (id_, what), n in sorted(outside.items())
        ]
    return notes
