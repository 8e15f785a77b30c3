"""Judges one account: a pure function of the snapshot, the baselines and what the user asked for."""

from __future__ import annotations

from auditor.catalog import load_catalog
from auditor.checks import CHECKS
from auditor.checks.base import Case
from auditor.checks.distance import distances
from auditor.checks.tokens import token_verdicts
from auditor.checks.waiving import waive
from auditor.model import AccountResult, Baseline, Finding, ProbeRow, Scope, Snapshot, Waivers

_NO_WAIVERS = Waivers()


def judge(
    snapshot: Snapshot,
    baselines: tuple[Baseline, ...],
    scope: Scope,
    probe: tuple[ProbeRow, ...] = (),
    waivers: Waivers = _NO_WAIVERS,
) -> AccountResult:
    """Everything that is to be said of *snapshot*; the same for the same arguments, whenever it is asked.

    Nothing that an account holds makes it raise. The ids of *baselines* must differ. *probe* is what the integration's
    own token was answered, if it was tried. *waivers* that concern the account are laid over what failed.
    """
    case = Case(snapshot, baselines, scope, load_catalog(), probe)
    asked = [check for check in CHECKS if check.info.id not in scope.skipped_checks]
    findings, watched = waive([each for check in asked for each in check.judge(case)], waivers, snapshot, scope)
    return AccountResult(
        snapshot=snapshot,
        baselines=baselines,
        scope=scope,
        findings=tuple(sorted((*findings, *watched), key=_order)),
        distances=distances(case),
        tokens=token_verdicts(case, findings),
        probe=probe,
        waivers=waivers,
    )


def _order(finding: Finding) -> tuple[str, ...]:
    subject = finding.subject
    return (finding.check, subject.kind.value, subject.name, subject.key, finding.requirement)
