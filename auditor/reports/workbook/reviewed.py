"""What became of the change requests of the last workbook: open still, done, or not to be decided tonight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct, structs

from auditor.model import CORE_TABLES, AccountResult, EarlierRequest, Finding, Review, Run, Severity, State, Status
from auditor.reports.workbook.change_requests import ChangeRequest

KEPT_DAYS = 400
"""So long a request that is done stays on the Done sheet: longer than a year, so that a yearly audit sees it."""
BACK_AGAIN = "It was done on {}, and is back."


class Reviewed(Struct, frozen=True):
    """Tonight's requests with what people wrote beside them, and the earlier requests that are no longer asked."""

    reviews: dict[str, Review]
    """By the id of the request's finding."""
    reopened: dict[str, str]
    """By the id of the request's finding: the day on which it had been found done."""
    on_hold: tuple[EarlierRequest, ...]
    """Nothing tonight shows that they are done, nor that they are not."""
    done: tuple[EarlierRequest, ...]
    """Newest first."""


def reviewed(result: AccountResult, run: Run, requests: Sequence[ChangeRequest]) -> Reviewed:
    """Holds the earlier requests against tonight's. A request is done only when every finding of it shows that."""
    earlier = result.carried.requests if result.carried else ()
    tonight = {finding: request.finding for request in requests for finding in (request.finding, *request.also)}
    findings = {finding.id: finding for finding in result.findings}
    # Only then does a finding that is gone mean that its cause is gone.
    whole = all(result.snapshot.covered(table).state is State.COLLECTED for table in CORE_TABLES)
    reviews: dict[str, Review] = {}
    reopened: dict[str, str] = {}
    on_hold: list[EarlierRequest] = []
    done: list[EarlierRequest] = []
    for request in earlier:
        asked = next((tonight[finding] for finding in request.findings if finding in tonight), None)
        if asked is not None:
            reviews.setdefault(asked, request.review)
            if request.closed:
                reopened.setdefault(asked, request.closed)
            continue
        if request.closed:
            done.append(request)
            continue
        outcome, closed = _outcome([findings.get(finding) for finding in request.findings], whole, result.scope.fail_on)
        settled = structs.replace(request, outcome=outcome, closed=run.started[:10] if closed else "")
        (done if closed else on_hold).append(settled)
    return Reviewed(reviews, reopened, tuple(on_hold), _kept(done, run))


def _outcome(findings: Sequence[Finding | None], whole: bool, fail_on: Severity) -> tuple[str, bool]:
    """How a request that is no longer asked stands, and whether it is closed."""
    for finding in findings:
        if finding is None:
            if not whole:
                return "not found tonight, and not everything was read", False
        elif finding.status is Status.UNKNOWN:
            return "could not be judged tonight", False
        elif finding.status is Status.FAIL:
            return _why_not_asked(finding, fail_on), False
    known = [finding for finding in findings if finding]
    if not known:
        return "no longer there", True
    passed = all(finding.status is Status.PASS for finding in known)
    return ("fixed" if passed else "no longer asked"), True


def _why_not_asked(finding: Finding, fail_on: Severity) -> str:
    """Why a finding that still fails asks for no change."""
    if finding.waiver:
        return f"waived by {finding.waiver.owner} until {finding.waiver.expires}"
    if finding.severity.rank < fail_on.rank:
        return f"below the severity that counts ({fail_on.value})"
    return "follows from another finding, which is to be mended first"


def _kept(done: Sequence[EarlierRequest], run: Run) -> tuple[EarlierRequest, ...]:
    oldest = (date.fromisoformat(run.started[:10]) - timedelta(days=KEPT_DAYS)).isoformat()
    kept = [request for request in done if request.closed >= oldest]
    return tuple(sorted(kept, key=lambda request: (request.closed, request.finding), reverse=True))
