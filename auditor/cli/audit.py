"""``auditor audit``: read accounts, judge them, write reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import (
    AssumeOption,
    BaselineOption,
    BaselinesFolderOption,
    JsonOption,
    RoleOption,
    TemplatesOption,
    read_assumptions,
)
from auditor.model import Severity

InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        "-i",
        help="Folder or file with one account's exports, as PATH or ACCOUNT=PATH; repeat it for several accounts.",
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="accounts.toml: the live accounts to audit, and how to sign in.")
]
AccountOption = Annotated[
    list[str] | None,
    typer.Option("--account", "-a", help="Audit only this account of the configuration; may be repeated."),
]
AuditOutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder that run folders are written to. Default: the configuration's, or runs."),
]
AuditFailOnOption = Annotated[
    Severity | None,
    typer.Option(
        "--fail-on", help="Findings from this severity up make the exit code 10. Default: the configuration's, or low."
    ),
]


def audit(
    inputs: InputOption = None,
    config: ConfigOption = None,
    account: AccountOption = None,
    baseline: BaselineOption = None,
    baselines: BaselinesFolderOption = None,
    role: RoleOption = None,
    assume: AssumeOption = None,
    out: AuditOutOption = None,
    fail_on: AuditFailOnOption = None,
    templates: TemplatesOption = None,
    json: JsonOption = False,
) -> None:
    """Hold roles and access tokens against baselines and write PDF, Excel and JSON reports."""
    from auditor.cli.live import progress
    from auditor.cli.terminal import end_run, errors_end_the_command, log_plainly

    log_plainly()
    with errors_end_the_command():
        import threading

        from auditor.cli.planning import Wanted, plan_accounts, plan_files
        from auditor.cli.runs import new_run, writing
        from auditor.errors import ConfigurationError
        from auditor.fleet import audit_fleet

        if bool(inputs) is bool(config):
            raise ConfigurationError("Give either --input or --config.", "auditor audit --help shows an example.")
        if account and not config:
            raise ConfigurationError("--account picks from --config.", "With --input, write --input ACCOUNT=PATH.")
        wanted = Wanted(
            baselines=baseline or (),
            own_baselines=baselines,
            roles=tuple(role or ()),
            assumptions=read_assumptions(assume),
            fail_on=fail_on,
        )
        stop = threading.Event()
        with progress() as seen:
            if config:
                plan = plan_accounts(config, account or (), out, wanted, stop, seen.page)
            else:
                plan = plan_files(inputs or [], out, wanted)
            head = new_run(plan.out)
            with writing(head, plan.out, head.id, templates) as writer:
                seen.begin([assignment.source.account for assignment in plan.assignments])
                run = audit_fleet(
                    head,
                    plan.assignments,
                    writer.deliver,
                    side_by_side=plan.side_by_side,
                    stop=stop,
                    done=seen.done,
                )
                place = writer.finish(run, plan.baselines)
    end_run(run, place, json=json)
