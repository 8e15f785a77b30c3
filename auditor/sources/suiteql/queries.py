"""Every table that is asked for, one entry each: its columns, its key, what opens it, and what may not be missing.

Column names are those seen in real queries; which ones a table really has is not documented in full, so a column that
NetSuite does not know is dropped and recorded. Nothing here was tried on a live account.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from auditor.model import Level, Table
from auditor.sources.suiteql.pages import Row
from auditor.sources.suiteql.rows import (
    ClassificationRow,
    EmployeePermissionRow,
    EmployeeRoleRow,
    EmployeeRow,
    EntityRoleRow,
    FeatureRow,
    LoginRow,
    OwnTokenRow,
    ProjectRow,
    RolePermissionRow,
    RoleRestrictionRow,
    RoleRow,
    SubsidiaryMapRow,
    SubsidiaryRow,
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

    @property
    def called(self) -> str:
        """The permission as a person finds it, with its id."""
        return f"{self.label} ({self.permission})" if self.label else f"{self.permission} (its label is not confirmed)"

    @property
    def path(self) -> str:
        """The clicks that lead to where it is given."""
        return f"Setup > Users/Roles > Manage Roles > the auditor's role > Edit > Permissions > {self.subtab}"

    def __str__(self) -> str:
        return f"It is opened by the permission {self.called} at {self.level}: {self.path}.{self.besides}"


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
    few: dict[str, tuple[str, ...]] = {}
    """Needed columns that say one of a few words as a rule. It is for speed alone: any other word is taken too."""
    somewhere: tuple[str, ...] = ()
    """Columns that at least one row has."""
    ended: str = ""
    """The column that says T of a record that is over, whose other columns may be empty."""
    where: str = ""
    """What a row must fulfil to be asked for; empty: all of them."""
    grouped: bool = False
    """The rows are those of the table that share the key, put together as one."""
    opener: Opener
    empty_doubt: str = "nothing else shows that there is none"
    """Why an answer without any row is not believed."""
    may_be_empty: bool = False
    """Many accounts have no such record: no row makes the table "not available", and not "partial"."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.row.__struct_fields__ if name != "links")

    def select(self, dropped: Collection[str] = (), after: int | None = None) -> str:
        """The query for the rows whose leading key is beyond *after*, without the columns *dropped*.

        *after* is written into the text: it is a number that we made, and nowhere is it documented that the REST
        service takes parameters for a query.
        """
        columns = ", ".join(self._shaped(name) for name in self.columns if name not in dropped)
        beyond = "" if after is None else f"{self._asked(self.key[0])} > {after:d}"
        order = ", ".join(map(self._asked, self.key))
        return " ".join(("SELECT", columns, *self._from(beyond), "ORDER BY", order))

    def count(self) -> str:
        """The query for the number of rows."""
        if self.grouped:
            shared = ", ".join(map(self._shaped, self.key))
            return "".join(("SELECT COUNT(*) AS counted FROM (SELECT ", " ".join((shared, *self._from())), ")"))
        return " ".join(("SELECT COUNT(*) AS counted", *self._from()))

    def reading(self, identifier: str) -> tuple[str, ...]:
        """The columns of the row that are read from NetSuite's column *identifier*."""
        whole = re.compile(rf"\b{re.escape(identifier)}\b", re.IGNORECASE)
        return tuple(name for name in self.columns if whole.search(self.shapes.get(name, name)))

    def _from(self, beyond: str = "") -> tuple[str, ...]:
        conditions = " AND ".join(filter(None, (self.where, beyond)))
        where = ("WHERE", conditions) if conditions else ()
        group = ("GROUP BY", ", ".join(map(self._asked, self.key))) if self.grouped else ()
        return ("FROM", self.source, *where, *group)

    def _asked(self, name: str) -> str:
        return self.shapes.get(name, name)

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
_SUBSIDIARIES = Opener("LIST_SUBSIDIARY", "Subsidiaries", "Lists", "View", " The account must be a OneWorld account.")
_AUDIT_TRAIL = Opener("ADMI_AUDITLOGIN", "View Login Audit Trail", "Setup", "Full")
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
    few={"permlevel": tuple(str(level.rank) for level in Level)},
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
    shapes={"classification": "class", "modified": _DATE.format("lastmodifieddate")},
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


def _classifications(table: Table, source: str, permission: str) -> Query:
    feature = f" The feature {table.value.title()} must be on: Setup > Company > Enable Features > Company."
    return Query(
        table=table,
        source=source,
        row=ClassificationRow,
        key=("id",),
        shapes={"modified": _DATE.format("lastmodifieddate")},
        needed=("name", "isinactive"),
        opener=Opener(permission, table.value.title(), "Lists", "View", feature),
        may_be_empty=True,
    )


def _subsidiary_map(kind: str) -> Query:
    """The rows of *kind*'s map. Its own column is written into the query as it is: it leads the order."""
    return Query(
        table=Table.SUBSIDIARY_MAPS,
        source=f"{kind}subsidiarymap",
        row=SubsidiaryMapRow,
        key=("classification", "subsidiary"),
        shapes={} if kind == "classification" else {"classification": kind},
        needed=("subsidiary",),
        opener=_SUBSIDIARIES,
    )


CLASSES = _classifications(Table.CLASSES, "classification", "LIST_CLASS")
DEPARTMENTS = _classifications(Table.DEPARTMENTS, "department", "LIST_DEPARTMENT")
LOCATIONS = _classifications(Table.LOCATIONS, "location", "LIST_LOCATION")
CLASS_MAP = _subsidiary_map("classification")
DEPARTMENT_MAP = _subsidiary_map("department")
LOCATION_MAP = _subsidiary_map("location")
SUBSIDIARIES = Query(
    table=Table.SUBSIDIARIES,
    source="subsidiary",
    row=SubsidiaryRow,
    key=("id",),
    needed=("name", "isinactive"),
    opener=_SUBSIDIARIES,
    empty_doubt="a OneWorld account has at least one",
)
PROJECTS = Query(
    table=Table.PROJECTS,
    source="job",
    row=ProjectRow,
    key=("id",),
    shapes={"modified": _DATE.format("lastmodifieddate")},
    needed=("entityid", "isinactive"),
    opener=Opener(
        "LIST_JOB",
        "Projects",
        "Lists",
        "View",
        " The feature Projects (Project Management) must be on: Setup > Company > Enable Features > Company.",
    ),
    may_be_empty=True,
)
ROLE_RESTRICTIONS = Query(
    table=Table.ROLE_RESTRICTIONS,
    source="rolerestrictions",
    row=RoleRestrictionRow,
    key=("role", "segment"),
    needed=("segment",),
    opener=_ROLES,
    may_be_empty=True,
)
LOGINS = Query(
    table=Table.LOGINS,
    source="loginaudit",
    row=LoginRow,
    key=("login_user", "login_role", "oauthappname", "oauthaccesstokenname", "status"),
    numeric=False,
    shapes={
        "login_user": "loginaudit.user",
        "login_role": "loginaudit.role",
        "latest": _DATE.format("MAX(loginaudit.date)"),
        "times": "COUNT(*)",
    },
    needed=("oauthappname", "status", "latest", "times"),
    where="oauthappname IS NOT NULL",
    grouped=True,
    opener=_AUDIT_TRAIL,
    may_be_empty=True,
)
"""The logins of integrations, not those of people: one row for each user, role, application, token and outcome.

The whole trail of a large account is millions of rows; so NetSuite is asked to put them together. The columns are those
of real queries (several sources), and SuiteQL offers GROUP BY and MAX; that it does so for this table is not confirmed.
"""
OWN_TOKENS = Query(table=Table.ACCESS_TOKENS, source="useroauthtoken", row=OwnTokenRow, key=("id",), opener=_TOKENS)
