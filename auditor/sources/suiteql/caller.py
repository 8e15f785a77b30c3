"""Who is asking: the caller's own role, user and tokens, which must be among the rows if a read is whole.

NetSuite documents no query that tells a caller who it is. The configuration may say so (``own_role``, ``own_user``);
beside it the table of the caller's own access tokens answers in part (seen by one source). What neither tells is
unknown, and said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.config import AccountSettings, TokenBased
from auditor.model import (
    AccessToken,
    Caller,
    Canary,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    Table,
    User,
    folded,
)
from auditor.sources.suiteql.queries import OWN_TOKENS
from auditor.sources.suiteql.reading import TableReader
from auditor.sources.suiteql.rows import OwnTokenRow

ADMINISTRATOR = "3"
_SAY = "write own_role and own_user into the configuration"


class OwnMarks(Struct, frozen=True, kw_only=True):
    """What the caller can be known by among the rows; role and user by internal id or by name, empty where unknown."""

    role: str = ""
    user: str = ""
    tokens: tuple[str, ...] = ()
    """Internal ids of all access tokens of the caller's user."""
    tokens_unknown: str = ""
    """Why they are not known."""


class Proof(Struct, frozen=True):
    """The canaries of one table, and in words those that could not be looked for."""

    canaries: tuple[Canary, ...] = ()
    unchecked: tuple[str, ...] = ()


def find_caller(settings: AccountSettings, reader: TableReader) -> OwnMarks:
    """Ask for the caller's own tokens, and lay what the configuration says over what they tell."""
    own = reader.read(OWN_TOKENS, _itself)
    users = {row.entity_name for row in own.records if row.entity_name}
    # Only with TBA is one of these tokens the one that signs; another sign-in may work in another role.
    roles = (
        {row.role_name for row in own.records if row.role_name} if isinstance(settings.sign_in, TokenBased) else set()
    )
    return OwnMarks(
        role=settings.own_role or (roles.pop() if len(roles) == 1 else ""),
        user=settings.own_user or (users.pop() if len(users) == 1 else ""),
        tokens=tuple(row.id for row in own.records if row.id),
        tokens_unknown=(
            f"the table of the caller's own tokens did not answer ({own.problem.message})"
            if own.problem
            else ""
            if own.records
            else "the caller has no access token of its own"
        ),
    )


def _itself(row: OwnTokenRow) -> OwnTokenRow:
    return row


def own_role(caller: OwnMarks, roles: Iterable[Role]) -> Role | None:
    """The caller's role among *roles*; None if it is unknown or not there."""
    wanted = folded(caller.role)
    return next(
        (role for role in roles if wanted and wanted in (role.id, folded(role.scriptid or ""), folded(role.name))), None
    )


def own_user(caller: OwnMarks, users: Iterable[User]) -> User | None:
    """The caller's user among *users*; None if it is unknown or not there."""
    wanted = folded(caller.user)
    return next((user for user in users if wanted and wanted in (user.id, folded(user.email), folded(user.name))), None)


def own_id(caller: OwnMarks, users: Iterable[User]) -> str:
    """The internal id of the caller's user; empty if it is not known."""
    user = own_user(caller, users)
    return (user.id or "") if user else caller.user if caller.user.isdigit() else ""


def recorded(caller: OwnMarks, roles: Iterable[Role], users: Iterable[User]) -> Caller:
    """The caller as the snapshot keeps it."""
    role, user = own_role(caller, roles), own_user(caller, users)
    return Caller(
        role=Reference(id=role.id or "", name=role.name) if role else _as_named(caller.role),
        user=Reference(id=user.id or "", name=user.name) if user else _as_named(caller.user),
    )


def _as_named(text: str) -> Reference:
    return Reference(id=text) if text.isdigit() else Reference(name=text)


def proofs(
    caller: OwnMarks,
    *,
    roles: list[Role],
    permissions: list[Permission],
    tokens: list[AccessToken],
    users: list[User],
    assignments: list[RoleAssignment],
) -> dict[Table, Proof]:
    """The canaries of each table that has any."""
    role, user = own_role(caller, roles), own_user(caller, users)
    role_id = role.id if role else caller.role if caller.role.isdigit() else None
    user_id = own_id(caller, users)
    return {
        Table.ROLES: _proof("the caller's own role", role is not None if caller.role else None),
        Table.ROLE_PERMISSIONS: _of_permissions(role_id, permissions),
        Table.ACCESS_TOKENS: _of_tokens(caller, tokens),
        Table.USERS: _proof("the caller's own user", user is not None if caller.user else None),
        Table.ROLE_ASSIGNMENTS: _of_assignments(user_id, role_id, assignments),
    }


def _proof(what: str, found: bool | None, why: str = "") -> Proof:
    """*found* None: it could not be looked for."""
    if found is None:
        reason = why or f"who the caller is was not told; {_SAY}"
        return Proof(unchecked=(f"Whether {what} is among the rows was not checked: {reason}.",))
    return Proof(canaries=(Canary(what, found),))


def _of_permissions(role_id: str | None, permissions: list[Permission]) -> Proof:
    what = "a permission of the caller's own role"
    if role_id == ADMINISTRATOR:
        return _proof(what, None, "it is Administrator, and whether that has rows of its own is not confirmed")
    return _proof(what, any(row.role == role_id for row in permissions) if role_id else None)


def _of_tokens(caller: OwnMarks, tokens: list[AccessToken]) -> Proof:
    if not caller.tokens:
        return _proof("the caller's own token", None, caller.tokens_unknown)
    there = {token.key for token in tokens}
    return Proof(tuple(Canary(f"the caller's own token {own}", own in there) for own in caller.tokens))


def _of_assignments(user_id: str | None, role_id: str | None, assignments: list[RoleAssignment]) -> Proof:
    what = "the caller's own role held by its own user"
    if not user_id or not role_id:
        return _proof(what, None)
    return _proof(what, any(row.user.id == user_id and row.role.id == role_id for row in assignments))
