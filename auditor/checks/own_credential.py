"""The own-credential check: how strong the credential is with which this very audit signed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.checks.base import Case, CheckInfo
from auditor.checks.lacking import Lack
from auditor.checks.own_role import OwnRole, OwnRow, caller_role, own_role
from auditor.checks.subjects import account_subject, role_subject
from auditor.checks.texts import SAVE, open_role, role_name, shown
from auditor.model import Finding, Level, Role, Severity, Status, Subject, fingerprint

INFO = CheckInfo(
    id="own-credential",
    title="The auditor's own credential",
    what="The role with which a live account was read: which strong permissions it holds because the audit needs them, "
    "and which permissions it holds beyond the baseline netsuite-auditor. Exported files have no such role.",
    why="The auditor only reads, and its credential lies on a machine every night. Whoever takes it can do all that "
    "its role allows, so it is audited as any other.",
    severity=Severity.MEDIUM,
    severity_reason="More than the audit needs is given away for nothing, so it is of medium severity, and so is "
    "signing in as Administrator. What the audit cannot do without is listed as info: nothing about it can be mended, "
    "and a finding that stays for ever would make every night's exit code the same.",
    source="That roles and tokens are opened at Full only, and that the holder of Access Token Management can create "
    "tokens for others: NetSuite's documentation, documented. Which permission opens which table: independent sources, "
    "tried on no live account.",
)
_LISTED = 30
_GUARD = (
    "Guard the key or token as the password of an administrator is guarded: a file of mode 0600 or a keyring, one "
    "machine, one service user.",
    "Let its user hold this role alone, and look at its sign-ins: Setup > Users/Roles > User Management > View Login "
    "Audit Trail.",
    "If the machine may have been read by others: revoke the certificate or token in NetSuite, and make a new one.",
)
_OWN_ROLE = (
    "Make a role of its own for the auditor: auditor init prints the steps, with exactly the permissions it needs.",
    "Map the certificate, or make a new access token, for that role; then revoke the old one.",
)


class OwnCredential:
    """Findings about the role that read a live account; none where nobody signed in."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        if case.snapshot.source != "suiteql":
            return
        role = caller_role(case)
        if isinstance(role, Lack):
            subject = account_subject(case.snapshot.account)
            yield _unknown(case, subject, "known", "Which role the auditor itself has is not known", role)
            return
        found = own_role(case, role)
        if isinstance(found, Lack):
            title = f"What the auditor's own role '{role_name(role)}' holds cannot be told"
            for requirement in ("strong", "excess"):
                yield _unknown(case, role_subject(role), requirement, title, found)
        elif found.administrator:
            yield _administrator(case, role)
        else:
            yield _strong(case, found)
            yield _excess(case, found)


def listed(rows: Sequence[OwnRow], level: str = "held") -> str:
    """The permissions of *rows* with the level that is held, or asked, in one line of bounded length."""
    texts = [f"{shown(row.label)}: {(row.held if level == 'held' else row.asked).value}" for row in rows[:_LISTED]]
    more = f"; and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    return "; ".join(texts) + more


def _strong(case: Case, found: OwnRole) -> Finding:
    name = role_name(found.role)
    if not found.strong:
        title = f"The auditor's own role '{name}' holds none of the strong permissions that the audit may need"
        return _finding(case, found.role, "strong", Status.PASS, title, "No strong permission", "none")
    return _finding(
        case,
        found.role,
        "strong",
        Status.FAIL,
        f"The auditor's own role '{name}' is strong: {' and '.join(shown(row.label) for row in found.strong)}",
        "No strong permission",
        listed(found.strong),
        severity=Severity.INFO,
        reason=" ".join(f"{shown(row.label)}: {row.note}." for row in found.strong)
        + " NetSuite opens roles and access tokens at Full only, so this is listed and not to be mended.",
        remedy=_GUARD,
    )


def _excess(case: Case, found: OwnRole) -> Finding:
    name, baseline = role_name(found.role), f"{found.baseline.id} {found.baseline.version}"
    expected = f"Nothing beyond the baseline {baseline}"
    if not found.excess:
        title = f"The auditor's own role '{name}' holds no more than it needs"
        return _finding(case, found.role, "excess", Status.PASS, title, expected, "nothing more")
    count = len(found.excess)
    steps = [f"On the Permissions tab, sub-tab {row.subtab}, {_do(row)}." for row in found.excess[:_LISTED]]
    return _finding(
        case,
        found.role,
        "excess",
        Status.FAIL,
        f"The auditor's own role '{name}' holds {count} permission{'s' if count > 1 else ''} more than it needs",
        expected,
        listed(found.excess),
        remedy=(*open_role(found.role), *steps, SAVE),
    )


def _do(row: OwnRow) -> str:
    label = shown(row.label)
    return f"remove {label}" if row.asked is Level.NONE else f"set {label} to {row.asked.value}"


def _administrator(case: Case, role: Role) -> Finding:
    return _finding(
        case,
        role,
        "excess",
        Status.FAIL,
        "The auditor signs in as Administrator",
        "A role of its own, with what the audit needs and nothing more",
        "Administrator: every permission at Full (assumed, not confirmed)",
        remedy=_OWN_ROLE,
    )


def _finding(
    case: Case,
    role: Role,
    requirement: str,
    status: Status,
    title: str,
    expected: str,
    actual: str,
    *,
    severity: Severity = INFO.severity,
    reason: str = "",
    remedy: tuple[str, ...] = (),
) -> Finding:
    subject = role_subject(role)
    return Finding(
        id=fingerprint(case.snapshot.account, INFO.id, subject, requirement),
        account=case.snapshot.account,
        check=INFO.id,
        subject=subject,
        requirement=requirement,
        status=status,
        severity=severity,
        title=title,
        expected=expected,
        actual=actual,
        reason=reason,
        remedy=remedy,
    )


def _unknown(case: Case, subject: Subject, requirement: str, title: str, lack: Lack) -> Finding:
    return Finding(
        id=fingerprint(case.snapshot.account, INFO.id, subject, requirement),
        account=case.snapshot.account,
        check=INFO.id,
        subject=subject,
        requirement=requirement,
        status=Status.UNKNOWN,
        severity=INFO.severity,
        title=title,
        expected="The auditor's own role and its permissions",
        actual="not known",
        reason=lack.reason,
        remedy=lack.way_out,
    )
