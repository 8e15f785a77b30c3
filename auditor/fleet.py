"""Many accounts: side by side, each within its own boundary, so that one failure is one account's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import msgspec

from auditor.checks.judge import judge
from auditor.errors import AuditorError, EvidenceError
from auditor.model import AccountFailure, AccountResult, Baseline, Run, Scope
from auditor.sources.base import Source

_log = logging.getLogger(__name__)


class Assignment(msgspec.Struct, frozen=True):
    """One account to audit: where its data comes from and what it is held against."""

    source: Source
    baselines: tuple[Baseline, ...]
    scope: Scope


def audit_fleet(
    head: Run,
    assignments: Sequence[Assignment],
    deliver: Callable[[AccountResult], None],
    *,
    side_by_side: int = 1,
    stop: threading.Event | None = None,
    done: Callable[[AccountResult | AccountFailure], None] = lambda _: None,
) -> Run:
    """Audit every account and return *head* with what came of each, in the order of the account ids.

    *deliver* makes and keeps an account's own reports while its rows are at hand; afterwards only what the run's
    reports need is held on to, so that memory does not grow with the fleet's rows. *done* is told of each account.

    Ctrl-C sets *stop*, which ends the reads at their next page, and lets the run end with what was whole.

    Raises:
        EvidenceError: the reports cannot be written, which no other account would survive either.
    """
    stopped = stop or threading.Event()

    def audit(assignment: Assignment) -> AccountResult | AccountFailure:
        outcome = _not_begun(assignment) if stopped.is_set() else _audit_account(assignment, head.started, deliver)
        done(outcome)
        return outcome

    with ThreadPoolExecutor(max_workers=side_by_side, thread_name_prefix="account") as pool:
        futures = [pool.submit(audit, assignment) for assignment in assignments]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        except KeyboardInterrupt:
            stopped.set()
        outcomes = [future.result() for future in futures]
    results = [outcome for outcome in outcomes if isinstance(outcome, AccountResult)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, AccountFailure)]
    return msgspec.structs.replace(
        head,
        results=tuple(sorted(results, key=lambda result: result.account)),
        failures=tuple(sorted(failures, key=lambda failure: failure.account)),
    )


def _not_begun(assignment: Assignment) -> AccountFailure:
    return AccountFailure(
        account=assignment.source.account,
        cause="The run was stopped before this account was read.",
        remedy="Run the audit again, for this account alone with --account.",
    )


def _audit_account(
    assignment: Assignment, taken: str, deliver: Callable[[AccountResult], None]
) -> AccountResult | AccountFailure:
    account = assignment.source.account
    try:
        snapshot = assignment.source.collect(taken)
        result = judge(snapshot, assignment.baselines, assignment.scope)
        deliver(result)
        return result.without_rows()
    except EvidenceError:
        raise
    except AuditorError as error:
        return AccountFailure(account=account, cause=error.message, remedy=error.remedy)
    except Exception as error:  # noqa: BLE001 - the boundary: a fault met in one account must not end the others
        _log.exception("account %s could not be audited", account)
        return AccountFailure(
            account=account,
            cause=f"The program met something that it was not made for ({type(error).__name__}).",
            remedy="Please report it with the log of this run.",
        )
