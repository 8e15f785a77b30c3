"""report.pdf, read back: what page 1 answers, the findings, the appendix."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from auditor.model import Confidence, Scope, Severity, State, Status
from auditor.reports.pdf import AccountPdf
from tests import samples
from tests.reports import pdf_reading as read


def rendered(result, **changes):
    return AccountPdf().render(result, replace(samples.run(result), **changes))


@pytest.fixture(scope="module")
def mixed():
    return rendered(samples.mixed_result())


def test_page_1_answers_the_reader_who_knows_no_netsuite(mixed):
    page = read.text(mixed, 0)
    for said in (
        "Account 1234567",
        "as they stood on 21 November 2026, 02:00 UTC",
        "Findings, and incomplete",
        "3 of 10 requirements that apply are not met.",
        "NetSuite can refuse what Expensify asks of it.",
        "1 requirement could not be decided, because the data for it is missing.",
        "files: 1234567",
        "? Incomplete. 15 of 16 kinds of data were read in full. Not given: features.",
        "Expensify Integration role expensify-integration version 2026.11",
        "Expensify help, NS0384 sync error, read on 2026-11-21",
        "ab" * 32,
        "Raise 3 permission levels in role Expensify Integration customrole1042 (NS0384)",
        "Classes None → View · Employees View → Full · SOAP Web Services View → Full",
        "Supply what is missing to decide 1 requirement Add the users and roles export.",
        "Sync User Expensify Integration active ✘ failed, 5 of 8",
        "A role is a named set of NetSuite permissions",
        "An access token is the key with which another application works in NetSuite",
        "there is a gap: NetSuite refuses the request",
        "Run 20261121T020000Z · netsuite-auditor 0.1.0",
    ):
        assert said in page, said
    assert "Inferred" not in page


def test_a_screen_reader_says_the_verdict_then_its_numbers_then_the_steps_with_their_numbers(mixed, tmp_path):
    said = read.spoken(mixed, tmp_path)
    order = [
        "Account 1234567",
        "Findings, and incomplete 3 of 10 requirements",
        "11 requirements 6 ✔ met 3 ✘ failed 1 ? unknown 1 ○ not applicable",
        "What was audited Account 1234567 Read from files: 1234567 Read at 21 November 2026, 02:00 UTC",
        "Against what Expensify Integration role",
        "What to do first 1. Raise 3 permission levels",
        "2. Supply what is missing",
        "Access tokens at a glance Token User Role State Verdict",
        "How to mend it 1. Go to Setup > Users/Roles > Manage Roles",
        "Failures count from severity low Roles named for judging none Assumptions none",
    ]
    places = [said.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "Page 1 of" not in said  # running heads are not part of what is said


def test_a_failed_row_says_what_is_asked_what_is_there_and_how_to_mend_it(mixed):
    text = read.text(mixed)
    assert "Employees LIST_EMPLOYEE · Lists Full View, too low the role high NS0384" in text
    assert "Classes LIST_CLASS · Lists View None, missing no row in the role high NS0384" in text
    assert samples.mixed_result().findings[1].id in text
    assert text.count("Go to Setup > Users/Roles > Manage Roles and open the role with Edit.") == 1
    for step in (
        "On the Permissions tab, sub-tab Lists, set Classes to View.",
        "On the Permissions tab, sub-tab Setup, set SOAP Web Services to Full.",
        "Choose Sync Now.",
    ):
        assert step in text, step


def test_the_appendix_says_what_the_verdict_rests_on(mixed):
    text = read.text(mixed)
    for said in (
        "Role permissions ✔ collected 14",
        "Features ○ not given 0 No export of this kind was among the files.",
        "access_tokens.csv access tokens " + "cd" * 32,
        "Permission id LIST_NOVELTY is not in the catalogue; kept.",
        "OAuth 2.0 authorizations: no table lists them",
        "Product Lines View NetSuite's permission id for it is not published.",
        "Expensify Integration customrole1042 5 of 8 0 7 Yes: on an active token of Expensify",
        "Roles with a No are not judged because: no token of Expensify uses it.",
        "Accounts Payable Clerk (inactive) customrole1050 1 of 8 0 8 No",
        "Log in using Access Tokens ADMI_LOGIN_OAUTH · Setup Full NS0384",
    ):
        assert said in text, said


def test_choices_of_the_user_are_part_of_the_evidence(tmp_path):
    scope = Scope(roles=("customrole77",), assumptions={"oneworld": False, "feature:MULTICURRENCY": True})
    pdf = rendered(replace(samples.clean_result(), scope=scope), replay_of="20261120T020000Z")
    text = read.spoken(pdf, tmp_path)
    assert "Roles named for judging customrole77" in text
    assert "Assumptions feature:MULTICURRENCY: yes, oneworld: no" in text
    assert "(judged again from run 20261120T020000Z)" in text


def test_an_inferred_baseline_says_so_on_page_1_and_wherever_it_is_named():
    inferred = samples.baseline(confidence=Confidence.INFERRED)
    pdf = rendered(replace(samples.mixed_result(), baselines=(inferred,)))
    assert "Expensify Integration role Inferred (not stated by the vendor)" in read.text(pdf, 0)
    text = read.text(pdf)
    assert "held against Expensify Integration role 2026.11 (inferred)" in text
    assert "held against Expensify Integration role 2026.11," not in text
    assert "Treat its findings as hints." in text


def test_a_clean_account_is_called_clean_and_asks_for_nothing():
    pdf = rendered(samples.clean_result())
    page = read.text(pdf, 0)
    assert "Clean All 6 requirements that apply are met, and the data that they need was read." in page
    assert "✔ Complete for what was judged. 16 of 16 kinds of data were read in full." in page
    assert "Nothing has to be done." in page
    assert "Nothing failed." in read.text(pdf)


def test_where_nothing_was_judged_nothing_is_called_clean():
    result = replace(samples.clean_result(), findings=(), baselines=())
    page = read.text(rendered(result), 0)
    assert "Nothing judged No requirement was held against anything in this account" in page
    assert "Clean" not in page
    assert "No baseline was held against this account." in page
    assert "this report asks for nothing" in page


def test_unknown_alone_is_no_all_clear_and_missing_tokens_are_named():
    result = samples.mixed_result()
    result = replace(
        result,
        snapshot=samples.snapshot(access_tokens=State.NOT_AVAILABLE, users=State.FAILED),
        findings=tuple(finding for finding in result.findings if finding.status is Status.UNKNOWN),
        tokens=(),
    )
    page = read.text(rendered(result), 0)
    assert "Incomplete Nothing that could be judged failed, but this is not an all-clear." in page
    assert "Not given: access tokens. Failed: users." in page
    assert "Read the users again: the read failed" in page
    assert "The account's list of access tokens was not read, so nothing is known of them." in page


def test_failures_below_the_threshold_are_told_beside_a_clean_verdict():
    result = samples.mixed_result()
    result = replace(
        result,
        scope=Scope(fail_on=Severity.CRITICAL),
        findings=tuple(finding for finding in result.findings if finding.status is not Status.UNKNOWN),
    )
    page = read.text(rendered(result), 0)
    assert "Nothing failed at or above the severity that this audit counts (critical)." in page
    assert "3 below the severity that counts are noted." in page
    assert "All" not in page.partition("What was audited")[0]


def test_where_nothing_was_judged_nothing_is_said_to_have_passed_the_test():
    clean = samples.clean_result()
    nothing = replace(clean, findings=())
    assert "Nothing failed." in read.text(AccountPdf().render(clean, samples.run(clean)))
    text = read.text(AccountPdf().render(nothing, samples.run(nothing)))
    assert "Nothing was judged, so nothing can have failed." in text
    assert "Nothing failed" not in text
