"""Progress on a terminal: a line for each account at work, with the table that is being read.

Log lines are printed above these: while they are shown, standard error goes through them line by line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from auditor.cli.journal import Journal
from auditor.cli.logs import speaks_json_on_standard_error
from auditor.model import AccountFailure, AccountResult


@contextmanager
def progress() -> Iterator[Journal]:
    """Tell of accounts as they are read and done: in the log, and on a terminal by lines that change."""
    if sys.stderr.isatty() and not speaks_json_on_standard_error():
        with LiveProgress() as live:
            yield live
    else:
        yield Journal()


class LiveProgress(Journal):
    """Lines that change while accounts are read. Safe to call from several accounts' threads."""

    def __init__(self) -> None:
        super().__init__()
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._shown = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._left = 0

    def __enter__(self) -> Self:
        self._shown.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._shown.stop()

    def begin(self, accounts: Sequence[str]) -> None:
        super().begin(accounts)
        self._left = len(accounts)
        self._tasks[""] = self._shown.add_task(self._waiting(), total=None)

    def page(self, account: str, table: str, pages: int, rows: int) -> None:
        text = f"{account}  {table}: page {pages}, {rows:,} rows"
        if account in self._tasks:
            self._shown.update(self._tasks[account], description=text)
        else:
            self._tasks[account] = self._shown.add_task(text, total=None)

    def done(self, outcome: AccountResult | AccountFailure) -> None:
        if task := self._tasks.pop(outcome.account, None):
            self._shown.remove_task(task)
        self._left -= 1
        self._shown.update(self._tasks[""], description=self._waiting())
        super().done(outcome)

    def _waiting(self) -> str:
        return f"{self._left} account{'' if self._left == 1 else 's'} to go"
