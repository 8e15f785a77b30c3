"""The Requirements sheet of the run: which requirement each account meets, by the worst of its findings."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.model import Finding, Run, Status, Verdict
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Link
from auditor.reports.workbook.findings import words
from auditor.reports.workbook.styles import STATUSES, Look

REQUIREMENTS = "Requirements"
NOT_JUDGED = "not judged"
MOST_ACCOUNTS = 16_000
"""What fits on a sheet beside the leading columns; Excel has 16,384 columns."""
_HEADER = 3
_LEAD = (("Check", 20), ("Requirement", 46), ("Permission", 34), ("Asked", 12))
_BEST_FIRST = (Status.NOT_APPLICABLE, Status.PASS, Status.UNKNOWN, Status.FAIL)


class RequirementRow(Struct, frozen=True, kw_only=True):
    """A requirement, and a word for each account: the worst status of its findings."""

    check: str
    requirement: str
    permission: str
    asked: str
    words: tuple[str, ...]


def requirement_rows(run: Run) -> tuple[RequirementRow, ...]:
    """By check and requirement, a word for each result and then for each failure of the run."""
    first: dict[tuple[str, str], Finding] = {}
    worst: dict[tuple[str, str], bytearray] = {}  # a byte for each account: what fits on one sheet fits in memory
    audited = len(run.results)
    for column, result in enumerate(run.results):
        for finding in result.findings:
            place = finding.check, finding.requirement
            first.setdefault(place, finding)
            row = worst.setdefault(place, bytearray(audited))
            row[column] = max(row[column], _BEST_FIRST.index(finding.status) + 1)
    names = [NOT_JUDGED, *(words(status.value) for status in _BEST_FIRST)]
    return tuple(
        _row(first[place], [*(names[rank] for rank in ranks), *[Verdict.NOT_AUDITED.value] * len(run.failures)])
        for place, ranks in sorted(worst.items())
    )


def write_requirements(book: Book, run: Run, back: Link) -> None:
    """Writes the sheet. Accounts are columns, so that it is no Excel table: it has no fixed headers."""
    sheet = book.sheet(REQUIREMENTS)
    accounts = [result.account for result in run.results] + [failure.account for failure in run.failures]
    left_out = f" {len(accounts) - MOST_ACCOUNTS:,} accounts are left out." * (len(accounts) > MOST_ACCOUNTS)
    sheet.open(
        "Requirements and accounts",
        f"The worst status of all roles and tokens that a requirement was held against.{left_out}",
        back,
    )
    accounts = accounts[:MOST_ACCOUNTS]
    sheet.keep_in_view(len(_LEAD))
    for column, (text, characters) in enumerate(_LEAD):
        sheet.write(_HEADER, column, text, Look.HEADER)
        sheet.widen(column, characters)
    for column, account in enumerate(accounts, len(_LEAD)):
        sheet.write(_HEADER, column, account, Look.HEADER)
        sheet.widen(column, 18)
    sheet.page.set_row(_HEADER, 32)
    rows = requirement_rows(run)
    for number, row in enumerate(rows, _HEADER + 1):
        texts = (row.check, row.requirement, row.permission, row.asked)
        for column, (text, (_, characters)) in enumerate(zip(texts, _LEAD, strict=True)):
            sheet.write(number, column, text, Look.TEXT)
            sheet.fit(number, text, characters)
        for column, word in enumerate(row.words[: len(accounts)], len(_LEAD)):
            sheet.write(number, column, word, Look.LEVEL)
    if rows:
        last_column = len(_LEAD) + len(accounts) - 1
        sheet.colour(_HEADER + 1, len(_LEAD), _HEADER + len(rows), last_column, STATUSES)
        sheet.page.autofilter(_HEADER, 0, _HEADER + len(rows), last_column)
    else:
        sheet.write(_HEADER + 1, 0, "Nothing was judged.", Look.NOTE)


def _row(finding: Finding, found: Iterable[str]) -> RequirementRow:
    return RequirementRow(
        check=finding.check,
        requirement=finding.requirement,
        permission=finding.permission_label,
        asked=finding.expected_level.value if finding.expected_level else "",
        words=tuple(found),
    )
