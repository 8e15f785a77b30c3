"""Builds the page of rows that answers a query, and what faults make of it.

Documented: all values are strings, booleans T and F, null columns left out, ``"links": []`` in each item, at most 1000
rows a page, an offset that is a multiple of the limit, at most 100,000 rows a query.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from auditor.simulator import answers
from auditor.simulator.answers import Answer, AnsweredError
from auditor.simulator.store import Parameter, Store
from auditor.simulator.suiteql import Plan

MOST_ROWS_A_PAGE = 1000
MOST_ROWS_A_QUERY = 100_000
_MOST_COUNTS = 256
_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
_STAND_IN = re.compile(rb"\xf4\x8f([\x80-\x9f])([\x80-\xbf])")

Item = dict[str, Any]


@dataclass(slots=True)
class Page:
    """One page, before it becomes JSON."""

    items: list[Item]
    offset: int
    limit: int
    total: int | None
    has_more: bool

    def answer(self, url: str) -> Answer:
        """The page as NetSuite writes it; *url* is the resource's, without parameters."""
        body = {
            "links": list(self._links(url)),
            "count": len(self.items),
            "hasMore": self.has_more,
            "items": self.items,
            "offset": self.offset,
        }
        if self.total is not None:
            body["totalResults"] = self.total
        return answers.page(_with_surrogates(msgspec.json.encode(body)), len(self.items))

    def _links(self, url: str) -> Iterable[dict[str, str]]:
        def link(rel: str, offset: int) -> dict[str, str]:
            return {"rel": rel, "href": f"{url}?limit={self.limit}&offset={offset}"}

        if self.has_more:
            yield link("next", self.offset + self.limit)
            if self.total:
                yield link("last", (self.total - 1) // self.limit * self.limit)
        if self.offset:
            yield link("first", 0)
            yield link("previous", max(0, self.offset - self.limit))
        yield link("self", self.offset)


class Paging:
    """Reads pages out of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[object, ...], int] = OrderedDict()

    def page(
        self, plan: Plan, parameters: Sequence[Parameter], limit: int, offset: int, *, caller: int, hidden: set[str]
    ) -> Page:
        """One page of the query's rows; *hidden* are columns that a star does not show.

        Raises:
            sqlite3.Error: the query cannot be run.
        """
        names, rows = self._store.query(plan.sql, [*parameters, limit, offset], caller=caller)
        total = self._total(plan, parameters, caller)
        return Page(
            items=_items([name.lower() for name in names], rows, hidden),
            offset=offset,
            limit=limit,
            total=total,
            has_more=offset + len(rows) < total and bool(rows),
        )

    def _total(self, plan: Plan, parameters: Sequence[Parameter], caller: int) -> int:
        key = (plan.count_sql, tuple(parameters), caller, self._store.version)
        with self._lock:
            if key in self._counts:
                return self._counts[key]
        total = int(self._store.query(plan.count_sql, parameters, caller=caller)[1][0][0])
        with self._lock:
            self._counts[key] = total
            if len(self._counts) > _MOST_COUNTS:
                self._counts.popitem(last=False)
        return total


def requested_window(query: dict[str, str]) -> tuple[int, int]:
    """Limit and offset of a request.

    Raises:
        AnsweredError: NetSuite would refuse them. That it does so with 400 is documented; the texts are not confirmed.
    """
    limit = _whole_number(query.get("limit", str(MOST_ROWS_A_PAGE)))
    if limit is None or not 1 <= limit <= MOST_ROWS_A_PAGE:
        raise _refused("limit", f"Provide a value between 1 and {MOST_ROWS_A_PAGE}.")
    offset = _whole_number(query.get("offset", "0"))
    if offset is None or offset % limit:
        raise _refused("offset", "Provide a value that is divisible by the limit.")
    if offset + limit > MOST_ROWS_A_QUERY:
        raise _refused("offset", f"No more than {MOST_ROWS_A_QUERY} results of a query can be read.")
    return limit, offset


def _refused(parameter: str, advice: str) -> AnsweredError:
    detail = f"Invalid query parameter value for '{parameter}'. {advice}"
    return AnsweredError(answers.error(400, "INVALID_PARAMETER", detail, parameter=parameter))


def _whole_number(text: str) -> int | None:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


def _items(names: Sequence[str], rows: Iterable[Sequence[object]], hidden: set[str]) -> list[Item]:
    shown = [None if name in hidden else name for name in names]
    items = []
    for row in rows:
        item: Item = {"links": []}
        for name, value in zip(shown, row, strict=True):
            if value is not None and name is not None:
                item[name] = value if type(value) is str else _text(value)
        items.append(item)
    return items


def _text(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _with_surrogates(body: bytes) -> bytes:
    """Lone surrogates, for which private characters stand in inside, as the escapes that JSON has for them."""
    if b"\xf4\x8f" not in body:
        return body
    return _STAND_IN.sub(lambda found: b"\\ud%03x" % (0x800 + (found[1][0] - 0x80) * 64 + found[2][0] - 0x80), body)
