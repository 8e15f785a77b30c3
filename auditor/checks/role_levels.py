"""The role-levels check: every row of a baseline against every role that it is held against."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.checks.base import Case, CheckInfo
from auditor.checks.lacking import way_out
from auditor.checks.requirement import OF_A_GAP
from auditor.checks.role_activity import role_activity
from auditor.checks.role_row import RoleRows
from auditor.checks.selection import Selection, named_with_option
from auditor.checks.subjects import account_subject, role_subject
from auditor.checks.texts import another_role, shown
from auditor.model import Baseline, Finding, Role, Status, Table, fingerprint

INFO = CheckInfo(
    id="role-levels",
    title="Role permission levels",
    what="Every permission that a baseline asks for, at the level that the role holds it: missing, too low, or, where "
    "the baseline is exact, more than asked. A role that is judged must also be active.",
    why="An integration can do no more than its role lets it. One level below what the vendor asks is enough to make a "
    "sync or an export fail, often with a message that names something else.",
    severity=OF_A_GAP,
    severity_reason="A missing or too low level stops the integration. More than an exact baseline asks stops nothing "
    "and gives away more than is needed, so it is of medium severity. A row of a baseline may say otherwise.",
    source="The vendor's page named with each baseline. Levels and their order: NetSuite's documentation, documented. "
    "Levels offered by each permission: Oracle's published permission list, documented; real roles hold levels "
    "outside it.",
    codes="Those of the baseline's row: Expensify's NS0384 for the rows of its sync, and beside it NS0565, NS0739, "
    "NS0634, NS0377, NS0844 or NS0469 where a page of the vendor names the permission; NS0159, NS0445, NS0056 and "
    "others for the rows of expensify-exports.",
    fix="Setup > Users/Roles > Manage Roles, the role, Edit, Permissions, the sub-tab: set the level that the row "
    "asks. For many roles: the mass update by permission.",
    needed=True,
)


class RoleLevels:
    """Findings about roles, and about the account where there is no role to judge."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        yield from _unknown_options(case)
        judged: dict[str, tuple[Role, Baseline]] = {}
        for baseline in case.baselines:
            selection = case.selections[baseline.id]
            if not selection.roles:
                yield _no_role(case, baseline)
            elif selection.by_name and _names_incomplete(case):
                yield _perhaps_more_roles(case, baseline)
            rows = RoleRows(case, baseline, INFO)
            for role in _selected(case, selection):
                if role.key not in judged or role.key not in selection.strangers:
                    judged[role.key] = role, baseline
                yield from rows.judge(role)
        for role, baseline in judged.values():
            yield _role_active(case, role, baseline)


def _selected(case: Case, selection: Selection) -> list[Role]:
    found = (case.directory.role_by_key(key) for key in selection.roles)
    return [role for role in found if role is not None]


def _about_account(
    case: Case,
    requirement: str,
    *,
    title: str,
    actual: str,
    remedy: tuple[str, ...],
    reason: str = "",
    baseline: str = "",
) -> Finding:
    subject = account_subject(case.snapshot.account)
    return Finding(
        id=fingerprint(case.snapshot.account, INFO.id, subject, requirement),
        account=case.snapshot.account,
        check=INFO.id,
        subject=subject,
        requirement=requirement,
        baseline=baseline,
        status=Status.UNKNOWN,
        severity=INFO.severity,
        title=title,
        expected="A role to judge",
        actual=actual,
        reason=reason,
        remedy=remedy,
    )


def _unknown_options(case: Case) -> Iterator[Finding]:
    for text in dict.fromkeys(case.scope.roles):
        if not named_with_option(text, case.snapshot.roles):
            lack = case.lack(Table.ROLES)
            yield _about_account(
                case,
                f"role-option:{text}",
                title=f"There is no role '{shown(text)}' to judge, though --role asks for it",
                actual=f"None of {len(case.snapshot.roles)} roles",
                reason="None of the roles that were read bears this name, script id or internal id."
                + (f" {lack.reason}" if lack else ""),
                remedy=("Give the role as the account shows it: its name, its script id or its internal id.",),
            )


def _no_role(case: Case, baseline: Baseline) -> Finding:
    remedy = []
    if baseline.connection == "tba" and baseline.applications and case.lack(Table.ACCESS_TOKENS):
        remedy.append(
            way_out(case.snapshot, Table.ACCESS_TOKENS) + " Then the role on the integration's token is judged."
        )
    if case.lack(Table.ROLES):
        remedy.append(way_out(case.snapshot, Table.ROLES))
    remedy.append("Or name the integration's role yourself, by name, script id or internal id: --role 'NAME'.")
    return _about_account(
        case,
        f"role:{baseline.id}",
        baseline=baseline.id,
        title=f"There is no role to hold the baseline {baseline.id} against",
        actual=f"None of {len(case.snapshot.roles)} roles",
        reason=_looked_for(baseline),
        remedy=tuple(remedy),
    )


def _looked_for(baseline: Baseline) -> str:
    sought = []
    if baseline.connection == "tba" and baseline.applications:
        sought.append(f"the role on a usable access token of {', '.join(baseline.applications)}")
    if names := baseline.roles_named:
        sought.append(f"a role called {' or '.join(names)}")
    return f"Looked for: {'; '.join(sought)}." if sought else "The baseline names no application and no role."


def _names_incomplete(case: Case) -> bool:
    dropped = {column.casefold() for column in case.snapshot.covered(Table.ROLES).columns_dropped}
    nameless = any(not role.name for role in case.snapshot.roles)
    return case.lack(Table.ROLES) is not None or bool(dropped & {"name", "scriptid"}) or nameless


def _perhaps_more_roles(case: Case, baseline: Baseline) -> Finding:
    lack = case.lack(Table.ROLES)
    return _about_account(
        case,
        f"all-roles:{baseline.id}",
        baseline=baseline.id,
        title=f"Another role that the baseline {baseline.id} names may exist unseen",
        actual="Not all roles are known",
        reason=lack.reason if lack else "Some roles were read without their name or script id.",
        remedy=lack.way_out if lack else (way_out(case.snapshot, Table.ROLES),),
    )


def _role_active(case: Case, role: Role, baseline: Baseline) -> Finding:
    subject = role_subject(role)
    activity = role_activity(case, role)
    stranger = role.key in case.selections[baseline.id].strangers
    return Finding(
        id=fingerprint(case.snapshot.account, INFO.id, subject, "role-active"),
        account=case.snapshot.account,
        check=INFO.id,
        subject=subject,
        requirement="role-active",
        status=activity.status,
        severity=INFO.severity,
        title=activity.title,
        expected="The role is active",
        actual=activity.actual,
        remedy=another_role(role, baseline) if activity.status is Status.FAIL and stranger else activity.remedy,
    )
