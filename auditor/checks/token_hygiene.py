"""Checks on access tokens over which no integration stumbles: several for one application, and those of who left."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.checks.base import Case, CheckInfo
from auditor.checks.bound import ACCESS_TOKENS_PAGE, WHICH_TOKEN
from auditor.checks.hygiene import INFORMATION, Said, finding, listed
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import Lack, way_out
from auditor.checks.selection import tokens_of
from auditor.checks.subjects import account_subject
from auditor.checks.texts import shown
from auditor.model import AccessToken, Baseline, Finding, Severity, Status, Table

SEVERAL_TOKENS = CheckInfo(
    id="several-tokens",
    title="One active token for an integration",
    what="Whether an application that a baseline is about has more than one active access token.",
    why="The vendor's side uses one. The others open the same door and are nobody's, and a role that is mended may not "
    "be the one that is used.",
    severity=Severity.INFO,
    severity_reason=INFORMATION,
    source="The list of access tokens. NetSuite does not show which of them the vendor uses.",
    codes="None: it stops nothing.",
    fix="Find out which token the vendor's side uses, and revoke the others.",
)
INACTIVE_USER_TOKENS = CheckInfo(
    id="inactive-user-tokens",
    title="No active token of an inactive user",
    what="Whether active access tokens of other applications belong to users who are inactive or have no access. "
    "Tokens of the audited applications are judged by the check on token binding.",
    why="Such a token does not work, and works again on the day on which somebody makes the user active.",
    severity=Severity.INFO,
    severity_reason=INFORMATION,
    source="NetSuite's documentation of token-based authentication: a token works for an active user in a role that is "
    "assigned to him, documented.",
    codes="None: no audited integration uses them.",
    fix="Revoke the tokens.",
)


class SeveralTokens:
    """One finding for each baseline that is about access tokens."""

    info = SEVERAL_TOKENS

    def judge(self, case: Case) -> Iterator[Finding]:
        for baseline in case.baselines:
            if baseline.connection == "tba" and baseline.applications:
                subject = account_subject(case.snapshot.account)
                yield finding(case, self.info, subject, _several(case, baseline))


def _several(case: Case, baseline: Baseline) -> Said:
    siblings = {id(token): token for token in tokens_of(baseline, case.snapshot.tokens)}
    mine = [each.token for each in case.tokens if id(each.token) in siblings and not each.repeats]
    usable = [token for token in mine if token.usable]
    application = shown(" or ".join(baseline.applications))
    lack = case.lack(Table.ACCESS_TOKENS) or _states_not_given(case, mine)
    status, title = Status.PASS, f"{application} has no more than one active access token"
    remedy: tuple[str, ...] = ()
    if len(usable) > 1:
        status, lack = Status.FAIL, Lack(WHICH_TOKEN, ())
        title = f"{application} has {len(usable)} active access tokens"
        remedy = (
            f"Find out at {baseline.vendor} which token its connection uses.",
            f"{ACCESS_TOKENS_PAGE} Revoke the others.",
        )
    elif lack:
        status, title, remedy = Status.UNKNOWN, f"How many active tokens {application} has cannot be told", lack.way_out
    return Said(
        requirement=f"several-tokens:{baseline.id}",
        baseline=baseline.id,
        status=status,
        title=title,
        expected="At most one active access token",
        actual=f"{len(usable)}: {listed([_name(token) for token in usable])}" if usable else "none",
        reason=lack.reason if lack else "",
        remedy=remedy,
    )


class InactiveUserTokens:
    """One finding for the account, which names the tokens."""

    info = INACTIVE_USER_TOKENS

    def judge(self, case: Case) -> Iterator[Finding]:
        yield finding(case, self.info, account_subject(case.snapshot.account), _of_inactive(case))


def _of_inactive(case: Case) -> Said:
    audited = {id(token) for baseline in case.baselines for token in tokens_of(baseline, case.snapshot.tokens)}
    others = [
        each.token
        for each in case.tokens
        if id(each.token) not in audited and not each.repeats and each.token.usable is not False
    ]
    left, doubt = [], ""
    for token in others:
        user = case.identities.user(token.user)
        if not token.application.strip():
            doubt = "The list does not give every token's application."
        elif isinstance(user, Unresolved):
            doubt = user.reason
        elif user.inactive or user.access is False:
            left.append(token) if token.usable else None
            doubt = doubt if token.usable else "The list does not say of every token whether it is active."
        elif user.inactive is None or user.access is None:
            doubt = "The list of users does not say who is inactive and who has access."
    lack = case.lack(Table.ACCESS_TOKENS) or case.lack(Table.USERS)
    if doubt and not lack:
        lack = Lack(doubt, (way_out(case.snapshot, Table.USERS),))
    status, title = Status.PASS, "No other active access token belongs to an inactive user"
    if left:
        status = Status.FAIL
        title = f"{len(left)} active access token{'s' if len(left) > 1 else ''} belong to users who are inactive"
        lack = Lack("", (f"{ACCESS_TOKENS_PAGE} Revoke {listed([_name(token) for token in left])}.",))
    elif lack:
        status, title = Status.UNKNOWN, "Whether other access tokens belong to inactive users cannot be told"
    return Said(
        requirement="inactive-user-tokens",
        status=status,
        title=title,
        expected="No active token of an inactive user",
        actual=listed([_name(token) for token in left]) or ("not known" if lack else f"none of {len(others)}"),
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
    )


def _states_not_given(case: Case, tokens: list[AccessToken]) -> Lack | None:
    homeless = any(token.usable is not False and not token.application.strip() for token in case.snapshot.tokens)
    if not homeless and all(token.usable is not None for token in tokens):
        return None
    reason = "The list does not give every token's application, and whether it is inactive or revoked."
    return Lack(reason, (way_out(case.snapshot, Table.ACCESS_TOKENS),))


def _name(token: AccessToken) -> str:
    return f"'{shown(token.name or token.key)}' of {shown(str(token.user))}"
