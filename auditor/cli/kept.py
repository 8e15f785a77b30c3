"""Reads a run folder back: what its accounts held, what was found, and with which baselines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.baselines import parse_baseline
from auditor.checks import INFOS
from auditor.cli.runs import SNAPSHOT, WAIVERS
from auditor.errors import VerificationError
from auditor.evidence import MANIFEST, SEAL, read_file
from auditor.evidence.manifest import Manifest, Replay, read_manifest
from auditor.evidence.places import CHAIN
from auditor.evidence.seal import file_digest
from auditor.evidence.verify import no_such_run, verify_run
from auditor.model import AccountResult, Run, Waivers
from auditor.reports.findings_json import read_findings, result_from
from auditor.reports.run_json import read_run
from auditor.sources.snapshot_file import read_snapshot
from auditor.waivers import parse_waivers

_SHOWN = 3


class KeptRun:
    """One run folder, verified before anything in it is believed. Accounts are read one at a time, as asked for.

    Raises:
        EvidenceError: the folder is not a run folder, or something in it is not what the run wrote.
        VerificationError: it is not as it was sealed, and *verified* is asked for.
    """

    def __init__(self, folder: Path, *, verified: bool = True) -> None:
        if not folder.is_dir() or folder.parent.name == CHAIN:
            raise no_such_run(folder)
        # `latest` may be pointed elsewhere while this one is read.
        folder = folder.resolve()
        document = read_file(folder, "run.json")
        if verified:
            _refuse_broken(folder)
        self._folder = folder
        self._verified = verified
        self._document = read_run(document, str(folder / "run.json"))
        self.head = Run(
            id=self._document.run,
            started=self._document.started,
            tool_version=self._document.tool.version,
            failures=self._document.failures,
            replay_of=self._document.replay_of,
            history_problem=self._document.history_problem,
            trend=self._document.trend,
            differences=self._document.differences,
        )
        self.baselines = tuple(
            parse_baseline(path.read_bytes(), path.name) for path in sorted((folder / "baselines").glob("*.yaml"))
        )
        self.waivers = Waivers()
        if (folder / WAIVERS).exists():
            self.waivers = parse_waivers(read_file(folder, WAIVERS), WAIVERS, [info.id for info in INFOS])

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that were audited."""
        return tuple(account.account for account in self._document.accounts)

    def results(self, only: Sequence[str] = ()) -> Iterator[AccountResult]:
        """Each account's result as it was found, in the order of the ids; of *only* these, unless it is empty."""
        for account in self._document.accounts:
            if only and account.account not in only:
                continue
            name = f"{account.folder.rstrip('/')}/{SNAPSHOT}"
            snapshot = read_snapshot(read_file(self._folder, name), str(self._folder / name))
            name = f"{account.folder.rstrip('/')}/findings.json"
            document = read_findings(read_file(self._folder, name), str(self._folder / name))
            yield result_from(document, snapshot, self.baselines, self.waivers)

    def manifest(self) -> Manifest | None:
        """The run's manifest; None where it has none, which only an unverified run may."""
        if not (self._folder / MANIFEST).exists():
            return None
        return read_manifest(read_file(self._folder, MANIFEST), str(self._folder / MANIFEST))

    def replayed(self, command: str) -> Replay:
        """What the manifest of a replay by *command* says of this run."""
        return Replay(
            command=command,
            run=self.head.id,
            folder=self._folder.name,
            seal_sha256=file_digest(self._folder / SEAL),
            verified=self._verified,
        )


def _refuse_broken(folder: Path) -> None:
    problems = verify_run(folder).problems
    if not problems:
        return
    named = "; ".join(f"{each.file or 'the run'} {each.text.rstrip('.')}" for each in problems[:_SHOWN])
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    raise VerificationError(
        f"{folder} is not as it was sealed: {named}{more}.",
        f"See all of it with `auditor verify {folder}`. To use it as it is, give --unverified: the replay says so.",
    )
