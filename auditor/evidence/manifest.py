"""``manifest.json``: what made a run folder, of what, with which verdict, and which run came before it."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from msgspec import Struct

from auditor.model import AccountFailure, AccountResult, Baseline, Run, Scope, State, Table, Verdict
from auditor.reports import account_folder
from auditor.reports.findings_json import Tool, decoded, encoded

FORMAT = "netsuite-auditor/manifest"
VERSION = 1

_LIBRARIES = (
    "cryptography",
    "jinja2",
    "msgspec",
    "openpyxl",
    "pandas",
    "pyhanko",
    "urllib3",
    "weasyprint",
    "xlsxwriter",
)
"""Those that decide what is read, judged and written."""


class Reference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file or folder that the run used, and its digest."""

    name: str
    sha256: str


class BaselineUsed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A baseline that accounts were held against; ``sha256`` is of the file as it was read."""

    id: str
    version: str
    sha256: str


class Configuration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``accounts.toml``: its digest, and what it settles. References to secrets stand in it, secrets never do."""

    file: str
    sha256: str
    settings: dict[str, Any]


class Previous(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The run that was the chain's last when this one was sealed. Its seal covers its manifest and all its files."""

    folder: str
    number: int
    manifest_sha256: str
    seal_sha256: str


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The run whose files were worked on again; nothing was read from NetSuite."""

    command: str
    """``report`` or ``rejudge``."""
    run: str
    folder: str
    seal_sha256: str
    """Digest of that run's seal; empty if it has none."""
    verified: bool
    """That run was found to be as it was sealed. False: ``--unverified`` was given."""


class Signing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which key signed the seal. ``signer.pem`` holds its public half."""

    algorithm: str
    key_sha256: str
    """Of the public key in DER form (SubjectPublicKeyInfo)."""
    certificate_sha256: str = ""
    """Of the certificate in DER form; where there is one, the PDFs are signed too."""


class Covered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How whole one table was."""

    state: State
    rows: int


class AccountRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account: what was read of it, when, and what came of it."""

    account: str
    folder: str
    source: str
    origin: str
    taken: str
    read_from: str
    """When the first table was begun, UTC; empty where the source does not say."""
    read_to: str
    verdict: Verdict
    scope: Scope
    coverage: dict[Table, Covered]

    @classmethod
    def of(cls, result: AccountResult) -> AccountRecord:
        """What the manifest keeps of *result*: small, whatever the size of the account."""
        snapshot = result.snapshot
        covered = [snapshot.covered(table) for table in Table]
        return cls(
            account=result.account,
            folder=account_folder(result.account),
            source=snapshot.source,
            origin=snapshot.origin,
            taken=snapshot.taken,
            read_from=min((each.started for each in covered if each.started), default=""),
            read_to=max((each.finished for each in covered if each.finished), default=""),
            verdict=result.verdict,
            scope=msgspec.structs.replace(result.scope, assumptions=dict(sorted(result.scope.assumptions.items()))),
            coverage={each.table: Covered(state=each.state, rows=each.rows) for each in covered},
        )


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``manifest.json`` as it stands. All times are UTC, ISO 8601 with seconds."""

    format: str = FORMAT
    version: int = VERSION
    run: str
    """The run's id, as its reports bear it. A reported replay has the id of the run that it reports."""
    folder: str
    """The name under which it was sealed."""
    number: int
    """Its place in the chain, from 1."""
    previous: Previous | None
    replay: Replay | None
    started: str
    """The run's start, as its reports bear it."""
    made: str
    """When the command that wrote this folder began; differs from ``started`` in a reported replay."""
    tool: Tool
    python: str
    libraries: dict[str, str]
    verdict: Verdict
    exit_code: int
    expected: int
    audited: int
    configuration: Configuration | None
    baselines: tuple[BaselineUsed, ...]
    waivers: tuple[Reference, ...]
    templates: Reference | None
    """The user's own templates; none: those that ship with the program."""
    signing: Signing | None
    accounts: tuple[AccountRecord, ...]
    failures: tuple[AccountFailure, ...]


class Circumstances(Struct, frozen=True, kw_only=True):
    """What a manifest says that is not in the run's results: who asked for it, with what, and of which run."""

    made: str
    configuration: Configuration | None = None
    templates: Reference | None = None
    waivers: tuple[Reference, ...] = ()
    replay: Replay | None = None


def manifest_of(
    run: Run,
    folder: str,
    accounts: Sequence[AccountRecord],
    baselines: Sequence[Baseline],
    around: Circumstances,
    previous: Previous | None,
    signing: Signing | None,
) -> Manifest:
    """The manifest of the run folder *folder*, sealed after *previous*."""
    return Manifest(
        run=run.id,
        folder=folder,
        number=previous.number + 1 if previous else 1,
        previous=previous,
        replay=around.replay,
        started=run.started,
        made=around.made,
        tool=Tool(version=run.tool_version),
        python=platform.python_version(),
        libraries={name: found for name in _LIBRARIES if (found := _version(name))},
        verdict=run.verdict,
        exit_code=run.exit_code,
        expected=run.expected,
        audited=len(run.results),
        configuration=around.configuration,
        baselines=tuple(BaselineUsed(id=each.id, version=each.version, sha256=each.sha256) for each in baselines),
        waivers=around.waivers,
        templates=around.templates,
        signing=signing,
        accounts=tuple(sorted(accounts, key=lambda record: record.account)),
        failures=run.failures,
    )


def manifest_bytes(manifest: Manifest) -> bytes:
    """``manifest.json``: UTF-8, one line for each account."""
    return encoded(manifest)


def read_manifest(data: bytes, name: str) -> Manifest:
    """The manifest in *data*; *name* is what an error calls the file.

    Raises:
        EvidenceError: the file is cut or changed, is of another kind, or of a version that this program cannot read.
    """
    return decoded(data, name, Manifest, FORMAT, VERSION)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
