"""All that the PDF of a run shows: every account expected, what became of it, and requirement by account."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from auditor.model import AccountFailure, AccountResult, Baseline, Run, Status, Table
from auditor.reports.base import account_folder
from auditor.reports.pdf import verdicts
from auditor.reports.pdf.charts import Chart, failures_by_account
from auditor.reports.pdf.differences import Differences, differences
from auditor.reports.pdf.evidence import BaselineView, baseline_view
from auditor.reports.pdf.matrix import MOST_ACCOUNTS, MatrixPart, matrix
from auditor.reports.pdf.trend_chart import TrendView, trend_view
from auditor.reports.pdf.verdicts import Count, VerdictView, run_verdict
from auditor.reports.pdf.words import Marks, Sign, marks, moment

MOST_ROWS = 2000


class AccountRow(Struct, frozen=True, kw_only=True):
    """One audited account in one line."""

    account: str
    verdict: Sign
    met: int
    failed: int
    """At or above ``--fail-on``, and not waived."""
    """At or above ``--fail-on``, and not waived."""
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
    chart: Chart | None
    """Failed findings by account and severity, where there is something to compare."""
    trend: TrendView | None
    """Open findings after each of the last runs, where history has at least two."""
    baselines: tuple[BaselineView, ...]
    matrix: tuple[MatrixPart, ...]
    matrix_left_out: int
    """Audited accounts that have no column in the matrix."""
    differences: Differences
    missing: tuple[NotCollected, ...]
    """Kinds of data that were not read in full, with the number of accounts."""
    not_collected: tuple[NotCollected, ...]
    """What the source can never show."""


def summary_view(run: Run) -> SummaryView:
    """Everything of one run, bounded, the worst accounts first. Each result is looked at twice, and none is held."""
    order: list[tuple[tuple[bool, int, bool, str], int]] = []
    rows: list[AccountRow] = []
    baselines: dict[tuple[str, str, str], Baseline] = {}
    missing: Counter[Table] = Counter()
    by_nature: Counter[str] = Counter()
    for place, result in enumerate(run.results):
        order.append((_worst_first(result), place))
        rows.append(_account_row(result))
        baselines |= {(each.id, each.version, each.sha256): each for each in result.baselines}
        missing.update(table for table in Table if not result.snapshot.covered(table).complete)
        by_nature.update(result.snapshot.not_collected)
    places = [place for _, place in sorted(order)]
    return SummaryView(
        marks=marks(run, f"Access audit of {run.expected} NetSuite accounts", "All accounts"),
        started=moment(run.started),
        verdict=run_verdict(run),
        expected=run.expected,
        audited=len(run.results),
        counts=_counts(run),
        failures=tuple(sorted(run.failures, key=lambda failure: failure.account))[:MOST_ROWS],
        accounts=tuple(rows[place] for place in places[:MOST_ROWS]),
        accounts_left_out=max(0, len(rows) - MOST_ROWS),
        chart=failures_by_account(run.results[place] for place in places),
        trend=trend_view(run.trend),
        baselines=tuple(baseline_view(baseline) for _, baseline in sorted(baselines.items())),
        matrix=matrix(run.results[place] for place in places),
        matrix_left_out=max(0, len(rows) - MOST_ACCOUNTS),
        differences=differences(run),
        missing=tuple(NotCollected(table.value, missing[table]) for table in Table if missing[table]),
        not_collected=tuple(NotCollected(text, number) for text, number in sorted(by_nature.items())),
    )


def _worst_first(result: AccountResult) -> tuple[bool, int, bool, str]:
    return (not result.failed(), -len(result.failed()), not result.incomplete, result.account)


def _counts(run: Run) -> tuple[Count, ...]:
    ways = Counter((bool(result.failed()), result.incomplete) for result in run.results)
    return (
        Count(run.expected, Sign("accounts expected", "total")),
        Count(ways[False, False], Sign("clean", "pass")),
        Count(ways[True, False] + ways[True, True], Sign("with failures", "fail")),
        Count(ways[False, True] + ways[True, True], Sign("incomplete", "unknown")),
        Count(len(run.failures), Sign("not audited", "na")),
    )


def _account_row(result: AccountResult) -> AccountRow:
    by_status = Counter(finding.status for finding in result.findings)
    lacking = tuple(table.value for table in Table if not result.snapshot.covered(table).complete)
    return AccountRow(
        account=result.account,
        verdict=verdicts.sign(result.verdict),
        met=by_status[Status.PASS],
        failed=len(result.failed()),
        unknown=by_status[Status.UNKNOWN],
        incomplete=("everything",) if len(lacking) == len(Table) else lacking,
        report=f"{account_folder(result.account)}/report.pdf",
    )
