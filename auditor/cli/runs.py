"""Writes a run: each account's reports while its rows are at hand, the run's own at the end, then the seal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from auditor import __version__
from auditor.evidence import RunFolder, free_name
from auditor.model import AccountResult, Baseline, Run
from auditor.reports import account_folder, account_reports, run_reports
from auditor.sources.snapshot_file import write_snapshot

SNAPSHOT = "snapshot.json"


def new_run(out: Path, replay_of: str = "") -> Run:
    """A run that begins now: the one place where the clock is read."""
    now = datetime.now(UTC).replace(microsecond=0)
    started = now.isoformat().replace("+00:00", "Z")
    return Run(
        id=free_name(out, now.strftime("%Y%m%dT%H%M%SZ")),
        started=started,
        tool_version=__version__,
        replay_of=replay_of,
    )


class RunWriter:
    """Writes the files of one run into its folder. Safe to call from several accounts' threads."""

    def __init__(self, head: Run, folder: RunFolder, templates: Path | None) -> None:
        self._head = head
        self._folder = folder
        self._account_reports = account_reports(templates)
        self._run_reports = run_reports(templates)
        # Page layout and font set-up are not made for several threads, and the interpreter would not run them
        # side by side anyway.
        self._rendering = threading.Lock()

    def deliver(self, result: AccountResult) -> None:
        """Write one account's snapshot and reports; all are made before the first is written."""
        with self._rendering:
            files = {SNAPSHOT: write_snapshot(result.snapshot)}
            for report in self._account_reports:
                files[report.filename] = report.render(result, self._head)
            for name, data in sorted(files.items()):
                self._folder.write(f"{account_folder(result.account)}/{name}", data)

    def finish(self, run: Run, baselines: Sequence[Baseline]) -> Path:
        """Write the run's own reports and the baselines it used, seal, and put the folder into place."""
        for baseline in baselines:
            self._folder.write(f"baselines/{baseline.id}.yaml", baseline.text.encode())
        for report in self._run_reports:
            self._folder.write(report.filename, report.render(run))
        return self._folder.finish()


@contextmanager
def writing(head: Run, out: Path, name: str, templates: Path | None) -> Iterator[RunWriter]:
    """A writer for the run *head* into ``out/name``; nothing appears there unless it finishes."""
    with RunFolder(out, name) as folder:
        yield RunWriter(head, folder, templates)
