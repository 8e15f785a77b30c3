"""What becomes of an account's findings tonight: opened, seen again, resolved, or left as they were.

A finding is resolved by a pass, by not being applicable, or by being absent where absence proves something. An unknown
one resolves nothing: that its data is missing does not mend it. What an account that could not be audited had open
stays open.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from auditor.history.schema import storable
from auditor.history.terms import Terms
from auditor.model import (
    AccountResult,
    Coverage,
    Finding,
    Resolution,
    Resolved,
    Seen,
    Severity,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
)

_OWN_TABLE = {
    SubjectKind.ROLE: Table.ROLES,
    SubjectKind.TOKEN: Table.ACCESS_TOKENS,
    SubjectKind.USER: Table.USERS,
}


Told = TypeVar("Told", "Known", Resolved)

OF_PEOPLE = (SubjectKind.TOKEN, SubjectKind.USER)
"""Subjects whose names, and keys that are no internal ids, tell of people."""


class Known(Struct, frozen=True, kw_only=True):
    """A finding that earlier finished runs saw fail."""

    id: str
    check: str
    subject: Subject
    requirement: str
    baseline: str
    severity: Severity
    title: str
    first: str
    """Start of the run that saw it fail first."""
    nights: int
    open: bool
    last_opened: str
    """Start of the run that began its last period."""
    periods: int
    coverage: tuple[Coverage, ...] = ()
    """Of the account in the run that saw it fail last; only of open ones."""
    terms: Terms | None = None
    """What the account was held against then; only of open ones."""


def unnamed(known: Told) -> Told:
    """*known*, of a time at which people were named in another way, without what may name them."""
    subject = known.subject
    if subject.kind in OF_PEOPLE:
        key = subject.key if subject.key.isdigit() else "(not shown)"
        subject = replace(subject, key=key, name=f"a {subject.kind.value} (not shown)")
    title = f"A finding of the check {known.check}, of a run that named people in another way than this one"
    return replace(known, subject=subject, title=title)


class Deed(enum.Enum):
    """What the end of the run does to a finding."""

    SEEN = "seen"
    """It failed: a period goes on, or begins."""
    RESOLVED = "resolved"


class Step(Struct, frozen=True, array_like=True):
    """One finding and what the end of the run does to it."""

    finding: str
    deed: Deed
    severity: Severity
    how: str = ""


def seen(finding: Finding, known: Known | None, started: str) -> Finding:
    """A failed *finding* with what earlier runs said of it."""
    if known is None:
        return replace(finding, seen=Seen(first=started))
    reopened = started if not known.open else known.last_opened if known.periods > 1 else ""
    return replace(finding, seen=Seen(first=known.first, nights=known.nights + 1, reopened=reopened))


def resolved(result: AccountResult, known: Iterable[Known]) -> Iterator[Resolved]:
    """The open findings of *known* that *result* resolves, the most severe first."""
    judged = {finding.id: finding for finding in result.findings}
    there = Presence(result)
    for each in sorted(known, key=lambda each: (-each.severity.rank, each.title, each.id)):
        how = _resolution(each, judged.get(each.id), there) if each.open else None
        if how:
            yield Resolved(
                id=each.id,
                check=each.check,
                subject=each.subject,
                requirement=each.requirement,
                baseline=each.baseline,
                severity=each.severity,
                title=each.title,
                how=how,
                first=each.first,
                nights=each.nights,
            )


class Presence:
    """What can be said of a finding that nobody judged tonight."""

    def __init__(self, result: AccountResult) -> None:
        snapshot = result.snapshot
        self._coverage = {each.table: each for each in snapshot.coverage}
        self._keys: Mapping[SubjectKind, set[str]] = {
            SubjectKind.ROLE: {storable(role.key) for role in snapshot.roles},
            SubjectKind.TOKEN: {storable(token.key) for token in snapshot.tokens},
            SubjectKind.USER: {storable(user.key) for user in snapshot.users},
        }
        self._terms = Terms.of(result)

    def gone(self, subject: Subject) -> bool:
        """The role, token or user is not in the account, and its table was read in full."""
        table = _OWN_TABLE.get(subject.kind)
        return table is not None and self._complete(table) and subject.key not in self._keys[subject.kind]

    def absent(self, known: Known) -> Resolution | None:
        """What a finding's absence means: nothing, unless the same was asked again of data as whole as then."""
        own = _OWN_TABLE.get(known.subject.kind)
        if (
            known.terms is None
            or not known.terms.asks_as(self._terms, known.baseline)
            or not (own is None or self._complete(own))
            or not all(self._as_whole_as(then) for then in known.coverage)
        ):
            return None
        same = known.terms.holds_as(self._terms, known.baseline)
        return Resolution.NO_LONGER_FOUND if same else Resolution.NO_LONGER_ASKED

    def _complete(self, table: Table) -> bool:
        return table in self._coverage and self._coverage[table].complete

    def _as_whole_as(self, then: Coverage) -> bool:
        now = self._coverage.get(then.table)
        if then.state is not State.COLLECTED:
            return True
        return now is not None and now.complete and set(now.columns_dropped) <= set(then.columns_dropped)


def _resolution(known: Known, finding: Finding | None, there: Presence) -> Resolution | None:
    if finding is not None:
        return _BY_STATUS.get(finding.status)
    if there.gone(known.subject):
        return Resolution.GONE
    return there.absent(known)


_BY_STATUS = {Status.PASS: Resolution.PASSED, Status.NOT_APPLICABLE: Resolution.NOT_APPLICABLE}
