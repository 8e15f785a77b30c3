"""``auditor verify`` and ``auditor prune``: is what was kept as it was sealed, and how long it is kept."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import OutOption, WaitOption

if TYPE_CHECKING:
    from auditor.evidence.verify import Checked, Verification

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_THOUSAND = 1000


def verify(
    run_folder: Annotated[Path | None, typer.Argument(metavar="[RUN]", help="A run folder.")] = None,
    chain: Annotated[
        Path | None, typer.Option("--chain", help="Verify every run in this folder, and that none is missing.")
    ] = None,
    head: Annotated[
        str, typer.Option("--head", help="Digest of a seal that was noted elsewhere: a run of the chain must bear it.")
    ] = "",
    public_key: Annotated[
        list[Path] | None,
        typer.Option("--public-key", help="Hold signatures against this key or certificate (PEM); may be repeated."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON on standard output.")] = False,
) -> None:
    """Find any file that was changed, removed or added since a run was sealed, and any night that is missing."""
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.errors import ConfigurationError
        from auditor.evidence.signature import load_public_key
        from auditor.evidence.verify import verify_run
        from auditor.evidence.verify_chain import verify_chain

        keys = [load_public_key(path) for path in public_key or ()]
        if run_folder is not None and chain is None and not head:
            found = verify_run(run_folder, keys)
        elif run_folder is None and chain is not None:
            found = verify_chain(chain, noted=head, keys=keys)
        else:
            raise ConfigurationError(
                "Give either a run folder or --chain; --head belongs to --chain.",
                "auditor verify --help shows an example.",
            )
    if json:
        from auditor.reports.findings_json import encoded

        sys.stdout.write(encoded(found).decode())
    else:
        _tell(found, chain=chain is not None)
    raise typer.Exit(5 if found.problems else 0)


def prune(
    keep_days: Annotated[int, typer.Option("--keep-days", min=0, help="Keep every run of the last so many days.")],
    keep_monthly: Annotated[
        int, typer.Option("--keep-monthly", min=0, help="Keep the last audit of each of so many months, this one too.")
    ] = 12,
    out: OutOption = Path("runs"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    wait: WaitOption = 0,
) -> None:
    """Remove old runs, and keep what proves that they were there. The newest run always stays."""
    from auditor.cli.logs import LogFormat, logged

    with logged(LogFormat.PLAIN):
        from auditor.cli.runs import clock
        from auditor.errors import ConfigurationError, VerificationError
        from auditor.evidence import holding
        from auditor.evidence.prune import Retention, old_runs, prune_run

        if not out.is_dir():
            raise ConfigurationError(f"--out {out}: there is no such folder.", "Name the folder with the runs.")
        freed, refused = 0, []
        with holding(out, "prune", wait):
            old = old_runs(out, Retention(days=keep_days, months=keep_monthly), clock())
            for each in old:
                try:
                    if not dry_run:
                        prune_run(out, each)
                except VerificationError as error:
                    refused.append(error)
                    continue
                freed += each.size
                print(f"{'would remove' if dry_run else 'removed'} {each.place} ({size(each.size)})")
        gone = len(old) - len(refused)
        runs = "1 run" if gone == 1 else f"{gone} runs"
        print(f"{runs} {'would go, which frees' if dry_run else 'removed, freed'} {size(freed)}.")
        for refusal in refused:
            print(f"auditor: {refusal}", file=sys.stderr)
        if refused:
            raise typer.Exit(VerificationError.exit_code)


def size(count: int) -> str:
    """*count* bytes as people say it: ``3.4 MB``."""
    number, unit = float(count), 0
    while number >= _THOUSAND and unit < len(_UNITS) - 1:
        number, unit = number / _THOUSAND, unit + 1
    return f"{number:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"


def _tell(found: Verification, *, chain: bool) -> None:
    from auditor.reports.text import printable

    for problem in found.problems:
        where = "/".join(part for part in (problem.run, problem.file) if part)
        line = f"{problem.kind:<10} {f'{where}: ' if where else ''}{problem.text}"
        print(printable(line).replace("\n", "\N{SYMBOL FOR LINE FEED}"))
    for checked in found.runs:
        print(printable(_line(checked)))
    count = len(found.problems)
    problems = "" if not count else ", 1 problem" if count == 1 else f", {count} problems"
    print(f"{found.path}: {found.verdict}{problems}")
    print(f"{'Chain head' if chain else 'Seal'}: {found.head}")


def _line(checked: Checked) -> str:
    facts = [f"{checked.folder}", f"place {checked.number}" if checked.number else "no place in the chain"]
    if checked.pruned:
        facts.append("pruned: only its manifest and seal are kept")
    if checked.replay_of:
        facts.append(f"a replay of {checked.replay_of}")
    facts.append(
        {
            "none": "not signed",
            "own key": f"signed; {checked.signed_by} is the key that the run itself holds",
            "given key": f"signed with the key given, {checked.signed_by}",
            "bad": "its signature is not good",
        }[checked.signature]
    )
    return ", ".join(facts)
