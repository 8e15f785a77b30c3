"""Whether a token is bound to the right role, and whether its role, its user and the bond between the two still hold.

Documented by NetSuite: a token is bound to one user and one role, and taking the role from the user leaves the token
active and unusable.
"""

from __future__ import annotations

from auditor.checks.bound import ACCESS_TOKENS_PAGE, Bound, Link, new_token
from auditor.checks.effective import AdministratorHolding
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import way_out
from auditor.checks.role_activity import role_activity
from auditor.checks.selection import names_role
from auditor.checks.texts import SAVE, shown
from auditor.model import Reference, Role, RoleAssignment, Status, Table, folded

_LOOK = f"{ACCESS_TOKENS_PAGE} Click View beside the token: it shows the user and the role."


def employee_steps(bound: Bound, *steps: str) -> tuple[str, ...]:
    """Steps on the access tab of the record of the token's user."""
    user = f"In NetSuite, go to Lists > Employees > Employees and click Edit beside '{bound.user_text}'."
    return (user, *steps, SAVE)


def bound_role(bound: Bound) -> Link:
    """The token's role is one that the baseline names. The id on the token decides; a name that two bear does not."""
    wanted = " or ".join(bound.baseline.roles_named)
    status, reason, notes = _is_named(bound)
    bond = f"Bound to role '{bound.role_text}'"
    titles = {
        Status.FAIL: f"{bond}, not to {wanted}",
        Status.UNKNOWN: f"Whether the token is bound to {wanted} cannot be told",
    }
    remedies = {
        Status.FAIL: (_LOOK, *new_token(bound.baseline)),
        Status.UNKNOWN: (way_out(bound.case.snapshot, Table.ROLES), _LOOK),
    }
    return Link(
        requirement="role",
        status=status,
        title=titles.get(status, bond),
        expected=f"The role is {wanted}" if wanted else "Any role",
        actual=_role_found(bound),
        reason=reason,
        remedy=remedies.get(status, ()),
        notes=notes,
        needs=_role_tables(bound),
    )


def _is_named(bound: Bound) -> tuple[Status, str, tuple[str, ...]]:
    """Whether the baseline names the token's role; why; and what to note."""
    role, baseline = bound.role, bound.baseline
    if not baseline.roles_named:
        return Status.NOT_APPLICABLE, "The baseline names no role.", ()
    if isinstance(role, Unresolved):
        # Whichever role of that name it is, the name is not one that the baseline knows.
        names = {folded(name) for name in baseline.role_names}
        by_name_alone = not baseline.role_scriptids and not baseline.role_ids
        another = bound.token.role.name and folded(bound.token.role.name) not in names and by_name_alone
        return (Status.FAIL, "", ()) if another else (Status.UNKNOWN, role.reason, ())
    named = names_role(baseline, role)
    if named:
        scriptids = {folded(scriptid) for scriptid in baseline.role_scriptids}
        if not scriptids or not role.scriptid or folded(role.scriptid) in scriptids:
            return Status.PASS, "", ()
        number = shown(role.scriptid)
        return (
            Status.PASS,
            "",
            (f"Its name fits, its script id {number} does not: a copy, perhaps, that no update reaches.",),
        )
    if named is None and not isinstance(bound.case.role_holding(role), AdministratorHolding):
        return Status.UNKNOWN, "The list of roles does not give the role's name and script id.", ()
    return Status.FAIL, "", ()


def _role_found(bound: Bound) -> str:
    number = "" if isinstance(bound.role, Unresolved) else bound.role.id or bound.role.scriptid
    return f"{bound.role_text} ({shown(number)})" if number else bound.role_text


def _role_tables(bound: Bound) -> tuple[Table, ...]:
    return () if isinstance(bound.role, Role) and bound.role.permissions_whole else (Table.ROLES,)


def role_active(bound: Bound) -> Link:
    """The token's role is active."""
    if isinstance(bound.role, Unresolved):
        return Link(
            requirement="role-active",
            status=Status.UNKNOWN,
            title="Whether the token's role is active cannot be told",
            expected="The role is active",
            actual="not known",
            reason=bound.role.reason,
            remedy=(way_out(bound.case.snapshot, Table.ROLES),),
        )
    activity = role_activity(bound.case, bound.role)
    return Link(
        requirement="role-active",
        status=activity.status,
        title=activity.title,
        expected="The role is active",
        actual=activity.actual,
        remedy=new_token(bound.baseline) if bound.stranger and activity.status is Status.FAIL else activity.remedy,
        needs=_role_tables(bound),
    )


def user_active(bound: Bound) -> Link:
    """The token's user is active and may log in."""
    user = bound.case.identities.user(bound.token.user)
    text = bound.user_text
    status, actual, reason = Status.UNKNOWN, "not known", ""
    remedy: tuple[str, ...] = (way_out(bound.case.snapshot, Table.USERS),)
    title = f"Whether user '{text}' may log in cannot be told"
    if isinstance(user, Unresolved):
        lack = bound.case.lack(Table.USERS)
        reason = lack.reason if lack else user.reason
    elif user.inactive or user.access is False:
        status, actual = Status.FAIL, "inactive" if user.inactive else "without access"
        title = f"User '{text}' is {actual}"
        box = "Clear the box Inactive." if user.inactive else "On the Access tab, tick the box Give Access."
        remedy = employee_steps(bound, box)
    elif user.inactive is None or user.access is None:
        reason = "The list of users does not say both whether the user is inactive and whether the user has access."
    else:
        status, actual, remedy = Status.PASS, "active, and may log in", ()
        title = f"User '{text}' is active and may log in"
    return Link(
        requirement="user-active",
        status=status,
        title=title,
        expected="The user is active and may log in",
        actual=actual,
        reason=reason,
        remedy=remedy,
        needs=(Table.USERS,),
    )


def assigned(bound: Bound) -> Link:
    """The token's user still holds the token's role."""
    held, reason = _holds_role(bound)
    titles = {
        True: f"User '{bound.user_text}' holds role '{bound.role_text}'",
        False: f"User '{bound.user_text}' no longer holds role '{bound.role_text}', so the token does not work",
        None: f"Whether user '{bound.user_text}' still holds role '{bound.role_text}' cannot be told",
    }
    # A role that the baseline does not name is not one to give back to the user.
    again = employee_steps(bound, f"On the Access tab, sub-tab Roles, add the role '{bound.role_text}'.")
    remedies = {
        True: (),
        False: new_token(bound.baseline) if bound.stranger else again,
        None: (way_out(bound.case.snapshot, Table.ROLE_ASSIGNMENTS),),
    }
    return Link(
        requirement="assigned",
        status={True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}[held],
        title=titles[held],
        expected="The user holds the role",
        actual={True: "assigned", False: "not assigned", None: "not known"}[held],
        reason=reason,
        remedy=remedies[held],
        needs=(Table.ROLE_ASSIGNMENTS,),
    )


def _holds_role(bound: Bound) -> tuple[bool | None, str]:
    case, token = bound.case, bound.token
    if lack := case.lack(Table.ROLE_ASSIGNMENTS):
        return None, lack.reason
    if Reference() in (token.user, token.role):
        return None, "The list of access tokens does not give the token's user and role."
    certain, perhaps = case.assignments.of(token.user)
    of_user = [_is_role(bound, row) for row in certain]
    if True in of_user:
        return True, ""
    if None in of_user or any(_is_role(bound, row) is not False for row in perhaps):
        return None, "An assignment may be this one, but names alone do not tell users or roles apart."
    user = case.identities.user(token.user)
    if isinstance(user, Unresolved):
        return None, f"{user.reason} The list of assignments covers the users that were read, and no others."
    return False, ""


def _is_role(bound: Bound, row: RoleAssignment) -> bool | None:
    return bound.case.identities.same_role(bound.token.role, row.role)
