"""findings.csv: every finding a row, every text a text, and no account missing unseen."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Status
from auditor.reports.delimited import cell
from auditor.reports.findings_csv import COLUMNS, AccountFindingsCsv, RunFindingsCsv
from auditor.reports.text import printable
from tests import samples
from tests.reports.hostile import HOSTILE
from tests.reports.pdf_hostile import CORPUS, poisoned

RESULT = samples.followed_result()
RUN = samples.run(RESULT, samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))


def read(data: bytes) -> list[dict[str, str]]:
    assert b"\r\n" in data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_every_finding_of_an_account_is_a_row():
    rows = read(AccountFindingsCsv().render(RESULT, RUN))
    assert [row["finding"] for row in rows] == [finding.id for finding in RESULT.findings]
    assert [row["status"] for row in rows] == [finding.status.value for finding in RESULT.findings]
    failed, waived, back = (row for row in rows if row["status"] == "fail")
    assert failed | {"finding": ""} == dict.fromkeys(COLUMNS, "") | {
        "account": "1234567",
        "status": "fail",
        "waived": "no",
        "severity": "high",
        "title": "Role 'Expensify Integration' has Classes at None, View is needed",
        "subject_kind": "role",
        "subject": "Expensify Integration",
        "subject_key": "customrole1042",
        "check": "role-levels",
        "baseline": "expensify-integration",
        "requirement": "expensify-integration:LIST_CLASS",
        "permission": "LIST_CLASS",
        "permission_label": "Classes",
        "subtab": "Lists",
        "expected": "Classes: View",
        "actual": "None",
        "expected_level": "View",
        "actual_level": "None",
        "gap": "missing",
        "level_source": "no row",
        "codes": "NS0384",
        "remedy": (
            "Go to Setup > Users/Roles > Manage Roles and open the role with Edit.\n"
            "On the Permissions tab, sub-tab Lists, set Classes to View.\nSave."
        ),
        "change_role": "customrole1042",
        "change_from": "None",
        "change_to": "View",
        "first_seen": "2026-11-02T02:00:00Z",
        "nights": "20",
        "run": "20261121T020000Z",
    }
    assert (waived["waived"], waived["waiver_owner"], waived["waiver_expires"]) == ("yes", "Ana Ortiz", "2027-01-31")
    assert (waived["waiver_ticket"], waived["waiver_reason"][:9]) == ("CHG-1042", "Employees")
    assert back["reopened"] == "2026-11-20T02:00:00Z"


def test_the_run_lists_what_is_not_passed_and_what_was_not_audited():
    rows = read(RunFindingsCsv().render(RUN))
    assert [(row["account"], row["status"]) for row in rows] == [
        ("9999999", "not_audited"),
        ("1234567", "fail"),
        ("1234567", "fail"),
        ("1234567", "fail"),
        ("1234567", "unknown"),
    ]
    assert rows[0]["reason"] == "The folder holds no file that can be read."
    assert rows[0]["remedy"] == "Give the folder that holds the exports."
    assert all(row["status"] != Status.PASS.value for row in rows)


def test_an_empty_run_is_a_heading():
    assert RunFindingsCsv().render(samples.run()) == ",".join(COLUMNS).encode() + b"\r\n"


@pytest.mark.parametrize("text", [*HOSTILE, *CORPUS.values()], ids=lambda text: repr(text[:20]))
def test_hostile_text_is_one_cell_and_no_formula(text):
    run = poisoned(RUN, text)
    rows = read(RunFindingsCsv().render(run))
    assert len(rows) == 5
    for row in rows:
        assert set(row) == set(COLUMNS)
        assert all(value is not None for value in row.values())
        assert row["title"].removeprefix("'") in (printable(text), "This account could not be audited")
        assert not any(value.lstrip().startswith(("=", "+", "-", "@")) for value in row.values())


@given(st.text(st.characters(codec=None, categories=None)))
def test_no_cell_begins_as_a_formula_and_none_is_lost(text):
    written = cell(text)
    assert written.removeprefix("'") == printable(text).removeprefix("'") or written == printable(text)
    assert not written.strip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    written.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (" =1", "' =1"),
        ("\t@x", "'\t@x"),
        ("\r=1", "'␍=1"),
        ("-5", "'-5"),
        ("\uff1d1", "'\uff1d1"),
        ("A=B", "A=B"),
        ("", ""),
        ("'quoted", "'quoted"),
        ("Full", "Full"),
    ],
)
def test_an_apostrophe_stands_before_what_a_spreadsheet_might_run(text, written):
    assert cell(text) == written
