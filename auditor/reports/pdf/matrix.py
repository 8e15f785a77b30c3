"""Requirement by account: how each requirement came out in each account, the worst of all that it was held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from auditor.model import AccountResult, Baseline, Finding, Status, SubjectKind
from auditor.reports.pdf.findings import baseline_name
from auditor.reports.pdf.words import STATUS, Sign

MOST_ACCOUNTS = 120
"""Columns of the matrix in all; the accounts that come first are those with most failures."""

_ACCOUNTS_ACROSS = 20
_LONGEST_HEADING = 24
_BY_RANK = (Status.NOT_APPLICABLE, Status.PASS, Status.UNKNOWN, Status.FAIL)
_NOT_HELD = Sign("", "total")


class MatrixRow(Struct, frozen=True, kw_only=True):
    """One requirement."""

    what: str
    level: str
    """The level asked; empty where the requirement is not about a level."""
    failed_in: int
    """In how many of all audited accounts, those without a column too."""
    signs: tuple[Sign, ...]


class MatrixPart(Struct, frozen=True, kw_only=True):
    """One baseline against as many accounts as fit across a page."""

    baseline: str
    accounts: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    continued: bool

    @property
    def heading(self) -> int:
        """Height of the turned account ids, in millimetres."""
        return 4 + max(min(len(account), _LONGEST_HEADING) for account in self.accounts) * 3 // 2


def matrix(results: tuple[AccountResult, ...]) -> tuple[MatrixPart, ...]:
    """Every baseline in parts of so many accounts; *results* in the order of their columns.

    Findings that belong to no baseline stand in a part of their own, the last.
    """
    import pandas as pd

    found = pd.DataFrame.from_records(
        [
            (finding.baseline, finding.requirement, result.account, _BY_RANK.index(finding.status))
            for result in results
            for finding in result.findings
        ],
        columns=["baseline", "requirement", "account", "rank"],
    )
    if found.empty:
        return ()
    worst = found.pivot_table(index=["baseline", "requirement"], columns="account", values="rank", aggfunc="max")
    worst = worst.reindex(columns=[result.account for result in results])
    ranks = {
        (str(baseline), str(requirement)): [int(rank) for rank in row]
        for (baseline, requirement), row in zip(worst.index, worst.fillna(-1).to_numpy(), strict=True)
    }
    return tuple(_parts(ranks, results))


def _parts(ranks: dict[tuple[str, str], list[int]], results: tuple[AccountResult, ...]) -> Iterator[MatrixPart]:
    shown = results[:MOST_ACCOUNTS]
    labels = _labels(results)
    baselines = {baseline.id: baseline for result in results for baseline in result.baselines}
    for baseline in sorted({each for each, _ in ranks}, key=lambda each: (each not in baselines, each)):
        keys = _in_order([key for key in ranks if key[0] == baseline], baselines.get(baseline))
        held = [any(ranks[key][column] >= 0 for key in keys) for column in range(len(shown))]
        columns = [column for column, each in enumerate(held) if each]
        width = _even(len(columns))
        name = baseline_name(baselines[baseline]) if baseline in baselines else baseline or "Other requirements"
        for start in range(0, len(columns), width):
            across = columns[start : start + width]
            yield MatrixPart(
                baseline=name,
                accounts=tuple(shown[column].account[:_LONGEST_HEADING] for column in across),
                rows=tuple(_row(labels[key], ranks[key], across) for key in keys),
                continued=start > 0,
            )


def _even(columns: int) -> int:
    """How many columns a part gets, so that all parts are about as wide."""
    parts = -(-columns // _ACCOUNTS_ACROSS)
    return -(-columns // parts) if parts else _ACCOUNTS_ACROSS


def _row(label: tuple[str, str], ranks: list[int], across: list[int]) -> MatrixRow:
    what, level = label
    return MatrixRow(
        what=what,
        level=level,
        failed_in=sum(_BY_RANK[rank] is Status.FAIL for rank in ranks if rank >= 0),
        signs=tuple(STATUS[_BY_RANK[ranks[column]]] if ranks[column] >= 0 else _NOT_HELD for column in across),
    )


def _in_order(keys: list[tuple[str, str]], baseline: Baseline | None) -> list[tuple[str, str]]:
    """The rows of a baseline in its own order, then what else was held against it."""
    order = {f"{baseline.id}:{row.id}": number for number, row in enumerate(baseline.requirements)} if baseline else {}
    return sorted(keys, key=lambda key: (order.get(key[1], len(order)), key[1]))


def _labels(results: tuple[AccountResult, ...]) -> dict[tuple[str, str], tuple[str, str]]:
    """For each requirement what people call it, and the level asked.

    Where no level is asked it is the text of what is expected, if that is the same for everyone.
    """
    findings: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for result in results:
        for finding in result.findings:
            findings[(finding.baseline, finding.requirement)].append(finding)
    return {key: _label(found) for key, found in findings.items()}


def _label(findings: list[Finding]) -> tuple[str, str]:
    first = findings[0]
    if first.expected_level and (first.permission_label or first.permission):
        # The same level may be asked of the role and, by another check, of the token.
        about = "" if first.subject.kind is SubjectKind.ROLE else f" ({first.subject.kind.value})"
        return (first.permission_label or first.permission) + about, first.expected_level.value
    if len({finding.expected for finding in findings}) == 1:
        return first.expected[:1].upper() + first.expected[1:], ""
    return first.requirement.removeprefix(f"{first.baseline}:"), ""
