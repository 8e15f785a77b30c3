"""Reads workbooks back with openpyxl, for the tests of the workbooks."""

from __future__ import annotations

from io import BytesIO

import openpyxl


def load(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def table_rows(book: openpyxl.Workbook, sheet: str, table: str) -> list[dict[str, object]]:
    """The rows of an Excel table, each by its headers."""
    page = book[sheet]
    header, *rows = page[page.tables[table].ref]
    names = [cell.value for cell in header]
    return [dict(zip(names, (cell.value for cell in row), strict=True)) for row in rows]


def texts(book: openpyxl.Workbook, sheet: str) -> list[object]:
    """Every value of a sheet, row by row."""
    return [cell.value for row in book[sheet].iter_rows() for cell in row if cell.value is not None]


def target(cell: object) -> str:
    """Where a cell's link leads inside the workbook, or the file that it leads to."""
    link = cell.hyperlink  # type: ignore[attr-defined]
    return "" if link is None else link.location or link.target
