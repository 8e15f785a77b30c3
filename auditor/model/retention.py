"""How long is kept what a run left: the rule that run folders and history share."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct


class Retention(Struct, frozen=True, kw_only=True):
    """Runs of the last *days* stay, and of each of the *months* calendar months up to now, UTC, its last audit.

    A run that audited no account is nobody's last audit.
    """

    days: int
    months: int

    def recent(self, made: datetime, now: datetime) -> bool:
        """Whether a run of that time stays for its age alone."""
        return made >= now - timedelta(days=self.days)

    def month(self, made: datetime, now: datetime) -> tuple[int, int] | None:
        """The calendar month of a run of that time, if the last one in that month stays; else None."""
        age = now.year * 12 + now.month - (made.year * 12 + made.month)
        return (made.year, made.month) if 0 <= age < self.months else None
