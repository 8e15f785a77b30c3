"""The sheets of an account's workbook, and where links lead."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import Finding
from auditor.reports.workbook.cells import Link
from auditor.reports.workbook.sheet import FIRST_TABLE_ROW, MOST_ROWS

SUMMARY = "Summary"
REQUESTS = "Change requests"
ON_HOLD = "On hold"
DONE = "Done"
BY_PERMISSION = "By permission"
FINDINGS = "Findings"
MATRIX = "Matrix"
ROLES = "Roles"
TOKENS = "Tokens"
DRIFT = "Drift"
VERDICTS = "Token verdicts"
COVERAGE = "Coverage"

BACK = Link("← Summary", f"internal:'{SUMMARY}'!A1")


def to_sheet(name: str) -> Link:
    """A link to the top of a sheet."""
    return Link(name, f"internal:'{name}'!A1")


class Places:
    """Where a finding and a role stand in this workbook."""

    def __init__(self, findings: Sequence[Finding], role_cells: dict[str, str]) -> None:
        last = MOST_ROWS - FIRST_TABLE_ROW - 2
        self._findings = {finding.id: FIRST_TABLE_ROW + 2 + row for row, finding in enumerate(findings[:last])}
        self._role_cells = role_cells

    def finding(self, finding: str) -> Link:
        """A finding's id, leading to its row on the Findings sheet."""
        row = self._findings.get(finding)
        return Link(finding, f"internal:'{FINDINGS}'!A{row}" if row else "")

    def role(self, key: str, name: str) -> Link:
        """A role's name, leading to its column of the matrix."""
        cell = self._role_cells.get(key)
        return Link(name, f"internal:'{MATRIX}'!{cell}" if cell else "")
