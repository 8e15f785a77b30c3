"""What a cell holds, and how a text from NetSuite becomes one: as text, never as a formula, a link or a number."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import NamedTuple

from auditor.reports.text import printable
from auditor.reports.workbook.styles import Look, Words

MOST_UNITS = 32_767
"""What Excel allows in a cell, in UTF-16 code units."""
_SURELY_FITS = MOST_UNITS // 2


class Link(NamedTuple):
    """A text that leads to a cell of this workbook (``internal:'Findings'!A5``) or to a file beside it."""

    text: str
    target: str


Cell = str | int | float | date | Link | None
Row = tuple[Cell, ...]


class Column(NamedTuple):
    """A column of a table: as wide as its longest text, but at most ``widest`` characters, and just that for input."""

    header: str
    widest: int
    look: Look = Look.TEXT
    words: Words | None = None
    """Words that get a colour of their own, by conditional format, so that it changes when the word is edited."""


class Span(NamedTuple):
    """A column of a small table, which may reach over several of the sheet's columns, counted from 0."""

    header: str
    first: int
    last: int
    look: Look = Look.TEXT
    words: Words | None = None


def cell_text(text: str) -> str:
    """*text* as a cell can hold it: unprintable characters visible, at most as long as Excel allows.

    A text that is cut says so at its end. XlsxWriter takes a text from ``<r>`` to ``</r>`` for markup of its own and
    writes it unescaped, so that such a text gets a space at its end.
    """
    if len(text) <= _SURELY_FITS and text.isprintable() and not text.startswith("<r>"):
        return text
    shown = printable(text)
    if shown.startswith("<r>") and shown.endswith("</r>"):
        shown += " "
    units = shown.encode("utf-16-le")
    if len(units) <= 2 * MOST_UNITS:
        return shown
    mark = f" … [cut: {len(text):,} characters in all; findings.json has them]"
    return units[: 2 * (MOST_UNITS - len(mark))].decode("utf-16-le", "ignore") + mark


class Shown(NamedTuple):
    """A text as its cell has it, how wide its longest line is, and whether it has more than one."""

    text: str
    width: int
    broken: bool


class Texts(dict[str, Shown]):
    """Every text of a workbook as its cell has it. Most texts stand in many cells, and are looked at once."""

    def __missing__(self, text: str) -> Shown:
        shown = cell_text(text)
        self[text] = found = Shown(shown, width(shown), "\n" in shown)
        return found


def width(text: str) -> int:
    """How many columns of a fixed-width font the longest line of *text* takes."""
    if text.isascii():
        return len(text) if "\n" not in text else max(map(len, text.split("\n")))
    return max(sum(_columns(character) for character in line) for line in text.split("\n"))


def lines(text: str, characters: int) -> int:
    """About how many lines *text* takes in a column of that width, which is counted in digits: letters are narrower."""
    room = max(int(1.1 * characters) - 2, 1)
    return sum(1 + max(width(paragraph) - 1, 0) // room for paragraph in text.split("\n"))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
