"""Coded lines in every dialect that people save them in."""

from __future__ import annotations

import io

import openpyxl
import pytest

from auditor.errors import SourceError
from auditor.model import ExpenseLine
from auditor.sources.expense_lines import read_lines

ROWS = [
    ["Report ID", "Employee Email", "Class", "Department", "Location", "Project"],
    ["R1", "ada@example.com", "Services : Training", "Finance", "", "PRJ-1"],
    ["R2", "bö@example.com", "Old, very", "", "Northport", ""],
]
READ = (
    ExpenseLine(
        line=2, reference="R1", employee="ada@example.com", class_="Services : Training", department="Finance",
        project="PRJ-1",
    ),
    ExpenseLine(line=3, reference="R2", employee="bö@example.com", class_="Old, very", location="Northport"),
)  # fmt: skip


def text(delimiter: str, end: str = "\n") -> str:
    return end.join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(delimiter: str, encoding: str):
    lines = read_lines(text(delimiter, "\r\n").encode(encoding), "lines.csv")
    assert lines.lines == READ
    assert lines.unread == ()


def test_a_workbook():
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.create_sheet("Notes").append(["what", "this", "is"])
    stream = io.BytesIO()
    book.save(stream)
    assert read_lines(stream.getvalue(), "lines.xlsx").lines == READ


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Submitter;Class", "class_"),
        ("E-MAIL;class internal id", "class_id"),
        ("employee_id;Department Name", "department"),
        ("Employee;Customer:Project", "project"),
        ("User;Location ID", "location_id"),
    ],
)
def test_other_headings(header: str, field: str):
    (line,) = read_lines(f"{header}\nx;y\n".encode(), "x.csv").lines
    assert getattr(line, field) == "y"
    assert "x" in (line.employee, line.employee_id)


def test_titles_above_and_blank_lines_between():
    data = f"Expenses of November\n\n{text(',')}\n\n".encode()
    assert [line.line for line in read_lines(data, "x.csv").lines] == [4, 5]


def test_a_line_out_of_step_is_not_read_and_said():
    lines = read_lines(f"{text(',')}\na@example.com,x\n".encode(), "x.csv")
    assert lines.lines == READ
    assert lines.unread == ("line 4: 2 cells under 6 headings, so the line is not used",)


def test_columns_that_are_not_there_are_named():
    lines = read_lines(b"Email,Class\na@example.com,x\n", "x.csv")
    assert lines.remarks == ("It has no column Department, Location, Project, so nothing is said of these.",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds no table of coded expense lines"),
        (b"Email,Report ID\na@example.com,3\n", "the column 'Class' or 'Class Internal ID'"),
        (b"Class,Amount\nx,3\n", "holds no table of coded expense lines"),
        (b"Email,Class,Class\na,b,c\n", "with the column 'Class' twice"),
        (b"Email,Class\n", "has headings and no line"),
        (b"PK\x03\x04broken", "damaged workbook or ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls format"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, words: str):
    with pytest.raises(SourceError) as caught:
        read_lines(data, "x.csv")
    assert words in str(caught.value)
    assert caught.value.remedy
