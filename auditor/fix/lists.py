"""What to click for every change, and the same level changes by permission, as NetSuite's mass update takes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from auditor.model import folded
from auditor.reports.text import printable
from auditor.reports.workbook.change_requests import ChangeRequest

_HEAD = ("Sub-tab", "Permission", "Permission id", "Set to", "Role", "Role id", "From", "Severity", "Codes", "Finding")


def click_list(account: str, requests: Sequence[ChangeRequest]) -> str:
    """Every change as steps, those of one role or token together."""
    lines = [f"What to change in NetSuite account {account}", ""]
    if not requests:
        lines.append("Nothing failed: nothing to change.")
    subject = None
    for request in requests:
        if (request.kind, request.key) != subject:
            subject = (request.kind, request.key)
            lines += [f"{request.kind.value.capitalize()} {printable(request.name)} ({printable(request.id)})", ""]
        lines += [f"  {printable(why)}  [{request.finding}]" for why in request.why]
        lines += [f"    {number}. {printable(step)}" for number, step in enumerate(request.steps, 1)]
        lines.append("")
    return "\n".join([*lines, ""])


def mass_update(requests: Sequence[ChangeRequest]) -> str:
    """CSV: one permission and level below the other, with the roles that it goes to.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(_HEAD)
    levels = [request for request in requests if request.sets_level and request.from_level and request.to_level]
    levels.sort(key=lambda each: (each.subtab, folded(each.label), each.permission, each.to_level, folded(each.name)))
    for request in levels:
        to, was = request.to_level, request.from_level
        row = (
            request.subtab,
            request.label,
            request.permission,
            to.value if to else "",
            request.name,
            request.id,
            was.value if was else "",
            request.severity.value,
            " ".join(request.codes),
            request.finding,
        )
        writer.writerow([_safe(text) for text in row])
    return written.getvalue()


def _safe(text: str) -> str:
    shown = printable(text)
    return f"'{shown}" if shown[:1] in "=+-@\t" and shown else shown
