"""summary.xlsx, read back from outside."""

from __future__ import annotations

import msgspec

from auditor.model import Status, Table
from auditor.reports.workbook import SummaryWorkbook
from auditor.reports.workbook import summary as summary_module
from tests import samples
from tests.reports.reading import load, table_rows, target, texts

REPLACE = msgspec.structs.replace
RUN = samples.run(samples.mixed_result(), samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))


def render(run):
    return load(SummaryWorkbook().render(run))


def test_the_sheets():
    assert render(RUN).sheetnames == [
        "Accounts",
        "Requirements",
        "Change requests",
        "Coverage",
        "Sandbox differences",
        "Failures",
    ]


def test_the_first_sheet_says_how_many_were_expected_and_audited():
    page = render(RUN)["Accounts"]
    assert page["A2"].value == (
        "3 expected, 2 audited, 1 failed. Run 20261121T020000Z of 2026-11-21 02:00:00 UTC, netsuite-auditor 0.1.0."
    )
    assert page["B3"].value == "findings, and incomplete"


def test_every_account_has_a_row_with_verdict_counts_and_what_is_lacking():
    rows = table_rows(render(RUN), "Accounts", "Accounts")
    assert rows[0] == {
        "Account": "1234567",
        "Waived": 0,
        "Verdict": "findings, and incomplete",
        "Failed: critical": 0,
        "Failed: high": 3,
        "Failed: medium": 0,
        "Failed: low": 0,
        "Failed: info": 0,
        "Unknown": 1,
        "Passed": 6,
        "Roles": 2,
        "Tokens": 3,
        "Not read in full": "features not available",
        "Read": "2026-11-21 02:00:00 UTC",
        "Workbook": "changes.xlsx",
        "PDF": "report.pdf",
    }
    assert (rows[1]["Account"], rows[1]["Verdict"], rows[1]["Not read in full"]) == (
        "7654321_SB1",
        "clean",
        "nothing is lacking",
    )
    failed = {key: value for key, value in rows[2].items() if value is not None}
    assert failed == {
        "Account": "9999999",
        "Verdict": "not audited",
        "Not read in full": "nothing was read: The folder holds no file that can be read.",
    }


def test_accounts_lead_to_their_reports():
    page = render(RUN)["Accounts"]
    links = [target(cell) for row in page["O5:P7"] for cell in row]
    assert links == [
        "accounts\\1234567\\changes.xlsx",
        "accounts\\1234567\\report.pdf",
        "accounts\\7654321_SB1\\changes.xlsx",
        "accounts\\7654321_SB1\\report.pdf",
        "",
        "",
    ]


def test_requirements_stand_against_accounts_with_the_worst_status():
    mixed, other = samples.mixed_result("1"), samples.mixed_result("2")
    passed = REPLACE(other.findings[1], status=Status.PASS, change=None, gap=None)
    twice = REPLACE(mixed, findings=(passed, *mixed.findings))
    only = REPLACE(other, findings=(passed,))
    page = render(samples.run(twice, only, failures=(samples.FAILED_ACCOUNT,)))["Requirements"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    assert rows[0] == ["Check", "Requirement", "Permission", "Asked", "1", "2", "9999999"]
    found = {row[1]: row[4:] for row in rows[1:]}
    assert found["expensify-integration:LIST_CLASS"] == ["fail", "pass", "not audited"]
    assert found["expensify-integration:LIST_ACCOUNT"] == ["pass", "not judged", "not audited"]
    assert found["assigned"] == ["unknown", "not judged", "not audited"]
    assert found["user"] == ["not applicable", "not judged", "not audited"]
    assert len(found) == len(rows) - 1 == 11
    classes = next(row for row in rows if row[1] == "expensify-integration:LIST_CLASS")
    assert classes[:4] == ["role-levels", "expensify-integration:LIST_CLASS", "Classes", "View"]
    assert page.auto_filter.ref == "A4:G15"
    assert page.freeze_panes == "E5"


def test_change_requests_of_all_accounts_stand_together():
    run = samples.run(samples.mixed_result("1"), samples.mixed_result("2"))
    rows = table_rows(render(run), "Change requests", "ChangeRequests")
    assert [(row["Account"], row["Permission id"]) for row in rows] == [
        (account, permission) for account in "12" for permission in ("LIST_CLASS", "LIST_EMPLOYEE", "ADMI_WEBSERVICES")
    ]
    assert "Decision" not in rows[0]


def test_change_requests_beyond_the_bound_are_counted(monkeypatch):
    monkeypatch.setattr(summary_module, "MOST_REQUESTS", 2)
    page = render(RUN)["Change requests"]
    assert "1 more stand in the accounts' own workbooks." in page["A2"].value
    assert page.tables["ChangeRequests"].ref == "A4:O6"


def test_coverage_and_failures_of_all_accounts():
    book = render(RUN)
    rows = table_rows(book, "Coverage", "Coverage")
    assert len(rows) == 2 * len(Table)
    assert [row["State"] for row in rows if row["What"] == "features"] == ["not available", "collected"]
    assert table_rows(book, "Failures", "Failures") == [
        {
            "Account": "9999999",
            "Cause": "The folder holds no file that can be read.",
            "What to do": "Give the folder that holds the exports.",
        }
    ]


def test_a_run_that_audited_nothing_says_so():
    book = render(samples.run(failures=(samples.FAILED_ACCOUNT,)))
    assert book["Accounts"]["B3"].value == "not audited"
    assert texts(book, "Requirements")[-1] == "Nothing was judged."
    assert texts(book, "Coverage")[-1] == "No account was read."


def test_a_run_without_failures_says_so_and_a_replay_too():
    book = render(REPLACE(samples.run(samples.clean_result()), replay_of="20261101T020000Z"))
    assert texts(book, "Failures")[-1] == "Every expected account was audited."
    assert ", a replay of run 20261101T020000Z," in book["Accounts"]["A2"].value
