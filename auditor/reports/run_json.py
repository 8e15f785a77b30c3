"""``run.json``: what became of a run, for a scheduler or a monitor: verdict, exit code, accounts, failures."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import AccountFailure, AccountResult, Finding, Run, Table, Trend, Verdict
from auditor.reports.base import account_folder
from auditor.reports.findings_json import Counts, Tool, decoded, encoded

FORMAT = "netsuite-auditor/run"
VERSION = 1


class AuditedAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account in one line. ``incomplete`` names the tables that were not collected in full, with how that went."""

    account: str
    verdict: Verdict
    taken: str
    counts: Counts
    incomplete: dict[Table, str]
    folder: str
    """Where its reports lie, relative to this file."""

    @classmethod
    def of(cls, result: AccountResult) -> AuditedAccount:
        coverages = (result.snapshot.covered(table) for table in Table)
        return cls(
            account=result.account,
            verdict=result.verdict,
            taken=result.snapshot.taken,
            counts=Counts.of(result),
            incomplete={coverage.table: coverage.state.value for coverage in coverages if not coverage.complete},
            folder=account_folder(result.account),
        )


class RunDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``run.json`` as it stands."""

    format: str = FORMAT
    version: int = VERSION
    run: str
    started: str
    tool: Tool
    replay_of: str
    verdict: Verdict
    exit_code: int
    expected: int
    audited: int
    failed: int
    accounts: tuple[AuditedAccount, ...]
    failures: tuple[AccountFailure, ...]
    history_problem: str | None = None
    trend: Trend | None = None
    differences: tuple[Finding, ...] = ()


def read_run(data: bytes, name: str) -> RunDocument:
    """The document in *data*; *name* is what an error calls the file.

    Raises:
        EvidenceError: the file is cut or changed, is of another kind, or of a version that this program cannot read.
    """
    return decoded(data, name, RunDocument, FORMAT, VERSION)


class RunJson:
    """Writes ``run.json``."""

    filename = "run.json"

    def render(self, run: Run) -> bytes:
        return encoded(
            RunDocument(
                run=run.id,
                started=run.started,
                tool=Tool(version=run.tool_version),
                replay_of=run.replay_of,
                verdict=run.verdict,
                exit_code=run.exit_code,
                expected=run.expected,
                audited=len(run.results),
                failed=len(run.failures),
                accounts=tuple(AuditedAccount.of(result) for result in run.results),
                failures=run.failures,
                history_problem=run.history_problem,
                trend=run.trend,
                differences=run.differences,
            )
        )
