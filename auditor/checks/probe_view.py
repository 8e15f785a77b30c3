"""The probe check: what NetSuite answered the integration's own token, beside what the tables say of its role."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.checks.base import Case, CheckInfo
from auditor.checks.identity import Unresolved
from auditor.checks.selection import tokens_of
from auditor.checks.subjects import account_subject
from auditor.checks.texts import MANAGE_ROLES, SAVE, role_name
from auditor.model import Finding, Level, ProbeOutcome, ProbeRow, Severity, Status, fingerprint

INFO = CheckInfo(
    id="probe",
    title="The integration's own view",
    what="Each record that the integration's own token was tried on: whether NetSuite gave it, and whether that is "
    "what the tables say of the token's role.",
    why="What NetSuite answers the integration is what the vendor sees. Where the tables say that the role is allowed "
    "and NetSuite refuses, the cause lies elsewhere: another token, a feature that is off, a restriction.",
    severity=Severity.HIGH,
    severity_reason="A refusal stops the integration, whatever the tables say.",
    source="NetSuite's own answer, read over SOAP. Which permission opens which record: the vendor's pages and the "
    "names of both, confirmed by NetSuite's documentation for deleted records alone; a refusal names it.",
    codes="Those that the vendor's pages name for the permission that opens the record.",
    fix="The permission that NetSuite names; or, where the tables say that the role has it, the token's own role, its "
    "user's global permissions, the feature, the role's restrictions.",
)

_STATUS = {
    ProbeOutcome.ALLOWED: Status.PASS,
    ProbeOutcome.REFUSED: Status.FAIL,
    ProbeOutcome.EMPTY: Status.UNKNOWN,
    ProbeOutcome.FAILED: Status.UNKNOWN,
}
_LOOK_ELSEWHERE = (
    "Look at the access token whose id the vendor's side uses (Setup > Users/Roles > Access Tokens, View): is its role "
    "the one that was audited here?",
    "Look at its user's global permissions (employee record, Access tab): one of them may lower the level.",
    "Look whether the feature behind the record is on (Setup > Company > Enable Features).",
    "Look at the role's restrictions: subsidiaries, classes, departments, locations.",
)
_TRY_AGAIN = "Run auditor probe again; it tells what NetSuite said."


class ProbeView:
    """A finding for each record that was tried; none where no token was."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        tables = _Tables(case)
        for row in case.probe:
            yield _finding(case, row, tables.say(row.permission))


class _Said(Struct, frozen=True):
    """What the tables say of one permission: each role of a usable token with the level that the token's user holds."""

    held: tuple[tuple[str, Level], ...]
    whole: bool
    """They say it of every usable token. Which of several was tried is not known."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels, lowest first; none if one of them cannot be told."""
        return tuple(sorted({level for _, level in self.held})) if self.whole else ()

    @property
    def words(self) -> str:
        named = " or ".join(level.value for level in self.levels)
        return f"say {named}{', by token' if len(self.levels) > 1 else ''}" if named else "do not say"

    def below(self, needed: Level) -> str:
        """The roles that are to be raised: those too low, or all of them if that cannot be told."""
        names = sorted({name for name, level in self.held if level < needed or not self.levels})
        return " or ".join(f"'{name}'" for name in names) or "the integration's role"


class _Tables:
    """The levels that the integration's usable tokens hold by the tables."""

    def __init__(self, case: Case) -> None:
        tokens = {
            id(token): token
            for baseline in case.baselines
            for token in tokens_of(baseline, case.snapshot.tokens)
            if token.usable is not False
        }
        bound = [(token, case.identities.role(token.role)) for token in tokens.values()]
        self._resolved = bool(bound) and all(not isinstance(role, Unresolved) for _, role in bound)
        self._holdings = [
            (role_name(role), case.token_holding(token, role))
            for token, role in bound
            if not isinstance(role, Unresolved)
        ]

    def say(self, permission: str) -> _Said:
        levels = [(name, holding.level(permission)) for name, holding in self._holdings]
        whole = self._resolved and all(level is not None for _, level in levels)
        return _Said(tuple((name, level or Level.NONE) for name, level in levels), whole)


class _View(Struct, frozen=True):
    """One row beside what the tables say of it."""

    title: str
    reason: str
    remedy: tuple[str, ...]
    notes: tuple[str, ...] = ()
    consequence: bool = False


def _finding(case: Case, row: ProbeRow, said: _Said) -> Finding:
    account = case.snapshot.account
    subject = account_subject(account)
    requirement = f"probe:{row.record}"
    status = _STATUS[row.outcome]
    view = _view(case, row, said, _least(case, row.permission))
    counted = f", {row.count} record{'' if row.count == 1 else 's'}" if row.count is not None else ""
    return Finding(
        id=fingerprint(account, INFO.id, subject, requirement),
        account=account,
        check=INFO.id,
        subject=subject,
        requirement=requirement,
        status=status,
        severity=INFO.severity,
        title=view.title,
        expected=f"NetSuite gives the integration {row.record}",
        actual=f"{row.outcome.value}{counted}; the tables {said.words}",
        reason=view.reason,
        permission=row.permission,
        permission_label=case.catalog.label(row.permission),
        subtab=case.catalog.subtab(row.permission),
        codes=row.codes if status is Status.FAIL else (),
        remedy=view.remedy,
        notes=view.notes,
        consequence=view.consequence,
    )


def _view(case: Case, row: ProbeRow, said: _Said, needed: Level) -> _View:
    label = case.catalog.label(row.permission)
    match row.outcome:
        case ProbeOutcome.ALLOWED:
            note = (
                f"The tables give {label} at {Level.NONE.value}: another permission may open this record too, or the "
                "token that was tried has another role than the one that was audited."
            )
            odd = bool(said.levels) and said.levels[-1] < needed
            return _View(f"The integration may read {row.record}", "", (), (note,) if odd else ())
        case ProbeOutcome.EMPTY | ProbeOutcome.FAILED:
            return _View(f"Whether the integration may read {row.record} cannot be told", row.detail, _ways_on(row))
    words = f"NetSuite's words: {row.detail}"
    if said.levels and said.levels[0] >= needed:
        named = " or ".join(level.value for level in said.levels)
        title = f"The table says {named}, NetSuite says no: the integration may not read {row.record}"
        return _View(title, words, _LOOK_ELSEWHERE)
    title = f"NetSuite refuses the integration {row.record}"
    if said.levels and _asked(case, row.permission):
        step = f"Mend role {said.below(needed)}: the findings about it and its tokens have the steps."
        return _View(title, words, (step,), _several(said), consequence=True)
    steps = (
        MANAGE_ROLES,
        f"Click Edit beside the role {said.below(needed)}.",
        f"On the Permissions tab, sub-tab {case.catalog.subtab(row.permission)}, set {label} to {needed.value} or to "
        "what the baseline asks.",
        SAVE,
    )
    return _View(title, words, steps, _several(said))


def _asked(case: Case, permission: str) -> bool:
    """Whether a baseline asks for *permission* in this account, so that its lack has a finding of its own."""
    return any(
        option.permission == permission
        for baseline in case.baselines
        for requirement in baseline.requirements
        if not requirement.retired and case.conditions.applies(requirement.when)
        for option in requirement.options
    )


def _ways_on(row: ProbeRow) -> tuple[str, ...]:
    return (row.remedy, _TRY_AGAIN) if row.remedy else (_TRY_AGAIN,)


def _several(said: _Said) -> tuple[str, ...]:
    if not said.levels or said.levels[0] == said.levels[-1]:
        return ()
    each = ", ".join(f"'{name}' {level.value}" for name, level in sorted(set(said.held)))
    return (f"The integration has several usable tokens ({each}), and which of them was tried is not known here.",)


def _least(case: Case, permission: str) -> Level:
    """The lowest level that lets anything be read: View, where it is offered."""
    entry = case.catalog.get(permission)
    return min((level for level in entry.levels if level > Level.NONE), default=Level.VIEW) if entry else Level.VIEW
