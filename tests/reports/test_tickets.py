"""The ticket files, read back as an importer reads them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import msgspec
import pytest

from auditor.model import Carried, EarlierRequest, Review, Severity
from auditor.reports.delimited import comma_separated
from auditor.reports.tickets import JiraCsv, ServiceNowCsv
from tests import samples
from tests.reports.hostile import HOSTILE

REPLACE = msgspec.structs.replace
RESULT = samples.mixed_result()
RUN = samples.run(RESULT)
CLASSES = RESULT.findings[1]
DOCS = Path(__file__).parents[2] / "docs" / "tickets.md"


def rows_of(report, result=RESULT):
    data = report.render(result, RUN)
    assert data.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


def test_jira_gets_a_task_for_each_change():
    header, *rows = rows_of(JiraCsv())
    assert header == ["Summary", "Issue Type", "Priority", "Labels", "Labels", "External ID", "Description"]
    assert len(rows) == 3
    assert rows[0][:6] == [
        "NetSuite 1234567: set Classes to View on role Expensify Integration",
        "Task",
        "High",
        "netsuite-auditor",
        "netsuite-1234567",
        CLASSES.id,
    ]
    assert rows[0][6] == (
        "Account: 1234567\nRole: Expensify Integration (id customrole1042)\n"
        "Permission: Classes (LIST_CLASS), sub-tab Lists\nLevel: from None to View\n\n"
        "Role 'Expensify Integration' has Classes at None, View is needed\nError codes: NS0384\n\n"
        "What to do:\n1. Go to Setup > Users/Roles > Manage Roles and open the role with Edit.\n"
        "2. On the Permissions tab, sub-tab Lists, set Classes to View.\n3. Save.\n\n"
        f"Finding of netsuite-auditor: {CLASSES.id} (severity high)"
    )


def test_servicenow_gets_a_change_that_knows_its_way_back():
    header, *rows = rows_of(ServiceNowCsv())
    row = dict(zip(header, rows[0], strict=True))
    assert row["short_description"] == "NetSuite 1234567: set Classes to View on role Expensify Integration"
    assert row["implementation_plan"].startswith("1. Go to Setup")
    assert row["backout_plan"] == "Set Classes back to None."
    assert (row["type"], row["impact"], row["urgency"]) == ("normal", "2", "2")
    assert row["correlation_id"] == CLASSES.id


@pytest.mark.parametrize("report", [JiraCsv(), ServiceNowCsv()], ids=lambda report: report.filename)
@pytest.mark.parametrize(
    ("review", "left"),
    [
        (Review(ticket="IT-7"), 2),
        (Review(decision="rejected"), 2),
        (Review(decision="done"), 2),
        (Review(decision="approved", owner="Mia"), 3),
    ],
)
def test_what_has_a_ticket_or_was_decided_against_is_not_imported_again(report, review, left):
    carried = Carried(origin="x", requests=(EarlierRequest(finding=CLASSES.id, review=review),))
    _, *rows = rows_of(report, REPLACE(RESULT, carried=carried))
    assert len(rows) == left
    assert (CLASSES.id in " ".join(map(" ".join, rows))) == (left == 3)


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_has_a_priority(severity):
    findings = (REPLACE(CLASSES, severity=severity),)
    result = REPLACE(RESULT, findings=findings, scope=REPLACE(RESULT.scope, fail_on=Severity.INFO))
    assert rows_of(JiraCsv(), result)[1][2] in ("Highest", "High", "Medium", "Low", "Lowest")
    assert rows_of(ServiceNowCsv(), result)[1][7] in ("1", "2", "3")


@pytest.mark.parametrize("report", [JiraCsv(), ServiceNowCsv()], ids=lambda report: report.filename)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_keeps_the_rows_whole_and_computes_nothing(report, text):
    change = REPLACE(CLASSES.change, role_name=text, label=text)
    finding = REPLACE(CLASSES, subject=REPLACE(CLASSES.subject, name=text), title=text, remedy=(text,), change=change)
    result = REPLACE(RESULT, findings=(finding,))
    header, row = rows_of(report, result)
    assert len(row) == len(header)
    assert len(row[0]) <= 160
    assert not [cell for cell in row if re.match(r"\s*[=+@\t\r-]", cell)]


def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe():
    data = comma_separated(("a",), [("=1+1",), ("+1",), ("-1",), ("@x",), ("\tx",), (" =1",), ("x=1",)])
    assert data == b"a\r\n'=1+1\r\n'+1\r\n'-1\r\n'@x\r\n\tx\r\n' =1\r\nx=1\r\n"


def test_the_page_names_every_column():
    text = DOCS.read_text(encoding="utf-8")
    for report in (JiraCsv(), ServiceNowCsv()):
        assert f"{report.filename}" in text
        for column in rows_of(report)[0]:
            assert column in text, column
