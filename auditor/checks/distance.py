"""How far every role is from every baseline: a count for the inventory, with the same answers as the findings give."""

from __future__ import annotations

from auditor.checks.base import Case
from auditor.checks.effective import AdministratorHolding, RoleHolding
from auditor.checks.requirement import judge_requirement
from auditor.checks.texts import role_number
from auditor.model import Baseline, Comparison, Requirement, RoleDistance, Status


def distances(case: Case) -> tuple[RoleDistance, ...]:
    """Every role against every baseline, in the order of the baselines, then by role name."""
    roles = sorted(case.snapshot.roles, key=lambda role: (role.name, role.key))
    return tuple(
        _distance(case, baseline, asked, case.role_holding(role))
        for baseline in case.baselines
        for asked in (_Asked(case, baseline),)
        for role in roles
    )


class _Asked:
    """The rows of a baseline that apply, with those that one comparison decides set apart."""

    def __init__(self, case: Case, baseline: Baseline) -> None:
        self.plain: list[tuple[str, int, Requirement]] = []
        self.others: list[Requirement] = []
        for requirement in baseline.requirements:
            applies = case.conditions.applies(requirement.when)
            if requirement.retired or applies is False:
                continue
            single = len(requirement.options) == 1 and baseline.comparison is Comparison.MINIMUM
            if single and applies:
                self.plain.append((requirement.asked.permission, requirement.asked.level.rank, requirement))
            else:
                self.others.append(requirement)


def _distance(case: Case, baseline: Baseline, asked: _Asked, holding: RoleHolding) -> RoleDistance:
    met, rest = 0, asked.others
    if isinstance(holding, AdministratorHolding) or holding.lack or holding.labels:
        rest = list(baseline.requirements)
    else:
        # Nine rows in ten are decided here; a row of Struct objects for each would cost more than all the rest.
        rows = holding.rows
        for permission, rank, requirement in asked.plain:
            row = rows.get(permission)
            if row is None:
                continue
            if row.level is None:
                rest = [*rest, requirement]
            elif row.level.rank >= rank:
                met += 1
    role = holding.role
    selection = case.selections[baseline.id]
    why = selection.roles.get(role.key)
    statuses = [judge_requirement(each, baseline.comparison, holding, case.conditions).status for each in rest]
    return RoleDistance(
        role=role.key,
        role_name=role.name,
        role_id=role_number(role),
        inactive=role.inactive,
        baseline=baseline.id,
        met=met + statuses.count(Status.PASS),
        undecided=statuses.count(Status.UNKNOWN),
        asked=len(asked.plain) + len(asked.others),
        permission_rows=case.directory.row_count(role.key),
        judged=why is not None,
        why=selection.otherwise if why is None else why,
    )
