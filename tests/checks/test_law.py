"""The law of the house: what was not read in full never makes anything pass, or an account clean."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.checks.judge import judge
from auditor.model import AccountResult, Baseline, Level, Scope, Snapshot, State, Status, Table, Verdict
from tests.checks.accounts import BASELINE, EXACT, OAUTH2, baseline, requirement, snapshot
from tests.checks.damage import RECORDS, losses, lost, thinned
from tests.checks.flaws import FLAWS

BASELINES = (
    BASELINE,
    EXACT,
    OAUTH2,
    baseline(id="by-scriptid", role_names=(), role_scriptids=("customrole1005",), connection="oauth2"),
    baseline(id="either", role_scriptids=("customrole1006",), applications=()),
    baseline(id="any-role", role_names=(), requirements=(requirement("LIST_CLASS", Level.VIEW),)),
)
SCOPES = (Scope(), Scope(roles=("Clerk",)), Scope(roles=("customrole1007", "Expensify Integration")))


def hold(before: AccountResult, after: AccountResult, what: str) -> None:
    """What does not apply may be found met once nothing says so; else no finding changes, but to unknown."""
    was = {finding.id: finding for finding in before.findings}
    for finding in after.findings:
        earlier = was.get(finding.id)
        if earlier and earlier.status is not Status.NOT_APPLICABLE:
            assert finding.status in (earlier.status, Status.UNKNOWN), (what, earlier, finding)
    if before.verdict is not Verdict.CLEAN:
        assert after.verdict is not Verdict.CLEAN, what


ABOUT_ROLES = [name for name in FLAWS if {"role", "twin", "row", "rows", "way", "feature"} & set(name.split())]


@pytest.mark.parametrize(
    ("asked", "flaws"), [(BASELINES[:1], FLAWS), (BASELINES[1:4], ABOUT_ROLES)], ids=["by token", "by name"]
)
def test_no_single_loss_makes_anything_pass(asked: tuple[Baseline, ...], flaws: Iterable[str]):
    for name in flaws:
        account = FLAWS[name](snapshot())
        before = judge(account, asked, Scope())
        for loss, left in losses(account):
            hold(before, judge(left, asked, Scope()), f"{name}; {loss}")


ROLE_ROWS = {f"expensify:{row.id}" for row in BASELINE.requirements}
NEEDS = {
    Table.ROLES: {"expensify:role", "expensify:role-active", "role-active"},
    Table.ROLE_PERMISSIONS: {*ROLE_ROWS, "expensify:effective-levels"},
    Table.ACCESS_TOKENS: {
        "active-token:expensify",
        *(f"expensify:{link}" for link in ("active", "role", "role-active", "user-active", "assigned")),
        "expensify:effective-levels",
    },
    Table.USERS: {"expensify:user-active"},
    Table.ROLE_ASSIGNMENTS: {"expensify:assigned"},
    Table.GLOBAL_PERMISSIONS: {"expensify:effective-levels"},
    Table.FEATURES: set(),
}
HYGIENE = {
    Table.ROLES: {"human-on-role", "web-services-only"},
    Table.ROLE_PERMISSIONS: {"strong", "more", "two-factor"},
    Table.ACCESS_TOKENS: {
        *("idle-tokens", "inactive-user-tokens", "several-tokens:expensify", "readiness", "readiness:expensify")
    },
    Table.USERS: {"inactive-user-tokens"},
    Table.ROLE_ASSIGNMENTS: {"human-on-role"},
    Table.LOGINS: {"idle-tokens"},
}


@pytest.mark.parametrize("table", RECORDS)
def test_what_was_read_in_part_passes_nothing_that_needs_it(table: Table):
    """Every row is there, and still: the read broke off, and nobody knows what is missing."""
    result = judge(thinned(snapshot(), table, set()), BASELINES[:1], Scope())
    assert {finding.requirement for finding in result.unknown()} == NEEDS.get(table, set()) | HYGIENE.get(table, set())
    assert all(finding.reason or "in part" in finding.actual for finding in result.unknown())
    assert all(finding.remedy for finding in result.unknown())
    assert result.incomplete


@pytest.mark.parametrize("state", [State.NOT_PERMITTED, State.FAILED, State.PARTIAL])
def test_however_a_table_is_lost_nothing_that_needs_it_passes(state: State):
    before = judge(snapshot(), BASELINES[:1], Scope())
    for table in set(NEEDS) - {Table.FEATURES}:
        after = judge(lost(snapshot(), table, state), BASELINES[:1], Scope())
        hold(before, after, table.value)
        assert after.unknown(), table


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_losses_together_make_anything_pass(data: st.DataObject):
    account: Snapshot = snapshot()
    names = data.draw(st.lists(st.sampled_from(sorted(FLAWS)), max_size=3))
    for name in names:
        account = FLAWS[name](account)
    asked = tuple(data.draw(st.lists(st.sampled_from(BASELINES), min_size=1, max_size=2, unique_by=lambda b: b.id)))
    scope = data.draw(st.sampled_from(SCOPES))
    before, left = judge(account, asked, scope), account
    for _ in range(data.draw(st.integers(1, 3))):
        name, left = data.draw(st.sampled_from(list(losses(left))))
        names.append(name)
    hold(before, judge(left, asked, scope), "; ".join(names))


def test_an_account_of_which_nothing_was_read_passes_nothing():
    nothing = snapshot()
    for table in RECORDS:
        nothing = lost(nothing, table, State.NOT_AVAILABLE)
    result = judge(nothing, BASELINES, Scope(roles=("Clerk",)))
    assert not [finding for finding in result.findings if finding.status is Status.PASS]
    assert result.verdict is Verdict.INCOMPLETE
    assert nothing.covered(Table.ROLES).state is State.NOT_AVAILABLE


def test_all_but_the_harmless_oddities_are_seen():
    harmless = {
        "assigned by name",
        "feature off",
        "features not given",
        "lowered, unknown label",
        "namesake lowered",
        "nothing",
        "other lowered",
        "own file, rows not given",
        "revoked and another",
        "row above",
        "second way",
        "second way unreadable",
        "token role by id",
        "token role by name",
        "token user by mail",
        "token user by name",
        "twin that is right",
        "twin without rows",
    }
    clean = {
        name for name, flaw in FLAWS.items() if judge(flaw(snapshot()), (BASELINE,), Scope()).verdict is Verdict.CLEAN
    }
    assert clean == harmless
