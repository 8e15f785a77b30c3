"""Global permissions: what users hold beside their roles. A real one was read: Internal ID, Name, Email, Global
Permission, Global Permission Level.
"""

from __future__ import annotations

from auditor.catalog import Catalog
from auditor.model import GlobalPermission, Level, Reference, Table
from auditor.sources.csv_exports.labels import LabelJoin
from auditor.sources.csv_exports.layout import Column, Layout, Sheet
from auditor.sources.piece import Given, Piece


def _read(sheet: Sheet[Layout], catalog: Catalog) -> Piece:
    labels = LabelJoin(catalog)
    rows: list[GlobalPermission] = []
    for line, cells in sheet.rows:
        user = Reference(*(sheet.text(cells, field) for field in ("user_id", "name", "email")))
        label, raw = sheet.text(cells, "permission"), sheet.text(cells, "level")
        if not (label or raw):
            continue  # a user without any, from a search that does not leave them out
        if not label or user == Reference():
            lacking = "no user is named" if label else "a level without a permission"
            sheet.problems.append(f"line {line}: {lacking}, so the line is not used")
            continue
        level = Level.parse(raw)
        found = labels.permission_id(label)
        rows.append(GlobalPermission(user, found, level, label=label, raw_level=raw if level is None else ""))
    return Piece(
        name=sheet.name,
        sha256=sheet.sha256,
        global_permissions=tuple(rows),
        given=(Given(table=Table.GLOBAL_PERMISSIONS, rows=len(rows)),),
        problem=sheet.problem,
        notes=(*sheet.notes, *labels.notes(Table.GLOBAL_PERMISSIONS, sheet.name)),
    )


LAYOUT = Layout(
    kind="global permissions",
    tables=(Table.GLOBAL_PERMISSIONS,),
    marks=("Global Permission", "Global Permissions", "Global Permission Level"),
    needed=(("name", "email", "user_id"), ("permission",), ("level",)),
    columns=(
        Column("user_id", ("User Internal ID", "Employee Internal ID", "Internal ID", "ID")),
        Column("name", ("Name", "User", "Employee", "Employee Name")),
        Column("email", ("Email", "Email Address", "E-mail")),
        Column("permission", ("Global Permission", "Global Permissions")),
        Column("level", ("Global Permission Level", "Level")),
    ),
    read=_read,
)
