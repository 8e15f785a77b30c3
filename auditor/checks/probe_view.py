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
        said = _TablesSay(case)
        for row in case.probe:
            yield _finding(case, row, said.level(row.permission), said.roles)


class _TablesSay:
    """The levels that the integration's usable tokens hold by the tables."""

    def __init__(self, case: Case) -> None:
        tokens = {
            id(token): token
            for baseline in case.baselines
            for token in tokens_of(baseline, case.snapshot.tokens)
            if token.usable is not False
        }
        bound = [(token, case.identities.role(token.role)) for token in tokens.values()]
        self._resolved = all(not isinstance(role, Unresolved) for _, role in bound)
        self._holdings = [case.token_holding(token, role) for token, role in bound if not isinstance(role, Unresolved)]
        self.roles = sorted({role_name(role) for _, role in bound if not isinstance(role, Unresolved)})

    def level(self, permission: str) -> Level | None:
        """The level that they all hold; None if it cannot be told or they differ: which one was tried is not known."""
        levels = {holding.level(permission) for holding in self._holdings}
        return levels.pop() if self._resolved and len(levels) == 1 else None


class _View(Struct, frozen=True):
    """One row beside what the tables say of it."""

    title: str
    reason: str
    remedy: tuple[str, ...]
    notes: tuple[str, ...] = ()


def _finding(case: Case, row: ProbeRow, held: Level | None, roles: list[str]) -> Finding:
    account = case.snapshot.account
    subject = account_subject(account)
    requirement = f"probe:{row.record}"
    needed = _least(case, row.permission)
    status = _STATUS[row.outcome]
    view = _view(case, row, held, needed, roles)
    counted = f", {row.count} records" if row.count is not None else ""
    table = f"the tables say {held.value}" if held else "the tables do not say"
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
        actual=f"{row.outcome.value}{counted}; {table}",
        reason=view.reason,
        permission=row.permission,
        permission_label=case.catalog.label(row.permission),
        subtab=case.catalog.subtab(row.permission),
        codes=row.codes if status is Status.FAIL else (),
        remedy=view.remedy,
        notes=view.notes,
    )


def _view(case: Case, row: ProbeRow, held: Level | None, needed: Level, roles: list[str]) -> _View:
    label = case.catalog.label(row.permission)
    match row.outcome:
        case ProbeOutcome.ALLOWED:
            note = (
                f"The tables give {label} at {Level.NONE.value}: another permission may open this record too, or the "
            )
            note += "token that was tried has another role than the one that was audited."
            return _View(
                f"The integration may read {row.record}", "", (), (note,) if held is not None and held < needed else ()
            )
        case ProbeOutcome.EMPTY | ProbeOutcome.FAILED:
            return _View(f"Whether the integration may read {row.record} cannot be told", row.detail, (_TRY_AGAIN,))
    words = f"NetSuite's words: {row.detail}"
    if held is not None and held >= needed:
        title = f"The table says {held.value}, NetSuite says no: the integration may not read {row.record}"
        return _View(title, words, _LOOK_ELSEWHERE)
    role = " or ".join(f"'{name}'" for name in roles) or "the integration's role"
    subtab = case.catalog.subtab(row.permission)
    steps = (
        MANAGE_ROLES,
        f"Click Edit beside the role {role}.",
        f"On the Permissions tab, sub-tab {subtab}, set {label} to {needed.value} or to what the baseline asks.",
        SAVE,
    )
    return _View(f"NetSuite refuses the integration {row.record}", words, steps)


def _least(case: Case, permission: str) -> Level:
    """The lowest level that lets anything be read: View, where it is offered."""
    entry = case.catalog.get(permission)
    return min((level for level in entry.levels if level > Level.NONE), default=Level.VIEW) if entry else Level.VIEW
