"""Merges what several files say of the same role.

A role file has permission ids, so its rows win over a saved search's, and these over a comparison's; that they differ
is noted. Two files of the same rank that differ cannot both be right, and which one is newer cannot be told: every row
on which they differ is then undecided (level None), the role is not whole, and both files are named in the coverage.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from auditor.model import Note, Permission, Role, Table, folded
from auditor.sources.files.records import unique_keys
from auditor.sources.piece import ROLE_TABLES, Piece, Rank, RoleRows, is_custom_object, listed

_FACTS = (
    "inactive",
    "center_type",
    "web_services_only",
    "two_factor",
    "subsidiary_option",
    "employee_restriction",
)


class MergedRoles(Struct):
    """Every role once, sorted by key; permissions sorted by role, id and label."""

    roles: list[Role]
    permissions: list[Permission]
    notes: list[Note]
    quarrels: dict[tuple[str, Table], str]
    """By file and table: what another file contradicts."""


class _Known:
    """A role on its way, with the files that spoke of it."""

    def __init__(self, rows: RoleRows, rank: Rank, file: str) -> None:
        self.role = rows.role
        self.permissions = rows.permissions
        self.rank = rank
        self.files = [file]


def merge_roles(pieces: list[Piece]) -> MergedRoles:
    """The roles of all *pieces*, which are sorted by name."""
    merger = _Merger()
    for piece in sorted((piece for piece in pieces if piece.roles), key=lambda piece: (piece.rank, piece.name)):
        names = Counter(folded(rows.role.name) for rows in piece.roles)
        for rows in piece.roles:
            merger.add(rows, piece, alone=names[folded(rows.role.name)] == 1)
    merger.hold_lists_against_files(
        {piece.name for piece in pieces if piece.rank is Rank.PERMISSION_LIST and piece.roles}
    )
    known = sorted(merger.known, key=lambda each: (each.role.key, each.role.name, each.files))
    roles: list[Role] = []
    permissions: list[Permission] = []
    for key, each in zip(unique_keys([each.role.key for each in known]), known, strict=True):
        held = each.permissions if key == each.role.key else _rekeyed(each.permissions, key)
        settled = _settled(held)
        if settled is not held:
            text = f"Rows for the same permission with different levels are taken as undecided: {_conflicts(held)}"
            merger.note(Table.ROLE_PERMISSIONS, each.role, text)
        roles.append(each.role if key == each.role.key else replace(each.role, key=key))
        permissions += settled
    return MergedRoles(roles, sorted(permissions, key=_permission_order), merger.notes, merger.quarrels)


class _Merger:
    def __init__(self) -> None:
        self.known: list[_Known] = []
        self.notes: list[Note] = []
        self.quarrels: dict[tuple[str, Table], str] = {}
        self._by_scriptid: dict[str, _Known] = {}
        self._by_id: dict[str, _Known] = {}
        self._by_name: defaultdict[str, list[_Known]] = defaultdict(list)

    def note(self, table: Table, role: Role, text: str) -> None:
        self.notes.append(Note(table, called(role), text))

    def add(self, rows: RoleRows, piece: Piece, *, alone: bool) -> None:
        """Takes in a role; *alone* says that no other role of its file has the same name."""
        match = self._match(rows.role, piece.name, alone=alone)
        if match is None:
            match = _Known(rows, piece.rank, piece.name)
            self.known.append(match)
            self._by_name[folded(rows.role.name)].append(match)
        else:
            if piece.rank > match.rank:
                self._compare(match, rows, piece.name)
            else:
                self._reconcile(match, rows, piece.name)
            match.files.append(piece.name)
            match.role = replace(
                match.role,
                id=match.role.id or rows.role.id,
                scriptid=match.role.scriptid or rows.role.scriptid,
            )
        if match.role.scriptid:
            self._by_scriptid[match.role.scriptid] = match
        if match.role.id:
            self._by_id[match.role.id] = match

    def _match(self, role: Role, file: str, *, alone: bool) -> _Known | None:
        """The same role as an earlier file told it: by script id, else by internal id, else by a unique name."""
        if role.scriptid and role.scriptid in self._by_scriptid:
            return self._by_scriptid[role.scriptid]
        if role.id and role.id in self._by_id:
            return self._by_id[role.id]
        named = [
            known
            for known in self._by_name[folded(role.name)]
            if file not in known.files
            and not _differ(known.role.id, role.id)
            and not _differ(known.role.scriptid, role.scriptid)
        ]
        if not named:
            return None
        if len(named) == 1 and alone:
            return named[0]
        self.note(
            Table.ROLES,
            role,
            f"More than one role bears the name '{role.name}', and {file} gives no id that tells which of them it "
            "means; they are kept apart.",
        )
        return None

    def _compare(self, known: _Known, rows: RoleRows, file: str) -> None:
        """Notes where a lesser file says otherwise; the role stays as it is, but for what it did not say."""
        if _differ(known.role.inactive, rows.role.inactive):
            text = f"{file} and {known.files[0]} contradict each other on whether it is inactive: not given."
            self.note(Table.ROLES, known.role, text)
            known.role = replace(known.role, inactive=None)
            rows = RoleRows(replace(rows.role, inactive=None), rows.permissions)
        missing = {name: getattr(rows.role, name) for name in _FACTS if getattr(known.role, name) is None}
        known.role = replace(known.role, **missing)
        if not known.permissions and not known.role.permissions_whole:
            known.permissions = _rekeyed(rows.permissions, known.role.key)
            return
        here, there = _levels(known.permissions), _levels(rows.permissions)
        differing = [
            f"{permission} ({there.get(permission, 'no row')} there, {here.get(permission, 'no row')} here)"
            for permission in sorted(here.keys() | there.keys())
            if here.get(permission, "None") != there.get(permission, "None")
        ]
        if differing:
            self.note(
                Table.ROLE_PERMISSIONS,
                known.role,
                f"{file} differs from {known.files[0]}, which is used: {listed(differing, 20)}.",
            )

    def _reconcile(self, known: _Known, rows: RoleRows, file: str) -> None:
        """Two files of one rank: alike is fine; what differs is undecided, for either may be the older."""
        theirs = _rekeyed(rows.permissions, known.role.key)
        mine, other = set(known.permissions), set(theirs)
        told = f"The role '{known.role.name}' stands in {known.files[0]} and in {file}"
        facts = {name: None for name in _FACTS if _differ(getattr(known.role, name), getattr(rows.role, name))}
        filled = {
            name: getattr(rows.role, name) for name in _FACTS if getattr(known.role, name) is None and name not in facts
        }
        known.role = replace(known.role, **filled, **facts)
        if mine == other and not facts:
            self.note(Table.ROLES, known.role, f"{told}, alike in both.")
            return
        both = (*known.permissions, *theirs)
        merged = dict.fromkeys(row if row in mine and row in other else _undecided(row) for row in both)
        known.permissions = tuple(merged)
        known.role = replace(known.role, permissions_whole=False)
        for name in (known.files[0], file):
            text = f"{told}, and they differ: what they do not agree on is undecided. Give only the newer one."
            self._quarrel(name, text)

    def hold_lists_against_files(self, lists: set[str]) -> None:
        """A list that claims every role, and lacks one that has a role file, is no list of every role."""
        lacking = [
            called(known.role)
            for known in self.known
            if lists and known.rank is Rank.ROLE_FILE and known.permissions and lists.isdisjoint(known.files)
        ]
        for name in lists if lacking else ():
            text = f"It lacks roles that have a role file ({listed(sorted(lacking))}), so it cannot be every role."
            self._quarrel(name, f"{text} Export it again without a filter.")

    def _quarrel(self, file: str, text: str) -> None:
        for table in ROLE_TABLES:
            self.quarrels[(file, table)] = " ".join(filter(None, (self.quarrels.get((file, table)), text)))


def called(role: Role) -> str:
    """A role as notes name it: by name, and by key where that is another."""
    return role.name if role.name == role.key else f"{role.name} ({role.key})"


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _rekeyed(permissions: Iterable[Permission], key: str) -> tuple[Permission, ...]:
    return tuple(row if row.role == key else replace(row, role=key) for row in permissions)


def _undecided(row: Permission) -> Permission:
    return replace(row, level=None, raw_level=row.raw_level or (row.level.value if row.level else ""))


def _settled(rows: tuple[Permission, ...]) -> tuple[Permission, ...]:
    """*rows* with those undecided that contradict each other. No row is lost; the same rows come back if none does."""
    clashing = _clashing(rows)
    if not clashing:
        return rows
    return tuple(_undecided(row) if row.id in clashing else row for row in rows)


def _clashing(rows: Iterable[Permission]) -> set[str]:
    levels: defaultdict[str, set[object]] = defaultdict(set)
    for row in rows:
        if row.id:
            levels[row.id].add(row.level)
    return {permission for permission, found in levels.items() if len(found) > 1}


def _conflicts(rows: tuple[Permission, ...]) -> str:
    clashing = _clashing(rows)
    return listed(sorted(f"{row.id} {_level(row)}" for row in rows if row.id in clashing), 20) + "."


def _level(row: Permission) -> str:
    return row.level.value if row.level else f"'{row.raw_level}'"


def _levels(rows: Iterable[Permission]) -> dict[str, str]:
    """Level by permission id. Custom objects are left out: one file has their ids, the other their labels."""
    return {row.id: _level(row) for row in rows if row.id and not is_custom_object(row.id)}


def _permission_order(row: Permission) -> tuple[str, str, str, int, str, str]:
    return row.role, row.id, row.label, row.level.rank if row.level else -1, row.raw_level, row.restriction
