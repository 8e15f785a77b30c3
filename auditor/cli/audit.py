"""``auditor audit``: read accounts, judge them, write reports."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.logs import LogFileOption, LogFormat, LogFormatOption, LogLevelOption, logged
from auditor.cli.options import (
    AssumeOption,
    BaselineOption,
    BaselinesFolderOption,
    CacheOption,
    ExpectOption,
    FormatOption,
    HistoryOption,
    JsonOption,
    LastSyncOption,
    PrivacyKeyOption,
    PrivacyOption,
    RoleOption,
    SignOption,
    SkipCheckOption,
    TemplatesOption,
    WaitOption,
    WaiversOption,
    read_assumptions,
    read_expected,
    read_moment,
    read_privacy,
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
CarryOption = Annotated[
    Path | None,
    typer.Option(
        "--carry",
        help="Workbook, or folder of workbooks, whose reviewers' columns go into the new one. Default: the last run's.",
    ),
]
AuditFailOnOption = Annotated[
    Severity | None,
    typer.Option(
        "--fail-on", help="Findings from this severity up make the exit code 10. Default: the configuration's, or low."
    ),
]
NoHistoryOption = Annotated[bool, typer.Option("--no-history", help="Keep no history, and compare with none.")]
NoNotifyOption = Annotated[
    bool, typer.Option("--no-notify", help=r"Tell nobody of the run, whatever \[\[notify]] says.")
]
NoProbeOption = Annotated[
    bool,
    typer.Option("--no-probe", help=r"Leave the integrations' own tokens, \[account.probe], untried."),
]


def audit(
    inputs: InputOption = None,
    config: ConfigOption = None,
    account: AccountOption = None,
    baseline: BaselineOption = None,
    baselines: BaselinesFolderOption = None,
    role: RoleOption = None,
    assume: AssumeOption = None,
    expect: ExpectOption = None,
    skip_check: SkipCheckOption = None,
    waivers: WaiversOption = None,
    last_sync: LastSyncOption = None,
    out: AuditOutOption = None,
    fail_on: AuditFailOnOption = None,
    no_probe: NoProbeOption = False,
    cache: CacheOption = None,
    templates: TemplatesOption = None,
    format: FormatOption = None,  # noqa: A002 - the option's own name
    carry: CarryOption = None,
    sign: SignOption = None,
    wait: WaitOption = 0,
    history: HistoryOption = "",
    no_history: NoHistoryOption = False,
    no_notify: NoNotifyOption = False,
    privacy: PrivacyOption = None,
    privacy_key: PrivacyKeyOption = "",
    json: JsonOption = False,
    log_format: LogFormatOption = LogFormat.AUTO,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
) -> None:
    """Hold roles and access tokens against baselines and write PDF, Excel and JSON reports."""
    from auditor.cli.live import progress
    from auditor.cli.no_run import telling_of_no_run
    from auditor.cli.terminal import end_run

    with telling_of_no_run(None if no_notify else config) as course, logged(log_format, log_level, log_file):
        import threading

        from auditor.cli.auditing import Wishes, run_plan
        from auditor.cli.delivering import deliver
        from auditor.cli.past import history_place
        from auditor.cli.planning import Wanted, plan_accounts, plan_files
        from auditor.errors import ConfigurationError

        course.log = partial(logged, log_format, log_level, log_file)
        if bool(inputs) is bool(config):
            raise ConfigurationError("Give either --input or --config.", "auditor audit --help shows an example.")
        if account and not config:
            raise ConfigurationError("--account picks from --config.", "With --input, write --input ACCOUNT=PATH.")
        if history and no_history:
            raise ConfigurationError("Give either --history or --no-history.")
        wanted = Wanted(
            baselines=baseline or (),
            own_baselines=baselines,
            roles=tuple(role or ()),
            assumptions=read_assumptions(assume),
            fail_on=fail_on,
            probe=not no_probe,
            cache=cache,
            expected=read_expected(expect),
            skipped=tuple(skip_check or ()),
            waivers=waivers,
            last_sync=read_moment(last_sync),
            privacy=read_privacy(privacy, privacy_key),
        )
        stop = threading.Event()
        with progress() as seen:
            if config:
                plan = plan_accounts(config, account or (), out, wanted, stop, seen.page)
            else:
                plan = plan_files(inputs or [], out, wanted)
            course.out = plan.out
            wishes = Wishes(
                templates=templates,
                formats=tuple(format or ()),
                carry=carry,
                sign=sign,
                wait=wait,
                history=None if no_history else history_place(history, plan.history, plan.out),
            )
            run, place = run_plan(plan, wishes, seen, stop, course)
            course.over = True
            deliver(plan.deliveries, place, tell=not no_notify)
    end_run(run, place, json=json)
