"""``auditor probe``: ask for each record that the integration asks for, with the integration's own token."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from auditor.cli.logs import LogFileOption, LogFormat, LogFormatOption, LogLevelOption, logged
from auditor.cli.options import DEFAULT_BASELINE, CacheOption
from auditor.errors import AuditorError, ConfigurationError
from auditor.model import ProbeOutcome, ProbeRow

if TYPE_CHECKING:
    from auditor.cli.probing import Prober
    from auditor.config import AccountSettings, Config, ProbeSettings

EPILOG = (
    "Example: auditor probe --config accounts.toml --account 1234567\n\n"
    "Exit codes: 0 every record allowed, 10 a refusal, 4 something empty, failed or not signed in, "
    "3 no account could be signed in to, 2 usage or configuration."
)

_STYLES = {
    ProbeOutcome.ALLOWED: "green",
    ProbeOutcome.REFUSED: "bold red",
    ProbeOutcome.EMPTY: "yellow",
    ProbeOutcome.FAILED: "magenta",
}
_REFUSED, _INCOMPLETE = 10, 4


class ProbeFailure(Struct, frozen=True):
    """Why an account could not be probed."""

    cause: str
    remedy: str
    exit_code: int


class AccountProbe(Struct, frozen=True):
    """What came of one account: rows, or a failure."""

    account: str
    rows: tuple[ProbeRow, ...] = ()
    failure: ProbeFailure | None = None


def probe(
    config: Annotated[Path, typer.Option("--config", "-c", help=r"accounts.toml with an \[account.probe] table.")],
    account: Annotated[
        list[str] | None, typer.Option("--account", "-a", help="Probe this account only; may be repeated.")
    ] = None,
    wsdl: Annotated[
        str, typer.Option("--wsdl", help="Address of the WSDL; its version is the one spoken. Default: netsuitesdk's.")
    ] = "",
    cache: CacheOption = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")
    ] = False,
    log_format: LogFormatOption = LogFormat.AUTO,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
) -> None:
    """Show what NetSuite answers the integration's own token, record by record.

    Signs in by SOAP as the integration does and asks for each record that Expensify asks for.
    Refusals are told in NetSuite's own words, with the permission and the error codes that follow.
    It only reads, and was never tried on a live account.

    SOAP ends: 2025.2 is its last endpoint, which ends with 2028.2.
    Token-based authentication ends: no new integrations from 2027.1 on; the end itself is tentatively 2028.1.
    """
    from auditor.config import load_config

    with logged(log_format, log_level, log_file):
        settings = load_config(config)
        chosen = _chosen(settings, account or [])
        probes = _all(chosen, settings.jobs, wsdl, cache)
    if json:
        _print_json(probes)
    else:
        _print_tables(probes)
    raise typer.Exit(_exit_code(probes))


def _chosen(settings: Config, wanted: Sequence[str]) -> list[tuple[AccountSettings, ProbeSettings]]:
    """The accounts to probe, by id, each with the integration's token.

    Raises:
        ConfigurationError: one that was asked for is not there or has no token of the integration, or none has.
    """
    known = {each.id: each for each in settings.accounts}
    with_token = {each.id: (each, each.probe) for each in settings.accounts if each.probe is not None}
    for name in wanted:
        if name not in known:
            raise ConfigurationError(
                f"{settings.file} names no account {name}.", f"It names {', '.join(sorted(known))}."
            )
        if name not in with_token:
            raise ConfigurationError(
                f"Account {name} has no token to probe with.", f"Add an [account.probe] table to it in {settings.file}."
            )
    if not with_token:
        raise ConfigurationError(
            f"{settings.file}: no account has a token to probe with.", "Add an [account.probe] table to an account."
        )
    return [with_token[name] for name in sorted(set(wanted) or with_token)]


def _all(
    chosen: Sequence[tuple[AccountSettings, ProbeSettings]], jobs: int, wsdl: str, cache: Path | None
) -> list[AccountProbe]:
    """Each account's probe, side by side; one failure is one account's."""
    from auditor.cli.probing import Prober

    prober = Prober(cache, wsdl)

    def one(account: tuple[AccountSettings, ProbeSettings]) -> AccountProbe:
        settings, integration = account
        try:
            return AccountProbe(settings.id, rows=_rows(settings, integration, prober))
        except AuditorError as error:
            return AccountProbe(settings.id, failure=ProbeFailure(error.message, error.remedy, error.exit_code))

    with ThreadPoolExecutor(min(jobs, len(chosen)), thread_name_prefix="account") as pool:
        return list(pool.map(one, chosen))


def _rows(settings: AccountSettings, integration: ProbeSettings, prober: Prober) -> tuple[ProbeRow, ...]:
    from auditor.baselines import baseline_folders, find_baseline

    folders = baseline_folders(None)
    baselines = [find_baseline(name, folders) for name in settings.baselines or (DEFAULT_BASELINE,)]
    return prober.rows(settings, integration, baselines)


def _exit_code(probes: Sequence[AccountProbe]) -> int:
    rows = [row for each in probes for row in each.rows]
    if any(row.outcome is ProbeOutcome.REFUSED for row in rows):
        return _REFUSED
    failures = [each.failure for each in probes if each.failure]
    if not rows:
        return max(failure.exit_code for failure in failures)
    if failures or any(row.outcome is not ProbeOutcome.ALLOWED for row in rows):
        return _INCOMPLETE
    return 0


def _print_json(probes: Sequence[AccountProbe]) -> None:
    import msgspec

    accounts = [
        {
            "account": each.account,
            # Every key of every row: what a row leaves out where it is kept, a reader would have to know.
            "rows": [msgspec.structs.asdict(row) for row in each.rows],
            "failure": each.failure,
        }
        for each in probes
    ]
    sys.stdout.write(msgspec.json.format(msgspec.json.encode({"accounts": accounts}), indent=2).decode() + "\n")


def _print_tables(probes: Sequence[AccountProbe]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from auditor.reports.text import printable

    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    for each in probes:
        if each.failure:
            text = printable(f"Account {each.account} was not probed: {each.failure.cause} {each.failure.remedy}")
            console.print(Text(text.rstrip(), "bold magenta"))
            continue
        table = Table(title=f"Account {each.account}", title_justify="left")
        for heading in ("Record", "Answer", "Count", "Permission", "Codes"):
            table.add_column(heading, overflow="fold")
        for row in each.rows:
            count = "" if row.count is None else str(row.count)
            answer = Text(row.outcome.value, _STYLES[row.outcome])
            table.add_row(Text(row.record), answer, count, Text(row.permission), ", ".join(row.codes))
        console.print(table)
        for row in each.rows:
            if row.detail:
                console.print(Text(f"{row.record}: {printable(f'{row.detail} {row.remedy}'.rstrip())}"))
    console.print(Text(_summary(probes)))


def _summary(probes: Sequence[AccountProbe]) -> str:
    rows = [row for each in probes for row in each.rows]
    counts = ", ".join(f"{sum(row.outcome is outcome for row in rows)} {outcome.value}" for outcome in ProbeOutcome)
    signed_in = sum(each.failure is None for each in probes)
    return f"{len(probes)} accounts, {signed_in} signed in to: {counts} (exit code {_exit_code(probes)})"
