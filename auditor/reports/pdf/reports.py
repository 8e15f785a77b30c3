"""The two PDF reports behind the protocol of all reports."""

from __future__ import annotations

from pathlib import Path

from auditor.model import AccountResult, Run
from auditor.reports.findings_json import FindingsJson
from auditor.reports.pdf.account import account_view
from auditor.reports.pdf.summary import summary_view
from auditor.reports.pdf.typeset import Embedded, Typesetter
from auditor.reports.pdf.words import shown
from auditor.reports.run_json import RunJson


class AccountPdf:
    """``report.pdf``: what was audited, the verdict, what to do first, every finding, and what the verdict rests on."""

    filename = "report.pdf"

    def __init__(self, templates: Path | None = None, *, archive: bool = False) -> None:
        """*templates*: a folder of one's own templates and assets, which win over those that ship.

        *archive*: PDF/A-3 with ``findings.json`` inside, in place of PDF/UA-1.
        """
        self._typesetter = Typesetter(templates)
        self._archive = archive

    def render(self, result: AccountResult, run: Run) -> bytes:
        """The PDF's bytes.

        Raises:
            ReportError: a template is at fault, or Pango is not installed.
        """
        view = account_view(result, run)
        embedded = None
        if self._archive:
            embedded = Embedded(
                name=FindingsJson.filename,
                data=FindingsJson().render(result, run),
                about=f"Every finding of account {shown(result.account, 60)}, for machines",
                created=run.started,
            )
        return self._typesetter.pdf("report.html.j2", view, embedded=embedded)


class SummaryPdf:
    """``summary.pdf``: which accounts were expected and audited, the verdict of each, and requirement by account."""

    filename = "summary.pdf"

    def __init__(self, templates: Path | None = None, *, archive: bool = False) -> None:
        """*templates*: a folder of one's own templates and assets, which win over those that ship.

        *archive*: PDF/A-3 with ``run.json`` inside, in place of PDF/UA-1.
        """
        self._typesetter = Typesetter(templates)
        self._archive = archive

    def render(self, run: Run) -> bytes:
        """The PDF's bytes.

        Raises:
            ReportError: a template is at fault, or Pango is not installed.
        """
        view = summary_view(run)
        embedded = None
        if self._archive:
            embedded = Embedded(
                name=RunJson.filename,
                data=RunJson().render(run),
                about="What became of the run and its accounts, for machines",
                created=run.started,
            )
        charts = [chart for chart in (view.chart, view.trend and view.trend.chart) if chart]
        return self._typesetter.pdf("summary.html.j2", view, charts=charts, embedded=embedded)
