"""Show Role Differences: permissions as rows, roles as columns, levels in the cells.

Documented: NetSuite exports this page as CSV or XLS, whole or with the differing rows alone, grouped by category.
Its headings and cells are unconfirmed, so that only the plain shape is read: a heading "Permission", a heading for
each role, and nothing but levels or blanks below these.
"""

from __future__ import annotations

from msgspec import Struct

from auditor.catalog import Catalog
from auditor.model import Level, Permission, Role, Table, folded
from auditor.sources.csv_exports.labels import LabelJoin
from auditor.sources.csv_exports.layout import HEADER_WITHIN, heading_key
from auditor.sources.csv_exports.role_permissions import LAYOUT as ROLE_PERMISSIONS
from auditor.sources.csv_exports.text import Grid
from auditor.sources.piece import Given, Piece, Rank, RoleRows

SELECTION = (
    "Show Role Differences gives only the roles that were chosen, and perhaps only the permissions that differ; how it "
    "shows them is unconfirmed."
)
_PERMISSION = {heading_key(text) for text in ("Permission", "Permissions", "Permission Name")}
_SUBTAB = {heading_key(text) for text in ("Subtab", "Sub-tab", "Permission Type", "Permission Category", "Category")}
_OTHERS = {heading_key(text) for column in ROLE_PERMISSIONS.columns for text in column.headings} - _SUBTAB


class _Comparison(Struct):
    """A table that may be permissions by roles: where its header names the permission, its sub-tab and the roles."""

    header: list[str]
    rows: list[list[str]]
    permission: int
    subtab: int | None
    roles: list[int]

    def is_plain(self) -> bool:
        """Beyond doubt: each role once, nothing but levels or blanks below, and some level at all."""
        names = [folded(self.header[position]) for position in self.roles]
        known = any(heading_key(self.header[position]) in _OTHERS for position in self.roles)
        if not names or known or len(set(names)) < len(names):
            return False
        filled = any(cells[position] for cells in self.rows for position in self.roles)
        return filled and all(map(self._fits, self.rows))

    def _fits(self, cells: list[str]) -> bool:
        levels = [cells[position] for position in self.roles if cells[position]]
        ours = {self.permission, self.subtab, *self.roles}
        stray = any(cell for position, cell in enumerate(cells) if position not in ours)
        return not stray and all(map(Level.parse, levels)) and (bool(cells[self.permission]) or not levels)


def find_comparison(name: str, sha256: str, grid: Grid, catalog: Catalog) -> Piece | None:
    """The roles in *grid* if it is, beyond doubt, permissions by roles; else None."""
    if grid.problems:
        return None
    for index, (_, header) in enumerate(grid.rows[:HEADER_WITHIN]):
        keys = [heading_key(cell) for cell in header]
        if sum(key in _PERMISSION for key in keys) == 1:
            comparison = _comparison(header, keys, [cells for _, cells in grid.rows[index + 1 :] if any(cells)])
            return _piece(name, sha256, comparison, catalog) if comparison.is_plain() else None
    return None


def _comparison(header: list[str], keys: list[str], rows: list[list[str]]) -> _Comparison:
    permission = next(position for position, key in enumerate(keys) if key in _PERMISSION)
    subtab = next((position for position, key in enumerate(keys) if key in _SUBTAB), None)
    return _Comparison(
        header=header,
        rows=[cells + [""] * (len(header) - len(cells)) for cells in rows],
        permission=permission,
        subtab=subtab,
        roles=[position for position, cell in enumerate(header) if cell and position not in (permission, subtab)],
    )


def _piece(name: str, sha256: str, comparison: _Comparison, catalog: Catalog) -> Piece:
    labels = LabelJoin(catalog)
    at, subtab = comparison.permission, comparison.subtab
    roles = []
    for column in comparison.roles:
        role = Role(key=comparison.header[column], name=comparison.header[column])
        permissions = tuple(
            Permission(
                role.key,
                labels.permission_id(cells[at], "" if subtab is None else cells[subtab]),
                Level.parse(cells[column]),
                label=cells[at],
            )
            for cells in comparison.rows
            if cells[column]
        )
        roles.append(RoleRows(role, permissions))
    return Piece(
        name=name,
        sha256=sha256,
        rank=Rank.COMPARISON,
        roles=tuple(roles),
        given=(
            Given(table=Table.ROLES, rows=len(roles), selection=SELECTION),
            Given(table=Table.ROLE_PERMISSIONS, rows=sum(len(each.permissions) for each in roles), selection=SELECTION),
        ),
        notes=tuple(labels.notes(Table.ROLE_PERMISSIONS, name)),
    )
