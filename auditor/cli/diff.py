"""``auditor diff A B``: what changed between two runs, or between two snapshots."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from auditor.errors import ConfigurationError
from auditor.model import Drift

if TYPE_CHECKING:
    from auditor.history.reading import Reading

EPILOG = (
    "Example: auditor diff runs/20261120T020000Z runs/20261121T020000Z --account 1234567\n\n"
    "Exit codes: 0 no change, 10 changes, 4 something could not be compared, 14 both, 2 usage."
)
_CHANGES, _IN_PART = 10, 4

Side = Annotated[Path, typer.Argument(help="A run folder, or one snapshot.json.")]


class Comparison(Struct, frozen=True):
    """One account: its drift, or why there is none."""

    account: str
    drift: Drift | None = None
    problem: str = ""


def diff(
    before: Side,
    after: Side,
    account: Annotated[
        list[str] | None, typer.Option("--account", "-a", help="Compare this account only; may be repeated.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")
    ] = False,
) -> None:
    """Tell what changed between two run folders or two snapshots: roles, permissions, tokens, users, baselines.

    What only one of the two has is told as a change only if the other was read in full.
    """
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        comparisons = _compared(before, after, account or [])
    if json:
        _print_json(comparisons)
    else:
        _print(comparisons)
    raise typer.Exit(_exit_code(comparisons))


def _compared(before: Path, after: Path, wanted: list[str]) -> list[Comparison]:
    from auditor.history.drift import compare

    comparisons = []
    snapshots = before.is_file() and after.is_file()
    for old, new in _paired(_readings(before, wanted), _readings(after, wanted), snapshots=snapshots):
        if old and new:
            comparisons.append(Comparison(new.account, compare(old, new)))
        elif present := old or new:
            lacking = after if old else before
            comparisons.append(Comparison(present.account, problem=f"{lacking} has no such account that was audited."))
    if not comparisons:
        raise ConfigurationError("There is no account to compare.", f"Look which accounts {before} and {after} hold.")
    return comparisons


def _paired(
    before: Iterator[Reading], after: Iterator[Reading], *, snapshots: bool
) -> Iterator[tuple[Reading | None, Reading | None]]:
    """Pairs of the same account, of two streams in the order of the ids; None where one stream lacks it.

    Only a pair is held at a time. Two *snapshots* are of one account because a person says so by naming the two.
    """
    old, new = next(before, None), next(after, None)
    while old or new:
        if old and new and (snapshots or old.account == new.account):
            yield old, new
            old, new = next(before, None), next(after, None)
        elif new is None or (old and old.account < new.account):
            yield old, None
            old = next(before, None)
        else:
            yield None, new
            new = next(after, None)


def _readings(path: Path, wanted: list[str]) -> Iterator[Reading]:
    """What lies at *path*, account by account; of *wanted* alone, unless that is empty."""
    from auditor.cli.kept import KeptRun
    from auditor.errors import SourceError
    from auditor.history.reading import Reading
    from auditor.sources.snapshot_file import read_snapshot

    if path.is_file():
        try:
            snapshot = read_snapshot(path.read_bytes(), str(path))
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
        if not wanted or snapshot.account in wanted:
            yield Reading.of_snapshot(snapshot)
    else:
        kept = KeptRun(path)
        for result in kept.results(wanted):
            yield Reading.of_result(result, kept.head.id)


def _exit_code(comparisons: list[Comparison]) -> int:
    changed = any(each.drift and each.drift.total for each in comparisons)
    in_part = any(each.drift is None or each.drift.partial for each in comparisons)
    return (_CHANGES if changed else 0) + (_IN_PART if in_part else 0)


def _print_json(comparisons: list[Comparison]) -> None:
    import msgspec

    text = msgspec.json.format(msgspec.json.encode({"accounts": comparisons}), indent=2)
    sys.stdout.write(text.decode() + "\n")


def _print(comparisons: list[Comparison]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from auditor.reports.drift_text import (
        between,
        changed_at,
        changed_by,
        counted_kinds,
        on_authors,
        part,
        unproven_sentence,
    )
    from auditor.reports.text import printable

    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    for each in comparisons:
        console.print(Text(printable(f"Account {each.account}"), "bold"))
        if each.drift is None:
            console.print(Text(printable(f"  Not compared: {each.problem}"), "magenta"))
            continue
        console.print(Text(printable(f"  {between(each.drift)}: {counted_kinds(each.drift)}")))
        if each.drift.changes:
            table = Table()
            for heading in ("Change", "What", "Before", "After", "Changed by, at"):
                table.add_column(heading, overflow="fold")
            for change in each.drift.changes:
                what = (f"{change.subject.kind.value} {change.subject.name}", part(change))
                author = (changed_by(change), changed_at(change))
                cells = ((change.kind.value,), what, (change.before,), (change.after,), author)
                shown = (Text("\n".join(printable(line) for line in lines if line)) for lines in cells)
                table.add_row(*shown, style="bold" if change.kind.widens else None)
            console.print(table)
        for unproven in each.drift.unproven:
            console.print(Text(printable(f"  {unproven_sentence(unproven)}"), "yellow"))
    said = [text for each in comparisons if each.drift for text in on_authors(each.drift)]
    for text in dict.fromkeys(said):
        console.print(Text(printable(text)))
