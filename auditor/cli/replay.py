"""``auditor report`` and ``auditor rejudge``: work on a run folder again, without its inputs and without a network."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.logs import LogFileOption, LogFormat, LogFormatOption, LogLevelOption, logged
from auditor.cli.options import (
    BaselineOption,
    BaselinesFolderOption,
    FormatOption,
    JsonOption,
    OutOption,
    SignOption,
    TemplatesOption,
    WaitOption,
    WaiversOption,
)
from auditor.model import AccountResult, Baseline, Run, Waivers

if TYPE_CHECKING:
    from auditor.cli.kept import KeptRun
    from auditor.cli.runs import Making
    from auditor.evidence.manifest import Circumstances

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `auditor audit` writes it.")]
UnverifiedOption = Annotated[
    bool, typer.Option("--unverified", help="Use the run even if it is not as it was sealed; the replay says so.")
]


def report(
    run_folder: RunArgument,
    out: OutOption = Path("runs"),
    templates: TemplatesOption = None,
    format: FormatOption = None,  # noqa: A002 - the option's own name
    unverified: UnverifiedOption = False,
    sign: SignOption = None,
    wait: WaitOption = 0,
    json: JsonOption = False,
    log_format: LogFormatOption = LogFormat.AUTO,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
) -> None:
    """Write a run's reports again from what it found, without judging again.

    With the same templates, formats and version of the program the reports are the same, byte for byte; with other
    templates or another version they say that they are a replay. The manifest always says it.
    """
    from auditor.cli.terminal import end_run

    with logged(log_format, log_level, log_file):
        from auditor.cli.kept import KeptRun
        from auditor.cli.runs import Making, clock, moment, templates_reference
        from auditor.cli.signing import chosen_signer
        from auditor.evidence import free_name, holding
        from auditor.evidence.manifest import Circumstances

        kept = KeptRun(run_folder, verified=not unverified)
        around = Circumstances(
            made=moment(clock()),
            templates=templates_reference(templates),
            replay=kept.replayed("report"),
        )
        making = Making(
            around=around,
            templates=templates,
            formats=tuple(format or ()),
            signer=chosen_signer(sign, around.made),
        )
        with holding(out, "report", wait):
            head, name = _reported(kept, around), free_name(out, kept.head.id)
            run, place = _write(head, kept.results(), kept.baselines, kept.waivers, out, name, making)
    end_run(run, place, json=json)


def rejudge(
    run_folder: RunArgument,
    baseline: BaselineOption = None,
    baselines: BaselinesFolderOption = None,
    out: OutOption = Path("runs"),
    templates: TemplatesOption = None,
    format: FormatOption = None,  # noqa: A002 - the option's own name
    unverified: UnverifiedOption = False,
    sign: SignOption = None,
    wait: WaitOption = 0,
    waivers: WaiversOption = None,
    json: JsonOption = False,
    log_format: LogFormatOption = LogFormat.AUTO,
    log_level: LogLevelOption = None,
    log_file: LogFileOption = None,
) -> None:
    """Judge what a run read once more: against the baselines it used, or against others."""
    from auditor.cli.terminal import end_run

    with logged(log_format, log_level, log_file):
        import msgspec

        from auditor.baselines import baseline_folders, find_baseline
        from auditor.checks.judge import judge
        from auditor.checks.sandbox import Twins
        from auditor.cli.kept import KeptRun
        from auditor.cli.runs import Making, new_run, templates_reference
        from auditor.cli.signing import chosen_signer
        from auditor.cli.waivers import read_waivers
        from auditor.evidence import holding
        from auditor.evidence.manifest import Circumstances

        kept = KeptRun(run_folder, verified=not unverified)
        folders = baseline_folders(baselines)
        chosen = tuple(find_baseline(name, folders) for name in dict.fromkeys(baseline or ()))
        waived = read_waivers(waivers) if waivers else kept.waivers
        results = (
            msgspec.structs.replace(
                judge(each.snapshot, chosen or each.baselines, each.scope, each.probe, waived), carried=each.carried
            )
            for each in kept.results()
        )
        with holding(out, "rejudge", wait):
            # An account that could not be read then is still not audited.
            head = msgspec.structs.replace(new_run(out, replay_of=kept.head.id), failures=kept.head.failures)
            making = Making(
                around=Circumstances(
                    made=head.started,
                    templates=templates_reference(templates),
                    replay=kept.replayed("rejudge"),
                ),
                templates=templates,
                formats=tuple(format or ()),
                signer=chosen_signer(sign, head.started),
                twins=Twins(kept.accounts),
            )
            run, place = _write(head, results, chosen or kept.baselines, waived, out, head.id, making)
    end_run(run, place, json=json)


def _reported(kept: KeptRun, around: Circumstances) -> Run:
    """The run as its reports name it: as they did, if they come out the same; as a replay of itself otherwise."""
    import msgspec

    from auditor import __version__

    manifest = kept.manifest()
    before = manifest.templates.sha256 if manifest and manifest.templates else ""
    now = around.templates.sha256 if around.templates else ""
    if (before, kept.head.tool_version) == (now, __version__):
        return kept.head
    return msgspec.structs.replace(kept.head, replay_of=kept.head.replay_of or kept.head.id, tool_version=__version__)


def _write(
    head: Run,
    results: Iterable[AccountResult],
    baselines: tuple[Baseline, ...],
    waivers: Waivers,
    out: Path,
    name: str,
    making: Making,
) -> tuple[Run, Path]:
    import msgspec

    from auditor.cli.runs import writing
    from auditor.results import KeptResults

    with writing(head, out, name, making) as writer:
        kept = KeptResults(out)
        for result in results:
            writer.deliver(result)
            kept.add(result.without_rows())
        run = msgspec.structs.replace(head, results=kept)
        return run, writer.finish(run, baselines, waivers)
