"""``auditor simulate``: serve simulated accounts until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.errors import ConfigurationError

if TYPE_CHECKING:
    from auditor.simulator import SimulatedAccount

_FIRST_MADE = 2_000_001


def simulate(
    roles: Annotated[int, typer.Option(min=0, help="Roles of the large sandbox, or of each made account.")] = 150,
    permissions: Annotated[int, typer.Option(min=0, help="Permission rows of each role that is made.")] = 120,
    tokens: Annotated[int, typer.Option(min=0, help="Access tokens of the same.")] = 300,
    employees: Annotated[int, typer.Option(min=0, help="Employees of the same.")] = 20_000,
    classes: Annotated[int, typer.Option(min=0, help="Classes of the same.")] = 5_000,
    accounts: Annotated[
        int, typer.Option(min=0, max=1000, help="Serve so many made accounts instead of the three ready-made ones.")
    ] = 0,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port of the first account, the others follow. Default: free ones.")
    ] = 0,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for accounts.toml and its keys.")] = Path(
        "simulated"
    ),
    tba: Annotated[bool, typer.Option("--tba", help="Sign in with access tokens instead of certificates.")] = False,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS, with a certificate of its own authority.")] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="ACCOUNT=FAULT or ACCOUNT=FAULT=VALUE: let an account go wrong; may be repeated."),
    ] = None,
    certificate: Annotated[
        list[str] | None,
        typer.Option(
            help="ACCOUNT=FILE: map this certificate, such as `auditor init` makes, in an account; may be repeated."
        ),
    ] = None,
    audit_to: Annotated[
        Path | None,
        typer.Option("--audit", help="Audit the accounts once, write the run into this folder, and end."),
    ] = None,
) -> None:
    """Serve simulated NetSuite accounts on this machine, to try out a configuration or a baseline."""
    from auditor.cli.audit import audit
    from auditor.cli.logs import LogFormat
    from auditor.cli.terminal import errors_end_the_command
    from auditor.simulator import Fault, Simulator, large_account
    from auditor.simulator.accounts import clean_account, faulty_account
    from auditor.simulator.configuration import configuration_files

    with errors_end_the_command():

        def made(account: str) -> SimulatedAccount:
            sizes = {"roles": roles, "permissions": permissions, "tokens": tokens, "employees": employees}
            return large_account(account, **sizes, classes=classes)

        served = (
            [made(str(_FIRST_MADE + number)) for number in range(accounts)]
            if accounts
            else [clean_account(), faulty_account(), made("1234567_SB1")]
        )
        if not accounts:  # the one thing that no table tells
            served[-1].faults.append(Fault.record_refused("Location"))
        _add_faults(served, fault or [])
        mapped = [_mapped(served, text) for text in certificate or []]
        with Simulator(served, tls=tls, port=port) as simulator:
            configuration = _written(out, configuration_files(simulator, token_based=tba))
            for account in served:
                print(f"{account.id:<12} {simulator.base_url(account.id)}  {account.title}")
            for line in mapped:
                print(line)
            if audit_to:
                print(f"auditor audit --config {configuration} --out {audit_to}", flush=True)
                with TemporaryDirectory() as cache:  # each port has a WSDL of its own, and another one next time
                    audit(config=configuration, out=audit_to, cache=Path(cache), log_format=LogFormat.PLAIN)
            print(f"Ready: auditor audit --config {configuration}   (Ctrl-C ends this)", flush=True)
            _wait()


def _add_faults(accounts: Sequence[SimulatedAccount], texts: Sequence[str]) -> None:
    from auditor.simulator.fault_names import named_fault

    by_id = {account.id: account for account in accounts}
    for text in texts:
        account, equals, fault = text.partition("=")
        if not equals or account not in by_id:
            raise ConfigurationError(
                f"--fault {text}: no account {account!r} is served.",
                f"Write ACCOUNT=FAULT, the account being one of {', '.join(list(by_id)[:5])}.",
            )
        by_id[account].faults.append(named_fault(fault))


def _mapped(accounts: Sequence[SimulatedAccount], text: str) -> str:
    """Map the certificate that *text* names; gives what NetSuite's pages would show of it."""
    name, equals, file = text.partition("=")
    account = next((each for each in accounts if each.id == name), None)
    if not equals or account is None:
        served = ", ".join(each.id for each in accounts[:5])
        raise ConfigurationError(
            f"--certificate {text}: no account {name!r} is served.",
            f"Write ACCOUNT=FILE, the account being one of {served}.",
        )
    try:
        mapping = account.map_certificate(Path(file).read_bytes())
    except OSError as error:
        raise ConfigurationError(f"--certificate {text}: {file} cannot be read: {error.strerror}.") from error
    except ConfigurationError as error:
        raise ConfigurationError(f"--certificate {text}: {error.message}", error.remedy) from None
    return f'{name:<12} client_id = "{mapping.client_id}"  certificate_id = "{mapping.certificate_id}"'


def _written(folder: Path, files: dict[str, bytes]) -> Path:
    """Write *files* so that only their owner can read them; gives the path of the configuration."""
    from auditor.simulator.configuration import CONFIGURATION, FIRST_LINE

    configuration = folder / CONFIGURATION
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if configuration.exists() and not configuration.read_bytes().startswith(FIRST_LINE.encode()):
            raise ConfigurationError(
                f"{configuration} is there, and it is not of simulated accounts: it is left as it was.",
                "Name another folder with --out.",
            )
        for name, content in files.items():
            path = folder / name
            path.unlink(missing_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder}: cannot be written ({error.strerror}).", "Name another folder with --out."
        ) from error
    return configuration


def _wait() -> None:
    """Until Ctrl-C, or until a supervisor ends the process."""
    ended = threading.Event()
    previous = [(number, signal.signal(number, lambda *_: ended.set())) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        ended.wait()
    finally:
        for number, handler in previous:
            signal.signal(number, handler)
    print("Ended.", file=sys.stderr)
