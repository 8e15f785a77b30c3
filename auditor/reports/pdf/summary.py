"""All that the PDF of a run shows: every account expected, what became of it, and requirement by account."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from auditor.model import AccountFailure, AccountResult, Baseline, Run, Status, Table
from auditor.reports.base import account_folder
from auditor.reports.pdf import verdicts
from auditor.reports.pdf.evidence import BaselineView, baseline_view
from auditor.reports.pdf.matrix import MOST_ACCOUNTS, MatrixPart, matrix
from auditor.reports.pdf.verdicts import Count, VerdictView, run_verdict
from auditor.reports.pdf.words import Marks, Sign, marks, moment

MOST_ROWS = 2000


class AccountRow(Struct, frozen=True, kw_only=True):
    """One audited account in one line."""

    account: str
    verdict: Sign
    met: int
    failed: int
    unknown: int
    incomplete: tuple[str, ...]
    """Kinds of data that were not read in full."""
    report: str
    """Where its own report lies in the run folder."""


class NotCollected(Struct, frozen=True):
    """Something that was not read, and in how many accounts."""

    what: str
    accounts: int


class SummaryView(Struct, frozen=True, kw_only=True):
    """What ``summary.html.j2`` gets as ``report``."""

    marks: Marks
    started: str
    verdict: VerdictView
    expected: int
    audited: int
    counts: tuple[Count, ...]
    failures: tuple[AccountFailure, ...]
    accounts: tuple[AccountRow, ...]
    accounts_left_out: int
    baselines: tuple[BaselineView, ...]
    matrix: tuple[MatrixPart, ...]
    matrix_left_out: int
    """Audited accounts that have no column in the matrix."""
    missing: tuple[NotCollected, ...]
    """Kinds of data that were not read in full, with the number of accounts."""
    not_collected: tuple[NotCollected, ...]
    """What the source can never show."""


def summary_view(run: Run) -> SummaryView:
    """Everything of one run, bounded, the worst accounts first."""
    worst_first = tuple(sorted(run.results, key=_worst_first))
    baselines: dict[tuple[str, str, str], Baseline] = {
        (each.id, each.version, each.sha256): each for result in run.results for each in result.baselines
    }
    return SummaryView(
        marks=marks(run, f"Access audit of {run.expected} NetSuite accounts", "All accounts"),
        started=moment(run.started),
        verdict=run_verdict(run),
        expected=run.expected,
        audited=len(run.results),
        counts=_counts(run),
        failures=tuple(sorted(run.failures, key=lambda failure: failure.account))[:MOST_ROWS],
        accounts=tuple(_account_row(result) for result in worst_first[:MOST_ROWS]),
        accounts_left_out=max(0, len(worst_first) - MOST_ROWS),
        baselines=tuple(baseline_view(baseline) for _, baseline in sorted(baselines.items())),
        matrix=matrix(worst_first),
        matrix_left_out=max(0, len(worst_first) - MOST_ACCOUNTS),
        missing=tuple(
            NotCollected(table.value, number)
            for table in Table
            if (number := sum(not result.snapshot.covered(table).complete for result in run.results))
        ),
        not_collected=_by_nature(run),
    )


def _worst_first(result: AccountResult) -> tuple[bool, int, bool, str]:
    return (not result.failed(), -len(result.failed()), not result.incomplete, result.account)


def _counts(run: Run) -> tuple[Count, ...]:
    clean = sum(not result.failed() and not result.incomplete for result in run.results)
    failing = sum(bool(result.failed()) for result in run.results)
    incomplete = sum(result.incomplete for result in run.results)
    return (
        Count(run.expected, Sign("accounts expected", "total")),
        Count(clean, Sign("clean", "pass")),
        Count(failing, Sign("with failures", "fail")),
        Count(incomplete, Sign("incomplete", "unknown")),
        Count(len(run.failures), Sign("not audited", "na")),
    )


def _account_row(result: AccountResult) -> AccountRow:
    by_status = Counter(finding.status for finding in result.findings)
    lacking = tuple(table.value for table in Table if not result.snapshot.covered(table).complete)
    return AccountRow(
        account=result.account,
        verdict=verdicts.sign(result.verdict),
        met=by_status[Status.PASS],
        failed=by_status[Status.FAIL],
        unknown=by_status[Status.UNKNOWN],
        incomplete=("everything",) if len(lacking) == len(Table) else lacking,
        report=f"{account_folder(result.account)}/report.pdf",
    )


def _by_nature(run: Run) -> tuple[NotCollected, ...]:
    accounts = Counter(text for result in run.results for text in result.snapshot.not_collected)
    return tuple(NotCollected(text, number) for text, number in sorted(accounts.items()))
