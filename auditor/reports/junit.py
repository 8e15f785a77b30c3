"""JUnit XML, for pipelines: ``findings.junit.xml`` of each account, ``accounts.junit.xml`` of the run.

Every requirement that was judged is a test case, whose name stays the same from night to night. A failure stands for
exit code 10 and an error for exit code 4: something is not known, which is not the same as wrong, and never passes.
The form is that of ``junit-10.xsd`` of the Jenkins xUnit plugin; JUnit itself publishes no schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from auditor.model import AccountResult, Coverage, Finding, Run, State, Status, Table
from auditor.reports.findings_json import TOOL
from auditor.reports.text import answered_for, printable, told


class Case(NamedTuple):
    """One test case. ``outcome`` is the name of its element, empty if it passed."""

    classname: str
    name: str
    outcome: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""


class AccountJunit:
    """``findings.junit.xml``: every requirement that was held against something in one account, and every read."""

    filename = "findings.junit.xml"

    def render(self, result: AccountResult, run: Run) -> bytes:
        counted = {finding.id for finding in result.failed()}
        cases = [_requirement(finding, result, counted=finding.id in counted) for finding in result.findings]
        cases += [_read(result.account, result.snapshot.covered(table)) for table in Table]
        properties = {"source": result.snapshot.source, "taken": result.snapshot.taken}
        properties |= {f"baseline {each.id}": f"{each.version} {each.sha256}".strip() for each in result.baselines}
        return _written(run, result.account, cases, properties)


class RunJunit:
    """``accounts.junit.xml``: every account that was expected; one that could not be audited is an error."""

    filename = "accounts.junit.xml"

    def render(self, run: Run) -> bytes:
        cases = [Case("accounts", result.account) for result in run.results]
        cases += [
            Case("accounts", each.account, "error", "not audited", each.cause, each.remedy) for each in run.failures
        ]
        return _written(run, "accounts", sorted(cases), {"verdict": run.verdict.value})


def _requirement(finding: Finding, result: AccountResult, *, counted: bool) -> Case:
    subject = finding.subject
    classname = f"{finding.account}.{finding.check}"
    name = f"{subject.kind.value} {subject.key}: {finding.requirement} [{finding.id}]"
    if finding.status is Status.PASS:
        return Case(classname, name)
    if finding.status is Status.UNKNOWN:
        return Case(classname, name, "error", "unknown", finding.title, told(finding))
    if finding.status is Status.NOT_APPLICABLE:
        return Case(classname, name, "skipped", "not applicable", finding.reason or finding.title)
    if finding.waiver:
        said = f"{finding.title}\n{told(finding)}"
        return Case(classname, name, "skipped", "waived", answered_for(finding.waiver), said)
    if not counted:
        below = f"{finding.severity.value}, below {result.scope.fail_on.value}: {finding.title}"
        return Case(classname, name, "skipped", "below --fail-on", below, told(finding))
    return Case(classname, name, "failure", finding.severity.value, finding.title, told(finding))


def _read(account: str, coverage: Coverage) -> Case:
    """A read that broke off is an error; what was not given is an error only of the requirements that need it."""
    name = f"{coverage.table.value} read in full"
    if coverage.complete:
        return Case(f"{account}.coverage", name)
    outcome = "error" if coverage.state in (State.PARTIAL, State.FAILED) else "skipped"
    return Case(f"{account}.coverage", name, outcome, coverage.state.value, coverage.detail)


def _written(run: Run, suite: str, cases: Sequence[Case], properties: dict[str, str]) -> bytes:
    numbers = {"tests": len(cases)} | {
        plural: sum(case.outcome == outcome for case in cases)
        for plural, outcome in (("failures", "failure"), ("errors", "error"))
    }
    counts = {name: str(number) for name, number in numbers.items()}
    root = ET.Element("testsuites", {"name": f"NetSuite access audit, run {run.id}", "time": "0", **counts})
    skipped = str(sum(case.outcome == "skipped" for case in cases))
    times = {"time": "0", "timestamp": run.started.removesuffix("Z")}
    one = ET.SubElement(root, "testsuite", {"name": printable(suite), **counts, "skipped": skipped, **times})
    one.append(_properties({"tool": f"{TOOL} {run.tool_version}", "run": run.id, **properties}))
    one.extend(_elements(cases))
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _properties(properties: dict[str, str]) -> ET.Element:
    element = ET.Element("properties")
    for name, value in properties.items():
        ET.SubElement(element, "property", {"name": printable(name), "value": printable(value)})
    return element


def _elements(cases: Iterable[Case]) -> Iterator[ET.Element]:
    for case in cases:
        element = ET.Element(
            "testcase", {"classname": printable(case.classname), "name": printable(case.name), "time": "0"}
        )
        if case.outcome:
            attributes = {"type": printable(case.kind), "message": printable(case.message)}
            ET.SubElement(element, case.outcome, attributes).text = printable(case.text) or None
        yield element
