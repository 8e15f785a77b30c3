"""What is known of each table's completeness once all files are read, and how to get what is lacking."""

from __future__ import annotations

from auditor.model import Coverage, Origin, Snapshot, State, Table
from auditor.sources.piece import Given, Piece, counted, listed

_ROLE_SEARCH = (
    "the role permissions: Reports > Saved Searches > All Saved Searches > New > Role, with the results Name, Internal "
    "ID, Permission and Level, exported as CSV"
)
_USERS = "Add the list of users: Setup > Users/Roles > Manage Users, exported as CSV."
_LIVE_ONLY = "No file that is read gives them: read the account live, with --config."
EXPORTS = {
    Table.ROLES: f"Add {_ROLE_SEARCH}, or role files (suitecloud object:import).",
    Table.ROLE_PERMISSIONS: f"Add {_ROLE_SEARCH}, or role files (suitecloud object:import).",
    Table.ACCESS_TOKENS: (
        "Add the list of access tokens: Setup > Users/Roles > User Management > Access Tokens, with the filter Revoked "
        "on All, exported as CSV."
    ),
    Table.USERS: _USERS,
    Table.ROLE_ASSIGNMENTS: _USERS,
    Table.GLOBAL_PERMISSIONS: (
        "Add the global permissions: Reports > Saved Searches > All Saved Searches > New > Employee, with the results "
        "Internal ID, Name, Email, Global Permission and Global Permission Level, exported as CSV."
    ),
    Table.FEATURES: (
        "No file gives the features of an account: look at Setup > Company > Enable Features, and say what you find "
        "with --assume."
    ),
    Table.CLASSES: _LIVE_ONLY,
    Table.DEPARTMENTS: _LIVE_ONLY,
    Table.LOCATIONS: _LIVE_ONLY,
    Table.SUBSIDIARIES: _LIVE_ONLY,
    Table.SUBSIDIARY_MAPS: _LIVE_ONLY,
    Table.PROJECTS: _LIVE_ONLY,
    Table.ROLE_RESTRICTIONS: (
        "No file that is read gives what classes, departments and locations a role is held to: look at Setup > "
        "Users/Roles > Manage Roles > the role > Restrictions, or read the account live."
    ),
    Table.LOGINS: (
        "No file that is read gives the logins: look at Setup > Users/Roles > View Login Audit Trail, or read the "
        "account live."
    ),
    Table.SYSTEM_NOTES: (
        "No file that is read gives the system notes: look at the System Notes of the role that changed, or read the "
        "account live."
    ),
}
"""For each table: which export gives it, and the click path in NetSuite."""

NOT_COLLECTED = (
    "OAuth 2.0 grants (authorized applications): no export that is read gives them; look at Setup > Users/Roles > "
    "OAuth 2.0 Authorized Applications.",
    "OAuth 2.0 client credentials (certificates mapped to a user and a role): no export that is read gives them; look "
    "at Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup.",
    "Integration records and whether they are enabled (NS0123): no export that is read gives them; look at Setup > "
    "Integration > Manage Integrations.",
    "Accounting preferences: no export that is read gives them; look at Setup > Accounting > Accounting Preferences; "
    "for expenses that are refused with NS0831 at the tab Time & Expenses there, whether Show Projects Only for Time "
    "and Expenses is ticked.",
    "Enabled features: no export that is read gives them; look at Setup > Company > Enable Features.",
    "Which subsidiaries a role is restricted to: role files say only that some are selected; look at Setup > "
    "Users/Roles > Manage Roles > the role.",
)
"""What no exported file can give, each with the reason and where to look instead."""


def coverage_of(snapshot: Snapshot, pieces: list[Piece], quarrels: dict[tuple[str, Table], str]) -> list[Coverage]:
    """One coverage for each table. *quarrels* are problems found in merging, by piece and table."""
    counts = {
        Table.ROLES: len(snapshot.roles),
        Table.ROLE_PERMISSIONS: len(snapshot.permissions),
        Table.ACCESS_TOKENS: len(snapshot.tokens),
        Table.USERS: len(snapshot.users),
        Table.ROLE_ASSIGNMENTS: len(snapshot.assignments),
        Table.GLOBAL_PERMISSIONS: len(snapshot.global_permissions),
        Table.FEATURES: len(snapshot.features),
    }
    return [_coverage(table, counts.get(table, 0), pieces, quarrels) for table in Table]


def _coverage(table: Table, rows: int, pieces: list[Piece], quarrels: dict[tuple[str, Table], str]) -> Coverage:
    given: list[Given] = []
    origins: list[Origin] = []
    for piece in pieces:
        for each in piece.given:
            if each.table is table:
                given.append(each)
                problem = " ".join(filter(None, (piece.problem, quarrels.get((piece.name, table), ""))))
                origins.append(Origin(name=piece.name, sha256=piece.sha256, rows=each.rows, problem=problem))
    if not given:
        return Coverage(table=table, state=State.NOT_AVAILABLE, detail=f"Not among the files. {EXPORTS[table]}")
    state, reasons = _state(rows, given, origins)
    remarks = sorted({each.remark for each in given if each.remark})
    if state is not State.COLLECTED and not any(each.rows for each in given):
        reasons.append(EXPORTS[table])
    return Coverage(
        table=table,
        state=state,
        rows=rows,
        detail=" ".join([*reasons, *remarks]),
        origins=tuple(_by_name(origins)),
    )


def _state(rows: int, given: list[Given], origins: list[Origin]) -> tuple[State, list[str]]:
    """The state, and in words why it is not "collected"."""
    reasons = []
    broken = [origin for origin in _by_name(origins) if origin.problem]
    if broken:
        told = listed([f"{origin.name}: {origin.problem}" for origin in broken], 3, " ")
        number = f"{len(broken)} of {counted(len(origins), 'file')}"
        reasons.append(f"{number} could not be used, or not in full. {told}")
    # A file that gave no row has no say in whether some list that can be whole was given; the others have.
    lists = [each for each in given if each.rows]
    selected = bool(lists) and all(each.selection for each in lists)
    if selected:
        reasons += [*sorted({each.selection for each in lists}), f"To have all of them, add {_ROLE_SEARCH}."]
    if not rows and not broken:
        reasons.append(
            "There are headings and no rows. An empty export may be a true answer, or mean that whoever made it may "
            "not see the rows; the two cannot be told apart."
        )
    if broken and not rows:
        return State.FAILED, reasons
    return (State.PARTIAL if broken or selected or not rows else State.COLLECTED), reasons


def _by_name(origins: list[Origin]) -> list[Origin]:
    return sorted(origins, key=lambda origin: (origin.name, origin.sha256))
