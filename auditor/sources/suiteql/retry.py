"""How long an account may take, how often a failed request is asked again, and how long to wait in between."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct

from auditor.sources.suiteql.faults import StoppedError, TemporaryError, TimeSpentError

T = TypeVar("T")

FIRST_WAIT = 2.0
LONGEST_WAIT = 60.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock(Struct, frozen=True):
    """Time and chance, handed in so that tests are quick and exact."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random
    """A number from 0 to 1, for the jitter."""

    def timestamp(self) -> str:
        """Now as the snapshot writes it: UTC, ISO 8601 with seconds."""
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Patience:
    """One account's time budget and its way of trying again. Shared by all requests of the account."""

    def __init__(self, clock: Clock, budget: float, stop: threading.Event) -> None:
        self._clock = clock
        self._budget = budget
        self._end = clock.monotonic() + budget
        self._stop = stop

    def check(self) -> None:
        """Raises ``StoppedError`` or ``TimeSpentError`` if nothing more is to be asked."""
        if self._stop.is_set():
            raise StoppedError("The run was stopped before this account was read whole.", "Run it again.")
        if self.remaining <= 0:
            raise self._spent("")

    @property
    def remaining(self) -> float:
        """Seconds left of the budget."""
        return self._end - self._clock.monotonic()

    def persist(self, attempt: Callable[[], T], failed: Callable[[TemporaryError, int, float], None]) -> T:
        """What *attempt* gives, asked again after each ``TemporaryError`` failure for as long as that is worth it.

        *failed* is told of each failure that is tried again: the fault, how many there were, and the wait in seconds.

        Raises:
            TemporaryError: the last failure, its message saying how often it happened.
            TimeSpentError: the wait would outlast the budget.
        """
        seen: Counter[type[TemporaryError]] = Counter()
        while True:
            self.check()
            try:
                return attempt()
            except TemporaryError as fault:
                seen[type(fault)] += 1
                times = seen[type(fault)]
                if times > fault.tries:
                    if times > 1:
                        fault.message = f"{fault.message.rstrip('.')} ({times} times in a row)."
                    raise
                wait = self._wait(fault, seen.total())
                failed(fault, seen.total(), wait)
                self._clock.sleep(wait)

    def _wait(self, fault: TemporaryError, failures: int) -> float:
        """Full jitter: anything from nothing to a bound that doubles, so that callers do not come back in step."""
        bound = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1))
        wait = bound * self._clock.chance() if fault.retry_after is None else fault.retry_after
        if wait >= self.remaining:
            raise self._spent(f" The last failure: {fault.message}") from fault
        return wait

    def _spent(self, why: str) -> TimeSpentError:
        return TimeSpentError(
            f"The account's time budget of {self._budget:g} seconds is used up.{why}",
            "Raise time_budget for this account, or run when NetSuite is less busy.",
        )
