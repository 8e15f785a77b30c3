"""What is not there: why a table cannot decide a finding, and what the reader can give so that it can."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import Snapshot, State, Table

_STATES = {
    State.PARTIAL: "were read only in part",
    State.NOT_PERMITTED: "may not be read by the role that was used",
    State.NOT_AVAILABLE: "were not given",
    State.FAILED: "could not be read",
}
_EXPORTS = {
    Table.ROLES: "Give the roles: their XML files, or a saved search over roles with name and internal id.",
    Table.ROLE_PERMISSIONS: "Give the role permissions in full: the role's own XML file, or a saved search over roles "
    "with the columns Name, Permission and Level.",
    Table.ACCESS_TOKENS: "Give the list of access tokens (Setup > Users/Roles > Access Tokens), with the columns Token "
    "Name, Application, User, Role, Inactive and Revoked.",
    Table.USERS: "Give the list of users with the columns Name, Email, Inactive and Give Access.",
    Table.ROLE_ASSIGNMENTS: "Give the list of users and roles (Setup > Users/Roles > Manage Users), exported as CSV.",
    Table.GLOBAL_PERMISSIONS: "Give the global permissions: a saved search over employees with the columns "
    "Internal ID, Name, Email, Global Permission and Global Permission Level.",
    Table.FEATURES: "Give the list of features that are switched on, or say --assume KEY=yes or no.",
}
_NO_FILE = "No exported file gives the {table}: read the account live, with --config."
_LIVE = "See under coverage what the account answered, let the auditor's role read {table}, and run the audit again."


class Lack(Struct, frozen=True):
    """Why something cannot be told, and the way out as steps."""

    reason: str
    way_out: tuple[str, ...]


def lack_of(snapshot: Snapshot, table: Table) -> Lack | None:
    """What is wrong with *table*, or None if it was collected in full."""
    coverage = snapshot.covered(table)
    if coverage.complete:
        return None
    reason = f"The {table.value} {_STATES[coverage.state]}. {coverage.detail}".rstrip()
    return Lack(reason, (way_out(snapshot, table),))


def way_out(snapshot: Snapshot, table: Table) -> str:
    """What to give so that *table* can be judged."""
    if snapshot.source == "files":
        return _EXPORTS.get(table, _NO_FILE.format(table=table.value))
    return _LIVE.format(table=table.value)
