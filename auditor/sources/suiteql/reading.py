"""Reads one table and says how whole the read is: rows against two counts, pages, columns, and what went wrong."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from auditor.errors import SourceError
from auditor.sources.suiteql.client import Client
from auditor.sources.suiteql.faults import MalformedAnswerError, QueryRefusedError, StoppedError, UnknownColumnError
from auditor.sources.suiteql.pages import Page, PageDecoder, Row
from auditor.sources.suiteql.query import Query
from auditor.sources.suiteql.retry import Clock
from auditor.sources.suiteql.walk import Walk

log = logging.getLogger("auditor.sources.suiteql")
T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Told after each page: NetSuite's name of the table, pages so far, rows so far."""

READS = 2
"""A table that changed while it was read is read once more; if it changes again, it is called partial."""


class Reading(Struct, Generic[T], kw_only=True):
    """What one table gave. ``records`` are what was made of its rows."""

    query: Query
    records: list[T]
    rows: int = 0
    sql: str = ""
    pages: int = 0
    counted_before: int | None = None
    counted_after: int | None = None
    dropped: tuple[str, ...] = ()
    """NetSuite's names of the columns that it did not know."""
    lost: tuple[str, ...] = ()
    """The row's names of them."""
    missing: dict[str, int] = {}
    """How many rows lack a column that every row has."""
    absent: tuple[str, ...] = ()
    """Columns that no row has although at least one must."""
    repeated: int = 0
    disorder: str = ""
    problem: SourceError | None = None
    """Why the read broke off, or never began."""
    started: str = ""
    finished: str = ""

    @property
    def steady(self) -> bool:
        """The account did not change under the read, as far as counts and order can tell."""
        agreed = self.counted_before == self.counted_after == self.rows
        return agreed and not self.repeated and not self.disorder


class TableReader:
    """Reads tables of one account."""

    def __init__(self, client: Client, clock: Clock, account: str, progress: Progress | None) -> None:
        self._client = client
        self._clock = clock
        self._account = account
        self._progress = progress

    def read(self, query: Query, convert: Callable[[Any], T]) -> Reading[T]:
        """All rows of *query*, each made a record by *convert*. Failures are in the reading, not raised.

        Raises:
            StoppedError: the run is to end.
        """
        return self.read_pages(query, lambda rows: list(map(convert, rows)))

    def read_pages(self, query: Query, convert: Callable[[list[Any]], list[T]]) -> Reading[T]:
        """As ``read``, for a table so large that *convert* takes the rows of a page in one go."""
        started, since = self._clock.timestamp(), self._clock.monotonic()
        reading: Reading[T] = Reading(query=query, records=[])
        dropped: list[str] = []
        reads = 0
        while reads < READS:
            reading = self._pass(query, convert, dropped)
            if isinstance(reading.problem, UnknownColumnError) and self._drop(query, reading.problem, dropped):
                continue
            reads += 1
            if reading.problem or reading.steady or reading.counted_before is None:
                break
        reading.started, reading.finished = started, self._clock.timestamp()
        reading.dropped = tuple(sorted(dropped))
        log.info(
            "table not read whole" if reading.problem else "table read",
            extra={
                "account": self._account,
                "table": query.source,
                "page": reading.pages,
                "rows": reading.rows,
                "attempt": reads,
                "seconds": round(self._clock.monotonic() - since, 3),
                "fault": type(reading.problem).__name__ if reading.problem else "",
            },
        )
        return reading

    def glance(self, query: Query, convert: Callable[[Any], T], after: int | None = None) -> Reading[T]:
        """How many rows *query* has, and those of its first page beyond *after*: two answers, no more.

        The reading says nothing of how whole the table is. Failures are in it, not raised.

        Raises:
            StoppedError: the run is to end.
        """
        dropped: list[str] = []
        while True:
            reading = self._first_page(query, convert, after, dropped)
            if not isinstance(reading.problem, UnknownColumnError) or not self._drop(query, reading.problem, dropped):
                reading.dropped = tuple(sorted(dropped))
                return reading

    def _first_page(
        self, query: Query, convert: Callable[[Any], T], after: int | None, dropped: list[str]
    ) -> Reading[T]:
        lost = {column for identifier in dropped for column in query.reading(identifier)}
        sql = query.select(lost, after)
        reading: Reading[T] = Reading(query=query, records=[], sql=sql, lost=tuple(sorted(lost)))
        decoder: PageDecoder[Row] = PageDecoder(query.row, query.key[0] if query.numeric else None)
        try:
            reading.counted_before = self._count(query)
            page = self._client.ask(sql, decoder.decode, table=query.source, page=1)
        except StoppedError:
            raise
        except SourceError as fault:
            reading.problem = fault
        else:
            reading.records.extend(map(convert, page.rows))
            reading.rows, reading.pages = len(page.rows), 1
        return reading

    def _drop(self, query: Query, fault: UnknownColumnError, dropped: list[str]) -> bool:
        """Whether the query can go on without the column; then it is in *dropped*."""
        columns = query.reading(fault.column)
        if not columns or fault.column in dropped or set(columns) & set(query.key):
            return False
        dropped.append(fault.column)
        return True

    def _pass(self, query: Query, convert: Callable[[list[Any]], list[T]], dropped: list[str]) -> Reading[T]:
        """One read from the first row to the last, between two counts."""
        lost = {column for identifier in dropped for column in query.reading(identifier)}
        reading: Reading[T] = Reading(query=query, records=[], sql=query.select(lost), lost=tuple(sorted(lost)))
        try:
            reading.counted_before = self._count(query)
            self._rows(query, lost, convert, reading)
            reading.counted_after = self._count(query)
        except StoppedError:
            raise
        except SourceError as fault:
            reading.problem = fault
        return reading

    def walk(self, query: Query, lost: Collection[str] = ()) -> Walk[Row]:
        """The pages of *query* without the columns *lost*, asked for one by one; nothing of them is kept."""
        needed = () if set(query.needed) & set(lost) else query.needed
        decoder: PageDecoder[Row] = PageDecoder(query.row, query.key[0] if query.numeric else None, needed, query.few)

        def fetch(after: int | None, offset: int) -> Page[Row]:
            sql = query.select(lost, after)
            return self._page(query, sql, decoder, offset, walk.pages + 1)

        walk: Walk[Row] = Walk(
            fetch,
            attrgetter(*query.key),
            led=query.numeric,
            unique=len(query.key) == 1,
            within=attrgetter(query.key[-1]),
        )
        return walk

    def _page(self, query: Query, sql: str, decoder: PageDecoder[Row], offset: int, number: int) -> Page[Row]:
        since = self._clock.monotonic()
        page = self._client.ask(sql, decoder.decode, offset=offset, table=query.source, page=number)
        log.debug(
            "page read",
            extra={
                "account": self._account,
                "table": query.source,
                "page": number,
                "rows": len(page.rows),
                "seconds": round(self._clock.monotonic() - since, 3),
            },
        )
        return page

    def _rows(self, query: Query, lost: set[str], convert: Callable[[list[Any]], list[T]], reading: Reading[T]) -> None:
        walk = self.walk(query, lost)
        missing: Counter[str] = Counter()
        found: set[str] = set()
        try:
            for rows in walk:
                reading.pages = walk.pages
                if not walk.whole:
                    missing.update(_missing(query, rows))
                found.update(name for name in query.somewhere if any(getattr(row, name) is not None for row in rows))
                reading.records += convert(rows)
                reading.rows = len(reading.records)
                if self._progress:
                    self._progress(query.source, walk.pages, reading.rows)
        finally:
            reading.pages = walk.pages
            reading.missing = dict(sorted(missing.items()))
            reading.absent = tuple(name for name in query.somewhere if name not in found)
            reading.repeated, reading.disorder = walk.repeated, walk.disorder

    def _count(self, query: Query) -> int | None:
        """How many rows NetSuite counts; None if it counts none in this table."""
        try:
            counted = self._client.ask(query.count(), _counted, table=query.source)
        except QueryRefusedError:
            return None
        log.debug("rows counted", extra={"account": self._account, "table": query.source, "rows": counted})
        return counted


def _missing(query: Query, rows: list[Row]) -> Counter[str]:
    """How many of *rows* lack each of the columns that every row has."""
    lacking: Counter[str] = Counter()
    for name in query.needed:
        if None in map(attrgetter(name), rows):
            lacking[name] = sum(
                getattr(row, name) is None and not (query.ended and getattr(row, query.ended) == "T") for row in rows
            )
    return +lacking


class _Counted(Struct):
    items: list[dict[str, Any]]


def _counted(body: bytes) -> int:
    """The one number in the answer to a COUNT; its column's name may come in any case."""
    try:
        items = msgspec.json.decode(body, type=_Counted).items
        (value,) = (value for name, value in items[0].items() if name.lower() == "counted")
        return int(value)
    except (msgspec.DecodeError, UnicodeDecodeError, IndexError, TypeError, ValueError):
        raise MalformedAnswerError("NetSuite answered 200 to a count, and not with a number.") from None
