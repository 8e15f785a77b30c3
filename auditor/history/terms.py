"""What an account was held against in one run: baselines, waivers in use, and what the user asked for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.model import (
    AccountResult,
    Baseline,
    Change,
    ChangeKind,
    Severity,
    Status,
    Subject,
    SubjectKind,
    Waiver,
)


class Held(Struct, frozen=True, array_like=True):
    """One baseline in one version."""

    id: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"version {self.version}" + (f", SHA-256 {self.sha256[:12]}…" if self.sha256 else "")


class Waived(Struct, frozen=True, array_like=True):
    """A failed finding that somebody answers for."""

    subject: Subject
    waiver: Waiver


class Terms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the judgement of one account rested on beside its data. Everything is sorted."""

    baselines: tuple[Held, ...] = ()
    roles: tuple[str, ...] = ()
    assumptions: dict[str, bool] = {}
    fail_on: Severity = Severity.LOW
    failing: tuple[str, ...] = ()
    """Ids of the failed findings: a waiver that is out of use because its finding passes was not removed."""
    waived: dict[str, Waived] = {}
    """By finding id."""

    @classmethod
    def of(cls, result: AccountResult) -> Terms:
        failed = sorted((each for each in result.findings if each.status is Status.FAIL), key=lambda each: each.id)
        return cls(
            baselines=tuple(sorted((_held(each) for each in result.baselines), key=lambda each: each.id)),
            roles=tuple(sorted(result.scope.roles)),
            assumptions=dict(sorted(result.scope.assumptions.items())),
            fail_on=result.scope.fail_on,
            failing=tuple(each.id for each in failed),
            waived={each.id: Waived(each.subject, each.waiver) for each in failed if each.waiver},
        )

    def asks_as(self, later: Terms, baseline: str) -> bool:
        """Whether *later* names the same roles and assumptions, and holds *baseline*, unless empty, in some version."""
        held = not baseline or any(each.id == baseline for each in later.baselines)
        return held and (self.roles, self.assumptions) == (later.roles, later.assumptions)

    def holds_as(self, later: Terms, baseline: str) -> bool:
        """Whether *baseline* (all of them, if empty) is the very same as in *later*."""
        old, new = ([each for each in terms.baselines if baseline in ("", each.id)] for terms in (self, later))
        return old == new


def changes_of_terms(account: str, before: Terms, after: Terms) -> Iterator[Change]:
    """Baselines, waivers and the user's questions that are not what they were."""
    subject = Subject(SubjectKind.ACCOUNT, account, account)
    old, new = ({each.id: each for each in terms.baselines} for terms in (before, after))
    for name in sorted(old.keys() | new.keys()):
        if (was := old.get(name)) != (is_now := new.get(name)):
            yield Change(
                kind=_kind(was, is_now, ChangeKind.BASELINE_ADDED, ChangeKind.BASELINE_REMOVED)
                or ChangeKind.BASELINE_CHANGED,
                subject=subject,
                about=name,
                before=str(was or ""),
                after=str(is_now or ""),
            )
    yield from _waivers(before, after)
    for about, was_said, is_said in (
        ("roles to judge", ", ".join(before.roles), ", ".join(after.roles)),
        ("assumptions", _assumed(before), _assumed(after)),
        ("fail on", before.fail_on.value, after.fail_on.value),
    ):
        if was_said != is_said:
            yield Change(kind=ChangeKind.SCOPE_CHANGED, subject=subject, about=about, before=was_said, after=is_said)


def _waivers(before: Terms, after: Terms) -> Iterator[Change]:
    """Only of findings that failed both times: elsewhere a waiver comes and goes with its finding."""
    both = set(before.failing) & set(after.failing)
    for finding in sorted(both & (before.waived.keys() | after.waived.keys())):
        was, is_now = before.waived.get(finding), after.waived.get(finding)
        known = is_now or was
        if known and (was and was.waiver) != (is_now and is_now.waiver):
            yield Change(
                kind=_kind(was, is_now, ChangeKind.WAIVER_ADDED, ChangeKind.WAIVER_REMOVED)
                or ChangeKind.WAIVER_CHANGED,
                subject=known.subject,
                about=finding,
                label=known.waiver.requirement,
                before=_said(was),
                after=_said(is_now),
            )


def _kind(was: object, is_now: object, added: ChangeKind, removed: ChangeKind) -> ChangeKind | None:
    if was is None:
        return added
    return removed if is_now is None else None


def _held(baseline: Baseline) -> Held:
    return Held(baseline.id, baseline.version, baseline.sha256)


def _said(waived: Waived | None) -> str:
    if waived is None:
        return ""
    waiver = waived.waiver
    return f"{waiver.reason} ({waiver.owner}, {waiver.ticket}, to {waiver.expires})"


def _assumed(terms: Terms) -> str:
    return ", ".join(f"{key}={'yes' if value else 'no'}" for key, value in terms.assumptions.items())
