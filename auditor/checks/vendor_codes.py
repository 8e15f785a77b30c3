"""Error codes that a vendor shows for troubles which are not a row of its baseline.

Expensify's, from its public error pages. NS0384 for a token that is not bound to the right role, active and usable;
NS0228 where the role is not on the token or is not assigned to its user; NS0565 for a token on another role, or whose
user does not hold the role; NS0565 and NS0739 where a global permission lowers web services or access tokens; NS0831
and its neighbours for expenses that NetSuite refuses. Which of several codes appears depends on what Expensify asks for
first and is not stated, so that all are named.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model import Baseline, Cause, folded

_BINDING = {"expensify": ("NS0384",)}
_WRONG_ROLE = {"expensify": ("NS0384", "NS0228", "NS0565")}
_ABOUT_THE_ROLE = ("role", "assigned")
_GLOBAL_PERMISSION = {"expensify": ("NS0565", "NS0739")}
_EXPENSES: dict[str, dict[Cause, tuple[str, ...]]] = {
    "expensify": {
        Cause.NOT_FOUND: ("NS0831",),
        Cause.INACTIVE: ("NS0831",),
        Cause.PARENT_INACTIVE: ("NS0831",),
        Cause.NOT_OPEN: ("NS0831",),
        Cause.OTHER_SUBSIDIARY: ("NS0831",),
        Cause.ROLE_RESTRICTED: ("NS0831",),
        Cause.CHANGED_SINCE: ("NS0831",),
        Cause.DEFAULT_DEPARTMENT: ("NS0655",),
        Cause.DEFAULT_REFUSED: ("NS0831",),
        Cause.SUPERVISOR_INACTIVE: ("NS0538",),
        Cause.SUPERVISOR_LIMIT: ("NS0919",),
        Cause.EMPLOYEE_INACTIVE: ("NS0995",),
        Cause.NO_EMPLOYEE: ("NS0023",),
        Cause.ROLE_OWN_SUBSIDIARY: ("NS0521", "NS0756"),
    }
}
_SIGNING_IN = {
    "ADMI_WEBSERVICES",
    "ADMI_LOGIN_OAUTH",
    "ADMI_MANAGE_OWN_OAUTH_TOKENS",
    "ADMI_MANAGE_OAUTH_TOKENS",
}


def binding_codes(baseline: Baseline, link: str) -> tuple[str, ...]:
    """The codes that a token which cannot do its work causes, by the link of its chain that is broken."""
    codes = _WRONG_ROLE if link in _ABOUT_THE_ROLE else _BINDING
    return codes.get(folded(baseline.vendor), ())


def global_permission_codes(baseline: Baseline, permission: str) -> tuple[str, ...]:
    """The codes that a global permission causes beside those of the row that it lowers."""
    return _GLOBAL_PERMISSION.get(folded(baseline.vendor), ()) if permission in _SIGNING_IN else ()


def exports_expenses(baseline: Baseline) -> bool:
    """The vendor writes coded expenses into NetSuite, as far as is known here."""
    return folded(baseline.vendor) in _EXPENSES


def expense_codes(baselines: Iterable[Baseline], cause: Cause) -> tuple[str, ...]:
    """The codes that an expense which NetSuite refuses for *cause* shows at the vendors of *baselines*."""
    vendors = {folded(baseline.vendor) for baseline in baselines}
    return tuple(sorted({code for vendor in vendors for code in _EXPENSES.get(vendor, {}).get(cause, ())}))
