"""How names from NetSuite stand in a sentence, and the steps of a fix that several checks share."""

from __future__ import annotations

from functools import lru_cache

from auditor.model import Baseline, Role

_LONGEST = 120
MANAGE_ROLES = "In NetSuite, go to Setup > Users/Roles > Manage Roles."
SAVE = "Save."
NOT_ADMINISTRATOR = "Bind the integration to a role of its own: the Administrator role cannot be reduced."


@lru_cache(maxsize=4096)
def shown(name: str) -> str:
    """*name* on one line and of bounded length, for use inside a sentence; the whole of it stands with the subject."""
    line = " ".join(name[: 4 * _LONGEST].split())
    return line if len(line) <= _LONGEST and len(name) <= 4 * _LONGEST else f"{line[: _LONGEST - 1]}…"


def role_number(role: Role) -> str:
    """A role's internal id, else its script id, else nothing."""
    return role.id or role.scriptid or ""


def role_name(role: Role) -> str:
    """What a sentence calls a role."""
    return shown(role.name) or shown(role.key)


def open_role(role: Role) -> tuple[str, str]:
    """The steps that lead to a role's edit form."""
    number = role_number(role)
    which = f"'{role_name(role)}'" + (f" ({shown(number)})" if number else "")
    return MANAGE_ROLES, f"Click Edit beside the role {which}."


def another_role(role: Role, baseline: Baseline) -> tuple[str, ...]:
    """The steps where a token leads to a role that the baseline does not name: that role is not to be widened."""
    wanted = " or ".join(baseline.roles_named)
    return (
        f"An access token of the integration is bound to this role, and the baseline names {wanted}. Bind the token to "
        "that one instead: the finding about the token has the steps.",
        f"If this role is meant after all, run the audit again with --role '{role_name(role)}'.",
    )
