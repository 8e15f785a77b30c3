"""SARIF 2.1.0, for code scanning and viewers: ``findings.sarif`` of each account, ``accounts.sarif`` of the run.

One file for each account, in a category of its own: where an account was not audited nothing is uploaded for it, and
its alerts stay as they were. In one file for all, they would be taken for mended.

What passed has no result here; ``run.properties`` counts it. A result that is not known to be a failure has the kind
``open``, which asks for the level ``none`` (SARIF 2.1.0, 3.27.9 and 3.27.10); a waived one has a suppression.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from auditor.model import AccountFailure, AccountResult, Finding, Run, Severity, State, Status, Table
from auditor.reports.base import account_folder
from auditor.reports.findings_json import TOOL, Counts, FindingsJson
from auditor.reports.run_json import RunJson
from auditor.reports.text import all_printable, answered_for, told

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "netsuiteAuditor/v1"
AUDITED = "account-audited"
"""The rule of ``accounts.sarif``: every expected account is audited."""

Object = dict[str, object]

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""What code scanning on GitHub reads as a severity of its own: critical from 9.0, high from 7.0, medium from 4.0."""
_NOTIFIED = {
    State.PARTIAL: "error",
    State.FAILED: "error",
    State.NOT_PERMITTED: "warning",
    State.NOT_AVAILABLE: "note",
}


class AccountSarif:
    """``findings.sarif``: what failed, is unknown, or is waived in one account."""

    filename = "findings.sarif"

    def render(self, result: AccountResult, run: Run) -> bytes:
        findings = result.unresolved()
        rules = _rules(findings)
        places = _places(result, run) if findings else {}
        order = {name: number for number, name in enumerate(rules)}
        results = [_result(finding, order[_rule(finding)], places[finding.id]) for finding in findings]
        return _written(
            run,
            category=result.account,
            rules=rules.values(),
            results=results,
            notifications=list(_coverage(result)),
            properties={"account": result.account, "counts": msgspec.to_builtins(Counts.of(result))},
        )


class RunSarif:
    """``accounts.sarif``: the accounts that could not be audited, each a result."""

    filename = "accounts.sarif"

    def render(self, run: Run) -> bytes:
        rule: Object = {
            "id": AUDITED,
            "shortDescription": {"text": "The account was audited"},
            "help": {"text": "The result says why the account could not be audited, and what to do."},
            "properties": {"security-severity": _SCORES[Severity.HIGH], "tags": ["netsuite"]},
        }
        first = _first_line(RunJson().render(run), "failures") if run.failures else 0
        results = [_failure(failure, line) for line, failure in enumerate(run.failures, start=first)]
        return _written(
            run,
            category="accounts",
            rules=[rule],
            results=results,
            notifications=[_notification("error", f"{each.account}: {each.cause}") for each in run.failures],
            properties={"expected": run.expected, "audited": len(run.results)},
        )


def _written(
    run: Run,
    *,
    category: str,
    rules: Iterable[Object],
    results: Sequence[Object],
    notifications: Sequence[Object],
    properties: Object,
) -> bytes:
    whole = all(each["level"] != "error" for each in notifications)
    invocation = {
        "executionSuccessful": whole,
        "startTimeUtc": run.started,
        "toolExecutionNotifications": notifications,
    }
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": TOOL, "version": run.tool_version, "rules": list(rules)}},
                "automationDetails": {"id": f"{TOOL}/{category}/{run.id}"},
                "invocations": [invocation],
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": properties,
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(all_printable(log)), indent=1) + b"\n"


def _rule(finding: Finding) -> str:
    return f"{finding.check}/{finding.requirement}"


def _rules(findings: Sequence[Finding]) -> dict[str, Object]:
    """The rules that the findings are results of: one for each requirement, as severe as its worst finding."""
    worst: dict[str, Finding] = {}
    for finding in findings:
        known = worst.get(_rule(finding))
        if known is None or finding.severity.rank > known.severity.rank:
            worst[_rule(finding)] = finding
    return {name: _described(finding) for name, finding in sorted(worst.items())}


def _described(finding: Finding) -> Object:
    what = finding.permission_label or finding.requirement
    return {
        "id": _rule(finding),
        "shortDescription": {"text": _message(f"{finding.check}: {what}")},
        "fullDescription": {"text": _message(f"Check {finding.check}, requirement {finding.requirement}.")},
        "help": {"text": "Each result says what is asked, what was found, and what to do."},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "tags": sorted({"netsuite", finding.check, finding.severity.value, *finding.codes}),
        },
    }


def _places(result: AccountResult, run: Run) -> dict[str, Object]:
    """Where each finding stands, by its id: its line in ``findings.json``."""
    uri = f"{account_folder(result.account)}/{FindingsJson.filename}"
    first = _first_line(FindingsJson().render(result, run), "findings")
    return {finding.id: _place(uri, line) for line, finding in enumerate(result.findings, start=first)}


def _place(uri: str, line: int) -> Object:
    return {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}


def _result(finding: Finding, rule: int, place: Object) -> Object:
    failed = finding.status is Status.FAIL
    result: Object = {
        "ruleId": _rule(finding),
        "ruleIndex": rule,
        "kind": "fail" if failed else "open",
        "level": _LEVELS[finding.severity] if failed else "none",
        "message": {"text": _message(f"{finding.title}\n{told(finding)}")},
        "locations": [_location(finding, place)],
        "fingerprints": {FINGERPRINT: finding.id},
        "partialFingerprints": {FINGERPRINT: finding.id, "primaryLocationLineHash": f"{finding.id}:1"},
        "suppressions": [],
        "properties": {"severity": finding.severity.value, "codes": list(finding.codes)},
    }
    if failed and finding.waiver:
        justification = _message(answered_for(finding.waiver))
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    if finding.seen:
        result["provenance"] = {"firstDetectionTimeUtc": finding.seen.first}
    return result


def _location(finding: Finding, place: Object) -> Object:
    subject = finding.subject
    name = f"{finding.account}/{subject.kind.value}/{subject.key}"
    return {
        "physicalLocation": place,
        "logicalLocations": [{"name": subject.name, "fullyQualifiedName": name, "kind": subject.kind.value}],
    }


def _failure(failure: AccountFailure, line: int) -> Object:
    text = f"Account {failure.account} could not be audited\n{failure.cause}\n{failure.remedy}"
    return {
        "ruleId": AUDITED,
        "ruleIndex": 0,
        "kind": "fail",
        "level": "error",
        "message": {"text": _message(text)},
        "locations": [{"physicalLocation": _place(RunJson.filename, line)}],
        "fingerprints": {FINGERPRINT: f"{AUDITED}/{failure.account}"},
        "partialFingerprints": {FINGERPRINT: f"{AUDITED}/{failure.account}"},
    }


def _coverage(result: AccountResult) -> Iterator[Object]:
    for table in Table:
        coverage = result.snapshot.covered(table)
        if not coverage.complete:
            text = f"{table.value}: {coverage.state.value}. {coverage.detail}".rstrip()
            yield _notification(_NOTIFIED[coverage.state], text)


def _notification(level: str, text: str) -> Object:
    return {"level": level, "message": {"text": _message(text)}}


def _message(text: str) -> str:
    """*text* as a SARIF message takes it literally: braces doubled (3.11.5), and no link in it (3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _first_line(document: bytes, field: str) -> int:
    """The line of the first entry of *field* in a document that has an entry on each line."""
    return document.split(b"\n").index(f'"{field}": ['.encode()) + 2
