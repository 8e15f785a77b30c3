"""What a role, or a token's user in that role, really holds: the level of each permission and where it comes from.

NetSuite's rules, all documented: an explicit None row is the same as no row; a global permission of the user wins over
the role's level, even when it is lower, except for Administrator. That Administrator (internal id 3) holds everything
without a row for it is assumed, and printed wherever it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from auditor.catalog import Catalog
from auditor.checks.lacking import Lack
from auditor.checks.texts import shown
from auditor.model import GlobalPermission, Level, LevelSource, Permission, Role, folded

ADMINISTRATOR_ASSUMED = "Assumed, not confirmed: the Administrator role holds every permission at Full."
_LISTED = 5
_LOOK = "Give a source with permission ids and plain levels (the role's XML file), or look in NetSuite itself."


class Holding(Protocol):
    """The levels that somebody holds."""

    def level(self, permission: str, /) -> Level | None:
        """The level, ``Level.NONE`` if the permission is not held, None if it cannot be told."""
        ...

    def source(self, permission: str, /) -> LevelSource: ...

    def doubt(self, permission: str, /) -> Lack:
        """Why the level of *permission* cannot be told, and the way out; asked only where ``level`` gave None."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of every level."""
        ...


class Labels:
    """Rows that bear no permission id, and the permissions that they may be."""

    def __init__(self, rows: Iterable[Permission | GlobalPermission], catalog: Catalog) -> None:
        self._possible: dict[str, str] = {}
        self._nameless = 0
        unmapped: list[str] = []
        for row in rows:
            entries = catalog.named(row.label)
            self._possible.update((entry.id, row.label) for entry in entries)
            if not row.label.strip():
                self._nameless += 1
            elif not entries:
                unmapped.append(row.label)
        self.notes = _unmapped_note(unmapped)

    def may_hold(self, permission: str) -> bool:
        """Whether one of the rows may be this permission. A label that maps to nothing is some other permission."""
        return self._nameless > 0 or permission in self._possible

    def doubt(self, permission: str, bearer: str) -> Lack:
        label = self._possible.get(permission)
        if label is None:
            return Lack(f"{bearer} has {self._nameless} rows with neither a permission id nor a label.", (_LOOK,))
        return Lack(f"{bearer} has a row labelled '{shown(label)}', which may mean this permission or not.", (_LOOK,))


class RoleHolding:
    """What a role holds by its own rows. ``lack`` says why they cannot be trusted, None if every one was read."""

    def __init__(self, role: Role, rows: Mapping[str, Permission], labels: Labels | None, lack: Lack | None) -> None:
        self.role = role
        self.rows = rows
        self.labels = labels
        self.lack = lack

    def level(self, permission: str, /) -> Level | None:
        if self.lack is not None:
            return None
        row = self.rows.get(permission)
        if row is None:
            return None if self.labels and self.labels.may_hold(permission) else Level.NONE
        return row.level

    def source(self, permission: str, /) -> LevelSource:
        return LevelSource.ROLE if permission in self.rows else LevelSource.NOWHERE

    def doubt(self, permission: str, /) -> Lack:
        if self.lack is not None:
            return self.lack
        row = self.rows.get(permission)
        if row is None and self.labels:
            return self.labels.doubt(permission, "The role")
        return _unreadable("The role's row", row.raw_level if row else "")

    @property
    def notes(self) -> tuple[str, ...]:
        return ()

    @property
    def missing_notes(self) -> tuple[str, ...]:
        """What a reader must know where the role lacks a permission."""
        return self.labels.notes if self.labels else ()


class AdministratorHolding(RoleHolding):
    """Administrator holds everything at Full, whatever was read."""

    def level(self, _permission: str, /) -> Level | None:
        return Level.FULL

    def source(self, _permission: str, /) -> LevelSource:
        return LevelSource.ADMINISTRATOR

    @property
    def notes(self) -> tuple[str, ...]:
        return (ADMINISTRATOR_ASSUMED,)


class TokenHolding:
    """What a token's user holds in the token's role: the role's rows with the user's global permissions laid over."""

    def __init__(
        self,
        role: RoleHolding,
        certain: Iterable[GlobalPermission],
        perhaps: Iterable[GlobalPermission],
        catalog: Catalog,
        lack: Lack | None,
    ) -> None:
        self.role = role
        self._lack = lack
        certain, perhaps = list(certain), list(perhaps)
        self._rows: dict[str, GlobalPermission] = {}
        self._contradicted: set[str] = set()
        for row in certain:
            if row.id and self._rows.setdefault(row.id, row).level is not row.level:
                self._contradicted.add(row.id)
        self._perhaps = {row.id for row in perhaps if row.id}
        self._labels = Labels((row for row in (*certain, *perhaps) if not row.id), catalog)

    def level(self, permission: str, /) -> Level | None:
        if self._lack or permission in self._perhaps or permission in self._contradicted:
            return None
        row = self._rows.get(permission)
        if row is not None:
            return row.level
        return None if self._labels.may_hold(permission) else self.role.level(permission)

    def source(self, permission: str, /) -> LevelSource:
        return LevelSource.GLOBAL_PERMISSION if permission in self._rows else self.role.source(permission)

    def doubt(self, permission: str, /) -> Lack:
        if self._lack:
            return self._lack
        if permission in self._perhaps:
            return Lack(
                "A global permission for it belongs to somebody who may be the token's user.",
                ("Give the list of users with internal ids or e-mail addresses, so that the two can be told apart.",),
            )
        row = self._rows.get(permission)
        if row is not None:
            return _unreadable(
                "The user's global permission", "several" if permission in self._contradicted else row.raw_level
            )
        if self._labels.may_hold(permission):
            return self._labels.doubt(permission, "The user's list of global permissions")
        return self.role.doubt(permission)

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.role.missing_notes, *self._labels.notes)


def is_administrator(role: Role, *, ids_known: bool) -> bool | None:
    """NetSuite's own Administrator: internal id 3, or by its name alone where the source gives no ids at all.

    *ids_known* is False where ids were asked for and not answered; then the name alone gives None, undecided.
    """
    if role.id or role.scriptid or folded(role.name) != "administrator":
        return role.id == "3"
    return True if ids_known else None


def _unmapped_note(labels: list[str]) -> tuple[str, ...]:
    if not labels:
        return ()
    listed = ", ".join(f"'{shown(label)}'" for label in labels[:_LISTED])
    more = f" and {len(labels) - _LISTED} more" if len(labels) > _LISTED else ""
    return (f"Labels that the catalogue does not know were not compared: {listed}{more}.",)


def _unreadable(what: str, raw_level: str) -> Lack:
    level = f"the level '{shown(raw_level)}'" if raw_level else "no level"
    return Lack(f"{what} bears {level}, which is not one of NetSuite's five.", (_LOOK,))
