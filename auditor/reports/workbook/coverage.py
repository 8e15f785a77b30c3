"""The Coverage sheet: what was read, from where, what went wrong, and what nobody could read or judge."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import AccountResult, Baseline, Coverage, Snapshot, Table
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Column, Row, Span
from auditor.reports.workbook.places import BACK, COVERAGE
from auditor.reports.workbook.styles import STATES, Look

TABLE_COLUMNS = (
    Column("What", 26),
    Column("State", 30, words=STATES),
    Column("Remark", 90),
    Column("Rows", 12, Look.NUMBER),
    Column("Pages", 36, Look.NUMBER_LEFT),
)
ORIGIN_COLUMNS = (
    Column("What", 26),
    Column("Problem", 30),
    Column("File or query", 90),
    Column("Rows", 12, Look.NUMBER),
    Column("SHA-256", 36, Look.ID),
)
NOTE_COLUMNS = (Column("What", 26), Column("Subject", 30), Column("Note", 90))
NOT_JUDGED_COLUMNS = (
    Column("Baseline", 26),
    Column("Asked for", 30),
    Column("Why it is not judged", 90),
)
SCOPE_COLUMNS = (Column("What", 26), Column("Name", 30), Column("As given", 90))


def covered(snapshot: Snapshot, *tables: Table) -> str:
    """How whole the named tables are, in words: no number stands without it."""
    coverages = [snapshot.covered(table) for table in tables]
    return "Read: " + ", ".join(f"{each.rows:,} {each.table.value} ({each.state.value})" for each in coverages) + "."


def table_rows(snapshot: Snapshot) -> list[Row]:
    """A row for each table, those that the source never spoke of too."""
    coverages = [snapshot.covered(table) for table in Table]
    return [(each.table.value, each.state.value, _remark(each), each.rows, each.pages or None) for each in coverages]


def write_coverage(book: Book, result: AccountResult) -> None:
    """Writes the Coverage sheet."""
    snapshot = result.snapshot
    sheet = book.sheet(COVERAGE)
    sheet.open(
        "Coverage",
        "What the conclusions rest on. Where a table was not read in full, nothing is concluded from what it lacks.",
        BACK,
    )
    sheet.page.freeze_panes(sheet.row, 0)
    for index, column in enumerate(TABLE_COLUMNS):
        sheet.widen(index, column.widest)
    sheet.table("Coverage", TABLE_COLUMNS, table_rows(snapshot), "")
    sheet.heading("Files and queries")
    sheet.table("Origins", ORIGIN_COLUMNS, _origin_rows(snapshot), "No file and no query is named.")
    sheet.heading("Not collected")
    what = Span("What this way of reading can never give, and where to look instead", 0, len(TABLE_COLUMNS) - 1)
    sheet.block([what], [(text,) for text in snapshot.not_collected or ("Nothing is known to be missing.",)])
    sheet.heading("Rows of the baselines that are not judged")
    sheet.table("NotJudged", NOT_JUDGED_COLUMNS, _not_judged_rows(result.baselines), "Every row is judged.")
    sheet.heading("What the user stated")
    sheet.table("Scope", SCOPE_COLUMNS, _scope_rows(result), "Nothing.")
    sheet.heading("Odd rows, kept as they stood")
    notes: list[Row] = [(note.table.value, note.subject, note.text) for note in snapshot.notes]
    sheet.table("Notes", NOTE_COLUMNS, notes, "None.")


def _origin_rows(snapshot: Snapshot) -> list[Row]:
    return [
        (coverage.table.value, origin.problem, origin.name, origin.rows, origin.sha256)
        for coverage in snapshot.coverage
        for origin in coverage.origins
    ]


def _not_judged_rows(baselines: Sequence[Baseline]) -> list[Row]:
    return [
        (baseline.id, f"{row.label}: {row.level}" if row.level else row.label, row.reason)
        for baseline in baselines
        for row in baseline.not_judged
    ]


def _scope_rows(result: AccountResult) -> list[Row]:
    scope, waivers = result.scope, result.waivers
    rows: list[Row] = [("counts as a failure from", "severity", scope.fail_on.value)]
    rows += [("assumed", key, "yes" if value else "no") for key, value in sorted(scope.assumptions.items())]
    rows += [("expected", key, value) for key, value in sorted(scope.expected.items())]
    rows += [("check switched off", check, "Its findings are not in this workbook.") for check in scope.skipped_checks]
    if waivers.text:
        rows.append(("waivers", waivers.file, f"{len(waivers.entries)} entries, SHA-256 {waivers.sha256}"))
    rows += [("last sync", scope.last_sync, "as the user says")] if scope.last_sync else []
    return rows + [("role to judge", role, "named by the user") for role in scope.roles]


def _remark(coverage: Coverage) -> str:
    parts = [coverage.detail] if coverage.detail else []
    if coverage.counted_before is not None or coverage.counted_after is not None:
        parts.append(f"Counted {coverage.counted_before} before and {coverage.counted_after} after the read.")
    if coverage.columns_dropped:
        parts.append(f"Columns that the account does not show: {', '.join(coverage.columns_dropped)}.")
    parts += [f"{canary.what}: {'found' if canary.found else 'NOT found'}." for canary in coverage.canaries]
    return "\n".join(parts)
