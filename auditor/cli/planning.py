"""Turns what the user asked for into accounts to audit: exported files, or the live accounts of a configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from auditor.baselines import baseline_folders, find_baseline
from auditor.cli.options import DEFAULT_BASELINE, read_inputs
from auditor.config import AccountSettings, Config, load_config
from auditor.errors import ConfigurationError
from auditor.fleet import Assignment
from auditor.model import Baseline, Scope, Severity
from auditor.sources.files import FileSource
from auditor.sources.suiteql.source import SuiteqlSource

PageRead = Callable[[str, str, int, int], None]
"""Told after each page of a live account: account, table, pages so far, rows so far."""


class Wanted(Struct, frozen=True, kw_only=True):
    """The options of ``auditor audit`` that say what is held against what."""

    baselines: Sequence[str]
    own_baselines: Path | None
    roles: tuple[str, ...]
    assumptions: dict[str, bool]
    fail_on: Severity | None


class Plan(Struct, frozen=True, kw_only=True):
    """What a run does, before it begins."""

    assignments: tuple[Assignment, ...]
    out: Path
    side_by_side: int

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """Every baseline that an account is held against, once, in the order of their ids."""
        used = {baseline.id: baseline for assignment in self.assignments for baseline in assignment.baselines}
        return tuple(used[name] for name in sorted(used))


def plan_files(inputs: list[str], out: Path | None, wanted: Wanted) -> Plan:
    """A run over exported files, one account for each input."""
    chosen = _baselines(wanted, ())
    scope = Scope(roles=wanted.roles, assumptions=wanted.assumptions, fail_on=wanted.fail_on or Severity.LOW)
    assignments = [Assignment(FileSource(each.account, each.path), chosen, scope) for each in read_inputs(inputs)]
    return Plan(assignments=tuple(assignments), out=out or Path("runs"), side_by_side=1)


def plan_accounts(
    config: Path, only: Sequence[str], out: Path | None, wanted: Wanted, stop: threading.Event, page_read: PageRead
) -> Plan:
    """A run over the live accounts of *config*, or over those of them that *only* names.

    What the command line says goes before what the configuration says; roles and assumptions of both count.

    Raises:
        ConfigurationError: the configuration cannot be used, or *only* names an account that it does not hold.
    """
    settings = load_config(config)
    return Plan(
        assignments=tuple(_assignment(each, settings, wanted, stop, page_read) for each in _picked(settings, only)),
        out=out or Path(settings.out or "runs"),
        side_by_side=settings.jobs,
    )


def _picked(config: Config, only: Sequence[str]) -> list[AccountSettings]:
    known = {account.id: account for account in config.accounts}
    for account in only:
        if account not in known:
            raise ConfigurationError(
                f"--account {account}: {config.file} holds no such account.", f"It holds {', '.join(sorted(known))}."
            )
    return [known[account] for account in dict.fromkeys(only or sorted(known))]


def _assignment(
    account: AccountSettings, config: Config, wanted: Wanted, stop: threading.Event, page_read: PageRead
) -> Assignment:
    scope = Scope(
        roles=tuple(dict.fromkeys((*wanted.roles, *account.roles))),
        assumptions=dict(sorted({**account.assumptions, **wanted.assumptions}.items())),
        fail_on=wanted.fail_on or config.fail_on or Severity.LOW,
    )

    def progress(table: str, pages: int, rows: int) -> None:
        page_read(account.id, table, pages, rows)

    return Assignment(
        SuiteqlSource(account, progress=progress, stop=stop), _baselines(wanted, account.baselines), scope
    )


def _baselines(wanted: Wanted, configured: Sequence[str]) -> tuple[Baseline, ...]:
    folders = baseline_folders(wanted.own_baselines)
    names = wanted.baselines or configured or (DEFAULT_BASELINE,)
    return tuple(find_baseline(name, folders) for name in dict.fromkeys(names))
