"""What the doctor says of one account and of all. Frozen; how it is shown is the command line's affair."""

from __future__ import annotations

import enum
from collections.abc import Iterator

from msgspec import Struct

MEND, UNFIT, BOTH, NOWHERE = 10, 4, 14, 3
"""The exit codes of an audit that would end the same way: findings, incomplete, both, nothing audited."""


class Mark(enum.Enum):
    """How one thing stands."""

    GOOD = "ok"
    MEND = "mend"
    """The audit runs, and this is to be mended all the same."""
    TROUBLE = "trouble"
    """The audit would not read all that it needs."""
    NOTE = "note"
    """To be known; nothing follows from it."""
    SKIPPED = "not reached"


class Fitness(enum.Enum):
    """The answer for an account."""

    FIT = "fit"
    FIT_TO_MEND = "fit, with something to mend"
    NOT_FIT = "not fit"


class Step(Struct, frozen=True, kw_only=True):
    """One step on the way to the account, in the order in which they are taken."""

    name: str
    mark: Mark
    says: str = ""
    remedy: str = ""


class TableRow(Struct, frozen=True, kw_only=True):
    """One table: whether it opens, with what, and where that is given."""

    table: str
    """The word that the reports use."""
    source: str
    """NetSuite's name of it."""
    mark: Mark
    state: str
    rows: int | None
    """NetSuite's own count; None where it gave none."""
    dropped_columns: tuple[str, ...]
    permission: str
    permission_label: str
    level: str
    grant: str
    """The clicks that lead to where the permission is given."""
    says: str = ""


class RoleRow(Struct, frozen=True, kw_only=True):
    """One permission of the auditor's own role beside its baseline."""

    kind: str
    """``lacking``, ``perhaps lacking`` (what it depends on is not known), ``more than needed`` or ``strong``."""
    mark: Mark
    permission: str
    label: str
    subtab: str
    held: str
    asked: str
    note: str = ""


class AccountExamination(Struct, frozen=True, kw_only=True):
    """One account."""

    account: str
    name: str
    base_url: str
    auth: str
    steps: tuple[Step, ...]
    tables: tuple[TableRow, ...] = ()
    role: str = ""
    """The auditor's own role as the account calls it; empty if it is not known."""
    role_id: str = ""
    user: str = ""
    role_rows: tuple[RoleRow, ...] = ()
    signed_in: bool = False

    def marks(self) -> Iterator[Mark]:
        """Every mark that this account bears."""
        yield from (step.mark for step in self.steps)
        yield from (row.mark for row in self.tables)
        yield from (row.mark for row in self.role_rows)

    @property
    def fitness(self) -> Fitness:
        """Whether the audit may run tonight."""
        marks = set(self.marks())
        if Mark.TROUBLE in marks:
            return Fitness.NOT_FIT
        return Fitness.FIT_TO_MEND if Mark.MEND in marks else Fitness.FIT


class Examination(Struct, frozen=True, kw_only=True):
    """All accounts that were looked at."""

    checked: str
    """UTC, ISO 8601 with seconds: the one reading of the clock."""
    tool_version: str
    baseline: str
    """Id and version of the baseline that the own role is held against."""
    accounts: tuple[AccountExamination, ...]

    @property
    def exit_code(self) -> int:
        """As an audit would end: 3 signed in to none, 4 something not fit, 10 something to mend, 14 both, 0 neither."""
        if not any(account.signed_in for account in self.accounts):
            return NOWHERE
        unfit = any(account.fitness is Fitness.NOT_FIT for account in self.accounts)
        mend = any(Mark.MEND in account.marks() for account in self.accounts)
        return BOTH if unfit and mend else UNFIT if unfit else MEND if mend else 0
