"""``auditor preflight``: would NetSuite take these coded expense lines, and if not, why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from auditor.cli.options import (
    AssumeOption,
    BaselineOption,
    BaselinesFolderOption,
    LastSyncOption,
    PrivacyKeyOption,
    PrivacyOption,
    RoleOption,
    read_assumptions,
    read_moment,
    read_privacy,
)
from auditor.config import PrivacySettings
from auditor.errors import ConfigurationError, SourceError
from auditor.model import AccountFailure, Baseline, ExpenseLines, Preflight, Scope, Snapshot, Taking

if TYPE_CHECKING:
    from auditor.cli.planning import Wanted
    from auditor.privacy import Hiding

EPILOG = (
    "Example: auditor preflight lines.csv --config accounts.toml --account 1234567\n\n"
    "Exit codes: 0 every line taken, 10 refused lines, 4 unknown lines, 14 both, 3 the account or the file could not "
    "be read, 2 usage or configuration."
)


class _Read(Struct, frozen=True):
    """One account with what it is held against, its people hidden as *hiding* has it."""

    snapshot: Snapshot
    baselines: tuple[Baseline, ...]
    scope: Scope
    hiding: Hiding


def preflight(
    lines: Annotated[Path, typer.Argument(metavar="LINES", help="CSV or XLSX with coded expense lines.")],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="accounts.toml: read the account live.")] = None,
    account: Annotated[
        str, typer.Option("--account", "-a", help="The account, where --config or --run holds several.")
    ] = "",
    run: Annotated[Path | None, typer.Option("--run", help="A run folder: judge by what that run read.")] = None,
    snapshot: Annotated[Path | None, typer.Option("--snapshot", help="The snapshot.json of an account.")] = None,
    baseline: BaselineOption = None,
    baselines: BaselinesFolderOption = None,
    role: RoleOption = None,
    assume: AssumeOption = None,
    last_sync: LastSyncOption = None,
    privacy: PrivacyOption = None,
    privacy_key: PrivacyKeyOption = "",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder that the results are written to.")] = Path(
        "preflights"
    ),
    json: Annotated[
        bool, typer.Option("--json", help="Print preflight.json on standard output, and nothing else there.")
    ] = False,
) -> None:
    """Say of every coded expense line whether NetSuite would take it, and if not, for which cause.

    Reads the account, or takes what an earlier run read, and writes a workbook and a JSON file. Nothing is sent to
    NetSuite but questions.
    """
    from auditor.cli.logs import LogFormat, logged

    with logged(LogFormat.PLAIN):
        from auditor.cli.planning import Wanted
        from auditor.cli.runs import new_run
        from auditor.evidence import RunFolder
        from auditor.reports.preflight_json import render as as_json
        from auditor.reports.workbook.preflight import render as as_workbook

        if sum(map(bool, (config, run, snapshot))) != 1:
            raise ConfigurationError(
                "Give one of --config, --run and --snapshot.", "auditor preflight --help shows more."
            )
        wanted = Wanted(
            baselines=baseline or (),
            own_baselines=baselines,
            roles=tuple(role or ()),
            assumptions=read_assumptions(assume),
            fail_on=None,
            last_sync=read_moment(last_sync),
            privacy=read_privacy(privacy, privacy_key),
        )
        given = _lines(lines)
        head = new_run(out)
        read = _live(config, account, wanted, head.started) if config else _kept(run, snapshot, account, wanted)
        found = _judged(read, given)
        written = as_json(found)
        with RunFolder(out, head.id) as folder:
            folder.write("preflight.json", written)
            folder.write("preflight.xlsx", as_workbook(found, head))
            place = folder.finish()
    if json:
        sys.stdout.write(written.decode())
    else:
        _summarize(found, place)
    raise typer.Exit(found.exit_code)


def _lines(path: Path) -> ExpenseLines:
    from auditor.sources.expense_lines import read_lines

    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).", "Give a CSV or XLSX file.") from error
    try:
        return read_lines(data, path.name)
    except SourceError as error:
        raise ConfigurationError(error.message, error.remedy) from error


def _live(config: Path, account: str, wanted: Wanted, taken: str) -> _Read:
    """The account as it is now.

    Raises:
        SourceError: it could not be read at all.
    """
    import threading

    from auditor.cli.planning import plan_accounts

    plan = plan_accounts(config, [account] if account else [], None, wanted, threading.Event(), lambda *_: None)
    if len(plan.assignments) != 1:
        names = ", ".join(each.source.account for each in plan.assignments)
        raise ConfigurationError(f"{config} holds several accounts: {names}.", "Say which with --account.")
    (assignment,) = plan.assignments
    try:
        read = assignment.source.collect(taken)
    except SourceError as error:
        failure = AccountFailure(account=assignment.source.account, cause=error.message, remedy=error.remedy)
        told = plan.hiding.failure(failure)
        raise SourceError(told.cause, told.remedy) from None
    return _hidden(read, assignment.baselines, assignment.scope, plan.hiding)


def _hidden(snapshot: Snapshot, baselines: tuple[Baseline, ...], scope: Scope, hiding: Hiding) -> _Read:
    snapshot, scope = hiding.account(snapshot, scope)
    return _Read(snapshot, baselines, scope, hiding)


def _kept(run: Path | None, snapshot: Path | None, account: str, wanted: Wanted) -> _Read:
    """The account as an earlier run read it."""
    from auditor.cli.kept import KeptRun
    from auditor.cli.planning import chosen_baselines, chosen_hiding, scope_of
    from auditor.sources.snapshot_file import read_snapshot

    if run:
        results = [each for each in KeptRun(run).results() if account in ("", each.account)]
        if len(results) != 1:
            known = ", ".join(each.account for each in KeptRun(run).results())
            raise ConfigurationError(f"{run} holds the accounts {known}.", "Say which with --account.")
        (result,) = results
        chosen = chosen_baselines(wanted, ()) if wanted.baselines else result.baselines
        scope = scope_of(wanted, result.scope.roles, result.scope.assumptions)
        scope = replace(scope, last_sync=scope.last_sync or result.scope.last_sync)
        return _hidden(result.snapshot, chosen, scope, chosen_hiding(wanted.privacy, PrivacySettings(), chosen))
    path = snapshot or Path()
    try:
        read = read_snapshot(path.read_bytes(), path.name)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}).", "Give a run's snapshot.json."
        ) from error
    except SourceError as error:
        raise ConfigurationError(error.message, error.remedy) from error
    chosen = chosen_baselines(wanted, ())
    return _hidden(read, chosen, scope_of(wanted, (), {}), chosen_hiding(wanted.privacy, PrivacySettings(), chosen))


def _judged(read: _Read, lines: ExpenseLines) -> Preflight:
    from auditor.catalog import load_catalog
    from auditor.checks.base import Case
    from auditor.checks.preflight import preflight as judge

    given = read.hiding.lines(read.snapshot.account, lines)
    return judge(Case(read.snapshot, read.baselines, read.scope, load_catalog()), given)


_MOST_SHOWN = 10
_RANK = {Taking.REFUSED: 0, Taking.UNKNOWN: 1, Taking.TAKEN: 2}


def _summarize(found: Preflight, place: Path) -> None:
    """Print the causes with the most lines, the counts, and where the results lie."""
    from collections import Counter

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from auditor.reports.text import printable

    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    counts = found.counted()
    table = Table(title=f"{found.file} against account {found.account}", title_justify="left")
    for heading in ("Lines", "Verdict", "Why", "Codes"):
        table.add_column(heading, overflow="fold")
    said = Counter(objection for each in found.lines for objection in each.objections)
    worst = sorted(said.items(), key=lambda pair: (_RANK[pair[0].taking], -pair[1], pair[0].text))
    for objection, number in worst[:_MOST_SHOWN]:
        word = "remark" if objection.taking is Taking.TAKEN else objection.taking.value
        table.add_row(f"{number:,}", word, Text(printable(objection.text)), ", ".join(objection.codes))
    if worst:
        console.print(table)
    if len(worst) > _MOST_SHOWN:
        console.print(Text(f"{len(worst) - _MOST_SHOWN:,} more causes stand in the workbook."))
    for text in found.unread[:_MOST_SHOWN]:
        console.print(Text(printable(f"Not read: {text}")))
    told = ", ".join(f"{counts[taking]:,} {taking.value}" for taking in Taking)
    unread = f", {len(found.unread):,} not read" if found.unread else ""
    console.print(Text(f"{len(found.lines):,} lines: {told}{unread} (exit code {found.exit_code})"))
    console.print(Text(f"Results: {place}"))
