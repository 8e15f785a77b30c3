"""What to do first: the fixes that mend most of what is worst, at most three, each in one breath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from auditor.model import AccountResult, Finding, LevelChange, State, Status
from auditor.reports.pdf.findings import Group, merged_fixes
from auditor.reports.pdf.words import counted, shown

MOST = 3
_MOST_CHANGES = 6
_MOST_STEPS = 3
_LONGEST_NAME = 80


class Priority(Struct, frozen=True, kw_only=True):
    """One thing to do."""

    what: str
    subject: str
    """The role or token that it is about; empty where it is about none."""
    key: str
    details: tuple[str, ...]
    codes: str


def priorities(result: AccountResult, groups: dict[Status, tuple[Group, ...]]) -> tuple[Priority, ...]:
    """Failures first (worst first, then those with most rows), then the data that was missing."""
    failing = [_without_consequences(group) for group in groups[Status.FAIL]]
    failing = sorted((group for group in failing if group.size), key=lambda group: (-group.severity.rank, -group.size))
    found = [_mend(group) for group in failing]
    if len(found) < MOST:
        found += _supply(result.undecided())
    if len(found) < MOST:
        found += _read_again(result)
    return tuple(found[:MOST])


def _without_consequences(group: Group) -> Group:
    """What follows from other findings is mended with those."""
    own = tuple(finding for finding in group.findings if not finding.consequence)
    return structs.replace(group, findings=own, fixes=merged_fixes(own))


def _mend(group: Group) -> Priority:
    changes = [finding.change for finding in group.findings if finding.change]
    if changes:
        details = [f"{change.label} {change.from_level.value} → {change.to_level.value}" for change in changes]
        what = f"{_verb(changes)} {counted(len(changes), 'permission level')}"
    else:
        details = list(group.fixes[0].steps) if group.fixes else []
        what = group.findings[0].title
    codes = sorted({code for finding in group.findings for code in finding.codes})
    return Priority(
        what=what,
        subject=f"{group.kind.lower()} {shown(group.name, _LONGEST_NAME)}",
        key=group.key,
        details=_in_brief(details, _MOST_CHANGES if changes else _MOST_STEPS),
        codes=" ".join(codes[:_MOST_CHANGES]),
    )


def _in_brief(details: Sequence[str], most: int) -> tuple[str, ...]:
    if len(details) <= most:
        return tuple(details)
    return (*details[: most - 1], f"and {len(details) - most + 1} more")


def _verb(changes: Sequence[LevelChange]) -> str:
    if all(change.to_level > change.from_level for change in changes):
        return "Raise"
    return "Lower" if all(change.to_level < change.from_level for change in changes) else "Change"


def _supply(undecided: Sequence[Finding]) -> Iterator[Priority]:
    """What would decide most of what is unknown and counts, first."""
    waiting = merged_fixes(undecided)
    for fix in sorted(waiting, key=lambda each: -len(each.rows)):
        what = f"Supply what is missing to decide {counted(len(fix.rows), 'requirement')}"
        yield Priority(what=what, subject="", key="", details=_in_brief(fix.steps, _MOST_STEPS), codes="")


def _read_again(result: AccountResult) -> Iterator[Priority]:
    for coverage in result.snapshot.coverage:
        if coverage.state in (State.PARTIAL, State.FAILED):
            what = f"Read the {coverage.table.value} again: only a part was read"
            if coverage.state is State.FAILED:
                what = f"Read the {coverage.table.value} again: the read failed"
            yield Priority(
                what=what, subject="", key="", details=(coverage.detail,) if coverage.detail else (), codes=""
            )
