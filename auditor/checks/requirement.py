"""Holds one requirement of a baseline against what somebody holds. Every check and count goes through here."""

from __future__ import annotations

from msgspec import Struct

from auditor.checks.condition import Conditions
from auditor.checks.effective import Holding
from auditor.model import Comparison, Gap, Level, Option, Requirement, Severity, Status

OF_A_GAP = Severity.HIGH
"""A missing or too low level stops the integration."""
OF_AN_EXCESS = Severity.MEDIUM
"""It stops nothing, and gives away more than is needed."""


def row_severity(requirement: Requirement, gap: Gap | None) -> Severity:
    """How much a row matters that is not met: what the baseline says of it, else by the kind of gap."""
    return requirement.severity or (OF_AN_EXCESS if gap is Gap.EXCESS else OF_A_GAP)


class Outcome(Struct, frozen=True):
    """How one requirement came out."""

    status: Status
    option: Option
    """The option that decided: the one that is met, exceeded or undecided, else the one that the vendor names."""
    level: Level | None = None
    """What is held of it; None if it cannot be told, or if the requirement does not apply."""
    gap: Gap | None = None
    condition_open: bool = False
    """It is unmet, and whether it applies cannot be told."""


def judge_requirement(
    requirement: Requirement, comparison: Comparison, holding: Holding, conditions: Conditions
) -> Outcome:
    """One requirement's outcome.

    A retired row, or one whose condition does not hold, is not applicable. If the condition is open, a row that is
    met passes all the same, and one that is not is unknown.
    """
    applies = conditions.applies(requirement.when)
    if requirement.retired or applies is False:
        return Outcome(Status.NOT_APPLICABLE, requirement.asked)
    outcome = _compared(requirement, comparison, holding)
    if outcome.status is Status.FAIL and applies is None:
        return Outcome(Status.UNKNOWN, outcome.option, outcome.level, outcome.gap, condition_open=True)
    return outcome


def _compared(requirement: Requirement, comparison: Comparison, holding: Holding) -> Outcome:
    exact = comparison is Comparison.EXACT
    met = undecided = None
    for option in requirement.options:
        level = holding.level(option.permission)
        if level is None:
            undecided = undecided or Outcome(Status.UNKNOWN, option)
        elif exact and level.rank > option.level.rank:
            return Outcome(Status.FAIL, option, level, Gap.EXCESS)
        elif level.rank >= option.level.rank:
            met = met or Outcome(Status.PASS, option, level)
    # Where more is too much, a level that cannot be told may be too much, so that nothing else makes up for it.
    decided = undecided or met if exact else met or undecided
    if decided is not None:
        return decided
    held = holding.level(requirement.asked.permission)
    return Outcome(Status.FAIL, requirement.asked, held, Gap.MISSING if held is Level.NONE else Gap.TOO_LOW)
