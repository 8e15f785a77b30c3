"""The section on drift of an account's PDF: what changed, what could not be compared, what is new and resolved."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.model import AccountResult, Change, Run, Status
from auditor.reports.drift_text import (
    caught_up_sentence,
    changed_at,
    changed_by,
    on_authors,
    part,
    standing,
    unproven_sentence,
)
from auditor.reports.pdf.words import counted, moment

MOST_CHANGES = 200
MOST_RESOLVED = 100


class ChangeRow(Struct, frozen=True, kw_only=True):
    """One change in one line."""

    kind: str
    subject: str
    key: str
    part: str
    part_id: str
    before: str
    after: str
    by: str
    at: str
    widens: bool


class ResolvedRow(Struct, frozen=True, kw_only=True):
    """One finding that fails no more."""

    title: str
    id: str
    severity: str
    how: str
    first: str
    nights: int


class DriftView(Struct, frozen=True, kw_only=True):
    """What ``drift.html.j2`` gets as ``report.drift``."""

    standing: str
    findings: str
    """How many failures are new, back again, or resolved; empty where nothing was compared."""
    changes: tuple[ChangeRow, ...]
    """Those that give more access first."""
    changes_left_out: int
    caught_up: tuple[str, ...]
    unproven: tuple[str, ...]
    on_authors: tuple[str, ...]
    """What to know of the column that says who made a change."""
    resolved: tuple[ResolvedRow, ...]
    resolved_left_out: int


def drift_view(result: AccountResult, run: Run) -> DriftView:
    """What history says of one account, bounded."""
    changes = sorted(result.drift.changes if result.drift else (), key=lambda change: not change.kind.widens)
    return DriftView(
        standing=standing(result),
        findings=" ".join(_of_findings(result, run)) if result.drift else "",
        changes=tuple(_change_row(change) for change in changes[:MOST_CHANGES]),
        changes_left_out=max(0, len(changes) - MOST_CHANGES),
        caught_up=tuple(caught_up_sentence(each) for each in result.drift.caught_up) if result.drift else (),
        unproven=tuple(unproven_sentence(each) for each in result.drift.unproven) if result.drift else (),
        on_authors=on_authors(result.drift) if result.drift and changes else (),
        resolved=tuple(
            ResolvedRow(
                title=each.title,
                id=each.id,
                severity=each.severity.value,
                how=each.how.value,
                first=moment(each.first),
                nights=each.nights,
            )
            for each in result.resolved[:MOST_RESOLVED]
        ),
        resolved_left_out=max(0, len(result.resolved) - MOST_RESOLVED),
    )


def _of_findings(result: AccountResult, run: Run) -> Iterator[str]:
    seen = [finding.seen for finding in result.findings if finding.status is Status.FAIL and finding.seen]
    started = run.started
    new = sum(each.first == started for each in seen)
    back = sum(each.reopened == started for each in seen)
    if new or back or result.resolved:
        yield f"{counted(new, 'failure is', 'failures are')} new,"
        yield f"{back:,} {'is' if back == 1 else 'are'} back again,"
        yield f"{counted(len(result.resolved), 'is', 'are')} resolved."
    else:
        yield "No failure is new, back again, or resolved."


def _change_row(change: Change) -> ChangeRow:
    return ChangeRow(
        kind=change.kind.value,
        subject=f"{change.subject.kind.value.capitalize()} {change.subject.name}",
        key=change.subject.key,
        part=part(change),
        part_id=change.about if part(change) != change.about else "",
        before=change.before,
        after=change.after,
        by=changed_by(change),
        at=changed_at(change),
        widens=change.kind.widens,
    )
