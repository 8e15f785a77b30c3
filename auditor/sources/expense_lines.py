"""Reads coded expense lines: what the vendor is about to export, as a table in any usual dialect or as XLSX."""

from __future__ import annotations

import hashlib

from auditor.errors import SourceError
from auditor.model import ExpenseLine, ExpenseLines, Table
from auditor.sources.csv_exports.layout import Column, Headings, Sheet, find_sheet
from auditor.sources.csv_exports.text import DELIMITERS, Grid, decode, parse
from auditor.sources.csv_exports.xlsx import LEGACY, ZIP, sheets
from auditor.sources.piece import BrokenFileError, listed

_EMPLOYEE = (
    *("Employee Email", "Employee E-mail", "Email", "E-mail", "Email Address", "Submitter Email", "Submitter"),
    *("Report Submitter", "Employee", "Employee Name", "User"),
)
HEADINGS = Headings(
    kind="coded expense lines",
    tables=(Table.USERS,),
    marks=(*_EMPLOYEE, "Employee Internal ID", "Employee ID"),
    needed=(
        ("employee", "employee_id"),
        ("class_", "class_id", "department", "department_id", "location", "location_id", "project", "project_id"),
    ),
    columns=(
        Column("employee", _EMPLOYEE),
        Column("employee_id", ("Employee Internal ID", "Employee ID")),
        Column("class_", ("Class", "Class Name", "NetSuite Class", "Class: Name", "Classes")),
        Column("class_id", ("Class Internal ID", "Class ID")),
        Column(
            "department", ("Department", "Department Name", "NetSuite Department", "Department: Name", "Departments")
        ),
        Column("department_id", ("Department Internal ID", "Department ID")),
        Column("location", ("Location", "Location Name", "NetSuite Location", "Location: Name", "Locations")),
        Column("location_id", ("Location Internal ID", "Location ID")),
        Column("project", ("Project", "Project Name", "Customer:Project", "Customer/Project", "Job", "Projects")),
        Column("project_id", ("Project Internal ID", "Project ID", "Job ID")),
        Column("subsidiary", ("Subsidiary", "Subsidiary Name")),
        Column("subsidiary_id", ("Subsidiary Internal ID", "Subsidiary ID")),
        Column("reference", ("Report ID", "Expense ID", "Transaction ID", "Reference", "Report Name", "Report")),
    ),
)
"""The headings that are known; case, white space and punctuation do not count."""
_AGAIN = (
    "Save it as CSV in UTF-8 or as XLSX, with the headings Employee Email, Class, Department, Location and Project."
)


def read_lines(data: bytes, name: str) -> ExpenseLines:
    """The lines in *data*, the bytes of the file *name*.

    Raises:
        SourceError: it holds no table of coded lines, or none that can be read.
    """
    digest = hashlib.sha256(data).hexdigest()
    try:
        sheet, remark = _sheet(data, name, digest)
    except BrokenFileError as error:
        raise SourceError(f"{name}: {error.message}", error.remedy or _AGAIN) from error
    if sheet is None:
        raise SourceError(f"{name} holds no table of coded expense lines.", _AGAIN)
    lines = tuple(ExpenseLine(line=line, **_told(sheet, cells)) for line, cells in sheet.rows)
    if not lines and not sheet.problems:
        raise SourceError(f"{name} has headings and no line.", "Give a file with at least one coded line.")
    not_used = _not_used(sheet)
    return ExpenseLines(
        name=name,
        sha256=digest,
        lines=lines,
        unread=tuple(sheet.problems),
        remarks=tuple(filter(None, (remark, not_used))),
    )


def _told(sheet: Sheet[Headings], cells: list[str]) -> dict[str, str]:
    return {field: cells[index] for field, index in sheet.columns.items() if cells[index]}


def _sheet(data: bytes, name: str, digest: str) -> tuple[Sheet[Headings] | None, str]:
    if data.startswith((ZIP, LEGACY)):
        return _of_workbook(data, name, digest), ""
    text, remark = decode(data)
    # A file made for this by hand often ends without a line break: here, that is no sign of having been cut.
    text = text if text.endswith(("\n", "\r")) else f"{text}\n"
    near: BrokenFileError | None = None
    for delimiter in DELIMITERS:
        try:
            sheet = find_sheet(name, digest, parse(text, delimiter), (HEADINGS,))
        except BrokenFileError as error:
            near = near or error
            continue
        if sheet:
            return sheet, remark
    if near:
        raise near
    return None, remark


def _of_workbook(data: bytes, name: str, digest: str) -> Sheet[Headings] | None:
    """The one sheet with coded lines; of several it cannot be told which is meant."""
    grids: list[tuple[str, Grid]] = sheets(data)
    near: BrokenFileError | None = None
    found: list[tuple[str, Sheet[Headings]]] = []
    for title, grid in grids:
        try:
            sheet = find_sheet(name, digest, grid, (HEADINGS,))
        except BrokenFileError as error:
            near = near or error
            continue
        if sheet:
            found.append((title, sheet))
    if len(found) > 1:
        titles = listed([title for title, _ in found], 5)
        raise BrokenFileError(
            f"Several of its sheets hold coded lines ({titles}).", "Give a workbook with one of them alone.", ()
        )
    if not found and near:
        raise near
    return found[0][1] if found else None


def _not_used(sheet: Sheet[Headings]) -> str:
    """Which of the columns that decide are not there, so that a heading which was not known is noticed."""
    missing = [
        column.headings[0]
        for column in HEADINGS.columns
        if column.field in ("class_", "department", "location", "project")
        and not {column.field, column.field.rstrip("_") + "_id"} & set(sheet.columns)
    ]
    return f"It has no column {', '.join(missing)}, so nothing is said of these." if missing else ""
