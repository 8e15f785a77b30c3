"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from auditor.config import Privacy, PrivacySettings
from auditor.errors import ConfigurationError
from auditor.model import Format
from auditor.secrets import parse_reference

OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder that run folders are written to.")]
BaselineOption = Annotated[
    list[str] | None,
    typer.Option("--baseline", "-b", help="Baseline id or file; may be repeated. Default: expensify-integration."),
]
BaselinesFolderOption = Annotated[
    Path | None,
    typer.Option("--baselines", help="Your own folder of baselines; it wins over those that ship with the program."),
]
RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", "-r", help="Hold the baselines against this role too: name, script id or internal id."),
]
AssumeOption = Annotated[
    list[str] | None,
    typer.Option("--assume", help="KEY=yes|no: decide a baseline's condition, such as oneworld=yes."),
]
LastSyncOption = Annotated[
    str | None,
    typer.Option(
        "--last-sync",
        help="When the vendor last read the account, such as 2026-11-21 or 2026-11-21T14:30, in its time.",
    ),
]
TemplatesOption = Annotated[
    Path | None, typer.Option("--templates", help="Your own folder of report templates; it wins over the shipped one.")
]
CacheOption = Annotated[
    Path | None,
    typer.Option("--cache", help="Folder that keeps the WSDL for the probe. Default: this user's cache folder."),
]
WaiversOption = Annotated[
    Path | None,
    typer.Option("--waivers", "-w", help="waivers.yaml: failed findings that somebody answers for, each until a day."),
]
SkipCheckOption = Annotated[
    list[str] | None,
    typer.Option("--skip-check", help="Switch off this check, by its id; every report says so. May be repeated."),
]
ExpectOption = Annotated[
    list[str] | None,
    typer.Option("--expect", help="user=…, role=… or application=…: what the integration is to be bound to."),
]
FormatOption = Annotated[
    list[Format] | None,
    typer.Option("--format", help="Write this format too, besides PDF, Excel, HTML, CSV and JSON; may be repeated."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print run.json on standard output, and nothing else there.")]
WaitOption = Annotated[
    float, typer.Option("--wait", min=0, help="Wait so many seconds for another run into the same folder to end.")
]
PrivacyOption = Annotated[
    Privacy | None,
    typer.Option("--privacy", help="hash or omit the names and e-mail addresses of people, everywhere."),
]
PrivacyKeyOption = Annotated[
    str,
    typer.Option("--privacy-key", help="Where the secret key of the hashes is: env:NAME, file:PATH or keyring:…"),
]
SignOption = Annotated[
    Path | None,
    typer.Option("--sign", help="Sign the run as the [signing] table of this accounts.toml says."),
]
HistoryOption = Annotated[
    str,
    typer.Option(
        "--history", help="SQLite file or postgresql:// URL of the history. Default: history.sqlite in --out."
    ),
]

DEFAULT_BASELINE = "expensify-integration"

_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]+")


class Input(Struct, frozen=True):
    """One ``--input``: a folder or file, and the account it is about."""

    account: str
    path: Path


def read_inputs(texts: list[str]) -> list[Input]:
    """``PATH`` or ``ACCOUNT=PATH``; without an account id the folder's or file's own name serves.

    Raises:
        ConfigurationError: an account id with characters that none has, or two inputs for one account.
    """
    inputs: dict[str, Input] = {}
    for text in texts:
        account, equals, rest = text.partition("=")
        named = bool(equals) and _ACCOUNT.fullmatch(account) is not None and not Path(text).exists()
        path = Path(rest if named else text)
        if not named:
            account = re.sub(r"[^A-Za-z0-9_.-]+", "-", path.resolve().stem or "account").strip(".-") or "account"
        if account in inputs:
            raise ConfigurationError(
                f"--input {text}: account {account} was given already, by {inputs[account].path}.",
                "Put all files of one account into one folder, or name the account: --input 1234567=FOLDER.",
            )
        inputs[account] = Input(account, path)
    return sorted(inputs.values(), key=lambda each: each.account)


EXPECTED = ("user", "role", "application")


def read_expected(texts: list[str] | None) -> dict[str, str]:
    """What the ``--expect`` options say, by key.

    Raises:
        ConfigurationError: one of them is not KEY=VALUE with a known key.
    """
    expected: dict[str, str] = {}
    for text in texts or []:
        key, _, value = text.partition("=")
        if key.strip() not in EXPECTED or not value.strip():
            raise ConfigurationError(
                f"--expect {text}: not one of user=…, role=… or application=….",
                "For example --expect user=sync@example.com.",
            )
        expected[key.strip()] = value.strip()
    return dict(sorted(expected.items()))


def read_privacy(way: Privacy | None, key: str) -> PrivacySettings:
    """What ``--privacy`` and ``--privacy-key`` say.

    Raises:
        ConfigurationError: the key is no reference to a secret; the message does not repeat it.
    """
    try:
        return PrivacySettings(way=way, key=parse_reference(key, Path.cwd()) if key else None)
    except ConfigurationError as error:
        raise ConfigurationError(f"--privacy-key {error.message}", error.remedy) from None


def read_assumptions(texts: list[str] | None) -> dict[str, bool]:
    """What the ``--assume`` options say, by condition key.

    Raises:
        ConfigurationError: one of them is not KEY=yes or KEY=no.
    """
    assumptions: dict[str, bool] = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not equals or value.casefold() not in ("yes", "no") or not key.strip():
            raise ConfigurationError(f"--assume {text}: not KEY=yes or KEY=no.", "For example --assume oneworld=yes.")
        assumptions[key.strip()] = value.casefold() == "yes"
    return dict(sorted(assumptions.items()))


def read_moment(text: str | None) -> str:
    """What ``--last-sync`` says, as NetSuite writes a date; a day without an hour is its beginning.

    Raises:
        ConfigurationError: it is no ISO date.
    """
    if not text:
        return ""
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        raise ConfigurationError(
            f"--last-sync {text}: not a date.", "For example --last-sync 2026-11-21 or 2026-11-21T14:30."
        ) from None
