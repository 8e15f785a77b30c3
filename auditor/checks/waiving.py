"""Lays the waivers over what was found, and watches over the waivers themselves.

The run's day is the day on which the snapshot was taken: judged again, it comes out the same on any other day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct, structs

from auditor.checks.base import CheckInfo
from auditor.checks.subjects import account_subject
from auditor.checks.texts import shown
from auditor.model import (
    Finding,
    Scope,
    Severity,
    Snapshot,
    State,
    Status,
    Table,
    Waiver,
    Waivers,
    fingerprint,
)

INFO = CheckInfo(
    id="waivers",
    title="Waivers",
    what="Each entry of the file of waivers that concerns the account: whether it has expired, expires within 30 days, "
    "or matches no failed finding. An entry for any account is not asked whether it matches one.",
    why="A waiver is a promise with an end. One that nobody looks at any more hides what it was written about, or what "
    "will one day have the same place.",
    severity=Severity.LOW,
    severity_reason="An entry that has expired or that matches nothing hides nothing: what it was about counts again "
    "with its own severity. An entry that expires soon is for information.",
    source="The file of waivers itself.",
    codes="None of its own.",
    fix="Renew the entry with a new day and ticket, or remove it.",
    needed=True,
)
SOON = 30
_NEEDED = (Table.ROLES, Table.ACCESS_TOKENS)


class _Reach(Struct):
    """What one entry met among the findings."""

    failed: int = 0
    unknown: int = 0
    others: int = 0


def waive(
    findings: list[Finding], waivers: Waivers, snapshot: Snapshot, scope: Scope
) -> tuple[list[Finding], list[Finding]]:
    """*findings* with the waivers that hold laid over the failed ones, and what is to be said of the waivers."""
    entries = [each for each in waivers.entries if each.account == snapshot.account or "any-account" in each.widened]
    if not entries:
        return findings, []
    day = snapshot.taken[:10]
    by_place: dict[tuple[str, str | None, str | None], list[tuple[int, Waiver]]] = {}
    for number, each in enumerate(entries):
        by_place.setdefault(_place(each), []).append((number, each))
    reach = [_Reach() for _ in entries]
    waived = [_laid_over(finding, by_place, reach, day) for finding in findings]
    watched = [
        found
        for each, met in zip(entries, reach, strict=True)
        for found in _watch(each, met, findings, snapshot, scope)
    ]
    return waived, watched


def _place(waiver: Waiver) -> tuple[str, str | None, str | None]:
    subject = None if "any-subject" in waiver.widened else waiver.subject
    requirement = None if "any-requirement" in waiver.widened else waiver.requirement
    return waiver.check, subject, requirement


def _laid_over(
    finding: Finding,
    by_place: dict[tuple[str, str | None, str | None], list[tuple[int, Waiver]]],
    reach: list[_Reach],
    day: str,
) -> Finding:
    """The narrowest waiver that holds is the one that answers for a finding; the first of several as narrow."""
    check, subject, requirement = finding.check, finding.subject.key, finding.requirement
    met = [
        entry
        for place in (
            (check, subject, requirement),
            (check, subject, None),
            (check, None, requirement),
            (check, None, None),
        )
        for entry in by_place.get(place, ())
    ]
    for number, _ in met:
        if finding.status is Status.FAIL:
            reach[number].failed += 1
        elif finding.status is Status.UNKNOWN:
            reach[number].unknown += 1
        else:
            reach[number].others += 1
    holding = [waiver for _, waiver in met if waiver.expires >= day]
    if finding.status is not Status.FAIL or not holding:
        return finding
    return structs.replace(finding, waiver=min(holding, key=lambda waiver: len(waiver.widened)))


def _watch(
    waiver: Waiver, met: _Reach, findings: Iterable[Finding], snapshot: Snapshot, scope: Scope
) -> Iterator[Finding]:
    if waiver.check in scope.skipped_checks:
        return
    day = snapshot.taken[:10]
    if waiver.expires < day:
        yield _expired(waiver, met, snapshot)
        return
    if _days_before(waiver.expires, SOON) <= day:
        yield _expiring(waiver, snapshot)
    if not met.failed and "any-account" not in waiver.widened:
        yield _unused(waiver, met, snapshot, doubt=_doubt(waiver, met, findings, snapshot))


def _expired(waiver: Waiver, met: _Reach, snapshot: Snapshot) -> Finding:
    counts = f"what it covered counts again: {met.failed} failed" if met.failed else "nothing that it covers fails now"
    return _finding(
        waiver,
        snapshot,
        kind="expired",
        title=f"The waiver of {_owner(waiver)} expired on {waiver.expires}",
        actual=f"expired on {waiver.expires}; {counts}",
        remedy=("Renew the entry with a new day and a ticket, or mend what it is about and remove it.",)
        if met.failed
        else ("Remove the entry.",),
    )


def _expiring(waiver: Waiver, snapshot: Snapshot) -> Finding:
    return _finding(
        waiver,
        snapshot,
        kind="expiring",
        severity=Severity.INFO,
        title=f"The waiver of {_owner(waiver)} expires on {waiver.expires}",
        actual=f"holds through {waiver.expires}, UTC",
        remedy=("Mend what it is about before that day, or renew the entry with a new day and a ticket.",),
    )


def _unused(waiver: Waiver, met: _Reach, snapshot: Snapshot, doubt: str) -> Finding:
    if doubt:
        return _finding(
            waiver,
            snapshot,
            kind="unused",
            status=Status.UNKNOWN,
            title=f"Whether the waiver of {_owner(waiver)} is still needed cannot be told",
            actual="not known",
            reason=doubt,
            remedy=("Supply what is missing, and run the audit again.",),
        )
    known = "it does not fail any more" if met.others else "there is no such finding in this account"
    return _finding(
        waiver,
        snapshot,
        kind="unused",
        title=f"The waiver of {_owner(waiver)} matches nothing that failed",
        actual=f"no failed finding: {known}",
        remedy=(
            "Remove the entry; or, if it was written by hand, compare account, check, subject and requirement with "
            "the finding's (findings.json has them).",
        ),
    )


def _doubt(waiver: Waiver, met: _Reach, findings: Iterable[Finding], snapshot: Snapshot) -> str:
    """Why an entry that matches no failed finding may match one all the same; empty if it certainly does not."""
    if met.unknown:
        return "What it is about could not be decided."
    if met.others:
        return ""
    short = [table.value for table in _NEEDED if not snapshot.covered(table).complete]
    short += [each.table.value for each in snapshot.coverage if each.state in (State.PARTIAL, State.FAILED)]
    if short:
        return (
            f"Not everything was read ({', '.join(dict.fromkeys(short))}), so that the finding may be missing for that."
        )
    if any(finding.check == waiver.check and finding.status is Status.UNKNOWN for finding in findings):
        return "Other findings of its check could not be decided, and this one may be among what was not seen."
    return ""


def _finding(
    waiver: Waiver,
    snapshot: Snapshot,
    *,
    kind: str,
    title: str,
    actual: str,
    remedy: tuple[str, ...],
    status: Status = Status.FAIL,
    severity: Severity = INFO.severity,
    reason: str = "",
) -> Finding:
    subject = account_subject(snapshot.account)
    requirement = f"{kind}:{_mark(waiver)}"
    _, check, about, asked = waiver.about
    return Finding(
        id=fingerprint(snapshot.account, INFO.id, subject, requirement),
        account=snapshot.account,
        check=INFO.id,
        subject=subject,
        requirement=requirement,
        status=status,
        severity=severity,
        title=title,
        expected="A waiver that is needed, and holds for more than 30 days",
        actual=actual,
        reason=" ".join(
            filter(
                None,
                (
                    f"It is about check {check}, subject {shown(about)}, requirement {shown(asked)}"
                    f"{f' ({waiver.scope})' if waiver.scope else ''}; ticket {shown(waiver.ticket)}.",
                    reason,
                ),
            )
        ),
        remedy=remedy,
    )


def _owner(waiver: Waiver) -> str:
    return shown(waiver.owner)


def _mark(waiver: Waiver) -> str:
    """What tells an entry from every other of its file, whatever is renewed in it."""
    parts = (*waiver.about, waiver.scope)
    written = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _days_before(day: str, days: int) -> str:
    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - days)).isoformat()
