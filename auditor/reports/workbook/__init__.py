"""The workbooks: one for each account, made for change requests, and one for the run."""

from auditor.reports.workbook.changes import ChangesWorkbook
from auditor.reports.workbook.summary import SummaryWorkbook

__all__ = ["ChangesWorkbook", "SummaryWorkbook"]
