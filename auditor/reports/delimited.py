"""Rows as comma-separated text (RFC 4180) that a spreadsheet program opens without computing anything."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from auditor.reports.text import printable

_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]")
"""What a spreadsheet may take for a formula or a command; also in full-width signs, and behind white space."""


def comma_separated(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """*header* and *rows* in UTF-8 with CRLF line ends; no cell can become a formula in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8")


def cell(text: str) -> str:
    """*text* as a cell: printable, and with an apostrophe before what a spreadsheet might run."""
    shown = printable(text)
    return f"'{shown}" if _FORMULA.match(text) else shown
