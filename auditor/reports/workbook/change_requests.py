"""What has to be changed in NetSuite, one entry for each change, whichever and however many baselines ask for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from auditor.model import AccountResult, Finding, Level, LevelChange, Severity, Status, SubjectKind, folded


class ChangeRequest(Struct, frozen=True, kw_only=True):
    """One change for an administrator to make.

    Of a role's level where the two levels are set; otherwise something else that failed, such as a token, and
    ``steps`` says what to do. ``finding`` is the id by which tomorrow's run knows it again; ``also`` are the ids of
    further findings that the same change mends.
    """

    account: str
    kind: SubjectKind
    key: str
    name: str
    id: str
    why: tuple[str, ...]
    codes: tuple[str, ...]
    severity: Severity
    steps: tuple[str, ...]
    finding: str
    also: tuple[str, ...] = ()
    permission: str = ""
    label: str = ""
    subtab: str = ""
    from_level: Level | None = None
    to_level: Level | None = None

    @property
    def sets_level(self) -> bool:
        """It sets a permission of a role to another level. False, too, where baselines disagree on which."""
        return self.from_level is not self.to_level


def change_requests(result: AccountResult) -> tuple[ChangeRequest, ...]:
    """Every change that mends a failed finding: roles first, by name and sub-tab, then everything else.

    A role's permission stands once, at the highest level that any baseline asks for. What only follows from other
    findings asks for no change of its own, what is waived asks for none, and neither does what is only noted: a
    failure below ``--fail-on``.
    """
    changes: defaultdict[tuple[str, str], list[tuple[Finding, LevelChange]]] = defaultdict(list)
    others = []
    for finding in result.failed():
        if not finding.consequence:
            if finding.change:
                changes[finding.change.role, finding.change.permission].append((finding, finding.change))
            else:
                others.append(_without_level(finding))
    asked = _asked(result.findings)
    levels = [_level_request(found, asked.get(place, {})) for place, found in changes.items()]
    return (*sorted(levels, key=_by_role), *sorted(others, key=_by_role))


def _asked(findings: Iterable[Finding]) -> dict[tuple[str, str], dict[str, Level]]:
    """By role and permission: which level each baseline asks for, whether it is met or not."""
    asked: defaultdict[tuple[str, str], dict[str, Level]] = defaultdict(dict)
    for finding in findings:
        decided = finding.status in (Status.PASS, Status.FAIL)
        if decided and finding.expected_level and finding.subject.kind is SubjectKind.ROLE:
            asked[finding.subject.key, finding.permission][finding.baseline] = finding.expected_level
    return asked


def _level_request(found: Sequence[tuple[Finding, LevelChange]], asked: dict[str, Level]) -> ChangeRequest:
    first, change = min(found, key=lambda pair: (-pair[1].to_level.rank, -pair[0].severity.rank, pair[0].id))
    highest = max((change.to_level, *asked.values()))
    why = tuple(dict.fromkeys(finding.title for finding, _ in found))
    steps = first.remedy if first.remedy and highest is change.to_level else _click_path(change, highest)
    if len(set(asked.values())) > 1:
        wishes = ", ".join(f"{baseline} {level.value}" for baseline, level in sorted(asked.items()))
        why = (*why, f"Baselines ask for different levels: {wishes}.")
    if highest is change.from_level:
        steps = (
            "Decide which baseline holds for this role: they disagree, and the level that it has suits one of them.",
        )
    return ChangeRequest(
        account=first.account,
        kind=SubjectKind.ROLE,
        key=change.role,
        name=change.role_name,
        id=change.role_id,
        why=why,
        codes=tuple(sorted({code for finding, _ in found for code in finding.codes})),
        severity=max((finding.severity for finding, _ in found), key=lambda severity: severity.rank),
        steps=steps,
        finding=first.id,
        also=tuple(sorted(finding.id for finding, _ in found if finding is not first)),
        permission=change.permission,
        label=change.label,
        subtab=change.subtab,
        from_level=change.from_level,
        to_level=highest,
    )


def _without_level(finding: Finding) -> ChangeRequest:
    return ChangeRequest(
        account=finding.account,
        kind=finding.subject.kind,
        key=finding.subject.key,
        name=finding.subject.name,
        id=finding.subject.key,
        why=(finding.title,),
        codes=finding.codes,
        severity=finding.severity,
        steps=finding.remedy,
        finding=finding.id,
        permission=finding.permission,
        label=finding.permission_label,
        subtab=finding.subtab,
    )


def _click_path(change: LevelChange, level: Level) -> tuple[str, ...]:
    return (
        f"Go to Setup > Users/Roles > Manage Roles and open {change.role_name} with Edit.",
        f"On the Permissions tab, sub-tab {change.subtab}, set {change.label} to {level.value}.",
        "Save.",
    )


def _by_role(request: ChangeRequest) -> tuple[str, ...]:
    return (folded(request.name), request.name, request.key, request.subtab, folded(request.label), request.finding)
