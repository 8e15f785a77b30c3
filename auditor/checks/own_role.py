"""The auditor's own role held against its own baseline, both ways: what is lacking, and what is more than it needs."""

from __future__ import annotations

from msgspec import Struct

from auditor.baselines import OWN_BASELINE, own_baseline
from auditor.checks.base import Case
from auditor.checks.effective import AdministratorHolding, RoleHolding
from auditor.checks.lacking import Lack, way_out
from auditor.checks.requirement import judge_requirement
from auditor.checks.rows import rows_of
from auditor.checks.texts import shown
from auditor.model import Baseline, Comparison, Level, Permission, Role, Status, Table

STRONG = {
    "ADMI_MANAGEROLES": "its holder can change what every role may do",
    "ADMI_MANAGE_OAUTH_TOKENS": "its holder can create access tokens for other users",
}
"""What the audit needs and is strong all the same, and why (documented). NetSuite offers both at Full only."""

_NAME_IT = "Name the role and the user that the auditor signs in with as own_role and own_user in the configuration."


class OwnRow(Struct, frozen=True, kw_only=True):
    """One permission of the auditor's own role: held, and asked by the baseline."""

    permission: str
    label: str
    subtab: str
    held: Level
    asked: Level
    note: str = ""
    open: bool = False
    """It is lacking only if a condition holds that nothing given decides."""


class OwnRole(Struct, frozen=True, kw_only=True):
    """How the role compares. ``excess`` and ``lacking`` are exclusive; ``strong`` is needed and held."""

    role: Role
    baseline: Baseline
    administrator: bool = False
    lacking: tuple[OwnRow, ...] = ()
    excess: tuple[OwnRow, ...] = ()
    strong: tuple[OwnRow, ...] = ()


def caller_role(case: Case) -> Role | Lack:
    """The role that read the account, or why it is not known."""
    caller = case.snapshot.caller
    reference = caller.role if caller else None
    if reference is None or not (reference.id or reference.name):
        return Lack("NetSuite does not tell a caller which role it has, and nothing else said so.", (_NAME_IT,))
    found = case.directory.role(reference)
    if not isinstance(found, Role):
        lack = case.lack(Table.ROLES)
        steps = (way_out(case.snapshot, Table.ROLES),) if lack else (_NAME_IT,)
        named = shown(str(reference))
        return Lack(f"The auditor's own role {named} is not, or not alone, among the roles that were read.", steps)
    return found


def own_role(case: Case, role: Role) -> OwnRole | Lack:
    """*role* against the baseline; a :class:`Lack` where its rows are not all known."""
    baseline = next((each for each in case.baselines if each.id == OWN_BASELINE), own_baseline())
    holding = case.role_holding(role)
    if isinstance(holding, AdministratorHolding):
        return OwnRole(role=role, baseline=baseline, administrator=True)
    unreadable = [row for row in case.directory.permissions(role.key).values() if row.level is None]
    if holding.lack or unreadable:
        return holding.lack or holding.doubt(unreadable[0].id)
    if case.directory.unnamed(role.key):
        return Lack("Some of its rows bear no permission id.", (way_out(case.snapshot, Table.ROLE_PERMISSIONS),))
    asked = _asked(baseline)
    held = sorted(case.directory.permissions(role.key).values(), key=lambda row: row.id)
    rows = [_row(case, row, asked.get(row.id, Level.NONE)) for row in held if row.level is not Level.NONE]
    return OwnRole(
        role=role,
        baseline=baseline,
        lacking=_lacking(case, baseline, holding),
        excess=tuple(row for row in rows if row.held > row.asked),
        strong=tuple(row for row in rows if row.permission in STRONG and row.held <= row.asked),
    )


def _asked(baseline: Baseline) -> dict[str, Level]:
    """The highest level at which the baseline asks for each permission, conditions aside: what may be, is no excess."""
    asked: dict[str, Level] = {}
    for requirement in baseline.requirements:
        for option in requirement.options:
            asked[option.permission] = max(option.level, asked.get(option.permission, Level.NONE))
    return asked


def _row(case: Case, row: Permission, asked: Level) -> OwnRow:
    return OwnRow(
        permission=row.id,
        label=case.catalog.label(row.id) if case.catalog.get(row.id) else row.label or row.id,
        subtab=case.catalog.subtab(row.id),
        held=row.level or Level.NONE,
        asked=asked,
        note=STRONG.get(row.id, ""),
    )


def _lacking(case: Case, baseline: Baseline, holding: RoleHolding) -> tuple[OwnRow, ...]:
    rows = []
    for row in rows_of(baseline, case.catalog):
        outcome = judge_requirement(row.requirement, Comparison.MINIMUM, holding, case.conditions)
        if outcome.status is Status.PASS or outcome.status is Status.NOT_APPLICABLE:
            continue
        option = row.requirement.asked
        rows.append(
            OwnRow(
                permission=option.permission,
                label=" or ".join(row.labels.values()),
                subtab=case.catalog.subtab(option.permission),
                held=outcome.level or Level.NONE,
                asked=option.level,
                note=row.requirement.note,
                open=outcome.status is Status.UNKNOWN,
            )
        )
    return tuple(rows)
