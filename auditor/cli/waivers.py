"""``auditor waivers``: check a file of waivers, and add to it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.model import Waivers

if TYPE_CHECKING:
    from auditor.model import Finding, Waiver

app = typer.Typer(no_args_is_help=True, help="Findings that somebody answers for: check the file, or add to it.")
_NEAR = 3


def read_waivers(path: Path | None) -> Waivers:
    """The waivers in the file at *path*; none where no file is named.

    Raises:
        WaiverError: the file cannot be read, or anything in it is wrong.
    """
    from auditor.checks import INFOS
    from auditor.waivers import load_waivers

    return load_waivers(path, [info.id for info in INFOS]) if path else Waivers()


def switched_off(checks: Sequence[str], where: str) -> tuple[str, ...]:
    """*checks* as ids of checks that can be switched off, sorted. *where* is what an error calls the place.

    Raises:
        ConfigurationError: there is no such check, or it is one that an audit is for.
    """
    from auditor.checks import INFOS
    from auditor.errors import ConfigurationError

    known = {info.id: info for info in INFOS}
    can = sorted(id_ for id_, info in known.items() if not info.needed)
    for check in checks:
        if check not in known:
            near = difflib.get_close_matches(check, can, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise ConfigurationError(
                f"{where} {check}: there is no such check.{meant}", f"These can: {', '.join(can)}."
            )
        if known[check].needed:
            raise ConfigurationError(
                f"{where} {check}: this check cannot be switched off.", f"These can: {', '.join(can)}."
            )
    return tuple(sorted(set(checks)))


@app.command(epilog="Example: auditor waivers lint waivers.yaml")
def lint(files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of waivers.")]) -> None:
    """Check files of waivers: every problem of every file, as file:line:column: message. Exit code 2 if any."""
    from auditor.errors import WaiverError

    problems, entries = [], 0
    for file in files:
        try:
            entries += len(read_waivers(file).entries)
        except WaiverError as error:
            problems.append(str(error))
    if problems:
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(WaiverError.exit_code)
    good = "1 file is good" if len(files) == 1 else f"{len(files)} files are good"
    typer.echo(f"{good}: {entries} {'waiver' if entries == 1 else 'waivers'}.")


@app.command(
    epilog='Example: auditor waivers add 04b12ee14f2dcbf7 --run runs/20261121T020000Z --reason "no classes in use" '
    "--owner Ana --ticket OPS-12 --expires 2027-03-31"
)
def add(
    finding: Annotated[str, typer.Argument(metavar="FINDING_ID", help="The id of a failed finding.")],
    run: Annotated[Path, typer.Option("--run", metavar="RUN", help="The run folder that holds the finding.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may stay as it is.")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it.")],
    ticket: Annotated[str, typer.Option("--ticket", help="Where the decision is written down.")],
    expires: Annotated[str, typer.Option("--expires", help="The last day on which it holds, UTC: 2027-03-31.")],
    file: Annotated[Path, typer.Option("--file", help="The file to add to; made if it is not there.")] = Path(
        "waivers.yaml"
    ),
) -> None:
    """Waive one failed finding of a run: adds an entry to the file and keeps all that stands in it."""
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.checks import INFOS
        from auditor.cli.kept import KeptRun
        from auditor.waivers import with_entry, written

        kept = KeptRun(run)
        found = _find(finding, (each for result in kept.results() for each in result.findings))
        _refuse(found)
        waiver = _entry(found, reason, owner, ticket, expires, kept.head.started[:10])
        text = with_entry(_text(file), waiver, str(file), [info.id for info in INFOS])
        _put(file, text)
    _show(found)
    typer.echo(f"\nAdded to {file}:\n{written(waiver)}", nl=False)


def _entry(found: Finding, reason: str, owner: str, ticket: str, expires: str, day: str) -> Waiver:
    from auditor.errors import WaiverError
    from auditor.model import Waiver

    if expires.strip() < day:
        raise WaiverError(f"--expires {expires}: that is before the run, which is of {day}.", "Give a later day.")
    return Waiver(
        account=found.account,
        check=found.check,
        subject=found.subject.key,
        requirement=found.requirement,
        reason=" ".join(reason.split()),
        owner=" ".join(owner.split()),
        ticket=" ".join(ticket.split()),
        expires=expires.strip(),
    )


def _find(wanted: str, findings: Iterable[Finding]) -> Finding:
    from auditor.errors import WaiverError

    known: dict[str, Finding] = {}
    for each in findings:
        if each.id == wanted:
            return each
        known[each.id] = each
    near = difflib.get_close_matches(wanted, known, n=_NEAR, cutoff=0.7)
    near += [id_ for id_ in sorted(known) if len(wanted) > _NEAR and id_.startswith(wanted)][:_NEAR]
    meant = "; ".join(f"{id_}, {known[id_].title}" for id_ in dict.fromkeys(near))
    raise WaiverError(
        f"The run has no finding {wanted!r}.",
        f"Did you mean {meant}?" if meant else "findings.json, report.pdf and changes.xlsx have the ids.",
    )


def _refuse(found: Finding) -> None:
    from auditor.errors import WaiverError
    from auditor.model import Status
    from auditor.waivers.reader import WAIVERS_CHECK

    if found.check == WAIVERS_CHECK:
        raise WaiverError("What is found about waivers cannot be waived.", "Mend the entry that it is about.")
    if found.status is not Status.FAIL:
        status = found.status.value.replace("_", " ")
        raise WaiverError(
            f"Finding {found.id} did not fail (it is {status}: {found.title}).", "Only a failure can be waived."
        )
    if found.waiver:
        raise WaiverError(
            f"Finding {found.id} is waived already, by {found.waiver.owner} until {found.waiver.expires}.",
            "Change that entry.",
        )


def _text(file: Path) -> str:
    from auditor.errors import WaiverError

    try:
        return file.read_bytes().decode() if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise WaiverError(f"{file}: The file cannot be read: {error}.") from error


def _put(file: Path, text: str) -> None:
    """Write beside and rename: whatever ends the program, the file is the old one or the new one."""
    from auditor.errors import WaiverError

    place = file.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}.partial")
    try:
        beside.write_bytes(text.encode())
        if place.exists():
            beside.chmod(place.stat().st_mode & 0o777)
        beside.replace(place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WaiverError(f"{file}: cannot be written ({error.strerror}).") from error


def _show(found: Finding) -> None:
    from auditor.reports.text import printable

    lines = {
        "Account": found.account,
        "Finding": found.id,
        "Severity": found.severity.value,
        "What": found.title,
        "Expected": found.expected,
        "Actual": found.actual,
    }
    for name, value in lines.items():
        typer.echo(f"{name + ':':10}{printable(value)}")
