"""Waivers laid over findings: what they cover, until when, and what is found about the waivers themselves."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.checks.judge import judge
from auditor.model import (
    AccountResult,
    Finding,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    Table,
    Verdict,
    Waiver,
    Waivers,
)
from tests.checks.accounts import ACCOUNT, BASELINE, permissions, snapshot, without
from tests.checks.damage import losses
from tests.checks.flaws import FLAWS
from tests.checks.test_law import hold

LACKING = snapshot(permissions=permissions(LIST_CLASS=None))
"""Read on 2026-11-21; its role lacks one permission, and so, as a consequence, does its token."""
ROLE_ROW = {"check": "role-levels", "subject": "1005", "requirement": "expensify:LIST_CLASS"}
TOKEN_ROW = {"check": "token-binding", "subject": "901", "requirement": "expensify:effective-levels"}


def waiver(**fields: str) -> Waiver:
    standard = {"account": ACCOUNT, "reason": "no classes", "owner": "Ana", "ticket": "T-1", "expires": "2027-06-30"}
    return Waiver(**(standard | ROLE_ROW | fields))


def judged(*entries: Waiver, data: Snapshot = LACKING, **scope: object) -> AccountResult:
    return judge(data, (BASELINE,), Scope(**scope), waivers=Waivers(entries=entries))  # type: ignore[arg-type]


def watched(result: AccountResult) -> list[tuple[str, Status, Severity]]:
    return [(f.requirement.split(":")[0], f.status, f.severity) for f in result.findings if f.check == "waivers"]


def waived(result: AccountResult) -> list[tuple[str, str]]:
    return [(finding.subject.key, finding.requirement) for finding in result.waived()]


def test_a_waived_finding_keeps_its_status_and_does_not_count():
    before = judged()
    assert before.verdict is Verdict.FINDINGS
    result = judged(waiver(), waiver(**TOKEN_ROW))
    assert result.verdict is Verdict.CLEAN
    assert waived(result) == [("1005", "expensify:LIST_CLASS"), ("901", "expensify:effective-levels")]
    assert [f.status for f in result.waived()] == [Status.FAIL, Status.FAIL]
    assert [replace(f, waiver=None) for f in result.findings] == list(before.findings)
    assert watched(result) == []


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({}, ["1005"]),
        ({"account": "7654321"}, []),
        ({"check": "token-binding"}, []),
        ({"subject": "1006"}, []),
        ({"requirement": "expensify:LIST_EMPLOYEE"}, []),
        ({"account": "", "scope": "any-account"}, ["1005"]),
        ({"subject": "", "scope": "any-subject"}, ["1005"]),
        ({"requirement": "", "scope": "any-requirement"}, ["1005"]),
        ({"account": "", "subject": "", "scope": "any-account, any-subject"}, ["1005"]),
        ({**TOKEN_ROW, "requirement": "", "scope": "any-requirement"}, ["901"]),
        ({"subject": "*"}, []),
        ({"requirement": "expensify:*"}, []),
        ({"requirement": "expensify:LIST_CLASS "}, []),
    ],
)
def test_an_entry_covers_what_it_says_and_no_more(fields: dict[str, str], covers: list[str]):
    assert [key for key, _ in waived(judged(waiver(**fields)))] == covers


def test_the_narrowest_of_several_answers_for_a_finding():
    wide = waiver(owner="Wide", subject="", scope="any-subject")
    for entries in ((wide, waiver()), (waiver(), wide)):
        (finding,) = judged(*entries).waived()
        assert finding.waiver
        assert finding.waiver.owner == "Ana"
    (finding,) = judged(waiver(expires="2026-01-01"), wide).waived()
    assert finding.waiver == wide


@pytest.mark.parametrize(
    ("expires", "covers", "said"),
    [
        ("2026-11-20", 0, [("expired", Status.FAIL, Severity.LOW)]),
        ("2026-11-21", 1, [("expiring", Status.FAIL, Severity.INFO)]),
        ("2026-12-21", 1, [("expiring", Status.FAIL, Severity.INFO)]),
        ("2026-12-22", 1, []),
        ("0001-01-01", 0, [("expired", Status.FAIL, Severity.LOW)]),
        ("9999-12-31", 1, []),
    ],
)
def test_it_holds_through_the_end_of_its_day(expires: str, covers: int, said: list[object]):
    late = replace(LACKING, taken="2026-11-21T23:59:59Z")
    for data in (LACKING, late):
        result = judged(waiver(expires=expires), data=data)
        assert len(result.waived()) == covers
        assert watched(result) == said


def test_an_entry_that_matches_nothing_is_found():
    gone = judged(waiver(), data=snapshot())
    assert watched(gone) == [("unused", Status.FAIL, Severity.LOW)]
    assert "does not fail any more" in next(f for f in gone.findings if f.check == "waivers").actual
    never = judged(waiver(requirement="expensify:LIST_KLASS"))
    assert watched(never) == [("unused", Status.FAIL, Severity.LOW)]
    assert "no such finding" in next(f for f in never.findings if f.check == "waivers").actual


def test_nothing_is_said_of_entries_for_other_accounts_any_account_or_a_check_that_is_off():
    assert watched(judged(waiver(account="7654321"), data=snapshot())) == []
    assert watched(judged(waiver(account="", scope="any-account"), data=snapshot())) == []
    assert watched(judged(waiver(check="probe", requirement="probe:Job"), skipped_checks=("probe",))) == []


@pytest.mark.parametrize("table", [Table.ROLES, Table.ROLE_PERMISSIONS, Table.ACCESS_TOKENS])
@pytest.mark.parametrize("state", [State.NOT_AVAILABLE, State.FAILED, State.NOT_PERMITTED])
def test_whether_an_entry_is_needed_is_unknown_where_its_finding_is(table: Table, state: State):
    result = judged(waiver(), waiver(**TOKEN_ROW), data=without(table, LACKING, state))
    said = watched(result)
    assert said
    assert {status for _, status, _ in said} == {Status.UNKNOWN}
    told = {finding.reason for finding in result.findings if finding.check == "waivers"}
    assert any("could not be decided" in reason or "Not everything was read" in reason for reason in told)


def test_an_unknown_finding_is_never_waived():
    result = judged(waiver(), data=without(Table.ROLE_PERMISSIONS, LACKING))
    assert result.waived() == ()
    assert result.verdict is Verdict.INCOMPLETE


ENTRIES = (
    waiver(),
    waiver(**TOKEN_ROW),
    waiver(check="token-binding", subject="901", requirement="", scope="any-requirement"),
    waiver(requirement="expensify:LIST_EMPLOYEE"),
    waiver(subject="1006", expires="2026-11-30"),
    waiver(requirement="role-active", expires="2026-01-01"),
)


def test_no_loss_makes_anything_pass_with_waivers_either():
    for name in list(FLAWS)[:8]:
        account = FLAWS[name](LACKING)
        before = judged(*ENTRIES, data=account)
        for loss, left in losses(account):
            hold(before, judged(*ENTRIES, data=left), f"{name}; {loss}")


def test_what_is_found_has_ids_of_its_own_that_stay():
    first, again = (judged(*ENTRIES[3:], data=snapshot()) for _ in range(2))
    renewed = judged(*(replace(each, expires="2026-01-02", reason="other") for each in ENTRIES[3:]), data=snapshot())

    def ids(result: AccountResult) -> list[str]:
        return [f.id for f in result.findings if f.check == "waivers"]

    assert ids(first) == ids(again)
    assert len(set(ids(first))) == len(ids(first)) == 4
    expired = {f.id for f in first.findings if f.requirement.startswith("expired:")}
    assert expired < set(ids(renewed))


def test_texts_stay_short_and_every_one_has_a_way_out():
    long = "Long\n" * 1000
    result = judged(waiver(owner=long, ticket=long, subject=long, requirement=long), data=snapshot())
    found: list[Finding] = [f for f in result.findings if f.check == "waivers"]
    assert found
    for finding in found:
        assert "\n" not in finding.title
        assert max(len(finding.title), len(finding.reason)) < 2000
        assert finding.remedy
