"""Walks through the pages of a query by key.

A query is ordered by a unique key whose first column is a whole number, and each page asks for what lies beyond the
last key seen: so rows that come or go while the account is read shift nothing, and there is no limit of 100,000 rows.
Without such an order pages lose and repeat rows (seen in production by one source).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Generic, TypeVar

from msgspec import Struct

from auditor.sources.suiteql.client import LIMIT
from auditor.sources.suiteql.pages import Page

R = TypeVar("R", bound=Struct)

Fetch = Callable[[int | None, int], Page[R]]
"""Gives the page after a leading key (None: from the start), at an offset counted from there."""

_MANY = 16
"""Rows of one leading key, on average, from which on it is quicker to look for repeats key by key."""


class Walk(Generic[R]):
    """All rows of one query, page by page, each row once.

    *unique*: no two rows share a leading key. Else a full page may end amid the rows of one leading key; these are left
    for the next page, which begins with them. *identity* tells rows apart, *within* those of one leading key. Without
    leading numbers the walk goes by offset, the only other way that NetSuite offers.
    """

    def __init__(
        self,
        fetch: Fetch[R],
        identity: Callable[[R], object],
        *,
        led: bool,
        unique: bool,
        within: Callable[[R], object] | None = None,
    ) -> None:
        self._fetch = fetch
        self._identity = identity
        self._within = within or identity
        self._led = led
        self._unique = unique
        self.pages = 0
        self.repeated = 0
        """Rows that came although they had come before."""
        self.disorder = ""
        """Why the pages cannot be trusted to be all; empty if they can."""
        self.whole = False
        """Every row of those last given is known to have every needed column."""

    def __iter__(self) -> Iterator[list[R]]:
        return self._by_key() if self._led else self._by_offset()

    def _by_key(self) -> Iterator[list[R]]:
        bound: int | None = None
        rows: list[R] = []
        leads: list[int] = []
        offset = 0
        while True:
            page = self._next(bound, offset)
            ordered = _in_order(page.leads)
            if not ordered:
                self.disorder = "the rows of a page were not in the order asked for"
            self.whole = page.whole and (self.whole or not rows)
            fresh, fresh_leads = self._fresh(page, bound, rows, ordered=ordered)
            if rows:
                rows, leads = rows + fresh, leads + fresh_leads
                ordered = _in_order(leads)
            else:
                rows, leads = fresh, fresh_leads
            if not page.has_more or not fresh:
                if page.has_more:
                    self.disorder = "a page brought nothing new, and said that there were more"
                yield rows
                return
            whole, reached = (rows, max(leads)) if self._unique else _all_but_the_last(rows, leads, ordered=ordered)
            if whole:
                yield whole
                bound = reached
                rows, leads, offset = [], [], 0
            else:  # more rows of one leading key than a page holds: go on behind them
                if len(page.rows) < LIMIT:
                    self.disorder = "a page that was not the last was not full"
                offset += LIMIT

    def _by_offset(self) -> Iterator[list[R]]:
        seen: set[object] = set()
        offset = 0
        while True:
            page = self._next(None, offset)
            self.whole = page.whole
            rows = [row for row in page.rows if not self._known(row, seen)]
            yield rows
            if not page.has_more:
                return
            if not rows or len(page.rows) < LIMIT:
                self.disorder = "a page that was not the last was not full, or brought nothing new"
                return
            offset += LIMIT

    def _next(self, bound: int | None, offset: int) -> Page[R]:
        page = self._fetch(bound, offset)
        self.pages += 1
        return page

    def _fresh(self, page: Page[R], bound: int | None, held: list[R], *, ordered: bool) -> tuple[list[R], list[int]]:
        """The rows of *page* that were not met before, with their leading keys."""
        beyond = bound is None or not page.leads or (page.leads[0] if ordered else min(page.leads)) > bound
        if beyond and not held and self._distinct(page, ordered=ordered):
            return page.rows, page.leads
        seen = set(map(self._identity, held))
        fresh = [
            (row, lead)
            for row, lead in zip(page.rows, page.leads, strict=True)
            if not self._known(row, seen, again=bound is not None and lead <= bound)
        ]
        return [row for row, _ in fresh], [lead for _, lead in fresh]

    def _distinct(self, page: Page[R], *, ordered: bool) -> bool:
        """Whether no row of *page* comes twice."""
        leads = page.leads
        if self._unique:
            return len(set(leads)) == len(leads)
        starts = _starts(leads) if ordered else None
        if starts is None:
            return len(set(map(self._identity, page.rows))) == len(page.rows)
        names = list(map(self._within, page.rows))
        return all(len(set(names[start:end])) == end - start for start, end in pairwise((*starts, len(leads))))

    def _known(self, row: R, seen: set[object], *, again: bool = False) -> bool:
        """Whether *row* came before; counts it if it did."""
        identity = self._identity(row)
        if again or identity in seen:
            self.repeated += 1
            return True
        seen.add(identity)
        return False


def _in_order(leads: list[int]) -> bool:
    return leads == sorted(leads)


def _starts(leads: list[int]) -> list[int] | None:
    """Where each leading key of *leads*, which are in order, begins; None if they have few rows each."""
    starts: list[int] = []
    start = 0
    while start < len(leads):
        if len(starts) > len(leads) // _MANY:
            return None
        starts.append(start)
        start = bisect_right(leads, leads[start], start)
    return starts


def _all_but_the_last(rows: list[R], leads: list[int], *, ordered: bool) -> tuple[list[R], int | None]:
    """The rows before those of the highest leading key, and the key that they reach; None if there is none."""
    if ordered:
        end = bisect_left(leads, leads[-1])
        return rows[:end], leads[end - 1] if end else None
    last = max(leads)
    before = [(row, lead) for row, lead in zip(rows, leads, strict=True) if lead != last]
    return [row for row, _ in before], max((lead for _, lead in before), default=None)
