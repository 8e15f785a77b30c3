"""The ``auditor`` command and its sub-commands. Commands import what they need when they run, so help stays fast."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor import __version__
from auditor.cli import baselines, waivers
from auditor.cli.audit import audit
from auditor.cli.delivering import notify, upload
from auditor.cli.diff import EPILOG as DIFF_EPILOG
from auditor.cli.diff import diff
from auditor.cli.doctor import EPILOG as DOCTOR_EPILOG
from auditor.cli.doctor import doctor
from auditor.cli.evidence import verify
from auditor.cli.fix import fix
from auditor.cli.health import health
from auditor.cli.history import history, trend
from auditor.cli.init import EPILOG as INIT_EPILOG
from auditor.cli.init import init
from auditor.cli.preflight import EPILOG as PREFLIGHT_EPILOG
from auditor.cli.preflight import preflight
from auditor.cli.probe import EPILOG as PROBE_EPILOG
from auditor.cli.probe import probe
from auditor.cli.prune import prune
from auditor.cli.replay import rejudge, report
from auditor.cli.schedule import EPILOG as SCHEDULE_EPILOG
from auditor.cli.schedule import schedule
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


app.command(epilog=INIT_EPILOG)(init)
app.command(epilog=DOCTOR_EPILOG)(doctor)
app.command(
    epilog=(
        'Example: auditor audit --input 1234567=exports/ --role "Expensify Integration" --out runs\n\n'
        "Exit codes: 0 clean, 10 findings, 4 incomplete, 14 both, 3 nothing audited, 2 usage or configuration."
    )
)(audit)
app.command(epilog="Example: auditor report runs/20261121T020000Z --templates my-templates")(report)
app.command(epilog="Example: auditor rejudge runs/20261121T020000Z --baseline expensify-integration-classic")(rejudge)
app.command(epilog="Example: auditor verify runs/latest; auditor verify --chain runs --head 9f86d0…")(verify)
app.command(epilog="Example: auditor prune --out runs --keep-days 90 --keep-monthly 24 --dry-run")(prune)
app.command(epilog="Example: auditor history --account 1234567")(history)
app.command(epilog="Example: auditor trend --account 1234567 --nights 14")(trend)
app.command(epilog=DIFF_EPILOG)(diff)
app.command(epilog="Example: auditor fix runs/20261121T020000Z --input 1234567=exports/ --out fixed")(fix)
app.command(epilog=PROBE_EPILOG)(probe)
app.command(epilog="Example: auditor notify runs/latest --config accounts.toml --route on-call")(notify)
app.command(epilog="Example: auditor upload runs/latest --config accounts.toml")(upload)
app.command(epilog=SCHEDULE_EPILOG)(schedule)
app.command(epilog="Example: auditor health --out /var/lib/netsuite-auditor/runs --max-age 26")(health)
app.command(epilog=PREFLIGHT_EPILOG)(preflight)
app.command(epilog="Example: auditor simulate --out simulated --fault 1234567=too-many-requests=60")(simulate)
app.add_typer(baselines.app, name="baselines")
app.add_typer(waivers.app, name="waivers")
