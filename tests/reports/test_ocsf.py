"""findings.ocsf.jsonl and accounts.ocsf.jsonl: each line held to the published schema of OCSF 1.5.0."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from auditor.model import Severity, State
from auditor.reports.ocsf import VERSION, AccountOcsf, RunOcsf
from tests import samples
from tests.reports.hostile import HOSTILE, hostile_result
from tests.reports.pdf_hostile import CORPUS, poisoned

SCHEMA = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION)).get_class_schema("compliance_finding", ["cloud"])
VALIDATOR = Draft202012Validator(SCHEMA)
RESULT = samples.followed_result()
RUN = samples.run(RESULT, samples.clean_result(), failures=(samples.FAILED_ACCOUNT,))


def events(data: bytes):
    assert data.endswith(b"\n")
    lines = [json.loads(line) for line in data.decode("utf-8").split("\n")[:-1]]
    for line in lines:
        VALIDATOR.validate(line)
        assert line["type_uid"] == line["class_uid"] * 100 + line["activity_id"]
    return lines


def account(result=RESULT, run=RUN):
    return events(AccountOcsf().render(result, run))


def test_the_schema_refuses_what_is_not_in_it():
    (good, *_) = account()
    assert not VALIDATOR.is_valid(good | {"nonsense": 1})
    assert not VALIDATOR.is_valid(good | {"status_id": 7})
    assert not VALIDATOR.is_valid({key: value for key, value in good.items() if key != "compliance"})


def test_every_finding_is_an_event_with_its_status():
    lines = account()
    assert [line["finding_info"]["uid"] for line in lines] == [finding.id for finding in RESULT.findings]
    compliance = [line["compliance"]["status"] for line in lines]
    assert compliance == [
        {"pass": "Pass", "fail": "Fail", "unknown": "Unknown", "not_applicable": "Not applicable"}[each.status.value]
        for each in RESULT.findings
    ]
    numbers = {line["compliance"]["status"]: line["compliance"]["status_id"] for line in lines}
    assert numbers == {"Pass": 1, "Fail": 3, "Unknown": 0, "Not applicable": 99}
    failed = lines[1]
    assert failed["class_uid"] == 2003
    assert failed["time"] == 1795226400000
    assert failed["cloud"]["account"]["uid"] == "1234567"
    assert failed["compliance"]["control"] == "expensify-integration:LIST_CLASS"
    assert failed["compliance"]["standards"] == ["expensify-integration 2026.11"]
    assert failed["resources"] == [
        {"uid": "customrole1042", "name": "Expensify Integration", "type": "role", "namespace": "1234567"}
    ]
    assert "set Classes to View." in failed["remediation"]["desc"]
    assert failed["unmapped"]["codes"] == ["NS0384"]
    assert failed["unmapped"]["gap"] == "missing"


def test_a_finding_is_new_then_in_progress_and_suppressed_where_it_is_waived():
    known, waived, back = (line for line in account() if line["compliance"]["status"] == "Fail")
    assert (known["status"], known["activity_name"]) == ("In Progress", "Update")
    assert known["finding_info"]["first_seen_time"] == 1793584800000
    assert (waived["status_id"], waived["status"]) == (3, "Suppressed")
    assert waived["status_detail"].startswith("Waived by Ana Ortiz until 2027-01-31")
    assert back["unmapped"]["seen"]["reopened"] == "2026-11-20T02:00:00Z"
    assert all("status_id" not in line for line in account() if line["compliance"]["status"] == "Pass")
    assert {line["status"] for line in account(samples.mixed_result()) if "status" in line} == {"New"}


@pytest.mark.parametrize(("severity", "number"), [(each, place) for place, each in enumerate(Severity, start=1)])
def test_severity_has_the_number_that_ocsf_gives_it(severity, number):
    failed = replace(RESULT.failed()[0], severity=severity)
    (line,) = account(replace(RESULT, findings=(failed,)))
    assert line["severity_id"] == number


def test_a_read_that_broke_off_is_an_event_and_is_not_known():
    broken = account(replace(RESULT, snapshot=samples.snapshot(role_permissions=State.PARTIAL)))
    assert len(broken) == len(RESULT.findings) + 1
    assert broken[-1]["compliance"]["status"] == "Unknown"
    assert broken[-1]["message"] == "The role permissions were not read in full (partial)"


def test_the_run_says_of_every_expected_account_whether_it_was_audited():
    lines = events(RunOcsf().render(RUN))
    assert [(line["cloud"]["account"]["uid"], line["compliance"]["status"]) for line in lines] == [
        ("1234567", "Pass"),
        ("7654321_SB1", "Pass"),
        ("9999999", "Unknown"),
    ]
    assert lines[2]["finding_info"]["desc"] == "The folder holds no file that can be read."
    assert lines[2]["remediation"]["desc"] == "Give the folder that holds the exports."
    assert len({line["finding_info"]["uid"] for line in lines}) == 3


@pytest.mark.parametrize("text", [*HOSTILE, *CORPUS.values()], ids=lambda text: repr(text[:20]))
def test_hostile_text_is_one_valid_line(text):
    hostile = hostile_result(text)
    assert len(account(hostile)) == len(hostile.findings)
    assert len(account(poisoned(RESULT, text), poisoned(RUN, text))) == len(RESULT.findings)
    assert len(events(RunOcsf().render(poisoned(RUN, text)))) == 3
