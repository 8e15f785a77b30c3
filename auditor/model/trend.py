"""Findings over nights: those that were resolved, and how many were open after each run."""

from __future__ import annotations

import enum

from msgspec import Struct

from auditor.model.baseline import Severity
from auditor.model.finding import Subject


class Resolution(enum.Enum):
    """How a finding came to be resolved."""

    PASSED = "passed"
    GONE = "gone"
    """Its role, token or user is no longer in the account, and the table that would list it was read in full."""
    NOT_APPLICABLE = "not applicable"
    NO_LONGER_FOUND = "no longer found"
    """It was asked again, of data as whole as then, and there is nothing to it any more: its role is on no token of the
    application now, or the global permission that it was about is gone."""
    NO_LONGER_ASKED = "no longer asked"
    """The baseline is another version, and it is not asked any more."""

    @property
    def mended(self) -> bool:
        """Something was done in the account; the others are changes of what is asked."""
        return self in (Resolution.PASSED, Resolution.GONE, Resolution.NO_LONGER_FOUND)


class Resolved(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding that failed when it was judged last, and fails no more."""

    id: str
    check: str
    subject: Subject
    requirement: str
    baseline: str = ""
    severity: Severity
    title: str
    """As it stood when it failed last."""
    how: Resolution
    first: str
    """Start of the run that saw it fail first: UTC, ISO 8601 with seconds."""
    nights: int
    """Runs that saw it fail."""


class TrendPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was open after one run. An account that was not audited then still has what was open in it before."""

    run: str
    started: str
    open: dict[Severity, int] = {}
    opened: int = 0
    """Findings that this run saw fail for the first time, or again."""
    resolved: int = 0
    audited: int = 0
    failed: int = 0
    """Accounts that could not be audited."""

    @property
    def total(self) -> int:
        return sum(self.open.values())


class Trend(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Open findings over nights, the oldest first, and how long mending took. Waived findings are open ones too."""

    points: tuple[TrendPoint, ...] = ()
    mended: int = 0
    """Findings that were mended, over the whole history, on which the mean rests."""
    seconds_to_mend: int | None = None
    """Mean time from the run that saw a finding fail to the run that found it mended; None if none was."""
