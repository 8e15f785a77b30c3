"""Access tokens: the list of tokens of token-based authentication.

Documented: the list page, its filter on revoked tokens, and that a revoked token shows as inactive in it. The headings
of its export are unconfirmed; those below are what the page's own fields are called.
"""

from __future__ import annotations

from auditor.catalog import Catalog
from auditor.model import AccessToken, Note, Reference, Table
from auditor.sources.csv_exports.layout import Column, Layout, Sheet
from auditor.sources.piece import Given, Piece

_STATUS = {
    "active": (False, None),
    "inactive": (True, None),
    "revoked": (None, True),
}


def _read(sheet: Sheet[Layout], _catalog: Catalog) -> Piece:
    tokens = tuple(_token(sheet, line, cells) for line, cells in sheet.rows)
    return Piece(
        name=sheet.name,
        sha256=sheet.sha256,
        tokens=tokens,
        given=(Given(table=Table.ACCESS_TOKENS, rows=len(tokens), remark=sheet.layout.unconfirmed),),
        problem=sheet.problem,
        notes=tuple(sheet.notes),
    )


def _token(sheet: Sheet[Layout], line: int, cells: list[str]) -> AccessToken:
    def text(field: str) -> str:
        return sheet.text(cells, field)

    name, application = text("name"), text("application")
    user = Reference(id=text("user_id"), name=text("user"), email=text("email"))
    role = Reference(id=text("role_id"), name=text("role"))
    inactive, revoked = (sheet.boolean(cells, field, line) for field in ("inactive", "revoked"))
    inactive_by_status, revoked_by_status = _status(sheet, line, text("status"))
    return AccessToken(
        key=text("id") or " / ".join((application, user.name, role.name, name)),
        name=name or f"{application} - {user.name}, {role.name}",
        application=application,
        user=user,
        role=role,
        inactive=_either(inactive, inactive_by_status),
        revoked=_either(revoked, revoked_by_status),
        created=text("created"),
        created_by=text("created_by"),
        revoked_on=text("revoked_on"),
    )


def _status(sheet: Sheet[Layout], line: int, text: str) -> tuple[bool | None, bool | None]:
    """Inactive and revoked as a column Status tells them."""
    if text and text.casefold() not in _STATUS:
        sheet.notes.append(
            Note(Table.ACCESS_TOKENS, sheet.name, f"Line {line}: the status '{text}' is not known; taken as not given.")
        )
    return _STATUS.get(text.casefold(), (None, None))


def _either(one: bool | None, other: bool | None) -> bool | None:
    """What two columns say together: true if either does, for a token is less usable then; None if neither speaks."""
    told = [value for value in (one, other) if value is not None]
    return any(told) if told else None


LAYOUT = Layout(
    kind="access tokens",
    tables=(Table.ACCESS_TOKENS,),
    marks=("Token Name", "Access Token Name", "Application", "Application Name"),
    needed=(("application",), ("user",), ("role",)),
    columns=(
        Column("application", ("Application Name", "Application", "Integration Name", "Integration")),
        Column("user_id", ("User Internal ID", "User ID")),
        Column("user", ("User", "User Name", "Entity", "Employee")),
        Column("email", ("User Email", "Email", "Email Address")),
        Column("role_id", ("Role Internal ID", "Role ID")),
        Column("role", ("Role", "Role Name")),
        Column("name", ("Token Name", "Access Token Name", "Name")),
        Column("id", ("Token Internal ID", "Internal ID", "ID")),
        Column("status", ("Status",)),
        Column("inactive", ("Inactive", "Is Inactive")),
        Column("revoked", ("Revoked", "Is Revoked")),
        Column("created", ("Created", "Date Created", "Created Date", "Creation Date")),
        Column("created_by", ("Created By",)),
        Column("revoked_on", ("Revocation Date", "Revoked On", "Date Revoked")),
    ),
    unconfirmed="No real export of access tokens could be had: its headings are unconfirmed.",
    read=_read,
)
