"""changes.xlsx, read back from outside."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from auditor.model import Confidence, Coverage, Note, Origin, Scope, Severity, State, Status, Table
from auditor.reports.workbook import ChangesWorkbook
from tests import samples
from tests.reports.reading import load, table_rows, target, texts

REPLACE = msgspec.structs.replace
RESULT = samples.mixed_result()
RUN = samples.run(RESULT)
SHEETS = [
    *("Summary", "Change requests", "By permission", "On hold", "Done"),
    *("Matrix", "Findings", "Tokens", "Token verdicts", "Roles", "Drift", "Coverage"),
]


def render(result, run=RUN):
    return load(ChangesWorkbook().render(result, run))


@pytest.fixture(scope="module")
def book():
    return render(RESULT)


def test_the_sheets_stand_in_the_order_of_the_work(book):
    assert book.sheetnames == SHEETS
    assert book.active.title == "Summary"


def test_the_properties_name_account_run_and_time(book):
    properties = book.properties
    assert properties.title == "Audit of NetSuite account 1234567"
    assert properties.subject == "Run 20261121T020000Z"
    assert properties.creator == "netsuite-auditor 0.1.0"
    assert properties.created == properties.modified == datetime(2026, 11, 21, 2, 0, 0)  # noqa: DTZ001


def test_the_summary_states_verdict_baseline_and_coverage(book):
    found = texts(book, "Summary")
    for text in (
        "findings, and incomplete",
        "3 findings of severity low or above, 1 question that could not be decided.",
        "Account 1234567, read 2026-11-21 02:00:00 UTC",
        "2026-11-21 02:00:00 UTC, from files: 1234567",
        "20261121T020000Z, netsuite-auditor 0.1.0",
        "expensify-integration",
        "2026.11",
        "stated",
        f"Expensify Integration role\nSource: Expensify help, NS0384 sync error\nSHA-256 {'ab' * 32}",
        "Read: 2 roles (collected), 14 role permissions (collected), 3 access tokens (collected).",
        "not available",
    ):
        assert text in found, text
    assert "inferred" not in found
    assert "Replay" not in found


def test_the_summary_counts_findings_by_severity_and_status(book):
    page = book["Summary"]
    rows = {row[0].value: [cell.value for cell in row[1:5]] for row in page.iter_rows() if row[0].value}
    assert rows["Severity"] == ["fail", "unknown", "pass", "not applicable"]
    assert rows["high"] == [3, 1, 6, 1]
    assert rows["critical"] == rows["info"] == [0, 0, 0, 0]


def test_the_summary_leads_to_every_sheet(book):
    page = book["Summary"]
    links = {row[0].value: (target(row[0]), row[1].value) for row in page.iter_rows() if row[0].hyperlink}
    assert links == {
        "Change requests": ("'Change requests'!A1", 3),
        "By permission": ("'By permission'!A1", 3),
        "On hold": ("'On hold'!A1", 0),
        "Done": ("'Done'!A1", 0),
        "Matrix": ("'Matrix'!A1", 8),
        "Findings": ("'Findings'!A1", 11),
        "Tokens": ("'Tokens'!A1", 3),
        "Token verdicts": ("'Token verdicts'!A1", 0),
        "Roles": ("'Roles'!A1", 2),
        "Drift": ("'Drift'!A1", 0),
        "Coverage": ("'Coverage'!A1", None),
    }
    for name in SHEETS[1:]:
        assert target(book[name]["A3"]) == "'Summary'!A1"


def test_a_baseline_that_is_inferred_and_a_run_that_is_a_replay_say_so():
    result = REPLACE(RESULT, baselines=(samples.baseline(confidence=Confidence.INFERRED),))
    found = texts(render(result, REPLACE(RUN, replay_of="20261101T020000Z")), "Summary")
    assert "inferred" in found
    assert "This is a replay of run 20261101T020000Z: nothing was read again." in found


def test_every_finding_has_a_row_with_all_that_is_known_worst_first(book):
    rows = table_rows(book, "Findings", "Findings")
    assert {row["Finding"] for row in rows} == {finding.id for finding in RESULT.findings}
    assert [row["Status"] for row in rows] == ["fail"] * 3 + ["unknown"] + ["pass"] * 6 + ["not applicable"]
    finding = RESULT.findings[1]
    (row,) = (row for row in rows if row["Finding"] == finding.id)
    assert row == {
        "Finding": finding.id,
        "Status": "fail",
        "Waived through": None,
        "Waiver": None,
        "Severity": "high",
        "Check": "role-levels",
        "Subject": "role",
        "Name": "Expensify Integration",
        "Key": "customrole1042",
        "Requirement": "expensify-integration:LIST_CLASS",
        "Title": "Role 'Expensify Integration' has Classes at None, View is needed",
        "Expected": "Classes: View",
        "Actual": "None",
        "Gap": "missing",
        "Source of level": "no row",
        "Codes": "NS0384",
        "Sub-tab": "Lists",
        "Permission": "Classes",
        "Permission id": "LIST_CLASS",
        "Level": "None",
        "Level asked": "View",
        "Reason": None,
        "Fix": "1. Go to Setup > Users/Roles > Manage Roles and open the role with Edit.\n"
        "2. On the Permissions tab, sub-tab Lists, set Classes to View.\n3. Save.",
        "Baseline": "expensify-integration",
        "Notes": None,
    }


def test_a_consequence_is_a_finding_and_no_change_request():
    finding = REPLACE(RESULT.findings[1], consequence=True, notes=("a note",))
    book = render(REPLACE(RESULT, findings=(finding,)))
    (row,) = table_rows(book, "Findings", "Findings")
    assert row["Notes"] == "Follows from other findings: mending those mends it.\na note"
    assert texts(book, "Change requests")[-1] == "Nothing failed: nothing to change."


def test_change_requests_have_room_for_the_reviewer_and_lead_to_finding_and_role(book):
    rows = table_rows(book, "Change requests", "ChangeRequests")
    assert [(row["Permission id"], row["From"], row["To"]) for row in rows] == [
        ("LIST_CLASS", "None", "View"),
        ("LIST_EMPLOYEE", "View", "Full"),
        ("ADMI_WEBSERVICES", "View", "Full"),
    ]
    assert rows[0] == {
        "Account": "1234567",
        "Subject": "role",
        "Name": "Expensify Integration",
        "Id": "customrole1042",
        "Sub-tab": "Lists",
        "Permission": "Classes",
        "Permission id": "LIST_CLASS",
        "From": "None",
        "To": "View",
        "Severity": "high",
        "Codes": "NS0384",
        "Why": "Role 'Expensify Integration' has Classes at None, View is needed",
        "What to do": "1. Go to Setup > Users/Roles > Manage Roles and open the role with Edit.\n"
        "2. On the Permissions tab, sub-tab Lists, set Classes to View.\n3. Save.",
        "Finding": RESULT.findings[1].id,
        "Also mends": None,
        "Owner": None,
        "Decision": "to do",
        "Ticket": None,
        "Due": None,
        "Comment": None,
    }


def test_links_of_change_requests_arrive(book):
    page = book["Change requests"]
    header = [cell.value for cell in page[4]]
    for row in page.iter_rows(min_row=5, max_row=7):
        finding = row[header.index("Finding")]
        sheet, cell = target(finding).replace("'", "").split("!")
        assert book[sheet][cell].value == finding.value
        role = row[header.index("Name")]
        sheet, cell = target(role).replace("'", "").split("!")
        assert book[sheet][cell].value == role.value


def test_the_decision_is_chosen_from_a_list(book):
    (validation,) = book["Change requests"].data_validations.dataValidation
    assert validation.type == "list"
    assert validation.formula1 == '"to do,approved,rejected,done"'
    header = [cell.value for cell in book["Change requests"][4]]
    column = book["Change requests"].cell(4, header.index("Decision") + 1).column_letter
    assert str(validation.sqref) == f"{column}5:{column}7"
    assert book["Change requests"][f"{column}5"].value == "to do"
    due = book["Change requests"].cell(5, header.index("Due") + 1)
    assert due.number_format == "yyyy-mm-dd"


def test_by_permission_lists_the_roles_of_each_mass_update():
    findings = []
    for number in (1, 2, 3):
        role = REPLACE(RESULT.snapshot.roles[0], key=str(number), scriptid=str(number), name=f"Role {number}")
        findings += [samples.role_finding(index, "1234567", role, samples.baseline()) for index in (1, 7)]
    book = render(REPLACE(RESULT, findings=tuple(findings)))
    rows = table_rows(book, "By permission", "ByPermission")
    assert [(row["Permission id"], row["Set to"], row["Roles in all"], row["Role"], row["From"]) for row in rows] == [
        ("LIST_CLASS", "View", 3, "Role 1", "None"),
        ("LIST_CLASS", "View", 3, "Role 2", "None"),
        ("LIST_CLASS", "View", 3, "Role 3", "None"),
        ("ADMI_WEBSERVICES", "Full", 3, "Role 1", "View"),
        ("ADMI_WEBSERVICES", "Full", 3, "Role 2", "View"),
        ("ADMI_WEBSERVICES", "Full", 3, "Role 3", "View"),
    ]


def test_roles_stand_with_their_distance(book):
    rows = table_rows(book, "Roles", "Roles")
    assert rows[0] == {
        "Role": "Expensify Integration",
        "Id": "customrole1042",
        "Inactive": "no",
        "Permission rows": 7,
        "Baseline": "expensify-integration",
        "Met": 5,
        "Undecided": 0,
        "Asked": 8,
        "Met of asked": 0.625,
        "Judged": "yes",
        "Why": "on an active token of Expensify",
    }
    assert [(row["Role"], row["Inactive"], row["Judged"]) for row in rows[1:]] == [
        ("Accounts Payable Clerk", "yes", "no")
    ]
    assert "Read: 2 roles (collected), 14 role permissions (collected)." in book["Roles"]["A2"].value


def test_a_role_of_which_nothing_is_asked_has_no_share():
    nothing = REPLACE(RESULT.distances[0], asked=0, met=0, inactive=None)
    (row,) = table_rows(render(REPLACE(RESULT, distances=(nothing,))), "Roles", "Roles")
    assert (row["Met of asked"], row["Inactive"]) == (None, "not given")


def test_tokens_stand_with_their_verdict_worst_first(book):
    rows = table_rows(book, "Tokens", "Tokens")
    assert [(row["Id"], row["State"], row["Status"]) for row in rows] == [
        ("901", "active", "fail"),
        ("902", "revoked", "not applicable"),
        ("903", "active", "not applicable"),
    ]
    assert (rows[0]["Met"], rows[0]["Asked"], rows[0]["Causes"], rows[0]["Codes"]) == (
        5,
        8,
        "The role lacks 3 of 8 required levels",
        "NS0384",
    )


def test_coverage_names_every_table_its_state_and_where_it_came_from(book):
    rows = {row["What"]: row for row in table_rows(book, "Coverage", "Coverage")}
    assert set(rows) == {table.value for table in Table}
    assert (rows["roles"]["State"], rows["roles"]["Rows"]) == ("collected", 2)
    assert (rows["features"]["State"], rows["features"]["Remark"]) == (
        "not available",
        "No export of this kind was among the files.",
    )
    (origin,) = (row for row in table_rows(book, "Coverage", "Origins") if row["What"] == "access tokens")
    assert (origin["File or query"], origin["Rows"], origin["SHA-256"]) == ("access_tokens.csv", 3, "cd" * 32)
    (not_judged,) = table_rows(book, "Coverage", "NotJudged")
    assert (not_judged["Asked for"], not_judged["Why it is not judged"]) == (
        "Product Lines: View",
        "NetSuite's permission id for it is not published.",
    )
    (note,) = table_rows(book, "Coverage", "Notes")
    assert note["Note"] == "Permission id LIST_NOVELTY is not in the catalogue; kept."
    assert RESULT.snapshot.not_collected[0] in texts(book, "Coverage")


def test_coverage_tells_what_a_live_read_left_behind():
    partial = Coverage(
        table=Table.ROLE_PERMISSIONS,
        state=State.PARTIAL,
        rows=17_999,
        detail="The account changed while it was read.",
        pages=18,
        counted_before=18_000,
        counted_after=18_001,
        columns_dropped=("restriction",),
        origins=(Origin(name="SELECT role FROM rolepermissions", rows=17_999, problem="page 18 was cut"),),
        canaries=(),
    )
    snapshot = REPLACE(RESULT.snapshot, coverage=(partial,), notes=(Note(Table.ROLES, "x", "y"),), not_collected=())
    book = render(REPLACE(RESULT, snapshot=snapshot))
    (row,) = (row for row in table_rows(book, "Coverage", "Coverage") if row["What"] == "role permissions")
    assert (row["State"], row["Rows"], row["Pages"]) == ("partial", 17_999, 18)
    assert row["Remark"] == (
        "The account changed while it was read.\nCounted 18000 before and 18001 after the read.\n"
        "Columns that the account does not show: restriction."
    )
    (origin,) = table_rows(book, "Coverage", "Origins")
    assert origin["Problem"] == "page 18 was cut"
    assert "role permissions partial" in " ".join(str(text) for text in texts(book, "Summary"))
    assert "Nothing is known to be missing." in texts(book, "Coverage")


def test_coverage_tells_what_the_user_stated():
    scope = Scope(roles=("customrole1042",), assumptions={"oneworld": False}, fail_on=Severity.HIGH)
    rows = table_rows(render(REPLACE(RESULT, scope=scope)), "Coverage", "Scope")
    assert [tuple(row.values()) for row in rows] == [
        ("counts as a failure from", "severity", "high"),
        ("assumed", "oneworld", "no"),
        ("role to judge", "customrole1042", "named by the user"),
    ]


def test_words_get_colours_by_conditional_format(book):
    def coloured(sheet, cells):
        for entry in book[sheet].conditional_formatting:
            if str(entry.sqref) == cells:
                yield from (rule.formula[0] for rule in entry.rules if rule.type == "cellIs")

    assert list(coloured("Findings", "B5:B15"))[:3] == ['"fail"', '"unknown"', '"pass"']
    assert list(coloured("Change requests", "H5:H7")) == ['"None"', '"View"', '"Create"', '"Edit"', '"Full"']
    assert list(coloured("Matrix", "D6:G13")) == ['"None"', '"View"', '"Create"', '"Edit"', '"Full"']
    assert '"not permitted"' in list(coloured("Coverage", f"B5:B{4 + len(Table)}"))


@pytest.mark.parametrize(
    ("sheet", "frozen", "titles"),
    [
        ("Change requests", "D5", ("$A:$C", "$4:$4")),
        ("By permission", "C5", ("$A:$B", "$4:$4")),
        ("Matrix", "F6", ("$A:$E", "$4:$5")),
        ("Findings", "D5", ("$A:$C", "$4:$4")),
        ("Tokens", "B5", ("$A:$A", "$4:$4")),
        ("Roles", "B5", ("$A:$A", "$4:$4")),
        ("Coverage", "A4", (None, None)),
    ],
)
def test_headers_stay_in_view_and_print_is_set_up(book, sheet, frozen, titles):
    page = book[sheet]
    assert page.freeze_panes == frozen
    assert (page.print_title_cols, page.print_title_rows) == titles
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.fitToHeight == 0
    assert page.oddHeader.left.text == "&BAccount 1234567"
    assert page.oddFooter.left.text == "netsuite-auditor, run 20261121T020000Z"
    assert page.oddFooter.right.text == "Page &P of &N"


def test_columns_fit_their_texts_and_stay_within_bounds(book):
    for name in SHEETS[1:]:
        page = book[name]
        for table in page.tables.values():
            for header in page[table.ref][0]:
                width = page.column_dimensions[header.column_letter].width
                assert width >= len(header.value) + 3, (name, header.value)
                assert width <= 95, (name, header.value)


def test_rows_are_as_high_as_their_texts_ask(book):
    page = book["Change requests"]
    assert page.row_dimensions[5].height >= 45  # a fix of three steps


def test_a_clean_result_says_that_there_is_nothing_to_do():
    book = render(samples.clean_result())
    assert "clean" in texts(book, "Summary")
    assert texts(book, "Change requests")[-1] == "Nothing failed: nothing to change."
    assert texts(book, "By permission")[-1] == "No permission level has to be changed."
    assert texts(book, "Tokens")[-1] == "No access token is in what was read."
    assert texts(book, "Roles")[-1] == "No role was held against a baseline."
    assert book["Change requests"].data_validations.dataValidation == []


def test_a_result_without_anything_in_it_still_makes_a_workbook():
    snapshot = REPLACE(
        RESULT.snapshot,
        **dict.fromkeys(
            ("roles", "permissions", "tokens", "users", "assignments", "global_permissions", "coverage", "notes"), ()
        ),
    )
    empty = REPLACE(RESULT, snapshot=snapshot, baselines=(), findings=(), distances=(), tokens=())
    book = render(empty)
    assert texts(book, "Findings")[-1] == "Nothing was judged."
    assert texts(book, "Matrix")[-1] == "No baseline asks for a permission."
    assert [row["State"] for row in table_rows(book, "Coverage", "Coverage")] == ["not available"] * len(Table)


def test_every_failed_finding_is_among_the_change_requests():
    result = samples.big_result(400)
    book = render(result)
    failed = {finding.id for finding in result.findings if finding.status is Status.FAIL}
    assert {row["Finding"] for row in table_rows(book, "Change requests", "ChangeRequests")} == failed
    assert len(failed) == 150


def test_the_summary_says_what_to_do_at_the_vendor_once_the_changes_are_made():
    def rows(result):
        sheet = render(result)["Summary"]
        return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]

    found = rows(samples.mixed_result())
    start = found.index(["Once the changes are made in NetSuite"])
    assert found[start + 1 : start + 4] == [
        ["Vendor", "Step", "What to do there"],
        ["Expensify", 1, "In Expensify, open Workspaces, the workspace, Accounting."],
        ["Expensify", 2, "Choose Sync Now."],
    ]
    assert ["Once the changes are made in NetSuite"] not in rows(samples.clean_result())
