"""What the verdict rests on: the data that was read, what was not, and the baselines, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from auditor.model import (
    AccountResult,
    Baseline,
    Comparison,
    Condition,
    Confidence,
    Coverage,
    Requirement,
    State,
    Table,
)
from auditor.reports.pdf.findings import baseline_name
from auditor.reports.pdf.words import STATE, Sign, counted

MOST_FILES = 300
MOST_NOTES = 200

_ADDRESS = re.compile(r":?\s*https?://\S+")


class CoverageRow(Struct, frozen=True):
    """One table of the account and how reading it went."""

    table: str
    state: Sign
    rows: int
    remarks: tuple[str, ...]


class FileRow(Struct, frozen=True):
    """One file or query that was read, with all that it was read for."""

    name: str
    sha256: str
    tables: str
    problem: str


class AskedRow(Struct, frozen=True, kw_only=True):
    """One row of a baseline as its vendor asks it. ``options``: label, permission id, sub-tab of each."""

    options: tuple[tuple[str, str, str], ...]
    level: str
    codes: str
    remarks: tuple[str, ...]


class BaselineView(Struct, frozen=True, kw_only=True):
    """One baseline with where it comes from."""

    name: str
    title: str
    version: str
    id: str
    vendor: str
    purpose: str
    source: str
    page: str
    """The source's name without its address, for where there is little room."""
    read_on: str
    inferred: bool
    comparison: str
    sha256: str
    file: str
    note: str
    rows: tuple[AskedRow, ...]
    not_judged: tuple[tuple[str, str, str], ...]
    """Label, level, reason."""
    after_fix: tuple[str, ...]


class Completeness(Struct, frozen=True):
    """The coverage in one line, and what was not read."""

    sign: Sign
    line: str
    missing: tuple[str, ...]


def completeness(result: AccountResult) -> Completeness:
    """Whether the data sufficed for what was judged, and which kinds of data are not there in full."""
    tables = [result.snapshot.covered(table) for table in Table]
    whole = sum(coverage.complete for coverage in tables)
    missing = []
    for state in State:
        names = [coverage.table.value for coverage in tables if coverage.state is state]
        if names and state is not State.COLLECTED:
            missing.append(f"{STATE[state].word}: {', '.join(names)}")
    sign = Sign("incomplete", "unknown") if result.incomplete else Sign("complete for what was judged", "pass")
    return Completeness(sign, f"{whole} of {len(tables)} kinds of data were read in full.", tuple(missing))


def coverage_rows(result: AccountResult) -> tuple[CoverageRow, ...]:
    """Every kind of data, also those of which the snapshot does not speak."""
    tables = (result.snapshot.covered(table) for table in Table)
    return tuple(CoverageRow(each.table.value, STATE[each.state], each.rows, tuple(_remarks(each))) for each in tables)


def _remarks(coverage: Coverage) -> Iterator[str]:
    if coverage.detail:
        yield coverage.detail
    if coverage.pages:
        yield f"Read in {counted(coverage.pages, 'page')}."
    if coverage.counted_before is not None and coverage.counted_after is not None:
        yield f"Counted before: {coverage.counted_before:,}, after: {coverage.counted_after:,}."
    if coverage.columns_dropped:
        yield f"Columns that the account does not give: {', '.join(coverage.columns_dropped)}."
    for canary in coverage.canaries:
        found = "was found" if canary.found else "was NOT found, so the read is not whole"
        yield f"Control row: {canary.what} {found}."


def file_rows(result: AccountResult) -> tuple[FileRow, ...]:
    """Files and queries, each once, in the order of their names."""
    tables: dict[tuple[str, str], list[str]] = {}
    problems: dict[tuple[str, str], dict[str, None]] = {}
    for coverage in result.snapshot.coverage:
        for origin in coverage.origins:
            key = (origin.name, origin.sha256)
            tables.setdefault(key, []).append(coverage.table.value)
            if origin.problem:
                problems.setdefault(key, {})[origin.problem] = None
    return tuple(
        FileRow(name, sha256, ", ".join(dict.fromkeys(names)), " ".join(problems.get((name, sha256), ())))
        for (name, sha256), names in sorted(tables.items())
    )


def baseline_view(baseline: Baseline) -> BaselineView:
    """A baseline in the words of the report."""
    exact = baseline.comparison is Comparison.EXACT
    return BaselineView(
        name=baseline_name(baseline),
        title=baseline.title,
        version=baseline.version,
        id=baseline.id,
        vendor=baseline.vendor,
        purpose=baseline.purpose,
        source=baseline.source,
        page=_ADDRESS.sub("", baseline.source).strip() or baseline.source,
        read_on=baseline.read_on,
        inferred=baseline.confidence is Confidence.INFERRED,
        comparison="exactly this level; a higher one is reported" if exact else "at least this level",
        sha256=baseline.sha256,
        file=baseline.file,
        note=baseline.note,
        rows=tuple(_asked(requirement) for requirement in baseline.requirements),
        not_judged=tuple((each.label, each.level, each.reason) for each in baseline.not_judged),
        after_fix=baseline.after_fix,
    )


def _asked(requirement: Requirement) -> AskedRow:
    return AskedRow(
        options=tuple((option.label, option.permission, option.subtab) for option in requirement.options),
        level=" or ".join(dict.fromkeys(option.level.value for option in requirement.options)),
        codes=" ".join(requirement.codes),
        remarks=tuple(_conditions(requirement)),
    )


def _conditions(requirement: Requirement) -> Iterator[str]:
    if len(requirement.options) > 1:
        yield "Any one of these is enough."
    if requirement.when:
        yield f"Applies only {_when(requirement.when)}."
    if requirement.retired:
        yield f"Never failed: {requirement.retired}"
    if requirement.note:
        yield requirement.note


def _when(condition: Condition) -> str:
    if condition.feature:
        return f"where the feature {condition.feature} is on"
    if condition.oneworld is not None:
        return f"where the account {'has' if condition.oneworld else 'has no'} subsidiaries"
    return f"where '{condition.option}' is in use"
