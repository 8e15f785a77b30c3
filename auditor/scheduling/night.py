"""What is to happen every night, whichever scheduler starts it."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

LONGEST_HOURS = 6
"""After so long a run is ended from outside. Each account has a time budget of its own, an hour by default."""


class Night(Struct, frozen=True, kw_only=True):
    """One job. Paths are absolute; the times are hours and minutes of the day."""

    name: str
    program: tuple[str, ...]
    """The command line up to the sub-command."""
    config: Path
    out: Path
    hour: int
    minute: int
    user: str = ""
    """Who runs it; empty where the scheduler decides."""
    image: str = ""
    """Container image, for schedulers that start containers."""

    @property
    def command(self) -> tuple[str, ...]:
        return (*self.program, "audit", "--config", str(self.config), "--out", str(self.out))
