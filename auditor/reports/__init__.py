"""The registry of reports: a new one is one module and one line here."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from auditor.model import Format
from auditor.reports.base import AccountReport, RunReport, account_folder
from auditor.reports.findings_csv import AccountFindingsCsv, RunFindingsCsv
from auditor.reports.findings_json import FindingsJson
from auditor.reports.html import IndexPage
from auditor.reports.junit import AccountJunit, RunJunit
from auditor.reports.ocsf import AccountOcsf, RunOcsf
from auditor.reports.pdf import AccountPdf, SummaryPdf
from auditor.reports.run_json import RunJson
from auditor.reports.sarif import AccountSarif, RunSarif
from auditor.reports.tickets import JiraCsv, ServiceNowCsv
from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook

__all__ = ["AccountReport", "RunReport", "account_folder", "account_reports", "run_reports"]

_ON_DEMAND: dict[Format, tuple[AccountReport, RunReport]] = {
    Format.SARIF: (AccountSarif(), RunSarif()),
    Format.JUNIT: (AccountJunit(), RunJunit()),
    Format.OCSF: (AccountOcsf(), RunOcsf()),
}


def account_reports(templates: Path | None = None, formats: Collection[Format] = ()) -> tuple[AccountReport, ...]:
    """The reports on one account; *templates* is a user's own folder, which wins over the shipped one."""
    always = (
        AccountPdf(templates, archive=Format.PDF_ARCHIVE in formats),
        ChangesWorkbook(),
        FindingsJson(),
        AccountFindingsCsv(),
        JiraCsv(),
        ServiceNowCsv(),
    )
    return always + tuple(account for name, (account, _) in _ON_DEMAND.items() if name in formats)


def run_reports(templates: Path | None = None, formats: Collection[Format] = ()) -> tuple[RunReport, ...]:
    """The reports on a whole run."""
    always = (
        SummaryPdf(templates, archive=Format.PDF_ARCHIVE in formats),
        SummaryWorkbook(),
        RunJson(),
        IndexPage(templates),
        RunFindingsCsv(),
    )
    return always + tuple(run for name, (_, run) in _ON_DEMAND.items() if name in formats)
