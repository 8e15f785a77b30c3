"""The Drift sheet: what changed since the account was read last, what could not be compared, what is resolved."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import AccountResult
from auditor.reports.drift_text import (
    caught_up_sentence,
    changed_at,
    changed_by,
    on_authors,
    part,
    standing,
    unproven_sentence,
)
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Column, Row, Span
from auditor.reports.workbook.inventory import yes_or_no
from auditor.reports.workbook.places import BACK, DRIFT
from auditor.reports.workbook.sheet import Sheet
from auditor.reports.workbook.styles import Look

DRIFT_COLUMNS = (
    Column("Change", 28),
    Column("Subject", 12),
    Column("Name", 44),
    Column("Key", 24, Look.ID),
    Column("Part", 40),
    Column("Part id", 34, Look.ID),
    Column("Before", 44),
    Column("After", 44),
    Column("More access", 14),
    Column("Changed by", 44),
    Column("Changed at", 24),
)
RESOLVED_COLUMNS = (
    Column("How", 28),
    Column("Severity", 12),
    Column("Title", 44),
    Column("Finding", 24, Look.ID),
    Column("Requirement", 40),
    Column("First seen failing", 34),
    Column("Nights", 10, Look.NUMBER_LEFT),
)


def drift_rows(result: AccountResult) -> list[Row]:
    """A row for each change, in the order of their kinds."""
    return [
        (
            change.kind.value,
            change.subject.kind.value,
            change.subject.name,
            change.subject.key,
            part(change),
            change.about,
            change.before,
            change.after,
            yes_or_no(change.kind.widens) if change.kind.of_the_account else "",
            changed_by(change),
            changed_at(change),
        )
        for change in (result.drift.changes if result.drift else ())
    ]


def write_drift(book: Book, result: AccountResult, rows: Sequence[Row]) -> None:
    """Writes the Drift sheet; *rows* are :func:`drift_rows`."""
    sheet = book.sheet(DRIFT)
    sheet.open("Drift", standing(result), BACK)
    sheet.keep_in_view(1)
    sheet.table("Drift", DRIFT_COLUMNS, rows, "No change is told.")
    if result.drift:
        _remarks(sheet, "Changed by and at", "Where it comes from", on_authors(result.drift))
        _remarks(
            sheet, "From further back", "Since when", [caught_up_sentence(each) for each in result.drift.caught_up]
        )
        unproven = [unproven_sentence(each) for each in result.drift.unproven]
        _remarks(sheet, "Not compared", "What is not told as a change", unproven)
    sheet.heading("Resolved since the run before")
    sheet.table("Resolved", RESOLVED_COLUMNS, _resolved_rows(result), "Nothing that failed before is resolved.")


def _remarks(sheet: Sheet, heading: str, label: str, texts: Sequence[str]) -> None:
    """*texts* as lines over the sheet's whole width, if there are any."""
    if texts:
        sheet.heading(heading)
        sheet.block((Span(label, 0, len(DRIFT_COLUMNS) - 1),), [(text,) for text in texts])


def _resolved_rows(result: AccountResult) -> list[Row]:
    return [
        (
            each.how.value,
            each.severity.value,
            each.title,
            each.id,
            each.requirement,
            each.first.replace("T", " ").replace("Z", " UTC"),
            each.nights,
        )
        for each in result.resolved
    ]
