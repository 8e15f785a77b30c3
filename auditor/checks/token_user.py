"""Whether a token belongs to the user that it is expected to belong to.

The user is named by the configuration, the command line or the baseline: a digit string is an internal id, what holds
an @ is an e-mail address, anything else a name.
"""

from __future__ import annotations

from auditor.checks.bound import Bound, Link, new_token
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import way_out
from auditor.checks.texts import shown
from auditor.model import Status, Table, User, folded


def expected_user(bound: Bound) -> Link:
    """The token's user is the one that is expected; asked only where one is named."""
    wanted = shown(" or ".join(bound.baseline.users))
    user = bound.case.identities.user(bound.token.user)
    status, reason = Status.UNKNOWN, ""
    if isinstance(user, Unresolved):
        lack = bound.case.lack(Table.USERS)
        reason = lack.reason if lack else user.reason
    else:
        answers = [_is(user, text) for text in bound.baseline.users]
        if True in answers:
            status = Status.PASS
        elif None in answers:
            reason = "The list of users does not give what the expected user is named by."
        else:
            status = Status.FAIL
    titles = {
        Status.PASS: f"The token belongs to the expected user '{bound.user_text}'",
        Status.FAIL: f"The token belongs to user '{bound.user_text}', not to {wanted}",
        Status.UNKNOWN: f"Whether the token belongs to {wanted} cannot be told",
    }
    remedies = {
        Status.PASS: (),
        Status.FAIL: new_token(bound.baseline),
        Status.UNKNOWN: (way_out(bound.case.snapshot, Table.USERS),),
    }
    return Link(
        requirement="user",
        status=status,
        title=titles[status],
        expected=f"The user is {wanted}",
        actual=bound.user_text,
        reason=reason,
        remedy=remedies[status],
        needs=(Table.USERS,),
    )


def _is(user: User, text: str) -> bool | None:
    """Whether *text* names *user*; None if the list of users does not give what it is named by."""
    known = user.id if text.isdigit() else user.email if "@" in text else user.name
    return folded(known) == folded(text) if known else None
