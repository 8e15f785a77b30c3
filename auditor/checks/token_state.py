"""Whether a token can be used at all, and whether the application has one that can.

Documented by NetSuite: a token never expires; inactive is reversible, revoked is for ever, and a revoked token also
shows as inactive.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditor.checks.base import Case
from auditor.checks.bound import ACCESS_TOKENS_PAGE, WHICH_TOKEN, Bound, Link, new_token, state_of
from auditor.checks.lacking import Lack, way_out
from auditor.checks.texts import shown
from auditor.model import AccessToken, Baseline, Status, Table

_ACTIVE = "The token is active"


def token_active(bound: Bound) -> Link:
    """The token is neither inactive nor revoked; or another one of the application is active in its place."""
    state = state_of(bound.token)
    if bound.token.usable:
        several = sum(token.usable is not False for token in bound.siblings) > 1
        return _link(Status.PASS, _ACTIVE, state, notes=(WHICH_TOKEN,) if several else ())
    if bound.token.usable is None:
        reason = "The list does not say both whether the token is inactive and whether it is revoked."
        not_said = Lack(reason, (way_out(bound.case.snapshot, Table.ACCESS_TOKENS),))
        return _link(Status.UNKNOWN, "Whether the token is active cannot be told", state, not_said)
    if any(token.usable for token in bound.siblings):
        title = f"The token is {state}, and the application has another one that is active"
        return _link(Status.NOT_APPLICABLE, title, state, Lack(WHICH_TOKEN, ()))
    lack = bound.more or _states_not_given(bound.case, bound.siblings)
    if lack:
        title = f"The token is {state}, and whether another one serves cannot be told"
        return _link(Status.UNKNOWN, title, state, lack)
    again = (f"If it is the right one: {ACCESS_TOKENS_PAGE} Click Edit beside it and clear the box Inactive.",)
    steps = (*again, "Otherwise make a new one.") if state == "inactive" else ()
    title = f"The token is {state}, and no other token of the application is active"
    return _link(Status.FAIL, title, state, Lack("", (*steps, *new_token(bound.baseline))))


def application_has_token(case: Case, baseline: Baseline, siblings: Sequence[AccessToken], more: Lack | None) -> Link:
    """The application has at least one token that can be used. Without one, nothing can sign in."""
    application = shown(" or ".join(baseline.applications))
    usable = sum(token.usable is True for token in siblings)
    lack = more or (None if usable else _states_not_given(case, siblings))
    status = Status.UNKNOWN if lack else Status.PASS if usable else Status.FAIL
    titles = {
        Status.UNKNOWN: f"The access tokens of {application} are not all known",
        Status.PASS: f"{application} has {usable} active access token{'s' if usable > 1 else ''}",
        Status.FAIL: f"{application} has no active access token, so it cannot sign in",
    }
    remedy = lack.way_out if lack else () if usable else new_token(baseline)
    return Link(
        requirement=f"active-token:{baseline.id}",
        status=status,
        title=titles[status],
        expected=f"At least one active access token of {application}",
        actual=f"{usable} active of {len(siblings)} in the list",
        reason=lack.reason if lack else "",
        remedy=remedy,
    )


def _states_not_given(case: Case, siblings: Sequence[AccessToken]) -> Lack | None:
    if all(token.usable is not None for token in siblings):
        return None
    reason = "The list does not say of every token both whether it is inactive and whether it is revoked."
    return Lack(reason, (way_out(case.snapshot, Table.ACCESS_TOKENS),))


def _link(status: Status, title: str, state: str, lack: Lack | None = None, notes: tuple[str, ...] = ()) -> Link:
    return Link(
        requirement="active",
        status=status,
        title=title,
        expected=_ACTIVE,
        actual=state,
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
        notes=notes,
    )
