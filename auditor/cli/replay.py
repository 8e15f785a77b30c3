"""``auditor report`` and ``auditor rejudge``: work on a run folder again, without its inputs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import BaselineOption, BaselinesFolderOption, JsonOption, OutOption, TemplatesOption
from auditor.model import AccountResult, Baseline, Run

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `auditor audit` writes it.")]


def report(
    run_folder: RunArgument,
    out: OutOption = Path("runs"),
    templates: TemplatesOption = None,
    json: JsonOption = False,
) -> None:
    """Write a run's reports again from what it found, without judging again.

    With the same templates and the same version of the program the files are the same, byte for byte.
    """
    from auditor.cli.terminal import end_run, errors_end_the_command

    with errors_end_the_command():
        from auditor.cli.kept import KeptRun
        from auditor.evidence import free_name

        kept = KeptRun(run_folder)
        run, place = _write(kept.head, kept.results(), kept.baselines, out, free_name(out, kept.head.id), templates)
    end_run(run, place, json=json)


def rejudge(
    run_folder: RunArgument,
    baseline: BaselineOption = None,
    baselines: BaselinesFolderOption = None,
    out: OutOption = Path("runs"),
    templates: TemplatesOption = None,
    json: JsonOption = False,
) -> None:
    """Judge what a run read once more: against the baselines it used, or against others."""
    from auditor.cli.terminal import end_run, errors_end_the_command

    with errors_end_the_command():
        from auditor.baselines import baseline_folders, find_baseline
        from auditor.checks.judge import judge
        from auditor.cli.kept import KeptRun
        from auditor.cli.runs import new_run

        kept = KeptRun(run_folder)
        folders = baseline_folders(baselines)
        chosen = tuple(find_baseline(name, folders) for name in dict.fromkeys(baseline or ()))
        results = (judge(each.snapshot, chosen or each.baselines, each.scope, each.probe) for each in kept.results())
        head = new_run(out, replay_of=kept.head.id)
        run, place = _write(head, results, chosen or kept.baselines, out, head.id, templates)
    end_run(run, place, json=json)


def _write(
    head: Run,
    results: Iterable[AccountResult],
    baselines: tuple[Baseline, ...],
    out: Path,
    name: str,
    templates: Path | None,
) -> tuple[Run, Path]:
    import msgspec

    from auditor.cli.runs import writing

    with writing(head, out, name, templates) as writer:
        kept = []
        for result in results:
            writer.deliver(result)
            kept.append(result.without_rows())
        run = msgspec.structs.replace(head, results=tuple(kept))
        return run, writer.finish(run, baselines)
