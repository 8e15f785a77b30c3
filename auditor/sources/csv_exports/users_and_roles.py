"""Users and roles: who holds which role, one row for each pair. A real one was read: Name, Email, Role, Phone.

Documented: NetSuite's list of users leaves out inactive users, and can be exported as CSV.
"""

from __future__ import annotations

from auditor.catalog import Catalog
from auditor.model import Reference, RoleAssignment, Table, User
from auditor.sources.csv_exports.layout import Column, Layout, Sheet
from auditor.sources.piece import Given, Piece

_REMARK = "Users who are inactive or hold no role do not stand in NetSuite's list of users."


def _read(sheet: Sheet[Layout], _catalog: Catalog) -> Piece:
    users: dict[User, None] = {}
    assignments: list[RoleAssignment] = []
    for line, cells in sheet.rows:
        id_, name, email = (sheet.text(cells, field) for field in ("user_id", "name", "email"))
        role = Reference(id=sheet.text(cells, "role_id"), name=sheet.text(cells, "role"))
        if not (id_ or name or email):
            sheet.problems.append(f"line {line}: no user is named, so the line is not used")
            continue
        user = User(
            key=id_ or email or name,
            name=name or email or id_,
            id=id_ or None,
            email=email,
            inactive=sheet.boolean(cells, "inactive", line),
            access=sheet.boolean(cells, "access", line),
        )
        users[user] = None
        if role.id or role.name:
            assignments.append(RoleAssignment(Reference(id=id_, name=name, email=email), role))
    return Piece(
        name=sheet.name,
        sha256=sheet.sha256,
        users=tuple(users),
        assignments=tuple(assignments),
        given=(
            Given(table=Table.USERS, rows=len(sheet.rows), remark=_REMARK),
            Given(table=Table.ROLE_ASSIGNMENTS, rows=len(assignments)),
        ),
        problem=sheet.problem,
        notes=tuple(sheet.notes),
    )


LAYOUT = Layout(
    kind="users and roles",
    tables=(Table.USERS, Table.ROLE_ASSIGNMENTS),
    marks=("Role", "Roles", "Role Name"),
    needed=(("role",), ("name", "email")),
    columns=(
        Column("role_id", ("Role Internal ID", "Role ID")),
        Column("role", ("Role", "Role Name", "Roles")),
        Column("user_id", ("User Internal ID", "User ID", "Employee Internal ID", "Internal ID")),
        Column("name", ("Name", "User", "User Name", "Employee", "Employee Name")),
        Column("email", ("Email", "Email Address", "E-mail")),
        Column("inactive", ("User Inactive", "Employee Inactive", "Inactive", "Is Inactive")),
        Column("access", ("Login Access", "Give Access")),
    ),
    read=_read,
)
