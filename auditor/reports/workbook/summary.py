"""``summary.xlsx``: all accounts of a run."""

from __future__ import annotations

from auditor.model import AccountFailure, AccountResult, Run, Severity, SubjectKind, Table, Verdict
from auditor.reports.base import account_folder
from auditor.reports.findings_json import Counts
from auditor.reports.workbook.book import Book, collector_paused
from auditor.reports.workbook.cells import Cell, Column, Link, Row
from auditor.reports.workbook.change_requests import change_requests
from auditor.reports.workbook.coverage import table_rows
from auditor.reports.workbook.overview import moment
from auditor.reports.workbook.places import COVERAGE, REQUESTS
from auditor.reports.workbook.requests import CHANGE_COLUMNS, change_rows
from auditor.reports.workbook.requirements import write_requirements
from auditor.reports.workbook.styles import STATES, STATUSES, VERDICTS, Look

ACCOUNTS = "Accounts"
FAILURES = "Failures"
DIFFERENCES = "Sandbox differences"
BACK = Link("← Accounts", f"internal:'{ACCOUNTS}'!A1")
MOST_REQUESTS = 100_000
"""More rows than this no one reads in one place, and the file would grow too large to open; each account's has all."""

_WORST_FIRST = sorted(Severity, key=lambda severity: -severity.rank)
ACCOUNT_COLUMNS = (
    Column("Account", 24, Look.STRONG),
    Column("Verdict", 26, words=VERDICTS),
    *(Column(f"Failed: {severity.value}", 18, Look.NUMBER) for severity in _WORST_FIRST),
    Column("Waived", 12, Look.NUMBER),
    Column("Unknown", 12, Look.NUMBER),
    Column("Passed", 12, Look.NUMBER),
    Column("Roles", 10, Look.NUMBER),
    Column("Tokens", 10, Look.NUMBER),
    Column("Not read in full", 60),
    Column("Read", 26),
    Column("Workbook", 16),
    Column("PDF", 16),
)
COVERAGE_COLUMNS = (
    Column("Account", 24),
    Column("What", 24),
    Column("State", 18, words=STATES),
    Column("Remark", 90),
    Column("Rows", 12, Look.NUMBER),
    Column("Pages", 12, Look.NUMBER),
)
DIFFERENCE_COLUMNS = (
    Column("Sandbox", 24, Look.STRONG),
    Column("Role", 40),
    Column("Status", 14, words=STATUSES),
    Column("What", 70),
    Column("Differences", 90),
    Column("Why, and remarks", 60),
    Column("What to do", 70),
)
FAILURE_COLUMNS = (
    Column("Account", 24, Look.STRONG),
    Column("Cause", 90),
    Column("What to do", 90),
)


class SummaryWorkbook:
    """Writes ``summary.xlsx``: the same bytes for the same run."""

    filename = "summary.xlsx"

    @collector_paused()
    def render(self, run: Run) -> bytes:
        book = Book(run, "Audit of NetSuite accounts", f"{run.expected} accounts")
        _write_accounts(book, run)
        write_requirements(book, run, BACK)
        _write_requests(book, run)
        _write_coverage(book, run)
        _write_differences(book, run)
        _write_failures(book, run)
        return book.finish()


def run_sentence(run: Run) -> str:
    """How many accounts were expected, audited and failed, and when."""
    counts = f"{run.expected:,} expected, {len(run.results):,} audited, {len(run.failures):,} failed"
    replay = f", a replay of run {run.replay_of}" if run.replay_of else ""
    return f"{counts}. Run {run.id} of {moment(run.started)}{replay}, netsuite-auditor {run.tool_version}."


def _write_accounts(book: Book, run: Run) -> None:
    sheet = book.sheet(ACCOUNTS, "#2F4B66")
    sheet.open("NetSuite role and token audit: all accounts", run_sentence(run))
    sheet.write(2, 0, "Verdict of the run", Look.LABEL)
    sheet.write(2, 1, run.verdict.value, Look.STRONG)
    sheet.colour(2, 1, 2, 1, VERDICTS)
    sheet.widen(0, 22)
    sheet.keep_in_view(1)
    rows = [_account_row(result) for result in run.results] + [_failure_row(failure) for failure in run.failures]
    sheet.table("Accounts", ACCOUNT_COLUMNS, rows, "No account was expected.")


def _account_row(result: AccountResult) -> Row:
    counts = Counts.of(result)
    coverages = [result.snapshot.covered(table) for table in Table]
    rows = {each.table: each.rows for each in coverages}
    lacking = "; ".join(f"{each.table.value} {each.state.value}" for each in coverages if not each.complete)
    folder = account_folder(result.account)
    failed: list[Cell] = [counts.failed_by_severity[severity] for severity in _WORST_FIRST]
    return (
        result.account,
        result.verdict.value,
        *failed,
        counts.waived,
        counts.unknown,
        counts.passed,
        rows[Table.ROLES],
        rows[Table.ACCESS_TOKENS],
        lacking or "nothing is lacking",
        moment(result.snapshot.taken),
        Link("changes.xlsx", f"external:{folder}/changes.xlsx"),
        Link("report.pdf", f"external:{folder}/report.pdf"),
    )


def _failure_row(failure: AccountFailure) -> Row:
    empty: list[Cell] = [None] * (len(_WORST_FIRST) + 5)
    reason = f"nothing was read: {failure.cause}"
    return (failure.account, Verdict.NOT_AUDITED.value, *empty, reason, None, None, None)


def _write_requests(book: Book, run: Run) -> None:
    rows: list[Row] = []
    asked = 0
    for result in run.results:
        requests = change_requests(result)
        asked += len(requests)
        rows += change_rows(requests[: MOST_REQUESTS - len(rows)])
    left_out = f" {asked - MOST_REQUESTS:,} more stand in the accounts' own workbooks." * (asked > MOST_REQUESTS)
    sheet = book.sheet(REQUESTS)
    sheet.open(
        "Change requests of all accounts",
        f"To be worked on in each account's own workbook, which has room for owner and decision.{left_out}",
        BACK,
    )
    sheet.keep_in_view(3)
    sheet.table("ChangeRequests", CHANGE_COLUMNS, rows, "Nothing failed: nothing to change.")


def _write_coverage(book: Book, run: Run) -> None:
    sheet = book.sheet(COVERAGE)
    sheet.open("Coverage of all accounts", "What was read of each account, and how that went.", BACK)
    sheet.keep_in_view(1)
    rows: list[Row] = [
        (result.account, what, state, remark, count, pages)
        for result in run.results
        for what, state, remark, count, pages in table_rows(result.snapshot)
    ]
    sheet.table("Coverage", COVERAGE_COLUMNS, rows, "No account was read.")


def _write_differences(book: Book, run: Run) -> None:
    sheet = book.sheet(DIFFERENCES)
    sheet.open(
        "Roles in production and sandbox",
        "The roles that a baseline is held against, where this run audited both accounts. A difference may be meant: "
        "it counts neither for a verdict nor for the exit code.",
        BACK,
    )
    sheet.keep_in_view(2)
    rows: list[Row] = [
        (
            each.account,
            each.subject.name if each.subject.kind is SubjectKind.ROLE else "",
            each.status.value,
            each.title,
            each.actual,
            "\n".join(text for text in (each.reason, *each.notes) if text),
            "\n".join(each.remedy),
        )
        for each in run.differences
    ]
    sheet.table("Differences", DIFFERENCE_COLUMNS, rows, "This run has no production account beside its sandbox.")


def _write_failures(book: Book, run: Run) -> None:
    sheet = book.sheet(FAILURES, "#B3261E" if run.failures else "")
    sheet.open("Accounts that could not be audited", run_sentence(run), BACK)
    sheet.keep_in_view(1)
    rows: list[Row] = [(failure.account, failure.cause, failure.remedy) for failure in run.failures]
    sheet.table("Failures", FAILURE_COLUMNS, rows, "Every expected account was audited.")
