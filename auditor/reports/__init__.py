"""The registry of reports: a new one is one module and one line here."""

from __future__ import annotations

from pathlib import Path

from auditor.reports.base import AccountReport, RunReport, account_folder
from auditor.reports.findings_json import FindingsJson
from auditor.reports.pdf import AccountPdf, SummaryPdf
from auditor.reports.run_json import RunJson
from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook

__all__ = ["AccountReport", "RunReport", "account_folder", "account_reports", "run_reports"]


def account_reports(templates: Path | None = None) -> tuple[AccountReport, ...]:
    """The reports on one account; *templates* is a user's own folder, which wins over the shipped one."""
    return AccountPdf(templates), ChangesWorkbook(), FindingsJson()


def run_reports(templates: Path | None = None) -> tuple[RunReport, ...]:
    """The reports on a whole run."""
    return SummaryPdf(templates), SummaryWorkbook(), RunJson()
