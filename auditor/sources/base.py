"""What a source is: something that can tell all it knows of one account."""

from __future__ import annotations

from typing import Protocol

from auditor.model import Snapshot


class Source(Protocol):
    """One account's data. A source never judges; what it could not read stands in the snapshot's coverage."""

    account: str

    def collect(self, taken: str) -> Snapshot:
        """Read the account. *taken* is the run's one reading of the clock, UTC ISO 8601.

        Raises:
            SourceError: nothing at all could be read. Whatever is less than that is coverage, not an error.
        """
        ...
