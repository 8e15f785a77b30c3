"""``auditor verify``: is what was kept as it was sealed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.evidence.verify import Checked, Verification


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
