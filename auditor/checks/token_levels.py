"""What a token can really do: the role's levels with the user's global permissions laid over them, row by row."""

from __future__ import annotations

from msgspec import Struct

from auditor.checks.base import Case
from auditor.checks.bound import Bound, Link
from auditor.checks.condition import undecided
from auditor.checks.effective import Holding
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import Lack, way_out
from auditor.checks.requirement import Outcome, judge_requirement, row_severity
from auditor.checks.rows import Row
from auditor.checks.texts import NOT_ADMINISTRATOR, role_name
from auditor.model import AccessToken, Baseline, Gap, LevelSource, Option, Role, Severity, Status, Table


class TokenLevels(Struct, frozen=True):
    """The rows of a baseline that apply, against what a token's user holds in the token's role."""

    role: Role
    holding: Holding
    outcomes: tuple[tuple[Row, Outcome], ...]

    def those(self, status: Status) -> list[tuple[Row, Outcome]]:
        """The rows that came out as *status*."""
        return [(row, outcome) for row, outcome in self.outcomes if outcome.status is status]

    def global_option(self, row: Row, outcome: Outcome) -> Option | None:
        """The option of a failed row whose level comes from a global permission of the user."""
        options = (outcome.option,) if outcome.gap is Gap.EXCESS else row.requirement.options
        source = LevelSource.GLOBAL_PERMISSION
        return next((option for option in options if self.holding.source(option.permission) is source), None)


def token_levels(case: Case, baseline: Baseline, token: AccessToken, role: Role) -> TokenLevels:
    """Holds every row of *baseline* against *token*, whose role is *role*."""
    holding = case.token_holding(token, role)
    judged = (
        (row, judge_requirement(row.requirement, baseline.comparison, holding, case.conditions))
        for row in case.rows[baseline.id]
    )
    applying = tuple(pair for pair in judged if pair[1].status is not Status.NOT_APPLICABLE)
    return TokenLevels(role, holding, applying)


def effective_levels(bound: Bound, levels: TokenLevels | Unresolved) -> Link:
    """One finding on all rows together: those that are not met, each with the source of its level."""
    if isinstance(levels, Unresolved):
        return _undecided(bound, Lack(levels.reason, (way_out(bound.case.snapshot, Table.ROLES),)), "not known")
    failed, open_rows = levels.those(Status.FAIL), levels.those(Status.UNKNOWN)
    tally = f"{len(levels.those(Status.PASS))} of {len(levels.outcomes)}"
    if open_rows and not failed:
        actual = f"{tally}; {len(open_rows)} cannot be told"
        return _undecided(bound, _doubt(levels, *open_rows[0]), actual, _codes(open_rows), _severity(open_rows))
    return Link(
        requirement="effective-levels",
        status=Status.FAIL if failed else Status.PASS if levels.outcomes else Status.NOT_APPLICABLE,
        title=f"The token really has {tally} permissions at the level that is asked",
        expected=_expected(bound),
        actual=tally,
        reason=_short_of(levels, failed) if levels.outcomes else "No row of the baseline applies to this account.",
        remedy=_fix(bound, levels, failed) if failed else (),
        notes=levels.holding.notes,
        consequence=bool(failed),
        severity=_severity(failed),
        codes=_codes(failed),
    )


def global_step(label: str, needed: str) -> str:
    """The step that mends a global permission."""
    return (
        f"On the Access tab, sub-tab Global Permissions, set {label} to {needed}, or remove its row if the role has it."
    )


def _expected(bound: Bound) -> str:
    return f"Every permission at the level that {bound.baseline.id} asks"


def _doubt(levels: TokenLevels, row: Row, outcome: Outcome) -> Lack:
    when = row.requirement.when
    if outcome.condition_open and when:
        return undecided(when)
    return levels.holding.doubt(outcome.option.permission)


def _codes(rows: list[tuple[Row, Outcome]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for row, _ in rows for code in row.requirement.codes))


def _severity(rows: list[tuple[Row, Outcome]]) -> Severity | None:
    """The worst of the rows that count here; the check's own if no row is among them."""
    severities = [row_severity(row.requirement, outcome.gap) for row, outcome in rows]
    return max(severities, key=lambda severity: severity.rank, default=None)


def _undecided(
    bound: Bound,
    doubt: Lack,
    actual: str,
    codes: tuple[str, ...] | None = None,
    severity: Severity | None = None,
) -> Link:
    return Link(
        requirement="effective-levels",
        status=Status.UNKNOWN,
        title="Whether the token really has every permission that is asked cannot be told",
        expected=_expected(bound),
        actual=actual,
        reason=doubt.reason,
        remedy=doubt.way_out,
        codes=codes,
        severity=severity,
    )


def _short_of(levels: TokenLevels, failed: list[tuple[Row, Outcome]]) -> str:
    """Every row that is not met, with what is held of it and where that comes from."""
    return "; ".join(_held(levels, row, outcome) for row, outcome in failed)


def _held(levels: TokenLevels, row: Row, outcome: Outcome) -> str:
    option = levels.global_option(row, outcome) or outcome.option
    level, source = levels.holding.level(option.permission), levels.holding.source(option.permission)
    return f"{row.labels[option.permission]} {level.value if level else 'not known'} ({source.value})"


def _fix(bound: Bound, levels: TokenLevels, failed: list[tuple[Row, Outcome]]) -> tuple[str, ...]:
    """Where to mend: the role's rows and the global permissions have findings, with steps, of their own."""
    if bound.stranger:
        return ("Bind the token to the role that the baseline names: the finding about its role has the steps.",)
    by_user = [levels.global_option(row, outcome) is not None for row, outcome in failed]
    steps = []
    if False in by_user:
        if levels.holding.source(failed[0][1].option.permission) is LevelSource.ADMINISTRATOR:
            return (NOT_ADMINISTRATOR,)
        steps.append(f"Mend role '{role_name(levels.role)}': the findings about it have the steps.")
    if True in by_user:
        steps.append(
            f"Mend the global permissions of '{bound.user_text}': the findings about this token have the steps."
        )
    return tuple(steps)
