"""Counts the rows that only one of two reads has, where the other is not whole enough to prove anything by it."""

from __future__ import annotations

from collections import Counter

from auditor.history.reading import Reading
from auditor.model import Table


class Tally:
    """Decides whether an absence proves something, and counts those that do not. One for each comparison."""

    def __init__(self, before: Reading, after: Reading) -> None:
        self._before = before
        self._after = after
        self.appeared: Counter[Table] = Counter()
        self.vanished: Counter[Table] = Counter()

    def made(self, table: Table, *, whole: bool = False, rows: int = 1) -> bool:
        """Whether a row that is only in the later read is new; if that cannot be told, it is counted.

        *whole*: the earlier read has every row that this one belongs to, whatever its table's coverage says.
        """
        proven = self._same_columns(table) and (whole or self._before.complete(table))
        if not proven:
            self.appeared[table] += rows
        return proven

    def taken_away(self, table: Table, *, whole: bool = False, rows: int = 1) -> bool:
        """Whether a row that is only in the earlier read is gone; if that cannot be told, it is counted."""
        proven = self._same_columns(table) and (whole or self._after.complete(table))
        if not proven:
            self.vanished[table] += rows
        return proven

    def _same_columns(self, table: Table) -> bool:
        """A row that lacks a column may be another's like: only reads of the same columns can be told apart by rows."""
        return self._before.dropped(table) == self._after.dropped(table)

    def doubtful(self, table: Table, *, later: bool) -> None:
        """A row whose like may be there under another name: it is counted, and never told."""
        (self.appeared if later else self.vanished)[table] += 1

    def unproven(self, table: Table) -> int:
        return self.appeared[table] + self.vanished[table]
