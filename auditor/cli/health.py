"""``auditor health``: one line for a monitor, on whether the nightly audit still does its work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.reports.run_json import RunDocument

_NOT_HEALTHY = 4


def health(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run folders.")] = Path("runs"),
    max_age: Annotated[float, typer.Option("--max-age", min=0, help="Hours after which the last run is too old.")] = 26,
) -> None:
    """Say in one line how the last audit went. Exit code 0: it is recent and read everything; 4: look at it.

    Findings are no fault of the job: the line counts them, and the exit code does not.
    """
    from auditor.cli.terminal import errors_end_the_command
    from auditor.reports.text import printable

    with errors_end_the_command():
        from auditor.delivery.outcome import failed
        from auditor.evidence import read_file
        from auditor.evidence.chain import last_audit
        from auditor.reports.run_json import read_run

        last = last_audit(out)
        if last is None:
            print(f"netsuite-auditor CRITICAL: no run in {out}")
            raise typer.Exit(_NOT_HEALTHY)
        document = read_run(read_file(last.place, "run.json"), str(last.place / "run.json"))
        complaints = _complaints(document, max_age)
        complaints += [printable(f"{each.what} failed: {each.problem}") for each in failed(out, last.place.name)]
    print(_line(document, complaints))
    raise typer.Exit(_NOT_HEALTHY if complaints else 0)


def _complaints(document: RunDocument, max_age: float) -> list[str]:
    complaints = []
    if (hours := _age(document) / 3600) > max_age:
        complaints.append(f"the last run is {hours:,.0f} hours old, {max_age:g} are allowed")
    if document.audited < document.expected:
        complaints.append(f"{document.expected - document.audited} of {document.expected} accounts were not audited")
    elif document.exit_code not in (0, 10):
        complaints.append("something could not be read")
    return complaints


def _age(document: RunDocument) -> float:
    """Seconds since the run began."""
    from datetime import UTC, datetime

    return (datetime.now(UTC) - datetime.fromisoformat(document.started)).total_seconds()


def _line(document: RunDocument, complaints: list[str]) -> str:
    """Text, then numbers behind a bar as monitoring plug-ins give them. Failed is what counts for the verdict."""
    failed = sum(account.counts.counted for account in document.accounts)
    noted = sum(account.counts.noted for account in document.accounts)
    unknown = sum(account.counts.unknown for account in document.accounts)
    state = "CRITICAL" if complaints else "OK"
    said = (
        "; ".join(complaints) or f"{document.audited} of {document.expected} accounts audited, {document.verdict.value}"
    )
    numbers = (
        f"age={_age(document):.0f}s accounts={document.expected} audited={document.audited}"
        f" failed={failed} noted={noted} unknown={unknown} exit={document.exit_code}"
    )
    return f"netsuite-auditor {state}: {said}, run {document.run} | {numbers}"
