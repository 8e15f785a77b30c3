"""Writes one sheet from top to bottom: titles, tables, blocks, links, colours by word. Nothing in it is a formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from auditor.reports.workbook.cells import Cell, Column, Link, Row, Span, Texts, lines
from auditor.reports.workbook.styles import Look, Paint, Words

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
MOST_LINKS = 65_530
"""What Excel allows on a sheet; a link beyond it stays as text."""
FIRST_TABLE_ROW = 3
"""Where :meth:`Sheet.open` leaves off, counted from 0: title, note, way back, then the table's header."""
_LINE, _MOST_LINES = 15, 20
"""A line's height in points, and after how many lines a row grows no more, so that no row fills the screen."""
_HEADER_HEIGHT = 22
_PAGE_WIDTH = 210
"""Characters on a printed page's width; a wider sheet is printed on several pages side by side."""


class Sheet:
    """A sheet; ``row`` is the next free row, counted from 0; ``one_page`` shrinks it to one page when printed."""

    def __init__(
        self, page: Worksheet, texts: Texts, formats: dict[Look, Format], rule: Format, paint: Callable[[Paint], Format]
    ) -> None:
        self.page = page
        self.row = 0
        self.one_page = False
        self._texts = texts
        self._formats = formats
        self._rule = rule
        self._paint = paint
        self._links = 0
        self._widths: list[int] = []
        self._lines: dict[int, int] = {}

    def open(self, title: str, note: str, back: Link | None = None) -> None:
        """Title, what the sheet shows, and the way back."""
        self.page.set_row(0, 26)
        self.write(0, 0, title, Look.TITLE)
        self.write(1, 0, note, Look.NOTE)
        if back:
            self.write(2, 0, back, Look.LINK)
        self.row = FIRST_TABLE_ROW

    def keep_in_view(self, columns: int) -> None:
        """Keeps everything above the next row's successor, and the first columns, on screen and on every page."""
        self.page.freeze_panes(self.row + 1, columns)
        self.page.repeat_rows(self.row)
        if columns:
            self.page.repeat_columns(0, columns - 1)

    def heading(self, text: str) -> None:
        """A section's heading, after an empty row."""
        self.page.set_row(self.row + 1, 20)
        self.write(self.row + 1, 0, text, Look.HEADING)
        self.row += 2

    def write(self, row: int, column: int, cell: Cell, look: Look) -> None:
        """One cell."""
        style = self._formats[look]
        if cell is None or cell == "":
            self.page.write_blank(row, column, None, style)
        elif isinstance(cell, str):
            self.page.write_string(row, column, self._texts[cell].text, style)
        elif isinstance(cell, Link):
            self._write_link(row, column, cell)
        elif isinstance(cell, date):
            self.page.write_datetime(row, column, cell, style)
        else:
            self.page.write_number(row, column, cell, style)

    def write_over(self, row: int, first: int, last: int, cell: Cell, look: Look) -> None:
        """One cell that reaches over several columns, whose widths are known by now; the row grows with it."""
        if last > first:
            self.page.merge_range(row, first, row, last, "", self._formats[look])
        self.write(row, first, cell, look)
        if isinstance(cell, str):
            self.fit(row, self._texts[cell].text, sum(self._widths[first : last + 1]))

    def block(self, spans: Sequence[Span], rows: Sequence[Row]) -> None:
        """A small table without filter, whose cells may reach over several columns."""
        self.page.set_row(self.row, _HEADER_HEIGHT)
        for span in spans:
            self.write_over(self.row, span.first, span.last, span.header, Look.HEADER)
        for row, cells in enumerate(rows, self.row + 1):
            for span, cell in zip(spans, cells, strict=True):
                self.write_over(row, span.first, span.last, cell, span.look)
        last = self.row + len(rows)
        for span in spans:
            if span.words and rows:
                self.colour(self.row + 1, span.first, last, span.first, span.words)
        if rows:
            self.rule_off(self.row + 1, spans[0].first, last, spans[-1].last)
        self.row = last + 1

    def table(self, name: str, columns: Sequence[Column], rows: Sequence[Row], none: str) -> int:
        """A table with header and filter; *none* is said where there are no rows. Returns the number of rows written.

        *name* is the table's own name, unique in the workbook. What does not fit on a sheet is left out, and said.
        """
        first = self.row + 1
        shown = rows[: MOST_ROWS - first - 1]
        last = first + max(len(shown), 1) - 1
        for index, column in enumerate(columns):
            self._write_column(index, column, [row[index] for row in shown], first)
        self._write_header(name, columns, last)
        self.rule_off(first, 0, last, len(columns) - 1)
        self.row = last + 1
        if not shown:
            self.write(first, 0, none, Look.NOTE)
        if len(rows) > len(shown):
            self.write(self.row, 0, f"{len(rows) - len(shown):,} more rows do not fit on a sheet.", Look.STRONG)
            self.row += 1
        return len(shown)

    def colour(self, first_row: int, first_column: int, last_row: int, last_column: int, words: Words) -> None:
        """Gives each of *words* its colour wherever it stands alone in a cell of the range."""
        for word, paint in words.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self._paint(paint)}
            self.page.conditional_format(first_row, first_column, last_row, last_column, rule)

    def widen(self, column: int, characters: int) -> None:
        """Makes a column at least so many characters wide."""
        self._widths.extend([0] * (column + 1 - len(self._widths)))
        self._widths[column] = max(self._widths[column], characters)

    def fit(self, row: int, text: str, characters: int) -> None:
        """Makes a row high enough for *text* wrapped at so many characters.

        Excel would do so by itself when it opens the file, but not for merged cells, and LibreOffice does not.
        """
        count = lines(text, characters)
        if count > self._lines.get(row, 1):
            self._lines[row] = count

    def finish(self) -> None:
        """Sets widths, heights and the number of printed pages, now that all that they depend on is known."""
        for column, characters in enumerate(self._widths):
            if characters:
                self.page.set_column(column, column, characters)
        for row, count in self._lines.items():
            self.page.set_row(row, _LINE * min(count, _MOST_LINES) + 1)
        self.page.fit_to_pages(max(1, round(sum(self._widths) / _PAGE_WIDTH)), 1 if self.one_page else 0)

    def _write_header(self, name: str, columns: Sequence[Column], last_row: int) -> None:
        headers = [
            {
                "header": column.header,
                "header_format": self._formats[Look.INPUT_HEADER if column.look.is_input else Look.HEADER],
            }
            for column in columns
        ]
        self.page.set_row(self.row, _HEADER_HEIGHT)
        options = {"name": name, "columns": headers, "style": None, "banded_rows": False}
        self.page.add_table(self.row, 0, last_row, len(columns) - 1, options)

    def _write_column(self, index: int, column: Column, cells: list[Cell], first: int) -> None:
        """The hot loop: every cell of every table comes through here."""
        style, write_string, write_number = self._formats[column.look], self.page.write_string, self.page.write_number
        texts, most, widest = self._texts, column.widest, 0
        for row, cell in enumerate(cells, first):
            if isinstance(cell, str) and cell:
                shown = texts[cell]
                write_string(row, index, shown.text, style)
            elif isinstance(cell, Link):
                shown = texts[cell.text]
                self._write_link(row, index, cell)
            elif isinstance(cell, int | float):
                write_number(row, index, cell, style)
                continue
            elif isinstance(cell, date):
                self.page.write_datetime(row, index, cell, style)
                continue
            else:
                if column.look.is_input:
                    self.page.write_blank(row, index, None, style)
                continue
            widest = max(widest, shown.width)
            if shown.width > most or shown.broken:
                self.fit(row, shown.text, most)
        room = most if column.look.is_input else min(widest + 2, most)
        self.widen(index, max(len(column.header) + 5, room))
        if column.words and cells:
            self.colour(first, index, first + len(cells) - 1, index, column.words)

    def _write_link(self, row: int, column: int, link: Link) -> None:
        if link.target and self._links < MOST_LINKS:
            self._links += 1
            self.page.write_url(row, column, link.target, self._formats[Look.LINK], self._texts[link.text].text)
        else:
            self.page.write_string(row, column, self._texts[link.text].text, self._formats[Look.TEXT])

    def rule_off(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """A thin line below each row, as one conditional format: empty cells need not be written for it."""
        rule = {"type": "formula", "criteria": "=TRUE", "format": self._rule}
        self.page.conditional_format(first_row, first_column, last_row, last_column, rule)
