"""Whether a role is active, for the checks of roles and of tokens alike."""

from __future__ import annotations

from msgspec import Struct

from auditor.checks.base import Case
from auditor.checks.lacking import way_out
from auditor.checks.texts import SAVE, open_role, role_name
from auditor.model import Role, Status, Table


class Activity(Struct, frozen=True):
    """The answer, with its texts."""

    status: Status
    title: str
    actual: str
    remedy: tuple[str, ...] = ()


def role_activity(case: Case, role: Role) -> Activity:
    """Whether *role* is active; unknown if the source does not say, or if the roles were not read in full."""
    name = role_name(role)
    if role.inactive:
        steps = (*open_role(role), "Clear the box Inactive.", SAVE)
        return Activity(Status.FAIL, f"Role '{name}' is inactive, so nobody can use it", "inactive", steps)
    lack = None if role.permissions_whole else case.lack(Table.ROLES)
    if role.inactive is None or lack:
        actual = lack.reason if lack else "The source does not say."
        remedy = (way_out(case.snapshot, Table.ROLES), "It must say for each role whether it is inactive.")
        return Activity(Status.UNKNOWN, f"Whether role '{name}' is active cannot be told", actual, remedy)
    return Activity(Status.PASS, f"Role '{name}' is active", "active")
