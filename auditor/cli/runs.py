"""Writes a run: each account's reports while its rows are at hand, the run's own at the end, then manifest and seal."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from msgspec import Struct, structs

from auditor import __version__
from auditor.checks.sandbox import Twins
from auditor.cli.logs import name_run
from auditor.evidence import MANIFEST, RunFolder, free_name
from auditor.evidence.chain import last_link
from auditor.evidence.latest import point_latest
from auditor.evidence.manifest import AccountRecord, Circumstances, Reference, manifest_bytes, manifest_of
from auditor.evidence.signature import SIGNER, Signer
from auditor.model import AccountResult, Baseline, Carried, Format, Run, Waivers
from auditor.reports import account_folder, account_reports, run_reports
from auditor.sources.snapshot_file import write_snapshot

_log = logging.getLogger(__name__)
SNAPSHOT = "snapshot.json"
WAIVERS = "waivers.yaml"
_NO_WAIVERS = Waivers()
Carry = Callable[[str], Carried | None]
"""Gives what an account's last workbook said, if there is one."""


def clock() -> datetime:
    """Now, UTC, in whole seconds. Read once for a run; everything else takes the time from there."""
    return datetime.now(UTC).replace(microsecond=0)


def moment(now: datetime) -> str:
    """*now* as files bear it: ISO 8601, UTC."""
    return now.isoformat().replace("+00:00", "Z")


def new_run(out: Path, replay_of: str = "") -> Run:
    """A run that begins now: the one place where an audit reads the clock."""
    now = clock()
    return Run(
        id=free_name(out, now.strftime("%Y%m%dT%H%M%SZ")),
        started=moment(now),
        tool_version=__version__,
        replay_of=replay_of,
    )


def templates_reference(templates: Path | None) -> Reference | None:
    """A user's own templates and one digest over all of their files; None for those that ship with the program."""
    if templates is None or not templates.is_dir():
        return None
    digest = hashlib.sha256()
    for path in sorted(path for path in templates.rglob("*") if path.is_file()):
        each = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{each}  {path.relative_to(templates).as_posix()}\n".encode())
    return Reference(name=str(templates), sha256=digest.hexdigest())


class Making(Struct, frozen=True, kw_only=True):
    """How a run's files are made."""

    around: Circumstances
    templates: Path | None = None
    formats: tuple[Format, ...] = ()
    """Those that are written besides the ones that every run has."""
    signer: Signer | None = None
    carry: Carry | None = None
    """None where nothing is carried from an earlier workbook, or it was already."""
    twins: Twins | None = None
    """Compares production accounts with their sandboxes; None where the run already says how they differ."""


class RunWriter:
    """Writes the files of one run into its folder. Safe to call from several accounts' threads."""

    def __init__(self, head: Run, folder: RunFolder, making: Making) -> None:
        self._head = head
        self._folder = folder
        self._around = making.around
        self._signer = making.signer
        self._carry = making.carry
        self._twins = making.twins
        self._records: list[AccountRecord] = []
        self._account_reports = account_reports(making.templates, making.formats)
        self._run_reports = run_reports(making.templates, making.formats)
        # Page layout and font set-up are not made for several threads, and the interpreter would not run them
        # side by side anyway. In one thread of its own it needs its memory once, not once for each account's thread.
        self._rendering = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reports")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rendering.shutdown()

    def deliver(self, result: AccountResult) -> None:
        """Write one account's snapshot and reports; all are made before the first is written."""
        if self._carry:
            result = structs.replace(result, carried=self._carry(result.account))
        self._rendering.submit(self._deliver, result).result()

    def _deliver(self, result: AccountResult) -> None:
        since = time.monotonic()
        files = {SNAPSHOT: write_snapshot(result.snapshot)}
        for report in self._account_reports:
            files[report.filename] = self._signed(report.filename, report.render(result, self._head))
        for name, data in sorted(files.items()):
            self._folder.write(f"{account_folder(result.account)}/{name}", data)
        self._records.append(AccountRecord.of(result))
        if self._twins:
            self._twins.add(result)
        seconds = round(time.monotonic() - since, 3)
        _log.info("reports written", extra={"account": result.account, "seconds": seconds})

    def finish(self, run: Run, baselines: Sequence[Baseline], waivers: Waivers = _NO_WAIVERS) -> Path:
        """Write the run's own reports, the baselines and waivers it used and its manifest, seal, and put into place."""
        if self._twins:
            run = structs.replace(run, differences=self._twins.differences())
        if waivers.text:
            data = waivers.text.encode()
            self._folder.write(WAIVERS, data)
            reference = Reference(name=WAIVERS, sha256=hashlib.sha256(data).hexdigest())
            self._around = structs.replace(self._around, waivers=(reference,))
        for baseline in baselines:
            self._folder.write(f"baselines/{baseline.id}.yaml", baseline.text.encode())
        for report in self._run_reports:
            data = self._rendering.submit(report.render, run).result()
            self._folder.write(report.filename, self._signed(report.filename, data))
        if self._signer:
            self._folder.write(SIGNER, self._signer.pem)
        last = last_link(self._folder.out)
        manifest = manifest_of(
            run,
            self._folder.name,
            self._records,
            baselines,
            self._around,
            last.as_previous if last else None,
            self._signer.record if self._signer else None,
        )
        self._folder.write(MANIFEST, manifest_bytes(manifest))
        place = self._folder.finish(self._signer.sign if self._signer else None)
        point_latest(self._folder.out)
        _log.info("the run is written: %s", place)
        return place

    def _signed(self, name: str, data: bytes) -> bytes:
        if self._signer and self._signer.pdf and name.endswith(".pdf"):
            return self._signer.pdf.sign(data, self._head.id, self._around.made)
        return data


@contextmanager
def writing(head: Run, out: Path, name: str, making: Making) -> Iterator[RunWriter]:
    """A writer for the run *head* into ``out/name``; nothing appears there unless it finishes.

    Hold the lock of *out* (:func:`auditor.evidence.holding`) from before *name* was chosen until this is over.
    """
    name_run(head.id)
    with RunFolder(out, name) as folder, RunWriter(head, folder, making) as writer:
        yield writer
