"""One small account in good order, and a baseline that it meets; tests change what they are about."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from auditor.checks import INFOS
from auditor.checks.judge import judge
from auditor.model import (
    AccessToken,
    AccountResult,
    Baseline,
    Comparison,
    Condition,
    Coverage,
    Feature,
    Finding,
    Level,
    LoginRecord,
    Option,
    Permission,
    Reference,
    Requirement,
    Role,
    RoleAssignment,
    Scope,
    Snapshot,
    State,
    Status,
    Table,
    User,
)

ACCOUNT = "1234567"
ROLE = Role(
    key="1005",
    id="1005",
    name="Expensify Integration",
    scriptid="customrole1005",
    inactive=False,
    web_services_only=True,
    two_factor="TOTP",
)
CLERK = Role(key="1006", id="1006", name="Clerk", scriptid="customrole1006", inactive=False)
ADMINISTRATOR = Role(key="3", id="3", name="Administrator", inactive=False)
USER = User(key="7", id="7", name="Sync User", email="sync@example.com", inactive=False, access=True)
OTHER_USER = User(key="8", id="8", name="Ana Ortiz", email="ana@example.com", inactive=False, access=True)


HYGIENE = tuple(info.id for info in INFOS if not info.needed and info.id != "probe")
"""The checks that most tests are not about."""


def option(permission: str, level: Level, label: str = "", subtab: str = "Lists") -> Option:
    return Option(permission=permission, label=label or permission, subtab=subtab, level=level)


def requirement(permission: str, level: Level, *others: tuple[str, Level], **fields: Any) -> Requirement:
    options = (option(permission, level), *(option(*each) for each in others))
    return Requirement(**({"id": permission, "options": options, "codes": ("NS0384",)} | fields))


SIGN_IN = requirement("ADMI_LOGIN_OAUTH", Level.FULL, ("ADMI_MANAGE_OWN_OAUTH_TOKENS", Level.FULL))
ROWS = (
    requirement("LIST_CLASS", Level.VIEW),
    requirement("LIST_EMPLOYEE", Level.FULL),
    requirement("ADMI_WEBSERVICES", Level.FULL),
    SIGN_IN,
    requirement("LIST_CURRENCY", Level.VIEW, when=Condition(feature="MULTICURRENCY")),
)


def baseline(**fields: Any) -> Baseline:
    """Asks for ROWS by token; the one of a sign-in by OAuth 2.0 needs ``connection="oauth2"`` alone."""
    standard = {
        "id": "expensify",
        "version": "1",
        "title": "Expensify Integration",
        "vendor": "Expensify",
        "purpose": "Sync.",
        "source": "The vendor's page.",
        "read_on": "2026-11-21",
        "applications": ("Expensify",),
        "role_names": ("Expensify Integration",),
        "requirements": ROWS,
        "after_fix": ("In Expensify, choose Sync Now.",),
    }
    return Baseline(**(standard | fields))


BASELINE = baseline()
EXACT = baseline(id="exact", comparison=Comparison.EXACT, applications=())
OAUTH2 = baseline(id="oauth2", connection="oauth2")
LOGIN = LoginRecord(
    user="7",
    role="1005",
    application="Expensify",
    token="Expensify - Sync User, Expensify Integration",
    status="Success",
    latest="2026-11-20 22:00:00",
    times=3,
)
HELD = {
    "LIST_CLASS": Level.VIEW,
    "LIST_EMPLOYEE": Level.FULL,
    "ADMI_WEBSERVICES": Level.FULL,
    "ADMI_LOGIN_OAUTH": Level.FULL,
    "LIST_CURRENCY": Level.VIEW,
}


def permissions(role: Role = ROLE, **levels: Level | None) -> tuple[Permission, ...]:
    """The rows of a role that meets ROWS, with other levels where they are named; None takes a row away."""
    held = HELD | levels
    return tuple(Permission(role.key, permission, level) for permission, level in held.items() if level is not None)


def reference(record: Role | User, *, by: str = "id name email") -> Reference:
    """How another record points to *record*: by the named fields alone."""
    return Reference(**{field: getattr(record, field, None) or "" for field in by.split()})


def token(key: str = "901", role: Role = ROLE, user: User = USER, **fields: Any) -> AccessToken:
    standard = {
        "key": key,
        "name": f"Expensify - {user.name}, {role.name}",
        "application": "Expensify",
        "user": reference(user),
        "role": reference(role),
        "inactive": False,
        "revoked": False,
        "created": "2025-03-01 00:00:00",
    }
    return AccessToken(**(standard | fields))


def assignment(user: User = USER, role: Role = ROLE) -> RoleAssignment:
    return RoleAssignment(reference(user), reference(role))


def coverage(**states: State) -> tuple[Coverage, ...]:
    """Every table collected, but those named, by the enum's name in lower case."""
    return tuple(Coverage(table=table, state=states.get(table.name.lower(), State.COLLECTED)) for table in Table)


def snapshot(**fields: Any) -> Snapshot:
    """An account in which every check passes."""
    standard = {
        "account": ACCOUNT,
        "taken": "2026-11-21T02:00:00Z",
        "source": "files",
        "origin": "exports",
        "roles": (ADMINISTRATOR, ROLE, CLERK),
        "permissions": permissions(),
        "tokens": (token(),),
        "users": (USER, OTHER_USER),
        "assignments": (assignment(),),
        "logins": (LOGIN,),
        "features": (Feature("MULTICURRENCY", active=True),),
        "coverage": coverage(),
    }
    return Snapshot(**(standard | fields))


def without(table: Table, data: Snapshot, state: State = State.NOT_AVAILABLE) -> Snapshot:
    """*data* without one table."""
    kept = tuple(replace(each, state=state) if each.table is table else each for each in data.coverage)
    rows = {Table.ROLE_PERMISSIONS: "permissions", Table.ACCESS_TOKENS: "tokens", Table.ROLE_ASSIGNMENTS: "assignments"}
    return replace(data, coverage=kept, **{rows.get(table, table.name.lower()): ()})


def judged(data: Snapshot, *baselines: Baseline, **scope: Any) -> AccountResult:
    return judge(data, baselines or (BASELINE,), Scope(**scope))


def found(result: AccountResult, requirement_name: str, key: str | None = None) -> Finding:
    """The one finding on a requirement (and a subject); fails if there is none or more than one."""
    chosen = [
        finding
        for finding in result.findings
        if finding.requirement == requirement_name and key in (None, finding.subject.key)
    ]
    assert len(chosen) == 1, [(each.requirement, each.subject.key) for each in result.findings]
    return chosen[0]


def statuses(result: AccountResult, status: Status) -> list[tuple[str, str]]:
    """Subject key and requirement of every finding with *status*."""
    return [(each.subject.key, each.requirement) for each in result.findings if each.status is status]
