"""Every access token in one line: what is wrong with it, and how many levels it really has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from auditor.checks.base import Case
from auditor.checks.bound import state_of
from auditor.checks.identity import Unresolved
from auditor.checks.selection import tokens_of
from auditor.checks.subjects import TokenSubject
from auditor.checks.token_levels import token_levels
from auditor.model import Baseline, Finding, Status, SubjectKind, TokenVerdict

_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS)


def token_verdicts(case: Case, findings: Iterable[Finding]) -> tuple[TokenVerdict, ...]:
    """A line for each token and each baseline that is about its application, and one for every other token.

    *findings* in the order in which the checks gave them: the causes of a token stand in the order of its chain.
    """
    by_token: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.subject.kind is SubjectKind.TOKEN:
            by_token[finding.subject.key, finding.baseline].append(finding)
    lines = []
    of_baseline = {each.id: {id(token) for token in tokens_of(each, case.snapshot.tokens)} for each in case.baselines}
    for each in case.tokens:
        baselines = [baseline for baseline in case.baselines if id(each.token) in of_baseline[baseline.id]]
        if each.repeats or not baselines:
            lines.append(_line(each, baselines[0].id if baselines else "", [], 0, 0))
        else:
            lines += [_judged(case, baseline, each, by_token[each.subject.key, baseline.id]) for baseline in baselines]
    return tuple(sorted(lines, key=lambda line: (line.application, line.name, line.token, line.baseline)))


def _judged(case: Case, baseline: Baseline, each: TokenSubject, findings: list[Finding]) -> TokenVerdict:
    role = case.identities.role(each.token.role)
    if each.token.usable is False or isinstance(role, Unresolved):
        return _line(each, baseline.id, findings, 0, 0)
    levels = token_levels(case, baseline, each.token, role)
    return _line(each, baseline.id, findings, len(levels.those(Status.PASS)), len(levels.outcomes))


def _line(each: TokenSubject, baseline: str, findings: list[Finding], met: int, asked: int) -> TokenVerdict:
    token = each.token
    causes = [finding for finding in findings if finding.status in (Status.FAIL, Status.UNKNOWN)]
    return TokenVerdict(
        token=each.subject.key,
        name=token.name,
        application=token.application,
        user=str(token.user),
        role=str(token.role),
        state=state_of(token),
        created=token.created,
        baseline=baseline,
        status=_worst(findings) if findings else Status.NOT_APPLICABLE,
        met=met,
        asked=asked,
        causes=tuple(finding.title for finding in causes),
        codes=tuple(sorted({code for finding in causes for code in finding.codes})),
    )


def _worst(findings: list[Finding]) -> Status:
    statuses = {finding.status for finding in findings}
    return next((status for status in _WORST_FIRST if status in statuses), Status.NOT_APPLICABLE)
