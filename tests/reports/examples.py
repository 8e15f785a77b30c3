"""The examples in docs/ of the formats for machines: ``python -m tests.reports.examples`` prints them, to paste."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from msgspec.structs import replace

from auditor.model import Status
from auditor.reports.findings_csv import AccountFindingsCsv
from auditor.reports.junit import AccountJunit
from auditor.reports.ocsf import AccountOcsf
from auditor.reports.sarif import AccountSarif
from tests import samples

MIXED = samples.followed_result()
FAILED, WAIVED = (
    each for each in MIXED.findings if each.status is Status.FAIL and each.permission != "ADMI_WEBSERVICES"
)
UNKNOWN = MIXED.unknown()[0]
PASSED = next(each for each in MIXED.findings if each.status is Status.PASS)
RUN = samples.run(MIXED)


def csv_rows() -> str:
    """One failed finding, with the heading."""
    return AccountFindingsCsv().render(replace(MIXED, findings=(FAILED,)), RUN).decode().replace("\r\n", "\n")


def sarif_result() -> str:
    """A waived result."""
    log = json.loads(AccountSarif().render(MIXED, RUN))
    (result,) = (each for each in log["runs"][0]["results"] if each["fingerprints"]["netsuiteAuditor/v1"] == WAIVED.id)
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = 47  # wherever findings.json has it today
    return json.dumps(result, indent=2) + "\n"


def junit_cases() -> str:
    """A test case of each outcome."""
    suite = ET.fromstring(AccountJunit().render(replace(MIXED, findings=(FAILED, UNKNOWN, WAIVED, PASSED)), RUN))[0]
    cases = suite.findall("testcase")[:4]
    return "".join(ET.tostring(case, encoding="unicode").strip().replace("\n  ", "\n") + "\n" for case in cases)


def ocsf_event() -> str:
    """One failed finding, laid out in lines."""
    line = AccountOcsf().render(replace(MIXED, findings=(FAILED,)), RUN).split(b"\n")[0]
    return json.dumps(json.loads(line), indent=2) + "\n"


EXAMPLES = {"findings-csv": csv_rows, "sarif": sarif_result, "junit": junit_cases, "ocsf": ocsf_event}

if __name__ == "__main__":
    for name, example in EXAMPLES.items():
        print(f"== {name}\n{example()}")
