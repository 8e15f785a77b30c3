"""All that is known of one account at one moment, with its coverage: what was asked, what came back, what did not."""

from __future__ import annotations

import enum

from msgspec import Struct

from auditor.model.account import (
    AccessToken,
    Feature,
    GlobalPermission,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    User,
)
from auditor.model.structure import Classification, Project, RoleRestriction, Subsidiary
from auditor.model.trails import LoginRecord, SystemNote


class Table(enum.Enum):
    """A kind of record that a source collects. The value is the word that reports use for it."""

    ROLES = "roles"
    ROLE_PERMISSIONS = "role permissions"
    ACCESS_TOKENS = "access tokens"
    USERS = "users"
    ROLE_ASSIGNMENTS = "role assignments"
    GLOBAL_PERMISSIONS = "global permissions"
    FEATURES = "features"
    CLASSES = "classes"
    DEPARTMENTS = "departments"
    LOCATIONS = "locations"
    SUBSIDIARIES = "subsidiaries"
    SUBSIDIARY_MAPS = "subsidiary maps"
    """Which class, department and location is open to which subsidiary: part of the records of these."""
    PROJECTS = "projects"
    ROLE_RESTRICTIONS = "role restrictions"
    LOGINS = "logins"
    SYSTEM_NOTES = "system notes"
    """Who changed a role and when. No verdict rests on them, and no two reads are compared by them."""


CORE_TABLES = (Table.ROLES, Table.ROLE_PERMISSIONS, Table.ACCESS_TOKENS, Table.ROLE_ASSIGNMENTS, Table.USERS)
"""What every audit rests on, whatever it is held against."""


class State(enum.Enum):
    """How a collection went. Only ``COLLECTED`` supports a conclusion from something's absence."""

    COLLECTED = "collected"
    PARTIAL = "partial"
    NOT_PERMITTED = "not permitted"
    NOT_AVAILABLE = "not available"
    FAILED = "failed"


class Origin(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was read for a table: a file with the digest of its bytes, or a query."""

    name: str
    """File name relative to the input, or the query text."""
    sha256: str = ""
    rows: int = 0
    problem: str = ""
    """Why it could not be read, or not in full; empty if all went well."""


class Canary(Struct, frozen=True, omit_defaults=True):
    """A row that must be there if the read is whole (the caller's own role, user or token), and whether it was."""

    what: str
    found: bool


class Coverage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one table's completeness. No number may be reported without it."""

    table: Table
    state: State
    rows: int = 0
    detail: str = ""
    """In plain words: why the state is what it is, and what to do about it. Empty when collected without remark."""
    origins: tuple[Origin, ...] = ()
    pages: int = 0
    counted_before: int | None = None
    counted_after: int | None = None
    columns_dropped: tuple[str, ...] = ()
    since: str = ""
    """The first day that was asked for, ``YYYY-MM-DD``, of a table that is read as far back as that alone."""
    started: str = ""
    finished: str = ""
    canaries: tuple[Canary, ...] = ()

    @property
    def complete(self) -> bool:
        """Absence of a row means absence in the account."""
        return self.state is State.COLLECTED


class Note(Struct, frozen=True, omit_defaults=True):
    """Something odd in the data that was kept as it stood: an unknown permission id, a level outside the table."""

    table: Table
    subject: str
    text: str


class Caller(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who read the account: the role and the user that it was signed in to with; empty where that is not known.

    By internal id where they are among the rows that were read, else as the configuration calls them.
    """

    role: Reference = Reference()
    user: Reference = Reference()


class Snapshot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account as one read found it. Rows are sorted by the source, so that the same data gives the same bytes."""

    account: str
    taken: str
    """UTC, ISO 8601 with seconds."""
    source: str
    """Which source read it: ``files`` or ``suiteql``."""
    origin: str
    """The folder or file read, or the host asked."""
    roles: tuple[Role, ...] = ()
    permissions: tuple[Permission, ...] = ()
    tokens: tuple[AccessToken, ...] = ()
    users: tuple[User, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()
    global_permissions: tuple[GlobalPermission, ...] = ()
    features: tuple[Feature, ...] = ()
    classifications: tuple[Classification, ...] = ()
    """Classes, then departments, then locations."""
    subsidiaries: tuple[Subsidiary, ...] = ()
    projects: tuple[Project, ...] = ()
    role_restrictions: tuple[RoleRestriction, ...] = ()
    logins: tuple[LoginRecord, ...] = ()
    system_notes: tuple[SystemNote, ...] = ()
    """The oldest first; of the days from :attr:`Coverage.since` on."""
    coverage: tuple[Coverage, ...] = ()
    notes: tuple[Note, ...] = ()
    not_collected: tuple[str, ...] = ()
    """Things that this source can never give, each with the reason and where to look instead."""
    caller: Caller | None = None
    """Who read it; None where nobody signed in to the account, as with exported files."""
    privacy: str = ""
    """How the names of people are hidden; empty: they are as NetSuite has them. Equal texts: equal names are equal."""

    def covered(self, table: Table) -> Coverage:
        """The coverage of *table*; a table that no one spoke of is not available."""
        for coverage in self.coverage:
            if coverage.table is table:
                return coverage
        return Coverage(table=table, state=State.NOT_AVAILABLE, detail=f"This source gives no {table.value}.")
