"""From a workbook's bytes to rows of cells, sheet by sheet."""

from __future__ import annotations

import datetime as dt
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Container
from typing import TYPE_CHECKING

from auditor.sources.csv_exports.text import Grid
from auditor.sources.piece import BrokenFileError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

LEGACY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an old .xls begins, and also a workbook that is protected by a password."""
ZIP = b"PK\x03\x04"
MOST_BYTES = 512 * 1024 * 1024
_AGAIN = "Save it again as XLSX or as CSV, or take the file out of the input."


def sheets(data: bytes, only: Container[str] | None = None) -> list[tuple[str, Grid]]:
    """Name and rows of every worksheet, hidden ones too, or of those whose names are among *only*.

    Values are read, formulas are never computed.

    Raises:
        BrokenFileError: it is no workbook of the present format, is protected, damaged, or unpacks to too much.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    if data.startswith(LEGACY):
        raise BrokenFileError(
            "It is a workbook of the old .xls format, or one that is protected by a password.",
            "Open it in a spreadsheet program and save it as XLSX without a password, or as CSV.",
        )
    _check_archive(data)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it does not know; only values are wanted here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return [(sheet.title, _grid(sheet)) for sheet in book.worksheets if only is None or sheet.title in only]
    except (
        # What openpyxl lets through on a damaged workbook is whatever its parsers meet; none of it is its own class.
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        SyntaxError,
        EOFError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise BrokenFileError(f"It is a damaged workbook ({type(error).__name__}: {error}).", _AGAIN) from error


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise BrokenFileError(f"It is a damaged workbook or ZIP archive ({error}).", _AGAIN) from error
    if "[Content_Types].xml" not in names:
        raise BrokenFileError(
            "It is a ZIP archive and no XLSX workbook.", "Unpack it, or save the workbook as XLSX or CSV."
        )
    if size > MOST_BYTES:
        raise BrokenFileError(
            f"It unpacks to {size / 1024 / 1024:,.0f} MiB; the most that is read is {MOST_BYTES // 1024 // 1024} MiB.",
            "Export fewer rows, or export as CSV.",
        )


def _grid(sheet: Worksheet) -> Grid:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    if isinstance(sheet, ReadOnlyWorksheet):
        sheet.reset_dimensions()  # some writers state a smaller area than they fill
    rows = [
        (number, [_text(value) for value in values])
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
        if any(value is not None for value in values)
    ]
    return Grid(rows, [], ragged=True)


def _text(value: object) -> str:
    """A cell as a CSV export would show it; dates in ISO form, since a worksheet does not keep how they are shown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return str(value).strip()
