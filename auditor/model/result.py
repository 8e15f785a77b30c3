"""What an audit says: of one account, and of a run over all accounts."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from msgspec import Struct, structs

from auditor.model.baseline import Baseline, Severity
from auditor.model.drift import Drift
from auditor.model.finding import Finding, LevelSource, Status
from auditor.model.level import Level
from auditor.model.probe import ProbeRow
from auditor.model.review import Carried
from auditor.model.snapshot import Snapshot, State
from auditor.model.trend import Resolved, Trend
from auditor.model.waiver import Waivers


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


class ChainLink(Struct, frozen=True, kw_only=True):
    """One link of a token's chain: what was asked of it, and how it came out."""

    requirement: str
    """``active``, ``user``, ``role``, ``role-active``, ``user-active``, ``assigned``, ``effective-levels``."""
    status: Status
    expected: str
    actual: str
    finding: str
    """Id of the finding that says it in full."""


class TokenLevel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One permission that is asked, and the level that the token really has of it."""

    permission: str
    label: str
    subtab: str
    asked: Level
    held: Level | None = None
    """None if it cannot be told."""
    source: LevelSource | None = None
    status: Status
    codes: tuple[str, ...] = ()


class TokenCause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cause that the vendor's page names. ``fail``: it holds; ``pass``: it is ruled out."""

    id: str
    text: str
    status: Status
    because: str = ""


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
    user_id: str = ""
    role_id: str = ""
    """The role that the token is bound to, by internal id, else script id: several roles may bear its name."""
    links: tuple[ChainLink, ...] = ()
    levels: tuple[TokenLevel, ...] = ()
    checked: tuple[TokenCause, ...] = ()
    steps: tuple[str, ...] = ()
    """The fix of all of it in order, up to what is to be done at the vendor."""


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
    skipped_checks: tuple[str, ...] = ()
    """Checks that the user switched off, by id: their findings are not there, and every report says so."""
    idle_days: int = 90
    """Days without a login after which a token counts as idle."""
    expected: dict[str, str] = {}
    """``user``, ``role`` and ``application`` of the integration, where the user says which they are to be."""
    last_sync: str = ""
    """When the vendor last read the account, as the user says: ``YYYY-MM-DD HH:MM:SS``; empty: not said."""


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
    waivers: Waivers = Waivers()
    """The file of waivers that was used, with all its entries; empty if there was none."""
    carried: Carried | None = None
    """The change requests of the last workbook with what people wrote beside them; None if none was looked for."""
    history_problem: str | None = None
    """Why history could not be asked or kept; empty if all went well, None where none is kept."""
    drift: Drift | None = None
    """What changed since the account was read last; None where history knows of no earlier read."""
    resolved: tuple[Resolved, ...] = ()
    """What failed when it was judged last, and fails no more."""

    @property
    def account(self) -> str:
        return self.snapshot.account

    def failed(self) -> tuple[Finding, ...]:
        """Failed findings at or above ``--fail-on`` that nobody waived, worst first."""
        chosen = (
            f
            for f in self.findings
            if f.status is Status.FAIL and f.waiver is None and f.severity.rank >= self.scope.fail_on.rank
        )
        return tuple(sorted(chosen, key=lambda f: -f.severity.rank))

    def waived(self) -> tuple[Finding, ...]:
        """Failed findings that somebody answers for."""
        return tuple(f for f in self.findings if f.status is Status.FAIL and f.waiver is not None)

    def noted(self) -> tuple[Finding, ...]:
        """Failed findings below ``--fail-on``, that nobody waived: shown, and counted for nothing."""
        return tuple(
            f
            for f in self.findings
            if f.status is Status.FAIL and f.waiver is None and f.severity.rank < self.scope.fail_on.rank
        )

    def undecided(self) -> tuple[Finding, ...]:
        """The unknown findings that make the account incomplete."""
        counts_from = min(self.scope.fail_on.rank, Severity.LOW.rank)
        return tuple(finding for finding in self.unknown() if finding.severity.rank >= counts_from)

    def unknown(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.status is Status.UNKNOWN)

    def unresolved(self) -> tuple[Finding, ...]:
        """What failed, waived or not and of any severity, and what is unknown: all that a run's own reports list."""
        return tuple(finding for finding in self.findings if finding.status in (Status.FAIL, Status.UNKNOWN))

    @property
    def incomplete(self) -> bool:
        """Something that was asked could not be judged, or a read broke off.

        A table that was not given, and that no finding needed, does not make an account incomplete. What is for
        information only does so where ``--fail-on info`` makes it count.
        """
        broken = any(coverage.state in (State.PARTIAL, State.FAILED) for coverage in self.snapshot.coverage)
        return broken or bool(self.undecided())

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
            classifications=(),
            subsidiaries=(),
            projects=(),
            role_restrictions=(),
            logins=(),
            system_notes=(),
            notes=(),
        )
        drift = structs.replace(self.drift, changes=()) if self.drift else None
        return structs.replace(self, snapshot=snapshot, distances=(), tokens=(), carried=None, drift=drift)


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One execution over all accounts. ``id`` is made of its UTC start."""

    id: str
    started: str
    """UTC, ISO 8601 with seconds: the one reading of the clock that every output uses."""
    tool_version: str
    results: Sequence[AccountResult] = ()
    """In the order of the account ids. They may lie on disk and be read at each look: look once, hold on to none."""
    failures: tuple[AccountFailure, ...] = ()
    replay_of: str = ""
    """Run id that this one judges or reports again; empty for a run that read its accounts itself."""
    history_problem: str | None = None
    """Why history could not be asked or kept; empty if all went well, None where none is kept."""
    trend: Trend | None = None
    """Open findings over the last nights, this run's too; None where no history is kept."""
    differences: tuple[Finding, ...] = ()
    """How roles of sandboxes stand beside production's, where the run has both; they count for no verdict."""

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
