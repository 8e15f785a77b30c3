"""``auditor prune``: how long run folders are kept, and with them what the history holds of the same time."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import HistoryOption, WaitOption

if TYPE_CHECKING:
    from auditor.errors import VerificationError
    from auditor.history.database import Place
    from auditor.model import Retention

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_THOUSAND = 1000

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help=r"accounts.toml, for its \[history] table and its out.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder with the runs. Default: the configuration's, or runs.")
]


def prune(
    keep_days: Annotated[int, typer.Option("--keep-days", min=0, help="Keep every run of the last so many days.")],
    keep_monthly: Annotated[
        int, typer.Option("--keep-monthly", min=0, help="Keep the last audit of each of so many months, this one too.")
    ] = 12,
    out: OutOption = None,
    config: ConfigOption = None,
    history: HistoryOption = "",
    no_history: Annotated[bool, typer.Option("--no-history", help="Leave the history as it is.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    wait: WaitOption = 0,
) -> None:
    """Remove old runs, and what the history keeps of them. Their proof and their findings' history stay.

    The newest run always stays.
    """
    from auditor.cli.logs import LogFormat, logged

    with logged(LogFormat.PLAIN):
        from auditor.cli.runs import clock
        from auditor.errors import ConfigurationError, VerificationError
        from auditor.evidence import holding
        from auditor.model import Retention

        if history and no_history:
            raise ConfigurationError("Give either --history or --no-history.")
        folder = _folder(out, config)
        place = None if no_history else _history(history, config, folder)
        if not folder.is_dir():
            raise ConfigurationError(f"--out {folder}: there is no such folder.", "Name the folder with the runs.")
        retention, now = Retention(days=keep_days, months=keep_monthly), clock()
        with holding(folder, "prune", wait):
            refused = _prune_runs(folder, retention, now, dry_run=dry_run)
            if place:
                _prune_history(place, retention, now, dry_run=dry_run)
        for refusal in refused:
            print(f"auditor: {refusal}", file=sys.stderr)
        if refused:
            raise typer.Exit(VerificationError.exit_code)


def _folder(out: Path | None, config: Path | None) -> Path:
    from auditor.config import load_config

    return out or Path((config and load_config(config).out) or "runs")


def _history(history: str, config: Path | None, folder: Path) -> Place | None:
    """The history that is meant; None where it would lie beside the runs, and does not."""
    from auditor.cli.history import chosen_place
    from auditor.history.database import FILE

    place = chosen_place(history, config, folder)
    beside = place.file == folder / FILE
    return None if beside and not (folder / FILE).is_file() else place


def _prune_runs(out: Path, retention: Retention, now: datetime, *, dry_run: bool) -> list[VerificationError]:
    """Remove run folders. Returns what was said of those that are not as they were sealed, and stay."""
    from auditor.errors import VerificationError
    from auditor.evidence.prune import old_runs, prune_run

    freed, refused = 0, []
    old = old_runs(out, retention, now)
    for each in old:
        try:
            if not dry_run:
                prune_run(out, each)
        except VerificationError as error:
            refused.append(error)
            continue
        freed += each.size
        print(f"{'would remove' if dry_run else 'removed'} {each.place} ({_size(each.size)})")
    gone = len(old) - len(refused)
    runs = "1 run" if gone == 1 else f"{gone} runs"
    print(f"{runs} {'would go, which frees' if dry_run else 'removed, freed'} {_size(freed)}.")
    return refused


def _prune_history(place: Place, retention: Retention, now: datetime, *, dry_run: bool) -> None:
    from auditor.history.prune import prune_history

    pruned = prune_history(place, retention, now, dry_run=dry_run)
    runs = "1 run" if pruned.runs == 1 else f"{pruned.runs} runs"
    done = "would go, which frees" if dry_run else "removed, freed"
    print(f"History {place}: what {runs} read {done} {_size(pruned.size)}. What is known of findings stays.")
    if pruned.unshrunk:
        print(
            f"auditor: {place} keeps its size ({pruned.unshrunk}). What was freed in it is used for what comes.\n"
            "  Prune again when no other program uses it, with room on its disk.",
            file=sys.stderr,
        )


def _size(count: int) -> str:
    """*count* bytes as people say it: ``3.4 MB``."""
    number, unit = float(count), 0
    while number >= _THOUSAND and unit < len(_UNITS) - 1:
        number, unit = number / _THOUSAND, unit + 1
    return f"{number:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"
