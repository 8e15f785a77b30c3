"""Locks a credential after too many failures, and remembers nonces. Documented: five failures, thirty minutes."""

from __future__ import annotations

import threading
from collections import OrderedDict

FAILURES = 5
LOCKED_SECONDS = 30 * 60.0
_MOST_NONCES = 100_000


class Lockout:
    """Counts failures in a row for each credential."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[str, tuple[int, float]] = {}

    def locked(self, credential: str, now: float) -> bool:
        """Whether *credential* is refused whatever it brings."""
        with self._lock:
            failures, last = self._failures.get(credential, (0, 0.0))
            if failures >= FAILURES and now - last >= LOCKED_SECONDS:
                del self._failures[credential]
                return False
            return failures >= FAILURES

    def failed(self, credential: str, now: float) -> None:
        """One more failure."""
        with self._lock:
            failures, _ = self._failures.get(credential, (0, 0.0))
            self._failures[credential] = (failures + 1, now)

    def succeeded(self, credential: str) -> None:
        """Begin to count anew."""
        with self._lock:
            self._failures.pop(credential, None)


class Nonces:
    """Nonces used before, the oldest forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, str, str], None] = OrderedDict()

    def first_use(self, token: str, timestamp: str, nonce: str) -> bool:
        """Whether this nonce comes with this token and timestamp for the first time; remembers it."""
        with self._lock:
            key = (token, timestamp, nonce)
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > _MOST_NONCES:
                self._seen.popitem(last=False)
            return True
