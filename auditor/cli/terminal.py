"""What a person or a log sees while a command runs, and how a command ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from auditor.errors import AuditorError
from auditor.evidence.seal import seal_digest
from auditor.model import AccountFailure, AccountResult, Run, Verdict
from auditor.reports.text import printable

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {
    Verdict.CLEAN: "bold green",
    Verdict.FINDINGS: "bold red",
    Verdict.INCOMPLETE: "bold yellow",
    Verdict.FINDINGS_AND_INCOMPLETE: "bold red",
    Verdict.NOT_AUDITED: "bold magenta",
}


@contextmanager
def errors_end_the_command() -> Iterator[None]:
    """Turn an error that a user can mend into one clear message on standard error and its exit code."""
    try:
        yield
    except AuditorError as error:
        _stop(error)


def _stop(error: AuditorError) -> NoReturn:
    print(f"auditor: {printable(error.message)}", file=sys.stderr)
    if error.remedy:
        print(f"  {printable(error.remedy)}", file=sys.stderr)
    raise typer.Exit(error.exit_code) from error


def outcome_words(outcome: AccountResult | AccountFailure) -> str:
    """What became of an account, on one line."""
    if isinstance(outcome, AccountFailure):
        return f"{Verdict.NOT_AUDITED.value}: {outcome.cause}"
    return f"{outcome.verdict.value}: {_counts(outcome)}"


def _counts(result: AccountResult) -> str:
    failed = len(result.failed()) + len(result.waived())
    noted = f", {len(result.noted())} noted" if result.noted() else ""
    waived = f" ({len(result.waived())} waived)" if result.waived() else ""
    return f"{failed} failed{waived}{noted}, {len(result.unknown())} unknown, {len(result.findings)} judged"


def end_run(run: Run, place: Path, *, json: bool) -> NoReturn:
    """Say how the run went, on paper for people or as run.json for machines, and exit with its exit code."""
    if json:
        sys.stdout.write((place / "run.json").read_text(encoding="utf-8"))
    else:
        _summarize(run, place)
    raise typer.Exit(run.exit_code)


def _summarize(run: Run, place: Path) -> None:
    """Print the table of accounts, the verdict, and where the reports lie."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    table = Table(title=f"{run.expected} expected, {len(run.results)} audited", title_justify="left")
    for heading in ("Account", "Verdict", "Findings"):
        table.add_column(heading, overflow="fold")
    for result in run.results:
        table.add_row(Text(result.account), _styled(result.verdict), Text(_counts(result)))
    for failure in run.failures:
        cause = printable(f"{failure.cause} {failure.remedy}")
        table.add_row(Text(failure.account), _styled(Verdict.NOT_AUDITED), Text(cause))
    console.print(table)
    console.print(
        Text.assemble("Verdict: ", (run.verdict.value, _STYLES[run.verdict]), f" (exit code {run.exit_code})")
    )
    console.print(Text(f"Reports: {place}"))
    console.print(Text(f"Seal: {seal_digest(place)}"))


def _styled(verdict: Verdict) -> Text:
    from rich.text import Text

    return Text(verdict.value, _STYLES[verdict])
