"""Every access token with its verdict: the chain from the token to its levels, the causes that hold, and the fix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import structs

from auditor.checks.base import Case
from auditor.checks.bound import state_of
from auditor.checks.causes import causes
from auditor.checks.identity import Unresolved
from auditor.checks.requirement import Outcome
from auditor.checks.rows import Row
from auditor.checks.selection import tokens_of
from auditor.checks.subjects import TokenSubject
from auditor.checks.texts import SAVE, open_role, role_number
from auditor.checks.token_levels import TokenLevels, token_levels
from auditor.model import (
    Baseline,
    ChainLink,
    Finding,
    LevelSource,
    Status,
    SubjectKind,
    TokenLevel,
    TokenVerdict,
)

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
            lines.append(_line(each, baselines[0].id if baselines else "", []))
        else:
            lines += [_judged(case, baseline, each, by_token[each.subject.key, baseline.id]) for baseline in baselines]
    return tuple(sorted(lines, key=lambda line: (line.application, line.name, line.token, line.baseline)))


def _judged(case: Case, baseline: Baseline, each: TokenSubject, findings: list[Finding]) -> TokenVerdict:
    role = case.identities.role(each.token.role)
    in_use = each.token.usable is not False
    levels = None
    if in_use and not isinstance(role, Unresolved):
        levels = token_levels(case, baseline, each.token, role)
    links = {finding.requirement.removeprefix(f"{baseline.id}:"): finding for finding in findings}
    return structs.replace(
        _line(each, baseline.id, findings),
        met=len(levels.those(Status.PASS)) if levels else 0,
        asked=len(levels.outcomes) if levels else 0,
        role_id=each.token.role.id if isinstance(role, Unresolved) else role_number(role),
        links=tuple(_link(name, finding) for name, finding in links.items() if not name.startswith("global:")),
        levels=tuple(_level(case, levels, row, outcome) for row, outcome in levels.outcomes) if levels else (),
        checked=causes(case, baseline, links, role, levels),
        steps=_steps(case, baseline, findings, levels),
    )


def _line(each: TokenSubject, baseline: str, findings: list[Finding]) -> TokenVerdict:
    token = each.token
    open_findings = [finding for finding in findings if finding.status in (Status.FAIL, Status.UNKNOWN)]
    return TokenVerdict(
        token=each.subject.key,
        name=token.name,
        application=token.application,
        user=str(token.user),
        role=str(token.role),
        user_id=token.user.id,
        role_id=token.role.id,
        state=state_of(token),
        created=token.created,
        baseline=baseline,
        status=_worst(findings) if findings else Status.NOT_APPLICABLE,
        met=0,
        asked=0,
        causes=tuple(f"{each.title} (waived)" if each.waiver else each.title for each in open_findings),
        codes=tuple(sorted({code for finding in open_findings for code in finding.codes})),
    )


def _link(name: str, finding: Finding) -> ChainLink:
    return ChainLink(
        requirement=name, status=finding.status, expected=finding.expected, actual=finding.actual, finding=finding.id
    )


def _level(case: Case, levels: TokenLevels, row: Row, outcome: Outcome) -> TokenLevel:
    option = levels.global_option(row, outcome) if outcome.status is Status.FAIL else None
    option = option or outcome.option
    held = levels.holding.level(option.permission)
    return TokenLevel(
        permission=option.permission,
        label=row.labels[option.permission],
        subtab=case.catalog.subtab(option.permission),
        asked=option.level,
        held=held,
        source=None if held is None else levels.holding.source(option.permission),
        status=outcome.status,
        codes=row.requirement.codes if outcome.status in (Status.FAIL, Status.UNKNOWN) else (),
    )


def _steps(case: Case, baseline: Baseline, findings: list[Finding], levels: TokenLevels | None) -> tuple[str, ...]:
    """The steps of every failed link, then those of the role, then the vendor's; none where nothing failed."""
    failed = [each for each in findings if each.status is Status.FAIL]
    if not failed:
        return ()
    blocks = dict.fromkeys(each.remedy for each in failed if not each.consequence)
    stranger = levels is not None and levels.role.key in case.selections[baseline.id].strangers
    if levels and not stranger and (of_role := _role_steps(case, levels)):
        blocks[of_role] = None
    steps: list[str] = []
    for block in blocks:
        # Two causes may have one fix, or one may be mended on the way to mending another: nobody does it twice.
        if not set(block) <= set(steps):
            steps += block
    return (*steps, *baseline.after_fix)


def _role_steps(case: Case, levels: TokenLevels) -> tuple[str, ...]:
    """One visit to the role for all of its rows; nothing for Administrator, which cannot be changed."""
    rows = [outcome.option for row, outcome in levels.those(Status.FAIL) if levels.global_option(row, outcome) is None]
    if not rows or levels.holding.source(rows[0].permission) is LevelSource.ADMINISTRATOR:
        return ()
    set_ = [
        f"On the Permissions tab, sub-tab {case.catalog.subtab(option.permission)}, "
        f"set {case.catalog.label(option.permission)} to {option.level.value}."
        for option in rows
    ]
    return (*open_role(levels.role), *set_, SAVE)


def _worst(findings: list[Finding]) -> Status:
    statuses = {finding.status for finding in findings}
    return next((status for status in _WORST_FIRST if status in statuses), Status.NOT_APPLICABLE)
