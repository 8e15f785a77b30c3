"""Decodes the pages of a query straight into typed rows."""

from __future__ import annotations

import json
from itertools import groupby, repeat
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from auditor.sources.suiteql.faults import MalformedAnswerError

R = TypeVar("R", bound=Struct)


class Row(Struct, forbid_unknown_fields=True, gc=False):
    """A row of a query. Every column is optional text: NetSuite leaves a null column out and writes all else as text.

    Unknown fields are forbidden, so that a column whose name comes in another case is noticed instead of lost.
    """

    links: tuple[Any, ...] = ()


class Page(Struct, Generic[R]):
    """One page. ``leads`` are the rows' leading keys, empty where the query has no whole number to lead it."""

    rows: list[R]
    leads: list[int]
    has_more: bool


class _Body(Struct, Generic[R]):
    items: list[R]
    has_more: bool = msgspec.field(name="hasMore")
    count: int


class PageDecoder(Generic[R]):
    """Makes pages of one kind of row out of answers."""

    def __init__(self, row: type[R], lead: str | None) -> None:
        self._lead = lead
        self._lead_of = attrgetter(lead) if lead else None
        self._columns = frozenset(row.__struct_fields__) - {"links"}
        self._body = _Body[row]  # type: ignore[valid-type]  # made while running: mypy sees only what is written
        self._decoder = msgspec.json.Decoder(self._body)

    def decode(self, body: bytes) -> Page[R]:
        """The page in *body*.

        Raises:
            MalformedAnswerError: the body is not a page, or contradicts itself.
        """
        try:
            read: _Body[R] = self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            read = self._leniently(body)
        if read.count != len(read.items):
            raise MalformedAnswerError(f"A page says that it has {read.count} rows, and has {len(read.items)}.")
        if read.has_more and not read.items:
            raise MalformedAnswerError("A page has no row, and says that there are more.")
        return Page(read.items, self._leads(read.items), read.has_more)

    def _leads(self, rows: list[R]) -> list[int]:
        if self._lead_of is None:
            return []
        try:
            runs = groupby(map(self._lead_of, rows))  # a role's rows stand together, so few texts need be read
            return [lead for text, run in runs for lead in repeat(int(text), len(list(run)))]
        except (TypeError, ValueError):
            raise MalformedAnswerError(f"A page has a row without a number in its column {self._lead}.") from None

    def _leniently(self, body: bytes) -> _Body[R]:
        """The slow way, for what the fast way refuses: names in other cases, values that are no text, surrogates."""
        try:
            raw = json.loads(body.decode("utf-8", "replace"), strict=False)
            items = [
                {name.lower(): _text(value) for name, value in item.items() if name.lower() in self._columns}
                for item in raw["items"]
            ]
            return msgspec.convert({**raw, "items": items}, self._body)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, msgspec.ValidationError):
            raise MalformedAnswerError("NetSuite answered 200, and not with a page of rows.") from None


def _text(value: object) -> str | None:
    """A value as NetSuite usually writes it, in valid Unicode; None for what is no single value."""
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
