"""``auditor init``: a configuration to begin with, a key pair, and the steps in NetSuite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.beginning.key_pair import MOST_DAYS, KeyKind

if TYPE_CHECKING:
    from auditor.beginning.files import NewFile
    from auditor.beginning.key_pair import KeyPair
    from auditor.secrets import Secret

EPILOG = "Example: auditor init --account 1234567 --account 1234567_SB1 --out netsuite-audit"
CONFIGURATION, STEPS = "accounts.toml", "netsuite-steps.txt"


def init(
    account: Annotated[
        list[str] | None,
        typer.Option("--account", "-a", help="Account id, such as 1234567 or 1234567_SB1; may be repeated."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write into. Default: this one.")] = Path(),
    tba: Annotated[
        bool, typer.Option("--tba", help="Sign in with an access token (TBA) instead of a certificate.")
    ] = False,
    no_certificate: Annotated[
        bool, typer.Option("--no-certificate", help="Make no key pair: you have one, or bring one later.")
    ] = False,
    key: Annotated[KeyKind, typer.Option(help="Kind of the key that is made.")] = KeyKind.EC,
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS, help="How long the certificate is valid; NetSuite takes two years.")
    ] = 365,
    password: Annotated[
        str,
        typer.Option(
            metavar="REFERENCE", help="Encrypt the key with the password that env:, file: or keyring: refers to."
        ),
    ] = "",
) -> None:
    """Write accounts.toml, make a key pair and certificate, and print the steps in NetSuite.

    It overwrites nothing: if one of its files is there, it names it and writes nothing at all.
    """
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.baselines import own_baseline
        from auditor.beginning.accounts_toml import PLACEHOLDER_ACCOUNT, accounts_toml
        from auditor.beginning.files import NewFile, refuse_existing, write_new
        from auditor.beginning.steps import steps
        from auditor.cli.options import DEFAULT_BASELINE

        accounts = _account_ids(account or ()) or (PLACEHOLDER_ACCOUNT,)
        paired = () if tba or no_certificate else accounts
        refuse_existing(out, _names(paired))
        now = datetime.now(UTC).replace(microsecond=0)
        pairs = _key_pairs(paired, key, days, now, password, out)
        told = steps(accounts, tba=tba, certificates=bool(pairs))
        text = accounts_toml(
            accounts,
            baseline=DEFAULT_BASELINE,
            own_role=own_baseline().role_names[0],
            tba=tba,
            algorithms={each: pair.algorithm for each, pair in pairs.items()},
            password=password,
        )
        files = [NewFile(name=CONFIGURATION, content=text.encode()), NewFile(name=STEPS, content=told.encode())]
        write_new(out, files + _key_files(pairs))
    for file in (CONFIGURATION, STEPS):
        print(f"Written: {out / file}")
    for each, pair in pairs.items():
        print(_made(out, each, pair))
    print(f"\n{told}", end="")


def _account_ids(texts: Sequence[str]) -> tuple[str, ...]:
    """The ids, each once.

    Raises:
        ConfigurationError: one is not spelt as NetSuite spells it.
    """
    from auditor.config import account_id_problem
    from auditor.errors import ConfigurationError

    for text in texts:
        if problem := account_id_problem(text):
            raise ConfigurationError(f"--account {problem}", "Setup > Company > Company Information shows it.")
    return tuple(dict.fromkeys(texts))


def _names(paired: Sequence[str]) -> list[str]:
    """Every file that will be written."""
    from auditor.beginning.accounts_toml import certificate_name, key_name

    return [CONFIGURATION, STEPS, *(name(each) for each in paired for name in (key_name, certificate_name))]


def _key_pairs(
    accounts: Sequence[str], key: KeyKind, days: int, now: datetime, password: str, out: Path
) -> dict[str, KeyPair]:
    from auditor.beginning.key_pair import new_key_pair

    secret = _password(password, out)
    return {each: new_key_pair(each, key, days, now, secret) for each in accounts}


def _password(reference: str, out: Path) -> Secret | None:
    """The password that *reference* refers to: a relative file is meant from the folder of accounts.toml."""
    from auditor.errors import ConfigurationError
    from auditor.secrets import parse_reference, resolve

    if not reference:
        return None
    try:
        return resolve(parse_reference(reference, out))
    except ConfigurationError as error:
        raise ConfigurationError(f"--password {error.message}", error.remedy) from None


def _key_files(pairs: dict[str, KeyPair]) -> list[NewFile]:
    from auditor.beginning.accounts_toml import certificate_name, key_name
    from auditor.beginning.files import PRIVATE, NewFile

    files = []
    for account, pair in pairs.items():
        files.append(NewFile(name=key_name(account), content=pair.private_key, mode=PRIVATE))
        files.append(NewFile(name=certificate_name(account), content=pair.certificate))
    return files


def _made(out: Path, account: str, pair: KeyPair) -> str:
    from auditor.beginning.accounts_toml import certificate_name, key_name

    return (
        f"Made:    {out / key_name(account)} (mode 0600, signs with {pair.algorithm}; it never leaves this machine)\n"
        f"Made:    {out / certificate_name(account)} (for NetSuite; valid until {pair.ends:%Y-%m-%d})"
    )
