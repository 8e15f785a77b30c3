"""What earlier runs said of a finding that is here again."""

from __future__ import annotations

from msgspec import Struct


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when a failed finding is known. Times are the starts of runs, UTC, ISO 8601 with seconds."""

    first: str
    """The run that saw it fail first."""
    nights: int = 1
    """Runs that saw it fail, this one too."""
    reopened: str = ""
    """The run in which it was back after a run had found it resolved; empty if it never was resolved."""
