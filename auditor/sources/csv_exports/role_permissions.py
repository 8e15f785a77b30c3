"""Role permissions: the results of a role saved search with Name, Permission and Level. One row for each permission.

Documented: a role search can show these three fields. It shows labels, never permission ids.
"""

from __future__ import annotations

from auditor.catalog import Catalog
from auditor.model import Level, Note, Permission, Role, Table, folded
from auditor.sources.csv_exports.labels import LabelJoin
from auditor.sources.csv_exports.layout import Column, Layout, Sheet
from auditor.sources.piece import ROLE_TABLES, Given, Piece, Rank, RoleRows, listed

_REMARK = "A role without a single permission row does not stand in such an export."


class _Draft:
    """One role while its rows are gathered."""

    def __init__(self, key: str, name: str, internal_id: str, scriptid: str) -> None:
        self.key = key
        self.name = name
        self.id = internal_id
        self.scriptid = scriptid
        self.other_names: set[str] = set()
        self.inactive: set[bool] = set()
        self.permissions: dict[Permission, None] = {}
        self.repeated = 0

    def add(self, permission: Permission) -> None:
        self.repeated += permission in self.permissions
        self.permissions[permission] = None

    def rows(self) -> RoleRows:
        role = Role(
            key=self.key,
            name=self.name,
            id=self.id or None,
            scriptid=self.scriptid or None,
            # Rows that contradict each other say nothing.
            inactive=next(iter(self.inactive)) if len(self.inactive) == 1 else None,
        )
        return RoleRows(role, tuple(self.permissions))


def _read(sheet: Sheet[Layout], catalog: Catalog) -> Piece:
    labels = LabelJoin(catalog)
    drafts: dict[str, _Draft] = {}
    count = 0
    for line, cells in sheet.rows:
        draft = _draft(sheet, cells, drafts)
        if draft is None:
            sheet.problems.append(f"line {line}: no role is named, so the line is not used")
            continue
        inactive = sheet.boolean(cells, "inactive", line)
        if inactive is not None:
            draft.inactive.add(inactive)
        label, raw = sheet.text(cells, "permission"), sheet.text(cells, "level")
        if not label:
            if raw:
                sheet.problems.append(f"line {line}: a level without a permission, so the line is not used")
            continue
        level = Level.parse(raw)
        found = labels.permission_id(label, sheet.text(cells, "subtab"))
        draft.add(Permission(draft.key, found, level, label=label, raw_level=raw if level is None else ""))
        count += 1
    notes = [*sheet.notes, *labels.notes(Table.ROLE_PERMISSIONS, sheet.name), *_notes(sheet.name, drafts)]
    return Piece(
        name=sheet.name,
        sha256=sheet.sha256,
        rank=Rank.PERMISSION_LIST,
        roles=tuple(draft.rows() for draft in drafts.values()),
        given=(
            Given(table=Table.ROLES, rows=len(drafts), remark=_REMARK),
            Given(table=Table.ROLE_PERMISSIONS, rows=count),
        ),
        problem=sheet.problem,
        notes=tuple(notes),
    )


def _draft(sheet: Sheet[Layout], cells: list[str], drafts: dict[str, _Draft]) -> _Draft | None:
    """The role of a row: two roles of one name stay two where the export shows ids."""
    name, id_, scriptid = (sheet.text(cells, field) for field in ("role", "id", "scriptid"))
    key = id_ or scriptid or name
    if not key:
        return None
    identity = f"id {id_}" if id_ else f"scriptid {scriptid}" if scriptid else f"name {folded(name)}"
    draft = drafts.setdefault(identity, _Draft(key, name or key, id_, scriptid))
    if name and name != draft.name:
        draft.other_names.add(name)
    return draft


def _notes(file: str, drafts: dict[str, _Draft]) -> list[Note]:
    notes = []
    for draft in drafts.values():
        if draft.other_names:
            names = listed(sorted(f"'{name}'" for name in draft.other_names))
            notes.append(Note(Table.ROLES, draft.name, f"In {file} this role is also called {names}."))
        if draft.repeated:
            text = f"{draft.repeated} of its rows in {file} stand there more than once; each is counted once."
            notes.append(Note(Table.ROLE_PERMISSIONS, draft.name, text))
        if len(draft.inactive) > 1:
            notes.append(Note(Table.ROLES, draft.name, f"Rows in {file} contradict each other on inactive: not given."))
    return notes


LAYOUT = Layout(
    kind="role permissions",
    tables=ROLE_TABLES,
    marks=("Permission", "Permissions", "Permission Name", "Permission Level"),
    needed=(("role",), ("permission",), ("level",)),
    columns=(
        Column("id", ("Role Internal ID", "Role ID", "Internal ID", "ID")),
        Column("scriptid", ("Role Script ID", "Script ID")),
        Column("role", ("Role", "Role Name", "Name")),
        Column("permission", ("Permission", "Permission Name", "Permissions")),
        Column("level", ("Level", "Permission Level", "Access Level")),
        Column("subtab", ("Subtab", "Sub-tab", "Permission Type", "Permission Category", "Category", "Type")),
        Column("inactive", ("Inactive", "Is Inactive", "Role Inactive")),
    ),
    read=_read,
)
