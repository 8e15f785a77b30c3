"""The credential with which a live account was read: what it holds because it must, and what it holds for nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.baselines import own_baseline
from auditor.checks.judge import judge
from auditor.model import (
    Caller,
    Coverage,
    Finding,
    Level,
    Permission,
    Reference,
    Role,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    SubjectKind,
    Table,
    Verdict,
)
from tests.checks.damage import losses

ALWAYS = {row.asked.permission: row.asked.level for row in own_baseline().requirements if row.when is None}


def live(levels: dict[str, Level], *, caller: Caller | None = None, role: str = "1050") -> Snapshot:
    """A live account with two roles; the auditor's has *levels*."""
    return Snapshot(
        account="1234567",
        taken="2026-11-21T02:00:00Z",
        source="suiteql",
        origin="https://1234567.suitetalk.api.netsuite.com",
        roles=(
            Role(key=role, id=role, name="NetSuite Auditor", scriptid="customrole_netsuite_auditor", inactive=False),
            Role(key="1001", id="1001", name="Clerk", scriptid="customrole1001", inactive=False),
        ),
        permissions=(
            *(Permission(role, permission, level) for permission, level in levels.items()),
            Permission("1001", "LIST_VENDOR", Level.FULL),
        ),
        coverage=tuple(Coverage(table=table, state=State.COLLECTED) for table in Table),
        caller=caller or Caller(role=Reference(id=role, name="NetSuite Auditor")),
    )


def own(data: Snapshot) -> dict[str, Finding]:
    findings = judge(data, (), Scope()).findings
    return {each.requirement: each for each in findings if each.check == "own-credential"}


def test_what_it_must_hold_is_listed_and_makes_no_account_unclean() -> None:
    found = own(live(ALWAYS))
    assert {name: each.status for name, each in found.items()} == {"strong": Status.FAIL, "excess": Status.PASS}
    strong = found["strong"]
    assert (strong.severity, strong.subject.kind, strong.subject.key) == (Severity.INFO, SubjectKind.ROLE, "1050")
    assert strong.actual == "Bulk Manage Roles: Full; Access Token Management: Full"
    assert "create access tokens for other users" in strong.reason
    assert strong.remedy
    assert judge(live(ALWAYS), (), Scope()).verdict is Verdict.CLEAN


@pytest.mark.parametrize(
    ("extra", "shown", "step"),
    [
        ({"LIST_VENDOR": Level.FULL}, "Vendors: Full", "sub-tab Lists, remove Vendors."),
        ({"LIST_EMPLOYEE": Level.EDIT}, "Employees: Edit", "sub-tab Lists, set Employees to View."),
        ({"customrecord_x": Level.VIEW}, "customrecord_x: View", "sub-tab Custom Record, remove customrecord_x."),
    ],
)
def test_what_is_more_than_it_needs_is_to_be_taken_away(extra: dict[str, Level], shown: str, step: str) -> None:
    excess = own(live(ALWAYS | extra))["excess"]
    assert (excess.status, excess.severity, excess.actual) == (Status.FAIL, Severity.MEDIUM, shown)
    assert any(step in line for line in excess.remedy)
    assert judge(live(ALWAYS | extra), (), Scope()).verdict is Verdict.FINDINGS


def test_what_the_baseline_asks_under_some_condition_is_no_excess() -> None:
    perhaps = {row.asked.permission: row.asked.level for row in own_baseline().requirements if row.when}
    assert own(live(ALWAYS | perhaps))["excess"].status is Status.PASS
    assert own(live(ALWAYS | {"ADMI_LOGIN_OAUTH": Level.FULL}))["excess"].status is Status.PASS
    assert own(live(ALWAYS | {"LIST_VENDOR": Level.NONE}))["excess"].status is Status.PASS


def test_many_are_counted_and_not_all_listed() -> None:
    extra = {f"TRAN_{number:03}": Level.FULL for number in range(50)}
    excess = own(live(ALWAYS | extra))["excess"]
    assert "holds 50 permissions more than it needs" in excess.title
    assert excess.actual.endswith("; and 20 more")


def test_administrator_is_more_than_it_needs_whatever_its_rows() -> None:
    data = live({}, role="3")
    (found,) = own(data).values()
    assert (found.requirement, found.status, found.severity) == ("excess", Status.FAIL, Severity.MEDIUM)
    assert found.title == "The auditor signs in as Administrator"
    assert "assumed" in found.actual


@pytest.mark.parametrize("caller", [Caller(), Caller(role=Reference(name="Nobody")), Caller(role=Reference(id="77"))])
def test_who_the_auditor_is_may_be_unknown(caller: Caller) -> None:
    (found,) = own(live(ALWAYS, caller=caller)).values()
    assert (found.requirement, found.status) == ("known", Status.UNKNOWN)
    assert found.subject.kind is SubjectKind.ACCOUNT
    assert any("own_role" in line for line in found.remedy)


def test_a_snapshot_from_before_says_that_it_does_not_know() -> None:
    (found,) = own(replace(live(ALWAYS), caller=None)).values()
    assert found.status is Status.UNKNOWN


def test_a_level_that_is_none_of_the_five_decides_nothing() -> None:
    data = live(ALWAYS)
    odd = Permission("1050", "LIST_VENDOR", None, raw_level="7")
    assert {each.status for each in own(replace(data, permissions=(*data.permissions, odd))).values()} == {
        Status.UNKNOWN
    }


def test_exported_files_have_no_caller() -> None:
    assert own(replace(live(ALWAYS), source="files", caller=None)) == {}


@pytest.mark.parametrize("extra", [{}, {"LIST_VENDOR": Level.FULL}])
def test_no_loss_makes_it_pass(extra: dict[str, Level]) -> None:
    data = live(ALWAYS | extra)
    before = own(data)
    for what, left in losses(data):
        after = own(left)
        assert after, what
        for name, finding in after.items():
            if name in before:
                assert finding.status in (before[name].status, Status.UNKNOWN), what
            else:
                assert finding.status is Status.UNKNOWN, what
        if "role permissions: not there" in what or "role permissions: row" in what:
            assert {each.status for each in after.values()} == {Status.UNKNOWN}, what
