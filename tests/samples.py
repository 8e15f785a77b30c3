"""Results made by hand, for the tests of reports: one with every kind of finding, one clean, one of any size."""

from __future__ import annotations

from msgspec.structs import replace

from auditor.model import (
    AccessToken,
    AccountFailure,
    AccountResult,
    Baseline,
    Confidence,
    Coverage,
    Finding,
    Gap,
    GlobalPermission,
    Level,
    LevelChange,
    LevelSource,
    Note,
    NotJudged,
    Option,
    Origin,
    Permission,
    Reference,
    Requirement,
    Role,
    RoleAssignment,
    RoleDistance,
    Run,
    Scope,
    Seen,
    Severity,
    Snapshot,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
    TokenVerdict,
    User,
    Waiver,
    fingerprint,
)

STARTED = "2026-11-21T02:00:00Z"

ROWS = (
    ("LIST_ACCOUNT", "Accounts", "Lists", Level.FULL),
    ("LIST_CLASS", "Classes", "Lists", Level.VIEW),
    ("LIST_DEPARTMENT", "Departments", "Lists", Level.FULL),
    ("LIST_EMPLOYEE", "Employees", "Lists", Level.FULL),
    ("LIST_VENDOR", "Vendors", "Lists", Level.FULL),
    ("ADMI_MANAGE_OAUTH_TOKENS", "Access Token Management", "Setup", Level.FULL),
    ("ADMI_LOGIN_OAUTH", "Log in using Access Tokens", "Setup", Level.FULL),
    ("ADMI_WEBSERVICES", "SOAP Web Services", "Setup", Level.FULL),
)
HELD = (Level.FULL, Level.NONE, Level.FULL, Level.VIEW, Level.FULL, Level.FULL, Level.FULL, Level.VIEW)


def baseline(**changes: object) -> Baseline:
    fields: dict[str, object] = {
        "id": "expensify-integration",
        "version": "2026.11",
        "title": "Expensify Integration role",
        "vendor": "Expensify",
        "purpose": "What the role on the Expensify access token needs so that syncs work.",
        "source": "Expensify help, NS0384 sync error",
        "read_on": "2026-11-21",
        "applications": ("Expensify",),
        "role_names": ("Expensify Integration",),
        "requirements": tuple(
            Requirement(
                id=permission,
                options=(Option(permission=permission, label=label, subtab=subtab, level=level),),
                codes=("NS0384",),
            )
            for permission, label, subtab, level in ROWS
        ),
        "not_judged": (NotJudged("Product Lines", "View", "NetSuite's permission id for it is not published."),),
        "after_fix": ("In Expensify, open Workspaces, the workspace, Accounting.", "Choose Sync Now."),
        "confidence": Confidence.STATED,
        "sha256": "ab" * 32,
        "file": "expensify-integration.yaml",
    }
    return Baseline(**(fields | changes))  # type: ignore[arg-type]


def coverage(**states: State) -> tuple[Coverage, ...]:
    """Every table collected, but those named (by the enum's name in lower case)."""
    rows = {Table.ROLES: 2, Table.ROLE_PERMISSIONS: 14, Table.ACCESS_TOKENS: 3}
    return tuple(
        Coverage(
            table=table,
            state=(state := states.get(table.name.lower(), State.COLLECTED)),
            rows=rows.get(table, 1) if state is State.COLLECTED else 0,
            detail="" if state is State.COLLECTED else "No export of this kind was among the files.",
            origins=(Origin(name=f"{table.name.lower()}.csv", sha256="cd" * 32, rows=rows.get(table, 1)),)
            if state is State.COLLECTED
            else (),
        )
        for table in Table
    )


def snapshot(account: str = "1234567", role_name: str = "Expensify Integration", **states: State) -> Snapshot:
    return Snapshot(
        account=account,
        taken=STARTED,
        source="files",
        origin=account,
        roles=(
            Role(key="customrole1042", scriptid="customrole1042", name=role_name, inactive=False),
            Role(key="customrole1050", scriptid="customrole1050", name="Accounts Payable Clerk", inactive=True),
        ),
        permissions=tuple(
            [
                Permission("customrole1042", permission, level)
                for (permission, *_), level in zip(ROWS, HELD, strict=True)
                if level is not Level.NONE
            ]
            + [Permission("customrole1050", permission, Level.VIEW) for permission, *_ in ROWS]
        ),
        tokens=(
            AccessToken(
                key="901",
                name="Expensify - Sync User, Expensify Integration",
                application="Expensify",
                user=Reference(name="Sync User"),
                role=Reference(name=role_name),
                inactive=False,
                revoked=False,
                created="2025-03-01",
            ),
            AccessToken(
                key="902",
                name="Expensify - Ana Ortiz, Accounts Payable Clerk",
                application="Expensify",
                user=Reference(name="Ana Ortiz"),
                role=Reference(name="Accounts Payable Clerk"),
                inactive=True,
                revoked=True,
            ),
            AccessToken(
                key="903",
                name="Warehouse",
                application="Warehouse Link",
                user=Reference(name="Robot"),
                role=Reference(name="Warehouse"),
            ),
        ),
        users=(User(key="17", name="Sync User", email="sync@example.com", inactive=False),),
        assignments=(RoleAssignment(Reference(name="Sync User"), Reference(name=role_name)),),
        global_permissions=(GlobalPermission(Reference(name="Sync User"), "ADMI_WEBSERVICES", Level.VIEW),),
        coverage=coverage(**states),
        notes=(Note(Table.ROLE_PERMISSIONS, role_name, "Permission id LIST_NOVELTY is not in the catalogue; kept."),),
        not_collected=(
            "OAuth 2.0 authorizations: no table lists them; "
            "look at Setup > Users/Roles > OAuth 2.0 Authorized Applications.",
        ),
    )


def role_finding(index: int, account: str, role: Role, asked: Baseline) -> Finding:
    permission, label, subtab, needed = ROWS[index % len(ROWS)]
    held = HELD[index % len(ROWS)]
    subject = Subject(SubjectKind.ROLE, role.key, role.name)
    requirement = f"{asked.id}:{permission}"
    failed = held < needed
    return Finding(
        id=fingerprint(account, "role-levels", subject, requirement),
        account=account,
        check="role-levels",
        subject=subject,
        requirement=requirement,
        baseline=asked.id,
        status=Status.FAIL if failed else Status.PASS,
        severity=Severity.HIGH,
        title=f"Role '{role.name}' has {label} at {held.value}, {needed.value} is needed"
        if failed
        else f"Role '{role.name}' has {label} at {held.value}",
        expected=f"{label}: {needed.value}",
        actual=held.value,
        permission=permission,
        permission_label=label,
        subtab=subtab,
        expected_level=needed,
        actual_level=held,
        gap=(Gap.MISSING if held is Level.NONE else Gap.TOO_LOW) if failed else None,
        source=LevelSource.NOWHERE if held is Level.NONE else LevelSource.ROLE,
        codes=("NS0384",),
        remedy=(
            "Go to Setup > Users/Roles > Manage Roles and open the role with Edit.",
            f"On the Permissions tab, sub-tab {subtab}, set {label} to {needed.value}.",
            "Save.",
        )
        if failed
        else (),
        change=LevelChange(
            role=role.key,
            role_name=role.name,
            role_id=role.scriptid or "",
            permission=permission,
            label=label,
            subtab=subtab,
            from_level=held,
            to_level=needed,
        )
        if failed
        else None,
    )


def token_finding(account: str, requirement: str, status: Status, *, title: str, reason: str = "") -> Finding:
    subject = Subject(SubjectKind.TOKEN, "901", "Expensify - Sync User, Expensify Integration")
    return Finding(
        id=fingerprint(account, "token-binding", subject, requirement),
        account=account,
        check="token-binding",
        subject=subject,
        requirement=requirement,
        baseline="expensify-integration",
        status=status,
        severity=Severity.HIGH,
        title=title,
        expected="the role is assigned to the token's user",
        actual="assigned" if status is Status.PASS else "not known",
        reason=reason,
        codes=("NS0384",) if status is Status.FAIL else (),
        remedy=("Add the users and roles export.",) if status is Status.UNKNOWN else (),
    )


def mixed_result(account: str = "1234567", role_name: str = "Expensify Integration") -> AccountResult:
    """Passed, failed, unknown and not applicable findings; one table not given."""
    data = snapshot(account, role_name, features=State.NOT_AVAILABLE)
    asked = baseline()
    role = data.roles[0]
    findings = [role_finding(index, account, role, asked) for index in range(len(ROWS))]
    findings += [
        token_finding(
            account, "assigned", Status.UNKNOWN, title="It is not known who holds the role", reason="not given"
        ),
        token_finding(account, "active", Status.PASS, title="The token is active"),
        token_finding(account, "user", Status.NOT_APPLICABLE, title="No user is expected", reason="none configured"),
    ]
    return AccountResult(
        snapshot=data,
        baselines=(asked,),
        scope=Scope(),
        findings=tuple(findings),
        distances=tuple(
            RoleDistance(
                role=each.key,
                role_name=each.name,
                role_id=each.scriptid or "",
                inactive=each.inactive,
                baseline=asked.id,
                met=met,
                undecided=0,
                asked=8,
                permission_rows=rows,
                judged=judged,
                why=why,
            )
            for each, met, rows, judged, why in (
                (data.roles[0], 5, 7, True, "on an active token of Expensify"),
                (data.roles[1], 1, 8, False, "no token of Expensify uses it"),
            )
        ),
        tokens=tuple(
            TokenVerdict(
                token=token.key,
                name=token.name,
                application=token.application,
                user=str(token.user),
                role=str(token.role),
                state=state,
                created=token.created,
                baseline=asked.id if token.application == "Expensify" else "",
                status=status,
                met=met,
                asked=asked_rows,
                causes=causes,
                codes=codes,
            )
            for token, state, status, met, asked_rows, causes, codes in (
                (data.tokens[0], "active", Status.FAIL, 5, 8, ("The role lacks 3 of 8 required levels",), ("NS0384",)),
                (data.tokens[1], "revoked", Status.NOT_APPLICABLE, 0, 0, (), ()),
                (data.tokens[2], "active", Status.NOT_APPLICABLE, 0, 0, (), ()),
            )
        ),
    )


def clean_result(account: str = "7654321_SB1") -> AccountResult:
    """Nothing failed, nothing unknown."""
    mixed = mixed_result(account)
    passed = tuple(finding for finding in mixed.findings if finding.status is Status.PASS)
    return AccountResult(
        snapshot=snapshot(account),
        baselines=mixed.baselines,
        scope=mixed.scope,
        findings=passed,
        tokens=(),
        distances=(),
    )


def big_result(findings: int, account: str = "1234567") -> AccountResult:
    """As many role findings as asked, over as many roles as that takes."""
    asked = baseline()
    rows = []
    for number in range(findings):
        role = Role(key=str(1000 + number // 8), id=str(1000 + number // 8), name=f"Integration role {number // 8:04d}")
        rows.append(role_finding(number, account, role, asked))
    return AccountResult(snapshot=snapshot(account), baselines=(asked,), scope=Scope(), findings=tuple(rows))


def run(*results: AccountResult, failures: tuple[AccountFailure, ...] = ()) -> Run:
    return Run(id="20261121T020000Z", started=STARTED, tool_version="0.1.0", results=results, failures=failures)


WAIVER = Waiver(
    account="1234567",
    check="role-levels",
    subject="customrole1042",
    requirement="expensify-integration:LIST_CLASS",
    reason="The vendor confirmed that classes are not synced here.",
    owner="Ana Ortiz",
    ticket="SEC-12",
    expires="2027-01-31",
)
FAILED_ACCOUNT = AccountFailure(
    account="9999999",
    cause="The folder holds no file that can be read.",
    remedy="Give the folder that holds the exports.",
)


WAIVER = Waiver(
    account="1234567",
    check="role-levels",
    subject="customrole1042",
    requirement="expensify-integration:LIST_EMPLOYEE",
    reason="Employees are not synced here; Finance asked for the lower level.",
    owner="Ana Ortiz",
    ticket="CHG-1042",
    expires="2027-01-31",
)


def followed_result(account: str = "1234567") -> AccountResult:
    """The mixed result as waivers and history leave it: one failure waived, one known for nights, one back again."""
    mixed = mixed_result(account)
    first, waived, back = (index for index, each in enumerate(mixed.findings) if each.status is Status.FAIL)
    findings = list(mixed.findings)
    findings[first] = replace(findings[first], seen=Seen(first="2026-11-02T02:00:00Z", nights=20))
    findings[waived] = replace(findings[waived], waiver=replace(WAIVER, account=account))
    findings[back] = replace(
        findings[back], seen=Seen(first="2026-10-01T02:00:00Z", nights=3, reopened="2026-11-20T02:00:00Z")
    )
    return replace(mixed, findings=tuple(findings))
