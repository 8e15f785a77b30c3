"""The sheets On hold and Done: change requests of the last workbook that tonight's audit does not ask for."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import EarlierRequest
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Row
from auditor.reports.workbook.places import BACK, DONE, ON_HOLD, Places
from auditor.reports.workbook.requests import (
    ASKED_COLUMNS,
    CHANGE_COLUMNS,
    CLOSED_COLUMNS,
    REVIEW_COLUMNS,
    review_cells,
)
from auditor.reports.workbook.reviewed import KEPT_DAYS

_COLUMNS = (*CLOSED_COLUMNS, *CHANGE_COLUMNS, *REVIEW_COLUMNS)


def closed_rows(requests: Sequence[EarlierRequest], places: Places) -> list[Row]:
    """A row for each request; its finding's id leads to the finding where there still is one."""
    missing = ("",) * len(ASKED_COLUMNS)
    return [
        (
            request.closed,
            request.outcome,
            *(*request.cells, *missing)[: len(ASKED_COLUMNS)],
            places.finding(request.finding),
            "\n".join(request.also),
            *review_cells(request.review),
        )
        for request in requests
    ]


def write_on_hold(book: Book, rows: Sequence[Row]) -> None:
    """Writes the On hold sheet; *rows* are :func:`closed_rows`."""
    sheet = book.sheet(ON_HOLD)
    sheet.open(
        "On hold",
        "Change requests of the last workbook of which nothing tonight shows whether they are done: Outcome says why.",
        BACK,
    )
    sheet.keep_in_view(2)
    sheet.table("OnHold", _COLUMNS, rows, "No earlier change request is left undecided.")


def write_done(book: Book, rows: Sequence[Row]) -> None:
    """Writes the Done sheet; *rows* are :func:`closed_rows`."""
    sheet = book.sheet(DONE, "#3C7A45")
    sheet.open(
        "Done",
        f"Earlier change requests that the audit found done, newest first. They stay for {KEPT_DAYS} days.",
        BACK,
    )
    sheet.keep_in_view(2)
    sheet.table("Done", _COLUMNS, rows, "No earlier change request was found done.")
