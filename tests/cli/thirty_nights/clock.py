"""The commands' clock, standing still at one moment of one night; also in a process of its own.

``python -m tests.cli.thirty_nights.clock 2025-12-19T02:00:00Z audit …`` is ``auditor audit …`` on that night.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from auditor.cli import runs

HOUR_OF_THE_AUDIT, HOUR_OF_THE_MONITOR = 2, 9


def moment(night: int, hour: int = HOUR_OF_THE_AUDIT) -> datetime:
    """Night 1 is that of 1 December 2025: the simulated accounts' own history ends on the days before."""
    return datetime(2025, 12, night, hour, tzinfo=UTC)


def started(night: int) -> str:
    """The start of a night's run, as files bear it."""
    return runs.moment(moment(night))


def folder_name(night: int) -> str:
    """The name of a night's run folder."""
    return moment(night).strftime("%Y%m%dT%H%M%SZ")


@contextmanager
def at(now: datetime, *, everywhere: bool = False) -> Iterator[None]:
    """The clock that is read once for a run stands at *now*.

    What signs requests keeps the real one, by which the simulated accounts check signatures. *everywhere* is for
    commands that read the clock themselves; what they import must be imported by then.
    """

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return now

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(runs, "datetime", Clock))
        if everywhere:
            stack.enter_context(mock.patch("datetime.datetime", Clock))
        yield


if __name__ == "__main__":
    from auditor.cli import main

    with at(datetime.fromisoformat(sys.argv.pop(1))):
        main()
