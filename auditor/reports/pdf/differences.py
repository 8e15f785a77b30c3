"""Roles of sandboxes beside production's, as summary.pdf and index.html show them."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import Finding, Run, Status
from auditor.reports.pdf.words import STATUS, Sign

MOST_ROWS = 2000


class DifferenceRow(Struct, frozen=True, kw_only=True):
    """One role that is not, or not known to be, as in production."""

    account: str
    status: Sign
    title: str
    detail: str
    """Which permissions differ, or why it is not known."""


class Differences(Struct, frozen=True, kw_only=True):
    """All of a run. Nothing at all where no production account was audited with its sandbox."""

    rows: tuple[DifferenceRow, ...]
    same: int
    """Roles that are as in production."""
    left_out: int


def differences(run: Run) -> Differences:
    """What is to be shown of *run*, bounded; roles that are the same are counted."""
    differing = [each for each in run.differences if each.status is not Status.PASS]
    return Differences(
        rows=tuple(map(_row, differing[:MOST_ROWS])),
        same=len(run.differences) - len(differing),
        left_out=max(0, len(differing) - MOST_ROWS),
    )


def _row(finding: Finding) -> DifferenceRow:
    return DifferenceRow(
        account=finding.account,
        status=STATUS[finding.status],
        title=finding.title,
        detail=" ".join((finding.reason or finding.actual, *finding.notes)),
    )
