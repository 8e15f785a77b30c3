"""The classification check: what of the account's classes, roles and features makes NetSuite refuse coded expenses.

An inactive class is no finding of itself: every account keeps old ones, and which ones the vendor has selected is not
in NetSuite. They are counted; the preflight takes the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from auditor.checks.base import Case, CheckInfo
from auditor.checks.expenses import (
    INTERCOMPANY,
    SYNC,
    Ruling,
    baselines_of,
    filed,
    none_there,
    roles_of,
    some,
    way_out_of,
)
from auditor.checks.role_reach import own_subsidiary, restricted
from auditor.checks.since_sync import changed_since_sync
from auditor.checks.standing import TABLES
from auditor.checks.subjects import account_subject, role_subject
from auditor.model import Cause, ClassificationKind, Finding, Severity, Status, Table

INFO = CheckInfo(
    id="classification",
    title="Classifications",
    what="Active classes, departments and locations under an inactive parent, with a count of the inactive ones; "
    "whether the integration's role is held to some of them, or to its own subsidiary; whether the feature "
    "Intercompany Time and Expense is on; and what was changed after the vendor's last sync, as given with "
    "--last-sync, else after the last good login of the integration.",
    why="NetSuite refuses an expense whose class is not there, inactive, or not open to who files it, and the vendor "
    "says no more than 'invalid or missing classification'.",
    severity=Severity.MEDIUM,
    severity_reason="A restricted role stops what uses other classes. A role that sees its own subsidiary alone "
    "stops all of the others, so it is high. An active class under an inactive one traps who selects it: low. What "
    "changed since the last sync is no fault: info.",
    source="The vendor's pages on NS0831, NS0521 and NS0756. Role restrictions: table and columns seen in several "
    "public queries; what a restriction lets through is not confirmed, so only that there is one is said. The "
    "feature's id is that of NetSuite's list of features, one source. Dates are in a time zone that NetSuite does "
    "not name. The accounting preference Show Projects Only for Time and Expenses has no table: look at it in "
    "NetSuite.",
)


class ClassificationCheck:
    """Findings about the account's classifications, and about what its integration may use of them."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        baselines = baselines_of(case)
        if not baselines:
            return
        account = account_subject(case.snapshot.account)
        for kind in ClassificationKind:
            yield filed(case, INFO, account, _under_inactive(case, kind), baselines)
        for role in roles_of(case, baselines):
            for ruling in (restricted(case, role), own_subsidiary(case, role)):
                yield filed(case, INFO, role_subject(role), ruling, baselines)
        for about in (_intercompany(case), changed_since_sync(case, baselines)):
            if about:
                yield filed(case, INFO, account, about, baselines)


def _under_inactive(case: Case, kind: ClassificationKind) -> Ruling:
    """No active one stands under an inactive one. The inactive ones are counted here."""
    records = [each for each in case.snapshot.classifications if each.kind is kind]
    ruled = partial(
        Ruling,
        requirement=f"under-inactive:{kind.value}",
        severity=Severity.LOW,
        expected=f"No active {kind.value} stands under an inactive one",
        cause=Cause.PARENT_INACTIVE,
    )
    if not records and none_there(case, kind):
        title = f"The account has no {kind.plural}"
        return ruled(status=Status.NOT_APPLICABLE, title=title, actual="0")
    standings = [(each, case.divisions.active(kind, each.id)) for each in records]
    inactive = sum(each.inactive is True for each in records)
    counted = f"{len(records) - inactive:,} active, {inactive:,} inactive"
    trapped = [each.full_name or each.name for each, standing in standings if standing.cause is Cause.PARENT_INACTIVE]
    if trapped:
        return ruled(
            status=Status.FAIL,
            title=f"{len(trapped)} active {kind.value if len(trapped) == 1 else kind.plural} under an inactive one",
            actual=f"{some(trapped)} (in all: {counted})",
            remedy=(f"Make the {kind.value} above active, or move the ones under it, or make them inactive too.", SYNC),
        )
    lack = case.lack(TABLES[kind])
    if lack or any(standing.ok is None for _, standing in standings):
        return ruled(
            status=Status.UNKNOWN,
            title=f"Whether an active {kind.value} stands under an inactive one cannot be told",
            actual=counted if records else "not known",
            reason=lack.reason if lack else "Not every row says whether it is active, and what stands above it.",
            remedy=way_out_of(case, TABLES[kind]),
        )
    return ruled(status=Status.PASS, title=f"No active {kind.value} stands under an inactive one", actual=counted)


def _intercompany(case: Case) -> Ruling | None:
    """Without the feature, nobody can use a project of another subsidiary. Nothing is said without subsidiaries.

    That it is off is no failure: whether anybody needs it, the lines of a preflight tell.
    """
    if case.divisions.oneworld is not True:
        return None
    on, lack = case.conditions.applies(INTERCOMPANY), case.lack(Table.FEATURES)
    titles = {
        True: "Intercompany Time and Expense is on",
        False: "Intercompany Time and Expense is off, so nobody can use a project of another subsidiary",
        None: "Whether Intercompany Time and Expense is on cannot be told",
    }
    unlisted = "The account's list of features does not name it. The id under which it is looked for is not confirmed."
    needed = (
        "It is needed only for expenses on projects or customers of other subsidiaries: Setup > Company > Enable "
        "Features > Accounting. Expensify has a switch of its own beside it, which NetSuite does not show: "
        "Workspaces > the workspace > Accounting > Configure > Advanced > Cross-Subsidiary Customers/Projects."
    )
    return Ruling(
        requirement="intercompany",
        status=Status.PASS if on else Status.UNKNOWN if on is None and lack else Status.NOT_APPLICABLE,
        severity=Severity.INFO,
        title=titles[on],
        expected="On, if expenses are filed for projects of other subsidiaries",
        actual={True: "on", False: "off", None: "not known"}[on],
        reason="" if on else needed if on is False else lack.reason if lack else unlisted,
        cause=Cause.OTHER_SUBSIDIARY,
        remedy=way_out_of(case, Table.FEATURES),
    )
