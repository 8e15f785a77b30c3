"""The Findings sheet: every finding, the passed ones too, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.model import Finding, Status, Waiver, folded
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Column, Row
from auditor.reports.workbook.places import BACK, FINDINGS
from auditor.reports.workbook.styles import LEVELS, STATUSES, Look

COLUMNS = (
    Column("Finding", 20, Look.ID),
    Column("Status", 16, words=STATUSES),
    Column("Severity", 12),
    Column("Waived through", 16),
    Column("Check", 24),
    Column("Subject", 11),
    Column("Name", 40),
    Column("Key", 26, Look.ID),
    Column("Requirement", 48),
    Column("Title", 64),
    Column("Expected", 34),
    Column("Actual", 34),
    Column("Gap", 12),
    Column("Source of level", 20),
    Column("Codes", 18),
    Column("Sub-tab", 16),
    Column("Permission", 34),
    Column("Permission id", 36, Look.ID),
    Column("Level", 10, words=LEVELS),
    Column("Level asked", 13, words=LEVELS),
    Column("Reason", 44),
    Column("Fix", 72),
    Column("Baseline", 30),
    Column("Notes", 44),
    Column("Waiver", 44),
)
_CONSEQUENCE = ("Follows from other findings: mending those mends it.",)
WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


def words(value: str) -> str:
    """A word of the model as people write it: ``not_applicable`` is "not applicable"."""
    return value.replace("_", " ")


def numbered(steps: Sequence[str]) -> str:
    """Steps of a fix, one a line."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By status and severity, then by check, subject and requirement."""
    return sorted(
        findings,
        key=lambda finding: (
            WORST_FIRST.index(finding.status),
            -finding.severity.rank,
            finding.check,
            folded(finding.subject.name),
            finding.subject.key,
            finding.requirement,
            finding.id,
        ),
    )


def waived_by(waiver: Waiver) -> str:
    """Who answers for a finding, with the ticket, the reason and how far the entry reaches."""
    return "\n".join(filter(None, (f"{waiver.owner}, {waiver.ticket}", waiver.reason, waiver.scope)))


def finding_rows(findings: Iterable[Finding]) -> list[Row]:
    """A row for each finding."""
    return [
        (
            finding.id,
            words(finding.status.value),
            finding.severity.value,
            finding.waiver.expires if finding.waiver else None,
            finding.check,
            finding.subject.kind.value,
            finding.subject.name,
            finding.subject.key,
            finding.requirement,
            finding.title,
            finding.expected,
            finding.actual,
            words(finding.gap.value) if finding.gap else None,
            finding.source.value if finding.source else None,
            ", ".join(finding.codes),
            finding.subtab,
            finding.permission_label,
            finding.permission,
            finding.actual_level.value if finding.actual_level else None,
            finding.expected_level.value if finding.expected_level else None,
            finding.reason,
            numbered(finding.remedy),
            finding.baseline,
            "\n".join((*_CONSEQUENCE, *finding.notes) if finding.consequence else finding.notes),
            waived_by(finding.waiver) if finding.waiver else None,
        )
        for finding in findings
    ]


def write_findings(book: Book, rows: Sequence[Row]) -> None:
    """Writes the sheet; *rows* are :func:`finding_rows`."""
    sheet = book.sheet(FINDINGS)
    sheet.open(
        "Findings",
        "Everything that was judged, one row each, worst first. unknown: the data that would decide it was not read.",
        BACK,
    )
    sheet.keep_in_view(3)
    sheet.table("Findings", COLUMNS, rows, "Nothing was judged.")
