"""The verdict of an account and of a run, and the exit codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import (
    AccountFailure,
    AccountResult,
    Coverage,
    Finding,
    Run,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
    Verdict,
)

FAILURE = AccountFailure(account="9", cause="Nothing could be read.", remedy="Give the files.")
coverages = st.builds(Coverage, table=st.sampled_from(Table), state=st.sampled_from(State))


def finding(status: Status, severity: Severity) -> Finding:
    return Finding(
        id="0" * 16,
        account="1",
        check="role-levels",
        subject=Subject(SubjectKind.ROLE, "1", "Role"),
        requirement="x",
        status=status,
        severity=severity,
        title="Title",
        expected="Full",
        actual="View",
    )


findings = st.lists(st.builds(finding, st.sampled_from(Status), st.sampled_from(Severity)), max_size=4)


def result(of, scope: Scope | None = None, coverage: tuple[Coverage, ...] = ()) -> AccountResult:
    data = Snapshot(account="1", taken="", source="files", origin="", coverage=coverage)
    return AccountResult(snapshot=data, baselines=(), scope=scope or Scope(), findings=tuple(of))


def run(*results: AccountResult, failures: tuple[AccountFailure, ...] = ()) -> Run:
    return Run(id="r", started="", tool_version="1", results=results, failures=failures)


@given(findings, st.sampled_from(Severity), st.lists(coverages, max_size=2).map(tuple))
def test_the_verdict_is_made_of_what_failed_badly_enough_and_of_what_is_not_known(of, fail_on, coverage):
    one = result(of, Scope(fail_on=fail_on), coverage)
    bad = [each for each in of if each.status is Status.FAIL and each.severity.rank >= fail_on.rank]
    broken = any(each.state in (State.PARTIAL, State.FAILED) for each in coverage)
    counts_from = min(fail_on.rank, Severity.LOW.rank)
    unknown = broken or any(each.status is Status.UNKNOWN and each.severity.rank >= counts_from for each in of)
    assert sorted(one.failed(), key=id) == sorted(bad, key=id)
    assert [each.severity.rank for each in one.failed()] == sorted((each.severity.rank for each in bad), reverse=True)
    assert one.incomplete is unknown
    assert (one.verdict is Verdict.CLEAN) is (not bad and not unknown)
    assert ("findings" in one.verdict.value) is bool(bad)
    assert ("incomplete" in one.verdict.value) is unknown


@pytest.mark.parametrize(
    ("statuses", "failures", "code"),
    [
        ([[Status.PASS]], (), 0),
        ([[Status.NOT_APPLICABLE], []], (), 0),
        ([[Status.FAIL]], (), 10),
        ([[Status.PASS], [Status.FAIL]], (), 10),
        ([[Status.UNKNOWN]], (), 4),
        ([[Status.PASS]], (FAILURE,), 4),
        ([[Status.FAIL, Status.UNKNOWN]], (), 14),
        ([[Status.FAIL], [Status.UNKNOWN]], (), 14),
        ([[Status.FAIL]], (FAILURE,), 14),
        ([], (FAILURE,), 3),
        ([], (), 3),
    ],
)
def test_exit_codes(statuses, failures, code):
    results = [result(finding(status, Severity.HIGH) for status in each) for each in statuses]
    assert run(*results, failures=failures).exit_code == code


@given(st.lists(findings, min_size=1, max_size=3), st.booleans())
def test_a_run_is_no_better_than_its_worst_account(each_account, one_failed):
    results = [result(of) for of in each_account]
    whole = run(*results, failures=(FAILURE,) if one_failed else ())
    assert whole.expected == len(results) + one_failed
    verdicts = {one.verdict for one in results}
    assert (whole.verdict is Verdict.CLEAN) is (verdicts == {Verdict.CLEAN} and not one_failed)
    assert ("findings" in whole.verdict.value) is any("findings" in verdict.value for verdict in verdicts)


def test_a_failure_below_fail_on_is_reported_and_not_counted():
    low = result([finding(Status.FAIL, Severity.LOW)], Scope(fail_on=Severity.HIGH))
    assert (low.verdict, low.failed(), len(low.findings)) == (Verdict.CLEAN, (), 1)
    assert run(low).exit_code == 0


def test_what_is_unresolved_is_all_that_failed_and_all_that_is_unknown():
    every = [finding(status, severity) for status in Status for severity in Severity]
    listed = result(every, Scope(fail_on=Severity.HIGH)).unresolved()
    assert listed == tuple(each for each in every if each.status in (Status.FAIL, Status.UNKNOWN))
    assert len(listed) == 2 * len(Severity)
