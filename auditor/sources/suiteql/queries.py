"""Every table that is asked for, one entry each: its columns, its key, what opens it, and what may not be missing.

Column names are those seen in real queries; which ones a table really has is not documented in full, so a column that
NetSuite does not know is dropped and recorded. Nothing here was tried on a live account.
"""

from __future__ import annotations

from auditor.model import Level, Table
from auditor.sources.suiteql.query import DATE, Opener, Query
from auditor.sources.suiteql.rows import (
    ClassificationRow,
    EmployeePermissionRow,
    EmployeeRoleRow,
    EmployeeRow,
    EntityRoleRow,
    FeatureRow,
    OwnTokenRow,
    ProjectRow,
    RolePermissionRow,
    RoleRestrictionRow,
    RoleRow,
    SubsidiaryMapRow,
    SubsidiaryRow,
    TokenRow,
)

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
        "created": DATE.format("dcreated"),
        "created_by": "BUILTIN.DF(createdby)",
        "revoked": DATE.format("drevoked"),
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
    shapes={"classification": "class", "modified": DATE.format("lastmodifieddate")},
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
        shapes={"modified": DATE.format("lastmodifieddate")},
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
    shapes={"modified": DATE.format("lastmodifieddate")},
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
OWN_TOKENS = Query(table=Table.ACCESS_TOKENS, source="useroauthtoken", row=OwnTokenRow, key=("id",), opener=_TOKENS)
