"""``auditor schedule``: what a scheduler needs to start the audit every night."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import Annotated

import typer

EPILOG = "Example: auditor schedule systemd --config /etc/netsuite-auditor/accounts.toml --write units"


class Scheduler(enum.Enum):
    """What starts the audit."""

    SYSTEMD = "systemd"
    CRON = "cron"
    KUBERNETES = "kubernetes"
    WINDOWS = "windows"


def schedule(
    scheduler: Annotated[Scheduler, typer.Argument(help="What is to start the audit.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="accounts.toml: the accounts to audit.")],
    at: Annotated[str, typer.Option("--at", help="Time of day, HH:MM; UTC for kubernetes, else the machine's.")] = (
        "02:00"
    ),
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the run folders. Default: the configuration's, or runs."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the unit, job or task.")] = "netsuite-auditor",
    user: Annotated[str, typer.Option("--user", help="Who runs it. Default for systemd: the name.")] = "",
    image: Annotated[str, typer.Option("--image", help="Container image, for kubernetes.")] = "netsuite-auditor",
    write: Annotated[
        Path | None, typer.Option("--write", help="Folder to write the files to. Default: print them.")
    ] = None,
) -> None:
    """Write what systemd, cron, Kubernetes or Windows needs to run the audit every night, locked down."""
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.config import load_config
        from auditor.scheduling import SCHEDULERS, Night

        hour, minute = _time_of_day(at)
        night = Night(
            name=_checked_name(name),
            program=_program(),
            config=config.absolute(),
            out=(out or Path(load_config(config).out or "runs")).absolute(),
            hour=hour,
            minute=minute,
            user=user,
            image=image,
        )
        files = SCHEDULERS[scheduler.value](night)
        if write:
            _write(write, files)
        else:
            _print(files)


def _time_of_day(text: str) -> tuple[int, int]:
    from auditor.errors import ConfigurationError

    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if not found:
        raise ConfigurationError(f"--at {text}: not a time of day.", "Write hours and minutes, such as 02:00.")
    return int(found[1]), int(found[2])


def _checked_name(name: str) -> str:
    from auditor.errors import ConfigurationError

    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?", name):
        raise ConfigurationError(
            f"--name {name}: not a name that every scheduler takes.",
            "Use small letters, digits and hyphens, 52 at most, such as netsuite-auditor.",
        )
    return name


def _program() -> tuple[str, ...]:
    """The command that is running now, as a scheduler can start it: by its path."""
    import shutil
    import sys

    beside = shutil.which("auditor", path=str(Path(sys.executable).parent))
    return (beside,) if beside else (sys.executable, "-m", "auditor")


def _write(folder: Path, files: dict[str, bytes]) -> None:
    from auditor.errors import ConfigurationError

    there = [folder / file for file in files if (folder / file).exists()]
    if there:
        raise ConfigurationError(f"{there[0]} is there already.", "Move it away, or give --write another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, data in files.items():
            (folder / file).write_bytes(data)
            print(folder / file)
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written ({error.strerror}).", "Give another folder.") from error


def _print(files: dict[str, bytes]) -> None:
    for file, data in files.items():
        print(f"# {file}" if len(files) > 1 else "", end="\n" if len(files) > 1 else "")
        text = data.decode("utf-16") if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.decode()
        print(text)
