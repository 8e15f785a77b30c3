"""What the checks of hygiene share: how their findings are made, and which roles they look at.

They look at the roles that a baseline is held against and at nothing else, and say one thing of a subject, not one of
each of its rows: a report on hundreds of roles and tokens has to stay readable. Most are for information, so that
they count neither as failures nor as gaps in the data unless ``--fail-on info`` says so.
"""

from __future__ import annotations

from msgspec import Struct

from auditor.checks.base import Case, CheckInfo
from auditor.checks.effective import AdministratorHolding
from auditor.checks.lacking import Lack, way_out
from auditor.checks.texts import shown
from auditor.model import Finding, Role, Severity, Status, Subject, Table, fingerprint

INFORMATION = (
    "It stops no integration, and it rests in part on what few ways of reading give; so it is for information, and "
    "--fail-on info makes it count."
)
_MOST = 10


class Said(Struct, frozen=True, kw_only=True):
    """What a check of hygiene says of one subject."""

    requirement: str
    status: Status
    title: str
    expected: str
    actual: str
    reason: str = ""
    remedy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    baseline: str = ""
    severity: Severity | None = None


def finding(case: Case, info: CheckInfo, subject: Subject, said: Said) -> Finding:
    """*said* as a finding of the check *info*."""
    account = case.snapshot.account
    return Finding(
        id=fingerprint(account, info.id, subject, said.requirement),
        account=account,
        check=info.id,
        subject=subject,
        requirement=said.requirement,
        baseline=said.baseline,
        status=said.status,
        severity=said.severity or info.severity,
        title=said.title,
        expected=said.expected,
        actual=said.actual,
        reason=said.reason,
        remedy=said.remedy if said.status in (Status.FAIL, Status.UNKNOWN) else (),
        notes=said.notes,
    )


def integration_roles(case: Case) -> list[Role]:
    """Roles that a baseline is held against, but those that a token leads to by mistake, and Administrator."""
    meant: dict[str, None] = {}
    for selection in case.selections.values():
        meant |= dict.fromkeys(key for key in selection.roles if key not in selection.strangers)
    found = (case.directory.role_by_key(key) for key in sorted(meant))
    return [role for role in found if role and not isinstance(case.role_holding(role), AdministratorHolding)]


def listed(names: list[str]) -> str:
    """Names with commas, bounded; those past the bound are counted."""
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(shown(name) for name in names[:_MOST]) + more


def roles_lack(case: Case, role: Role) -> Lack | None:
    """Why what the list of roles says of *role* cannot be trusted."""
    return None if role.permissions_whole else case.lack(Table.ROLES)


def not_said(case: Case, table: Table, what: str) -> Lack:
    """The lack of a column that a table has nothing in."""
    return Lack(f"The list of {table.value} does not say {what}.", (way_out(case.snapshot, table),))
