"""All that the PDF of one account shows, shaped for the template: page 1, the findings, the appendix."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import AccountResult, RoleDistance, Run, Status, Table, TokenVerdict
from auditor.reports.pdf.chains import Chain, chains
from auditor.reports.pdf.drift import DriftView, drift_view
from auditor.reports.pdf.evidence import (
    MOST_FILES,
    MOST_NOTES,
    BaselineView,
    Completeness,
    CoverageRow,
    FileRow,
    baseline_view,
    completeness,
    coverage_rows,
    file_rows,
)
from auditor.reports.pdf.findings import (
    MOST_FINDINGS,
    Section,
    baseline_name,
    grouped,
    noted_groups,
    section,
    waived_groups,
)
from auditor.reports.pdf.priorities import Priority, priorities
from auditor.reports.pdf.token_matrix import TokenMatrixPart, token_matrix
from auditor.reports.pdf.verdicts import Count, VerdictView, account_verdict, counts
from auditor.reports.pdf.words import STATUS, Marks, Sign, counted, marks, moment

MOST_TOKENS = 300
MOST_ROLES = 300
GLANCE_TOKENS = 3
GLANCE_BASELINES = 3


class TokenRow(Struct, frozen=True, kw_only=True):
    """One access token in one line."""

    name: str
    application: str
    user: str
    role: str
    state: str
    created: str
    status: Sign
    met: str
    """``5 of 8``, or empty where nothing was held against the token."""
    causes: tuple[str, ...]
    codes: str
    concerned: bool
    """The token is of an application that a baseline is about."""


class RoleRow(Struct, frozen=True, kw_only=True):
    """How far one role is from one baseline."""

    name: str
    id: str
    inactive: bool
    met: str
    undecided: int
    permission_rows: int
    judged: bool
    why: str


class Distances(Struct, frozen=True):
    """Every role against one baseline."""

    baseline: str
    rows: tuple[RoleRow, ...]
    left_out: int
    not_judged: str
    """Why roles are not judged, where it is the same for all of them; otherwise each row says its own."""


class AccountView(Struct, frozen=True, kw_only=True):
    """What ``report.html.j2`` gets as ``report``."""

    marks: Marks
    account: str
    taken: str
    read_from: str
    verdict: VerdictView
    counts: tuple[Count, ...]
    completeness: Completeness
    priorities: tuple[Priority, ...]
    nothing_to_do: str
    """What to say where there are no priorities."""
    baselines: tuple[BaselineView, ...]
    baselines_on_page_1: tuple[BaselineView, ...]
    tokens: tuple[TokenRow, ...]
    tokens_left_out: int
    token_matrix: tuple[TokenMatrixPart, ...]
    token_matrix_left_out: int
    """Judged tokens that have no column in it."""
    chains: tuple[Chain, ...]
    chains_left_out: int
    tokens_at_a_glance: tuple[TokenRow, ...]
    tokens_beside: str
    """What is to be said of the tokens that the glance does not show."""
    failed: Section
    noted: Section
    waived: Section
    unknown: Section
    passed: Section
    not_applicable: Section
    after_fix: tuple[BaselineView, ...]
    """Baselines with failures that say what to do in the vendor's application once the roles are right."""
    distances: tuple[Distances, ...]
    coverage: tuple[CoverageRow, ...]
    files: tuple[FileRow, ...]
    files_left_out: int
    notes: tuple[tuple[str, str, str], ...]
    """Table, subject, text."""
    notes_left_out: int
    not_collected: tuple[str, ...]
    roles_named: tuple[str, ...]
    assumptions: tuple[tuple[str, str], ...]
    fail_on: str
    drift: DriftView
    skipped_checks: tuple[str, ...]
    expected: tuple[tuple[str, str], ...]
    waivers: str
    """The file of waivers with the number of its entries and its digest; empty if there was none."""


def account_view(result: AccountResult, run: Run) -> AccountView:
    """Everything of one account, bounded, in the order in which it is printed."""
    groups = grouped(result)
    failed = section(groups[Status.FAIL], MOST_FINDINGS)
    waived = section(waived_groups(result), MOST_FINDINGS - failed.total)
    noted = section(noted_groups(result), MOST_FINDINGS - failed.total - waived.total)
    room = MOST_FINDINGS - failed.total - waived.total - noted.total
    unknown = section(groups[Status.UNKNOWN], room)
    passed = section(groups[Status.PASS], room - unknown.total)
    room -= unknown.total + passed.total
    baselines = tuple(baseline_view(baseline) for baseline in result.baselines)
    tokens = tuple(_token_row(token) for token in sorted(result.tokens, key=_concerned_first))
    glance = tuple(token for token in tokens if token.concerned)[:GLANCE_TOKENS]
    failing = {finding.baseline for finding in result.failed()}
    files = file_rows(result)
    token_chains, chains_left_out = chains(result)
    levels, levels_left_out = token_matrix(result)
    snapshot = result.snapshot
    return AccountView(
        marks=marks(run, f"Access audit of NetSuite account {result.account}", f"Account {result.account}"),
        account=result.account,
        taken=moment(snapshot.taken),
        read_from=f"{snapshot.source}: {snapshot.origin}",
        verdict=account_verdict(result),
        counts=counts(result),
        completeness=completeness(result),
        priorities=priorities(result, groups),
        nothing_to_do="Nothing has to be done."
        if passed.total
        else "Nothing was judged, so this report asks for nothing.",
        baselines=baselines,
        baselines_on_page_1=baselines[:GLANCE_BASELINES],
        tokens=tokens[:MOST_TOKENS],
        tokens_left_out=max(0, len(tokens) - MOST_TOKENS),
        token_matrix=levels,
        token_matrix_left_out=levels_left_out,
        chains=token_chains,
        chains_left_out=chains_left_out,
        tokens_at_a_glance=glance,
        tokens_beside=_tokens_beside(result, tokens, len(glance)),
        failed=failed,
        noted=noted,
        waived=waived,
        unknown=unknown,
        passed=passed,
        not_applicable=section(groups[Status.NOT_APPLICABLE], room),
        after_fix=tuple(baseline for baseline in baselines if baseline.id in failing and baseline.after_fix),
        distances=_distances(result),
        coverage=coverage_rows(result),
        files=files[:MOST_FILES],
        files_left_out=max(0, len(files) - MOST_FILES),
        notes=tuple((note.table.value, note.subject, note.text) for note in snapshot.notes[:MOST_NOTES]),
        notes_left_out=max(0, len(snapshot.notes) - MOST_NOTES),
        not_collected=snapshot.not_collected,
        roles_named=result.scope.roles,
        assumptions=tuple((key, "yes" if value else "no") for key, value in sorted(result.scope.assumptions.items())),
        fail_on=result.scope.fail_on.value,
        drift=drift_view(result, run),
        skipped_checks=result.scope.skipped_checks,
        expected=tuple(sorted(result.scope.expected.items())),
        waivers=_waivers(result),
    )


def _waivers(result: AccountResult) -> str:
    waivers = result.waivers
    if not waivers.text:
        return ""
    return f"{waivers.file}, {counted(len(waivers.entries), 'entry', 'entries')}, SHA-256 {waivers.sha256}"


_TOKEN_ORDER = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


def _concerned_first(token: TokenVerdict) -> tuple[bool, int, str, str, str]:
    return (not token.baseline, _TOKEN_ORDER.index(token.status), token.application, token.name, token.token)


def _token_row(token: TokenVerdict) -> TokenRow:
    return TokenRow(
        name=token.name,
        application=token.application,
        user=token.user,
        role=token.role,
        state=token.state,
        created=token.created,
        status=STATUS[token.status],
        met=f"{token.met} of {token.asked}" if token.asked else "",
        causes=token.causes,
        codes=" ".join(token.codes),
        concerned=bool(token.baseline),
    )


def _tokens_beside(result: AccountResult, tokens: tuple[TokenRow, ...], shown: int) -> str:
    coverage = result.snapshot.covered(Table.ACCESS_TOKENS)
    concerned = sum(token.concerned for token in tokens)
    other = len(tokens) - concerned
    if not coverage.complete and not tokens:
        return "The account's list of access tokens was not read, so nothing is known of them."
    said = []
    if not concerned:
        said.append("No access token of an audited application was found.")
    if concerned > shown:
        said.append(f"{counted(concerned - shown, 'more token')} of an audited application: see Access tokens.")
    if other:
        said.append(f"{counted(other, 'token')} of other applications {'was' if other == 1 else 'were'} not judged.")
    if not coverage.complete:
        said.append("The list of tokens was not read in full.")
    return " ".join(said)


def _distances(result: AccountResult) -> tuple[Distances, ...]:
    names = {baseline.id: baseline_name(baseline) for baseline in result.baselines}
    order = {baseline: number for number, baseline in enumerate(names)}
    by_baseline: dict[str, list[RoleDistance]] = {}
    for distance in sorted(result.distances, key=_nearest_first):
        by_baseline.setdefault(distance.baseline, []).append(distance)
    return tuple(
        Distances(
            names.get(baseline, baseline),
            tuple(_role_row(distance) for distance in distances[:MOST_ROLES]),
            max(0, len(distances) - MOST_ROLES),
            _same_why(distances),
        )
        for baseline, distances in sorted(
            by_baseline.items(), key=lambda item: (order.get(item[0], len(order)), item[0])
        )
    )


def _same_why(distances: list[RoleDistance]) -> str:
    reasons = {distance.why for distance in distances if not distance.judged}
    return reasons.pop() if len(reasons) == 1 else ""


def _nearest_first(distance: RoleDistance) -> tuple[bool, int, str, str]:
    return (not distance.judged, -distance.met, distance.role_name, distance.role)


def _role_row(distance: RoleDistance) -> RoleRow:
    return RoleRow(
        name=distance.role_name,
        id=distance.role_id,
        inactive=bool(distance.inactive),
        met=f"{distance.met} of {distance.asked}",
        undecided=distance.undecided,
        permission_rows=distance.permission_rows,
        judged=distance.judged,
        why=distance.why,
    )
