"""Which export a table is: told by its headings. Case, white space and punctuation of a heading do not count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from auditor.catalog import Catalog
from auditor.model import Note, Table
from auditor.sources.csv_exports.text import Grid
from auditor.sources.piece import BrokenFileError, Piece, listed

HEADER_WITHIN = 50
"""A header is looked for among so many rows that are not blank; above it stand company, title and dates."""


class Column(Struct, frozen=True):
    """One thing that an export tells, and the headings under which it may stand, the likeliest first."""

    field: str
    headings: tuple[str, ...]


class Headings(Struct, frozen=True, kw_only=True):
    """One kind of table: what its columns are called, and which of them it cannot do without."""

    kind: str
    tables: tuple[Table, ...]
    marks: tuple[str, ...]
    """Headings that no other kind has: a table with one of them is meant to be of this kind."""
    needed: tuple[tuple[str, ...], ...]
    """Fields that must be there; of each group one is enough."""
    columns: tuple[Column, ...]


class Layout(Headings, frozen=True, kw_only=True):
    """One kind of export, and who reads it."""

    unconfirmed: str = ""
    """What nobody could confirm about this export; empty if a real one was read."""
    read: Callable[[Sheet[Layout], Catalog], Piece]


K = TypeVar("K", bound=Headings)


class Sheet(Generic[K]):
    """A table whose kind is known: its rows below the header, by field, and what was wrong on the way."""

    def __init__(self, name: str, sha256: str, layout: K, columns: dict[str, int], width: int) -> None:
        self.name = name
        self.sha256 = sha256
        self.layout = layout
        self.columns = columns
        self.width = width
        self.rows: list[tuple[int, list[str]]] = []
        self.problems: list[str] = []
        self.notes: list[Note] = []

    def __contains__(self, field: str) -> bool:
        return field in self.columns

    def text(self, cells: list[str], field: str) -> str:
        """The cell under *field*, "" where the export has no such column."""
        index = self.columns.get(field)
        return "" if index is None else cells[index]

    def boolean(self, cells: list[str], field: str, line: int) -> bool | None:
        """The cell under *field* as yes or no; None where it is empty or says neither (which is noted)."""
        text = self.text(cells, field)
        value = _BOOLEANS.get(text.casefold())
        if text and value is None:
            table = self.layout.tables[0]
            self.notes.append(
                Note(
                    table, self.name, f"Line {line}: '{text}' under {field} is neither yes nor no; taken as not given."
                )
            )
        return value

    @property
    def problem(self) -> str:
        """All that went wrong, and the way out; empty if nothing did."""
        if not self.problems:
            return ""
        return f"{listed(self.problems, 5, '; ')}. Export it again, or mend these lines."


_BOOLEANS = {
    "t": True,
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "f": False,
    "false": False,
    "no": False,
    "n": False,
    "0": False,
}


def heading_key(text: str) -> str:
    """What is compared of a heading: its letters and digits, in one case."""
    return "".join(character for character in text.casefold() if character.isalnum())


def find_sheet(name: str, sha256: str, grid: Grid, layouts: Iterable[K]) -> Sheet[K] | None:
    """The table in *grid* with its kind; None if no row near its top looks like the header of any.

    Raises:
        BrokenFileError: a header is there and lacks a needed column, or has one of them twice.
    """
    near: BrokenFileError | None = None
    for index, (_, header) in enumerate(grid.rows[:HEADER_WITHIN]):
        keys = [heading_key(cell) for cell in header]
        layout = next((each for each in layouts if not _keys(each.marks).isdisjoint(keys)), None)
        if layout is None:
            continue
        columns = _columns(layout, keys)
        missing = [group for group in layout.needed if not any(field in columns for field in group)]
        if missing:
            # A title above the header may bear one of its words; only more than one heading makes a header.
            near = near or (_lacking(layout, missing, header) if len(columns) > 1 else None)
            continue
        _refuse_twins(layout, columns, keys, header)
        width = max(position for position, cell in enumerate(header) if cell) + 1
        sheet = Sheet(name, sha256, layout, columns, width)
        _fill(sheet, grid, index + 1)
        return sheet
    if near:
        raise near
    return None


def _keys(headings: Iterable[str]) -> set[str]:
    return {heading_key(heading) for heading in headings}


def _columns(layout: Headings, keys: list[str]) -> dict[str, int]:
    """Field to position. A heading serves one field, a field takes the first of its headings that is there."""
    found: dict[str, int] = {}
    for column in layout.columns:
        for heading in column.headings:
            key = heading_key(heading)
            if key in keys and keys.index(key) not in found.values():
                found[column.field] = keys.index(key)
                break
    return found


def _lacking(layout: Headings, missing: list[tuple[str, ...]], header: list[str]) -> BrokenFileError:
    headings = {column.field: column.headings[0] for column in layout.columns}
    wanted = " and ".join("'" + "' or '".join(headings[field] for field in group) + "'" for group in missing)
    there = listed([f"'{cell}'" for cell in header if cell], 20)
    return BrokenFileError(
        f"It looks like an export of {layout.kind}, and the column {wanted} is not there; its headings are {there}.",
        "Add the column to the results of the saved search or list view, and export it again.",
        layout.tables,
    )


def _refuse_twins(layout: Headings, columns: dict[str, int], keys: list[str], header: list[str]) -> None:
    for position in columns.values():
        if keys.count(keys[position]) > 1:
            raise BrokenFileError(
                f"It is an export of {layout.kind} with the column '{header[position]}' twice; which is meant cannot "
                "be told.",
                "Remove or rename one of them in the results of the saved search, and export it again.",
                layout.tables,
            )


def _fill(sheet: Sheet[Any], grid: Grid, start: int) -> None:
    """Takes over the rows below the header. A row of another width is out of step and would be misread."""
    for line, cells in grid.rows[start:]:
        if not any(cells):
            continue
        short = len(cells) < sheet.width
        if (short and not grid.ragged) or any(cells[sheet.width :]):
            sheet.problems.append(
                f"line {line}: {len(cells)} cells under {sheet.width} headings, so the line is not used"
            )
            continue
        sheet.rows.append((line, cells + [""] * (sheet.width - len(cells))))
    sheet.problems += grid.problems
