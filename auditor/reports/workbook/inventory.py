"""The sheets of what there is: every role with its distance to each baseline, every access token with its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import AccountResult, RoleDistance, Table, TokenVerdict, folded
from auditor.reports.workbook.book import Book
from auditor.reports.workbook.cells import Column, Row
from auditor.reports.workbook.coverage import covered
from auditor.reports.workbook.findings import WORST_FIRST, words
from auditor.reports.workbook.places import BACK, ROLES, TOKENS, Places
from auditor.reports.workbook.sheet import Sheet
from auditor.reports.workbook.styles import STATUSES, YES_OR_NO, Look

ROLE_COLUMNS = (
    Column("Role", 44),
    Column("Id", 28, Look.ID),
    Column("Inactive", 12),
    Column("Permission rows", 13, Look.NUMBER),
    Column("Baseline", 32),
    Column("Met", 8, Look.NUMBER),
    Column("Undecided", 12, Look.NUMBER),
    Column("Asked", 9, Look.NUMBER),
    Column("Met of asked", 14, Look.PERCENT),
    Column("Judged", 10, words=YES_OR_NO),
    Column("Why", 76),
)
TOKEN_COLUMNS = (
    Column("Token", 48),
    Column("Id", 24, Look.ID),
    Column("Application", 28),
    Column("User", 30),
    Column("Role", 38),
    Column("State", 12),
    Column("Created", 20),
    Column("Baseline", 30),
    Column("Status", 16, words=STATUSES),
    Column("Met", 8, Look.NUMBER),
    Column("Asked", 9, Look.NUMBER),
    Column("Causes", 60),
    Column("Codes", 18),
)


def yes_or_no(value: bool | None) -> str:
    """A yes, a no, or that the source does not say."""
    return "not given" if value is None else "yes" if value else "no"


def role_rows(distances: Sequence[RoleDistance], places: Places) -> list[Row]:
    """A row for each role and baseline: judged roles first, then the nearest."""
    ordered = sorted(
        distances,
        key=lambda each: (
            each.baseline,
            not each.judged,
            -each.met / (each.asked or 1),
            folded(each.role_name),
            each.role,
        ),
    )
    return [
        (
            places.role(each.role, each.role_name),
            each.role_id,
            yes_or_no(each.inactive),
            each.permission_rows,
            each.baseline,
            each.met,
            each.undecided,
            each.asked,
            each.met / each.asked if each.asked else None,
            yes_or_no(each.judged),
            each.why,
        )
        for each in ordered
    ]


def token_rows(tokens: Sequence[TokenVerdict]) -> list[Row]:
    """A row for each token, those of a baseline's application first, and of these the worst."""
    ordered = sorted(
        tokens,
        key=lambda token: (
            not token.baseline,
            token.baseline,
            WORST_FIRST.index(token.status),
            folded(token.application),
            folded(token.name),
            token.token,
        ),
    )
    return [
        (
            token.name,
            token.token,
            token.application,
            token.user,
            token.role,
            token.state,
            token.created,
            token.baseline,
            words(token.status.value),
            token.met,
            token.asked,
            "\n".join(token.causes),
            ", ".join(token.codes),
        )
        for token in ordered
    ]


def write_roles(book: Book, result: AccountResult, rows: Sequence[Row]) -> None:
    """Writes the Roles sheet; *rows* are :func:`role_rows`."""
    sheet = book.sheet(ROLES)
    sheet.open(
        "Roles",
        "How many rows of a baseline each role meets. " + covered(result.snapshot, Table.ROLES, Table.ROLE_PERMISSIONS),
        BACK,
    )
    sheet.keep_in_view(1)
    if rows:
        _draw_shares(sheet, len(rows))
    sheet.table("Roles", ROLE_COLUMNS, rows, "No role was held against a baseline.")


def write_tokens(book: Book, result: AccountResult, rows: Sequence[Row]) -> None:
    """Writes the Tokens sheet; *rows* are :func:`token_rows`."""
    sheet = book.sheet(TOKENS)
    sheet.open(
        "Access tokens",
        "One row for each token. Tokens of other applications are listed, not judged. "
        + covered(result.snapshot, Table.ACCESS_TOKENS),
        BACK,
    )
    sheet.keep_in_view(1)
    sheet.table("Tokens", TOKEN_COLUMNS, rows, "No access token is in what was read.")


def _draw_shares(sheet: Sheet, rows: int) -> None:
    """A bar behind each share. It comes before the table's own rules: LibreOffice shows only the first of several."""
    share = [column.header for column in ROLE_COLUMNS].index("Met of asked")
    bar = {"type": "data_bar", "bar_color": "#9FC1DE"}
    scale = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
    sheet.page.conditional_format(sheet.row + 1, share, sheet.row + rows, share, bar | scale)
