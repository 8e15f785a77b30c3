"""The history beside a run. Whatever happens to it, the audit goes on, and its reports say what happened."""

from __future__ import annotations

import logging
import platform
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from auditor.config import HistorySettings
from auditor.errors import ConfigurationError, HistoryError
from auditor.history.database import FILE, Place
from auditor.model import AccountResult, Run

if TYPE_CHECKING:
    from auditor.history.store import RunHistory

_log = logging.getLogger(__name__)


def history_place(text: str, settings: HistorySettings | None, out: Path) -> Place:
    """Where the history is: as the command line says, else as the configuration says, else a file in *out*.

    The password of the configuration belongs to its own URL, and goes with no other.
    """
    if text:
        return Place(text)
    if settings:
        return Place(settings.url or str(out / FILE), settings.password)
    return Place(str(out / FILE))


class KeptHistory:
    """The history of one run as long as it works; after its first fault it is left alone, and the run does not count.

    Safe to call from several accounts' threads.
    """

    def __init__(self, history: RunHistory | None, problem: str | None) -> None:
        self._history = history
        self._problem = problem
        self._turn = threading.Lock()

    def settle(self, result: AccountResult) -> AccountResult:
        """*result* with what earlier runs say of it, or with the reason why nothing is said."""
        if self._history and not self._problem:
            try:
                return self._history.settle(result)
            except (HistoryError, ConfigurationError) as error:
                self._give_up(error)
        return replace(result, history_problem=self._problem)

    def told(self, run: Run) -> Run:
        """*run* with the trend, or with the reason why there is none."""
        if self._history and not self._problem:
            try:
                return replace(run, history_problem="", trend=self._history.trend(run))
            except HistoryError as error:
                self._give_up(error)
        return replace(run, history_problem=self._problem)

    def finish(self, run: Run) -> None:
        """Let the run count, now that its folder is in place."""
        if self._history and not self._problem:
            try:
                self._history.finish(run)
            except HistoryError as error:
                self._give_up(error)

    def _give_up(self, error: HistoryError | ConfigurationError) -> None:
        with self._turn:
            if not self._problem:
                self._problem = str(error)
                _warn(self._problem)


@contextmanager
def keeping(place: Place | None, head: Run, folder: Path) -> Iterator[KeptHistory]:
    """The history at *place* for the run *head*; None keeps none. *folder* is where the run will be."""
    with ExitStack() as stack:
        if place is None:
            yield KeptHistory(None, None)
            return
        from auditor.history.store import keep

        where = f"{platform.node()}:{folder.absolute()}"
        try:
            kept = KeptHistory(stack.enter_context(keep(place, head, where)), "")
        except (HistoryError, ConfigurationError) as error:
            _warn(str(error))
            kept = KeptHistory(None, str(error))
        yield kept


def _warn(problem: str) -> None:
    _log.warning("history is not kept for this run: %s", problem)
