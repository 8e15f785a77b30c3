"""The formats that a run writes only where somebody asks for them."""

from __future__ import annotations

import enum


class Format(enum.Enum):
    """A format for the machines or the archive of others. PDF, Excel, HTML, CSV and JSON are written by every run."""

    SARIF = "sarif"
    JUNIT = "junit"
    OCSF = "ocsf"
    PDF_ARCHIVE = "pdf-archive"
    """The PDFs as PDF/A-3 with the file for machines inside, in place of PDF/UA-1."""
