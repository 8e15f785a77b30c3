"""What a preflight hands over: the workbook's cells as a reader meets them, and JSON that its schema describes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from auditor.model import (
    Cause,
    Coverage,
    ExpenseLine,
    JudgedLine,
    Objection,
    Preflight,
    Run,
    State,
    Table,
    Taking,
)
from auditor.reports.preflight_json import render as as_json
from auditor.reports.workbook.preflight import render as as_workbook
from tests.reports.hostile import HOSTILE

RUN = Run(id="20261121T020000Z", started="2026-11-21T02:00:00Z", tool_version="0.1.0")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "preflight.schema.json").read_bytes())
INACTIVE = Objection(
    taking=Taking.REFUSED,
    about="class",
    cause=Cause.INACTIVE,
    text="The class 'Old' is inactive.",
    codes=("NS0831",),
    fix="Select another one.",
)
REMARK = Objection(taking=Taking.TAKEN, about="employee", cause=Cause.SUPERVISOR_LIMIT, text="Supervisor has a limit.")
LACK = Objection(taking=Taking.UNKNOWN, about="project", cause=Cause.NOT_READ, text="The projects were not read.")


def judged(number: int, *objections: Objection, **line: str) -> JudgedLine:
    takings = [each.taking for each in objections]
    taking = next((each for each in (Taking.REFUSED, Taking.UNKNOWN) if each in takings), Taking.TAKEN)
    return JudgedLine(ExpenseLine(line=number, **line), taking, objections)


def preflight(*lines: JudgedLine, **fields: object) -> Preflight:
    standard = {
        "account": "1234567",
        "taken": "2026-11-21T02:00:00Z",
        "origin": "https://example.com",
        "file": "lines.csv",
        "sha256": "ab" * 32,
        "lines": lines,
        "coverage": (Coverage(table=Table.CLASSES, state=State.COLLECTED, rows=7, detail="All."),),
        "unread": ("line 9: 2 cells under 6 headings",),
        "notes": ("Whether a project is hidden is not read.",),
    }
    return Preflight(**(standard | fields))  # type: ignore[arg-type]


FOUND = preflight(
    judged(2, employee="ada@example.com"),
    judged(3, INACTIVE, REMARK, employee="ada@example.com", class_="Old", reference="R1"),
    judged(4, INACTIVE, employee_id="21", class_id="4"),
    judged(5, LACK, employee="bo@example.com", project="PRJ-1"),
    judged(6, REMARK, employee="bo@example.com"),
)


def sheets(data: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def test_what_to_mend_stands_first_and_counts_its_lines():
    page = sheets(as_workbook(FOUND, RUN))["To mend"]
    assert page[0][0] == "Would NetSuite take these lines? 2 refused, 1 unknown, 2 taken"
    assert page[3][:6] == ["Lines", "Verdict", "About", "Why", "Codes", "What to do"]
    assert page[4] == [2, "refused", "class", "The class 'Old' is inactive.", "NS0831", "Select another one."]
    assert page[5][:4] == [1, "unknown", "project", "The projects were not read."]
    assert page[6][:4] == [2, "remark", "employee", "Supervisor has a limit."]
    texts = [row[0] for row in page]
    assert "line 9: 2 cells under 6 headings" in texts
    assert "Whether a project is hidden is not read." in texts


def test_line_by_line():
    page = sheets(as_workbook(FOUND, RUN))["Lines"]
    assert page[1][0] == "Lines of which something is to be said. 1 more lines are taken as they are, and not listed."
    assert [row[0] for row in page[4:]] == [3, 4, 5, 6]
    assert page[4][1:6] == ["refused", "R1", "ada@example.com", None, "Old"]
    assert page[4][9] == "The class 'Old' is inactive.\nSupervisor has a limit."
    assert page[5][3:6] == ["id 21", None, "id 4"]


def test_coverage_stands_beside_the_numbers():
    assert sheets(as_workbook(FOUND, RUN))["Coverage"][4] == ["classes", "collected", 7, "All."]


def test_the_same_preflight_gives_the_same_bytes():
    assert as_workbook(FOUND, RUN) == as_workbook(FOUND, RUN)
    assert as_json(FOUND) == as_json(FOUND)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str):
    said = Objection(taking=Taking.REFUSED, about="class", cause=Cause.NOT_FOUND, text=text, fix=text)
    line = judged(3, said, employee=text, class_=text, reference=text)
    data = as_workbook(preflight(line, file=text, notes=(text,)), RUN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)
                assert b"<hyperlink" not in archive.read(name)
    page = openpyxl.load_workbook(io.BytesIO(data))["Lines"]
    assert {page.cell(5, column).data_type for column in (4, 6, 10)} <= {"s", "inlineStr"}


def test_json_keeps_every_line_and_says_each_thing_once():
    document = json.loads(as_json(FOUND))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["counts"] == {"taken": 2, "refused": 2, "unknown": 1, "unread": 1}
    assert document["exit_code"] == 14
    assert [line["line"] for line in document["lines"]] == [2, 3, 4, 5, 6]
    assert document["lines"][1] == {"line": 3, "taking": "refused", "reference": "R1", "objections": [0, 1]}
    assert document["objections"][0]["text"] == "The class 'Old' is inactive."
    assert len(document["objections"]) == 3


def test_the_example_of_the_page_is_held_to_the_schema():
    page = (Path(__file__).parents[2] / "docs" / "preflight.md").read_text(encoding="utf-8")
    example = page.split("```json\n")[1].split("```")[0].replace('"sha256":"…"', f'"sha256":"{"ab" * 32}"')
    Draft202012Validator(SCHEMA).validate(json.loads(example))


def test_the_schema_knows_every_cause():
    assert set(SCHEMA["$defs"]["objection"]["properties"]["cause"]["enum"]) == {cause.value for cause in Cause}
