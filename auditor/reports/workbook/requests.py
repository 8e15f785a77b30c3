"""The two sheets an administrator works in: Change requests, and the same changes grouped by permission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from msgspec import structs

from auditor.model import Review, SubjectKind, folded
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Cell, Column, Row
from auditor.reports.workbook.change_requests import ChangeRequest
from auditor.reports.workbook.findings import numbered
from auditor.reports.workbook.places import BACK, BY_PERMISSION, REQUESTS, Places
from auditor.reports.workbook.reviewed import BACK_AGAIN, Reviewed
from auditor.reports.workbook.sheet import Sheet
from auditor.reports.workbook.styles import DECISIONS, LEVELS, SEVERITIES, Look

ASKED_COLUMNS = (
    Column("Account", 16),
    Column("Subject", 10),
    Column("Name", 38),
    Column("Id", 24, Look.ID),
    Column("Sub-tab", 16),
    Column("Permission", 34),
    Column("Permission id", 36, Look.ID),
    Column("From", 9, words=LEVELS),
    Column("To", 9, words=LEVELS),
    Column("Severity", 12, words=SEVERITIES),
    Column("Codes", 16),
    Column("Why", 56),
    Column("What to do", 72),
)
CHANGE_COLUMNS = (*ASKED_COLUMNS, Column("Finding", 20, Look.ID), Column("Also mends", 20))
REVIEW_COLUMNS = (
    Column("Owner", 18, Look.INPUT),
    Column("Decision", 13, Look.INPUT, words=DECISIONS),
    Column("Ticket", 14, Look.INPUT),
    Column("Due", 12, Look.INPUT_DATE),
    Column("Comment", 36, Look.INPUT),
)
CLOSED_COLUMNS = (Column("Found done", 14), Column("Outcome", 34))
_TO_DO = Review(decision="to do")
PERMISSION_COLUMNS = (
    Column("Sub-tab", 16),
    Column("Permission", 38),
    Column("Permission id", 36, Look.ID),
    Column("Set to", 10, words=LEVELS),
    Column("Roles in all", 10, Look.NUMBER),
    Column("Role", 44),
    Column("Role id", 26, Look.ID),
    Column("From", 9, words=LEVELS),
    Column("Severity", 12, words=SEVERITIES),
    Column("Codes", 18),
    Column("Finding", 20, Look.ID),
)


def change_rows(requests: Sequence[ChangeRequest], places: Places | None = None) -> list[Row]:
    """A row for each request, for ``CHANGE_COLUMNS``; with *places* it leads to the finding and the role."""
    return [
        (
            request.account,
            request.kind.value,
            _name(request, places),
            request.id,
            request.subtab,
            request.label,
            request.permission,
            request.from_level.value if request.from_level else None,
            request.to_level.value if request.to_level else None,
            request.severity.value,
            ", ".join(request.codes),
            "\n".join(request.why),
            numbered(request.steps),
            places.finding(request.finding) if places else request.finding,
            "\n".join(request.also),
        )
        for request in requests
    ]


def review_rows(requests: Sequence[ChangeRequest], past: Reviewed, places: Places) -> list[Row]:
    """A row for each request with the reviewer's columns behind it, as they stood in the last workbook."""
    back = [
        structs.replace(request, why=(*request.why, BACK_AGAIN.format(past.reopened[request.finding])))
        if request.finding in past.reopened
        else request
        for request in requests
    ]
    return [
        (*row, *review_cells(past.reviews.get(request.finding, _TO_DO)))
        for request, row in zip(requests, change_rows(back, places), strict=True)
    ]


def review_cells(review: Review) -> Row:
    """The reviewer's columns; a due day is a date again."""
    due: Cell = review.due
    with suppress(ValueError):
        due = date.fromisoformat(review.due)
    return (review.owner, review.decision, review.ticket, due, review.comment)


def permission_rows(requests: Sequence[ChangeRequest], places: Places) -> list[Row]:
    """The level changes again, those of one permission and level one below the other, as a mass update takes them."""
    levels = sorted(
        (request for request in requests if request.sets_level),
        key=lambda request: (
            request.subtab,
            folded(request.label),
            request.permission,
            request.to_level,
            folded(request.name),
            request.key,
        ),
    )
    together = Counter((request.permission, request.to_level) for request in levels)
    return [
        (
            request.subtab,
            request.label,
            request.permission,
            request.to_level.value if request.to_level else None,
            together[request.permission, request.to_level],
            places.role(request.key, request.name),
            request.id,
            request.from_level.value if request.from_level else None,
            request.severity.value,
            ", ".join(request.codes),
            places.finding(request.finding),
        )
        for request in levels
    ]


def write_requests(book: Book, rows: Sequence[Row]) -> None:
    """Writes the Change requests sheet; *rows* are :func:`review_rows`."""
    sheet = book.sheet(REQUESTS, "#8A6D1B")
    sheet.open(
        "Change requests",
        "One row for each change to make in NetSuite. The yellow columns are yours, and are carried from run to run"
        " by the column Finding.",
        BACK,
    )
    sheet.keep_in_view(3)
    first = sheet.row + 1
    written = sheet.table("ChangeRequests", CHANGE_COLUMNS + REVIEW_COLUMNS, rows, "Nothing failed: nothing to change.")
    if written:
        _validate(sheet, first, first + written - 1)


def write_by_permission(book: Book, rows: Sequence[Row]) -> None:
    """Writes the By permission sheet; *rows* are :func:`permission_rows`."""
    sheet = book.sheet(BY_PERMISSION)
    sheet.open(
        "Changes by permission",
        'NetSuite\'s mass update "Add/Edit Permission on Roles" sets one permission on many roles: '
        "filter by permission and level, and choose these roles in it.",
        BACK,
    )
    sheet.keep_in_view(2)
    sheet.table("ByPermission", PERMISSION_COLUMNS, rows, "No permission level has to be changed.")


def _validate(sheet: Sheet, first: int, last: int) -> None:
    decision = len(CHANGE_COLUMNS) + [column.header for column in REVIEW_COLUMNS].index("Decision")
    sheet.page.data_validation(
        first,
        decision,
        last,
        decision,
        {
            "validate": "list",
            "source": list(DECISIONS),
            "error_title": "Decision",
            "error_message": f"Choose one of: {', '.join(DECISIONS)}.",
        },
    )


def _name(request: ChangeRequest, places: Places | None) -> Cell:
    is_role = request.kind is SubjectKind.ROLE
    return places.role(request.key, request.name) if places and is_role else request.name
