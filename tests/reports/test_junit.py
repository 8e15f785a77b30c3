"""findings.junit.xml and accounts.junit.xml: held to the schema of the Jenkins xUnit plugin, and to exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from auditor.model import AccountFailure, Scope, Severity, State, Table
from auditor.reports.junit import AccountJunit, RunJunit
from tests import samples
from tests.reports.hostile import HOSTILE, hostile_result
from tests.reports.pdf_hostile import CORPUS, poisoned

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "junit-10.xsd"))
RESULT = samples.followed_result()
RUN = samples.run(RESULT, samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))


def parsed(data: bytes):
    root = etree.fromstring(data)
    SCHEMA.assertValid(root)
    (suite,) = root
    cases = suite.findall("testcase")
    for number, elements in (("tests", cases), *((f"{kind}s", suite.iter(kind)) for kind in ("failure", "error"))):
        assert root.get(number) == suite.get(number) == str(len(list(elements))), number
    assert suite.get("skipped") == str(len(list(suite.iter("skipped"))))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names)
    return suite


def account(result=RESULT, run=RUN):
    return parsed(AccountJunit().render(result, run))


def whole(run=RUN):
    return parsed(RunJunit().render(run))


def outcome(case) -> str:
    return case[0].tag if len(case) else "passed"


def test_every_requirement_is_a_test_case_and_its_status_the_outcome():
    suite = account()
    cases = suite.findall("testcase")
    assert len(cases) == len(RESULT.findings) + len(Table)
    outcomes = [outcome(case) for case in cases[: len(RESULT.findings)]]
    assert outcomes.count("failure") == 2
    assert outcomes.count("error") == 1
    assert outcomes.count("skipped") == 2
    assert outcomes.count("passed") == 6
    failed = next(case for case in cases if outcome(case) == "failure")
    assert failed.get("classname") == "1234567.role-levels"
    assert failed.get("name") == f"role customrole1042: expensify-integration:LIST_CLASS [{RESULT.failed()[0].id}]"
    assert failed[0].get("message") == "Role 'Expensify Integration' has Classes at None, View is needed"
    assert "On the Permissions tab, sub-tab Lists, set Classes to View." in failed[0].text


def test_a_test_case_keeps_its_name_when_role_and_level_change():
    renamed = samples.mixed_result(role_name="Spend Sync")
    name = lambda suite: [case.get("name") for case in suite.findall("testcase")]  # noqa: E731
    assert name(account(renamed)) == name(account())


def test_a_waived_finding_is_skipped_with_its_waiver():
    waived = next(each for each in account().iter("skipped") if each.get("type") == "waived")
    assert waived.get("message").startswith("Waived by Ana Ortiz until 2027-01-31 (CHG-1042): Employees")


def test_a_read_that_broke_off_is_an_error_and_one_that_was_not_given_is_skipped():
    broken = account(replace(RESULT, snapshot=samples.snapshot(role_permissions=State.PARTIAL, users=State.FAILED)))
    reads = {
        case.get("name"): outcome(case) for case in broken.findall("testcase") if "read in full" in case.get("name")
    }
    assert reads["role permissions read in full"] == reads["users read in full"] == "error"
    assert reads["roles read in full"] == "passed"
    not_given = account(replace(RESULT, snapshot=samples.snapshot(features=State.NOT_AVAILABLE)))
    (case,) = (each for each in not_given.findall("testcase") if each.get("name") == "features read in full")
    assert outcome(case) == "skipped"


@pytest.mark.parametrize(
    ("result", "failures", "errors"),
    [
        (samples.clean_result(), False, False),
        (RESULT, True, True),
        (replace(RESULT, scope=Scope(fail_on=Severity.CRITICAL)), False, True),
        (replace(samples.clean_result(), snapshot=samples.snapshot(roles=State.FAILED)), False, True),
        (samples.big_result(8), True, False),
    ],
)
def test_failures_and_errors_say_what_the_exit_code_says(result, failures, errors):
    suite = account(result)
    assert (suite.get("failures") != "0", suite.get("errors") != "0") == (failures, errors)
    assert (bool(result.failed()), result.incomplete) == (failures, errors)


def test_an_account_that_was_not_audited_is_an_error():
    suite = whole()
    assert {case.get("name"): outcome(case) for case in suite.findall("testcase")} == {
        "1234567": "passed",
        "7654321_SB1": "passed",
        "9999999": "error",
    }
    (error,) = suite.iter("error")
    assert error.get("message") == "The folder holds no file that can be read."
    assert error.text == "Give the folder that holds the exports."


@pytest.mark.parametrize("text", [*HOSTILE, *CORPUS.values()], ids=lambda text: repr(text[:20]))
def test_hostile_text_is_well_formed_and_valid(text):
    hostile = hostile_result(text)
    suite = account(hostile)
    assert len(suite.findall("testcase")) == len(hostile.findings) + len(Table)
    for element in etree.fromstring(AccountJunit().render(poisoned(RESULT, text), RUN)).iter():
        assert element.tag in {
            "testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped",
        }  # fmt: skip
    whole(samples.run(failures=(AccountFailure(account=text, cause=text, remedy=text),)))
