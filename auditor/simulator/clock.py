"""An account's own clock: the real one, set off by as much as a test asks for."""

from __future__ import annotations

import time


class SimulatedClock:
    """Real time plus an offset, so that an hour can pass in a test without waiting for it."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since the epoch, as the account sees them."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once: tokens run out, locks open, a fault that lasts a minute ends."""
        self._offset += seconds
