"""The readiness check: what in the account rests on access tokens and SOAP, which Oracle brings to an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditor.checks.base import Case, CheckInfo
from auditor.checks.hygiene import Said, finding, listed
from auditor.checks.selection import tokens_of
from auditor.checks.subjects import account_subject
from auditor.checks.texts import shown
from auditor.model import Baseline, Finding, Severity, Status, Table

INFO = CheckInfo(
    id="readiness",
    title="Ready for the end of access tokens and SOAP",
    what="For each baseline that signs in with access tokens, whether its application still has active ones; and how "
    "many active tokens other applications have.",
    why="An integration that is not moved to OAuth 2.0 and REST in time stops on a day that Oracle chooses.",
    severity=Severity.INFO,
    severity_reason="It works today. The dates are Oracle's, lie ahead and may move; the vendor has to act first.",
    source="Oracle's announcements: no new integrations with token-based authentication from 2027.1, documented; its "
    "end with 2028.1, tentative; SOAP's last endpoint is 2025.2 and SOAP ends with 2028.2, documented.",
    codes="None today.",
    fix="Ask the vendor when its integration signs in with OAuth 2.0, and make a new connection then.",
)
WHEN = (
    "Oracle: no new integrations with access tokens from 2027.1; their end with 2028.1 is tentative; SOAP ends with "
    "2028.2."
)


class Readiness:
    """A finding for each baseline about access tokens, and one for all other applications together."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        account = account_subject(case.snapshot.account)
        mine: set[int] = set()
        for baseline in case.baselines:
            if baseline.connection == "tba" and baseline.applications:
                tokens = tokens_of(baseline, case.snapshot.tokens)
                mine |= {id(token) for token in tokens}
                applications = [token.application for token in tokens if token.usable]
                yield finding(case, INFO, account, _said(case, applications, baseline))
        others = [token.application for token in case.snapshot.tokens if token.usable and id(token) not in mine]
        yield finding(case, INFO, account, _said(case, others, None))


def _said(case: Case, applications: list[str], baseline: Baseline | None) -> Said:
    counts = Counter(shown(name) or "(no application given)" for name in applications)
    name = shown(" or ".join(baseline.applications)) if baseline else "other applications"
    lack = case.lack(Table.ACCESS_TOKENS)
    unclear = any(token.usable is None or not token.application for token in case.snapshot.tokens)
    status, reason = Status.PASS, WHEN
    title = f"No active access token of {name}"
    remedy: tuple[str, ...] = ()
    if lack or unclear:
        status = Status.UNKNOWN
        title = f"How many active access tokens there are of {name} cannot be told"
        reason = lack.reason if lack else "The list does not give every token's application and state."
        remedy = lack.way_out if lack else ("Give the list with Application, Inactive and Revoked.",)
    elif applications:
        status = Status.FAIL
        count = len(applications)
        title = f"{count} active access token{'s' if count > 1 else ''} of {name} to be replaced before 2028"
        vendor = shown(baseline.vendor) if baseline else "each vendor"
        remedy = (
            f"Ask {vendor} when its integration signs in with OAuth 2.0 instead of access tokens, and without SOAP.",
            "Make the new connection then, and revoke the tokens.",
        )
    return Said(
        requirement=f"readiness:{baseline.id}" if baseline else "readiness",
        baseline=baseline.id if baseline else "",
        status=status,
        title=title,
        expected="No integration that signs in with access tokens",
        actual=listed([f"{application} {number}" for application, number in sorted(counts.items())]) or "none",
        reason=reason,
        remedy=remedy,
    )
