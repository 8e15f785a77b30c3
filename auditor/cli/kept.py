"""Reads a run folder back: what its accounts held, what was found, and with which baselines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditor.baselines import parse_baseline
from auditor.cli.runs import SNAPSHOT
from auditor.errors import EvidenceError
from auditor.evidence import read_file
from auditor.model import AccountResult, Run
from auditor.reports.findings_json import read_findings, result_from
from auditor.reports.run_json import read_run
from auditor.sources.snapshot_file import read_snapshot


class KeptRun:
    """One run folder. Accounts are read one at a time, as they are asked for.

    Raises:
        EvidenceError: the folder is not a run folder, or something in it is not what the run wrote.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise EvidenceError(f"{folder}: there is no such run folder.", "Give a folder that `auditor audit` wrote.")
        self._folder = folder
        self._document = read_run(read_file(folder, "run.json"), str(folder / "run.json"))
        self.head = Run(
            id=self._document.run,
            started=self._document.started,
            tool_version=self._document.tool.version,
            failures=self._document.failures,
            replay_of=self._document.replay_of,
        )
        self.baselines = tuple(
            parse_baseline(path.read_bytes(), path.name) for path in sorted((folder / "baselines").glob("*.yaml"))
        )

    def results(self) -> Iterator[AccountResult]:
        """Each account's result as it was found, in the order of the account ids."""
        for account in self._document.accounts:
            name = f"{account.folder.rstrip('/')}/{SNAPSHOT}"
            snapshot = read_snapshot(read_file(self._folder, name), str(self._folder / name))
            name = f"{account.folder.rstrip('/')}/findings.json"
            document = read_findings(read_file(self._folder, name), str(self._folder / name))
            yield result_from(document, snapshot, self.baselines)
