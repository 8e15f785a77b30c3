"""What ``index.html`` says without its script: verdict, accounts, coverage, failures, waivers, and where files lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup
from msgspec import Struct

from auditor.model import AccountFailure, AccountResult, Run, Severity, State, Table
from auditor.reports.findings_csv import RunFindingsCsv
from auditor.reports.findings_json import FindingsJson
from auditor.reports.pdf import AccountPdf, SummaryPdf
from auditor.reports.pdf.differences import Differences, differences
from auditor.reports.pdf.verdicts import VerdictView, run_verdict, sign
from auditor.reports.pdf.words import STATE, Marks, Sign, listed, marks, moment
from auditor.reports.run_json import AuditedAccount, RunJson
from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook

MOST_NAMED = 12
"""So many accounts are named where several share something; the rest are counted."""
MOST_ROWS = 500
"""So many rows have the tables of what was not read and of what is waived; the rest are counted."""


class Link(Struct, frozen=True):
    """A file of the run folder, by its path from the page."""

    text: str
    path: str


class AccountRow(Struct, frozen=True, kw_only=True):
    """One audited account in one line. The numbers count findings; a waived or noted one is not among the failed."""

    account: str
    verdict: Sign
    failed: int
    unknown: int
    waived: int
    noted: int
    met: int
    not_applicable: int
    lacking: str
    """What was not read in full, with how that went; empty if everything was."""
    taken: str
    files: tuple[Link, ...]


class Lacking(Struct, frozen=True, kw_only=True):
    """A kind of data that was not read in full, for one reason, in one or more accounts."""

    table: str
    state: Sign
    detail: str
    accounts: str


class Waived(Struct, frozen=True, kw_only=True):
    """What one person answers for, with one reason and until one day."""

    owner: str
    expires: str
    reason: str
    ticket: str
    findings: int
    accounts: str


class NotCollected(Struct, frozen=True):
    """What the source can never show, and in which accounts."""

    what: str
    accounts: str


class IndexView(Struct, frozen=True, kw_only=True):
    """What ``index.html.j2`` gets as ``report``."""

    marks: Marks
    started: str
    verdict: VerdictView
    expected: int
    audited: int
    severities: tuple[tuple[str, int], ...]
    """Failed findings that count for the verdict, by severity, the worst first."""
    noted: int
    """Failed findings below the severity that their account's audit counts (``--fail-on``)."""
    unknown: int
    waived: int
    met: int
    unresolved: int
    """Findings that the page's script lists: failed, noted, waived and unknown."""
    failures: tuple[AccountFailure, ...]
    accounts: tuple[AccountRow, ...]
    lacking: tuple[Lacking, ...]
    lacking_left_out: int
    waivers: tuple[Waived, ...]
    waivers_left_out: int
    differences: Differences
    not_collected: tuple[NotCollected, ...]
    files: tuple[Link, ...]
    style: Markup
    script: Markup
    data: Markup
    policy: str
    """The page's Content-Security-Policy."""


def index_view(run: Run, *, style: Markup, script: Markup, data: Markup, policy: str) -> IndexView:
    """All of one run but its findings, which are in *data*; the worst accounts first."""
    rows = tuple(_account_row(result) for result in sorted(run.results, key=_worst_first))
    lacking, waivers = _lacking(run.results), _waivers(run.results)
    return IndexView(
        marks=marks(run, "NetSuite access audit", "All accounts"),
        started=moment(run.started),
        verdict=run_verdict(run),
        expected=run.expected,
        audited=len(run.results),
        severities=_by_severity(run.results),
        noted=sum(row.noted for row in rows),
        unknown=sum(row.unknown for row in rows),
        waived=sum(row.waived for row in rows),
        met=sum(row.met for row in rows),
        unresolved=sum(row.failed + row.noted + row.unknown + row.waived for row in rows),
        failures=tuple(sorted(run.failures, key=lambda failure: failure.account)),
        accounts=rows,
        lacking=lacking[:MOST_ROWS],
        lacking_left_out=max(0, len(lacking) - MOST_ROWS),
        waivers=waivers[:MOST_ROWS],
        waivers_left_out=max(0, len(waivers) - MOST_ROWS),
        differences=differences(run),
        not_collected=_not_collected(run.results),
        files=(
            Link("Summary (PDF)", SummaryPdf.filename),
            Link("Summary (Excel)", SummaryWorkbook.filename),
            Link("Findings (CSV)", RunFindingsCsv.filename),
            Link("Run (JSON)", RunJson.filename),
            Link("Digests of all files", "SHA256SUMS"),
        ),
        style=style,
        script=script,
        data=data,
        policy=policy,
    )


def _worst_first(result: AccountResult) -> tuple[int, int, bool, str]:
    """The highest severity first, then the number of failures; what is incomplete before what is clean."""
    failed = result.failed()
    highest = max((finding.severity.rank + 1 for finding in failed), default=0)
    return (-highest, -len(failed), not result.incomplete, result.account)


def _account_row(result: AccountResult) -> AccountRow:
    audited = AuditedAccount.of(result)
    return AccountRow(
        account=result.account,
        verdict=sign(result.verdict),
        failed=audited.counts.counted,
        unknown=audited.counts.unknown,
        waived=audited.counts.waived,
        noted=audited.counts.noted,
        met=audited.counts.passed,
        not_applicable=audited.counts.not_applicable,
        lacking="; ".join(f"{table.value}: {STATE[State(state)].word}" for table, state in audited.incomplete.items()),
        taken=moment(audited.taken),
        files=(
            Link("PDF", f"{audited.folder}/{AccountPdf.filename}"),
            Link("Excel", f"{audited.folder}/{ChangesWorkbook.filename}"),
            Link("JSON", f"{audited.folder}/{FindingsJson.filename}"),
        ),
    )


def _by_severity(results: Sequence[AccountResult]) -> tuple[tuple[str, int], ...]:
    counts = Counter(finding.severity for result in results for finding in result.failed())
    return tuple((severity.value, counts[severity]) for severity in reversed(Severity))


def _lacking(results: Sequence[AccountResult]) -> tuple[Lacking, ...]:
    accounts: dict[tuple[Table, State, str], list[str]] = {}
    for result in results:
        for table in Table:
            coverage = result.snapshot.covered(table)
            if not coverage.complete:
                accounts.setdefault((table, coverage.state, coverage.detail), []).append(result.account)
    tables, states = list(Table), list(State)
    return tuple(
        Lacking(table=table.value, state=STATE[state], detail=detail, accounts=_named(accounts[table, state, detail]))
        for table, state, detail in sorted(
            accounts, key=lambda key: (tables.index(key[0]), states.index(key[1]), key[2])
        )
    )


def _waivers(results: Sequence[AccountResult]) -> tuple[Waived, ...]:
    """The waivers in force, those that run out first on top."""
    accounts: dict[tuple[str, str, str, str], list[str]] = {}
    for result in results:
        for finding in result.waived():
            if waiver := finding.waiver:
                key = (waiver.expires, waiver.owner, waiver.reason, waiver.ticket)
                accounts.setdefault(key, []).append(result.account)
    return tuple(
        Waived(owner=owner, expires=expires, reason=reason, ticket=ticket, findings=len(named), accounts=_named(named))
        for (expires, owner, reason, ticket), named in sorted(accounts.items())
    )


def _not_collected(results: Sequence[AccountResult]) -> tuple[NotCollected, ...]:
    accounts: dict[str, list[str]] = {}
    for result in results:
        for text in result.snapshot.not_collected:
            accounts.setdefault(text, []).append(result.account)
    return tuple(NotCollected(text, _named(named)) for text, named in sorted(accounts.items()))


def _named(accounts: Iterable[str]) -> str:
    return listed(sorted(set(accounts)), MOST_NAMED)
