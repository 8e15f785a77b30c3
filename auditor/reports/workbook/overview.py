"""The Summary sheet: verdict, what it rests on, and where to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.model import AccountResult, Carried, Run, Severity, State, Status, Table
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Cell, Row, Span
from auditor.reports.workbook.coverage import covered, table_rows
from auditor.reports.workbook.places import SUMMARY, to_sheet
from auditor.reports.workbook.sheet import Sheet
from auditor.reports.workbook.styles import CONFIDENCES, STATES, VERDICTS, Look

_WIDTHS = (26, 14, 16, 14, 18, 76)
_LAST = len(_WIDTHS) - 1
_INDEX = (Span("Sheet", 0, 0), Span("Rows", 1, 1, Look.NUMBER_LEFT), Span("What it holds", 2, _LAST))
_COUNTS = (
    Span("Severity", 0, 0),
    Span("fail", 1, 1, Look.NUMBER_LEFT),
    Span("unknown", 2, 2, Look.NUMBER_LEFT),
    Span("pass", 3, 3, Look.NUMBER_LEFT),
    Span("not applicable", 4, 4, Look.NUMBER_LEFT),
    Span("waived (among those that fail)", 5, 5, Look.NUMBER_LEFT),
)
_READ = (
    Span("What", 0, 0),
    Span("Rows", 1, 1, Look.NUMBER_LEFT),
    Span("State", 2, 2, words=STATES),
    Span("Remark", 3, _LAST),
)
_AFTER = (
    Span("Vendor", 0, 0),
    Span("Step", 1, 1, Look.NUMBER_LEFT),
    Span("What to do there", 2, _LAST),
)
_BASELINES = (
    Span("Baseline", 0, 0),
    Span("Version", 1, 1),
    Span("How sure", 2, 2, words=CONFIDENCES),
    Span("Read on", 3, 3),
    Span("Title, source, and digest of its file", 4, _LAST),
)


def verdict_sentence(result: AccountResult) -> str:
    """The verdict in a sentence that names what failed and what is missing."""
    parts = [f"{_number(len(result.failed()), 'finding')} of severity {result.scope.fail_on.value} or above"]
    if unknown := len(result.unknown()):
        parts.append(f"{_number(unknown, 'question')} that could not be decided")
    broken = [each for each in result.snapshot.coverage if each.state in (State.PARTIAL, State.FAILED)]
    if waived := len(result.waived()):
        parts.append(f"{_number(waived, 'failed finding')} waived")
    parts += [f"{each.table.value} {each.state.value}" for each in broken]
    return ", ".join(parts) + "."


def write_overview(book: Book, result: AccountResult, run: Run, index: Sequence[tuple[str, int | None, str]]) -> None:
    """Writes the Summary sheet; *index* has name, rows and meaning of each further sheet."""
    snapshot = result.snapshot
    sheet = book.sheet(SUMMARY, "#2F4B66")
    sheet.page.hide_gridlines(2)
    sheet.one_page = True
    sheet.open("NetSuite role and token audit", f"Account {result.account}, read {moment(snapshot.taken)}")
    for column, characters in enumerate(_WIDTHS):
        sheet.widen(column, characters)
    _write_facts(sheet, result, run)
    sheet.heading("In this workbook")
    sheet.block(_INDEX, [(to_sheet(name), rows, text) for name, rows, text in index])
    sheet.heading("Held against")
    sheet.block(_BASELINES, _baseline_rows(result))
    if steps := _after_fix(result):
        sheet.heading("Once the changes are made in NetSuite")
        sheet.block(_AFTER, steps)
    sheet.heading("Findings by severity")
    read = covered(snapshot, Table.ROLES, Table.ROLE_PERMISSIONS, Table.ACCESS_TOKENS)
    sheet.write_over(sheet.row, 0, _LAST, read, Look.NOTE)
    sheet.row += 1
    sheet.block(_COUNTS, _count_rows(result))
    sheet.heading("What was read")
    sheet.block(_READ, [(what, count, state, remark) for what, state, remark, count, _ in table_rows(snapshot)])


def _write_facts(sheet: Sheet, result: AccountResult, run: Run) -> None:
    snapshot = result.snapshot
    verdict = result.verdict.value
    facts: list[tuple[str, Cell, Look]] = [
        ("Verdict", verdict, Look.VERDICT),
        ("That is", verdict_sentence(result), Look.STRONG),
        ("Account", result.account, Look.STRONG),
        ("Read", f"{moment(snapshot.taken)}, from {snapshot.source}: {snapshot.origin}", Look.TEXT),
        ("Run", f"{run.id}, netsuite-auditor {run.tool_version}", Look.TEXT),
    ]
    if run.replay_of:
        facts.append(("Replay", f"This is a replay of run {run.replay_of}: nothing was read again.", Look.STRONG))
    if result.carried:
        facts.append(("Carried over", _carried_sentence(result.carried), Look.TEXT))
    for row, (label, value, look) in enumerate(facts, sheet.row):
        sheet.write(row, 0, label, Look.LABEL)
        sheet.write_over(row, 1, _LAST, value, look)
    sheet.page.set_row(sheet.row, 24)
    sheet.colour(sheet.row, 1, sheet.row, _LAST, VERDICTS)
    sheet.row += len(facts)


def _carried_sentence(carried: Carried) -> str:
    digest = f" (SHA-256 {carried.sha256})" if carried.sha256 else ""
    if carried.problem:
        return f"Nothing: {carried.origin} could not be used, {carried.problem}.{digest}"
    return f"{_number(len(carried.requests), 'change request')} of {carried.origin}{digest}"


def _count_rows(result: AccountResult) -> list[Row]:
    counts = Counter((finding.severity, finding.status) for finding in result.findings)
    shown = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)
    worst_first = sorted(Severity, key=lambda severity: -severity.rank)
    waived = Counter(finding.severity for finding in result.waived())
    return [
        (severity.value, *(counts[severity, status] for status in shown), waived[severity]) for severity in worst_first
    ]


def _baseline_rows(result: AccountResult) -> list[Row]:
    return [
        (
            baseline.id,
            baseline.version,
            baseline.confidence.value,
            baseline.read_on,
            f"{baseline.title}\nSource: {baseline.source}\nSHA-256 {baseline.sha256 or 'not given'}",
        )
        for baseline in result.baselines
    ]


def _after_fix(result: AccountResult) -> list[Row]:
    """What is left to do at the vendors of those baselines that something failed."""
    failed = {finding.baseline for finding in result.findings if finding.status is Status.FAIL}
    return [
        (baseline.vendor, number, step)
        for baseline in result.baselines
        if baseline.id in failed
        for number, step in enumerate(baseline.after_fix, 1)
    ]


def moment(text: str) -> str:
    """A UTC time as people read it."""
    return text.replace("T", " ").replace("Z", " UTC")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
