"""How a sandbox's roles stand beside production's, in every report of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from auditor.model import Finding, Severity, Status, Subject, SubjectKind
from auditor.reports.html import IndexPage
from auditor.reports.pdf import SummaryPdf
from auditor.reports.run_json import RunJson, read_run
from auditor.reports.workbook import SummaryWorkbook
from tests import samples
from tests.reports import pdf_reading
from tests.reports.reading import load, table_rows

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "run.schema.json").read_text(encoding="utf-8"))
LOWER = Finding(
    id="ab" * 8,
    account="1234567_SB1",
    check="sandbox-differs",
    subject=Subject(SubjectKind.ROLE, "1040", "Expensify Integration"),
    requirement="as-in-production:1234567",
    status=Status.FAIL,
    severity=Severity.INFO,
    title="Role 'Expensify Integration': 1 permission differs between the two accounts",
    expected="The same in 1234567_SB1 as in production, 1234567",
    actual="Classes: View in production, None in the sandbox",
    remedy=("Decide which of the two accounts is right.",),
    notes=("It is called 'Expensify' in 1234567.",),
)
SAME = replace(LOWER, id="cd" * 8, status=Status.PASS, actual="The same", remedy=(), notes=())
BLIND = replace(LOWER, id="ef" * 8, status=Status.UNKNOWN, reason="The roles were not given.", notes=())
RUN = replace(samples.run(samples.clean_result("1234567")), differences=(LOWER, SAME, BLIND))


def test_the_pdf_has_a_section_with_what_differs_and_counts_what_is_the_same(tmp_path: Path):
    text = " ".join(pdf_reading.spoken(SummaryPdf().render(RUN), tmp_path).split())
    assert "Production and sandbox" in text
    assert "1 role is the same in both." in text
    for part in (LOWER.title, LOWER.actual, LOWER.notes[0], BLIND.reason, "unknown"):
        assert part in text


def test_the_workbook_has_a_sheet_with_every_role():
    book = load(SummaryWorkbook().render(RUN))
    rows = table_rows(book, "Sandbox differences", "Differences")
    assert [row["Status"] for row in rows] == ["fail", "pass", "unknown"]
    assert rows[0] == {
        "Sandbox": "1234567_SB1",
        "Role": "Expensify Integration",
        "Status": "fail",
        "What": LOWER.title,
        "Differences": LOWER.actual,
        "Why, and remarks": LOWER.notes[0],
        "What to do": LOWER.remedy[0],
    }


def test_the_page_has_a_section():
    page = IndexPage().render(RUN).decode()
    assert '<a href="#sandboxes">' in page
    assert LOWER.actual in page
    assert BLIND.reason in page
    assert SAME.id not in page


def test_they_are_kept_in_run_json_and_come_back():
    data = RunJson().render(RUN)
    Draft202012Validator(SCHEMA).validate(json.loads(data))
    assert read_run(data, "run.json").differences == RUN.differences


def test_they_count_for_no_verdict_and_no_exit_code():
    assert (RUN.verdict, RUN.exit_code) == (samples.run(samples.clean_result()).verdict, 0)


def test_a_run_without_a_pair_says_nothing_of_them(tmp_path: Path):
    run = samples.run(samples.clean_result())
    assert "Production and sandbox" not in pdf_reading.spoken(SummaryPdf().render(run), tmp_path)
    assert "sandboxes" not in IndexPage().render(run).decode()
    assert "differences" not in json.loads(RunJson().render(run))
    page = load(SummaryWorkbook().render(run))["Sandbox differences"]
    assert any("no production account" in str(cell.value) for row in page for cell in row)


@pytest.mark.parametrize("text", ["<b>&{{ 7 }}", "=1+1", "\ud800\x00"])
def test_hostile_text_stays_text(text: str, tmp_path: Path):
    subject = replace(LOWER.subject, name=text)
    run = replace(RUN, differences=(replace(LOWER, title=text, actual=text, notes=(text,), subject=subject),))
    pdf_reading.spoken(SummaryPdf().render(run), tmp_path)
    (row,) = table_rows(load(SummaryWorkbook().render(run)), "Sandbox differences", "Differences")
    assert "\x00" not in str(row["Role"])
    assert str(row["Role"])[:1] == text[:1] or text[0] == "\ud800"
    page = IndexPage().render(run).decode()
    assert "<b>&" not in page
    Draft202012Validator(SCHEMA).validate(json.loads(RunJson().render(run)))
