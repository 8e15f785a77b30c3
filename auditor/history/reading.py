"""One read of an account as drift needs it: rows that are unpacked only where they differ, and how whole they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from auditor.history import packing
from auditor.history.packing import Grid, Packed
from auditor.history.terms import Terms
from auditor.model import (
    AccessToken,
    AccountResult,
    Coverage,
    Directory,
    Role,
    Snapshot,
    State,
    SystemNote,
    Table,
    User,
)


class Reading:
    """What one read found, when, in which run, and what it was held against; tables are unpacked as they are asked."""

    def __init__(
        self,
        account: str,
        rows: Callable[[], Packed],
        digest: bytes,
        coverage: tuple[Coverage, ...],
        taken: str,
        run: str = "",
        terms: Terms | None = None,
        system_notes: tuple[SystemNote, ...] = (),
    ) -> None:
        """*rows* gives the rows when they are wanted, which they are not where the other read's *digest* is equal."""
        self.account = account
        self.digest = digest
        self.coverage = coverage
        self.taken = taken
        self.run = run
        self.terms = terms
        self.system_notes = system_notes
        """Of a read that is at hand alone: none are kept in the store, for they come every night and are in the run's
        own snapshot.json."""
        self._rows = rows
        self._coverage = {each.table: each for each in coverage}

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot, run: str = "", terms: Terms | None = None) -> Reading:
        """What *snapshot* holds; without *terms* nobody knows what it was held against."""
        return cls(
            snapshot.account,
            lambda: packing.pack(snapshot),
            packing.digest(snapshot),
            snapshot.coverage,
            snapshot.taken,
            run,
            terms,
            snapshot.system_notes,
        )

    @classmethod
    def of_result(cls, result: AccountResult, run: str) -> Reading:
        """What a run read and judged."""
        return cls.of_snapshot(result.snapshot, run, Terms.of(result))

    @cached_property
    def packed(self) -> Packed:
        return self._rows()

    def names_as(self, other: Reading) -> bool:
        """People are named alike in both, so that their names can be compared."""
        return self.digest == other.digest or self.packed.privacy == other.packed.privacy

    def state(self, table: Table) -> State:
        found = self._coverage.get(table)
        return found.state if found else State.NOT_AVAILABLE

    def complete(self, table: Table) -> bool:
        """The absence of a row means its absence in the account."""
        return self.state(table) is State.COLLECTED

    def since(self, table: Table) -> str:
        """The first day that was asked for of *table*; empty if that was all of it, or nothing."""
        found = self._coverage.get(table)
        return found.since if found else ""

    def dropped(self, table: Table) -> frozenset[str]:
        """Columns that this read lacks, in lower case."""
        found = self._coverage.get(table)
        return frozenset(column.casefold() for column in found.columns_dropped) if found else frozenset()

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        return packing.roles_of(self.packed)

    @cached_property
    def users(self) -> tuple[User, ...]:
        return packing.users_of(self.packed)

    @cached_property
    def tokens(self) -> tuple[AccessToken, ...]:
        return packing.tokens_of(self.packed)

    @cached_property
    def permissions(self) -> Grid:
        return packing.permissions_of(self.packed)

    @cached_property
    def directory(self) -> Directory:
        """Finds the role or user that a reference means; permissions are not in it."""
        return Directory(
            Snapshot(account=self.account, taken="", source="", origin="", roles=self.roles, users=self.users)
        )
