"""Every table that is asked for, one entry each: its columns, its key, what opens it, and what may not be missing.

Column names are those seen in real queries; which ones a table really has is not documented in full, so a column that
NetSuite does not know is dropped and recorded. Nothing here was tried on a live account.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from auditor.model import Table
from auditor.sources.suiteql.pages import Row
from auditor.sources.suiteql.rows import (
    EmployeePermissionRow,
    EmployeeRoleRow,
    EmployeeRow,
    EntityRoleRow,
    FeatureRow,
    OwnTokenRow,
    RolePermissionRow,
    RoleRow,
    TokenRow,
)

_DATE = "TO_CHAR({}, 'YYYY-MM-DD HH24:MI:SS')"
"""Without this a date comes in the format of the user's preferences (several independent sources)."""


class Opener(Struct, frozen=True):
    """The permission that lets a role read a table, and where an administrator gives it."""

    permission: str
    label: str
    subtab: str
    level: str
    besides: str = ""
    """What else must be so, such as a feature that must be on."""

    def __str__(self) -> str:
        called = (
            f"{self.label} ({self.permission})" if self.label else f"{self.permission} (its label is not confirmed)"
        )
        return (
            f"It is opened by the permission {called} at {self.level}: Setup > Users/Roles >"
            f" Manage Roles > the auditor's role > Edit > Permissions > {self.subtab}.{self.besides}"
        )


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
    somewhere: tuple[str, ...] = ()
    """Columns that at least one row has."""
    ended: str = ""
    """The column that says T of a record that is over, whose other columns may be empty."""
    opener: Opener
    empty_doubt: str = "nothing else shows that there is none"
    """Why an answer without any row is not believed."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.row.__struct_fields__ if name != "links")

    def select(self, dropped: Collection[str] = (), after: int | None = None) -> str:
        """The query for the rows whose leading key is beyond *after*, without the columns *dropped*.

        *after* is written into the text: it is a number that we made, and nowhere is it documented that the REST
        service takes parameters for a query.
        """
        columns = ", ".join(self._shaped(name) for name in self.columns if name not in dropped)
        beyond = () if after is None else ("WHERE", self.key[0], ">", f"{after:d}")
        return " ".join(("SELECT", columns, "FROM", self.source, *beyond, "ORDER BY", ", ".join(self.key)))

    def count(self) -> str:
        """The query for the number of rows."""
        return " ".join(("SELECT COUNT(*) AS counted FROM", self.source))

    def reading(self, identifier: str) -> tuple[str, ...]:
        """The columns of the row that are read from NetSuite's column *identifier*."""
        whole = re.compile(rf"\b{re.escape(identifier)}\b", re.IGNORECASE)
        return tuple(name for name in self.columns if whole.search(self.shapes.get(name, name)))

    def _shaped(self, name: str) -> str:
        return f"{self.shapes[name]} AS {name}" if name in self.shapes else name


_ROLES = Opener("ADMI_MANAGEROLES", "Bulk Manage Roles", "Setup", "Full")
_TOKENS = Opener(
    "ADMI_MANAGE_OAUTH_TOKENS",
    "Access Token Management",
    "Setup",
    "Full",
    " The feature Token-based Authentication must be on: Setup > Company > Enable Features > SuiteCloud.",
)
_EMPLOYEE_RECORD = Opener("LIST_EMPLOYEE_RECORD", "Employee Record", "Lists", "View")
_EMPLOYEES = Opener("LIST_EMPLOYEE", "Employees", "Lists", "View")
_FEATURES = Opener("LIST_COMPANY_FEATURE_SETUP", "", "Lists", "View")
_CALLER = "the caller itself is one"

ROLES = Query(
    table=Table.ROLES,
    source="role",
    row=RoleRow,
    key=("id",),
    needed=("name", "isinactive"),
    somewhere=("scriptid",),
    opener=_ROLES,
    empty_doubt="the caller's own role is one",
)
ROLE_PERMISSIONS = Query(
    table=Table.ROLE_PERMISSIONS,
    source="rolepermissions",
    row=RolePermissionRow,
    key=("role", "permkey"),
    needed=("permkey", "permlevel"),
    opener=_ROLES,
    empty_doubt="the caller's own role holds the permission to ask",
)
ACCESS_TOKENS = Query(
    table=Table.ACCESS_TOKENS,
    source="oauthtoken",
    row=TokenRow,
    key=("id",),
    shapes={
        "application": "BUILTIN.DF(tba_app_name)",
        "entity_shown": "BUILTIN.DF(entity_name)",
        "role_shown": "BUILTIN.DF(role_name)",
        "created": _DATE.format("dcreated"),
        "created_by": "BUILTIN.DF(createdby)",
        "revoked": _DATE.format("drevoked"),
    },
    needed=("application", "entity_name", "role_name", "binactive", "brevoked"),
    ended="brevoked",
    opener=_TOKENS,
    empty_doubt="nothing else shows that the account has no token",
)
USERS = Query(
    table=Table.USERS,
    source="employee",
    row=EmployeeRow,
    key=("id",),
    needed=("entityid", "giveaccess", "isinactive"),
    opener=_EMPLOYEE_RECORD,
    empty_doubt=_CALLER,
)
ROLE_ASSIGNMENTS = (
    Query(
        table=Table.ROLE_ASSIGNMENTS,
        source="employeerolesforsearch",
        row=EntityRoleRow,
        key=("entity", "role"),
        needed=("role",),
        opener=_EMPLOYEES,
        empty_doubt=_CALLER,
    ),
    Query(
        table=Table.ROLE_ASSIGNMENTS,
        source="employeeroles",
        row=EmployeeRoleRow,
        key=("employee", "role"),
        needed=("role",),
        opener=_EMPLOYEES,
        empty_doubt=_CALLER,
    ),
)
"""In the order in which they are tried; the last resort is the column ``rolesforsearch`` of ``employee``."""
GLOBAL_PERMISSIONS = Query(
    table=Table.GLOBAL_PERMISSIONS,
    source="employeeempperms",
    row=EmployeePermissionRow,
    key=("employee", "permkey"),
    needed=("permkey", "permlevel"),
    opener=_EMPLOYEES,
)
FEATURES = Query(
    table=Table.FEATURES,
    source="companyfeaturesetup",
    row=FeatureRow,
    key=("id",),
    numeric=False,
    needed=("id", "isactive"),
    opener=_FEATURES,
    empty_doubt="every account has features",
)
OWN_TOKENS = Query(table=Table.ACCESS_TOKENS, source="useroauthtoken", row=OwnTokenRow, key=("id",), opener=_TOKENS)
