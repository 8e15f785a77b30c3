"""What the checks of expenses share: whom and what they are about, and how a finding of theirs is made."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from auditor.checks.base import Case, CheckInfo
from auditor.checks.effective import AdministratorHolding
from auditor.checks.standing import TABLES
from auditor.checks.texts import shown
from auditor.checks.vendor_codes import expense_codes, exports_expenses
from auditor.model import (
    Baseline,
    Cause,
    ClassificationKind,
    Condition,
    Finding,
    Role,
    Severity,
    Status,
    Subject,
    Table,
    fingerprint,
)

ASKED = Condition(option="classification-checks")
INTERCOMPANY = Condition(feature="INTERCOMPANYTIMEEXPENSE")
"""Intercompany Time and Expense. The id is that of NetSuite's own list of features (one source)."""
SYNC = (
    "At the end let the vendor read the account again: in Expensify, Workspaces > the workspace > Accounting > the "
    "three dots beside the NetSuite connection > Sync Now."
)
_FEATURES = {
    ClassificationKind.CLASS: Condition(feature="CLASSES"),
    ClassificationKind.DEPARTMENT: Condition(feature="DEPARTMENTS"),
    ClassificationKind.LOCATION: Condition(feature="LOCATIONS"),
}
_SHOWN = 5


class Ruling(Struct, frozen=True, kw_only=True):
    """One finding before it is filed."""

    requirement: str
    status: Status
    severity: Severity
    title: str
    expected: str
    actual: str
    reason: str = ""
    cause: Cause | None = None
    remedy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def baselines_of(case: Case) -> tuple[Baseline, ...]:
    """The baselines whose vendor writes expenses into the account; none where the data cannot be there.

    No exported file gives a class or an employee's defaults, so that an account of files is not judged at all. With
    ``--assume classification-checks=no`` no account is.
    """
    if case.snapshot.source == "files" or case.conditions.applies(ASKED) is False:
        return ()
    return tuple(filter(exports_expenses, case.baselines))


def roles_of(case: Case, baselines: Iterable[Baseline]) -> tuple[Role, ...]:
    """The roles that the vendors of *baselines* work with. One that a baseline does not name is left out.

    Such a role is on a token by mistake, which is a finding of its own; and Administrator is held to nothing.
    """
    found: dict[str, Role] = {}
    for baseline in baselines:
        selection = case.selections[baseline.id]
        for key in selection.roles:
            role = case.directory.role_by_key(key)
            if role and key not in selection.strangers:
                found[key] = role
    return tuple(role for role in found.values() if not isinstance(case.role_holding(role), AdministratorHolding))


def filed(case: Case, info: CheckInfo, subject: Subject, ruling: Ruling, baselines: tuple[Baseline, ...]) -> Finding:
    """*ruling* as a finding about *subject*, with the codes that its cause has at the vendors of *baselines*."""
    open_ = ruling.status in (Status.FAIL, Status.UNKNOWN)
    return Finding(
        id=fingerprint(case.snapshot.account, info.id, subject, ruling.requirement),
        account=case.snapshot.account,
        check=info.id,
        subject=subject,
        requirement=ruling.requirement,
        status=ruling.status,
        severity=ruling.severity,
        title=ruling.title,
        expected=ruling.expected,
        actual=ruling.actual,
        reason=ruling.reason,
        codes=expense_codes(baselines, ruling.cause) if ruling.cause and open_ else (),
        remedy=ruling.remedy if open_ else (),
        notes=ruling.notes,
    )


def way_out_of(case: Case, *tables: Table) -> tuple[str, ...]:
    """What to give so that those of *tables* which lack can be judged, each step once; and how not to be asked."""
    steps = [step for table in tables if (lack := case.lack(table)) for step in lack.way_out]
    switch = "Or say --assume classification-checks=no, if the integration exports no expenses."
    return (*dict.fromkeys(steps), switch)


def columns_dropped(case: Case, table: Table) -> set[str]:
    """The columns that NetSuite did not know, in lower case."""
    return {each.casefold() for each in case.snapshot.covered(table).columns_dropped}


def none_there(case: Case, kind: ClassificationKind) -> bool:
    """The account has none of *kind*: the feature is off, or NetSuite counted no row."""
    coverage = case.snapshot.covered(TABLES[kind])
    counted_none = coverage.counted_before == coverage.counted_after == 0
    return counted_none or case.conditions.applies(_FEATURES[kind]) is False


def some(names: Iterable[str]) -> str:
    """The first few of *names*, sorted, and how many more there are."""
    everyone = sorted(names)
    listed = ", ".join(shown(name) for name in everyone[:_SHOWN])
    return f"{listed} and {len(everyone) - _SHOWN} more" if len(everyone) > _SHOWN else listed


@lru_cache(maxsize=256)
def employees(number: int) -> str:
    """``1 active employee``, ``4 active employees``."""
    return f"{number:,} active employee{'' if number == 1 else 's'}"
