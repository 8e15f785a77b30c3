"""The findings of a run as columns of numbers beside lists of distinct texts.

A text of 50,000 findings over 1,000 accounts stands in the page once, and a row is a few small numbers. The lists are
sorted, so that comparing two numbers of a column compares their texts: the page sorts without looking at a text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct

from auditor.model import AccountResult, Finding, Severity, Status
from auditor.reports.base import account_folder
from auditor.reports.pdf.words import GAP, SUBJECT, shown

LONGEST = 1000
"""No text is shown longer than this; findings.json has it whole."""

STATES = ("failed", "unknown", "waived", "noted")
"""What the page calls a finding. A waived one failed, and somebody answers for it; a noted one, below what counts."""

SEVERITIES = tuple(severity.value for severity in Severity)
"""By rank: the least first."""

Value = TypeVar("Value", bound=Hashable)


class Column(Struct, frozen=True):
    """``values[rows[i]]`` is what row ``i`` has."""

    values: Sequence[object]
    rows: Sequence[int]


class Columns(Struct, frozen=True, kw_only=True):
    """Every finding of a run that is not passed. All columns are of the same length."""

    id: Sequence[str]
    state: Sequence[int]
    severity: Sequence[int]
    """The severity's rank, 0 for info."""
    account: Column
    """``[account, folder of its reports]``"""
    subject: Column
    """``[name, kind, key]``"""
    title: Column
    codes: Column
    """Lists of codes."""
    since: Column
    """``[first run, runs, run in which it was back]``, or null where no history is kept."""
    check: Column
    requirement: Column
    baseline: Column
    permission: Column
    """``[label, permission id, sub-tab]``, or null."""
    change: Column
    """``[role, role id, level it has, level it needs]``: what mends it; null where no single level does."""
    expected: Column
    actual: Column
    gap: Column
    reason: Column
    remedy: Column
    """Lists of steps."""
    notes: Column
    waiver: Column
    """``[owner, expiry, reason, ticket, scope]``, or null."""


def state(finding: Finding, fail_on: Severity) -> int:
    """Where it stands in :data:`STATES`, in an account whose findings count from *fail_on* up."""
    if finding.status is Status.UNKNOWN:
        return STATES.index("unknown")
    if finding.waiver is not None:
        return STATES.index("waived")
    return STATES.index("failed" if finding.severity.rank >= fail_on.rank else "noted")


def columns(results: Sequence[AccountResult]) -> Columns:
    """The unresolved findings of *results*, the worst first."""
    unresolved = ((state(each, result.scope.fail_on), each) for result in results for each in result.unresolved())
    ordered = sorted(unresolved, key=_worst_first)
    findings = [finding for _, finding in ordered]

    def column(value: Callable[[Finding], Hashable]) -> Column:
        return _column([value(finding) for finding in findings])

    return Columns(
        id=[shown(finding.id, LONGEST) for finding in findings],
        state=[number for number, _ in ordered],
        severity=[finding.severity.rank for finding in findings],
        account=column(lambda each: (each.account, account_folder(each.account))),
        subject=column(lambda each: (each.subject.name, SUBJECT[each.subject.kind], each.subject.key)),
        title=column(lambda each: each.title),
        codes=column(lambda each: each.codes),
        since=column(lambda each: each.seen and (each.seen.first, each.seen.nights, each.seen.reopened)),
        check=column(lambda each: each.check),
        requirement=column(lambda each: each.requirement),
        baseline=column(lambda each: each.baseline),
        permission=column(_permission),
        change=column(_change),
        expected=column(lambda each: each.expected),
        actual=column(lambda each: each.actual),
        gap=column(lambda each: GAP[each.gap] if each.gap else ""),
        reason=column(lambda each: each.reason),
        remedy=column(lambda each: each.remedy),
        notes=column(lambda each: each.notes),
        waiver=column(_waiver),
    )


def _worst_first(judged: tuple[int, Finding]) -> tuple[int, int, str, str, str]:
    number, finding = judged
    return (number, -finding.severity.rank, finding.account, finding.title, finding.id)


def _permission(finding: Finding) -> tuple[str, ...] | None:
    if not finding.permission:
        return None
    return (finding.permission_label, finding.permission, finding.subtab)


def _change(finding: Finding) -> tuple[str, ...] | None:
    change = finding.change
    if change is None:
        return None
    return (change.role_name, change.role_id or change.role, change.from_level.value, change.to_level.value)


def _waiver(finding: Finding) -> tuple[str, ...] | None:
    waiver = finding.waiver
    if waiver is None:
        return None
    return (waiver.owner, waiver.expires, waiver.reason, waiver.ticket, waiver.scope)


def _column(values: list[Value]) -> Column:
    distinct = sorted(set(values), key=_order)
    place = {value: number for number, value in enumerate(distinct)}
    return Column(values=[_written(value) for value in distinct], rows=[place[value] for value in values])


def _order(value: object) -> tuple[str, ...]:
    """By what is read, capitals aside; None and what is empty first."""
    return (*(text.casefold() for text in _texts(value)), *_texts(value))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, int):
        yield f"{value:09}"
    elif value is not None:
        yield str(value)


def _written(value: object) -> object:
    """*value* with every text fit to be shown."""
    if isinstance(value, str):
        return shown(value, LONGEST)
    return [_written(each) for each in value] if isinstance(value, tuple) else value
