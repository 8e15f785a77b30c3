"""The token-binding check: each access token of a baseline's application, from the token down to its levels."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.checks.base import Case, CheckInfo
from auditor.checks.bound import Bound, Link
from auditor.checks.global_gap import global_gaps
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import Lack, way_out
from auditor.checks.selection import tokens_of
from auditor.checks.subjects import account_subject
from auditor.checks.texts import shown
from auditor.checks.token_identity import assigned, bound_role, role_active, user_active
from auditor.checks.token_levels import effective_levels, token_levels
from auditor.checks.token_state import application_has_token, token_active
from auditor.checks.token_user import expected_user
from auditor.checks.vendor_codes import binding_codes
from auditor.model import Baseline, Finding, Severity, Status, Subject, SubjectKind, Table, fingerprint

INFO = CheckInfo(
    id="token-binding",
    title="Access token binding",
    what="For each access token of the integration's application: whether it is active, bound to the role that the "
    "baseline names, whether that role and the user are active, whether the user still holds the role, and what the "
    "token can really do once the user's global permissions are laid over the role. And that there is a token at all.",
    why="An integration signs in with a token, and the token carries one user and one role. A right role that is not "
    "the one on the token changes nothing.",
    severity=Severity.HIGH,
    severity_reason="A broken link stops the integration, as a missing level does. It opens nothing to anybody, so it "
    "is not critical; that holds for an application without any active token too.",
    source="NetSuite's documentation of token-based authentication and of global permissions, documented; causes and "
    "codes: the vendor's pages named with each baseline.",
    codes="NS0384 for a token that cannot do its work; NS0565 and NS0739 where a global permission lowers SOAP Web "
    "Services or the token permissions; for levels those of the baseline's rows.",
    fix="Bind a new token to the right user and role and enter it at the vendor; or give the role back to the user, "
    "make user, role or token active again, or take the global permission away: each finding has the steps.",
    needed=True,
)


class TokenBinding:
    """Findings about tokens, and about the account where there is no token to judge."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        for baseline in case.baselines:
            yield from _judge(case, baseline)


def _judge(case: Case, baseline: Baseline) -> Iterator[Finding]:
    account = account_subject(case.snapshot.account)
    if baseline.connection != "tba" or not baseline.applications:
        yield _finding(case, baseline, account, _not_listed(baseline))
        return
    siblings = tuple(tokens_of(baseline, case.snapshot.tokens))
    more = _more_tokens(case)
    yield _finding(case, baseline, account, application_has_token(case, baseline, siblings, more))
    mine = {id(token) for token in siblings}
    for each in case.tokens:
        if id(each.token) in mine and not each.repeats:
            role = case.identities.role(each.token.role)
            yield from _chain(Bound(case, baseline, each.token, each.subject, role, siblings, more))


def _chain(bound: Bound) -> Iterator[Finding]:
    """The links of one token in their order: what the first ones say can make the later ones pointless to mend."""
    case, baseline = bound.case, bound.baseline
    yield _finding(case, baseline, bound.subject, token_active(bound))
    if bound.token.usable is False:
        return
    if baseline.users:
        yield _finding(case, baseline, bound.subject, expected_user(bound))
    for link in (bound_role, role_active, user_active, assigned):
        yield _finding(case, baseline, bound.subject, link(bound))
    if isinstance(bound.role, Unresolved):
        yield _finding(case, baseline, bound.subject, effective_levels(bound, bound.role))
        return
    levels = token_levels(case, baseline, bound.token, bound.role)
    yield _finding(case, baseline, bound.subject, effective_levels(bound, levels))
    yield from global_gaps(bound, levels, INFO)


def _more_tokens(case: Case) -> Lack | None:
    """Why an application may have tokens that were not seen as its own."""
    homeless = sum(token.usable is not False and not token.application.strip() for token in case.snapshot.tokens)
    lack = case.lack(Table.ACCESS_TOKENS)
    if lack or not homeless:
        return lack
    reason = f"{homeless} access tokens are listed without their application."
    return Lack(reason, (way_out(case.snapshot, Table.ACCESS_TOKENS),))


def _not_listed(baseline: Baseline) -> Link:
    if baseline.connection != "tba":
        actual = "OAuth 2.0 authorizations leave no access token"
        reason = (
            "The integration signs in with OAuth 2.0. No table of NetSuite is known that lists such authorizations "
            "(not confirmed that there is none). Look under Setup > Users/Roles > OAuth 2.0 Authorized Applications."
        )
    else:
        actual, reason = "no application", "The baseline names no application, so that its tokens cannot be picked out."
    return Link(
        requirement=f"active-token:{baseline.id}",
        status=Status.NOT_APPLICABLE,
        title=f"The access tokens of {shown(baseline.title)} are not judged",
        expected="Not asked",
        actual=actual,
        reason=reason,
    )


def _finding(case: Case, baseline: Baseline, subject: Subject, link: Link) -> Finding:
    """The finding of one link. A pass that rests on a table which was not read in full is no pass."""
    about_token = subject.kind is SubjectKind.TOKEN
    requirement = f"{baseline.id}:{link.requirement}" if about_token else link.requirement
    status, title, reason, remedy = link.status, link.title, link.reason, link.remedy
    lacks = [lack for table in (Table.ACCESS_TOKENS, *link.needs) if (lack := case.lack(table))]
    if status is Status.PASS and lacks:
        status, title = Status.UNKNOWN, f"{title}, as far as was read"
        reason, remedy = lacks[0].reason, lacks[0].way_out
    return Finding(
        id=fingerprint(case.snapshot.account, INFO.id, subject, requirement),
        account=case.snapshot.account,
        check=INFO.id,
        subject=subject,
        requirement=requirement,
        baseline=baseline.id,
        status=status,
        severity=link.severity or INFO.severity,
        title=title,
        expected=link.expected,
        actual=link.actual,
        reason=reason,
        codes=_codes(baseline, link) if status in (Status.FAIL, Status.UNKNOWN) else (),
        remedy=remedy,
        consequence=link.consequence,
        notes=link.notes,
    )


def _codes(baseline: Baseline, link: Link) -> tuple[str, ...]:
    return link.codes if link.codes is not None else binding_codes(baseline, link.requirement)
