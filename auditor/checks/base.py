"""What a check is: an id, what it looks for, why it matters, how severe a failure is, and a function over a case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

from msgspec import Struct

from auditor.catalog import Catalog
from auditor.checks.condition import Conditions
from auditor.checks.effective import AdministratorHolding, Labels, RoleHolding, TokenHolding, is_administrator
from auditor.checks.expecting import expecting
from auditor.checks.identity import ByPerson, Identities
from auditor.checks.lacking import Lack, lack_of
from auditor.checks.rows import Row, rows_of
from auditor.checks.selection import Selection, select
from auditor.checks.standing import Divisions
from auditor.checks.subjects import TokenSubject, token_subjects
from auditor.model import (
    AccessToken,
    Baseline,
    Condition,
    Directory,
    Finding,
    GlobalPermission,
    ProbeRow,
    Reference,
    Role,
    RoleAssignment,
    Scope,
    Severity,
    Snapshot,
    Table,
    folded,
)

_IS_IT_ADMINISTRATOR = Lack(
    "Without its internal id it cannot be told whether this is NetSuite's own Administrator role.",
    ("Give the internal ids of roles.",),
)
_USER_NOT_GIVEN = Lack(
    "The list of access tokens does not give the token's user.", ("Give the list with the column User.",)
)


class CheckInfo(Struct, frozen=True, kw_only=True):
    """A check's own description: the one place where its severity is stated, with the reason."""

    id: str
    title: str
    what: str
    why: str
    severity: Severity
    severity_reason: str
    source: str
    """Where NetSuite or the vendor says so, and how sure it is."""
    codes: str = ""
    """The vendor's error codes that its findings name, and where they come from."""
    fix: str = ""
    """How a failure is mended, in a sentence; each finding has the steps."""
    needed: bool = False
    """It is what the audit is for, and cannot be switched off."""


class Case:
    """One account's snapshot with all that it is held against. Shared by every check; nothing in it changes.

    What several checks need is worked out here, once, when it is first asked for.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        baselines: tuple[Baseline, ...],
        scope: Scope,
        catalog: Catalog,
        probe: tuple[ProbeRow, ...] = (),
    ) -> None:
        self.snapshot = snapshot
        self.baselines = tuple(expecting(baseline, scope.expected) for baseline in baselines)
        """What is asked, with what the user expects of the integration laid over it."""
        self.scope = scope
        self.catalog = catalog
        self.probe = probe
        """What the integration's own token was answered; empty if it was not tried."""
        self._holdings: dict[str, RoleHolding] = {}
        self._copies: dict[str, tuple[Role, ...]] = {}
        self._token_holdings: dict[tuple[str, ...], TokenHolding | AdministratorHolding] = {}

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.snapshot)

    @cached_property
    def identities(self) -> Identities:
        return Identities(self.snapshot, self.directory)

    @cached_property
    def conditions(self) -> Conditions:
        return Conditions(self.snapshot, self.scope)

    @cached_property
    def tokens(self) -> tuple[TokenSubject, ...]:
        """Every access token, each with an identity of its own."""
        return token_subjects(self.snapshot.tokens)

    @cached_property
    def selections(self) -> dict[str, Selection]:
        """For each baseline, by id: the roles that it is held against."""
        return {baseline.id: select(self.snapshot, self.directory, self.scope, baseline) for baseline in self.baselines}

    def copies(self, baseline: Baseline) -> tuple[Role, ...]:
        """Roles whose name holds one that *baseline* names, and more: copies, perhaps."""
        if baseline.id not in self._copies:
            names = [folded(name) for name in baseline.role_names]
            self._copies[baseline.id] = tuple(
                role for role in self.snapshot.roles if _holds_more(folded(role.name), names)
            )
        return self._copies[baseline.id]

    @cached_property
    def rows(self) -> dict[str, tuple[Row, ...]]:
        """For each baseline, by id: its rows with their texts."""
        return {baseline.id: rows_of(baseline, self.catalog) for baseline in self.baselines}

    @cached_property
    def assignments(self) -> ByPerson[RoleAssignment]:
        return ByPerson(self.snapshot.assignments, self.identities)

    @cached_property
    def global_permissions(self) -> ByPerson[GlobalPermission]:
        return ByPerson(self.snapshot.global_permissions, self.identities)

    @cached_property
    def divisions(self) -> Divisions:
        return Divisions(self.snapshot, oneworld=self.conditions.applies(Condition(oneworld=True)))

    def lack(self, table: Table) -> Lack | None:
        """Why *table* cannot decide anything by absence, or None if it was collected in full."""
        return self._lacks[table]

    @cached_property
    def _lacks(self) -> dict[Table, Lack | None]:
        return {table: lack_of(self.snapshot, table) for table in Table}

    @cached_property
    def _role_ids_known(self) -> bool:
        dropped = {column.casefold() for column in self.snapshot.covered(Table.ROLES).columns_dropped}
        return not dropped & {"id", "scriptid"}

    def role_holding(self, role: Role) -> RoleHolding:
        """What *role* holds by its own rows."""
        holding = self._holdings.get(role.key)
        if holding is None:
            holding = self._holdings[role.key] = self._role_holding(role)
        return holding

    def _role_holding(self, role: Role) -> RoleHolding:
        administrator = is_administrator(role, ids_known=self._role_ids_known)
        unnamed = self.directory.unnamed(role.key)
        labels = Labels(unnamed, self.catalog) if unnamed else None
        lack = None if role.permissions_whole else self.lack(Table.ROLE_PERMISSIONS)
        if administrator is None:
            lack = _IS_IT_ADMINISTRATOR
        kind = AdministratorHolding if administrator else RoleHolding
        return kind(role, self.directory.permissions(role.key), labels, lack)

    def token_holding(self, token: AccessToken, role: Role) -> TokenHolding | AdministratorHolding:
        """What the token's user holds in *role*: global permissions win over the role's, except for Administrator."""
        held = self.role_holding(role)
        if isinstance(held, AdministratorHolding):
            return held
        key = (role.key, token.user.id, token.user.email, token.user.name)
        if key not in self._token_holdings:
            certain, perhaps = self.global_permissions.of(token.user)
            lack = _USER_NOT_GIVEN if token.user == Reference() else self.lack(Table.GLOBAL_PERMISSIONS)
            self._token_holdings[key] = TokenHolding(held, certain, perhaps, self.catalog, lack)
        return self._token_holdings[key]


def _holds_more(text: str, names: list[str]) -> bool:
    return any(name in text and name != text for name in names)


class Check(Protocol):
    """One family of findings."""

    info: CheckInfo

    def judge(self, case: Case) -> Iterator[Finding]:
        """Every finding of this check, passed ones too. Never raises over what an account holds."""
        ...
