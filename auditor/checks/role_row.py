"""One row of a baseline held against one role, as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.checks.base import Case, CheckInfo
from auditor.checks.condition import undecided
from auditor.checks.effective import RoleHolding
from auditor.checks.lacking import Lack
from auditor.checks.requirement import Outcome, judge_requirement, row_severity
from auditor.checks.rows import Row, offered_only
from auditor.checks.subjects import role_subject
from auditor.checks.texts import NOT_ADMINISTRATOR, SAVE, another_role, open_role, role_name, role_number, shown
from auditor.model import (
    Baseline,
    Finding,
    Gap,
    Level,
    LevelChange,
    LevelSource,
    Role,
    Status,
    Subject,
    fingerprint,
    folded,
)


class RoleRows:
    """Judges roles against the rows of one baseline."""

    def __init__(self, case: Case, baseline: Baseline, info: CheckInfo) -> None:
        self._case = case
        self._baseline = baseline
        self._info = info
        self._rows = case.rows[baseline.id]

    def judge(self, role: Role) -> Iterator[Finding]:
        """A finding for every row of the baseline, in its order."""
        holding = self._case.role_holding(role)
        subject = role_subject(role)
        notes = holding.notes
        if role.inactive:
            notes = (*notes, "The role is inactive.")
        for row in self._rows:
            outcome = judge_requirement(row.requirement, self._baseline.comparison, holding, self._case.conditions)
            yield self._finding(row, outcome, holding, subject, notes)

    def _finding(
        self, row: Row, outcome: Outcome, holding: RoleHolding, subject: Subject, notes: tuple[str, ...]
    ) -> Finding:
        case, requirement, option, status = self._case, row.requirement, outcome.option, outcome.status
        permission = option.permission
        doubt = self._doubt(row, outcome, holding)
        open_gap = status in (Status.FAIL, Status.UNKNOWN)
        known = outcome.level is not None
        return Finding(
            id=fingerprint(case.snapshot.account, self._info.id, subject, row.name),
            account=case.snapshot.account,
            check=self._info.id,
            subject=subject,
            requirement=row.name,
            baseline=self._baseline.id,
            status=status,
            severity=row_severity(requirement, outcome.gap),
            title=_title(role_name(holding.role), row, outcome),
            expected=row.expected,
            actual=_actual(row, outcome, holding),
            reason=doubt.reason if doubt else self._reason(row, outcome),
            permission=permission,
            permission_label=row.labels[permission],
            subtab=case.catalog.subtab(permission),
            expected_level=option.level,
            actual_level=outcome.level,
            gap=outcome.gap if status is Status.FAIL else None,
            source=holding.source(permission) if known else None,
            codes=requirement.codes if open_gap else (),
            remedy=doubt.way_out if doubt else self._fix(row, outcome, holding),
            change=self._change(row, outcome, holding),
            consequence=status is Status.FAIL and self._is_stranger(holding.role),
            notes=self._notes(row, outcome, holding, notes),
        )

    def _doubt(self, row: Row, outcome: Outcome, holding: RoleHolding) -> Lack | None:
        if outcome.status is not Status.UNKNOWN:
            return None
        if outcome.condition_open and row.requirement.when:
            return undecided(row.requirement.when)
        return holding.doubt(outcome.option.permission)

    def _reason(self, row: Row, outcome: Outcome) -> str:
        requirement = row.requirement
        if outcome.status is Status.NOT_APPLICABLE:
            return requirement.retired or (self._case.conditions.reason(requirement.when) if requirement.when else "")
        if outcome.gap is Gap.TOO_LOW and outcome.level is not None:
            permission = outcome.option.permission
            return offered_only(self._case.catalog, permission, row.labels[permission], outcome.level)
        return ""

    def _fix(self, row: Row, outcome: Outcome, holding: RoleHolding) -> tuple[str, ...]:
        if outcome.status is not Status.FAIL:
            return ()
        if self._is_stranger(holding.role):
            return another_role(holding.role, self._baseline)
        if holding.source(outcome.option.permission) is LevelSource.ADMINISTRATOR:
            return (NOT_ADMINISTRATOR,)
        option = outcome.option
        label, subtab = row.labels[option.permission], self._case.catalog.subtab(option.permission)
        do = f"add {label} with level" if outcome.gap is Gap.MISSING else f"set the level of {label} to"
        step = f"On the Permissions tab, sub-tab {subtab}, {do} {option.level.value}."
        return (*open_role(holding.role), step, SAVE)

    def _is_stranger(self, role: Role) -> bool:
        return role.key in self._case.selections[self._baseline.id].strangers

    def _change(self, row: Row, outcome: Outcome, holding: RoleHolding) -> LevelChange | None:
        option, level = outcome.option, outcome.level
        role = holding.role
        fixed = holding.source(option.permission) is LevelSource.ADMINISTRATOR or self._is_stranger(role)
        if outcome.status is not Status.FAIL or level is None or fixed:
            return None
        return LevelChange(
            role=role.key,
            role_name=role.name,
            role_id=role_number(role),
            permission=option.permission,
            label=row.labels[option.permission],
            subtab=self._case.catalog.subtab(option.permission),
            from_level=level,
            to_level=option.level,
        )

    def _notes(self, row: Row, outcome: Outcome, holding: RoleHolding, notes: tuple[str, ...]) -> tuple[str, ...]:
        option, level = outcome.option, outcome.level
        if outcome.status is Status.PASS and level is not None:
            outside = offered_only(self._case.catalog, option.permission, row.labels[option.permission], level)
            notes = (*notes, outside) if outside else notes
        if outcome.gap is Gap.MISSING:
            notes = (*notes, *holding.missing_notes)
        if level is Level.NONE and holding.source(option.permission) is LevelSource.ROLE:
            notes = (*notes, "The role has a row for it at None, which is the same as no row.")
        ours = {"", folded(option.permission), folded(row.labels[option.permission])}
        if outcome.status is Status.FAIL and folded(option.label) not in ours:
            notes = (*notes, f"The vendor calls this permission {shown(option.label)}.")
        return (*notes, row.requirement.note) if row.requirement.note else notes


def _title(name: str, row: Row, outcome: Outcome) -> str:
    option, level, status = outcome.option, outcome.level, outcome.status
    label, needed = row.labels[option.permission], option.level.value
    if status is Status.NOT_APPLICABLE:
        return f"{label} at {needed} is not asked of role '{name}' in this account"
    if level is None:
        return f"Whether role '{name}' has {label} at {needed} cannot be told"
    if status is Status.PASS:
        return f"Role '{name}' has {label} at {level.value}"
    if outcome.gap is Gap.EXCESS:
        return f"Role '{name}' has {label} at {level.value}, only {needed} is asked"
    several = len(row.ways) > 1
    asked = "one of them is needed" if several else f"{needed} is needed"
    if outcome.condition_open:
        asked = "whether it is needed here cannot be told"
    return f"Role '{name}' has {_gap(row, label, level)}, {asked}"


def _gap(row: Row, label: str, level: Level) -> str:
    if len(row.ways) > 1:
        return f"neither {' nor '.join(row.ways)}"
    return f"no {label} permission" if level is Level.NONE else f"{label} at {level.value}"


def _actual(row: Row, outcome: Outcome, holding: RoleHolding) -> str:
    if outcome.status is Status.NOT_APPLICABLE:
        return "not asked"
    if len(row.requirement.options) == 1 or outcome.status is Status.PASS:
        return _held(outcome.level, holding.source(outcome.option.permission))
    return "; ".join(
        f"{row.labels[option.permission]}: {_held(holding.level(option.permission), holding.source(option.permission))}"
        for option in row.requirement.options
    )


def _held(level: Level | None, source: LevelSource) -> str:
    if level is None:
        return "not known"
    return "no row" if source is LevelSource.NOWHERE else level.value
