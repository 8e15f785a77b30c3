from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.errors import EvidenceError, SourceError
from auditor.fleet import Assignment, audit_fleet
from auditor.model import AccountFailure, AccountResult, Scope, Snapshot, Verdict
from tests import samples


class GivenSource:
    """A source that gives what it was given, or raises it."""

    def __init__(self, account: str, outcome: Snapshot | Exception) -> None:
        self.account = account
        self._outcome = outcome

    def collect(self, taken: str) -> Snapshot:
        assert taken == samples.STARTED
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def assignment(account: str, outcome: Snapshot | Exception) -> Assignment:
    return Assignment(GivenSource(account, outcome), (samples.baseline(),), Scope())


@pytest.mark.parametrize("side_by_side", [1, 3])
def test_one_failure_is_one_accounts_and_the_others_finish(side_by_side: int) -> None:
    delivered: list[AccountResult] = []
    seen: list[str] = []
    run = audit_fleet(
        samples.run(),
        [
            assignment("3", samples.snapshot("3")),
            assignment("2", SourceError("No file can be read.", "Give another folder.")),
            assignment("4", ZeroDivisionError("secret detail")),
            assignment("1", samples.snapshot("1")),
        ],
        delivered.append,
        side_by_side=side_by_side,
        done=lambda outcome: seen.append(outcome.account),
    )
    assert [result.account for result in run.results] == ["1", "3"]
    assert run.failures[0] == AccountFailure(account="2", cause="No file can be read.", remedy="Give another folder.")
    assert run.failures[1].account == "4"
    assert "ZeroDivisionError" in run.failures[1].cause
    assert "secret detail" not in run.failures[1].cause
    assert run.verdict is Verdict.FINDINGS_AND_INCOMPLETE
    assert run.exit_code == 14
    assert sorted(seen) == ["1", "2", "3", "4"]
    assert sorted(result.account for result in delivered) == ["1", "3"]


def test_rows_go_to_the_accounts_reports_and_are_not_kept() -> None:
    delivered: list[AccountResult] = []
    run = audit_fleet(samples.run(), [assignment("1", samples.snapshot("1"))], delivered.append)
    assert delivered[0].snapshot.permissions
    assert not run.results[0].snapshot.permissions
    assert run.results[0].snapshot.coverage == delivered[0].snapshot.coverage
    assert run.results[0].findings == delivered[0].findings


def test_nothing_audited_is_exit_code_3() -> None:
    run = audit_fleet(samples.run(), [assignment("1", SourceError("gone"))], lambda _: None)
    assert (run.verdict, run.exit_code) == (Verdict.NOT_AUDITED, 3)


def test_reports_that_cannot_be_written_end_the_run() -> None:
    def full_disk(result: AccountResult) -> None:
        raise EvidenceError("disk full")

    with pytest.raises(EvidenceError, match="disk full"):
        audit_fleet(samples.run(), [assignment("1", samples.snapshot("1"))], full_disk)


def test_an_account_is_settled_before_its_reports_are_made() -> None:
    delivered: list[AccountResult] = []
    run = audit_fleet(
        samples.run(),
        [assignment("1", samples.snapshot("1"))],
        delivered.append,
        settle=lambda result: replace(result, history_problem="Locked."),
    )
    assert [delivered[0].history_problem, run.results[0].history_problem] == ["Locked.", "Locked."]
