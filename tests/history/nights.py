"""Runs a night: judge each account, settle it against the history, let the run count; or let it die."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from auditor.checks import INFOS
from auditor.checks.judge import judge
from auditor.history.database import Place
from auditor.history.store import keep
from auditor.model import AccountFailure, AccountResult, Baseline, Run, Scope, Snapshot
from tests.checks import accounts

BEGIN = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
FAILED = "The host did not answer."


def moment(night: int) -> str:
    return (BEGIN + timedelta(days=night - 1)).isoformat().replace("+00:00", "Z")


def head(night: int) -> Run:
    return Run(id=moment(night).replace("-", "").replace(":", ""), started=moment(night), tool_version="0.1.0")


BESIDE = tuple(info.id for info in INFOS if info.id not in ("role-levels", "token-binding", "waivers"))
"""Checks that would have something to say of every night, and nothing of what is tested here."""


def judged(
    snapshot: Snapshot, night: int, baselines: tuple[Baseline, ...] = (accounts.BASELINE,), scope: Scope | None = None
) -> AccountResult:
    asked = replace(scope or Scope(), skipped_checks=BESIDE)
    return judge(replace(snapshot, taken=moment(night)), baselines, asked)


def hold_night(
    place: Place,
    night: int,
    *results: AccountResult,
    failed: tuple[str, ...] = (),
    dies: bool = False,
    where: str = "host:/runs",
    meanwhile: Callable[[], None] = lambda: None,
) -> Run:
    """The run with what came of it; one that *dies* never finishes."""
    with keep(place, head(night), where) as history:
        settled = tuple(history.settle(result) for result in results)
        meanwhile()
        failures = tuple(AccountFailure(account=each, cause=FAILED, remedy="Look at it.") for each in failed)
        run = replace(head(night), results=settled, failures=failures)
        run = replace(run, trend=history.trend(run))
        if not dies:
            history.finish(run)
    return run


def told(run: Run, account: str = accounts.ACCOUNT) -> AccountResult:
    """What the run says of one account."""
    (found,) = (result for result in run.results if result.account == account)
    return found
