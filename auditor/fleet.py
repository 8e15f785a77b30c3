"""Many accounts: side by side, each within its own boundary, so that one failure is one account's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

import msgspec

from auditor.boundary import within_bounds
from auditor.checks.judge import judge
from auditor.model import AccountFailure, AccountResult, Baseline, ProbeRow, Run, Scope, Waivers
from auditor.privacy import NAMED, Hiding
from auditor.probe import untried
from auditor.results import KeptResults
from auditor.sources.base import Source

_log = logging.getLogger(__name__)


class Assignment(msgspec.Struct, frozen=True):
    """One account to audit: where its data comes from and what it is held against."""

    source: Source
    baselines: tuple[Baseline, ...]
    scope: Scope
    waivers: Waivers = Waivers()
    probe: Callable[[], tuple[ProbeRow, ...]] | None = None
    """Tries the integration's own token; None where there is none to try, or it is not to be tried."""


def audit_fleet(
    head: Run,
    assignments: Sequence[Assignment],
    deliver: Callable[[AccountResult], None],
    *,
    side_by_side: int = 1,
    scratch: Path | None = None,
    stop: threading.Event | None = None,
    begun: Callable[[str], None] = lambda _: None,
    hiding: Hiding = NAMED,
    settle: Callable[[AccountResult], AccountResult] = lambda result: result,
    done: Callable[[AccountResult | AccountFailure], None] = lambda _: None,
) -> Run:
    """Audit every account and return *head* with what came of each, in the order of the account ids.

    *hiding* takes the names of people out of what was read, before it is judged. *settle* adds what earlier runs say of
    an account; that it cannot is no failure of the account. *deliver* makes and keeps an account's own reports while
    its rows are at hand; afterwards only what the run's reports need is kept, in a file in *scratch*, so that memory
    does not grow with the fleet. *begun* and *done* are told of each account.

    Ctrl-C sets *stop*, which ends the reads at their next page, and lets the run end with what was whole.

    Raises:
        EvidenceError: the reports cannot be written, which no other account would survive either.
    """
    stopped = stop or threading.Event()
    results = KeptResults(scratch)

    def audit(assignment: Assignment) -> AccountFailure | None:
        if stopped.is_set():
            outcome: AccountResult | AccountFailure = _not_begun(assignment)
        else:
            begun(assignment.source.account)
            outcome = _audit_account(assignment, head.started, hiding, settle, deliver)
        done(outcome)
        if isinstance(outcome, AccountFailure):
            return outcome
        results.add(outcome)
        return None

    with ThreadPoolExecutor(max_workers=side_by_side, thread_name_prefix="account") as pool:
        futures = [pool.submit(audit, assignment) for assignment in assignments]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        except KeyboardInterrupt:
            stopped.set()
        failures = [failure for future in futures if (failure := future.result())]
    return msgspec.structs.replace(
        head, results=results, failures=tuple(sorted(failures, key=lambda failure: failure.account))
    )


def _not_begun(assignment: Assignment) -> AccountFailure:
    return AccountFailure(
        account=assignment.source.account,
        cause="The run was stopped before this account was read.",
        remedy="Run the audit again, for this account alone with --account.",
    )


def _audit_account(
    assignment: Assignment,
    taken: str,
    hiding: Hiding,
    settle: Callable[[AccountResult], AccountResult],
    deliver: Callable[[AccountResult], None],
) -> AccountResult | AccountFailure:
    def audited() -> AccountResult:
        snapshot, scope = hiding.account(assignment.source.collect(taken), assignment.scope)
        probed = _probed(assignment, hiding)
        found = judge(snapshot, assignment.baselines, scope, probed, waivers=assignment.waivers)
        result = settle(found)
        deliver(result)
        return result.without_rows()

    outcome = within_bounds(assignment.source.account, audited)
    return hiding.failure(outcome) if isinstance(outcome, AccountFailure) else outcome


def _probed(assignment: Assignment, hiding: Hiding) -> tuple[ProbeRow, ...]:
    """What the integration's own token was answered. A probe that fails is unknown rows, not the account's failure."""
    if assignment.probe is None:
        return ()
    rows = within_bounds(assignment.source.account, assignment.probe)
    if not isinstance(rows, AccountFailure):
        return hiding.probe(assignment.source.account, rows)
    told = hiding.failure(rows)
    _log.warning("the integration's own token could not be tried: %s", told.cause, extra={"account": told.account})
    return untried(told.cause, told.remedy)
