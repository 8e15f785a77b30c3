"""Error codes that a vendor shows for troubles which are not a row of its baseline.

Expensify's, from its public error pages: NS0384 for a token that is not bound to the right role, active and usable;
NS0565 and NS0739 where a global permission lowers web services or access tokens. Which of the two codes appears for
which permission is not stated, so that both are named.
"""

from __future__ import annotations

from auditor.model import Baseline, folded

_BINDING = {"expensify": ("NS0384",)}
_GLOBAL_PERMISSION = {"expensify": ("NS0565", "NS0739")}
_SIGNING_IN = {
    "ADMI_WEBSERVICES",
    "ADMI_LOGIN_OAUTH",
    "ADMI_MANAGE_OWN_OAUTH_TOKENS",
    "ADMI_MANAGE_OAUTH_TOKENS",
}


def binding_codes(baseline: Baseline) -> tuple[str, ...]:
    """The codes that a token which cannot do its work causes."""
    return _BINDING.get(folded(baseline.vendor), ())


def global_permission_codes(baseline: Baseline, permission: str) -> tuple[str, ...]:
    """The codes that a global permission causes beside those of the row that it lowers."""
    return _GLOBAL_PERMISSION.get(folded(baseline.vendor), ()) if permission in _SIGNING_IN else ()
