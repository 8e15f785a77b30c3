"""``findings.json``: all that was judged of one account, for machines, and read back without loss.

One line is one finding: a nightly difference shows whole findings, ``grep`` finds them, and the file stays a quarter
smaller than an indented one. Findings stand in the order of the result, which is sorted where it is judged. A field
that is left out is empty or not given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from auditor.errors import EvidenceError
from auditor.model import (
    AccountResult,
    Baseline,
    Carried,
    Confidence,
    Coverage,
    Drift,
    Finding,
    Note,
    ProbeRow,
    Resolved,
    RoleDistance,
    Run,
    Scope,
    Severity,
    Snapshot,
    Status,
    TokenVerdict,
    Verdict,
    Waivers,
)

FORMAT = "netsuite-auditor/findings"
VERSION = 1
TOOL = "netsuite-auditor"
_NO_WAIVERS = Waivers()

Document = TypeVar("Document", bound=Struct)

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program that wrote a file."""

    name: str = TOOL
    version: str


class Counts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"passed": "pass"}):
    """How many findings have which status, and the failed ones by severity, whatever ``--fail-on`` says.

    ``waived`` ones are among the failed, which keep their status. So are ``noted`` ones: below ``--fail-on``, and not
    waived.
    """

    fail: int
    unknown: int
    passed: int
    not_applicable: int
    failed_by_severity: dict[Severity, int]
    waived: int = 0
    noted: int = 0

    @property
    def counted(self) -> int:
        """What failed and counts for the verdict."""
        return self.fail - self.waived - self.noted

    @classmethod
    def of(cls, result: AccountResult) -> Counts:
        findings = result.findings
        statuses = Counter(finding.status for finding in findings)
        failed = Counter(finding.severity for finding in findings if finding.status is Status.FAIL)
        return cls(
            fail=statuses[Status.FAIL],
            unknown=statuses[Status.UNKNOWN],
            passed=statuses[Status.PASS],
            not_applicable=statuses[Status.NOT_APPLICABLE],
            failed_by_severity={severity: failed[severity] for severity in Severity},
            waived=len(result.waived()),
            noted=len(result.noted()),
        )


class BaselineReference(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which baseline, in which version, was held against the account; ``sha256`` is the digest of its file."""

    id: str
    version: str
    title: str
    source: str
    confidence: Confidence
    sha256: str

    @classmethod
    def of(cls, baseline: Baseline) -> BaselineReference:
        return cls(
            id=baseline.id,
            version=baseline.version,
            title=baseline.title,
            source=baseline.source,
            confidence=baseline.confidence,
            sha256=baseline.sha256,
        )


class FindingsDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``findings.json`` as it stands. With the snapshot and the baselines it is a whole AccountResult again."""

    format: str = FORMAT
    version: int = VERSION
    run: str
    started: str
    replay_of: str
    tool: Tool
    account: str
    taken: str
    source: str
    origin: str
    verdict: Verdict
    counts: Counts
    baselines: tuple[BaselineReference, ...]
    scope: Scope
    coverage: tuple[Coverage, ...]
    distances: tuple[RoleDistance, ...]
    tokens: tuple[TokenVerdict, ...]
    probe: tuple[ProbeRow, ...]
    carried: Carried | None
    not_collected: tuple[str, ...]
    notes: tuple[Note, ...]
    findings: tuple[Finding, ...]
    history_problem: str | None = None
    drift: Drift | None = None
    resolved: tuple[Resolved, ...] = ()


class FindingsJson:
    """Writes ``findings.json``. It holds what was judged; what was read lies beside it, in the snapshot."""

    filename = "findings.json"

    def render(self, result: AccountResult, run: Run) -> bytes:
        snapshot = result.snapshot
        return encoded(
            FindingsDocument(
                run=run.id,
                started=run.started,
                replay_of=run.replay_of,
                tool=Tool(version=run.tool_version),
                account=result.account,
                taken=snapshot.taken,
                source=snapshot.source,
                origin=snapshot.origin,
                verdict=result.verdict,
                counts=Counts.of(result),
                baselines=tuple(BaselineReference.of(baseline) for baseline in result.baselines),
                scope=_sorted(result.scope),
                coverage=snapshot.coverage,
                distances=result.distances,
                tokens=result.tokens,
                probe=result.probe,
                carried=result.carried,
                not_collected=snapshot.not_collected,
                notes=snapshot.notes,
                findings=result.findings,
                history_problem=result.history_problem,
                drift=result.drift,
                resolved=result.resolved,
            )
        )


def read_findings(data: bytes, name: str) -> FindingsDocument:
    """The document in *data*; *name* is what an error calls the file.

    Raises:
        EvidenceError: the file is cut or changed, is of another kind, or of a version that this program cannot read.
    """
    return decoded(data, name, FindingsDocument, FORMAT, VERSION)


def result_from(
    document: FindingsDocument, snapshot: Snapshot, baselines: Sequence[Baseline], waivers: Waivers = _NO_WAIVERS
) -> AccountResult:
    """The result that *document* was written from, without judging again.

    *baselines* may hold more than was used, in any order; they are chosen by id.

    Raises:
        EvidenceError: the snapshot or a baseline is not the one that was judged.
    """
    if (snapshot.account, snapshot.taken) != (document.account, document.taken):
        raise EvidenceError(
            f"The findings are of account {document.account}, read {document.taken}; the snapshot is of account "
            f"{snapshot.account}, read {snapshot.taken}.",
            "Take both from the same account's folder of the same run.",
        )
    given = {baseline.id: baseline for baseline in baselines}
    return AccountResult(
        snapshot=snapshot,
        baselines=tuple(_judged_with(reference, given) for reference in document.baselines),
        scope=document.scope,
        findings=document.findings,
        distances=document.distances,
        tokens=document.tokens,
        probe=document.probe,
        carried=document.carried,
        history_problem=document.history_problem,
        drift=document.drift,
        resolved=document.resolved,
        waivers=waivers,
    )


def decoded(data: bytes, name: str, kind: type[Document], form: str, version: int) -> Document:
    """The document of *kind* in *data*, if its head bears the format *form* and *version*.

    Raises:
        EvidenceError: the file is cut or changed, is of another kind, or of a version that this program cannot read.
    """
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format != form:
            raise EvidenceError(f"{name} is of format {head.format!r}, not {form!r}.", "Give the file of a run folder.")
        if head.version != version:
            raise EvidenceError(
                f"{name} is of version {head.version}, and this program reads version {version}.",
                f"Use the release of {TOOL} that wrote it, or audit again.",
            )
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{name} cannot be read: {error}.", "Verify the run folder, or audit again.") from error


def encoded(document: Struct) -> bytes:
    """*document* as JSON in UTF-8: a line for each top-level field, and for each entry of a list.

    A lone surrogate, which UTF-8 cannot write, becomes U+FFFD, as it does in every other report; the rest stays.
    """
    try:
        return _lines(document)
    except UnicodeEncodeError:
        return _lines(msgspec.convert(_without_surrogates(msgspec.to_builtins(document)), type(document)))


class _Head(Struct):
    format: str
    version: int


def _sorted(scope: Scope) -> Scope:
    return msgspec.structs.replace(scope, assumptions=dict(sorted(scope.assumptions.items())))


def _judged_with(reference: BaselineReference, given: dict[str, Baseline]) -> Baseline:
    baseline = given.get(reference.id)
    if baseline is None:
        raise EvidenceError(
            f"Baseline {reference.id}, which the findings were judged with, is not among those given.",
            "Give the baselines that lie in the run folder.",
        )
    if baseline.sha256 != reference.sha256:
        raise EvidenceError(
            f"Baseline {reference.id} is not the one that the findings were judged with: its digest is "
            f"{baseline.sha256 or '(none)'}, not {reference.sha256 or '(none)'}.",
            "Give the baselines that lie in the run folder, or judge again.",
        )
    return baseline


def _lines(document: Struct) -> bytes:
    encoder = msgspec.json.Encoder()
    fields = []
    for field in msgspec.structs.fields(document):
        value = getattr(document, field.name)
        if value == field.default and not value:  # may be left out: version 1 began without it
            continue
        if isinstance(value, tuple) and value:
            text = b"[\n" + b",\n".join(map(encoder.encode, value)) + b"\n]"
        else:
            text = encoder.encode(value)
        fields.append(encoder.encode(field.encode_name) + b": " + text)
    return b"{\n" + b",\n".join(fields) + b"\n}\n"


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(inner) for inner in value]
    return value
