"""What can be odd or wrong in an account, one thing a flaw; each makes one snapshot out of another."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from auditor.model import (
    Feature,
    GlobalPermission,
    Level,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    Snapshot,
    State,
    Table,
    User,
)
from tests.checks.accounts import (
    ADMINISTRATOR,
    CLERK,
    OTHER_USER,
    ROLE,
    USER,
    assignment,
    permissions,
    reference,
    token,
    without,
)

TWIN = Role(key="1007", id="1007", name="Expensify Integration", scriptid="customrole1007", inactive=False)
SO_CALLED = Role(key="1010", id="1010", name="Administrator", inactive=False)
RENAMED = Role(key="1005", id="1005", name="Spend Sync", scriptid="customrole1005", inactive=False)
NAMESAKE = User(key="9", id="9", name="Sync User", email="sync@example.org", inactive=False, access=True)
SAME_MAIL = User(key="10", id="10", name="Sync Two", email="sync@example.com", inactive=False, access=True)
Flaw = Callable[[Snapshot], Snapshot]


def role(**fields: object) -> Flaw:
    """The integration's role with other fields."""
    return lambda data: replace(
        data, roles=tuple(replace(each, **fields) if each.key == ROLE.key else each for each in data.roles)
    )


def more_roles(*roles: Role, rows: tuple[Permission, ...] = ()) -> Flaw:
    """Further roles, with their rows."""

    def change(data: Snapshot) -> Snapshot:
        every = {each.key: each for each in (*data.roles, *roles)}
        return replace(data, roles=tuple(every.values()), permissions=(*data.permissions, *rows))

    return change


def rows(*added: Permission, without: tuple[str, ...] = ()) -> Flaw:
    """The integration's role with rows taken away by permission id, and others added."""

    def change(data: Snapshot) -> Snapshot:
        kept = tuple(each for each in data.permissions if each.role != ROLE.key or each.id not in without)
        return replace(data, permissions=(*kept, *added))

    return change


def row(permission: str, level: Level | None, **fields: str) -> Flaw:
    """One row of the integration's role with another level."""
    return rows(Permission(ROLE.key, permission, level, **fields), without=(permission,))


def the_token(**fields: object) -> Flaw:
    """Every token with other fields."""
    return lambda data: replace(data, tokens=tuple(replace(each, **fields) for each in data.tokens))


def another_token(**fields: object) -> Flaw:
    """A second token."""
    return lambda data: replace(
        data, tokens=(*(each for each in data.tokens if each.key != "902"), token(key="902", **fields))
    )


def user(**fields: object) -> Flaw:
    """The token's user with other fields."""
    return lambda data: replace(
        data, users=tuple(replace(each, **fields) if each.key == USER.key else each for each in data.users)
    )


def more_users(*users: User) -> Flaw:
    """Further users."""
    return lambda data: replace(data, users=tuple({each.key: each for each in (*data.users, *users)}.values()))


def held(*assignments: RoleAssignment) -> Flaw:
    """These assignments and no others."""
    return lambda data: replace(data, assignments=assignments)


def lays_over(*given: GlobalPermission) -> Flaw:
    """Global permissions."""
    return lambda data: replace(data, global_permissions=(*data.global_permissions, *given))


def features(*given: Feature) -> Flaw:
    """These features and no others."""
    return lambda data: replace(data, features=given)


def both(*flaws: Flaw) -> Flaw:
    """One flaw after the other."""

    def change(data: Snapshot) -> Snapshot:
        for flaw in flaws:
            data = flaw(data)
        return data

    return change


def _lowered(by: str, of: User = USER, level: Level | None = Level.VIEW, permission: str = "ADMI_WEBSERVICES") -> Flaw:
    return lays_over(GlobalPermission(reference(of, by=by), permission, level))


def _labelled(label: str, level: Level | None = Level.VIEW) -> GlobalPermission:
    return GlobalPermission(reference(USER), "", level, label=label)


_BY_NAME = reference(ROLE, by="name")
_TWINS = more_roles(TWIN)
_LOOSE = Permission(ROLE.key, "", Level.FULL, label="Classes")

FLAWS: dict[str, Flaw] = {
    "nothing": lambda data: data,
    # roles
    "role inactive": role(inactive=True),
    "role activity not given": role(inactive=None),
    "role renamed": both(role(name="Spend Sync"), the_token(role=reference(RENAMED)), held(assignment(USER, RENAMED))),
    "role from its own file": both(
        role(permissions_whole=True), lambda data: without(Table.ROLES, data, State.PARTIAL)
    ),
    "own file, rows not given": lambda data: replace(
        without(Table.ROLE_PERMISSIONS, role(permissions_whole=True)(data)), permissions=data.permissions
    ),
    "twin without rows": _TWINS,
    "twin that is right": more_roles(TWIN, rows=permissions(TWIN)),
    "twins, token by name": both(_TWINS, the_token(role=_BY_NAME)),
    "twins, no token": both(_TWINS, lambda data: replace(data, tokens=())),
    "twins, tokens not given": both(_TWINS, lambda data: without(Table.ACCESS_TOKENS, data)),
    "twins, assigned by name": both(_TWINS, held(RoleAssignment(reference(USER), _BY_NAME))),
    "twin assigned": both(_TWINS, held(assignment(USER, TWIN))),
    "a role that calls itself Administrator": both(more_roles(SO_CALLED), the_token(role=reference(SO_CALLED))),
    "token on Administrator": both(the_token(role=reference(ADMINISTRATOR)), held(assignment(USER, ADMINISTRATOR))),
    # rows
    "row missing": rows(without=("LIST_CLASS",)),
    "row too low": row("LIST_EMPLOYEE", Level.EDIT),
    "row at None": row("LIST_CLASS", Level.NONE),
    "row unreadable": row("LIST_CLASS", None, raw_level="ALL"),
    "row above": row("LIST_CLASS", Level.FULL),
    "row at View for None and Full": row("ADMI_WEBSERVICES", Level.VIEW),
    "row with a label alone": rows(_LOOSE, without=("LIST_CLASS",)),
    "row with a label nobody knows": rows(replace(_LOOSE, label="Widgets"), without=("LIST_CLASS",)),
    "row with nothing": rows(replace(_LOOSE, label=""), without=("LIST_CLASS",)),
    "rows that disagree": rows(Permission(ROLE.key, "LIST_EMPLOYEE", Level.VIEW)),
    "rows that disagree, low first": both(
        row("LIST_EMPLOYEE", Level.VIEW), rows(Permission(ROLE.key, "LIST_EMPLOYEE", Level.FULL))
    ),
    "second way": both(rows(without=("ADMI_LOGIN_OAUTH",)), row("ADMI_MANAGE_OWN_OAUTH_TOKENS", Level.FULL)),
    "no way": rows(without=("ADMI_LOGIN_OAUTH",)),
    "second way unreadable": row("ADMI_MANAGE_OWN_OAUTH_TOKENS", None),
    "no way but an unreadable one": both(
        rows(without=("ADMI_LOGIN_OAUTH",)), row("ADMI_MANAGE_OWN_OAUTH_TOKENS", None)
    ),
    "conditional row missing": rows(without=("LIST_CURRENCY",)),
    # tokens
    "no token": lambda data: replace(data, tokens=()),
    "token revoked": the_token(inactive=True, revoked=True),
    "token shown revoked alone": the_token(revoked=True),
    "token inactive": the_token(inactive=True),
    "token state not given": the_token(inactive=None, revoked=None),
    "token half given": the_token(revoked=None),
    "revoked and another": another_token(inactive=True, revoked=True),
    "revoked and another of which nothing is given": both(
        the_token(revoked=True), another_token(inactive=None, revoked=None)
    ),
    "second token on another role": another_token(role=CLERK),
    "second token of no application": another_token(role=CLERK, application=""),
    "alone revoked, one of no application": both(the_token(revoked=True), another_token(application="")),
    "token of another application": the_token(application="Warehouse"),
    "token on another role": the_token(role=reference(CLERK)),
    "token role by name": the_token(role=_BY_NAME),
    "token role by id": the_token(role=reference(ROLE, by="id")),
    "token role blank": the_token(role=Reference()),
    "token role unknown": the_token(role=Reference(id="999", name="Ghost")),
    "token user by name": the_token(user=reference(USER, by="name")),
    "token user by mail": the_token(user=reference(USER, by="email")),
    "token user blank": the_token(user=Reference()),
    "token user unknown": the_token(user=Reference(id="999", name="Ghost")),
    # users
    "user inactive": user(inactive=True),
    "user without access": user(access=False),
    "user activity not given": user(inactive=None),
    "user access not given": user(access=None),
    "namesake inactive, token by name": both(
        more_users(replace(NAMESAKE, inactive=True)), the_token(user=reference(USER, by="name"))
    ),
    "namesake, token by name": both(more_users(NAMESAKE), the_token(user=reference(USER, by="name"))),
    "same mail, token by mail": both(more_users(SAME_MAIL), the_token(user=reference(USER, by="email"))),
    # assignments
    "not assigned": held(),
    "assigned another role": held(assignment(USER, CLERK)),
    "assigned by name": held(RoleAssignment(reference(USER, by="name"), _BY_NAME)),
    "namesake assigned": both(more_users(NAMESAKE), held(assignment(NAMESAKE))),
    "namesake assigned by name": both(
        more_users(NAMESAKE), held(RoleAssignment(reference(NAMESAKE, by="name"), reference(ROLE)))
    ),
    "someone assigned by mail": both(
        more_users(SAME_MAIL), held(RoleAssignment(reference(USER, by="email"), reference(ROLE)))
    ),
    "assigned to nobody": held(RoleAssignment(Reference(), reference(ROLE))),
    # global permissions
    "lowered": _lowered("id name email"),
    "lowered, by id": _lowered("id"),
    "lowered, by name": _lowered("name"),
    "lowered, by mail": _lowered("email"),
    "lowered, of nobody": _lowered(""),
    "lowered to None": _lowered("id name", level=Level.NONE),
    "lowered, unreadable": _lowered("id name", level=None),
    "lowered, disagreeing": both(_lowered("id name"), _lowered("id name", level=Level.FULL)),
    "lowered, disagreeing, high first": both(_lowered("id", level=Level.FULL), _lowered("id name")),
    "lowered, label alone": lays_over(_labelled("SOAP Web Services")),
    "lowered, nothing": lays_over(_labelled("")),
    "lowered, unknown label": lays_over(_labelled("Widgets")),
    "raised": both(rows(without=("LIST_CLASS",)), _lowered("id name", level=Level.FULL, permission="LIST_CLASS")),
    "raised, perhaps": both(
        rows(without=("LIST_CLASS",)),
        more_users(NAMESAKE),
        _lowered("name", level=Level.FULL, permission="LIST_CLASS"),
    ),
    "raised, same mail": both(
        rows(without=("LIST_CLASS",)),
        more_users(SAME_MAIL),
        _lowered("email", level=Level.FULL, permission="LIST_CLASS"),
    ),
    "namesake lowered": both(more_users(NAMESAKE), _lowered("id name", of=NAMESAKE)),
    "namesake lowered by name": both(more_users(NAMESAKE), _lowered("name", of=NAMESAKE)),
    "other lowered": _lowered("id name email", of=OTHER_USER),
    # features
    "feature off": features(Feature("MULTICURRENCY", active=False)),
    "feature not in the list": both(features(), rows(without=("LIST_CURRENCY",))),
    "features not given": lambda data: without(Table.FEATURES, data),
    "features not given, row missing": both(
        rows(without=("LIST_CURRENCY",)), lambda data: without(Table.FEATURES, data)
    ),
}
