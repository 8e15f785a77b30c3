"""Decodes the pages of a query straight into typed rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

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
    whole: bool = False
    """Every row is known to have every needed column; False: not known."""


class _Body(Struct, Generic[R]):
    items: list[R]
    has_more: bool = msgspec.field(name="hasMore")
    count: int


class PageDecoder(Generic[R]):
    """Makes pages of one kind of row out of answers.

    *needed* are the columns that every row has, *few* the few words that one of them says as a rule. The decoder asks
    for both itself, which is quicker than looking row by row; a page that has them not is decoded without asking, and
    is then not known to be whole.
    """

    def __init__(
        self,
        row: type[R],
        lead: str | None,
        needed: Collection[str] = (),
        few: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self._lead = lead
        self._lead_of = attrgetter(lead) if lead else None
        self._columns = frozenset(row.__struct_fields__) - {"links"}
        self._body = _Body[row]  # type: ignore[valid-type]  # made while running: mypy sees only what is written
        self._decoder = msgspec.json.Decoder(self._body)
        self._strict = _strict(row, frozenset(needed), tuple(few.items())) if needed else None

    def decode(self, body: bytes) -> Page[R]:
        """The page in *body*.

        Raises:
            MalformedAnswerError: the body is not a page, or contradicts itself.
        """
        read, whole = self._read(body)
        if read.count != len(read.items):
            raise MalformedAnswerError(f"A page says that it has {read.count} rows, and has {len(read.items)}.")
        if read.has_more and not read.items:
            raise MalformedAnswerError("A page has no row, and says that there are more.")
        return Page(read.items, self._leads(read.items), read.has_more, whole)

    def _read(self, body: bytes) -> tuple[_Body[R], bool]:
        """What *body* holds, and whether every needed column is known to be there."""
        if self._strict:
            try:
                return self._strict.decode(body), True
            except (msgspec.DecodeError, UnicodeDecodeError):
                pass  # the next one tells why, or takes it as it is
        try:
            return self._decoder.decode(body), False
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._leniently(body), False

    def _leads(self, rows: list[R]) -> list[int]:
        if self._lead_of is None:
            return []
        leads: list[int] = []
        try:
            for text, run in groupby(map(self._lead_of, rows)):  # a role's rows stand together: few texts to read
                leads += [int(text)] * len(list(run))
        except (TypeError, ValueError):
            raise MalformedAnswerError(f"A page has a row without a number in its column {self._lead}.") from None
        return leads

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


@cache
def _strict(
    row: type[R], needed: frozenset[str], few: tuple[tuple[str, tuple[str, ...]], ...]
) -> msgspec.json.Decoder[_Body[R]]:
    """A decoder of rows like *row* in which every *needed* column must be there, and say one of its *few* words."""
    words: dict[str, Any] = {name: Literal[texts] for name, texts in few}
    columns = [name for name in row.__struct_fields__ if name != "links"]
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        (name, words.get(name, str)) if name in needed else (name, str | None, None) for name in columns
    ]
    asking = msgspec.defstruct(row.__name__, fields, bases=(row,), kw_only=True)
    return msgspec.json.Decoder(_Body[asking])  # type: ignore[valid-type]


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
