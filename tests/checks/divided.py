"""A live OneWorld account whose classes, employees and roles are in good order; tests change what they are about."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from auditor.model import (
    Classification,
    ClassificationKind,
    Feature,
    LoginRecord,
    Project,
    Role,
    RoleRestriction,
    Snapshot,
    Subsidiary,
    Table,
    User,
)
from tests.checks.accounts import ADMINISTRATOR, CLERK, ROLE, snapshot

CLASS, DEPARTMENT, LOCATION = ClassificationKind
EARLY, SYNC, LATE = "2026-10-01 08:00:00", "2026-11-01 08:00:00", "2026-11-10 08:00:00"
SUBSIDIARIES = (
    Subsidiary(id="1", name="Group", full_name="Group", inactive=False),
    Subsidiary(id="2", name="Europe", full_name="Group : Europe", parent="1", inactive=False),
    Subsidiary(id="3", name="Nordic", full_name="Group : Europe : Nordic", parent="2", inactive=False),
    Subsidiary(id="4", name="Asia", full_name="Group : Asia", parent="1", inactive=False),
)
WIDE = replace(ROLE, subsidiary_option="ALL", effective_subsidiaries=("1", "2", "3", "4"), web_services_only=True)


def one(kind: ClassificationKind, id_: str, full_name: str, **more: Any) -> Classification:
    standard = {
        "name": full_name.rpartition(" : ")[2],
        "full_name": full_name,
        "inactive": False,
        "include_children": False,
        "subsidiaries": ("1", "2"),
        "modified": EARLY,
    }
    return Classification(kind=kind, id=id_, **(standard | more))


CLASSIFICATIONS = (
    one(CLASS, "1", "Services"),
    one(CLASS, "2", "Services : Training", parent="1"),
    one(CLASS, "3", "Below Europe", subsidiaries=("2",), include_children=True),
    one(CLASS, "4", "Old", inactive=True),
    one(DEPARTMENT, "1", "Finance"),
    one(DEPARTMENT, "2", "Old Sales", inactive=True),
    one(LOCATION, "1", "Northport"),
)


def employee(id_: str, name: str, **more: Any) -> User:
    standard = {
        "email": f"{name.lower()}@example.com",
        "inactive": False,
        "access": False,
        "supervisor": "20",
        "classification": "2",
        "department": "1",
        "location": "1",
        "subsidiary": "2",
        "expense_limit": "",
        "modified": EARLY,
    }
    return User(key=id_, id=id_, name=name, **(standard | more))


BOSS = employee("20", "Boss", supervisor="", subsidiary="1", access=True)
USERS = (
    employee("7", "Sync", access=True, supervisor="", classification="", department="", location="", subsidiary="1"),
    BOSS,
    employee("21", "Ada"),
    employee("22", "Bo", classification="3", subsidiary="3", department="", location=""),
    employee("23", "Gone", inactive=True, classification="4", supervisor="99"),
    employee("24", "Limited", supervisor="", expense_limit="100", classification="", department=""),
)
PROJECTS = (
    Project(id="500", name="PRJ-1", company_name="Harbour", inactive=False, subsidiary="2", modified=EARLY),
    Project(id="501", name="PRJ-2", company_name="Bridge", inactive=True, subsidiary="2", modified=EARLY),
    Project(id="502", name="PRJ-3", company_name="Tower", inactive=False, subsidiary="4", modified=EARLY),
)
LOGINS = (
    LoginRecord(user="7", role="1005", application="Expensify", token="t", status="Failure", latest=LATE, times=1),
    LoginRecord(user="7", role="1005", application="Expensify", token="t", status="Success", latest=SYNC, times=9),
)
FEATURES = (
    Feature("CLASSES", active=True),
    Feature("DEPARTMENTS", active=True),
    Feature("INTERCOMPANYTIMEEXPENSE", active=True),
    Feature("LOCATIONS", active=True),
    Feature("MULTICURRENCY", active=True),
    Feature("SUBSIDIARIES", active=True),
)


def divided(**fields: Any) -> Snapshot:
    """An account in which every check of expenses passes."""
    standard = {
        "source": "suiteql",
        "origin": "https://example.com",
        "roles": (ADMINISTRATOR, WIDE, CLERK),
        "users": USERS,
        "features": FEATURES,
        "classifications": CLASSIFICATIONS,
        "subsidiaries": SUBSIDIARIES,
        "projects": PROJECTS,
        "logins": LOGINS,
    }
    return snapshot(**(standard | fields))


def with_class(data: Snapshot, kind: ClassificationKind, id_: str, **changes: Any) -> Snapshot:
    return replace(
        data,
        classifications=tuple(
            replace(each, **changes) if (each.kind, each.id) == (kind, id_) else each for each in data.classifications
        ),
    )


def with_user(data: Snapshot, id_: str, **changes: Any) -> Snapshot:
    return replace(data, users=tuple(replace(each, **changes) if each.id == id_ else each for each in data.users))


def with_role(data: Snapshot, **changes: Any) -> Snapshot:
    roles: tuple[Role, ...] = tuple(replace(each, **changes) if each.id == ROLE.id else each for each in data.roles)
    return replace(data, roles=roles)


def restricted_by(data: Snapshot, segment: str, restriction: str = "1") -> Snapshot:
    return replace(data, role_restrictions=(RoleRestriction(role=ROLE.key, segment=segment, restriction=restriction),))


def column_dropped(data: Snapshot, table: Table, *columns: str) -> Snapshot:
    return replace(
        data,
        coverage=tuple(
            replace(each, columns_dropped=columns) if each.table is table else each for each in data.coverage
        ),
    )
