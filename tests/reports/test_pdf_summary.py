"""summary.pdf, read back: accounts expected and audited, what failed, the table, the matrix."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.model import AccountFailure, Confidence, Level, Severity, State, Status, Table
from auditor.reports.base import account_folder
from auditor.reports.pdf import SummaryPdf
from auditor.reports.pdf.matrix import MOST_ACCOUNTS, matrix
from auditor.reports.pdf.summary import summary_view
from auditor.reports.pdf.typeset import Typesetter
from auditor.reports.pdf.verdicts import run_verdict
from tests import samples
from tests.reports import pdf_reading as read


@pytest.fixture(scope="module")
def pdf():
    results = (samples.clean_result("1000001"), samples.mixed_result("1000002"), samples.mixed_result("1000003_SB1"))
    return SummaryPdf().render(samples.run(*results, failures=(samples.FAILED_ACCOUNT,)))


def test_page_1_says_how_many_were_expected_and_names_the_one_that_could_not_be_audited(pdf):
    page = read.text(pdf, 0)
    for said in (
        "4 accounts expected, 3 audited",
        "Findings, and incomplete 2 of 3 audited accounts do not meet what is required.",
        "In 2 accounts something could not be decided, because data is missing.",
        "1 account could not be audited at all.",
        "○ 9999999 The folder holds no file that can be read. Give the folder that holds the exports.",
        "Expensify help, NS0384 sync error, 2026-11-21",
    ):
        assert said in page, said


def test_the_accounts_stand_with_the_worst_first_and_where_their_reports_lie(pdf, tmp_path):
    said = read.spoken(pdf, tmp_path)
    rows = [
        "1000002 ✘ findings, and incomplete 6 3 1 features accounts/1000002/report.pdf",
        "1000003_SB1 ✘ findings, and incomplete 6 3 1 features accounts/1000003_SB1/report.pdf",
        "1000001 ✔ clean 6 0 0 accounts/1000001/report.pdf",
    ]
    places = [said.find(row) for row in rows]
    assert -1 not in places, rows[places.index(-1)]
    assert places == sorted(places)


def test_the_matrix_shows_each_requirement_in_each_account(pdf, tmp_path):
    said = read.spoken(pdf, tmp_path)
    assert "Requirement Failed in 1000002 1000003_SB1 1000001 Accounts , Full ✔ ■■■■ ✔ ■■■■ ✔ ■■■■" in said
    # Blank for the clean account, which has no such finding.
    assert "Classes , View 2 ✘ □□□□ ✘ □□□□ Departments" in said
    assert "? ?" in said
    assert "○ ○" in said


def test_what_was_not_collected_is_said_with_the_number_of_accounts(pdf):
    text = read.text(pdf)
    assert "in how many of 3 audited accounts: Features: 2" in text
    assert "OAuth 2.0 authorizations: no table lists them" in text


def test_a_run_in_which_nothing_was_audited():
    failures = (AccountFailure(account="2", cause="No such folder.", remedy="Name another."), samples.FAILED_ACCOUNT)
    text = read.text(SummaryPdf().render(samples.run(failures=failures)))
    assert "2 accounts expected, 0 audited" in text
    assert "Not audited No account could be audited, so this report says nothing about any." in text
    assert "○ 2 No such folder. Name another." in text
    assert "No account was audited." in text


def test_an_account_whose_name_is_no_folder_name_is_led_to_where_its_report_is():
    view = summary_view(samples.run(samples.mixed_result("../acme & co")))
    assert view.accounts[0].report == f"{account_folder('../acme & co')}/report.pdf"
    assert ".." not in view.accounts[0].report


def test_where_nothing_was_read_in_full_it_says_everything():
    states = {table.name.lower(): State.PARTIAL for table in Table}
    result = replace(samples.mixed_result(), snapshot=samples.snapshot(**states))
    assert summary_view(samples.run(result)).accounts[0].incomplete == ("everything",)


def test_a_clean_run():
    text = read.text(SummaryPdf().render(samples.run(samples.clean_result())))
    assert "1 account expected, 1 audited" in text
    assert "Clean No failure was found in 1 audited account." in text
    assert "Every account that was expected was audited." in text


def results_of(count):
    return tuple(
        samples.clean_result(f"{number:07d}") if number % 3 == 0 else samples.mixed_result(f"{number:07d}_SB1")
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("accounts", "widths"), [(1, [1]), (20, [20]), (21, [11, 10]), (35, [18, 17]), (130, [20] * 2)]
)
def test_many_accounts_are_split_into_parts_of_about_equal_width(accounts, widths):
    parts = matrix(results_of(accounts))
    assert [len(part.accounts) for part in parts] == widths
    assert [part.continued for part in parts] == [False] + [True] * (len(widths) - 1)


def test_the_matrix_is_what_the_findings_say():
    """Against plain dictionaries: the worst status of a requirement in an account."""
    results = results_of(35)
    order = [Status.NOT_APPLICABLE, Status.PASS, Status.UNKNOWN, Status.FAIL]
    symbols = dict(zip(order, "○✔?✘", strict=True))
    second = replace(results[1].findings[0], status=Status.UNKNOWN)  # a second role in the same account
    results = (results[0], replace(results[1], findings=(*results[1].findings, second)), *results[2:])
    worst = {}
    for result in results:
        for finding in result.findings:
            key = (finding.requirement, result.account)
            worst[key] = max(worst.get(key, 0), order.index(finding.status))
    wanted = {}
    for (requirement, account), rank in worst.items():
        label = next(f for r in results for f in r.findings if f.requirement == requirement)
        if label.permission_label:
            wanted[(label.permission_label, account)] = symbols[order[rank]]
    shown = {
        (row.what, account): cell.sign.symbol
        for part in matrix(results)
        for row in part.rows
        for account, cell in zip(part.accounts, row.cells, strict=True)
        if row.level and cell.sign.symbol
    }
    assert shown == wanted
    assert shown[("Accounts", results[1].account)] == "?"
    for row in matrix(results)[0].rows:
        if row.level:
            assert row.failed_in == sum(1 for (what, _), sign in shown.items() if what == row.what and sign == "✘")


def test_the_level_of_the_worst_stands_as_a_picture():
    first = samples.mixed_result()
    better = tuple(replace(each, actual_level=Level.EDIT) for each in first.findings if each.gap)
    both = replace(first, findings=(*better, *first.findings, *better))
    (row,) = (row for row in matrix((both,))[0].rows if row.what == "Employees")
    assert [cell.picture for cell in row.cells] == ["■□□□"], "View, lower than Edit, and both fail"
    unread = replace(first, findings=tuple(replace(each, actual_level=None) for each in first.findings))
    assert {cell.picture for row in matrix((unread,))[0].rows for cell in row.cells} == {""}
    page = read.text(SummaryPdf().render(samples.run(first)))
    assert "✘ ■□□□" in page
    assert "✔ ■■■■" in page


def test_rows_keep_the_order_of_the_baseline_and_an_inferred_one_says_so():
    inferred = samples.baseline(confidence=Confidence.INFERRED)
    parts = matrix((replace(samples.mixed_result(), baselines=(inferred,)),))
    assert parts[0].baseline == "Expensify Integration role 2026.11 (inferred)"
    assert [row.what for row in parts[0].rows][:8] == [label for _, label, *_ in samples.ROWS]


def test_requirements_that_no_baseline_asks_are_each_check_s_own():
    """Two checks may name theirs alike; and a subsidiary's number at the end is another one in another account."""
    first = samples.mixed_result("1").findings[0]
    own = replace(
        first, baseline="", permission="", permission_label="", expected_level=None, requirement="strong",
        check="own-credential", expected="no strong permission", status=Status.FAIL,
    )  # fmt: skip
    least = replace(own, check="least-privilege", expected="nothing strong", status=Status.PASS)
    defaults = replace(own, check="employee-defaults", expected="open to its subsidiary", requirement="default:open:2")
    findings = {"1": (own, least, defaults), "2": (replace(defaults, requirement="default:open:7"),)}
    results = (replace(samples.mixed_result(key), findings=each) for key, each in findings.items())
    (part,) = matrix(results)
    assert [(row.what, "".join(cell.sign.symbol for cell in row.cells)) for row in part.rows] == [
        ("Open to its subsidiary", "✘✘"),
        ("Nothing strong", "✔"),
        ("No strong permission", "✘"),
    ]


def test_what_few_accounts_leave_of_a_page_is_for_the_requirement():
    widths = [sum(matrix(results_of(number))[0].columns) for number in (1, 12, 20)]
    assert widths == pytest.approx([129.6, 176, 176])
    assert matrix(results_of(3))[0].columns == (110, 14, 5.6, 5.6, 5.6)
    assert matrix(results_of(20))[0].columns[0] == 50


def test_each_baseline_has_its_own_part_with_the_accounts_that_it_was_held_against():
    other = samples.baseline(id="zz-other", title="Another role")
    first, second = samples.mixed_result("1"), samples.mixed_result("2")
    findings = tuple(
        replace(
            finding, baseline="zz-other", requirement=finding.requirement.replace("expensify-integration", "zz-other")
        )
        for finding in second.findings
    )
    parts = matrix((first, replace(second, baselines=(other,), findings=findings)))
    assert [(part.baseline, part.accounts) for part in parts] == [
        ("Expensify Integration role 2026.11", ("1",)),
        ("Another role 2026.11", ("2",)),
    ]


def test_a_bound_is_stated_where_accounts_are_left_out_of_the_matrix():
    view = summary_view(samples.run(*results_of(MOST_ACCOUNTS + 7)))
    assert view.matrix_left_out == 7
    html = Typesetter().html("summary.html.j2", view)
    assert "7 accounts with fewer failures have no column here" in html
    assert html.count('class="turned"') == MOST_ACCOUNTS


def test_no_findings_at_all_make_no_matrix():
    assert matrix((replace(samples.clean_result(), findings=()),)) == ()


def test_failures_that_do_not_count_are_told_where_nothing_else_failed():
    mixed = samples.mixed_result("1000002")
    noted = replace(mixed, scope=replace(mixed.scope, fail_on=Severity.CRITICAL))
    waived = replace(mixed, findings=tuple(replace(each, waiver=samples.WAIVER) for each in mixed.findings))
    clean = samples.clean_result("1000001")
    assert run_verdict(samples.run(clean)).sentence == "No failure was found in 1 audited account."
    assert run_verdict(samples.run(clean, noted)).sentence.startswith(
        "No failure that counts was found in 2 audited accounts; 3 below the severity that counts are noted."
    )
    assert "; 3 below the severity that counts are noted and 3 are waived." in (
        run_verdict(samples.run(noted, waived)).sentence
    )


def test_a_long_part_of_the_matrix_stands_under_its_title(tmp_path):
    result = samples.mixed_result()
    one = result.findings[0]
    many = tuple(
        replace(one, requirement=f"row-{number:02}", baseline="", expected=f"Number {number:02}", expected_level=None)
        for number in range(60)
    )
    pdf = SummaryPdf().render(samples.run(replace(result, findings=many)))
    title = next(page for page in range(9) if "Other requirements" in read.text(pdf, page))
    assert "Number 00" in read.text(pdf, title)
