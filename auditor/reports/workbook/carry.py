"""Reads the change requests of an earlier ``changes.xlsx``, as people left it: sorted, filtered, with columns added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.model import Carried, EarlierRequest, Review
from auditor.reports.workbook.places import DONE, ON_HOLD, REQUESTS
from auditor.reports.workbook.requests import ASKED_COLUMNS, CLOSED_COLUMNS, REVIEW_COLUMNS

ReadSheet = tuple[str, Sequence[Sequence[str]]]
"""A sheet's name, and the texts of its rows from top to bottom."""

SHEETS = (REQUESTS, ON_HOLD, DONE)
"""The sheets that hold requests, the one that counts first before the others."""

_FINDING, _ALSO, _ACCOUNT = "Finding", "Also mends", "Account"
_ASKED = [column.header for column in ASKED_COLUMNS]
_REVIEW = [column.header for column in REVIEW_COLUMNS]
_CLOSED = [column.header for column in CLOSED_COLUMNS]


def read_earlier(sheets: Iterable[ReadSheet], account: str, origin: str, sha256: str) -> Carried:
    """The requests in *sheets*, a workbook of *account* that *origin* names to the user.

    Columns are found by their headers, wherever they were moved to; rows without a finding's id are passed over, and
    of two rows with one id the first counts. A workbook of another account, or of none, gives a problem.
    """
    given = dict(sheets)
    if REQUESTS not in given:
        return Carried(origin=origin, sha256=sha256, problem=f"it has no sheet '{REQUESTS}'")
    requests: dict[str, EarlierRequest] = {}
    for name in SHEETS:
        rows = given.get(name, ())
        header = _header(rows)
        if header is None:
            if name == REQUESTS:
                problem = f"its sheet '{REQUESTS}' has no row with the headers {_FINDING} and {', '.join(_REVIEW)}"
                return Carried(origin=origin, sha256=sha256, problem=problem)
            continue
        for request in _requests(rows[header:]):
            requests.setdefault(request.finding, request)
    others = {request.cells[0] for request in requests.values()} - {account}
    if others:
        return Carried(origin=origin, sha256=sha256, problem=f"it is of account {min(others) or '(none)'}")
    return Carried(origin=origin, sha256=sha256, requests=tuple(requests.values()))


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    """The row that holds the headers, which the title stands above of."""
    for number, row in enumerate(rows):
        if {_FINDING, _ACCOUNT, *_REVIEW} <= set(row):
            return number
    return None


def _requests(rows: Sequence[Sequence[str]]) -> Iterator[EarlierRequest]:
    columns: dict[str, int] = {}
    for column, header in enumerate(rows[0]):
        columns.setdefault(header, column)
    for row in rows[1:]:
        cells = {header: row[column] if column < len(row) else "" for header, column in columns.items()}
        if cells[_FINDING]:
            owner, decision, ticket, due, comment = (cells.get(header, "") for header in _REVIEW)
            closed, outcome = (cells.get(header, "") for header in _CLOSED)
            yield EarlierRequest(
                finding=cells[_FINDING],
                also=tuple(cells.get(_ALSO, "").split()),
                cells=tuple(cells.get(header, "") for header in _ASKED),
                review=Review(owner=owner, decision=decision, ticket=ticket, due=due, comment=comment),
                closed=closed,
                outcome=outcome,
            )
