"""A workbook in the making, with XlsxWriter: document properties, formats, and the set-up of its sheets."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from auditor.model import Run
from auditor.reports.workbook.cells import Texts, cell_text
from auditor.reports.workbook.sheet import Sheet
from auditor.reports.workbook.styles import FORMATS, LINE, Look, Paint

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

_A4 = 9
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keeps the garbage collector from going through a growing workbook again and again: a quarter of the time.

    Hardly anything that is made meanwhile is garbage before the end.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Book:
    """A workbook. ``about`` stands at the head of every printed page."""

    def __init__(self, run: Run, title: str, about: str) -> None:
        from xlsxwriter import Workbook

        self._bytes = BytesIO()
        self._run = run
        self._about = cell_text(about)[:80]
        self._book: Workbook = Workbook(self._bytes, {"in_memory": True, **_AS_TEXT})
        self._formats: dict[Look, Format] = {look: self._book.add_format(FORMATS[look]) for look in Look}
        self._paints: dict[Paint, Format] = {}
        self._rule: Format = self._book.add_format({"bottom": 1, "bottom_color": LINE})
        self._texts = Texts()
        self._sheets: list[Sheet] = []
        self._book.set_properties(
            {
                "title": cell_text(title),
                "subject": f"Run {run.id}",
                "author": f"netsuite-auditor {run.tool_version}",
                "created": datetime.fromisoformat(run.started).astimezone(UTC),
            }
        )

    def sheet(self, name: str, colour: str = "") -> Sheet:
        """A new sheet. *name* is one of our own, so that it always is one that Excel accepts."""
        page = self._book.add_worksheet(name)
        if colour:
            page.set_tab_color(colour)
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        page.set_header(f"&L&B{_literal(self._about)}&R&A")
        page.set_footer(f"&Lnetsuite-auditor, run {_literal(self._run.id)}&RPage &P of &N")
        sheet = Sheet(page, self._texts, self._formats, self._rule, self._paint)
        self._sheets.append(sheet)
        return sheet

    def finish(self) -> bytes:
        """The workbook's bytes."""
        for sheet in self._sheets:
            sheet.finish()
        self._book.close()
        return self._bytes.getvalue()

    def _paint(self, paint: Paint) -> Format:
        if paint not in self._paints:
            colours = {"bg_color": paint.background} | ({"font_color": paint.text} if paint.text else {})
            self._paints[paint] = self._book.add_format(colours)
        return self._paints[paint]


def _literal(text: str) -> str:
    return text.replace("&", "&&")
