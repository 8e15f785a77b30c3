"""Faults that touch rows: in the page that is about to be sent, or in the tables before a query runs."""

from __future__ import annotations

from collections.abc import Collection

from auditor.simulator import answers
from auditor.simulator.answers import Answer
from auditor.simulator.faults import Endpoint, Fault, FaultKind, Malformed
from auditor.simulator.pages import Item, Page
from auditor.simulator.schema import TABLES, ColumnKind
from auditor.simulator.store import Row, Store, Value

CHANGING_PAGES = (
    FaultKind.ROWS_REPEATED,
    FaultKind.ROWS_LOST,
    FaultKind.EMPTY_PAGES,
    FaultKind.WITHOUT_TOTAL,
)
_MALFORMED = {
    Malformed.OTHER_JSON: b'{"message":"Service temporarily degraded","success":false}',
    Malformed.LIST: b"[]",
    Malformed.HTML: b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Please wait.</body></html>",
    Malformed.BROKEN_JSON: b'{"links":[],"count":1,"hasMore":false,"items":[{"links":[],"id":"1',
    Malformed.EMPTY: b"",
}


def malformed(shape: Malformed) -> Answer:
    """200 with a body that is not a page."""
    kind = "text/html; charset=UTF-8" if shape is Malformed.HTML else "application/json"
    return Answer(200, _MALFORMED[shape], {"Content-Type": kind})


def refusal(fault: Fault, number: int) -> Answer:
    """The answer that a refusing *fault* gives in the place of a page; *number* differs each time."""
    if fault.kind is FaultKind.TOO_MANY_REQUESTS:
        return answers.too_many_requests(fault.retry_after)
    if fault.kind is FaultKind.SERVER_ERROR:
        return answers.unexpected_error(number)
    if fault.kind is FaultKind.FORBIDDEN:
        return answers.permission_violation("Reports -> SuiteAnalytics Workbook")
    return malformed(fault.shape)


class Neighbours:
    """Remembers the last row of a page that another follows, so that it can come again on that one."""

    def __init__(self) -> None:
        self._last: dict[frozenset[str], Item] = {}

    def apply(self, faults: Collection[Fault], page: Page, tables: frozenset[str], now: float) -> list[Fault]:
        """Change *page* as *faults* say; gives those that struck."""
        struck = []
        for fault in faults:
            follows = fault.kind is not FaultKind.ROWS_REPEATED or tables in self._last
            if follows and fault.strikes(now, Endpoint.QUERY, tables):
                self._change(fault, page, tables)
                struck.append(fault)
        if page.items and page.has_more:
            self._last[tables] = page.items[-1]
        else:
            self._last.pop(tables, None)
        return struck

    def _change(self, fault: Fault, page: Page, tables: frozenset[str]) -> None:
        if fault.kind is FaultKind.EMPTY_PAGES:
            page.items, page.has_more = [], True
        elif fault.kind is FaultKind.WITHOUT_TOTAL:
            page.total = None
        elif fault.kind is FaultKind.ROWS_LOST:
            page.items = page.items[1:]
        else:
            page.items = [self._last[tables], *page.items][: page.limit]


def change_tables(fault: Fault, store: Store) -> None:
    """Let the row appear or disappear that *fault* is about."""
    table = fault.table or ""
    last = _last_row(store, table)
    if fault.kind is FaultKind.ROW_APPEARS:
        if fault.row is not None:
            store.insert(table, [fault.row])
        elif last:
            store.insert(table, [last | _next_key(table, last, fault.struck)])
    elif last:
        store.delete(table, {column: last[column] for column in TABLES[table].key or last})


def _last_row(store: Store, table: str) -> dict[str, Value] | None:
    rows = store.rows(table)
    return dict(rows[-1]) if rows else None


def _next_key(table: str, row: Row, number: int) -> dict[str, Value]:
    """A key that sorts after *row*'s, so that a reader who goes by key meets it."""
    schema = TABLES[table]
    if not schema.key:
        return {}
    column = schema.columns[schema.key[-1]]
    value = row[column.name]
    if column.kind is ColumnKind.INTEGER and isinstance(value, int):
        return {column.name: value + 1}
    return {column.name: f"{value}_{number}"}
