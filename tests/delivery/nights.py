"""Sealed run folders with the files that a delivery reads, quick enough to make many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from auditor.evidence import MANIFEST, RunFolder, free_name
from auditor.evidence.chain import last_link
from auditor.evidence.manifest import AccountRecord, Circumstances, Replay, manifest_bytes, manifest_of
from auditor.model import AccountFailure, AccountResult, Finding, Severity, State, Status
from auditor.reports.base import account_folder
from auditor.reports.findings_json import FindingsJson
from auditor.reports.run_json import RunJson
from tests import samples

FIRST = datetime(2026, 11, 1, 2, tzinfo=UTC)
PDF = b"%PDF-1.7 a summary"


def finding(name: str, status: Status = Status.FAIL, severity: Severity = Severity.HIGH, **fields) -> Finding:
    """One finding, known by its name."""
    one = next(each for each in samples.clean_result().findings if each.status is Status.PASS)
    return replace(one, id=f"{name:>16}", title=f"about {name}", status=status, severity=severity, **fields)


def account(*findings: Finding, id: str = "1234567", **states: State) -> AccountResult:  # noqa: A002
    """An account with these findings alone, every table collected but those named."""
    found = samples.clean_result()
    snapshot = replace(samples.snapshot(id), coverage=samples.coverage(**states))
    return replace(found, snapshot=snapshot, findings=tuple(replace(each, account=id) for each in findings))


def failure(id: str = "1234567") -> AccountFailure:  # noqa: A002
    return AccountFailure(account=id, cause="The sign-in was refused.", remedy="Look at the certificate.")


def night(
    out: Path,
    when: int | datetime,
    *accounts: AccountResult,
    failures: tuple[AccountFailure, ...] = (),
    replays: str = "",
) -> Path:
    """A run over *accounts*, of a night by its number, or of a moment; sealed and in the chain."""
    began = FIRST + timedelta(days=when) if isinstance(when, int) else when
    name = free_name(out, began.strftime("%Y%m%dT%H%M%SZ"))
    run = replace(
        samples.run(*accounts, failures=failures),
        id=name,
        started=began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        replay_of=replays,
    )
    with RunFolder(out, name) as folder:
        folder.write("summary.pdf", PDF)
        folder.write("run.json", RunJson().render(run))
        for each in accounts:
            folder.write(f"{account_folder(each.account)}/findings.json", FindingsJson().render(each, run))
        last = last_link(out)
        replay = Replay(command="rejudge", run=replays, folder=replays, seal_sha256="0" * 64, verified=True)
        manifest = manifest_of(
            run,
            name,
            [AccountRecord.of(each) for each in accounts],
            samples.clean_result().baselines,
            Circumstances(made=run.started, replay=replay if replays else None),
            last.as_previous if last else None,
            None,
        )
        folder.write(MANIFEST, manifest_bytes(manifest))
        return folder.finish()
