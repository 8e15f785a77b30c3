"""The two PDF reports behind the protocol of all reports."""

from __future__ import annotations

from pathlib import Path

from auditor.model import AccountResult, Run
from auditor.reports.pdf.account import account_view
from auditor.reports.pdf.summary import summary_view
from auditor.reports.pdf.typeset import Typesetter


class AccountPdf:
    """``report.pdf``: what was audited, the verdict, what to do first, every finding, and what the verdict rests on."""

    filename = "report.pdf"

    def __init__(self, templates: Path | None = None) -> None:
        """*templates*: a folder of one's own templates and assets, which win over those that ship."""
        self._typesetter = Typesetter(templates)

    def render(self, result: AccountResult, run: Run) -> bytes:
        """The PDF's bytes.

        Raises:
            ReportError: a template is at fault, or Pango is not installed.
        """
        return self._typesetter.pdf("report.html.j2", account_view(result, run))


class SummaryPdf:
    """``summary.pdf``: which accounts were expected and audited, the verdict of each, and requirement by account."""

    filename = "summary.pdf"

    def __init__(self, templates: Path | None = None) -> None:
        """*templates*: a folder of one's own templates and assets, which win over those that ship."""
        self._typesetter = Typesetter(templates)

    def render(self, run: Run) -> bytes:
        """The PDF's bytes.

        Raises:
            ReportError: a template is at fault, or Pango is not installed.
        """
        return self._typesetter.pdf("summary.html.j2", summary_view(run))
