"""Judges one account: a pure function of the snapshot, the baselines and what the user asked for."""

from __future__ import annotations

from auditor.catalog import load_catalog
from auditor.checks import CHECKS
from auditor.checks.base import Case
from auditor.checks.distance import distances
from auditor.checks.tokens import token_verdicts
from auditor.model import AccountResult, Baseline, Finding, ProbeRow, Scope, Snapshot


def judge(
    snapshot: Snapshot, baselines: tuple[Baseline, ...], scope: Scope, probe: tuple[ProbeRow, ...] = ()
) -> AccountResult:
    """Everything that is to be said of *snapshot*; the same for the same arguments, whenever it is asked.

    Nothing that an account holds makes it raise. The ids of *baselines* must differ. *probe* is what the integration's
    own token was answered, if it was tried.
    """
    case = Case(snapshot, baselines, scope, load_catalog(), probe)
    findings = [finding for check in CHECKS for finding in check.judge(case)]
    return AccountResult(
        snapshot=snapshot,
        baselines=baselines,
        scope=scope,
        findings=tuple(sorted(findings, key=_order)),
        distances=distances(case),
        tokens=token_verdicts(case, findings),
        probe=probe,
    )


def _order(finding: Finding) -> tuple[str, ...]:
    subject = finding.subject
    return (finding.check, subject.kind.value, subject.name, subject.key, finding.requirement)
