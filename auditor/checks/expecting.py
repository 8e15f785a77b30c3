"""What the user says of the integration, laid over what its baseline says."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from auditor.model import Baseline


def expecting(baseline: Baseline, expected: Mapping[str, str]) -> Baseline:
    """*baseline* with the application, role and user that the user expects; only one about access tokens changes.

    A role is named by internal id (digits), by script id (``customrole…``) or by name.
    """
    if not expected or baseline.connection != "tba" or not baseline.applications:
        return baseline
    changes: dict[str, tuple[str, ...]] = {}
    if application := expected.get("application"):
        changes["applications"] = (application,)
    if user := expected.get("user"):
        changes["users"] = (user,)
    if role := expected.get("role"):
        by_scriptid = role.casefold().startswith("customrole") and " " not in role
        kind = "role_ids" if role.isdigit() else "role_scriptids" if by_scriptid else "role_names"
        changes |= {each: (role,) if each == kind else () for each in ("role_ids", "role_scriptids", "role_names")}
    return structs.replace(baseline, **changes)
