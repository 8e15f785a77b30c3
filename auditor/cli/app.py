"""The ``auditor`` command and its sub-commands. Commands import what they need when they run, so help stays fast."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor import __version__
from auditor.cli import baselines
from auditor.cli.audit import audit
from auditor.cli.probe import EPILOG as PROBE_EPILOG
from auditor.cli.probe import probe
from auditor.cli.replay import rejudge, report
from auditor.cli.simulate import simulate

app = typer.Typer(
    name="auditor",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Example: auditor audit --input exports/",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"auditor {__version__}")
        raise typer.Exit


@app.callback()
def auditor(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold NetSuite roles and access tokens against what an integration requires. Read-only."""


app.command(
    epilog=(
        'Example: auditor audit --input 1234567=exports/ --role "Expensify Integration" --out runs\n\n'
        "Exit codes: 0 clean, 10 findings, 4 incomplete, 14 both, 3 nothing audited, 2 usage or configuration."
    )
)(audit)
app.command(epilog="Example: auditor report runs/20261121T020000Z --templates my-templates")(report)
app.command(epilog="Example: auditor rejudge runs/20261121T020000Z --baseline expensify-integration-classic")(rejudge)
app.command(epilog=PROBE_EPILOG)(probe)
app.command(epilog="Example: auditor simulate --out simulated --fault 1234567=too-many-requests=60")(simulate)
app.add_typer(baselines.app, name="baselines")
