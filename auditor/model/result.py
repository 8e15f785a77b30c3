"""What an audit says: of one account, and of a run over all accounts."""

from __future__ import annotations

import enum

from msgspec import Struct, structs

from auditor.model.baseline import Baseline, Severity
from auditor.model.finding import Finding, Status
from auditor.model.probe import ProbeRow
from auditor.model.snapshot import Snapshot, State


class RoleDistance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many rows of a baseline one role meets: ``met`` of ``asked``. ``undecided`` rows are in ``asked`` too."""

    role: str
    role_name: str
    role_id: str
    inactive: bool | None
    baseline: str
    met: int
    undecided: int
    asked: int
    permission_rows: int
    judged: bool
    """The baseline is held against this role in full: its rows are findings."""
    why: str = ""
    """Why this role is judged (its token, its name, the user's choice), or why not."""


class TokenVerdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One access token in one line. Tokens of other applications are listed with status ``not_applicable``."""

    token: str
    name: str
    application: str
    user: str
    role: str
    state: str
    """active, inactive, revoked or not given."""
    created: str
    baseline: str
    status: Status
    met: int
    asked: int
    causes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class AccountFailure(Struct, frozen=True, kw_only=True):
    """An account that could not be audited, and why, in plain words."""

    account: str
    cause: str
    remedy: str


class Verdict(enum.Enum):
    """The one-word answer for an account or a run."""

    CLEAN = "clean"
    FINDINGS = "findings"
    INCOMPLETE = "incomplete"
    FINDINGS_AND_INCOMPLETE = "findings, and incomplete"
    NOT_AUDITED = "not audited"


class Scope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user asked for beside the data: part of the evidence, and needed to judge again."""

    roles: tuple[str, ...] = ()
    """Roles named by ``--role``, by name, script id or internal id."""
    assumptions: dict[str, bool] = {}
    """``--assume KEY=yes|no``: conditions that the data cannot decide."""
    fail_on: Severity = Severity.LOW


class AccountResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that the reports of one account show."""

    snapshot: Snapshot
    baselines: tuple[Baseline, ...]
    scope: Scope
    findings: tuple[Finding, ...] = ()
    distances: tuple[RoleDistance, ...] = ()
    tokens: tuple[TokenVerdict, ...] = ()
    probe: tuple[ProbeRow, ...] = ()
    """What the integration's own token was answered, by record; empty if it was not tried."""

    @property
    def account(self) -> str:
        return self.snapshot.account

    def failed(self) -> tuple[Finding, ...]:
        """Failed findings at or above ``--fail-on``, worst first."""
        chosen = (f for f in self.findings if f.status is Status.FAIL and f.severity.rank >= self.scope.fail_on.rank)
        return tuple(sorted(chosen, key=lambda f: -f.severity.rank))

    def unknown(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.status is Status.UNKNOWN)

    @property
    def incomplete(self) -> bool:
        """Something that was asked could not be judged, or a read broke off.

        A table that was not given, and that no finding needed, does not make an account incomplete.
        """
        broken = any(coverage.state in (State.PARTIAL, State.FAILED) for coverage in self.snapshot.coverage)
        return broken or bool(self.unknown())

    @property
    def verdict(self) -> Verdict:
        return _verdict(bool(self.failed()), self.incomplete)

    def without_rows(self) -> AccountResult:
        """The result without what grows with the account and only its own reports need; coverage and findings stay."""
        snapshot = structs.replace(
            self.snapshot,
            roles=(),
            permissions=(),
            tokens=(),
            users=(),
            assignments=(),
            global_permissions=(),
            features=(),
            notes=(),
        )
        return structs.replace(self, snapshot=snapshot, distances=(), tokens=())


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One execution over all accounts. ``id`` is made of its UTC start."""

    id: str
    started: str
    """UTC, ISO 8601 with seconds: the one reading of the clock that every output uses."""
    tool_version: str
    results: tuple[AccountResult, ...] = ()
    failures: tuple[AccountFailure, ...] = ()
    replay_of: str = ""
    """Run id that this one judges or reports again; empty for a run that read its accounts itself."""

    @property
    def expected(self) -> int:
        return len(self.results) + len(self.failures)

    @property
    def verdict(self) -> Verdict:
        if not self.results:
            return Verdict.NOT_AUDITED
        failed = any(result.failed() for result in self.results)
        return _verdict(failed, bool(self.failures) or any(result.incomplete for result in self.results))

    @property
    def exit_code(self) -> int:
        return _EXIT_CODES[self.verdict]


def _verdict(failed: bool, incomplete: bool) -> Verdict:
    if failed:
        return Verdict.FINDINGS_AND_INCOMPLETE if incomplete else Verdict.FINDINGS
    return Verdict.INCOMPLETE if incomplete else Verdict.CLEAN


_EXIT_CODES = {
    Verdict.CLEAN: 0,
    Verdict.FINDINGS: 10,
    Verdict.INCOMPLETE: 4,
    Verdict.FINDINGS_AND_INCOMPLETE: 14,
    Verdict.NOT_AUDITED: 3,
}
