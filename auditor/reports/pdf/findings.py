"""Findings grouped by what they are about, so that a fix which many rows share is said once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from auditor.model import AccountResult, Baseline, Confidence, Finding, Severity, Status, SubjectKind, Waiver
from auditor.reports.pdf.words import ELSEWHERE, GAP, LEVEL_SOURCE, SUBJECT

MOST_FINDINGS = 2000
"""Rows of findings in one PDF. The workbook and findings.json have all of them."""


class Row(Struct, frozen=True, kw_only=True):
    """One finding as a table row."""

    id: str
    what: str
    """The permission as people call it, or what was asked."""
    permission: str
    subtab: str
    expected: str
    actual: str
    gap: str
    source: str
    """Where the actual level comes from, in words."""
    elsewhere: str
    """A word for a source other than the role, which a reader would not expect; empty where it is the role."""
    severity: str
    codes: str
    remarks: tuple[str, ...]


class Fix(Struct, frozen=True):
    """Steps, and the names of the rows that they mend."""

    rows: tuple[str, ...]
    steps: tuple[str, ...]


class Group(Struct, frozen=True, kw_only=True):
    """The findings of one status about one role, token, user or account, held against one baseline."""

    kind: str
    name: str
    key: str
    """The subject's id inside the account; empty where that is all its name says."""
    baseline: str
    judged: int
    """Findings of any status about this subject and baseline."""
    levels: tuple[Row, ...]
    """Rows in which a permission level is compared."""
    statements: tuple[Row, ...]
    """All other rows."""
    fixes: tuple[Fix, ...]
    follows: tuple[str, ...]
    """For rows that follow from other findings: where those are mended."""
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def size(self) -> int:
        return len(self.findings)


class Section(Struct, frozen=True, kw_only=True):
    """All groups of one status, up to the stated bound."""

    groups: tuple[Group, ...]
    total: int
    left_out: int
    most: int = MOST_FINDINGS


def grouped(result: AccountResult) -> dict[Status, tuple[Group, ...]]:
    """Every group of every status, the worst first, then by kind, name and id. Those that do not count are left out."""
    return _by_status(result, [each for each in result.findings if each.status is not Status.FAIL] + [*result.failed()])


def noted_groups(result: AccountResult) -> tuple[Group, ...]:
    """The failures below the severity that counts, grouped the same way."""
    return _by_status(result, result.noted())[Status.FAIL]


def waived_groups(result: AccountResult) -> tuple[Group, ...]:
    """The failures that somebody answers for, grouped the same way."""
    return _by_status(result, result.waived())[Status.FAIL]


def _by_status(result: AccountResult, chosen: Sequence[Finding]) -> dict[Status, tuple[Group, ...]]:
    names = {baseline.id: baseline_name(baseline) for baseline in result.baselines}
    judged: defaultdict[tuple[SubjectKind, str, str], int] = defaultdict(int)
    members: defaultdict[tuple[Status, SubjectKind, str, str], list[Finding]] = defaultdict(list)
    for finding in result.findings:
        judged[finding.subject.kind, finding.subject.key, finding.baseline] += 1
    for finding in chosen:
        about = (finding.subject.kind, finding.subject.key, finding.baseline)
        members[(finding.status, *about)].append(finding)
    groups: dict[Status, list[Group]] = {status: [] for status in Status}
    for (status, kind, key, baseline), findings in members.items():
        groups[status].append(_group(findings, names.get(baseline, baseline), judged[(kind, key, baseline)]))
    return {status: tuple(sorted(found, key=_worst_first)) for status, found in groups.items()}


def section(groups: Sequence[Group], room: int) -> Section:
    """The first groups that fit into *room* rows; a group is shown whole or up to the last row that fits."""
    shown: list[Group] = []
    for group in groups:
        if room <= 0:
            break
        shown.append(group if group.size <= room else _first_rows(group, room))
        room -= shown[-1].size
    total = sum(group.size for group in groups)
    return Section(groups=tuple(shown), total=total, left_out=total - sum(group.size for group in shown))


def baseline_name(baseline: Baseline) -> str:
    """Title and version; a baseline that was inferred says so wherever it is named."""
    inferred = " (inferred)" if baseline.confidence is Confidence.INFERRED else ""
    return f"{baseline.title} {baseline.version}{inferred}"


def _group(findings: list[Finding], baseline: str, judged: int) -> Group:
    subject = findings[0].subject
    return Group(
        kind=SUBJECT[subject.kind],
        name=subject.name or subject.key,
        key="" if subject.key == subject.name else subject.key,
        baseline=baseline,
        judged=judged,
        levels=tuple(_row(finding) for finding in findings if _compares_levels(finding)),
        statements=tuple(_row(finding) for finding in findings if not _compares_levels(finding)),
        fixes=merged_fixes(finding for finding in findings if not finding.consequence),
        follows=tuple(dict.fromkeys(" ".join(finding.remedy) for finding in findings if finding.consequence)),
        severity=max((finding.severity for finding in findings), key=lambda severity: severity.rank),
        findings=tuple(findings),
    )


def _first_rows(group: Group, room: int) -> Group:
    return _group(list(group.findings[:room]), group.baseline, group.judged)


def _worst_first(group: Group) -> tuple[int, bool, str, str, str, str]:
    follows = all(finding.consequence for finding in group.findings)
    return (-group.severity.rank, follows, group.kind, group.name, group.key, group.baseline)


def _compares_levels(finding: Finding) -> bool:
    return finding.expected_level is not None and bool(finding.permission_label or finding.permission)


def _name(finding: Finding) -> str:
    return (finding.permission_label or finding.permission) if _compares_levels(finding) else finding.title


def _row(finding: Finding) -> Row:
    levels = _compares_levels(finding)
    expected = finding.expected_level.value if levels and finding.expected_level else finding.expected
    actual = finding.actual_level.value if levels and finding.actual_level else finding.actual
    return Row(
        id=finding.id,
        what=_name(finding),
        permission=finding.permission,
        subtab=finding.subtab,
        expected=expected,
        actual=actual,
        gap=GAP[finding.gap] if finding.gap else "",
        source=LEVEL_SOURCE[finding.source] if finding.source else "",
        elsewhere=ELSEWHERE.get(finding.source, "") if finding.source else "",
        severity=finding.severity.value,
        codes=" ".join(finding.codes),
        remarks=tuple(filter(None, (_waived_by(finding.waiver), finding.reason, *finding.notes))),
    )


def _waived_by(waiver: Waiver | None) -> str:
    if waiver is None:
        return ""
    wide = f" The entry covers more than this finding: {waiver.scope}." if waiver.scope else ""
    return f"Waived through {waiver.expires} by {waiver.owner}, {waiver.ticket}: {waiver.reason}{wide}"


def merged_fixes(findings: Iterable[Finding]) -> tuple[Fix, ...]:
    """Remedies as few lists of steps as possible: those that begin with the same step become one list.

    Steps that all of them share at the beginning and at the end are said once, what differs stands between them.
    """
    by_first: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.remedy:
            by_first.setdefault(finding.remedy[0], []).append(finding)
    return tuple(
        Fix(
            rows=tuple(dict.fromkeys(_name(finding) for finding in similar)),
            steps=_merged([finding.remedy for finding in similar]),
        )
        for similar in by_first.values()
    )


def _merged(remedies: list[tuple[str, ...]]) -> tuple[str, ...]:
    shortest = min(len(remedy) for remedy in remedies)
    first = remedies[0]
    begin = 0
    while begin < shortest and all(remedy[begin] == first[begin] for remedy in remedies):
        begin += 1
    end = 0
    # One that ends where the common beginning does says nothing of how the others end.
    longer = [remedy for remedy in remedies if len(remedy) > begin]
    room = min((len(remedy) for remedy in longer), default=begin) - begin
    while end < room and all(remedy[-1 - end] == longer[0][-1 - end] for remedy in longer):
        end += 1
    between: list[str] = []
    for remedy in longer:
        # A step that another remedy has given is not said again; one that this remedy takes twice is.
        given = set(between)
        between += [step for step in remedy[begin : len(remedy) - end] if step not in given]
    ending = longer[0][len(longer[0]) - end :] if end else ()
    return (*first[:begin], *between, *ending)
