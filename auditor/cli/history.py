"""``auditor history`` and ``auditor trend``: what earlier runs saw, and how open findings go over nights."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import HistoryOption
from auditor.errors import HistoryError
from auditor.model import Severity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from auditor.history.asking import PastFinding, PastRun
    from auditor.history.database import Place
    from auditor.model import Trend, TrendPoint

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help=r"accounts.toml, for its \[history] table and its out.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help="Folder of the runs, with history.sqlite in it. Default: the configuration's, or runs."
    ),
]
AccountOption = Annotated[str, typer.Option("--account", "-a", help="Only this account.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]

_BAR = 16
"""Characters of the longest bar."""
_TWO_DAYS = timedelta(days=2)
_MOST_RUNS = 30


def history(
    account: AccountOption = "",
    finding: Annotated[str, typer.Option("--finding", help="Only this finding: its id as the reports give it.")] = "",
    history: HistoryOption = "",
    config: ConfigOption = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Show what earlier runs saw when: the runs, or with --account or --finding the findings and their nights."""
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.history.asking import asking

        place = chosen_place(history, config, out)
        with asking(place) as past:
            runs = past.runs(account, _MOST_RUNS)
            findings = past.findings(account, finding) if account or finding else ()
            if account and not past.knows(account):
                raise HistoryError(
                    f"The history {place} knows no account {account}.", "`auditor history` lists the runs."
                )
        if finding and not findings:
            raise HistoryError(
                f"The history {place} knows no finding {finding} that ever failed.",
                "Take the id from a report; `auditor history --account` lists an account's.",
            )
    if json:
        _print_json({"history": str(place), "runs": runs, "findings": findings})
    elif finding:
        _show_finding(findings)
    else:
        _show(runs, findings, place, account)


def trend(
    account: AccountOption = "",
    nights: Annotated[int, typer.Option("--nights", min=1, help="How many runs to go back.")] = 30,
    history: HistoryOption = "",
    config: ConfigOption = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Show how many findings were open after each run, by severity, and how long mending takes."""
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.history.asking import asking

        place = chosen_place(history, config, out)
        with asking(place) as past:
            if account and not past.knows(account):
                raise HistoryError(
                    f"The history {place} knows no account {account}.", "`auditor history` lists the runs."
                )
            found = past.trend(nights, account)
    if json:
        _print_json(found)
    else:
        _show_trend(found, account)


def chosen_place(history: str, config: Path | None, out: Path | None) -> Place:
    """Where the history is, as a command's options say."""
    from auditor.cli.past import history_place
    from auditor.config import load_config

    settings = load_config(config) if config else None
    folder = out or Path((settings and settings.out) or "runs")
    return history_place(history, settings.history if settings else None, folder)


def _print_json(found: object) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")


def _console() -> Console:
    from rich.console import Console

    return Console(soft_wrap=not sys.stdout.isatty(), highlight=False)


def _table(title: str = "", between: int = 2) -> Table:
    """Without lines between columns, so that it fits into a terminal or a mail of 80 characters.

    *between* is how far the columns stand apart.
    """
    from rich import box
    from rich.table import Table

    padding = (0, between - 1, 0, 0)
    return Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=padding
    )


def _show(runs: tuple[PastRun, ...], findings: tuple[PastFinding, ...], place: Place, account: str) -> None:
    from rich.text import Text

    from auditor.reports.text import printable

    console = _console()
    console.print(Text(f"History: {place}"))
    if account:
        table = _table(f"Findings of account {printable(account)} that ever failed")
        table.add_column("Finding", overflow="fold", min_width=16)
        for heading in ("Severity", "First seen", "Last seen", "Nights"):
            table.add_column(heading, no_wrap=True)
        table.add_column("State", overflow="fold")
        for each in findings:
            first, last = each.periods[0], each.periods[-1]
            cells = (each.severity.value, _day(first.opened_at), _day(last.last_at), str(each.nights), _state(each))
            table.add_row(Text(f"{printable(each.title)}\n{each.id}"), *cells)
        console.print(table)
    table = _table("Runs" if not account else "Runs that met it")
    for heading in ("Run", "Verdict", "Accounts audited", "Not audited", "Where"):
        table.add_column(heading, overflow="fold")
    for run in runs:
        verdict = run.verdict if run.finished else "never finished: does not count"
        table.add_row(Text(run.run), verdict, str(run.audited), str(run.failed), Text(printable(run.place)))
    console.print(table)


def _show_finding(findings: tuple[PastFinding, ...]) -> None:
    from rich.text import Text

    from auditor.reports.text import printable

    console = _console()
    for each in findings:
        console.print(Text(printable(each.title), "bold"))
        said = f"account {each.account}, {each.subject_kind} {each.subject}, {each.check}, {each.requirement}"
        console.print(Text(printable(said)))
        console.print(Text(f"{each.severity.value}, {_state(each)}, seen failing in {_nights(each.nights)}"))
        table = _table()
        for heading in ("Opened", "Last seen", "Nights", "Resolved", "How"):
            table.add_column(heading, overflow="fold")
        for period in each.periods:
            table.add_row(period.opened, period.last, str(period.nights), period.resolved, period.how)
        console.print(table)


def _state(finding: PastFinding) -> str:
    last = finding.periods[-1]
    return f"resolved ({last.how})" if last.resolved else finding.state


def _show_trend(found: Trend, account: str) -> None:
    from rich.text import Text

    console = _console()
    shown = [each for each in _worst_first() if any(point.open.get(each) for point in found.points)]
    headings = ("Night", *(severity.value for severity in shown), "Open", "New", "Resolved", "Audited")
    rows = [_trend_row(point, shown) for point in found.points]
    room = console.width - sum(1 + max(map(len, cells)) for cells in zip(headings, *rows, strict=True))
    most = max((point.total for point in found.points), default=0)
    table = _table(f"Open findings of account {account}" if account else "Open findings of all accounts", between=1)
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "Night" else "right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for point, row in zip(found.points, rows, strict=True):
        table.add_row(*row, "█" * -(-point.total * max(0, min(_BAR, room)) // most) if most else "")
    console.print(table)
    if not found.points:
        console.print(Text("No run has finished yet."))
    if found.seconds_to_mend is None:
        console.print(Text("Mean time to fix: nothing was fixed yet."))
    else:
        span = _span(timedelta(seconds=found.seconds_to_mend))
        console.print(Text(f"Mean time to fix: {span} ({found.mended:,} fixed over the whole history)"))


def _trend_row(point: TrendPoint, shown: list[Severity]) -> tuple[str, ...]:
    numbers = (point.open.get(severity, 0) for severity in shown)
    counted = (*numbers, point.total, point.opened, point.resolved)
    return (
        _night(point.started),
        *(str(number or "·") for number in counted),
        f"{point.audited} of {point.audited + point.failed}",
    )


def _worst_first() -> list[Severity]:
    return sorted(Severity, key=lambda severity: -severity.rank)


def _day(moment: str) -> str:
    return moment.partition("T")[0]


def _night(started: str) -> str:
    return f"{datetime.fromisoformat(started).astimezone(UTC):%Y-%m-%d %H:%M}"


def _span(time: timedelta) -> str:
    days, hours = time / timedelta(days=1), time / timedelta(hours=1)
    return f"{days:.1f} days" if time >= _TWO_DAYS else f"{hours:.1f} hours"


def _nights(number: int) -> str:
    return f"{number} run{'' if number == 1 else 's'}"
