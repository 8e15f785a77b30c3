"""``auditor baselines``: list, show and lint baseline files."""

from __future__ import annotations

import enum
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import Struct

from auditor.errors import AuditorError, BaselineError
from auditor.model import Baseline, Comparison, Condition, Confidence, Requirement
from auditor.shipped import shipped_folder

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="List, show and check baselines: what an integration asks of its role.")

OwnFolder = Annotated[
    Path | None,
    typer.Option("--baselines", metavar="DIR", help="A folder of your own; its files win over shipped ones of one id."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]

_WIDTH_OF_NO_TERMINAL = 160


@app.command("list", epilog="Example: auditor baselines list --baselines ./our-baselines")
def list_(own: OwnFolder = None, as_json: AsJson = False) -> None:
    """List every baseline: the shipped ones, and those of your own folder."""
    from auditor.baselines import baseline_folders, locate_baselines
    from auditor.baselines.problems import one_line

    with _told():
        located = locate_baselines(baseline_folders(own))
    if as_json:
        typer.echo(json.dumps([_summary(path, baseline) for path, baseline in located], indent=2))
        return
    shipped = shipped_folder("baselines")
    table = _table("ID", "Version", "Rows", "Vendor", "How sure", "File")
    for path, baseline in located:
        rows = str(len(baseline.requirements))
        sure = "INFERRED" if baseline.confidence is Confidence.INFERRED else baseline.confidence.value
        file = "shipped" if path.parent == shipped else one_line(str(path))
        table.add_row(baseline.id, baseline.version, rows, baseline.vendor, sure, file)
    console = _console()
    console.print(table)
    console.print(f"Shipped files lie in {one_line(str(shipped))}", soft_wrap=True)


@app.command(epilog="Example: auditor baselines show expensify-integration")
def show(
    baseline: Annotated[
        str, typer.Argument(metavar="ID", help="A baseline's id, or the path of a file (./mine.yaml).")
    ],
    own: OwnFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show the whole of one baseline: its source, its rows with codes and conditions, and what is not judged."""
    from auditor.baselines import baseline_folders, find_baseline

    with _told():
        found = find_baseline(baseline, baseline_folders(own))
    if as_json:
        typer.echo(json.dumps(_plain(found), indent=2))
        return
    console = _console()
    _print_head(console, found)
    _print_requirements(console, found.requirements)
    if found.not_judged:
        console.print(f"\nNot judged ({len(found.not_judged)})", style="bold")
        table = _table("Label", "Level", "Why")
        for row in found.not_judged:
            table.add_row(row.label, row.level, row.reason)
        console.print(table)
    if found.after_fix:
        console.print("\nAfter the role is mended", style="bold")
        for number, step in enumerate(found.after_fix, 1):
            console.print(f"{number}. {step}")


@app.command(epilog="Example: auditor baselines lint our-baselines/*.yaml")
def lint(files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Baseline files.")]) -> None:
    """Check baseline files: every problem of every file, as file:line:column: message. Exit code 2 if there is any."""
    from auditor.baselines import load_baseline

    problems = []
    for file in files:
        try:
            load_baseline(file)
        except BaselineError as error:
            problems.append(str(error))
    if problems:
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(BaselineError.exit_code)
    typer.echo("1 file is good." if len(files) == 1 else f"{len(files)} files are good.")


@contextmanager
def _told() -> Iterator[None]:
    """Tell an error that a user can cause in its own words, and end with its exit code."""
    try:
        yield
    except AuditorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from error


def _console() -> Console:
    """A console that interprets nothing in what it prints: labels may hold brackets and colons."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _WIDTH_OF_NO_TERMINAL
    return Console(width=width, markup=False, highlight=False, emoji=False)


def _table(*headings: str) -> Table:
    """A table that keeps ids whole and folds what else is too long: what is cut short is of no use."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        numbers = heading in ("#", "Rows")
        table.add_column(
            heading, overflow="fold", no_wrap=heading.upper() == "ID", justify="right" if numbers else "left"
        )
    return table


def _grid() -> Table:
    """Two columns without a frame: a short name, and what is to be said of it."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _print_head(console: Console, baseline: Baseline) -> None:
    from auditor.baselines.problems import one_line

    console.print(baseline.title, style="bold")
    if baseline.confidence is Confidence.INFERRED:
        console.print("INFERRED: no source states all of it. The note says what is inferred.", style="bold yellow")
    exact = baseline.comparison is Comparison.EXACT
    facts = {
        "Id": f"{baseline.id}, version {baseline.version}",
        "Vendor": baseline.vendor,
        "Purpose": baseline.purpose,
        "Source": baseline.source,
        "Read on": baseline.read_on,
        "How sure": baseline.confidence.value,
        "Comparison": "exact: a higher level is an excess" if exact else "minimum: a higher level is fine",
        "Signs in by": "access token (tba)" if baseline.connection == "tba" else "OAuth 2.0 (oauth2)",
        "Applications": ", ".join(baseline.applications) or "none named",
        "Roles": ", ".join((*baseline.role_names, *baseline.role_scriptids)) or "none named: use --role",
        "Note": baseline.note or "none",
        "File": f"{one_line(baseline.file)}, SHA-256 {baseline.sha256}",
    }
    grid = _grid()
    for name, fact in facts.items():
        grid.add_row(name, fact)
    console.print(grid)


def _print_requirements(console: Console, requirements: tuple[Requirement, ...]) -> None:
    table = _table("#", "Permission", "Id", "Sub-tab", "Level", "Codes")
    for number, row in enumerate(requirements, 1):
        asked, *others = row.options
        codes = ", ".join(row.codes)
        table.add_row(str(number), asked.label, asked.permission, asked.subtab, asked.level.value, codes)
        for option in others:
            table.add_row("", f"or {option.label}", option.permission, option.subtab, option.level.value)
    console.print(f"\nRequirements ({len(requirements)})", style="bold")
    console.print(table)
    remarks = _grid()
    for number, row in enumerate(requirements, 1):
        if remark := _remark(row):
            remarks.add_row(f"Row {number}", remark)
    console.print(remarks)


def _condition(when: Condition) -> str:
    if when.feature:
        return f"Applies if the feature {when.feature} is on."
    if when.oneworld is not None:
        return f"Applies in accounts {'with' if when.oneworld else 'without'} OneWorld."
    return f"Applies if {when.option} is in use."


def _remark(row: Requirement) -> str:
    remarks = [
        _condition(row.when) if row.when else "",
        f"Id {row.id}." if row.id != row.asked.permission else "",
        f"Retired: {row.retired}" if row.retired else "",
        f"Severity {row.severity.value}." if row.severity else "",
        row.note,
    ]
    return " ".join(filter(None, remarks))


def _summary(path: Path, baseline: Baseline) -> dict[str, Any]:
    keys = ("id", "version", "title", "vendor", "confidence", "comparison", "connection", "read_on", "sha256")
    summary = {key: _plain(getattr(baseline, key)) for key in keys}
    return summary | {"rows": len(baseline.requirements), "file": str(path)}


def _plain(value: Any) -> Any:
    """*value* as JSON has it, with every field, also those at their default: a machine should not have to know them."""
    if isinstance(value, Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, enum.Enum) else value
