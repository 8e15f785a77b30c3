"""A preflight as a workbook: what to mend, most lines first; then every line that needs a look; then the coverage."""

from __future__ import annotations

from collections import Counter

from auditor.model import ExpenseLine, JudgedLine, Objection, Preflight, Run, Taking
from auditor.reports.workbook.book import Book, collector_paused
from auditor.reports.workbook.cells import Cell, Column, Row
from auditor.reports.workbook.overview import moment
from auditor.reports.workbook.styles import STATES, STATUSES, Look, Words

TAKINGS: Words = {
    Taking.REFUSED.value: STATUSES["fail"],
    Taking.UNKNOWN.value: STATUSES["unknown"],
    Taking.TAKEN.value: STATUSES["pass"],
}
CAUSES = (
    Column("Lines", 9, Look.NUMBER),
    Column("Verdict", 10, words=TAKINGS),
    Column("About", 12),
    Column("Why", 70),
    Column("Codes", 12),
    Column("What to do", 60),
)
LINES = (
    Column("Line", 8, Look.NUMBER),
    Column("Verdict", 10, words=TAKINGS),
    Column("Reference", 16),
    Column("Employee", 34),
    Column("Subsidiary", 20),
    Column("Class", 26),
    Column("Department", 24),
    Column("Location", 20),
    Column("Project", 20),
    Column("Why", 70),
    Column("Codes", 12),
    Column("What to do", 60),
)
COVERAGE = (
    Column("What", 22),
    Column("State", 14, words=STATES),
    Column("Rows", 10, Look.NUMBER),
    Column("Remark", 90),
)
_MOST_NOTES = 50


def render(preflight: Preflight, run: Run) -> bytes:
    """The workbook's bytes; the same for the same preflight and run."""
    with collector_paused():
        book = Book(run, f"Preflight of {preflight.file}", f"Account {preflight.account}, {preflight.file}")
        _overview(book, preflight)
        _lines(book, preflight)
        _coverage(book, preflight)
        return book.finish()


def _overview(book: Book, preflight: Preflight) -> None:
    sheet = book.sheet("To mend")
    counts = preflight.counted()
    numbers = f"{counts[Taking.REFUSED]:,} refused, {counts[Taking.UNKNOWN]:,} unknown, {counts[Taking.TAKEN]:,} taken"
    sheet.open(
        f"Would NetSuite take these lines? {numbers}",
        f"{preflight.file} against account {preflight.account} as it stood on {moment(preflight.taken)}. Nothing was "
        "written to NetSuite, and nothing of this was tried on a live account.",
    )
    objections: Counter[Objection] = Counter()
    for each in preflight.lines:
        objections.update(each.objections)
    rank = {Taking.REFUSED: 0, Taking.UNKNOWN: 1, Taking.TAKEN: 2}
    ordered = sorted(objections.items(), key=lambda pair: (rank[pair[0].taking], -pair[1], pair[0].about, pair[0].text))
    rows: list[Row] = [
        (number, _word(each), each.about, each.text, "\n".join(each.codes), each.fix) for each, number in ordered
    ]
    sheet.keep_in_view(0)
    sheet.table("ToMend", CAUSES, rows, "Nothing is said against any line.")
    sheet.heading("True of every line")
    for text in (*preflight.unread[:_MOST_NOTES], *preflight.notes):
        sheet.write_over(sheet.row, 0, len(CAUSES) - 1, text, Look.TEXT)
        sheet.row += 1
    if len(preflight.unread) > _MOST_NOTES:
        sheet.write(sheet.row, 0, f"{len(preflight.unread) - _MOST_NOTES:,} more lines were not read.", Look.STRONG)


def _lines(book: Book, preflight: Preflight) -> None:
    """Lines that are taken without a remark are counted, not listed: preflight.json has every one."""
    sheet = book.sheet("Lines")
    listed = [each for each in preflight.lines if each.objections]
    left_out = len(preflight.lines) - len(listed)
    sheet.open(
        "Line by line",
        f"Lines of which something is to be said. {left_out:,} more lines are taken as they are, and not listed.",
    )
    sheet.keep_in_view(2)
    sheet.table("Lines", LINES, [_line_row(each) for each in listed], "Nothing is said against any line.")


def _line_row(judged: JudgedLine) -> Row:
    line: ExpenseLine = judged.line
    said = judged.objections
    cells: list[Cell] = [
        line.line,
        judged.taking.value,
        line.reference,
        line.employee or _id(line.employee_id),
        line.subsidiary or _id(line.subsidiary_id),
        line.class_ or _id(line.class_id),
        line.department or _id(line.department_id),
        line.location or _id(line.location_id),
        line.project or _id(line.project_id),
        "\n".join(each.text for each in said),
        "\n".join(dict.fromkeys(code for each in said for code in each.codes)),
        "\n".join(dict.fromkeys(each.fix for each in said if each.fix)),
    ]
    return tuple(cells)


def _word(objection: Objection) -> str:
    return "remark" if objection.taking is Taking.TAKEN else objection.taking.value


def _id(text: str) -> str:
    return f"id {text}" if text else ""


def _coverage(book: Book, preflight: Preflight) -> None:
    sheet = book.sheet("Coverage")
    sheet.open("Coverage", "What was read of the account. A table that was not read in full proves no absence.")
    rows: list[Row] = [(each.table.value, each.state.value, each.rows, each.detail) for each in preflight.coverage]
    sheet.table("Coverage", COVERAGE, rows, "")
