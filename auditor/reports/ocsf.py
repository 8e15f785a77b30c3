"""OCSF 1.5.0 compliance findings (class 2003), for SIEMs: JSON lines, one event a line.

``findings.ocsf.jsonl`` of each account holds whatever was judged and every read that broke off; ``accounts.ocsf.jsonl``
of the run says of each expected account whether it was audited. The ``cloud`` profile names the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from auditor.model import (
    AccountFailure,
    AccountResult,
    Coverage,
    Finding,
    Run,
    Severity,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
    fingerprint,
)
from auditor.reports.findings_json import TOOL
from auditor.reports.text import all_printable, answered_for, milliseconds, told

VERSION = "1.5.0"
AUDITED = "account-audited"
COVERAGE = "coverage"
CLASS = 2003

Object = dict[str, object]

_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_COMPLIANCE = {
    Status.UNKNOWN: (0, "Unknown"),
    Status.PASS: (1, "Pass"),
    Status.FAIL: (3, "Fail"),
    Status.NOT_APPLICABLE: (99, "Not applicable"),
}
_NEW, _IN_PROGRESS, _SUPPRESSED = (1, "New"), (2, "In Progress"), (3, "Suppressed")
_CREATE, _UPDATE = (1, "Create"), (2, "Update")


class Judged(Struct, frozen=True, kw_only=True):
    """What an event is about: a finding, a read, or whether an account was audited."""

    uid: str
    """The same every night for the same thing."""
    account: str
    subject: Subject
    title: str
    about: str
    severity: Severity
    check: str
    control: str
    standard: str
    status: Status
    remedy: tuple[str, ...] = ()
    standing: tuple[int, str] | None = _NEW
    """Whether it is new, still there, or waived; None for what passed or does not apply, which stands nowhere."""
    first_seen: str = ""


class AccountOcsf:
    """``findings.ocsf.jsonl``: an event for each finding of one account, and for each read that broke off."""

    filename = "findings.ocsf.jsonl"

    def render(self, result: AccountResult, run: Run) -> bytes:
        standards = {baseline.id: f"{baseline.id} {baseline.version}" for baseline in result.baselines}
        findings = (_finding(finding, run, standards) for finding in result.findings)
        tables = (result.snapshot.covered(table) for table in Table)
        broken = (_broken(result.account, each) for each in tables if each.state in (State.PARTIAL, State.FAILED))
        return _written((*findings, *(_event(run, judged) for judged in broken)))


class RunOcsf:
    """``accounts.ocsf.jsonl``: an event for each expected account: it was audited, or nothing is known of it."""

    filename = "accounts.ocsf.jsonl"

    def render(self, run: Run) -> bytes:
        audited = (_audited(result.account, None) for result in run.results)
        failed = (_audited(failure.account, failure) for failure in run.failures)
        return _written(_event(run, judged) for judged in (*audited, *failed))


def _written(events: Iterable[Object]) -> bytes:
    return b"".join(msgspec.json.encode(all_printable(event)) + b"\n" for event in events)


def _finding(finding: Finding, run: Run, standards: dict[str, str]) -> Object:
    judged = Judged(
        uid=finding.id,
        account=finding.account,
        subject=finding.subject,
        title=finding.title,
        about=told(finding),
        severity=finding.severity,
        check=finding.check,
        control=finding.requirement,
        standard=standards.get(finding.baseline) or finding.baseline or TOOL,
        status=finding.status,
        remedy=finding.remedy,
        standing=_standing(finding),
        first_seen=finding.seen.first if finding.seen else "",
    )
    event = _event(run, judged) | {"unmapped": dict(_unmapped(finding))}
    if judged.standing == _SUPPRESSED and finding.waiver:
        event["status_detail"] = answered_for(finding.waiver)
    return event


def _standing(finding: Finding) -> tuple[int, str] | None:
    if finding.status not in (Status.FAIL, Status.UNKNOWN):
        return None
    if finding.status is Status.FAIL and finding.waiver:
        return _SUPPRESSED
    return _IN_PROGRESS if finding.seen and finding.seen.nights > 1 else _NEW


def _unmapped(finding: Finding) -> Iterator[tuple[str, object]]:
    """What OCSF has no field for, under the names that ``findings.json`` uses."""
    names = ("status", "expected", "actual", "reason", "permission", "permission_label", "subtab", "expected_level")
    for name in (*names, "actual_level", "gap", "source", "codes", "waiver", "seen"):
        value = getattr(finding, name)
        if value not in (None, "", ()):
            yield name, msgspec.to_builtins(value)


def _broken(account: str, coverage: Coverage) -> Judged:
    subject = Subject(SubjectKind.ACCOUNT, account, account)
    table = coverage.table.value
    return Judged(
        uid=fingerprint(account, COVERAGE, subject, table),
        account=account,
        subject=subject,
        title=f"The {table} were not read in full ({coverage.state.value})",
        about=coverage.detail,
        severity=Severity.HIGH,
        check=COVERAGE,
        control=f"{table} read in full",
        standard=TOOL,
        status=Status.UNKNOWN,
    )


def _audited(account: str, failure: AccountFailure | None) -> Judged:
    subject = Subject(SubjectKind.ACCOUNT, account, account)
    return Judged(
        uid=fingerprint(account, AUDITED, subject, AUDITED),
        account=account,
        subject=subject,
        title="The account could not be audited" if failure else "The account was audited",
        about=failure.cause if failure else "",
        severity=Severity.HIGH if failure else Severity.INFO,
        check=AUDITED,
        control=AUDITED,
        standard=TOOL,
        status=Status.UNKNOWN if failure else Status.PASS,
        remedy=(failure.remedy,) if failure and failure.remedy else (),
        standing=_NEW if failure else None,
    )


def _event(run: Run, judged: Judged) -> Object:
    """One event. Its time is the start of the run, the one reading of the clock."""
    activity = _UPDATE if judged.standing == _IN_PROGRESS else _CREATE
    event: Object = {
        "class_uid": CLASS,
        "class_name": "Compliance Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": CLASS * 100 + activity[0],
        "type_name": f"Compliance Finding: {activity[1]}",
        "time": milliseconds(run.started) or 0,
        "severity_id": _SEVERITIES[judged.severity][0],
        "severity": _SEVERITIES[judged.severity][1],
        "message": judged.title,
        "metadata": _metadata(run, judged),
        "cloud": {"provider": "NetSuite", "account": {"uid": judged.account}},
        "finding_info": _finding_info(run, judged),
        "compliance": {
            "control": judged.control,
            "standards": [judged.standard],
            "status_id": _COMPLIANCE[judged.status][0],
            "status": _COMPLIANCE[judged.status][1],
        },
        "resources": [_resource(judged)],
    }
    if judged.standing:
        event["status_id"], event["status"] = judged.standing
    if judged.remedy:
        event["remediation"] = {"desc": "\n".join(judged.remedy)}
    return event


def _metadata(run: Run, judged: Judged) -> Object:
    return {
        "version": VERSION,
        "profiles": ["cloud"],
        "uid": f"{run.id}/{judged.uid}",
        "correlation_uid": run.id,
        "event_code": judged.check,
        "product": {"name": TOOL, "vendor_name": TOOL, "version": run.tool_version},
    }


def _finding_info(run: Run, judged: Judged) -> Object:
    info: Object = {
        "uid": judged.uid,
        "title": judged.title,
        "types": [judged.check],
        "analytic": {"uid": judged.check, "type_id": 1, "type": "Rule"},
        "last_seen_time": milliseconds(run.started) or 0,
    }
    if judged.about:
        info["desc"] = judged.about
    first = milliseconds(judged.first_seen)
    return info if first is None else info | {"first_seen_time": first}


def _resource(judged: Judged) -> Object:
    subject = judged.subject
    return {"uid": subject.key, "name": subject.name, "type": subject.kind.value, "namespace": judged.account}
