"""Reads that lost something of an account: a table, rows, a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from auditor.model import ClassificationKind, Reference, Role, Snapshot, State, Table

RECORDS = {
    Table.ROLES: "roles",
    Table.ROLE_PERMISSIONS: "permissions",
    Table.ACCESS_TOKENS: "tokens",
    Table.USERS: "users",
    Table.ROLE_ASSIGNMENTS: "assignments",
    Table.GLOBAL_PERMISSIONS: "global_permissions",
    Table.FEATURES: "features",
    Table.CLASSES: "classifications",
    Table.DEPARTMENTS: "classifications",
    Table.LOCATIONS: "classifications",
    Table.SUBSIDIARIES: "subsidiaries",
    Table.PROJECTS: "projects",
    Table.ROLE_RESTRICTIONS: "role_restrictions",
    Table.LOGINS: "logins",
    Table.SYSTEM_NOTES: "system_notes",
}
KINDS = {
    Table.CLASSES: ClassificationKind.CLASS,
    Table.DEPARTMENTS: ClassificationKind.DEPARTMENT,
    Table.LOCATIONS: ClassificationKind.LOCATION,
}
_POINTS_TO_USER = ("user", "user.id", "user.name", "user.email")
_POINTS_TO_ROLE = ("role", "role.id", "role.name")
COLUMNS = {
    Table.ROLES: ("id", "scriptid", "name", "inactive", "subsidiary_option", "effective_subsidiaries"),
    Table.ROLE_PERMISSIONS: ("id", "level", "label"),
    Table.ACCESS_TOKENS: ("application", "inactive", "revoked", "created", *_POINTS_TO_USER, *_POINTS_TO_ROLE),
    Table.USERS: (
        *("id", "name", "email", "inactive", "access"),
        *("supervisor", "classification", "department", "location", "subsidiary", "expense_limit", "modified"),
    ),
    Table.ROLE_ASSIGNMENTS: (*_POINTS_TO_USER, *_POINTS_TO_ROLE),
    Table.GLOBAL_PERMISSIONS: (*_POINTS_TO_USER, "id", "level", "label"),
    Table.FEATURES: ("id",),
    **dict.fromkeys(KINDS, ("inactive", "include_children", "subsidiaries", "parent", "modified")),
    Table.SUBSIDIARIES: ("parent", "inactive"),
    Table.PROJECTS: ("inactive", "subsidiary"),
    Table.ROLE_RESTRICTIONS: ("restriction",),
    Table.LOGINS: ("application", "latest"),
    Table.SYSTEM_NOTES: ("author", "author.id", "field", "before", "after", "at"),
}
_EMPTY_TEXT = {"name", "email", "label", "application", "created", "parent", "modified", "subsidiary"}
_EMPTY_TEXT |= {"restriction", "latest", "field", "before", "after", "at"}


def losses(data: Snapshot) -> Iterator[tuple[str, Snapshot]]:
    """The single losses that *data* can suffer, and what is left; of each table one of the first rows."""
    for table in RECORDS:
        yield f"{table.value}: not there", lost(data, table, State.NOT_AVAILABLE)
        for number in range(min(2, len(rows_of(data, table)))):
            yield f"{table.value}: row {number} gone", thinned(data, table, {number})
        for column in COLUMNS[table]:
            yield f"{table.value}: no {column}", narrowed(data, table, column)


def lost(data: Snapshot, table: Table, state: State) -> Snapshot:
    """Without the whole table. What was broken stays broken: it does not become a table that nobody asked for."""
    before = data.covered(table).state
    if before is State.PARTIAL:
        state = State.FAILED
    elif before is not State.COLLECTED:
        state = before
    return _not_whole(_with_rows(_covered(data, table, state), table, []), table)


def thinned(data: Snapshot, table: Table, gone: set[int]) -> Snapshot:
    """Without the rows of these numbers, as far as the table was read at all."""
    if data.covered(table).state not in (State.COLLECTED, State.PARTIAL):
        return data
    rows = [row for number, row in enumerate(rows_of(data, table)) if number not in gone]
    return _not_whole(_with_rows(_covered(data, table, State.PARTIAL), table, rows), table)


def narrowed(data: Snapshot, table: Table, column: str) -> Snapshot:
    """Without one column, of which the coverage tells."""
    field, _, inner = column.partition(".")
    rows = []
    for row in rows_of(data, table):
        if inner:
            value: object = replace(getattr(row, field), **{inner: ""})
        elif isinstance(getattr(row, field), Reference):
            value = Reference()
        else:
            text = field in _EMPTY_TEXT and (table, field) != (Table.USERS, "subsidiary")
            value = "" if text or (field == "id" and not _optional_id(table)) else None
        rows.append(replace(row, **{field: value}))
    state = data.covered(table).state
    return _with_rows(_covered(data, table, state, column), table, rows)


def rows_of(data: Snapshot, table: Table) -> list[Any]:
    """The records of *table*; those of the subsidiary maps are part of the classifications."""
    rows = getattr(data, RECORDS[table])
    return [row for row in rows if row.kind is KINDS[table]] if table in KINDS else list(rows)


def _with_rows(data: Snapshot, table: Table, rows: list[Any]) -> Snapshot:
    if table in KINDS:
        others = [row for row in data.classifications if row.kind is not KINDS[table]]
        rows = sorted([*others, *rows], key=lambda row: list(ClassificationKind).index(row.kind))
    return replace(data, **{RECORDS[table]: tuple(rows)})


def _optional_id(table: Table) -> bool:
    return table in (Table.ROLES, Table.USERS)


def _covered(data: Snapshot, table: Table, state: State, *columns: str) -> Snapshot:
    coverage = tuple(
        replace(each, state=state, columns_dropped=(*each.columns_dropped, *columns)) if each.table is table else each
        for each in data.coverage
    )
    return replace(data, coverage=coverage)


def _not_whole(data: Snapshot, table: Table) -> Snapshot:
    if table is not Table.ROLE_PERMISSIONS:
        return data
    roles: tuple[Role, ...] = tuple(replace(role, permissions_whole=False) for role in data.roles)
    return replace(data, roles=roles)
