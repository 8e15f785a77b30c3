"""The rows of a baseline as findings word them: worked out once for each baseline, used for every role and token."""

from __future__ import annotations

from msgspec import Struct

from auditor.catalog import Catalog
from auditor.model import Baseline, Comparison, Level, Option, Requirement


class Row(Struct, frozen=True):
    """One requirement with its texts."""

    requirement: Requirement
    name: str
    """``baseline-id:row-id``."""
    expected: str
    ways: tuple[str, ...]
    """For each option, such as "Classes at View"."""
    labels: dict[str, str]
    """Permission id → the label as NetSuite shows it; the vendor's own where the catalogue has none."""


def rows_of(baseline: Baseline, catalog: Catalog) -> tuple[Row, ...]:
    """Every row of *baseline*, in its order."""
    return tuple(_row(baseline, requirement, catalog) for requirement in baseline.requirements)


def offered_only(catalog: Catalog, permission: str, label: str, level: Level) -> str:
    """Why a level that NetSuite's table does not offer for a permission is worth nothing; empty if it is offered.

    Documented for the permissions with None and Full alone: users whose Web Services level is another one cannot log
    in. For other permissions the table is documented, and what a level outside it does is not.
    """
    entry = catalog.get(permission)
    if entry is None or not entry.levels or level in entry.levels:
        return ""
    levels = [each.value for each in entry.levels]
    listed = " and ".join(([", ".join(levels[:-1])] if levels[1:] else []) + levels[-1:])
    if set(entry.levels) <= {Level.NONE, Level.FULL}:
        return f"NetSuite offers only {listed} for {label}, so the level {level.value} that is shown does not work."
    return f"NetSuite offers only {listed} for {label}; what {level.value} does is not documented."


def _row(baseline: Baseline, requirement: Requirement, catalog: Catalog) -> Row:
    labels = {option.permission: _label(option, catalog) for option in requirement.options}
    exactly = "exactly " if baseline.comparison is Comparison.EXACT else ""
    ways = [f"{labels[option.permission]}: {exactly}{option.level.value}" for option in requirement.options]
    return Row(
        requirement,
        f"{baseline.id}:{requirement.id}",
        ", or ".join(ways),
        tuple(f"{labels[option.permission]} at {option.level.value}" for option in requirement.options),
        labels,
    )


def _label(option: Option, catalog: Catalog) -> str:
    entry = catalog.get(option.permission)
    return (entry.label if entry else "") or option.label or option.permission
