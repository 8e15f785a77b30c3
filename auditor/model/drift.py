"""What changed in an account between two reads, and what cannot be told because either read was not whole."""

from __future__ import annotations

import enum

from msgspec import Struct

from auditor.model.finding import Subject
from auditor.model.snapshot import State, Table


class ChangeKind(enum.Enum):
    """What happened. The value is the word that reports use for it."""

    ROLE_MADE = "role made"
    ROLE_DELETED = "role deleted"
    ROLE_RENAMED = "role renamed"
    ROLE_ACTIVATED = "role activated"
    ROLE_INACTIVATED = "role inactivated"
    ROLE_SETTING = "role setting changed"
    PERMISSION_ADDED = "permission added"
    PERMISSION_RAISED = "permission raised"
    PERMISSION_LOWERED = "permission lowered"
    PERMISSION_REMOVED = "permission removed"
    PERMISSION_CHANGED = "permission changed"
    """Its restriction, or a level that is none of the five."""
    TOKEN_MADE = "token made"
    TOKEN_DELETED = "token deleted"
    TOKEN_REVOKED = "token revoked"
    TOKEN_ACTIVATED = "token activated"
    TOKEN_INACTIVATED = "token inactivated"
    TOKEN_MOVED = "token moved"
    """It is of another role or another user than before."""
    TOKEN_RENAMED = "token renamed"
    ASSIGNMENT_ADDED = "role assigned"
    ASSIGNMENT_REMOVED = "role taken away"
    GLOBAL_ADDED = "global permission added"
    GLOBAL_RAISED = "global permission raised"
    GLOBAL_LOWERED = "global permission lowered"
    GLOBAL_REMOVED = "global permission removed"
    GLOBAL_CHANGED = "global permission changed"
    USER_MADE = "user made"
    USER_DELETED = "user deleted"
    USER_RENAMED = "user renamed"
    USER_ACTIVATED = "user activated"
    USER_INACTIVATED = "user inactivated"
    ACCESS_GIVEN = "access given"
    ACCESS_TAKEN = "access taken"
    FEATURE_ON = "feature switched on"
    FEATURE_OFF = "feature switched off"
    BASELINE_ADDED = "baseline added"
    BASELINE_REMOVED = "baseline removed"
    BASELINE_CHANGED = "baseline changed"
    WAIVER_ADDED = "waiver added"
    WAIVER_REMOVED = "waiver removed"
    WAIVER_CHANGED = "waiver changed"
    SCOPE_CHANGED = "scope changed"
    """The user named other roles, assumptions or another severity to fail on."""

    @property
    def widens(self) -> bool:
        """Somebody or something may do more than before, as far as this one change goes.

        A global permission wins over the role's, so that taking a low one away can widen as well; such a change is
        not counted here, because the role alone decides it.
        """
        return self in _WIDENING

    @property
    def of_the_account(self) -> bool:
        """It happened in NetSuite, not in what the audit was asked to hold against it."""
        return self not in _OF_THE_AUDIT


_WIDENING = frozenset(
    {
        ChangeKind.ROLE_MADE,
        ChangeKind.ROLE_ACTIVATED,
        ChangeKind.PERMISSION_ADDED,
        ChangeKind.PERMISSION_RAISED,
        ChangeKind.TOKEN_MADE,
        ChangeKind.TOKEN_ACTIVATED,
        ChangeKind.TOKEN_MOVED,
        ChangeKind.ASSIGNMENT_ADDED,
        ChangeKind.GLOBAL_ADDED,
        ChangeKind.GLOBAL_RAISED,
        ChangeKind.USER_MADE,
        ChangeKind.USER_ACTIVATED,
        ChangeKind.ACCESS_GIVEN,
    }
)
_OF_THE_AUDIT = frozenset(
    {
        ChangeKind.BASELINE_ADDED,
        ChangeKind.BASELINE_REMOVED,
        ChangeKind.BASELINE_CHANGED,
        ChangeKind.WAIVER_ADDED,
        ChangeKind.WAIVER_REMOVED,
        ChangeKind.WAIVER_CHANGED,
        ChangeKind.SCOPE_CHANGED,
    }
)


class Telling(enum.Enum):
    """What system notes say of who made a change. The value is the word that reports use for it."""

    THIS_CHANGE = "a system note of this change"
    """Its role, and its permission or its very values before and after, are the note's."""
    THIS_RECORD = "system notes of this record in this time"
    """Somebody changed the role between the two reads; that it was this change is not told."""
    NO_NOTE = "no system note says it"
    NOT_COLLECTED = "not collected"


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who changed a role, by its system notes. Moments are NetSuite's: its time zone is not confirmed."""

    name: str
    """Name and internal id; the id alone of somebody who is no employee that was read."""
    first: str
    """``YYYY-MM-DD HH:MM:SS``."""
    last: str
    notes: int = 1


CHANGES_IN = {
    Table.ROLES: (
        ChangeKind.ROLE_MADE,
        ChangeKind.ROLE_DELETED,
        ChangeKind.ROLE_RENAMED,
        ChangeKind.ROLE_ACTIVATED,
        ChangeKind.ROLE_INACTIVATED,
        ChangeKind.ROLE_SETTING,
    ),
    Table.ROLE_PERMISSIONS: (
        ChangeKind.PERMISSION_ADDED,
        ChangeKind.PERMISSION_RAISED,
        ChangeKind.PERMISSION_LOWERED,
        ChangeKind.PERMISSION_REMOVED,
        ChangeKind.PERMISSION_CHANGED,
    ),
    Table.ACCESS_TOKENS: (
        ChangeKind.TOKEN_MADE,
        ChangeKind.TOKEN_DELETED,
        ChangeKind.TOKEN_REVOKED,
        ChangeKind.TOKEN_ACTIVATED,
        ChangeKind.TOKEN_INACTIVATED,
        ChangeKind.TOKEN_MOVED,
        ChangeKind.TOKEN_RENAMED,
    ),
    Table.USERS: (
        ChangeKind.USER_MADE,
        ChangeKind.USER_DELETED,
        ChangeKind.USER_RENAMED,
        ChangeKind.USER_ACTIVATED,
        ChangeKind.USER_INACTIVATED,
        ChangeKind.ACCESS_GIVEN,
        ChangeKind.ACCESS_TAKEN,
    ),
    Table.ROLE_ASSIGNMENTS: (ChangeKind.ASSIGNMENT_ADDED, ChangeKind.ASSIGNMENT_REMOVED),
    Table.GLOBAL_PERMISSIONS: (
        ChangeKind.GLOBAL_ADDED,
        ChangeKind.GLOBAL_RAISED,
        ChangeKind.GLOBAL_LOWERED,
        ChangeKind.GLOBAL_REMOVED,
        ChangeKind.GLOBAL_CHANGED,
    ),
    Table.FEATURES: (ChangeKind.FEATURE_ON, ChangeKind.FEATURE_OFF),
}
"""The tables that are compared, and the changes that each may show."""


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change. ``before`` and ``after`` are for reading; either is empty where there was nothing, or is nothing."""

    kind: ChangeKind
    subject: Subject
    """The role, token, user or account that it happened to; its key is that of the later read, if it is still there."""
    about: str = ""
    """Which of its parts: a permission id, the key of the role assigned, a setting, a baseline's id."""
    label: str = ""
    """What people call that part."""
    before: str = ""
    after: str = ""
    telling: Telling | None = None
    """None of what is no change in NetSuite, and where an earlier version of the program compared."""
    authors: tuple[Author, ...] = ()
    """Everybody whose notes they are, the earliest first; with a telling that speaks of notes."""


NAMES = "names of people"
"""Stands among the columns that were not compared where the two reads name people in different ways, or not at all."""


class Unproven(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A table of which one of the two reads does not have everything: what it lacks proves nothing."""

    table: Table
    before: State
    after: State
    appeared: int = 0
    """Rows only in the later read, which may have been in the account before: not told as changes."""
    vanished: int = 0
    """Rows only in the earlier read, which may still be in the account: not told as changes."""
    columns: tuple[str, ...] = ()
    """Columns that either read lacks, so that they were not compared; :data:`NAMES`: nothing of the table was."""


class CaughtUp(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A table that the earlier read lacks in part or whole: told against the last read before it that had it whole."""

    table: Table
    run: str
    """The run of that read."""
    since: str
    """When it was: UTC, ISO 8601 with seconds."""


class Drift(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What changed in one account between two reads."""

    run: str = ""
    """The run of the earlier read; empty where it is of none, but a snapshot by itself."""
    since: str
    """When the account was read before: UTC, ISO 8601 with seconds."""
    until: str
    """When it was read last."""
    counts: dict[ChangeKind, int] = {}
    """How many changes of each kind there are."""
    changes: tuple[Change, ...] = ()
    """Every change, in the order of the kinds; empty where only the counts were kept for the run's reports."""
    unproven: tuple[Unproven, ...] = ()
    caught_up: tuple[CaughtUp, ...] = ()
    """Tables whose changes are told from further back, so that none is lost in a night that could not see them."""
    notes_lacking: str = ""
    """Why no system note was looked up for a role that changed; empty: they were, or no role changed."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def partial(self) -> bool:
        """Something could not be compared."""
        return bool(self.unproven)


NOT_COLLECTED = (
    "Who changed it and when, where it is not told or not collected: for a role and its permissions, Setup > "
    "Users/Roles > Manage Roles, the role, System Notes in the upper right (System Notes v2, which nothing here "
    "reads); for the roles and global permissions of a user, Lists > Employees > Employees, the employee, Access, "
    "History. Oracle documents both; neither was tried on a live account."
)
"""What is said of who made a change, wherever there is one that no system note can be tied to."""
