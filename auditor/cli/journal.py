"""What the log says of a run's accounts: that they begin, what was not read whole, and what became of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from auditor.cli.terminal import outcome_words
from auditor.model import CORE_TABLES, AccountFailure, AccountResult, State, Verdict

_log = logging.getLogger(__name__)


class Journal:
    """Logs accounts as they are read. Safe to call from several accounts' threads."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}

    def begin(self, accounts: Sequence[str]) -> None:
        """The run begins with these accounts."""
        _log.info("the run begins: %d account%s", len(accounts), "" if len(accounts) == 1 else "s")

    def begun(self, account: str) -> None:
        """An account's turn has come."""
        self._begun[account] = time.monotonic()
        _log.info("account begun", extra={"account": account})

    def page(self, account: str, table: str, pages: int, rows: int) -> None:
        """A page of a live account was read; the source logs that itself."""

    def done(self, outcome: AccountResult | AccountFailure) -> None:
        """An account is done, well or not."""
        account = outcome.account
        seconds = round(time.monotonic() - self._begun.pop(account), 3) if account in self._begun else None
        said = {"account": account, "seconds": seconds}
        if isinstance(outcome, AccountFailure):
            said |= {"verdict": Verdict.NOT_AUDITED.value, "remedy": outcome.remedy}
            _log.error(outcome_words(outcome), extra=said)
            return
        for coverage in outcome.snapshot.coverage:
            if not coverage.complete and coverage.origins:  # asked for, and not got
                where = {"account": account, "table": coverage.table.value, "rows": coverage.rows}
                broken = coverage.state in (State.PARTIAL, State.FAILED) or coverage.table in CORE_TABLES
                _log.log(
                    logging.WARNING if broken else logging.INFO, "not read whole: %s", coverage.state.value, extra=where
                )
        _log.info(outcome_words(outcome), extra=said | {"verdict": outcome.verdict.value})
