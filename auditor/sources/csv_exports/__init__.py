"""Reads what administrators export as tables: delimited text in any usual dialect, and XLSX workbooks.

Which export a table is goes by its headings, not by the file's name. A new kind is one module and one line in LAYOUTS.
"""

from __future__ import annotations

from auditor.catalog import Catalog
from auditor.model import Note
from auditor.sources.csv_exports import access_tokens, global_permissions, role_permissions, users_and_roles
from auditor.sources.csv_exports.layout import Layout, find_sheet
from auditor.sources.csv_exports.role_differences import find_comparison
from auditor.sources.csv_exports.text import DELIMITERS, Grid, decode, parse
from auditor.sources.csv_exports.xlsx import LEGACY, ZIP, sheets
from auditor.sources.piece import FILE_TABLES, BrokenFileError, InputFile, Piece, broken_piece, listed

LAYOUTS: tuple[Layout, ...] = (
    # Tokens and global permissions have headings that no other kind has, so they are looked for first.
    access_tokens.LAYOUT,
    global_permissions.LAYOUT,
    role_permissions.LAYOUT,
    users_and_roles.LAYOUT,
)
SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".zip")
"""Files with these names are exports beyond doubt: one that cannot be read is a loss, and never passed over."""
_AGAIN = "See docs/inputs.md for the headings that are known, or take the file out of the input if it is no export."


def read(file: InputFile, catalog: Catalog) -> tuple[Piece, ...] | None:
    """The tables in *file*; None if it holds none that is known and does not call itself an export either."""
    named_so = file.suffix in SUFFIXES
    try:
        if file.data.startswith((ZIP, LEGACY)):
            return _workbook(file, catalog)
        text, guess = decode(file.data)
    except BrokenFileError:
        if named_so:
            raise
        return None
    piece, grid = _text_table(file, text, catalog)
    if piece is None:
        if named_so:
            raise _unknown(grid)
        return None
    return (_with_note(piece, guess),)


def _text_table(file: InputFile, text: str, catalog: Catalog) -> tuple[Piece | None, Grid]:
    """The table by whichever delimiter makes one; else the rows by the delimiter that makes the widest."""
    near: BrokenFileError | None = None
    grids = []
    for delimiter in DELIMITERS:
        grid = parse(text, delimiter)
        grids.append(grid)
        try:
            piece = _table(file.name, file.sha256, grid, catalog)
        except BrokenFileError as error:
            near = near or error
            continue
        if piece:
            return piece, grid
    if near:
        raise near
    return None, max(grids, key=lambda grid: max((len(cells) for _, cells in grid.rows), default=0))


def _table(name: str, sha256: str, grid: Grid, catalog: Catalog) -> Piece | None:
    try:
        sheet = find_sheet(name, sha256, grid, LAYOUTS)
    except BrokenFileError:
        comparison = find_comparison(name, sha256, grid, catalog)
        if comparison is None:
            raise
        return comparison
    return sheet.layout.read(sheet, catalog) if sheet else find_comparison(name, sha256, grid, catalog)


def _workbook(file: InputFile, catalog: Catalog) -> tuple[Piece, ...]:
    """Every sheet that is an export. Another sheet with a table in it is a loss; one with a few words is not."""
    pieces = []
    unknown = []
    for title, grid in sheets(file.data):
        name = f"{file.name}, sheet {title}"
        try:
            piece = _table(name, file.sha256, grid, catalog)
            if piece:
                pieces.append(piece)
            elif any(sum(map(bool, cells)) > 1 for _, cells in grid.rows):
                raise _unknown(grid)
        except BrokenFileError as error:
            unknown.append(broken_piece(name, file.sha256, error))
    if not pieces and not unknown:
        raise BrokenFileError("No sheet of the workbook holds a table.", _AGAIN)
    return (*pieces, *unknown)


def _unknown(grid: Grid) -> BrokenFileError:
    if not any(any(cells) for _, cells in grid.rows):
        what = grid.problems[0] if grid.problems else "it holds no text"
        return BrokenFileError(f"No table can be found in it: {what}.", _AGAIN, FILE_TABLES)
    widest = max(grid.rows, key=lambda row: sum(map(bool, row[1])))[1]
    headings = listed([f"'{cell[:100]}'" for cell in widest if cell], 20)
    return BrokenFileError(
        f"Its headings fit no export that is known; its widest row is {headings}.", _AGAIN, FILE_TABLES
    )


def _with_note(piece: Piece, text: str) -> Piece:
    import msgspec

    if not text:
        return piece
    table = piece.given[0].table
    return msgspec.structs.replace(piece, notes=(*piece.notes, Note(table, piece.name, text)))
