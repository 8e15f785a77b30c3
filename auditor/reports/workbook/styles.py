"""How the workbook looks. Colour only repeats what a word says already, so that it also prints in grey."""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

from auditor.model import Level, Severity, State, Status, Verdict

HEADER = "#2F4B66"
ACCENT = "#DCE6F0"
QUIET = "#5F6B76"
LINE = "#C9D2DB"
INPUT = "#FFFBEB"


class Paint(NamedTuple):
    """Background and text colour; no text colour leaves the cell's own."""

    background: str
    text: str = ""


Words = dict[str, Paint]

_RED, _ORANGE, _YELLOW = Paint("#F8CFCB", "#8E1B10"), Paint("#FBDDC2", "#7F3B00"), Paint("#FFF1BF", "#6B5200")
_GREEN, _GREY = Paint("#D3EBD5", "#1E5B26"), Paint("#E8EBEE", "#4A5560")

LEVELS: Words = {
    Level.NONE.value: Paint("#F0F1F3"),
    Level.VIEW.value: Paint("#E6F0F8"),
    Level.CREATE.value: Paint("#CCE0F0"),
    Level.EDIT.value: Paint("#AECDE6"),
    Level.FULL.value: Paint("#86B3D9"),
}
STATUSES: Words = {
    Status.FAIL.value: _RED,
    Status.UNKNOWN.value: _YELLOW,
    Status.PASS.value: _GREEN,
    "not applicable": _GREY,
    "not judged": _GREY,
    Verdict.NOT_AUDITED.value: _YELLOW,
}
SEVERITIES: Words = {
    Severity.CRITICAL.value: Paint("#B3261E", "#FFFFFF"),
    Severity.HIGH.value: _RED,
    Severity.MEDIUM.value: _ORANGE,
    Severity.LOW.value: _YELLOW,
    Severity.INFO.value: _GREY,
}
STATES: Words = {
    State.COLLECTED.value: _GREEN,
    State.PARTIAL.value: _ORANGE,
    State.NOT_PERMITTED.value: _YELLOW,
    State.NOT_AVAILABLE.value: _YELLOW,
    State.FAILED.value: _RED,
}
VERDICTS: Words = {
    Verdict.CLEAN.value: _GREEN,
    Verdict.FINDINGS.value: _RED,
    Verdict.INCOMPLETE.value: _YELLOW,
    Verdict.FINDINGS_AND_INCOMPLETE.value: _RED,
    Verdict.NOT_AUDITED.value: _YELLOW,
}
CONFIDENCES: Words = {"inferred": _YELLOW}
DECISIONS: Words = {"to do": _YELLOW, "approved": LEVELS["Create"], "rejected": _GREY, "done": _GREEN}
YES_OR_NO: Words = {"yes": LEVELS["Create"]}


class Look(enum.Enum):
    """How a cell is written; the value is XlsxWriter's format."""

    TITLE = "title"
    NOTE = "note"
    HEADING = "heading"
    HEADER = "header"
    INPUT_HEADER = "input header"
    BAND = "band"
    LABEL = "label"
    VERDICT = "verdict"
    TEXT = "text"
    STRONG = "strong"
    ID = "id"
    NUMBER = "number"
    NUMBER_LEFT = "number on the left"
    PERCENT = "percent"
    LINK = "link"
    LEVEL = "level"
    RAISE = "raise"
    LOWER = "lower"
    INPUT = "input"
    INPUT_DATE = "input date"

    @property
    def is_input(self) -> bool:
        """The reader writes here."""
        return self in (Look.INPUT, Look.INPUT_DATE)


_TOP: dict[str, Any] = {"align": "left", "valign": "top", "indent": 1}
_WRAP = {**_TOP, "text_wrap": True}
_ON_DARK = {
    "indent": 1,
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": HEADER,
    "valign": "vcenter",
    "text_wrap": True,
}
_BOXED = {"border": 1, "border_color": LINE}
_CENTRED = {"align": "center", "valign": "top", **_BOXED}
_GAP = {**_CENTRED, "bold": True, "font_color": "#8E1B10", "border": 2, "border_color": "#B3261E"}

FORMATS: dict[Look, dict[str, Any]] = {
    Look.TITLE: {"indent": 1, "bold": True, "font_size": 16, "font_color": HEADER, "valign": "vcenter"},
    Look.NOTE: {"indent": 1, "font_color": QUIET, "valign": "vcenter"},
    Look.HEADING: {"indent": 1, "bold": True, "font_size": 12, "font_color": HEADER, "valign": "vcenter"},
    Look.HEADER: {**_ON_DARK, **_BOXED},
    Look.INPUT_HEADER: {**_ON_DARK, **_BOXED, "bg_color": "#8A6D1B"},
    Look.BAND: {"indent": 1, "bold": True, "font_color": HEADER, "bg_color": ACCENT, "valign": "vcenter"},
    Look.LABEL: {**_TOP, "bold": True, "font_color": QUIET},
    Look.VERDICT: {"align": "left", "indent": 1, "bold": True, "font_size": 14, "valign": "vcenter"},
    Look.TEXT: _WRAP,
    Look.STRONG: {**_WRAP, "bold": True},
    Look.ID: {**_WRAP, "font_name": "Consolas", "font_size": 10},
    Look.NUMBER: {**_TOP, "num_format": "#,##0", "align": "right"},
    Look.NUMBER_LEFT: {**_TOP, "num_format": "#,##0", "align": "left"},
    Look.PERCENT: {**_TOP, "num_format": "0%", "align": "right"},
    Look.LINK: {**_WRAP, "font_color": "#0B5394", "underline": 1},
    Look.LEVEL: _CENTRED,
    # The mark is part of the number format: the cell's value stays the level, so that filters and readers see it.
    Look.RAISE: {**_GAP, "num_format": '@" ▲"'},
    Look.LOWER: {**_GAP, "num_format": '@" ▼"'},
    Look.INPUT: {**_WRAP, **_BOXED, "bg_color": INPUT},
    Look.INPUT_DATE: {**_TOP, **_BOXED, "bg_color": INPUT, "num_format": "yyyy-mm-dd", "align": "left"},
}
