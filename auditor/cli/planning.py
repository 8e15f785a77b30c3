"""Turns what the user asked for into accounts to audit: exported files, or the live accounts of a configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, structs

from auditor.baselines import baseline_folders, find_baseline
from auditor.checks.probe_view import INFO as PROBE_INFO
from auditor.cli.options import DEFAULT_BASELINE, read_inputs
from auditor.cli.signing import configuration_record
from auditor.cli.waivers import read_waivers, switched_off
from auditor.config import (
    AccountSettings,
    Config,
    Deliveries,
    HistorySettings,
    Privacy,
    PrivacySettings,
    SigningSettings,
    load_config,
)
from auditor.errors import ConfigurationError
from auditor.evidence.manifest import Configuration
from auditor.fleet import Assignment
from auditor.model import Baseline, Format, Scope, Severity, Waivers
from auditor.privacy import NAMED, Hiding, hiding
from auditor.secrets import resolve
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
    probe: bool = True
    """Try the integrations' own tokens, where the configuration names them."""
    cache: Path | None = None
    """Folder that keeps the WSDL; None: the usual one."""
    expected: dict[str, str] = {}
    skipped: tuple[str, ...] = ()
    waivers: Path | None = None
    last_sync: str = ""
    privacy: PrivacySettings = PrivacySettings()
    """As the command line says, which goes before the configuration."""


class Plan(Struct, frozen=True, kw_only=True):
    """What a run does, before it begins."""

    assignments: tuple[Assignment, ...]
    out: Path
    side_by_side: int
    signing: SigningSettings | None = None
    configuration: Configuration | None = None
    history: HistorySettings | None = None
    deliveries: Deliveries = Deliveries()
    hiding: Hiding = NAMED
    waivers: Waivers = Waivers()
    formats: tuple[Format, ...] = ()
    """Those of the configuration, to be written besides those that every run has."""

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """Every baseline that an account is held against, once, in the order of their ids."""
        used = {baseline.id: baseline for assignment in self.assignments for baseline in assignment.baselines}
        return tuple(used[name] for name in sorted(used))


def plan_files(inputs: list[str], out: Path | None, wanted: Wanted) -> Plan:
    """A run over exported files, one account for each input."""
    chosen = chosen_baselines(wanted, ())
    scope = scope_of(wanted, (), {})
    waivers = read_waivers(wanted.waivers)
    assignments = [
        Assignment(FileSource(each.account, each.path), chosen, scope, waivers) for each in read_inputs(inputs)
    ]
    return Plan(
        assignments=tuple(assignments),
        out=out or Path("runs"),
        side_by_side=1,
        waivers=waivers,
        hiding=chosen_hiding(wanted.privacy, PrivacySettings(), chosen),
    )


def plan_accounts(
    config: Path, only: Sequence[str], out: Path | None, wanted: Wanted, stop: threading.Event, page_read: PageRead
) -> Plan:
    """A run over the live accounts of *config*, or over those of them that *only* names.

    What the command line says goes before what the configuration says; roles and assumptions of both count.

    Raises:
        ConfigurationError: the configuration cannot be used, or *only* names an account that it does not hold.
    """
    settings = load_config(config)
    chosen = picked(settings, only)
    waivers = read_waivers(wanted.waivers or (Path(settings.waivers) if settings.waivers else None))
    assignments = [_assignment(each, settings, wanted, waivers, stop, page_read) for each in chosen]
    hiding = chosen_hiding(wanted.privacy, settings.privacy, [each for one in assignments for each in one.baselines])
    return Plan(
        assignments=_with_probes(assignments, chosen, wanted, stop),
        waivers=waivers,
        out=out or Path(settings.out or "runs"),
        side_by_side=settings.jobs,
        signing=settings.signing,
        configuration=configuration_record(settings, hiding.person),
        hiding=hiding,
        history=settings.history,
        formats=settings.formats,
        deliveries=settings.deliveries,
    )


def chosen_hiding(asked: PrivacySettings, configured: PrivacySettings, baselines: Sequence[Baseline]) -> Hiding:
    """How people are hidden. Each setting of the command line goes before that of the configuration.

    Raises:
        ConfigurationError: the key is not there or can be guessed, or a baseline names people.
    """
    way, key = asked.way or configured.way, asked.key or configured.key
    if way is None:
        return NAMED
    if naming := [baseline.id for baseline in baselines if baseline.users]:
        raise ConfigurationError(
            f"The baseline {naming[0]} names users, and every run keeps its baselines as they are.",
            "With privacy, take them out of it, and say expected_user in accounts.toml or --expect user=… instead.",
        )
    return hiding(way, resolve(key) if key and way is Privacy.HASH else None)


def picked(config: Config, only: Sequence[str]) -> list[AccountSettings]:
    """The accounts of *config* that *only* names, each once; all of them if it names none.

    Raises:
        ConfigurationError: *only* names one that is not there.
    """
    known = {account.id: account for account in config.accounts}
    for account in only:
        if account not in known:
            raise ConfigurationError(
                f"--account {account}: {config.file} holds no such account.", f"It holds {', '.join(sorted(known))}."
            )
    return [known[account] for account in dict.fromkeys(only or sorted(known))]


def _assignment(
    account: AccountSettings,
    config: Config,
    wanted: Wanted,
    waivers: Waivers,
    stop: threading.Event,
    page_read: PageRead,
) -> Assignment:
    scope = structs.replace(
        scope_of(wanted, account.roles, account.assumptions, config.fail_on),
        skipped_checks=tuple(
            sorted(
                {
                    *switched_off(wanted.skipped, "--skip-check"),
                    *switched_off(config.checks_off, f"{config.file}: [checks] off"),
                }
            )
        ),
        idle_days=config.idle_days,
        expected=dict(sorted({**account.expected, **wanted.expected}.items())),
    )

    def progress(table: str, pages: int, rows: int) -> None:
        page_read(account.id, table, pages, rows)

    return Assignment(
        SuiteqlSource(account, progress=progress, stop=stop),
        chosen_baselines(wanted, account.baselines),
        scope,
        waivers,
    )


def _with_probes(
    assignments: Sequence[Assignment], accounts: Sequence[AccountSettings], wanted: Wanted, stop: threading.Event
) -> tuple[Assignment, ...]:
    """*assignments*, those whose account names the integration's own token with a probe.

    Where the check on what the token is answered is switched off, the token is not tried either: each try is a sign-in,
    and nobody would be told of its answers.
    """
    wanted_of = [
        account.probe if wanted.probe and PROBE_INFO.id not in each.scope.skipped_checks else None
        for each, account in zip(assignments, accounts, strict=True)
    ]
    if not any(wanted_of):
        return tuple(assignments)
    from auditor.cli.probing import Prober

    prober = Prober(wanted.cache)
    return tuple(
        structs.replace(each, probe=partial(prober.rows, account, integration, each.baselines, stop))
        if integration
        else each
        for each, account, integration in zip(assignments, accounts, wanted_of, strict=True)
    )


def scope_of(
    wanted: Wanted, roles: Sequence[str], assumptions: Mapping[str, bool], fail_on: Severity | None = None
) -> Scope:
    """What the command line says, laid over *roles* and *assumptions*, which hold for the account anyway."""
    return Scope(
        roles=tuple(dict.fromkeys((*wanted.roles, *roles))),
        assumptions=dict(sorted({**assumptions, **wanted.assumptions}.items())),
        fail_on=wanted.fail_on or fail_on or Severity.LOW,
        last_sync=wanted.last_sync,
        skipped_checks=switched_off(wanted.skipped, "--skip-check"),
        expected=wanted.expected,
    )


def chosen_baselines(wanted: Wanted, configured: Sequence[str]) -> tuple[Baseline, ...]:
    """The baselines of the command line, else those of the account's configuration, else the default."""
    folders = baseline_folders(wanted.own_baselines)
    names = wanted.baselines or configured or (DEFAULT_BASELINE,)
    return tuple(find_baseline(name, folders) for name in dict.fromkeys(names))
