"""The Token verdicts sheet: each token's chain, the causes that hold, every level that it really has, and its fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.model import Status, TokenVerdict, folded
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Cell, Column, Row
from auditor.reports.workbook.findings import WORST_FIRST, numbered, words
from auditor.reports.workbook.places import BACK, VERDICTS, Places
from auditor.reports.workbook.styles import STATUSES, Look

VERDICT_COLUMNS = (
    Column("Token", 44),
    Column("Id", 20, Look.ID),
    Column("Baseline", 26),
    Column("User", 26),
    Column("Role", 32),
    Column("Role id", 20, Look.ID),
    Column("Part", 12),
    Column("What", 52),
    Column("Status", 16, words=STATUSES),
    Column("Asked", 34),
    Column("Actual", 34),
    Column("Level comes from", 20),
    Column("Codes", 24),
    Column("Finding", 20, Look.ID),
    Column("Because, or fix", 72),
)


def verdict_rows(tokens: Sequence[TokenVerdict], places: Places) -> list[Row]:
    """The rows of every judged token, the worst first: link by link, cause by cause, level by level, then the fix."""
    judged = sorted(
        (token for token in tokens if token.links),
        key=lambda token: (
            WORST_FIRST.index(token.status),
            token.baseline,
            folded(token.application),
            folded(token.name),
            token.token,
        ),
    )
    return [(*_head(token), *row) for token in judged for row in _rows(token, places)]


def write_verdicts(book: Book, rows: Sequence[Row]) -> None:
    """Writes the sheet; *rows* are :func:`verdict_rows`."""
    sheet = book.sheet(VERDICTS)
    sheet.open(
        "Token verdicts",
        "From each token of an audited application to its levels. A cause that fails is one that holds.",
        BACK,
    )
    sheet.keep_in_view(1)
    sheet.table("TokenVerdicts", VERDICT_COLUMNS, rows, "No access token of an audited application was found.")


def _head(token: TokenVerdict) -> Row:
    return (token.name, token.token, token.baseline, token.user, token.role, token.role_id)


def _rows(token: TokenVerdict, places: Places) -> Iterator[Row]:
    for link in token.links:
        finding: Cell = places.finding(link.finding)
        what = link.requirement.replace("-", " ")
        yield ("link", what, words(link.status.value), link.expected, link.actual, None, None, finding, None)
    for cause in token.checked:
        yield ("cause", cause.text, words(cause.status.value), None, None, None, None, None, cause.because)
    for level in token.levels:
        yield (
            "level",
            f"{level.label} ({level.subtab})",
            words(level.status.value),
            level.asked.value,
            level.held.value if level.held else "not known",
            level.source.value if level.source else None,
            ", ".join(level.codes),
            None,
            None,
        )
    if token.status is Status.FAIL:
        codes = ", ".join(token.codes)
        yield ("fix", "All that has to be done, in order", None, None, None, None, codes, None, numbered(token.steps))
