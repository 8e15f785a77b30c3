"""The PDF that an auditor files: one for each account, one for the run."""

from __future__ import annotations

from auditor.reports.pdf.reports import AccountPdf, SummaryPdf

__all__ = ["AccountPdf", "SummaryPdf"]
