"""``findings.csv``: a row for each finding, for spreadsheets and scripts. RFC 4180, UTF-8 without a mark at its start.

One lies in each account's folder and holds everything that was judged. The one beside ``index.html`` holds what failed
or is unknown in all accounts, and a row for each account that could not be audited, so that none is missing unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.model import AccountFailure, AccountResult, Finding, Run
from auditor.reports.delimited import comma_separated

NOT_AUDITED = "not_audited"
"""The status of a row that is about an account of which nothing is known."""

# fmt: off
COLUMNS = (
    "account", "status", "waived", "severity", "title", "subject_kind", "subject", "subject_key", "check", "baseline",
    "requirement", "permission", "permission_label", "subtab", "expected", "actual", "expected_level", "actual_level",
    "gap", "level_source", "codes", "reason", "remedy", "change_role", "change_from", "change_to", "first_seen",
    "nights", "reopened", "waiver_owner", "waiver_expires", "waiver_reason", "waiver_ticket", "finding", "run",
)
# fmt: on


class AccountFindingsCsv:
    """``findings.csv`` of one account: whatever was judged, passed or not."""

    filename = "findings.csv"

    def render(self, result: AccountResult, run: Run) -> bytes:
        return written(COLUMNS, (_row(finding, run) for finding in result.findings))


class RunFindingsCsv:
    """``findings.csv`` of a run: what failed or is unknown in any account, and the accounts that were not audited."""

    filename = "findings.csv"

    def render(self, run: Run) -> bytes:
        failures = (_failure(failure, run) for failure in run.failures)
        findings = (_row(finding, run) for result in run.results for finding in result.unresolved())
        return written(COLUMNS, (row for rows in (failures, findings) for row in rows))


def written(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> bytes:
    """The table as CSV. What a row does not name is empty; no cell can become a formula in a spreadsheet."""
    return comma_separated(columns, ([row.get(column, "") for column in columns] for row in rows))


def _failure(failure: AccountFailure, run: Run) -> dict[str, str]:
    return {
        "account": failure.account,
        "status": NOT_AUDITED,
        "title": "This account could not be audited",
        "reason": failure.cause,
        "remedy": failure.remedy,
        "run": run.id,
    }


def _row(finding: Finding, run: Run) -> dict[str, str]:
    row = {
        "account": finding.account,
        "status": finding.status.value,
        "waived": "yes" if finding.waiver else "no",
        "severity": finding.severity.value,
        "title": finding.title,
        "subject_kind": finding.subject.kind.value,
        "subject": finding.subject.name,
        "subject_key": finding.subject.key,
        "check": finding.check,
        "baseline": finding.baseline,
        "requirement": finding.requirement,
        "permission": finding.permission,
        "permission_label": finding.permission_label,
        "subtab": finding.subtab,
        "expected": finding.expected,
        "actual": finding.actual,
        "expected_level": finding.expected_level.value if finding.expected_level else "",
        "actual_level": finding.actual_level.value if finding.actual_level else "",
        "gap": finding.gap.value if finding.gap else "",
        "level_source": finding.source.value if finding.source else "",
        "codes": " ".join(finding.codes),
        "reason": finding.reason,
        "remedy": "\n".join(finding.remedy),
        "finding": finding.id,
        "run": run.id,
    }
    return row | _asked_change(finding) | _history(finding) | _waiver(finding)


def _asked_change(finding: Finding) -> dict[str, str]:
    change = finding.change
    if change is None:
        return {}
    role = change.role_id or change.role
    return {"change_role": role, "change_from": change.from_level.value, "change_to": change.to_level.value}


def _history(finding: Finding) -> dict[str, str]:
    seen = finding.seen
    return {"first_seen": seen.first, "nights": str(seen.nights), "reopened": seen.reopened} if seen else {}


def _waiver(finding: Finding) -> dict[str, str]:
    waiver = finding.waiver
    if waiver is None:
        return {}
    return {
        "waiver_owner": waiver.owner,
        "waiver_expires": waiver.expires,
        "waiver_reason": waiver.reason,
        "waiver_ticket": waiver.ticket,
    }
