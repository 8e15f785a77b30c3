"""``auditor fix``: corrected copies of role files, and what to click for everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.cli.options import Input
    from auditor.fix import RoleFile
    from auditor.model import AccountResult

MOST_BYTES = 5_000_000


def fix(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `auditor audit` writes it.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to make; it must not be there yet, or be empty.")],
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input", "-i", help="Folder or file with the role XML that was audited, as PATH or ACCOUNT=PATH."
        ),
    ] = None,
) -> None:
    """Write corrected copies of your own role files as a SuiteCloud project, and click lists for everything else.

    Nothing is changed in NetSuite, and nothing that is written was ever deployed.
    """
    from auditor.cli.terminal import errors_end_the_command

    with errors_end_the_command():
        from auditor.cli.kept import KeptRun
        from auditor.cli.options import read_inputs
        from auditor.evidence import RunFolder

        kept, given = KeptRun(run_folder), read_inputs(inputs or [])
        with RunFolder(out.absolute().parent, out.absolute().name) as folder:
            left = {each.account: each for each in given}
            said = []
            for result in kept.results():
                said += _account(result, left.pop(result.account, None), folder.write)
            _refuse_strangers(left.values())
            place = folder.finish()
    typer.echo("\n".join([*said, f"Written to {place}. Nothing was changed in NetSuite."]))


def _refuse_strangers(left: Iterable[Input]) -> None:
    from auditor.errors import ConfigurationError

    for each in left:
        raise ConfigurationError(f"--input {each.path}: the run has no account {each.account}.", "Write ACCOUNT=PATH.")


def _account(result: AccountResult, given: Input | None, write: Callable[[str, bytes], None]) -> list[str]:
    """Write what one account needs; says what came of it."""
    from auditor.catalog import load_catalog
    from auditor.fix import click_list, mass_update, project_files
    from auditor.reports import account_folder
    from auditor.reports.workbook.change_requests import change_requests

    counted = {finding.id for finding in result.failed()}
    requests = [each for each in change_requests(result) if each.finding in counted or counted & set(each.also)]
    files, problems = _role_files(given)
    scriptids = {role.key: role.scriptid for role in result.snapshot.roles if role.scriptid}
    project, refused = project_files(result.account, files, requests, scriptids, load_catalog())
    place = account_folder(result.account)
    written = {
        "click-list.txt": click_list(result.account, requests).encode("utf-8", "replace"),
        "mass-update.csv": mass_update(requests).encode("utf-8-sig", "replace"),
        **{f"project/{name}": data for name, data in project.items()},
    }
    for name, data in sorted(written.items()):
        write(f"{place}/{name}", data)
    roles = sum(name.startswith("src/Objects/") for name in project)
    said = [f"account {result.account}: {len(requests)} changes; {roles} corrected role files"]
    said += [f"  {problem}" for problem in problems]
    return said + [f"  {one.role}: {one.reason}" for one in refused if given]


def _bytes(path: Path) -> bytes:
    from auditor.errors import FixError

    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FixError(f"{path.name} is larger than any role file.", "Take it out of the input.")
    return data


def _role_files(given: Input | None) -> tuple[Sequence[RoleFile], list[str]]:
    from auditor.errors import ConfigurationError, FixError
    from auditor.fix import read_role_file

    if given is None:
        return (), []
    if not given.path.exists():
        raise ConfigurationError(f"--input {given.path}: there is no such file or folder.")
    paths = [given.path] if given.path.is_file() else sorted(given.path.rglob("*.xml"))
    files, problems = [], []
    for path in paths:
        try:
            if found := read_role_file(path.name, _bytes(path)):
                files.append(found)
        except (OSError, FixError) as error:
            problems.append(f"{path}: {error}")
    return files, problems
