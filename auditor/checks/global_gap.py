"""Rows that are not met because of a global permission of the token's user: the role is not where to mend them.

Documented by NetSuite: a global permission of a user wins over the role's, even where it is lower, except for
Administrator.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.checks.base import CheckInfo
from auditor.checks.bound import Bound
from auditor.checks.requirement import row_severity
from auditor.checks.rows import Row, offered_only
from auditor.checks.token_identity import employee_steps
from auditor.checks.token_levels import TokenLevels, global_step
from auditor.checks.vendor_codes import global_permission_codes
from auditor.model import Finding, Gap, Level, LevelSource, Option, Status, fingerprint

_WINS = "A global permission of a user wins over the role, even where it is lower."


def global_gaps(bound: Bound, levels: TokenLevels, info: CheckInfo) -> Iterator[Finding]:
    """A failed finding for each such row."""
    for row, outcome in levels.those(Status.FAIL):
        option = levels.global_option(row, outcome)
        held = levels.holding.level(option.permission) if option else None
        if option is not None and held is not None:
            by_role = bound.case.role_holding(levels.role).level(option.permission)
            yield _finding(bound, info, row, (option, held, by_role))


def _finding(bound: Bound, info: CheckInfo, row: Row, levels: tuple[Option, Level, Level | None]) -> Finding:
    """*levels*: what is asked, what the user's global permission gives, what the role would give."""
    option, held, by_role = levels
    case, baseline, permission = bound.case, bound.baseline, option.permission
    label, needed = row.labels[permission], option.level
    role_gives = f"The role's own level is {by_role.value}." if by_role else "The role's own level cannot be told."
    gap = Gap.EXCESS if held > needed else Gap.MISSING if held is Level.NONE else Gap.TOO_LOW
    outside = offered_only(case.catalog, permission, label, held) if gap is Gap.TOO_LOW else ""
    requirement = f"global:{row.name}"
    return Finding(
        id=fingerprint(case.snapshot.account, info.id, bound.subject, requirement),
        account=case.snapshot.account,
        check=info.id,
        subject=bound.subject,
        requirement=requirement,
        baseline=baseline.id,
        status=Status.FAIL,
        severity=row_severity(row.requirement, gap),
        title=f"A global permission of '{bound.user_text}' sets {label} to {held.value}, {needed.value} is needed",
        expected=row.expected,
        actual=held.value,
        reason=" ".join(part for part in (_WINS, role_gives, outside) if part),
        permission=permission,
        permission_label=label,
        subtab=case.catalog.subtab(permission),
        expected_level=needed,
        actual_level=held,
        gap=gap,
        source=LevelSource.GLOBAL_PERMISSION,
        codes=tuple(dict.fromkeys((*row.requirement.codes, *global_permission_codes(baseline, permission)))),
        remedy=employee_steps(bound, global_step(label, needed.value)),
    )
