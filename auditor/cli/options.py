"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from auditor.errors import ConfigurationError

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
TemplatesOption = Annotated[
    Path | None, typer.Option("--templates", help="Your own folder of report templates; it wins over the shipped one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print run.json on standard output, and nothing else there.")]

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
